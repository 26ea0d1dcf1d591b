//! The one thread that writes: it gathers the requests that wait, makes one journal frame and one sled batch of
//! them, and answers all.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use soundpost_core::change::{ENTRY_VERSION, Entry};
use soundpost_core::port::store::{Request, StoreError, Write, Written};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::entry_line;
use crate::journal::{Journal, JournalError};
use crate::sled::engine::Engine;
use crate::sled::pending::{Pending, lock};
use crate::verbs::plan;

/// How many requests may wait for the writer.
pub(crate) const QUEUE_REQUESTS: usize = 1024;
/// How many requests one journal frame holds at most.
const BATCH_REQUESTS: usize = 256;
/// How long the disk is left alone after it was full.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A request, and where its answer goes.
#[derive(Debug)]
pub(crate) struct Job {
    /// What is to be written.
    pub(crate) request: Request,
    /// Where the answer goes; nobody may be waiting any more.
    pub(crate) answer: oneshot::Sender<Result<Written, StoreError>>,
}

type Answer = (
    oneshot::Sender<Result<Written, StoreError>>,
    Result<Written, StoreError>,
);

/// What the thread owns.
pub(crate) struct Writer {
    engine: Arc<Engine>,
    journal: Journal,
    /// The error after which nothing is written any more, unless the journal can undo what failed.
    broken: Option<StoreError>,
    /// When that is tried next.
    retry_at: Option<Instant>,
}

impl Writer {
    /// A writer that continues this journal.
    pub(crate) fn new(engine: Arc<Engine>, journal: Journal) -> Writer {
        Writer {
            engine,
            journal,
            broken: None,
            retry_at: None,
        }
    }

    /// Works until it is stopped, and then finishes what was handed in before.
    pub(crate) fn run(
        mut self,
        mut jobs: mpsc::Receiver<Job>,
        stop: &Notify,
        runtime: &tokio::runtime::Runtime,
    ) {
        let mut batch = Vec::with_capacity(BATCH_REQUESTS);
        // What waits while a frame is being written is the next frame: there is no need to wait for more.
        while runtime.block_on(gather(&mut jobs, stop, &mut batch)) {
            self.write(std::mem::take(&mut batch));
        }
        jobs.close();
        while let Ok(job) = jobs.try_recv() {
            self.write(vec![job]);
        }
    }

    fn write(&mut self, jobs: Vec<Job>) {
        let mut answers = Vec::with_capacity(jobs.len());
        self.try_again();
        let done = match &self.broken {
            Some(error) => {
                answers.extend(jobs.into_iter().map(|job| (job.answer, Err(error.clone()))));
                Ok(())
            }
            None => self.write_batch(jobs, &mut answers),
        };
        for (to, answer) in answers {
            let answer = match &done {
                Err(error) => answer.and(Err(error.clone())),
                Ok(()) => answer,
            };
            // Who asked may have gone; the write is made all the same.
            drop(to.send(answer));
        }
    }

    /// Makes one durable step of the requests that are good ones. An error concerns all of those.
    fn write_batch(&mut self, jobs: Vec<Job>, answers: &mut Vec<Answer>) -> Result<(), StoreError> {
        let engine = Arc::clone(&self.engine);
        let mut pending = Pending::new(&engine.shelf, &engine.book);
        let mut entries = Vec::new();
        let mut result = Ok(());
        for job in jobs {
            let answer = match &result {
                Ok(()) => take_in(&job.request, &mut pending, &mut entries),
                Err(error) => Ok(Err(StoreError::clone(error))),
            };
            let answer = answer.unwrap_or_else(|error| {
                result = Err(error.clone());
                Err(error)
            });
            answers.push((job.answer, answer));
        }
        result?;
        if entries.is_empty() {
            Ok(())
        } else {
            self.commit(pending, &entries)
        }
    }

    fn commit(&mut self, pending: Pending<'_>, entries: &[Entry]) -> Result<(), StoreError> {
        let engine = Arc::clone(&self.engine);
        let bodies = engine.shelf.bodies();
        let lines = entries.iter().map(|entry| entry_line::encode(entry, bodies));
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        let batch = pending.touched.batch(engine.id, &engine.shelf)?;
        bodies.settle()?;
        let expected = entries.first().map_or(0, |entry| entry.seq);
        let appended = match self.journal.append(&lines) {
            Ok(appended) => appended,
            Err(error) => return Err(self.refused(&error)),
        };
        if appended.first_seq != expected {
            let what = format!("entry {expected} was written as entry {}", appended.first_seq);
            return Err(self.close(StoreError::Damaged(what)));
        }
        let mut book = lock(&engine.book);
        if let Err(error) = engine.shelf.apply(batch) {
            drop(book);
            return Err(self.close(StoreError::Io(error.to_string())));
        }
        // The world first, then the epoch: who sees the new epoch must not see the old world.
        if pending.enter(&mut book) {
            engine.epoch.raise();
        }
        book.wake_lanes();
        Ok(())
    }

    /// An append that failed leaves the store closed for writes, unless the journal says that nothing changed.
    fn refused(&mut self, error: &JournalError) -> StoreError {
        let said = StoreError::Io(error.to_string());
        if matches!(error, JournalError::InvalidEntry { .. }) {
            return said;
        }
        tracing::error!(%error, "the journal failed: the store accepts no writes");
        self.retry_at = self.journal.can_undo().then(|| Instant::now() + RETRY_AFTER);
        self.close(said)
    }

    fn close(&mut self, error: StoreError) -> StoreError {
        self.tell(Some(error.to_string()));
        self.broken.insert(error).clone()
    }

    /// After a full disk: takes back what did not fit, and goes on. After any other failure only the next open knows
    /// what is there.
    fn try_again(&mut self) {
        let is_time = self.retry_at.is_none_or(|at| Instant::now() >= at);
        if self.broken.is_none() || !self.journal.can_undo() || !is_time {
            return;
        }
        match self.journal.undo() {
            Ok(()) => {
                self.broken = None;
                self.tell(None);
            }
            Err(_) => self.retry_at = Some(Instant::now() + RETRY_AFTER),
        }
    }

    fn tell(&self, trouble: Option<String>) {
        let told = self.engine.trouble.lock();
        *told.unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

/// Waits for requests; false when there will be no more.
async fn gather(jobs: &mut mpsc::Receiver<Job>, stop: &Notify, batch: &mut Vec<Job>) -> bool {
    tokio::select! {
        biased;
        () = stop.notified() => false,
        count = jobs.recv_many(batch, BATCH_REQUESTS) => count > 0,
    }
}

/// The answer to a request, with its changes taken into the batch. The outer error spoils the batch.
fn take_in(
    request: &Request,
    pending: &mut Pending<'_>,
    entries: &mut Vec<Entry>,
) -> Result<Result<Written, StoreError>, StoreError> {
    let plan = match plan(request, pending) {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let under = match request.write {
        Write::Advance { token, .. } => Some(token),
        _ => None,
    };
    for change in plan.changes {
        let seq = pending.add(&change, under)?;
        let (at, by, reason) = (request.at, request.by.clone(), request.reason.clone());
        entries.push(Entry {
            v: ENTRY_VERSION,
            seq,
            at,
            by,
            reason,
            change,
        });
    }
    Ok(Ok(Written {
        seq: pending.touched.seq,
        deliveries: plan.deliveries,
        repeated: plan.repeated,
    }))
}

#[cfg(test)]
mod tests;

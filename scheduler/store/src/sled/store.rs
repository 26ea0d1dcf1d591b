//! The port on journal and sled.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use jiff::Timestamp;
use soundpost_core::change::Entry;
use soundpost_core::delivery::Delivery;
use soundpost_core::guard::rules::rhythm::Rhythm;
use soundpost_core::id::{AccountId, DeliveryId, PostId, StoreId};
use soundpost_core::port::store::{Claim, Claimed, Query, Request, Store, StoreError, Written};
use soundpost_core::post::Post;
use soundpost_core::world::World;
use tokio::sync::{Notify, mpsc, oneshot};

use super::compare::compare;
use super::engine::Engine;
use super::key::ClientKey;
use super::pending::lock;
use super::shelf::REBUILD;
use crate::book::Book;
use crate::journal::{Journal, JournalReader};
use crate::lines::Offer;
use crate::room;
use crate::writer::{Job, QUEUE_REQUESTS, Writer};

/// The durable store. It needs a tokio runtime to be read from, and a thread of its own writes.
///
/// Open one with [`open`](crate::open::open). Dropping it closes it.
#[derive(Debug)]
pub struct SledStore {
    engine: Arc<Engine>,
    jobs: mpsc::Sender<Job>,
    stop: Arc<Notify>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl SledStore {
    pub(crate) fn start(engine: Engine, journal: Journal) -> std::io::Result<SledStore> {
        let engine = Arc::new(engine);
        let (jobs, waiting) = mpsc::channel(QUEUE_REQUESTS);
        let stop = Arc::new(Notify::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let writer = Writer::new(Arc::clone(&engine), journal);
        let told = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("soundpost-writer".to_owned());
        let writer = thread.spawn(move || writer.run(waiting, &told, &runtime))?;
        Ok(SledStore {
            engine,
            jobs,
            stop,
            writer: Mutex::new(Some(writer)),
        })
    }

    /// Finishes what was handed in, stops the writer's thread and flushes sled. Writes are refused from then on.
    /// Blocks until it is done; does nothing the second time.
    pub fn close(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(writer) = writer else { return };
        self.stop.notify_one();
        if writer.join().is_err() {
            tracing::error!("the store's writer panicked");
        }
        if let Err(error) = self.engine.shelf.flush() {
            tracing::warn!(%error, "sled could not be flushed: the journal brings it up at the next open");
        }
        lock(&self.engine.book).wake_all();
    }

    /// Compares sled with the journal, for whoever is about to send. Blocks while it reads.
    ///
    /// # Errors
    /// `Damaged` when they differ, or one of them cannot be read.
    pub fn check_against_journal(&self) -> Result<(), StoreError> {
        let reader = JournalReader::open(&self.engine.journal).map_err(|e| StoreError::Io(e.to_string()))?;
        let found = compare(&self.engine.shelf, &reader)?;
        match found.named.first() {
            None => Ok(()),
            Some(first) => Err(StoreError::Damaged(format!(
                "sled differs from the journal in {} places ({first}): {REBUILD}",
                found.count
            ))),
        }
    }

    /// The claim with its delivery; it is given back when that cannot be read.
    fn claimed(&self, book: &mut Book, token: u64, id: DeliveryId) -> Result<Claim, StoreError> {
        match self.engine.shelf.delivery(id) {
            Ok(Some(delivery)) => Ok(Claim { token, delivery }),
            other => {
                book.abandon(token, None);
                let missing = StoreError::Damaged(format!("{id} stands in a line but is not there"));
                Err(other.err().unwrap_or(missing))
            }
        }
    }

    /// Runs a read that may take long on a thread that may block.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Engine) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let engine = Arc::clone(&self.engine);
        let done = tokio::task::spawn_blocking(move || read(&engine)).await;
        done.map_err(|error| StoreError::Io(format!("a read was broken off: {error}")))?
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.close();
    }
}

#[async_trait]
impl Store for SledStore {
    fn id(&self) -> StoreId {
        self.engine.id
    }

    fn world(&self) -> Arc<World> {
        Arc::clone(&lock(&self.engine.book).world)
    }

    fn rhythm(&self, account: AccountId) -> Arc<Rhythm> {
        lock(&self.engine.book).rhythm(account)
    }

    fn seq(&self) -> u64 {
        lock(&self.engine.book).seq
    }

    fn trouble(&self) -> Option<String> {
        let trouble = self.engine.trouble.lock();
        trouble.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn low_on_room(&self) -> Option<String> {
        room::too_little(&self.engine.journal)
    }

    async fn write(&self, request: Request) -> Result<Written, StoreError> {
        let (answer, answered) = oneshot::channel();
        let handed_in = self.jobs.send(Job { request, answer }).await;
        handed_in.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    async fn claim(&self, now: Timestamp) -> Result<Claimed, StoreError> {
        let mut book = lock(&self.engine.book);
        let offer = book.claim(now);
        match offer {
            Offer::Due { token, delivery } => self.claimed(&mut book, token, delivery).map(Claimed::Due),
            Offer::Check { token, delivery } => self.claimed(&mut book, token, delivery).map(Claimed::Check),
            Offer::Nothing { wake_at } => Ok(Claimed::Nothing { wake_at }),
        }
    }

    async fn claim_one(&self, id: DeliveryId) -> Result<Option<Claim>, StoreError> {
        let mut book = lock(&self.engine.book);
        book.claim_one(id)
            .map(|token| self.claimed(&mut book, token, id))
            .transpose()
    }

    async fn abandon(&self, token: u64, not_before: Option<Timestamp>) {
        lock(&self.engine.book).abandon(token, not_before);
    }

    async fn changed(&self) {
        let wake = lock(&self.engine.book).to_wake();
        if let Some(mut wake) = wake {
            // It ends with an error only when the store is gone: nobody can wait on it then.
            let _ = wake.changed().await;
        }
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        self.engine.shelf.delivery(id)
    }

    async fn post(&self, id: PostId) -> Result<Option<Post>, StoreError> {
        Ok(self.engine.shelf.post(id)?.map(|stored| stored.post))
    }

    async fn list(&self, query: &Query) -> Result<Vec<Delivery>, StoreError> {
        let query = query.clone();
        self.read(move |engine| engine.list(&query)).await
    }

    async fn post_with_key(&self, key: &str) -> Result<Option<PostId>, StoreError> {
        self.engine.shelf.get(&ClientKey(key.to_owned()))
    }

    async fn posts_ending(&self, ending: &str) -> Result<Vec<PostId>, StoreError> {
        let ending = ending.to_owned();
        self.read(move |engine| engine.posts_ending(&ending)).await
    }

    async fn entries(
        &self,
        from_seq: u64,
        limit: usize,
        about: Option<DeliveryId>,
    ) -> Result<Vec<Entry>, StoreError> {
        self.read(move |engine| engine.entries(from_seq, limit, about))
            .await
    }
}

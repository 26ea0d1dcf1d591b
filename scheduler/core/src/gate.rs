//! The gate: the one place that admits a visible write.
//!
//! A write is admitted by counting it in, comparing the epoch under which it was checked with the epoch now, and
//! asking the kill switch's file. Whoever pauses raises the epoch and waits for the counted-in to be counted out:
//! after that, nothing that was checked before is on its way, and nothing new gets in.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use crate::clock_doubt::ClockDoubt;
use crate::halt::{HaltCause, Subject, SwitchState, halted};
use crate::id::{DeliveryId, OrderId};
use crate::port::switch::{Switch, SwitchError};

/// A number that rises whenever halts, events, calendars or approvals change. The store raises it before it
/// answers.
#[derive(Debug, Default)]
pub struct Epoch(AtomicU64);

impl Epoch {
    /// The number now.
    pub fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Raises it.
    pub fn raise(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Neither admitted nor closed yet.
const PENDING: u8 = 0;
/// Admitted: some of it may have left.
const ADMITTED: u8 = 1;
/// Closed before it was admitted: nothing of it may ever leave.
const CLOSED: u8 = 2;

/// A write that was admitted and has not been settled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InFlight {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its part, from 1.
    pub part: u16,
}

#[derive(Default)]
struct Counted {
    next: u64,
    writes: BTreeMap<u64, InFlight>,
    waiting: Vec<Waker>,
}

/// The gate of one process.
pub struct Gate {
    epoch: Arc<Epoch>,
    switch: Arc<dyn Switch>,
    counted: Mutex<Counted>,
    clock_doubt: ClockDoubt,
}

impl Gate {
    /// A gate over this epoch and this switch.
    pub fn new(epoch: Arc<Epoch>, switch: Arc<dyn Switch>) -> Arc<Gate> {
        Arc::new(Gate {
            epoch,
            switch,
            counted: Mutex::default(),
            clock_doubt: ClockDoubt::default(),
        })
    }

    /// The epoch under which checks are made from now on.
    pub fn epoch(&self) -> u64 {
        self.epoch.now()
    }

    /// Whether the clocks can be trusted; lanes do nothing while they cannot.
    pub fn clock_doubt(&self) -> &ClockDoubt {
        &self.clock_doubt
    }

    /// What the switch says now.
    pub fn switch_state(&self) -> SwitchState {
        self.switch.read()
    }

    /// Lifts orders in the switch's file.
    ///
    /// # Errors
    /// [`SwitchError`]: then they all still count.
    pub fn lift(&self, orders: &[OrderId]) -> Result<(), SwitchError> {
        self.switch.lift(orders)
    }

    /// Makes every write that was checked before this call bounce at the gate.
    pub fn raise(&self) {
        self.epoch.raise();
    }

    /// A pass for one write that was checked under this epoch, and the lane's side of it.
    pub fn pass(
        self: &Arc<Gate>,
        write: InFlight,
        subject: Subject,
        checked_under: u64,
    ) -> (WritePass, Flight) {
        let state = Arc::new(AtomicU8::new(PENDING));
        let ticket = {
            let mut counted = self.lock();
            counted.next += 1;
            counted.next
        };
        let flight = Flight {
            gate: Arc::clone(self),
            ticket,
            state: Arc::clone(&state),
        };
        (
            WritePass {
                gate: Arc::clone(self),
                write,
                subject,
                checked_under,
                ticket,
                state,
            },
            flight,
        )
    }

    /// The writes that were admitted and are not settled.
    pub fn in_flight(&self) -> Vec<InFlight> {
        self.lock().writes.values().cloned().collect()
    }

    /// Returns when none of the writes that are admitted now is in flight any more.
    pub async fn drained(&self) {
        let before: Vec<u64> = self.lock().writes.keys().copied().collect();
        poll_fn(|cx| {
            let mut counted = self.lock();
            if before.iter().all(|ticket| !counted.writes.contains_key(ticket)) {
                return Poll::Ready(());
            }
            counted.waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count_in(&self, ticket: u64, write: InFlight) {
        self.lock().writes.insert(ticket, write);
    }

    fn count_out(&self, ticket: u64) {
        let waiting = {
            let mut counted = self.lock();
            counted.writes.remove(&ticket);
            std::mem::take(&mut counted.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// The gate did not admit the write; no byte of it may leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stopped at the gate: {0}")]
pub struct Stopped(pub String);

/// The right to make one visible write. It cannot be cloned, and is used up by [`WritePass::admit`].
pub struct WritePass {
    gate: Arc<Gate>,
    write: InFlight,
    subject: Subject,
    checked_under: u64,
    ticket: u64,
    state: Arc<AtomicU8>,
}

impl WritePass {
    /// Admits the write, or says what stopped it. Call it as late as possible, and write at once.
    ///
    /// # Errors
    /// [`Stopped`]: then no byte may leave.
    pub fn admit(self) -> Result<(), Stopped> {
        self.gate.count_in(self.ticket, self.write.clone());
        let verdict = self.look().and_then(|()| self.open());
        if verdict.is_err() {
            self.gate.count_out(self.ticket);
        }
        verdict
    }

    /// The lane may have given up on this write already; then it stays unsent.
    fn open(&self) -> Result<(), Stopped> {
        let opened = self
            .state
            .compare_exchange(PENDING, ADMITTED, Ordering::SeqCst, Ordering::SeqCst);
        opened
            .map(|_| ())
            .map_err(|_| Stopped("it came after its deadline".to_owned()))
    }

    fn look(&self) -> Result<(), Stopped> {
        if self.gate.epoch.now() != self.checked_under {
            return Err(Stopped(
                "halts, events or approvals changed since it was checked".to_owned(),
            ));
        }
        match halted(&self.subject, &self.gate.switch.read(), &[]) {
            Some(cause @ (HaltCause::Order(_) | HaltCause::SwitchUnreadable { .. })) => {
                Err(Stopped(cause.to_string()))
            }
            None => Ok(()),
        }
    }
}

/// The lane's side of a pass: counts the write out when the lane has settled it.
pub struct Flight {
    gate: Arc<Gate>,
    ticket: u64,
    state: Arc<AtomicU8>,
}

impl Flight {
    /// Ends the chance of this write to be admitted, and says whether it was: then some of it may have left. From here
    /// on nothing more of it can leave.
    pub fn close(&self) -> bool {
        let closed = self
            .state
            .compare_exchange(PENDING, CLOSED, Ordering::SeqCst, Ordering::SeqCst);
        closed == Err(ADMITTED)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.close();
        self.gate.count_out(self.ticket);
    }
}

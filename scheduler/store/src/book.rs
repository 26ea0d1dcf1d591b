//! What an engine holds in memory besides its data: the lines, the index and the world's snapshot. Both
//! engines keep one behind one lock.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use soundpost_core::change::Change;
use soundpost_core::delivery::Delivery;
use soundpost_core::guard::calendar::Calendar;
use soundpost_core::guard::rules::rhythm::Rhythm;
use soundpost_core::id::{AccountId, DeliveryId};
use soundpost_core::world::World;
use tokio::sync::watch;

use crate::index::Index;
use crate::lines::{Lines, Offer};

/// The memory of an engine.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// Who waits, and who holds what.
    pub(crate) lines: Lines,
    /// All deliveries by state and due time.
    pub(crate) index: Index,
    /// Accounts, open orders, events and calendars.
    pub(crate) world: Arc<World>,
    /// The newest sequence number.
    pub(crate) seq: u64,
    rhythms: BTreeMap<AccountId, Arc<Rhythm>>,
    wake: Wake,
}

impl Book {
    /// Takes note of a delivery's new state, and of the claim under which it moved.
    pub(crate) fn moved(&mut self, before: Option<&Delivery>, after: &Delivery, under: Option<u64>) {
        self.index.set(before, after);
        Arc::make_mut(self.rhythms.entry(after.account).or_default()).set(after);
        self.lines.set(after, under);
    }

    /// When this account speaks.
    pub(crate) fn rhythm(&self, account: AccountId) -> Arc<Rhythm> {
        self.rhythms.get(&account).cloned().unwrap_or_default()
    }

    /// Claims the first that is ready at this instant.
    pub(crate) fn claim(&mut self, now: Timestamp) -> Offer {
        let offer = self.lines.claim(now);
        match offer {
            Offer::Nothing { wake_at } => self.wake.said_nothing(wake_at),
            Offer::Due { .. } | Offer::Check { .. } => self.wake.took_one(self.lines.first_at()),
        }
        offer
    }

    /// Claims this one; see [`Lines::claim_one`].
    pub(crate) fn claim_one(&mut self, id: DeliveryId) -> Option<u64> {
        self.lines.claim_one(id)
    }

    /// Gives a claim back.
    pub(crate) fn abandon(&mut self, token: u64, not_before: Option<Timestamp>) {
        self.lines.abandon(token, not_before);
        self.wake_lanes();
    }

    /// Wakes the lanes when something is ready earlier than they were told.
    pub(crate) fn wake_lanes(&self) {
        self.wake.look(self.lines.first_at());
    }

    /// Wakes the lanes in any case, as when the store closes.
    pub(crate) fn wake_all(&self) {
        self.wake.raise();
    }

    /// A receiver that changes when lanes are woken, or none when they were woken since the last `Nothing`.
    pub(crate) fn to_wake(&self) -> Option<watch::Receiver<u64>> {
        let receiver = self.wake.count.subscribe();
        (self.wake.answered == *self.wake.count.borrow()).then_some(receiver)
    }
}

/// Tells lanes that what `Nothing` said no longer holds.
#[derive(Debug)]
struct Wake {
    count: watch::Sender<u64>,
    answered: u64,
    said: Timestamp,
}

impl Default for Wake {
    fn default() -> Wake {
        Wake {
            count: watch::Sender::new(0),
            answered: 0,
            said: Timestamp::MAX,
        }
    }
}

impl Wake {
    fn said_nothing(&mut self, wake_at: Option<Timestamp>) {
        self.said = wake_at.unwrap_or(Timestamp::MAX);
        self.answered = *self.count.borrow();
    }

    /// The others may have been told of the one that was just taken: they are to ask again.
    fn took_one(&mut self, first_at: Option<Timestamp>) {
        self.said = Timestamp::MAX;
        self.look(first_at);
    }

    fn look(&self, first_at: Option<Timestamp>) {
        if first_at.is_some_and(|at| at < self.said) {
            self.raise();
        }
    }

    fn raise(&self) {
        self.count.send_modify(|count| *count += 1);
    }
}

/// Makes a change to the world's snapshot; changes of posts and deliveries are none of its business.
pub(crate) fn change_world(world: &mut Arc<World>, change: &Change) {
    match change {
        Change::AccountSet { account } => {
            Arc::make_mut(world).accounts.insert(account.id, account.clone());
        }
        Change::HaltOrdered { order } => Arc::make_mut(world).halts.push(order.clone()),
        Change::HaltLifted { order } => {
            let world = Arc::make_mut(world);
            world.halts.retain(|open| open.id != *order);
            world.lifted.insert(*order);
        }
        Change::EventSet { event, .. } => {
            Arc::make_mut(world).events.set(event.clone());
        }
        Change::CalendarSet { name, text } => {
            Arc::make_mut(world)
                .calendars
                .insert(name.clone(), Arc::new(calendar(name, text)));
        }
        Change::CalendarRemoved { name } => {
            Arc::make_mut(world).calendars.remove(name);
        }
        Change::FeedSet { feed } => {
            Arc::make_mut(world).set_feed(feed);
        }
        Change::FeedChecked { name, state } => {
            Arc::make_mut(world)
                .feed_states
                .insert(name.clone(), state.clone());
        }
        Change::FeedRemoved { name } => {
            let world = Arc::make_mut(world);
            world.feeds.remove(name);
            world.feed_states.remove(name);
            // In older journals that was also the end of a list of hashtags.
            world.trends.remove(name);
        }
        Change::TrendsSet { list } => {
            Arc::make_mut(world).set_trends(list.clone());
        }
        Change::TrendsRemoved { name } => {
            Arc::make_mut(world).trends.remove(name);
        }
        Change::Created { .. }
        | Change::PostAdded { .. }
        | Change::PostRevised { .. }
        | Change::Moved { .. }
        | Change::Adopted { .. }
        | Change::JournalCut { .. } => {}
    }
}

/// A calendar from its own words, which were read before they were written.
pub(crate) fn calendar(name: &str, text: &str) -> Calendar {
    Calendar::stored(name, text)
}

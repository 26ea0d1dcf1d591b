//! Where posts wait, in the language of the scheduler.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::account::Account;
use crate::actor::Actor;
use crate::change::Entry;
use crate::delivery::moves::{IllegalMove, Move};
use crate::delivery::{Delivery, StateName};
use crate::event::Event;
use crate::feed::{Feed, FeedState};
use crate::guard::rules::rhythm::Rhythm;
use crate::halt::HaltOrder;
use crate::id::{AccountId, DeliveryId, EventId, Id, OrderId, PostId, StoreId};
use crate::import::Import;
use crate::post::{Post, Revision};
use crate::trends::TrendsList;
use crate::world::World;

/// One move of one delivery by a person or a duty. It is refused when the delivery has changed since it was read.
#[derive(Debug, Clone)]
pub struct Step {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// The version that was read.
    pub expects_version: u64,
    /// The move.
    pub mv: Move,
}

/// What is to be written.
#[derive(Debug, Clone)]
pub enum Write {
    /// A post with its deliveries. Repeating it with the same client key and the same request answers with what is
    /// there; another request under that key is a conflict.
    AddPost {
        /// The post.
        post: Box<Post>,
        /// Its deliveries.
        deliveries: Vec<Delivery>,
    },
    /// A new revision, and the deliveries that move to it.
    Revise {
        /// Which post.
        post: PostId,
        /// The revision; its number must be one more than the newest.
        revision: Box<Revision>,
        /// The moves.
        steps: Vec<Step>,
    },
    /// A move by the lane that holds this claim.
    Advance {
        /// The claim's token.
        token: u64,
        /// The move.
        mv: Box<Move>,
    },
    /// Moves by a person or a duty.
    Move {
        /// The moves.
        steps: Vec<Step>,
    },
    /// An account, new or changed. Two accounts that are not removed never share a label.
    SetAccount {
        /// Its whole new state.
        account: Box<Account>,
        /// Deliveries that move with it, such as those that waited for a login.
        steps: Vec<Step>,
    },
    /// The kill switch. An order that is already known is not an error.
    OrderHalt {
        /// The order.
        order: HaltOrder,
    },
    /// The end of orders, and the plan for what piled up.
    LiftHalts {
        /// Which orders.
        orders: Vec<OrderId>,
        /// What happens to each delivery of the plan.
        steps: Vec<Step>,
        /// The sequence number at which the plan was made; refused when anything was written since.
        expects_seq: Option<u64>,
    },
    /// An event, new or changed, and the deliveries that it moves.
    SetEvent {
        /// Its whole new state.
        event: Box<Event>,
        /// The moves.
        steps: Vec<Step>,
    },
    /// A calendar in its own words, and the deliveries that it moves.
    SetCalendar {
        /// Its name.
        name: String,
        /// The iCalendar text; it has been parsed before.
        text: String,
        /// The moves.
        steps: Vec<Step>,
    },
    /// The end of a calendar.
    RemoveCalendar {
        /// Its name.
        name: String,
    },
    /// A feed to watch, new or changed. How it is doing stays as it was.
    SetFeed {
        /// Its whole new state.
        feed: Box<Feed>,
    },
    /// How a feed is doing.
    CheckFeed {
        /// Its name.
        name: String,
        /// The whole new state.
        state: FeedState,
    },
    /// The end of watching a feed.
    RemoveFeed {
        /// Its name.
        name: String,
    },
    /// A list of hashtags that rise, new or changed, and the deliveries that it moves.
    SetTrends {
        /// Its whole new state.
        list: Box<TrendsList>,
        /// The moves.
        steps: Vec<Step>,
    },
    /// The end of a list of hashtags.
    RemoveTrends {
        /// Its name.
        name: String,
    },
    /// The whole content of another store. Refused unless this one holds no account, event or calendar, and so no
    /// post; orders of the kill switch may be there, and stay.
    Import {
        /// What it holds, with the order under which this store starts halted.
        import: Box<Import>,
    },
}

/// A write with who, when and why.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Why, in words; may be empty.
    pub reason: String,
    /// What.
    pub write: Write,
}

/// The answer to a write that is durable.
#[derive(Debug, Clone)]
pub struct Written {
    /// The journal's newest sequence number of this write.
    pub seq: u64,
    /// The deliveries as they now are, in the order of the request; none of an import, which may be large.
    pub deliveries: Vec<Delivery>,
    /// True when the write had been made before (same client key, same request) and nothing was added.
    pub repeated: bool,
}

/// A delivery that one lane holds.
#[derive(Debug, Clone)]
pub struct Claim {
    /// What a fence or settle must present.
    pub token: u64,
    /// The delivery.
    pub delivery: Delivery,
}

/// The answer to "what is due?".
#[derive(Debug, Clone)]
pub enum Claimed {
    /// It waits no longer: send it, or stage it ahead.
    Due(Claim),
    /// It does not wait, but is to be looked at: unknown, held with a review time, or to be retracted.
    Check(Claim),
    /// Nothing now.
    Nothing {
        /// When the next one is ready, if any.
        wake_at: Option<Timestamp>,
    },
}

/// Which deliveries to list. Empty sets and `None` do not restrict.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// In one of these states.
    pub states: BTreeSet<StateName>,
    /// Of this account.
    pub account: Option<AccountId>,
    /// Of this post.
    pub post: Option<PostId>,
    /// Due at or after.
    pub due_from: Option<Timestamp>,
    /// Due before.
    pub due_until: Option<Timestamp>,
    /// With a receipt at or after.
    pub published_since: Option<Timestamp>,
    /// At most so many, by due time; 0 = all.
    pub limit: usize,
}

impl Query {
    /// Deliveries in one of these states.
    pub fn in_states(states: impl IntoIterator<Item = StateName>) -> Query {
        Query {
            states: states.into_iter().collect(),
            ..Query::default()
        }
    }

    /// Deliveries that go out by themselves when their time comes.
    pub fn waiting() -> Query {
        Query::in_states(StateName::ALL.into_iter().filter(|s| s.waits()))
    }

    /// Deliveries that are not at their end.
    pub fn open() -> Query {
        Query::in_states(StateName::ALL.into_iter().filter(|s| !s.is_end()))
    }
}

/// Why the store did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing.
    #[error("there is no {what}")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// It changed since it was read.
    #[error("{what} changed meanwhile: look again, then repeat")]
    Stale {
        /// What changed.
        what: String,
    },
    /// The client key was used for something else.
    #[error("the key '{key}' was used before for other content (post {post})")]
    KeyConflict {
        /// The key.
        key: String,
        /// The post that has it.
        post: PostId,
    },
    /// An import needs an empty store.
    #[error("the store is not empty: {has}")]
    NotEmpty {
        /// What is there.
        has: String,
    },
    /// The label is taken.
    #[error("an account named '{name}' exists")]
    NameTaken {
        /// The label.
        name: String,
    },
    /// The claim is no longer held.
    #[error("the claim on {delivery} is lost")]
    ClaimLost {
        /// Which delivery.
        delivery: String,
    },
    /// The state does not allow it.
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    /// The disk or the engine failed; nothing was acknowledged.
    #[error("the store cannot write: {0}")]
    Io(String),
    /// The data contradict themselves.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

/// Where posts wait.
///
/// 1. One `write` is one atomic, durable step: after `Ok` it survives a crash, after `Err` none of it happened
///    (but for `Io`, after which it may have; the store then accepts no more writes until it is sure of what is there,
///    see [`Store::trouble`]).
/// 2. A claim is atomic but not durable: one delivery is held by one lane at a time, and one account has at most one
///    claimed delivery of those that wait.
/// 3. `Advance` with a claim that is lost, or on a delivery that changed since it was claimed, is refused.
/// 4. Within an account, waiting deliveries are claimed in the order of their promised times; one that waits for a
///    retry keeps those behind it; held, missed, unknown and failed ones leave the line.
/// 5. The world's snapshot includes a change before `write` answers, and the gate's epoch is raised with it.
/// 6. All reads see every write that was answered.
/// 7. A person's move on a claimed delivery that is not yet fenced succeeds and takes the claim away; on a fenced
///    one (attempting) it is illegal by the table.
/// 8. The rhythm of an account has all its posts that wait, and the newest of those that are public; it includes a move
///    before `write` answers.
#[async_trait]
pub trait Store: Send + Sync {
    /// Its identity.
    fn id(&self) -> StoreId;

    /// Accounts, open orders, events and calendars.
    fn world(&self) -> Arc<World>;

    /// When this account speaks, from memory; see promise 8.
    fn rhythm(&self, account: AccountId) -> Arc<Rhythm>;

    /// The newest sequence number of the journal.
    fn seq(&self) -> u64;

    /// Why nothing can be written at present, if so; for status and alarms.
    fn trouble(&self) -> Option<String> {
        None
    }

    /// Why it soon will not be able to write, as far as that is known without a write; for status and alarms.
    fn low_on_room(&self) -> Option<String> {
        None
    }

    /// Writes; see promise 1.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn write(&self, request: Request) -> Result<Written, StoreError>;

    /// Claims the first delivery that is ready at this instant. Those to be checked come first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim(&self, now: Timestamp) -> Result<Claimed, StoreError>;

    /// Claims this one, whatever its time and its place in the line, when it waits and no lane holds it or another of
    /// its account. For a command that sends one post and nothing else.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim_one(&self, id: DeliveryId) -> Result<Option<Claim>, StoreError>;

    /// Gives a claim back; the delivery is not offered again before `not_before` (in this process).
    async fn abandon(&self, token: u64, not_before: Option<Timestamp>);

    /// Returns when something may have become ready earlier than the last `Nothing` said.
    async fn changed(&self);

    /// One delivery.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError>;

    /// One post.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn post(&self, id: PostId) -> Result<Option<Post>, StoreError>;

    /// Deliveries, by due time.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list(&self, query: &Query) -> Result<Vec<Delivery>, StoreError>;

    /// The post that was queued under this client key.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn post_with_key(&self, key: &str) -> Result<Option<PostId>, StoreError>;

    /// The posts whose id ends like this, at most 10.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn posts_ending(&self, ending: &str) -> Result<Vec<PostId>, StoreError>;

    /// Journal entries from this sequence number on, at most `limit`; for one delivery (with its post's) if given.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn entries(
        &self,
        from_seq: u64,
        limit: usize,
        about: Option<DeliveryId>,
    ) -> Result<Vec<Entry>, StoreError>;
}

/// The ids of a list that end like this; endings are compared in lower case.
pub fn ending_like<T: Copy + Into<Id>>(ids: impl IntoIterator<Item = T>, ending: &str) -> Vec<T> {
    let ending = ending.to_ascii_lowercase();
    ids.into_iter()
        .filter(|id| (*id).into().to_string().ends_with(&ending))
        .collect()
}

impl From<EventId> for Id {
    fn from(id: EventId) -> Id {
        id.0
    }
}

impl From<OrderId> for Id {
    fn from(id: OrderId) -> Id {
        id.0
    }
}

impl From<PostId> for Id {
    fn from(id: PostId) -> Id {
        id.0
    }
}

//! What the journal holds: one entry for each change, with actor, reason and the whole new state.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::actor::Actor;
use crate::delivery::Delivery;
use crate::event::Event;
use crate::feed::{FeedRecord, FeedState};
use crate::halt::HaltOrder;
use crate::id::{OrderId, PostId, StoreId};
use crate::post::{Post, Revision};
use crate::trends::TrendsList;

/// The version of [`Entry`] that this code writes.
pub const ENTRY_VERSION: u32 = 1;

/// One change of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The store was made.
    Created {
        /// Its identity.
        store: StoreId,
    },
    /// A post was queued; its deliveries follow as moves named `intake`.
    PostAdded {
        /// The post with its body.
        post: Post,
    },
    /// A post got another revision.
    PostRevised {
        /// Which post.
        post: PostId,
        /// The new revision.
        revision: Revision,
    },
    /// A delivery was made or moved.
    Moved {
        /// `intake`, or the move's name.
        by: String,
        /// Its whole new state.
        delivery: Box<Delivery>,
    },
    /// An account was added or changed.
    AccountSet {
        /// Its whole new state.
        account: Account,
    },
    /// The kill switch was pulled.
    HaltOrdered {
        /// The order.
        order: HaltOrder,
    },
    /// An order was lifted.
    HaltLifted {
        /// Which.
        order: OrderId,
    },
    /// An event was flagged or changed.
    EventSet {
        /// Its whole new state.
        event: Event,
        /// What it was before; none when it is new, or an older version wrote this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Box<Event>>,
    },
    /// A calendar was imported, in its own words.
    CalendarSet {
        /// Its name.
        name: String,
        /// The iCalendar text.
        text: String,
    },
    /// A calendar was removed.
    CalendarRemoved {
        /// Its name.
        name: String,
    },
    /// A feed is watched, or watched in another way.
    FeedSet {
        /// Its whole new state.
        feed: FeedRecord,
    },
    /// A feed was asked, and something about it changed.
    FeedChecked {
        /// Its name.
        name: String,
        /// How it is doing now.
        state: FeedState,
    },
    /// A feed is no longer watched.
    FeedRemoved {
        /// Its name.
        name: String,
    },
    /// A list of hashtags that rise was set.
    TrendsSet {
        /// Its whole new state.
        list: TrendsList,
    },
    /// A list of hashtags was forgotten.
    TrendsRemoved {
        /// Its name.
        name: String,
    },
    /// The store's folder was moved or copied on purpose, and this one is now the store's own place.
    Adopted {
        /// Where it was at home before; none when that was lost.
        from: Option<Place>,
        /// Where it is at home now.
        to: Place,
    },
    /// The journal was damaged, and a person had it cut: what came after this entry is lost.
    JournalCut {
        /// The folder in the home in which all that was there is kept.
        kept_in: String,
    },
}

/// Where a store is at home.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The machine, when that has a name.
    pub machine: Option<String>,
    /// The inode of the folder, which a copy does not share.
    pub inode: u64,
    /// The name that the configuration gave it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
}

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The version of this shape.
    pub v: u32,
    /// Its place in the journal, from 1.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// Why, in words; may be empty.
    #[serde(default)]
    pub reason: String,
    /// What changed.
    pub change: Change,
}

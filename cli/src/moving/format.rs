//! The lines of an export. The first one says what it is, the last one that it is whole.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use soundpost_core::account::Account;
use soundpost_core::delivery::Delivery;
use soundpost_core::event::Event;
use soundpost_core::feed::FeedRecord;
use soundpost_core::halt::HaltOrder;
use soundpost_core::id::{AccountId, PostId, StoreId};
use soundpost_core::post::{Post, Revision};
use soundpost_core::trends::TrendsList;

/// The name of the format, in the first line.
pub const FORMAT: &str = "soundpost export";
/// The version that this program writes. It reads all before it.
pub const VERSION: u32 = 1;
/// The longest line that is read. A question to the daemon has at most 16 MiB, so no post needs more.
pub const LINE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most bytes of all lines together that are not media: they are held in memory, and become one step.
pub const RECORDS_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// How many bytes of a picture or film stand in one line.
pub const CHUNK_BYTES: usize = 384 * 1024;

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first.
    Export(Header),
    /// An account; how to sign in is a reference only.
    Account(Box<Account>),
    /// The address of this account was left out, because whoever knows it may post there.
    AddressWithheld {
        /// Whose.
        account: AccountId,
    },
    /// An event.
    Event(Box<Event>),
    /// A calendar in its own words.
    Calendar {
        /// Its name.
        name: String,
        /// The iCalendar text.
        text: String,
    },
    /// A feed that is watched. What was read of it is not part of an export: it is read anew.
    Feed(Box<FeedRecord>),
    /// A list of hashtags that rise.
    Trends(Box<TrendsList>),
    /// An order of the kill switch that is in force.
    Halt(HaltOrder),
    /// A post with its first revision.
    Post(Box<Post>),
    /// A later revision of a post.
    Revision {
        /// Which post.
        post: PostId,
        /// The revision.
        revision: Box<Revision>,
    },
    /// A delivery with its whole state.
    Delivery(Box<Delivery>),
    /// A picture or film; its bytes follow.
    Media {
        /// SHA-256 of the bytes.
        sha256: String,
        /// How many there are.
        bytes: u64,
    },
    /// Some bytes of the picture or film before it, in base 64.
    Bytes(String),
    /// A picture or film that was not there, or damaged.
    MediaMissing {
        /// SHA-256 of the bytes that it had.
        sha256: String,
    },
    /// The last.
    End {
        /// How many lines stand before it.
        lines: u64,
        /// SHA-256 of all of them, with their line feeds.
        sha256: String,
    },
}

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// The program that wrote it.
    pub program: String,
    /// Which queue it is of.
    pub store: StoreId,
    /// The newest entry of the journal that it includes.
    pub seq: u64,
    /// When it was made.
    pub made_at: Timestamp,
    /// The version of the time zone database by which the due times were computed, when it is known.
    pub zones: Option<String>,
    /// What follows.
    pub counts: Counts,
}

/// How many of each an export holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Accounts, removed ones too.
    pub accounts: u64,
    /// Events, ended ones too.
    pub events: u64,
    /// Calendars.
    pub calendars: u64,
    /// Feeds that are watched.
    #[serde(default)]
    pub feeds: u64,
    /// Lists of hashtags that rise.
    #[serde(default)]
    pub trends: u64,
    /// Orders of the kill switch that are in force.
    pub halts: u64,
    /// Posts.
    pub posts: u64,
    /// Revisions of all posts.
    pub revisions: u64,
    /// Posts that were queued under a key of the caller.
    pub client_keys: u64,
    /// Deliveries.
    pub deliveries: u64,
    /// Proofs that a part is public.
    pub receipts: u64,
    /// Approvals by a person.
    pub approvals: u64,
    /// Pictures and films.
    pub media: u64,
    /// Their bytes.
    pub media_bytes: u64,
}

impl Counts {
    /// Counts a post with its first revision.
    pub fn post(&mut self, post: &Post) {
        self.posts += 1;
        self.revisions += post.revisions.len() as u64;
        self.client_keys += u64::from(post.client_key.is_some());
    }

    /// Counts a delivery.
    pub fn delivery(&mut self, delivery: &Delivery) {
        self.deliveries += 1;
        self.receipts += delivery.receipts.len() as u64;
        self.approvals += u64::from(delivery.approval.is_some());
    }

    /// All counts with their names, in the order of the file.
    pub fn named(&self) -> [(&'static str, u64); 14] {
        [
            ("accounts", self.accounts),
            ("events", self.events),
            ("calendars", self.calendars),
            ("feeds", self.feeds),
            ("trends", self.trends),
            ("halts", self.halts),
            ("posts", self.posts),
            ("revisions", self.revisions),
            ("client keys", self.client_keys),
            ("deliveries", self.deliveries),
            ("receipts", self.receipts),
            ("approvals", self.approvals),
            ("media", self.media),
            ("bytes of media", self.media_bytes),
        ]
    }
}

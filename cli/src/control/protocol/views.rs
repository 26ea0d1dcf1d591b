//! The parts of the answers: what people see, and what `--json` prints.

use serde::{Deserialize, Serialize};
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::{DeliveryId, OrderId};
use soundpost_core::plan::Plan;
use soundpost_core::post::{Category, Content};

use super::{EventView, FeedView, ShadowedAccount, TrendsView};

/// One delivery, for people's eyes and for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// Its id in full.
    pub id: DeliveryId,
    /// The account's label.
    pub account: String,
    /// The network.
    pub network: String,
    /// The state's name.
    pub state: String,
    /// When it is due, as RFC 9557.
    pub due: String,
    /// When it is due, for people.
    pub due_shown: String,
    /// Set when limits make it later than due: when it is expected, for people.
    pub expected_shown: Option<String>,
    /// The beginning of its text, made safe to print.
    pub excerpt: String,
    /// The category.
    pub category: Category,
    /// How many parts are public.
    pub public: usize,
    /// How many parts there are.
    pub parts: u16,
    /// Where people can see the public parts.
    pub urls: Vec<String>,
    /// Why it stands where it stands; one or more sentences, may be empty.
    pub note: Vec<String>,
    /// What a person can do about it.
    pub next: Vec<String>,
}

/// The answer to `queue`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The deliveries, by due time.
    pub deliveries: Vec<DeliveryView>,
    /// How many more there are than were asked for.
    pub more: usize,
    /// True when states or an account were named, so that an empty list does not mean an empty queue.
    pub narrowed: bool,
}

/// What a person should know about a post before it is queued, or when it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictView {
    /// The account's label.
    pub account: String,
    /// When it would go out, for people.
    pub due_shown: String,
    /// True when the guard would let it go.
    pub allowed: bool,
    /// What the guard says: the reasons to hold, or what was looked at.
    pub words: Vec<String>,
    /// What the network would not take or what is worth a look.
    pub findings: Vec<String>,
    /// The texts in which words touch an event, with these words.
    #[serde(default)]
    pub marked: Vec<MarkedText>,
    /// The rules without an event that hold it or have something to say; they stand in `words`, too.
    #[serde(default)]
    pub rules: Vec<RuleSaid>,
}

/// What one rule says of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSaid {
    /// Its name.
    pub rule: String,
    /// `hold` or `warn`.
    pub does: String,
    /// The limit or window.
    pub limit: String,
    /// What was counted; may be empty.
    pub found: String,
    /// Who set it.
    pub source: String,
    /// When it ends by itself.
    pub until: Option<String>,
}

/// A text of a post with the bytes of it that touch an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedText {
    /// Which part of the post, from 1.
    pub part: u16,
    /// `text`, `alt`, `link` or `card`.
    pub field: String,
    /// The whole text.
    pub text: String,
    /// Byte ranges in it.
    pub spans: Vec<(usize, usize)>,
}

/// The answer to `post`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The post's id in full.
    pub post: String,
    /// Its deliveries.
    pub deliveries: Vec<DeliveryView>,
    /// True when the same request had been queued before under this key.
    pub repeated: bool,
    /// What is worth knowing: findings, and events that would hold it.
    pub warnings: Vec<String>,
    /// True when a daemon runs that will send it.
    pub daemon: bool,
    /// True when everything is paused for it.
    pub paused: bool,
}

/// The answer to `show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The post's id in full.
    pub post: String,
    /// Who queued it.
    pub by: String,
    /// When, for people.
    pub at_shown: String,
    /// The newest revision's number.
    pub revision: u32,
    /// What it says.
    pub content: Content,
    /// Its deliveries.
    pub deliveries: Vec<DeliveryView>,
}

/// One line of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryLine {
    /// The journal's sequence number.
    pub seq: u64,
    /// When, as RFC 3339.
    pub at: String,
    /// When, for people.
    pub at_shown: String,
    /// Who.
    pub by: String,
    /// What happened, in plain words.
    pub what: Vec<String>,
}

/// The answer to `why`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// The delivery as it is.
    pub delivery: DeliveryView,
    /// What happened to it.
    pub lines: Vec<StoryLine>,
    /// The texts in which words touch an event that holds it, with these words.
    #[serde(default)]
    pub marked: Vec<MarkedText>,
    /// What would let it go while it is held, in sentences.
    #[serde(default)]
    pub lets_go: Vec<String>,
}

/// The answer to commands that move deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// What was done, as a verb in the past.
    pub what: String,
    /// The deliveries as they are now.
    pub deliveries: Vec<DeliveryView>,
    /// What did not move, and why.
    pub left: Vec<String>,
    /// What a person should know about what was done.
    #[serde(default)]
    pub hints: Vec<String>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Its label.
    pub name: String,
    /// The network.
    pub network: String,
    /// The handle, or whatever the network calls it.
    pub identity: String,
    /// The server or folder.
    pub server: Option<String>,
    /// Where the credential is found.
    pub credential: String,
    /// Its zone.
    pub zone: String,
    /// Its audience, for people.
    pub audience: String,
    /// Its groups.
    pub groups: Vec<String>,
    /// Calendars of sensitive days that come with the program, fit its readers, and are not in force.
    pub calendars: Vec<String>,
    /// Whether it may send, in words.
    pub status: String,
    /// What the network said when it was verified.
    pub verified: Option<String>,
}

/// A write that was under way when the pause came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// The delivery.
    pub delivery: DeliveryView,
    /// Which part.
    pub part: u16,
    /// What became of it, in words.
    pub became: String,
    /// True when it has not ended and may still become public.
    #[serde(default)]
    pub may_still_go: bool,
}

/// The answer to `pause` and `stop`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// The order.
    pub order: HaltOrder,
    /// The scope, for people.
    pub scope_shown: String,
    /// When, for people.
    pub at_shown: String,
    /// True when it is proven that nothing goes out any more.
    pub proven: bool,
    /// How it is proven, or what may still go.
    pub proof: Vec<String>,
    /// Writes that were under way.
    pub under_way: Vec<UnderWay>,
    /// How many will not go in the next 12 hours; none when the queue cannot be read.
    pub tonight: Option<usize>,
    /// How many will not go in the next 7 days; none when the queue cannot be read.
    pub this_week: Option<usize>,
    /// What became public in the last 24 hours; none when the queue cannot be read.
    pub last_day: Option<Vec<DeliveryView>>,
    /// What Soundpost does not control.
    pub outside: Vec<String>,
    /// What could not be found out or written.
    pub troubles: Vec<String>,
    /// What a person should know about what they typed, such as that nothing has that campaign.
    #[serde(default)]
    pub hints: Vec<String>,
}

/// The answer to `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The store's id.
    pub store: String,
    /// True when the daemon answers.
    pub daemon: bool,
    /// The orders in force, with who, when and why.
    pub halts: Vec<HaltOrder>,
    /// The same orders, for people.
    #[serde(default)]
    pub halts_shown: Vec<String>,
    /// Set when the switch cannot be read and therefore counts as on.
    pub switch_trouble: Option<String>,
    /// Set when nothing can be written to the store: a full disk, or a disk that failed.
    #[serde(default)]
    pub store_trouble: Option<String>,
    /// Set when the disk has too little room to go on for long.
    #[serde(default)]
    pub low_on_room: Option<String>,
    /// Servers whose clock is far from this machine's, for people.
    #[serde(default)]
    pub clock_differs: Vec<String>,
    /// How many deliveries are in each state, by name.
    pub counts: Vec<(String, usize)>,
    /// The next to go.
    pub next: Option<DeliveryView>,
    /// What needs a person.
    pub needs_person: Vec<DeliveryView>,
    /// Writes that have begun and have no outcome yet.
    pub in_flight: usize,
    /// True when a process owns the queue and does not answer: then all this is read from the journal.
    pub owner_silent: bool,
    /// Events that count now.
    pub events: Vec<EventView>,
    /// Accounts that cannot send.
    pub accounts_stopped: Vec<AccountView>,
    /// The feeds that are watched.
    #[serde(default)]
    pub feeds: Vec<FeedView>,
    /// The accounts over which the guard only watches.
    #[serde(default)]
    pub shadowed: Vec<ShadowedAccount>,
    /// The lists of hashtags that rise.
    #[serde(default)]
    pub trends: Vec<TrendsView>,
    /// The newest sequence number of the journal.
    pub seq: u64,
    /// True when another user asks: they see whether it is paused, and no more.
    #[serde(default)]
    pub of_switch: bool,
}

impl Status {
    /// What another user may see, before anything is known.
    pub fn of_switch() -> Status {
        Status {
            store: String::new(),
            daemon: false,
            halts: Vec::new(),
            halts_shown: Vec::new(),
            switch_trouble: None,
            store_trouble: None,
            low_on_room: None,
            clock_differs: Vec::new(),
            counts: Vec::new(),
            next: None,
            needs_person: Vec::new(),
            in_flight: 0,
            owner_silent: false,
            events: Vec::new(),
            accounts_stopped: Vec::new(),
            feeds: Vec::new(),
            shadowed: Vec::new(),
            trends: Vec::new(),
            seq: 0,
            of_switch: true,
        }
    }
}

/// One line of a plan, for people's eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    /// Its number.
    pub number: usize,
    /// The delivery.
    pub delivery: DeliveryView,
    /// Marks such as `stale greeting`.
    pub marks: Vec<String>,
    /// When it goes, for people, where limits make that later than the plan would.
    #[serde(default)]
    pub expected_shown: Option<String>,
}

/// The answer to `resume` without `--apply`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    /// The plan.
    pub plan: Plan,
    /// What `--plan` takes.
    #[serde(default)]
    pub number: String,
    /// The orders that it lifts.
    pub orders: Vec<HaltOrder>,
    /// The same orders, for people.
    #[serde(default)]
    pub orders_shown: Vec<String>,
    /// The orders that stay in force, for people.
    #[serde(default)]
    pub left_shown: Vec<String>,
    /// Its lines.
    pub lines: Vec<PlanLine>,
    /// The plan as a text that a person edits.
    pub text: String,
    /// Set when the switch cannot be read.
    pub switch_trouble: Option<String>,
}

/// The answer to `resume --apply`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// The orders that were lifted.
    pub orders: Vec<OrderId>,
    /// The deliveries that were decided, as they are now.
    pub deliveries: Vec<DeliveryView>,
    /// The orders that stay in force, for people.
    #[serde(default)]
    pub left_shown: Vec<String>,
}

/// The scope of an order as people read it.
pub fn scope_shown(scope: &Scope) -> String {
    match scope {
        Scope::Everything => "everything".to_owned(),
        other => other.to_string(),
    }
}

/// What a person confirms before it goes out through a pause.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatementView {
    /// The one account, by its label.
    pub account: String,
    /// Its network.
    pub network: String,
    /// The text of each part, as it will go out.
    pub parts: Vec<String>,
    /// How many pictures go with it.
    pub pictures: usize,
    /// The orders that it passes, in words.
    pub paused: Vec<String>,
    /// What the guard would hold it for, in words; the confirmation approves it.
    pub held: Option<String>,
    /// The deliveries by which these very words went to this account through a pause before.
    #[serde(default)]
    pub before: Vec<String>,
    /// The code that stands for all of this, for `--confirm`; good once.
    pub code: String,
}

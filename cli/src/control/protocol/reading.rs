//! Questions and answers of those who look back, or at a day: `recent`, `receipts`, `today`.

use serde::{Deserialize, Serialize};
use soundpost_core::event::Severity;
use soundpost_core::id::DeliveryId;

use super::{AccountView, DeliveryView, EventView};

/// Which of what became public.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAsk {
    /// Not before this, as typed.
    pub since: Option<String>,
    /// Not after this, as typed.
    pub until: Option<String>,
    /// Only this account.
    pub account: Option<String>,
    /// Only this network.
    pub network: Option<String>,
    /// Only these, as typed.
    pub ids: Vec<String>,
    /// At most so many; 0 = all.
    pub limit: usize,
}

/// An event that counts now and would hold a post that is public already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// The event's id in full.
    pub event: String,
    /// Its title, made safe to print.
    pub title: String,
    /// Its severity.
    pub severity: Severity,
    /// The rule that would hold it.
    pub rule: String,
    /// The words of the post that touch it, made safe to print; may be empty.
    pub words: Vec<String>,
    /// The same as a sentence.
    pub said: String,
}

/// A post that became public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentView {
    /// The delivery as it is.
    pub delivery: DeliveryView,
    /// When its newest part became public, as RFC 3339.
    pub at: String,
    /// The same for people.
    pub at_shown: String,
    /// How public it is now, in words.
    pub standing: String,
    /// True when words of it touch an event that counts now.
    pub touches: bool,
    /// The events that would hold it now, worst first.
    pub events: Vec<Met>,
    /// Who had let it through, and why; none when nobody had to.
    pub approved: Option<String>,
    /// How to take it back: arguments of `soundpost`, with `WHY` to fill in; none when it is gone or being taken back.
    pub take_back: Option<String>,
    /// Set when Soundpost cannot take it back: what to do.
    pub by_hand: Option<String>,
}

/// The answer to `recent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// From when on, as RFC 3339.
    pub since: String,
    /// The same for people.
    pub since_shown: String,
    /// What became public, newest first.
    pub posts: Vec<RecentView>,
    /// How many more there are.
    pub more: usize,
    /// What was being sent in that time and has no answer: it may be public too.
    pub unsure: Vec<DeliveryView>,
    /// How to take back all listed ones that touch an event: arguments of `soundpost`.
    pub take_back_touching: Option<String>,
    /// True when the question named an account, a network or posts.
    pub narrowed: bool,
}

/// Proof that one part is public, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Which part, from 1.
    pub part: u16,
    /// How many parts the delivery has.
    pub parts: u16,
    /// The account's label.
    pub account: String,
    /// The network.
    pub network: String,
    /// The network's own name of it; empty when only the address is known.
    pub remote_id: String,
    /// Where people can see it.
    pub url: Option<String>,
    /// The network's own time of it, as RFC 3339.
    pub server_time: Option<String>,
    /// When Soundpost recorded it, as RFC 3339.
    pub at: String,
    /// The same for people.
    pub at_shown: String,
    /// SHA-256 of the body that was sent, in hex.
    pub body_sha256: String,
    /// What the guard said before the send.
    pub verdict: String,
    /// Who queued the post.
    pub queued_by: String,
    /// Who let it through in spite of an event.
    pub approved_by: Option<String>,
    /// Why.
    pub approval_reason: Option<String>,
    /// Who sent it through a pause.
    pub through_pause_by: Option<String>,
    /// Why.
    pub through_pause_reason: Option<String>,
    /// True when the answer was lost and looking found it.
    pub found_by_look_up: bool,
    /// When it was taken back or found gone, as RFC 3339.
    pub gone_at: Option<String>,
    /// The same for people.
    pub gone_shown: Option<String>,
    /// The beginning of the part's text, made safe to print.
    pub excerpt: String,
}

/// The answer to `receipts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// The receipts, newest first.
    pub receipts: Vec<ReceiptView>,
    /// How many more there are.
    pub more: usize,
    /// Which time was looked at, for people.
    pub period_shown: String,
    /// True when the question named an account, a network, posts or a time.
    pub narrowed: bool,
}

/// Which day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayAsk {
    /// The day, as typed; none = today.
    pub date: Option<String>,
    /// The zone; none = the system's.
    pub zone: Option<String>,
}

/// One post of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLine {
    /// The delivery as it is.
    pub delivery: DeliveryView,
    /// When it went or is expected, as RFC 3339.
    pub at: String,
    /// The same for people who know the day.
    pub at_shown: String,
    /// What is worth knowing: that it is late, or gone, or paused.
    pub remark: Option<String>,
    /// True when a pause covers it: it will not go.
    #[serde(default)]
    pub paused: bool,
}

/// The answer to `today`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// The day, as a date.
    pub date: String,
    /// The same for people.
    pub date_shown: String,
    /// The zone in which the day is meant.
    pub zone: String,
    /// True when the day is today.
    pub is_today: bool,
    /// True when the daemon answers.
    pub daemon: bool,
    /// What became public that day, in order.
    pub went_out: Vec<DayLine>,
    /// True when everything is paused.
    #[serde(default)]
    pub all_paused: bool,
    /// What goes that day, in order of the expected times; of today also what is late. What a pause covers is among it.
    pub goes: Vec<DayLine>,
    /// What needs a person: held, missed, unknown and failed, due that day; of today also what was due before.
    pub needs_person: Vec<DeliveryView>,
    /// How many more need a person and are due later.
    pub needs_person_later: usize,
    /// The orders in force, for people.
    pub halts_shown: Vec<String>,
    /// Set when the switch cannot be read and therefore counts as on.
    pub switch_trouble: Option<String>,
    /// The flagged events that count on that day.
    pub events: Vec<EventView>,
    /// The sensitive days that count on that day or the next, for people.
    pub sensitive_days: Vec<String>,
    /// Accounts that cannot send.
    pub accounts_stopped: Vec<AccountView>,
}

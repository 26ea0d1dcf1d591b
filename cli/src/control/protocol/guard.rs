//! Shadow and drills of the guard in questions and answers.

use serde::{Deserialize, Serialize};
use soundpost_core::event::Severity;

use super::DeliveryView;

/// What to do about shadow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowAsk {
    /// True = on, false = off, none = only tell.
    pub turn: Option<bool>,
    /// Labels of accounts; empty = all.
    pub accounts: Vec<String>,
    /// True when what events other than critical ones hold goes again.
    pub release: bool,
    /// Why; may be empty.
    pub why: String,
}

/// An account over which the guard only watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowedAccount {
    /// Its label.
    pub account: String,
    /// Who wanted that.
    pub by: String,
    /// Since when, as RFC 3339.
    pub since: String,
    /// The same for people.
    pub since_shown: String,
    /// How many of its posts that are due in the next 24 hours would be held, and go.
    pub would_hold: usize,
}

/// The answer to `guard shadow`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowView {
    /// True = it was switched on, false = off, none = nothing was asked to change.
    pub turned: Option<bool>,
    /// The accounts that changed.
    pub changed: Vec<String>,
    /// All accounts over which the guard only watches now.
    pub shadowed: Vec<ShadowedAccount>,
    /// What is held from before and would go again with `--release`.
    pub would_release: Vec<DeliveryView>,
    /// What goes again.
    pub released: Vec<DeliveryView>,
    /// What is held now and was not before.
    pub held: Vec<DeliveryView>,
}

/// The answer to `guard hygiene`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hygiene {
    /// Holds that were made from then on, as RFC 3339.
    pub since: String,
    /// The same for people.
    pub since_shown: String,
    /// So many days back.
    pub days: u16,
    /// Every event and sensitive day that held something: the too wide ones first, then those that held the most.
    pub flags: Vec<FlagHygiene>,
}

/// What became of the holds of one event. A delivery counts once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagHygiene {
    /// The event's id in full; of a sensitive day the id of that day.
    pub event: String,
    /// Its title, made safe to print.
    pub title: String,
    /// Where it came from, made safe to print.
    pub source: String,
    /// The worst that it was while it held.
    pub severity: Severity,
    /// How many deliveries it held.
    pub held: usize,
    /// How many of them went again as they were, without anybody's approval.
    pub released: usize,
    /// How many a person let through as they were.
    pub approved: usize,
    /// How many were rewritten.
    pub rewritten: usize,
    /// How many got another time.
    pub moved: usize,
    /// How many were cancelled.
    pub dropped: usize,
    /// How many are held, and nobody has decided.
    pub still_held: usize,
    /// True when nearly all went out as they were.
    pub too_wide: bool,
    /// What would have held less, for people.
    pub narrower: Vec<String>,
}

/// What to imagine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillAsk {
    /// The title of an event; none = critical, everywhere.
    pub title: Option<String>,
}

/// How much of one account a drill would hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillAccount {
    /// Its label.
    pub account: String,
    /// How many of its deliveries wait.
    pub waits: usize,
    /// How many of these would be held now.
    pub would_hold: usize,
}

/// What would go in spite of the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillGoes {
    /// The delivery.
    pub delivery: DeliveryView,
    /// Why the event does not hold it, for people.
    pub why: String,
}

/// The answer to `guard drill`. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// The title of the event that has not happened, made safe to print.
    pub title: String,
    /// Its severity.
    pub severity: Severity,
    /// Its vocabulary.
    pub kind: String,
    /// Its area, for people.
    pub area: String,
    /// How many deliveries would be held that are not held now.
    pub would_hold: usize,
    /// Every account with something that waits, those with the most to hold first.
    pub accounts: Vec<DrillAccount>,
    /// What is due soon and would still go.
    pub goes: Vec<DrillGoes>,
    /// How many more of these there are.
    pub more: usize,
    /// How many hours ahead "soon" is.
    pub ahead_hours: i64,
    /// Writes that are under way, which no event can call back.
    pub under_way: usize,
    /// How many deliveries were held before.
    pub held_already: usize,
    /// Posts that were compared with the event alone.
    pub compared: usize,
    /// Posts that were judged by the whole world.
    pub judged: usize,
    /// How long it took until the last of them was judged, in microseconds.
    pub judging_us: u64,
    /// True when the daemon answered.
    pub daemon: bool,
    /// How long the whole answer took, in microseconds: through the daemon's socket, or with opening the queue.
    pub answer_us: Option<u64>,
}

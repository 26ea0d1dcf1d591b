//! Questions and answers of `review`: all that needs a person, by reason.

use serde::{Deserialize, Serialize};

use super::DeliveryView;

/// Which of all that needs a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewAsk {
    /// Only this account, by its label.
    pub account: Option<String>,
    /// Only this event, by the ending of its id.
    pub event: Option<String>,
    /// At most so many of each group; 0 = all.
    pub limit: usize,
}

/// One delivery that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewItem {
    /// The delivery as it is; `next` is what can be done about this one now.
    pub delivery: DeliveryView,
    /// Why it stands here, beyond what the group says; may be empty.
    pub evidence: Vec<String>,
    /// What else holds it.
    pub also: Vec<String>,
    /// Until when it may still go without a new time, as RFC 3339; none when that has passed.
    pub good_until: Option<String>,
    /// The same for people.
    pub good_until_shown: Option<String>,
}

/// All that needs a person for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewGroup {
    /// Which kind of reason; `docs/json.md` lists them.
    pub kind: String,
    /// The reason.
    pub title: String,
    /// What there is to know about the reason.
    pub about: Vec<String>,
    /// The event's id in full, where it is about one.
    pub event: Option<String>,
    /// When waiting longer decides by itself, as RFC 3339: the first is too late, or goes. None = never.
    pub decides_at: Option<String>,
    /// The same as a sentence.
    pub decides_shown: Option<String>,
    /// The deliveries, by due time; of a proposal, what it would hold.
    pub items: Vec<ReviewItem>,
    /// How many more there are than were asked for.
    pub more: usize,
    /// What can be done about all of it: arguments of `soundpost`, with `WHY` and `WHEN` to fill in.
    pub next: Vec<String>,
}

/// The answer to `review`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// How many deliveries need a person.
    pub deliveries: usize,
    /// By reason, the most urgent first.
    pub groups: Vec<ReviewGroup>,
    /// The orders in force, for people.
    pub halts_shown: Vec<String>,
    /// Set when the kill switch cannot be read and therefore counts as on.
    pub switch_trouble: Option<String>,
    /// True when the question named an account or an event.
    pub narrowed: bool,
}

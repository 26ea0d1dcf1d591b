//! Why a delivery is held, failed or allowed: the evidence that people read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{RuleHold, RuleName};
use crate::event::Severity;
use crate::halt::HaltCause;
use crate::id::{DeliveryId, EventId};

/// Why a delivery failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailKind {
    /// The network refused the content.
    Refused,
    /// The account needs a new login.
    Login,
    /// The adapter cannot do what the post asks.
    Unsupported,
    /// A media file is missing or damaged here.
    MediaGone,
}

impl fmt::Display for FailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            FailKind::Refused => "refused",
            FailKind::Login => "login",
            FailKind::Unsupported => "unsupported",
            FailKind::MediaGone => "media gone",
        })
    }
}

/// What in a post's words met an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// `place`, `tag`, `hashtag`, `entity`, `date` or `harm`.
    pub kind: String,
    /// The word of the event.
    pub word: String,
    /// The words as they stand in the post.
    pub found: String,
    /// Which part of the post, from 1.
    pub part: u16,
    /// `text`, `alt`, `link` or `card`.
    pub field: String,
    /// Byte range in that field.
    pub span: (usize, usize),
}

/// The guard's rule that decided; see `docs/guard.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Before or after the event's window: allow.
    OutOfWindow,
    /// The event is about other accounts: allow.
    OtherAccount,
    /// Audience and area do not meet: allow.
    NoAreaOverlap,
    /// A person read it after the flag and let it through: allow.
    ApprovedByPerson,
    /// Critical: everything to the area waits.
    ScopeAll,
    /// High: this category waits.
    Category,
    /// The words touch the event.
    Topic,
    /// Nothing of the above: allow.
    NoTopic,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Rule::OutOfWindow => "out_of_window",
            Rule::OtherAccount => "other_account",
            Rule::NoAreaOverlap => "no_area_overlap",
            Rule::ApprovedByPerson => "approved_by_person",
            Rule::ScopeAll => "scope_all",
            Rule::Category => "category",
            Rule::Topic => "topic",
            Rule::NoTopic => "no_topic",
        })
    }
}

/// The evidence of one event that holds a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventHold {
    /// The event.
    pub event: EventId,
    /// Its title, as it was.
    pub title: String,
    /// Its severity, as it was.
    pub severity: Severity,
    /// Where the event came from, in words.
    pub source: String,
    /// The rule that held.
    pub rule: Rule,
    /// The words that met it; may be empty for rules that look at no words.
    pub touches: Vec<Touch>,
    /// The area both share, in words.
    pub area: String,
    /// When the event ends by itself.
    pub until: Option<Timestamp>,
}

/// One reason why a delivery is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HoldReason {
    /// The kill switch.
    Halt(HaltCause),
    /// An event or a sensitive day.
    Event(EventHold),
    /// A rule of the account, the campaign or the configuration.
    Rule(RuleHold),
    /// A person stopped it.
    Person {
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// A thread that stopped in the middle: only a person finishes, retracts or leaves it.
    BrokenThread {
        /// What stopped it.
        why: String,
    },
    /// A feed or calendar could not be read, and the account's policy is to wait.
    StaleSource {
        /// Which source, and what is wrong.
        why: String,
    },
    /// The clock cannot be trusted.
    ClockDoubt {
        /// What was seen.
        why: String,
    },
    /// The delivery that it must follow (`--after`) is not public.
    Waits {
        /// The delivery before it.
        after: DeliveryId,
        /// What became of that one.
        why: String,
    },
}

impl HoldReason {
    /// The rule that needs no event, where it is one.
    pub fn rule(&self) -> Option<&RuleHold> {
        match self {
            HoldReason::Rule(hold) => Some(hold),
            _ => None,
        }
    }

    /// When it ends by itself, where that is known.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            HoldReason::Event(hold) => hold.until,
            HoldReason::Rule(hold) => hold.until,
            _ => None,
        }
    }

    /// True for what the guard found: in the words, the time or the sources.
    pub fn is_by_guard(&self) -> bool {
        matches!(
            self,
            HoldReason::Event(_) | HoldReason::Rule(_) | HoldReason::StaleSource { .. }
        )
    }

    /// True for reasons that end by themselves, so that the guard may let the delivery go again.
    pub fn ends_by_itself(&self) -> bool {
        match self {
            HoldReason::Event(_) => true,
            // That a tag rises no more says nothing about what it has become.
            HoldReason::Rule(hold) => hold.rule != RuleName::Trend,
            _ => false,
        }
    }
}

/// A person's word that this delivery may go in spite of these events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: String,
    /// The typed reason.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Hash over text, media, audience and account: other bytes void it.
    pub content_sha256: String,
    /// The events that were open, each with a digest of what would void the approval when it changes.
    pub events: BTreeMap<EventId, String>,
    /// The feeds that were stale, by name.
    #[serde(default)]
    pub sources: BTreeSet<String>,
    /// The rules that held it, each with its limit: another limit is not approved.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub rules: BTreeSet<String>,
}

/// The wish to take back what is public, repeated until the network says it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retract {
    /// Who asked.
    pub by: String,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
    /// When to try next.
    pub next_at: Timestamp,
    /// What the last try said.
    pub last: Option<String>,
}

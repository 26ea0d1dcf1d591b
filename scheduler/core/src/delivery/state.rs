//! Where a delivery stands, and the names of that.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::reason::{FailKind, HoldReason};
use crate::frozen::Fence;

/// Where a delivery stands. Each state says who moves it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// Not to be sent. A person moves it out.
    Draft,
    /// Waits for its due time. Due moves it out.
    Scheduled,
    /// Media uploaded; nothing public yet. Dispatch moves it out, or back to scheduled when the staging expires.
    Staged,
    /// The fence is on disk; the one visible write may be under way. Settle moves it out, or rescue after a crash.
    Attempting {
        /// The fence.
        fence: Fence,
    },
    /// All parts have receipts. Moves to gone by retract or a look-up.
    Published,
    /// Surely not sent, or the network said later. Due moves it out.
    RetryAt {
        /// When to try again.
        at: Timestamp,
        /// Why it did not go.
        why: String,
    },
    /// Stopped by the guard, a halt, or a person. A person moves it out, or the guard when every reason has ended
    /// and it is still fresh.
    Held {
        /// Why.
        reasons: Vec<HoldReason>,
        /// When to look again.
        review_after: Option<Timestamp>,
        /// Since when.
        since: Timestamp,
    },
    /// Its freshness window passed. A person moves it out.
    Missed {
        /// What made it late.
        why: String,
    },
    /// A visible write may have happened and no answer came. Reconcile moves it out, or a person.
    Unknown {
        /// What was being sent.
        fence: Fence,
        /// What happened.
        why: String,
        /// When to look next; none = a person decides.
        look_at: Option<Timestamp>,
        /// How often we looked.
        looks: u32,
        /// When a look-up first said that it is not there.
        absent_since: Option<Timestamp>,
    },
    /// The network refused, or the account needs a login. A person moves it out.
    Failed {
        /// Which kind.
        kind: FailKind,
        /// What was said.
        why: String,
    },
    /// A person took it back. End; receipts of public parts stay and can be retracted.
    Cancelled {
        /// Why.
        why: String,
    },
    /// It was public and is no longer. End.
    Gone {
        /// Why.
        why: String,
    },
}

/// The names of the states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name is documented at State")]
pub enum StateName {
    Draft,
    Scheduled,
    Staged,
    Attempting,
    Published,
    RetryAt,
    Held,
    Missed,
    Unknown,
    Failed,
    Cancelled,
    Gone,
}

impl StateName {
    /// All of them, in the order of the documentation.
    pub const ALL: [StateName; 12] = [
        StateName::Draft,
        StateName::Scheduled,
        StateName::Staged,
        StateName::Attempting,
        StateName::Published,
        StateName::RetryAt,
        StateName::Held,
        StateName::Missed,
        StateName::Unknown,
        StateName::Failed,
        StateName::Cancelled,
        StateName::Gone,
    ];

    /// The word that people read.
    pub fn name(self) -> &'static str {
        match self {
            StateName::Draft => "draft",
            StateName::Scheduled => "scheduled",
            StateName::Staged => "staged",
            StateName::Attempting => "attempting",
            StateName::Published => "published",
            StateName::RetryAt => "retry_at",
            StateName::Held => "held",
            StateName::Missed => "missed",
            StateName::Unknown => "unknown",
            StateName::Failed => "failed",
            StateName::Cancelled => "cancelled",
            StateName::Gone => "gone",
        }
    }

    /// True for scheduled, staged and waiting for a retry: it goes out by itself when its time comes.
    pub fn waits(self) -> bool {
        matches!(
            self,
            StateName::Scheduled | StateName::Staged | StateName::RetryAt
        )
    }

    /// True for held, missed, unknown and failed: somebody should look.
    pub fn needs_person(self) -> bool {
        matches!(
            self,
            StateName::Held | StateName::Missed | StateName::Unknown | StateName::Failed
        )
    }

    /// True when nothing moves it any more by itself.
    pub fn is_end(self) -> bool {
        matches!(
            self,
            StateName::Published | StateName::Cancelled | StateName::Gone
        )
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl State {
    /// Its name.
    pub fn name(&self) -> StateName {
        match self {
            State::Draft => StateName::Draft,
            State::Scheduled => StateName::Scheduled,
            State::Staged => StateName::Staged,
            State::Attempting { .. } => StateName::Attempting,
            State::Published => StateName::Published,
            State::RetryAt { .. } => StateName::RetryAt,
            State::Held { .. } => StateName::Held,
            State::Missed { .. } => StateName::Missed,
            State::Unknown { .. } => StateName::Unknown,
            State::Failed { .. } => StateName::Failed,
            State::Cancelled { .. } => StateName::Cancelled,
            State::Gone { .. } => StateName::Gone,
        }
    }
}

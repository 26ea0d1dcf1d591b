//! Questions and answers of moves of many deliveries at once: shown first, done when confirmed.

use serde::{Deserialize, Serialize};

use super::{ApproveAsk, DeliveryView};

/// Which deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// All that this event holds, and what waits and it would hold; by the ending of its id.
    pub all_of: Option<String>,
    /// What this event holds now.
    pub held_by: Option<String>,
    /// Only these states, by name.
    pub states: Vec<String>,
    /// Only this account.
    pub account: Option<String>,
}

/// What to do with all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkAct {
    /// As `release`.
    Release {
        /// A new due time, as typed.
        at: Option<String>,
        /// Why.
        why: String,
    },
    /// As `approve`; it names no ids.
    Approve(ApproveAsk),
    /// As `cancel`.
    Cancel {
        /// Why.
        why: String,
    },
    /// As `reschedule`.
    Reschedule {
        /// When, as typed.
        at: String,
        /// The zone; none = each delivery's own.
        zone: Option<String>,
    },
}

/// A move of many deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkAsk {
    /// Which.
    pub of: Selection,
    /// What.
    pub act: BulkAct,
    /// The code of what was shown; none = only show it.
    pub confirmed: Option<String>,
}

/// What a move of many would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkView {
    /// What would be done: `release`, `approve`, `cancel` or `reschedule`.
    pub what: String,
    /// The deliveries that would move, as they are, by due time.
    pub deliveries: Vec<DeliveryView>,
    /// What would not move, and why.
    pub left: Vec<String>,
    /// What a person should know about it.
    pub hints: Vec<String>,
    /// The code that stands for all of this, for `--apply`; none when nothing would move.
    pub code: Option<String>,
}

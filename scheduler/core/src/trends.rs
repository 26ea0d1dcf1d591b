//! A list of hashtags that rise. What it holds: `guard/rules/trends.rs`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A list that is older holds nothing: what rose yesterday is no news.
pub const LASTS: SignedDuration = SignedDuration::from_hours(6);

/// A list of hashtags that rise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendsList {
    /// Its name. Lists and feeds share their names.
    pub name: String,
    /// The hashtags, folded and sorted, without their sign.
    pub tags: Vec<String>,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: Timestamp,
}

impl TrendsList {
    /// When it becomes too old to hold anything.
    pub fn old_at(&self) -> Timestamp {
        self.set_at.checked_add(LASTS).unwrap_or(Timestamp::MAX)
    }

    /// True when what is due at this instant is held by it.
    pub fn counts_at(&self, at: Timestamp) -> bool {
        self.set_at <= at && at <= self.old_at()
    }
}

//! A list of hashtags that rise: one that a person sets, or one that is read at an address again and again. What it
//! holds: `guard/rules/trends.rs`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::feed::FeedState;
use crate::port::feed_source::Asked;

/// For how many minutes a list counts since it was set or read: what rose yesterday is no news.
pub const LASTS_MIN: u32 = 6 * 60;

/// A list of hashtags that rise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendsList {
    /// Its name. Lists and feeds share their names.
    pub name: String,
    /// The hashtags, folded and sorted, without their sign.
    pub tags: Vec<String>,
    /// Who set it, or had it watched.
    pub set_by: String,
    /// When.
    pub set_at: Timestamp,
    /// Where it is read; none when a person sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<TrendsWatch>,
}

/// Where a list is read, and how that goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendsWatch {
    /// An address of http or https.
    pub url: String,
    /// How often it is asked, in minutes.
    pub every_min: u32,
    /// True when it may lie at a private address.
    pub allow_private: bool,
    /// How it is doing.
    pub state: FeedState,
}

impl TrendsWatch {
    /// Where it is asked.
    pub fn asked(&self) -> Asked<'_> {
        Asked {
            url: &self.url,
            allow_private: self.allow_private,
        }
    }
}

impl TrendsList {
    /// From when on it counts: when it was set, or last read well. None when it was never read.
    pub fn newest_at(&self) -> Option<Timestamp> {
        match &self.watch {
            Some(watch) => watch.state.last_ok_at,
            None => Some(self.set_at),
        }
    }

    /// When it becomes too old to hold anything. None when it was never read.
    pub fn old_at(&self) -> Option<Timestamp> {
        let lasts = SignedDuration::from_mins(i64::from(LASTS_MIN));
        let newest = self.newest_at()?;
        Some(newest.checked_add(lasts).unwrap_or(Timestamp::MAX))
    }

    /// True when what is due at this instant is held by it.
    pub fn counts_at(&self, at: Timestamp) -> bool {
        let since = self.newest_at().is_some_and(|newest| newest <= at);
        since && self.old_at().is_some_and(|old| at <= old)
    }
}

//! A feed that is watched: where it is, what it may do by itself, and how it is doing.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::Severity;
use crate::port::feed_source::Asked;
use crate::trends::TrendsList;

/// What a feed may do by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Policy {
    /// It proposes; a person accepts or dismisses.
    Propose,
    /// It flags what it says is this bad or worse, where it names a country; the rest it proposes.
    Flag {
        /// From this severity on.
        from: Severity,
    },
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Policy::Propose => f.write_str("proposes"),
            Policy::Flag { from } => write!(f, "flags from {from} on, proposes the rest"),
        }
    }
}

/// What happens when a feed has been silent or unreadable for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenStale {
    /// `status` says so.
    Report,
    /// Posts to its countries wait for a person, too.
    Hold,
}

impl FromStr for WhenStale {
    type Err = String;

    fn from_str(text: &str) -> Result<WhenStale, String> {
        match text {
            "report" => Ok(WhenStale::Report),
            "hold" => Ok(WhenStale::Hold),
            other => Err(format!("'{other}' is neither report nor hold")),
        }
    }
}

impl fmt::Display for WhenStale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            WhenStale::Report => "report",
            WhenStale::Hold => "hold",
        })
    }
}

/// The address of a feed that is not asked: its source sends, and the daemon listens.
pub const PUSHED: &str = "push:";

/// A feed that is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Its name.
    pub name: String,
    /// Where it is: an address of http or https, or [`PUSHED`].
    pub url: String,
    /// What it may do by itself.
    pub policy: Policy,
    /// ISO 3166-1 codes of what names no country itself; also whose posts wait when it is stale.
    pub countries: Vec<String>,
    /// How often it is asked, in minutes.
    pub every_min: u32,
    /// From when on it counts as stale, in minutes since it was last read.
    pub stale_after_min: u32,
    /// What happens then.
    pub when_stale: WhenStale,
    /// True when it may lie at a private address.
    pub allow_private: bool,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: Timestamp,
}

/// A feed as journals and exports have it. Before lists of hashtags had records of their own, they stood there as feeds
/// without an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRecord {
    /// The feed.
    #[serde(flatten)]
    pub feed: Feed,
    /// The hashtags of such an older list. Nothing writes them any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trends: Option<Vec<String>>,
}

impl From<Feed> for FeedRecord {
    fn from(feed: Feed) -> FeedRecord {
        FeedRecord { feed, trends: None }
    }
}

impl FeedRecord {
    /// The list of hashtags that it is, if it is one.
    pub fn older_list(&self) -> Option<TrendsList> {
        let tags = self.trends.clone()?;
        Some(TrendsList {
            name: self.feed.name.clone(),
            tags,
            set_by: self.feed.added_by.clone(),
            set_at: self.feed.added_at,
            watch: None,
        })
    }
}

/// How a feed is doing. It is written often, so it is small.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedState {
    /// When it was last read well.
    pub last_ok_at: Option<Timestamp>,
    /// When it is to be asked again.
    pub next_at: Option<Timestamp>,
    /// How often it has failed since then.
    pub failures: u32,
    /// Since when it fails; none when it does not, or an older version counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// What went wrong last; empty = nothing.
    pub trouble: String,
    /// The server's mark of what was read.
    pub etag: Option<String>,
    /// The server's time of what was read.
    pub last_modified: Option<String>,
    /// What was read last, in a few words.
    pub said: String,
}

impl Feed {
    /// True when it is not asked, because its source sends by itself.
    pub fn is_pushed(&self) -> bool {
        self.url == PUSHED
    }

    /// Where it is asked.
    pub fn asked(&self) -> Asked<'_> {
        Asked {
            url: &self.url,
            allow_private: self.allow_private,
        }
    }

    /// When it becomes stale, unless it is read before.
    pub fn stale_at(&self, state: Option<&FeedState>) -> Timestamp {
        let since = state.and_then(|s| s.last_ok_at).unwrap_or(self.added_at);
        let lasts = SignedDuration::from_mins(i64::from(self.stale_after_min));
        since.checked_add(lasts).unwrap_or(Timestamp::MAX)
    }
}

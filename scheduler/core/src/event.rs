//! Something in the world that the queue must respect.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::EventId;

/// How much an event silences. Ordered: watch < high < critical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Holds only posts that touch the event.
    Watch,
    /// Also holds promotion, products, humour and greetings to the area.
    High,
    /// Holds every automatic post to the area.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Watch => "watch",
            Severity::High => "high",
            Severity::Critical => "critical",
        })
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Severity, String> {
        match text {
            "watch" => Ok(Severity::Watch),
            "high" => Ok(Severity::High),
            "critical" => Ok(Severity::Critical),
            other => Err(format!(
                "'{other}' is not a severity: use critical, high or watch"
            )),
        }
    }
}

/// Where an event comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A person flagged it.
    Person {
        /// Who.
        name: String,
    },
    /// An occurrence of a sensitive day.
    Calendar {
        /// The calendar's name.
        name: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Person { name } => write!(f, "flagged by {name}"),
            Source::Calendar { name } => write!(f, "calendar {name}"),
        }
    }
}

/// Something in the world that the queue must respect: a flagged news event, or one occurrence of a sensitive
/// day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its name.
    pub id: EventId,
    /// What people call it.
    pub title: String,
    /// Names a vocabulary of harm words, such as `shooting`; `unknown` = only tags and places touch.
    pub kind: String,
    /// A sentence or two.
    #[serde(default)]
    pub summary: String,
    /// Topic words; a tag of several words counts only as a whole.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Place names.
    #[serde(default)]
    pub places: Vec<String>,
    /// Names of people, companies, things.
    #[serde(default)]
    pub entities: Vec<String>,
    /// ISO 3166-1 codes in upper case, or `*` for everywhere; never empty.
    pub countries: Vec<String>,
    /// ISO 3166-2 codes; only narrow the countries that they belong to.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Labels of accounts; when given, only these are concerned.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// How much it silences.
    pub severity: Severity,
    /// When it begins to count.
    pub starts_at: Timestamp,
    /// When it stops to count; none = until somebody ends it.
    pub ends_at: Option<Timestamp>,
    /// When somebody should look at it again.
    #[serde(default)]
    pub review_at: Option<Timestamp>,
    /// Where it comes from.
    pub source: Source,
    /// When it was flagged.
    pub flagged_at: Timestamp,
    /// When a person ended it by hand.
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
}

impl Event {
    /// True when the event counts at this instant: from its begin to its end, both included; once a person has ended
    /// it, it counts no more from that instant on.
    pub fn counts_at(&self, at: Timestamp) -> bool {
        let is_over =
            self.ends_at.is_some_and(|end| at > end) || self.ended_at.is_some_and(|ended| at >= ended);
        at >= self.starts_at && !is_over
    }
}

//! Something in the world that the queue must respect.

pub mod decay;

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::guard::area::EVERYWHERE;
use crate::guard::title::UNKNOWN;
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

/// How long a feed's proposal waits for a person. It holds nothing in that time.
pub const PROPOSAL_LASTS: SignedDuration = SignedDuration::from_hours(72);

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
    /// A feed that is watched said so.
    Feed {
        /// The feed's name.
        name: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Person { name } => write!(f, "flagged by {name}"),
            Source::Calendar { name } => write!(f, "calendar {name}"),
            Source::Feed { name } => write!(f, "feed {name}"),
        }
    }
}

/// Where an event stands in its life. Its end is told by its window and by `ended_at`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Stage {
    /// Somebody or something suggests it; it holds nothing until a person accepts it.
    Proposed,
    /// It counts in its window.
    #[default]
    Open,
    /// A person, or the source itself, said that it is nothing; it holds nothing.
    Dismissed {
        /// Who.
        by: String,
        /// Why.
        why: String,
        /// When.
        at: Timestamp,
    },
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
    /// Where it stands in its life.
    #[serde(default)]
    pub stage: Stage,
    /// What else told of it; these were merged into it.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// What sources call it, such as `gdacs:TC:1000643` or the address of an article. Never two events with one name.
    #[serde(default)]
    pub external_ids: Vec<String>,
    /// Where people can read about it.
    #[serde(default)]
    pub link: Option<String>,
    /// Who last decided about what a feed said; none = no person has.
    #[serde(default)]
    pub decided_by: Option<String>,
    /// The worst that a feed has said of it.
    #[serde(default)]
    pub told: Option<Severity>,
    /// From when it gets milder by [the schedule](decay): the flag, or the last confirmation. None = it stays as it is,
    /// for it has an end of its own, or comes from a calendar.
    #[serde(default)]
    pub decays_from: Option<Timestamp>,
    /// The wider events that it was, where a person narrowed it: what was approved for one of them stays good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrowed: Option<Narrowed>,
}

/// What an event was before a person narrowed it. Each scope is a hash, as an approval keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowed {
    /// The scope for which this is true; an event with another scope has been changed since, and this says nothing of it.
    pub to: String,
    /// The scopes that it had and that were wider, the newest last.
    pub from: Vec<String>,
}

impl Event {
    /// An open event of no known kind, everywhere, from then on and without an end; about nothing but its severity.
    pub fn new(
        id: EventId,
        title: impl Into<String>,
        severity: Severity,
        starts_at: Timestamp,
        source: Source,
    ) -> Event {
        Event {
            id,
            title: title.into(),
            kind: UNKNOWN.to_owned(),
            summary: String::new(),
            tags: Vec::new(),
            places: Vec::new(),
            entities: Vec::new(),
            countries: vec![EVERYWHERE.to_owned()],
            regions: Vec::new(),
            accounts: Vec::new(),
            severity,
            starts_at,
            ends_at: None,
            review_at: None,
            source,
            flagged_at: starts_at,
            ended_at: None,
            stage: Stage::Open,
            sources: Vec::new(),
            external_ids: Vec::new(),
            link: None,
            decided_by: None,
            told: None,
            decays_from: None,
            narrowed: None,
        }
    }

    /// What tells which posts it touches, besides its kind, and where.
    pub fn scope(&self) -> [&[String]; 6] {
        [
            &self.countries,
            &self.regions,
            &self.places,
            &self.tags,
            &self.entities,
            &self.accounts,
        ]
    }

    /// True when the event counts at this instant: it is open, and from its begin to its end, both included; once a
    /// person has ended it, it counts no more from that instant on.
    pub fn counts_at(&self, at: Timestamp) -> bool {
        self.stage == Stage::Open && at >= self.starts_at && !self.is_over_at(at)
    }

    /// True once it has ended, by itself, by hand, or because nobody confirmed it. What a feed proposes and nobody
    /// accepts is over after [`PROPOSAL_LASTS`].
    pub fn is_over_at(&self, at: Timestamp) -> bool {
        let has_lapsed = self.stage == Stage::Proposed
            && self.is_a_feeds_own()
            && at.duration_since(self.flagged_at) > PROPOSAL_LASTS;
        has_lapsed
            || self.has_faded_at(at)
            || self.ends_at.is_some_and(|end| at > end)
            || self.ended_at.is_some_and(|ended| at >= ended)
    }

    /// True while nobody but a feed has had a say in it.
    pub fn is_a_feeds_own(&self) -> bool {
        matches!(self.source, Source::Feed { .. }) && self.decided_by.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As version 0.1.0 wrote it, before there were stages.
    const OLD: &str = r#"{"id":"00000000000000000000000009","title":"Fire","kind":"fire","countries":["NO"],
        "severity":"high","starts_at":"2026-11-20T00:00:00Z","ends_at":null,
        "source":{"kind":"person","name":"kim"},"flagged_at":"2026-11-20T00:00:00Z"}"#;

    pub(super) fn event() -> Event {
        serde_json::from_str(OLD).unwrap()
    }

    #[test]
    fn an_event_of_before_there_were_stages_reads_as_open() {
        assert_eq!(event().stage, Stage::Open);
        assert!(event().external_ids.is_empty() && !event().is_a_feeds_own());
        assert!(event().counts_at("2026-11-21T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn what_is_proposed_or_dismissed_counts_never() {
        let now: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
        let dismissed = Stage::Dismissed {
            by: "anna".to_owned(),
            why: "a drill".to_owned(),
            at: now,
        };
        for stage in [Stage::Proposed, dismissed] {
            let event = Event { stage, ..event() };
            assert!(!event.counts_at(now), "{:?}", event.stage);
        }
    }
}

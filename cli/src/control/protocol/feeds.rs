//! Feeds in questions and answers.

use serde::{Deserialize, Serialize};
use soundpost_core::event::Severity;
use soundpost_core::feed::WhenStale;

use super::DeliveryView;

/// A feed to watch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FeedAsk {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// From which severity on it flags by itself; none = it only proposes.
    pub flag_from: Option<Severity>,
    /// ISO 3166-1 codes of what names no country itself.
    pub countries: Vec<String>,
    /// How often it is asked, in minutes.
    pub every_min: u32,
    /// From when on it counts as stale, in minutes.
    pub stale_after_min: Option<u32>,
    /// What happens then.
    pub when_stale: WhenStale,
    /// True when it may lie at a private address.
    pub allow_private: bool,
}

/// One feed, for people's eyes and for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedView {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// What it may do by itself, in words.
    pub policy: String,
    /// ISO 3166-1 codes of what names no country itself.
    pub countries: Vec<String>,
    /// How often it is asked, in minutes.
    pub every_min: u32,
    /// From when on it counts as stale, in minutes.
    pub stale_after_min: u32,
    /// What happens then: `report` or `hold`.
    pub when_stale: String,
    /// True when it may lie at a private address.
    pub allow_private: bool,
    /// When it was last read, for people.
    pub last_ok: Option<String>,
    /// When it is asked next, for people.
    pub next: Option<String>,
    /// How often it has failed since then.
    pub failures: u32,
    /// Since when it fails, for people.
    pub failing_since: Option<String>,
    /// What went wrong last.
    pub trouble: Option<String>,
    /// What it said last, in a few words.
    pub said: String,
    /// True when it has been silent or unreadable for too long.
    pub stale: bool,
}

/// What asking one feed came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRefreshed {
    /// Its name.
    pub name: String,
    /// What it said, in a few words.
    pub said: String,
    /// What went wrong.
    pub trouble: Option<String>,
    /// Titles of events that are newly proposed.
    pub proposed: Vec<String>,
    /// Titles of events that it flagged.
    pub flagged: Vec<String>,
    /// Titles of events that changed.
    pub changed: Vec<String>,
    /// Deliveries that are held now and were not before.
    pub held: Vec<DeliveryView>,
    /// Deliveries that go again.
    pub released: Vec<DeliveryView>,
}

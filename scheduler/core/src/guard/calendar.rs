//! Sensitive days from iCalendar files.
//!
//! Each `VEVENT` is a day (or a span) that the guard respects like a flagged event. `docs/guard.md` lists the
//! properties. A day without a time of day, or with one but without a zone, is meant in the zone of the account.
//!
//! A file is read once, and its days from 2000 to 2100 are kept: looking at them later takes no more parsing. The
//! limits are [`TEXT_BYTES_MAX`], [`EVENTS_MAX`], [`REPEATS_MAX`] and [`OCCURRENCES_MAX`].

mod expand;
mod properties;

use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::event::{Event, Severity, Source};
use crate::id::{EventId, Id};
use properties::Day;

/// The largest file.
pub const TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The largest number of days (components) in a file.
pub const EVENTS_MAX: usize = 1000;
/// The largest number of times that one of them comes before the end of 2100: every week is fine, every day is not.
pub const REPEATS_MAX: usize = 10_000;
/// The largest number of times that all of them come together.
pub const OCCURRENCES_MAX: usize = 100_000;

/// The sensitive days of one calendar. [`Calendar::parse`] makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Its name.
    pub name: String,
    /// The file, in its own words.
    text: Arc<str>,
    days: Vec<Day>,
    /// In order of their beginning.
    occurrences: Vec<Occurrence>,
    skipped: Vec<String>,
    /// Why a stored calendar can no longer be read; it then holds everything.
    broken: Option<String>,
}

/// One time that a day comes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Occurrence {
    /// Which of the days.
    day: usize,
    starts: Moment,
    /// The first instant after it.
    ends: Moment,
}

/// An instant, or a wall time of whoever looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Floating(DateTime),
    Fixed(Timestamp),
}

/// Why a file is not a calendar of sensitive days.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("calendar '{name}'{}: {what}; {what_to_do}", line_text(*.line))]
pub struct CalendarError {
    /// The calendar.
    pub name: String,
    /// The line of the file, from 1, when one is to blame.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub what_to_do: String,
}

fn line_text(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}

impl Calendar {
    /// Reads an iCalendar file.
    ///
    /// # Errors
    ///
    /// When the file is no calendar, holds no day between 2000 and 2100, goes over a limit, or one of its
    /// `X-SOUNDPOST-` properties cannot be understood. A day that cannot be dated is skipped; see
    /// [`Calendar::skipped`].
    pub fn parse(name: &str, text: &str) -> Result<Calendar, CalendarError> {
        expand::parse(name, text)
    }

    /// The calendar from a text that was parsed before it was stored.
    ///
    /// A text that this version can no longer read must not silently allow: such a calendar holds every post, with
    /// the error as the title, until it is replaced or removed.
    pub fn stored(name: &str, text: &str) -> Calendar {
        Calendar::parse(name, text).unwrap_or_else(|error| Calendar {
            name: name.to_owned(),
            text: text.into(),
            days: Vec::new(),
            occurrences: Vec::new(),
            skipped: Vec::new(),
            broken: Some(error.to_string()),
        })
    }

    /// The file that it was read from, in its own words.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why its stored words can no longer be read, if so; then it holds every post.
    pub fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// What was left out when the file was read, a sentence each.
    pub fn skipped(&self) -> &[String] {
        &self.skipped
    }

    /// The number of days that the file describes, each counted once however often it comes.
    pub fn day_count(&self) -> usize {
        self.days.len()
    }

    /// The days that count at this instant for somebody in this zone.
    pub fn events_at(&self, at: Timestamp, zone_name: &str, zones: &TimeZoneDatabase) -> Vec<Event> {
        if let Some(why) = &self.broken {
            return vec![self.unreadable(why)];
        }
        let zone = zones.get(zone_name).ok();
        let counts = |o: &&Occurrence| {
            let (starts, ends) = o.window(zone.as_ref());
            starts <= at && at < ends
        };
        let open = self.occurrences.iter().filter(counts);
        open.map(|o| self.event(o, zone.as_ref())).collect()
    }

    /// The next days from an instant on, those that are under way included, for somebody in this zone.
    pub fn next(
        &self,
        from: Timestamp,
        count: usize,
        zone_name: &str,
        zones: &TimeZoneDatabase,
    ) -> Vec<Event> {
        let zone = zones.get(zone_name).ok();
        let ahead = self
            .occurrences
            .iter()
            .filter(|o| o.window(zone.as_ref()).1 > from);
        ahead.take(count).map(|o| self.event(o, zone.as_ref())).collect()
    }

    fn event(&self, occurrence: &Occurrence, zone: Option<&TimeZone>) -> Event {
        let day = &self.days[occurrence.day];
        let (starts_at, ends) = occurrence.window(zone);
        let last = ends.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(ends);
        Event {
            id: id_of(&[&self.name, &day.uid, &occurrence.starts.to_string()]),
            title: day.title.clone(),
            kind: day.kind.clone(),
            summary: day.summary.clone(),
            tags: day.tags.clone(),
            places: day.places.clone(),
            entities: Vec::new(),
            countries: day.countries.clone(),
            regions: day.regions.clone(),
            accounts: Vec::new(),
            severity: day.severity,
            starts_at,
            ends_at: Some(last),
            review_at: None,
            source: Source::Calendar {
                name: self.name.clone(),
            },
            flagged_at: starts_at,
            ended_at: None,
            stage: crate::event::Stage::default(),
            sources: Vec::new(),
            external_ids: Vec::new(),
            link: None,
            decided_by: None,
            told: None,
        }
    }

    /// What stands for a calendar that cannot be read.
    fn unreadable(&self, why: &str) -> Event {
        Event {
            id: id_of(&[&self.name, "unreadable"]),
            title: format!("the stored calendar cannot be read: {why}"),
            kind: "own_crisis".to_owned(),
            summary: String::new(),
            tags: Vec::new(),
            places: Vec::new(),
            entities: Vec::new(),
            countries: vec!["*".to_owned()],
            regions: Vec::new(),
            accounts: Vec::new(),
            severity: Severity::Critical,
            starts_at: Timestamp::MIN,
            ends_at: None,
            review_at: None,
            source: Source::Calendar {
                name: self.name.clone(),
            },
            flagged_at: Timestamp::MIN,
            ended_at: None,
            stage: crate::event::Stage::default(),
            sources: Vec::new(),
            external_ids: Vec::new(),
            link: None,
            decided_by: None,
            told: None,
        }
    }
}

impl Occurrence {
    /// Its first instant and the first after it. A zone that is not known is read as all zones of the earth.
    fn window(&self, zone: Option<&TimeZone>) -> (Timestamp, Timestamp) {
        (self.starts.instant(zone, -14), self.ends.instant(zone, 12))
    }
}

impl Moment {
    fn instant(self, zone: Option<&TimeZone>, hours_without_zone: i64) -> Timestamp {
        let wall = match self {
            Moment::Fixed(at) => return at,
            Moment::Floating(wall) => wall,
        };
        let (zone, hours) = match zone {
            Some(zone) => (zone.clone(), 0),
            None => (TimeZone::UTC, hours_without_zone),
        };
        let at = zone
            .to_ambiguous_timestamp(wall)
            .compatible()
            .unwrap_or(Timestamp::MAX);
        at.checked_add(SignedDuration::from_hours(hours)).unwrap_or(at)
    }

    /// For ordering only: within a day of the truth wherever one is.
    fn roughly(self) -> Timestamp {
        self.instant(Some(&TimeZone::UTC), 0)
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Moment::Floating(wall) => write!(f, "{wall}"),
            Moment::Fixed(at) => write!(f, "{at}"),
        }
    }
}

/// The same words always give the same id.
fn id_of(words: &[&str]) -> EventId {
    let mut hash = Sha256::new();
    for word in words {
        hash.update(word.len().to_be_bytes());
        hash.update(word.as_bytes());
    }
    let mut bits = [0u8; 16];
    bits.copy_from_slice(&hash.finalize()[..16]);
    EventId(Id::from_u128(u128::from_be_bytes(bits)))
}

#[cfg(test)]
mod tests;

//! Sensitive days from iCalendar files.
//!
//! Each `VEVENT` is a day (or a span) that the guard respects like a flagged event. `docs/guard.md` lists the
//! properties. A day without a time of day, or with one but without a zone, is meant in the zones of those who read
//! ([`Viewpoint`]); it counts from some hours before its begin to some hours after its end.
//!
//! A file is read once, and its days from 2000 to 2100 are kept in order: looking at them later takes no more parsing,
//! and looks only at those near the instant. The limits are [`TEXT_BYTES_MAX`], [`EVENTS_MAX`], [`REPEATS_MAX`] and
//! [`OCCURRENCES_MAX`].

mod coming;
mod expand;
mod occurrence;
mod properties;
pub mod shipped;
mod viewpoint;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub use coming::{Coming, EndingList};
pub use properties::{Day, HOURS_MAX, LEAD_HOURS_DEFAULT};
pub use viewpoint::{Viewpoint, countries_of_zone};

use crate::event::{Event, Severity, Source};
use crate::id::{EventId, Id};
use occurrence::Occurrence;

/// The largest file.
pub const TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The largest number of days (components) in a file.
pub const EVENTS_MAX: usize = 1000;
/// The largest number of times that one of them comes before the end of 2100: every week is fine, every day is not.
pub const REPEATS_MAX: usize = 10_000;
/// The largest number of times that all of them come together.
pub const OCCURRENCES_MAX: usize = 100_000;

/// A day counts at most so long before or after its wall times read as UTC: the longest lead or tail, and the
/// farthest zone with a little more.
const SLACK: SignedDuration = SignedDuration::from_hours(HOURS_MAX + 15);

/// The sensitive days of one calendar. [`Calendar::parse`] makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Its name.
    pub name: String,
    /// What its maker calls it; empty when it has no title.
    pub title: String,
    /// The file, in its own words.
    text: Arc<str>,
    days: Vec<Day>,
    /// In order of their beginning.
    occurrences: Vec<Occurrence>,
    /// The longest of them.
    longest: SignedDuration,
    skipped: Vec<String>,
    /// Why a stored calendar can no longer be read; it then holds everything.
    broken: Option<String>,
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
        expand::parse(name, text, true)
    }

    /// The calendar from a text that was parsed before it was stored, perhaps by an older version, which asked less of
    /// kinds and hours: a kind that is none has no words of harm then, and hours that are none are the usual ones.
    ///
    /// A text that this version can no longer read must not silently allow: such a calendar holds every post, with
    /// the error as the title, until it is replaced or removed.
    pub fn stored(name: &str, text: &str) -> Calendar {
        expand::parse(name, text, false).unwrap_or_else(|error| Calendar {
            broken: Some(error.to_string()),
            ..Calendar::empty(name, text)
        })
    }

    fn empty(name: &str, text: &str) -> Calendar {
        Calendar {
            name: name.to_owned(),
            title: String::new(),
            text: text.into(),
            days: Vec::new(),
            occurrences: Vec::new(),
            longest: SignedDuration::ZERO,
            skipped: Vec::new(),
            broken: None,
        }
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

    /// The days that the file describes, each once however often it comes.
    pub fn days(&self) -> &[Day] {
        &self.days
    }

    /// The number of days that the file describes, each counted once however often it comes.
    pub fn day_count(&self) -> usize {
        self.days.len()
    }

    /// The days that count at this instant as seen from there.
    pub fn events_at(&self, at: Timestamp, seen: &Viewpoint<'_>) -> Vec<Event> {
        if let Some(event) = self.trouble() {
            return vec![event];
        }
        self.open(at, seen).map(|o| self.event(o, seen)).collect()
    }

    /// What stands for a calendar that can no longer be read, and holds everything.
    pub fn trouble(&self) -> Option<Event> {
        self.broken.as_ref().map(|why| self.unreadable(why))
    }

    /// Those that count at this instant.
    fn open<'a>(&'a self, at: Timestamp, seen: &'a Viewpoint<'_>) -> impl Iterator<Item = &'a Occurrence> {
        let near = self.near(at).iter().filter(|o| seen.concerns(&self.days[o.day]));
        near.filter(move |o| {
            let (starts, ends) = seen.window(o, &self.days[o.day]);
            starts <= at && at < ends
        })
    }

    /// Those that may count at this instant, wherever one is, and few others.
    fn near(&self, at: Timestamp) -> &[Occurrence] {
        let last = at.checked_add(SLACK).unwrap_or(Timestamp::MAX);
        let first = self.first_near(at);
        let behind = self.occurrences.partition_point(|o| o.roughly <= last);
        &self.occurrences[first..behind.max(first)]
    }

    /// The place of the first that may not be over at this instant, wherever one is.
    fn first_near(&self, at: Timestamp) -> usize {
        let least = at.checked_sub(SLACK).and_then(|at| at.checked_sub(self.longest));
        let least = least.unwrap_or(Timestamp::MIN);
        self.occurrences.partition_point(|o| o.roughly < least)
    }

    fn event(&self, occurrence: &Occurrence, seen: &Viewpoint<'_>) -> Event {
        let day = &self.days[occurrence.day];
        let (starts_at, ends) = seen.window(occurrence, day);
        let last = ends.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(ends);
        Event {
            id: id_of(&[&self.name, &day.uid, &occurrence.starts.to_string()]),
            title: day.title.clone(),
            kind: day.kind.clone(),
            summary: day.summary.clone(),
            tags: day.tags.clone(),
            places: day.places.clone(),
            countries: day.countries.clone(),
            regions: day.regions.clone(),
            severity: day.severity,
            starts_at,
            ends_at: Some(last),
            flagged_at: starts_at,
            ..self.bare()
        }
    }

    fn unreadable(&self, why: &str) -> Event {
        Event {
            id: id_of(&[&self.name, "unreadable"]),
            title: format!("the stored calendar cannot be read: {why}"),
            ..self.bare()
        }
    }

    /// An event of this calendar that is everywhere, always.
    fn bare(&self) -> Event {
        let source = Source::Calendar {
            name: self.name.clone(),
        };
        Event {
            kind: "own_crisis".to_owned(),
            ..Event::new(
                id_of(&[&self.name]),
                "",
                Severity::Critical,
                Timestamp::MIN,
                source,
            )
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

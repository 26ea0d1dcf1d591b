//! When: from what a person types to an instant, with the zone's gaps and folds stated.
//!
//! Wall time and zone are the truth, the instant follows from them; [`recompute`] derives it again when the zone
//! database changes. What people read is made in [`words`].

mod at;
mod day;
mod past;
mod read;
mod words;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::{Deserialize, Serialize};

pub use at::{due_at, resolve_any};
pub use day::{Day, resolve_day};
pub use past::resolve_past;
pub use read::is_now;
pub use words::{ago_or_in, rfc9557, show, show_clock, show_instant};

/// What is a little late still counts as now, in seconds.
const PAST_GRACE_S: i64 = 60;
/// The furthest due time, in days from now: ten years.
const AHEAD_DAYS_MAX: i64 = 3653;

/// A wall time that the zone does not have, or has twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Adjusted {
    /// The clocks skip it: the later reading is used.
    Gap {
        /// What was asked for.
        asked: DateTime,
    },
    /// The clocks show it twice: the earlier one is used.
    Fold {
        /// The other one.
        later: Timestamp,
    },
}

/// A due time: wall time and zone are the truth, the instant follows from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The instant.
    pub at: Timestamp,
    /// The wall time in the zone.
    pub wall: DateTime,
    /// The IANA name of the zone.
    pub zone: String,
    /// Said when the wall time had to be read in a special way.
    #[serde(default)]
    pub adjusted: Option<Adjusted>,
}

/// Why a text is not a due time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// It is none of the accepted forms.
    #[error("'{text}' is not a time{detail}: write {}", read::FORMS)]
    Unreadable {
        /// What was typed.
        text: String,
        /// What is wrong with it, when that is known; begins with a comma.
        detail: String,
    },
    /// It is none of the accepted forms of a time that has been.
    #[error("'{text}' is not a time that has been: write {}", past::FORMS)]
    NoPast {
        /// What was typed.
        text: String,
    },
    /// It is none of the accepted forms of a day.
    #[error("'{text}' is not a day: write {}", day::FORMS)]
    NoDay {
        /// What was typed.
        text: String,
    },
    /// The zone database has no such zone.
    #[error("'{zone}' is not a known time zone{}", did_you_mean(.near.as_deref()))]
    UnknownZone {
        /// The name.
        zone: String,
        /// A name that is close to it.
        near: Option<String>,
    },
    /// It is more than a minute ago.
    #[error("{when} is in the past: it was {by}")]
    Past {
        /// The time, for people.
        when: String,
        /// By how much, such as `5 min ago`.
        by: String,
    },
    /// It is more than ten years ahead.
    #[error("'{text}' is more than ten years ahead")]
    TooFar {
        /// What was typed.
        text: String,
    },
}

fn did_you_mean(near: Option<&str>) -> String {
    match near {
        Some(name) => format!(": did you mean {name}?"),
        None => ": use an IANA name such as Europe/Berlin".to_owned(),
    }
}

/// The due time that a person means by `text`, read in the zone `zone_name` unless the text names an offset or a
/// zone of its own.
///
/// A wall time that the clocks skip is read an hour (the length of the gap) later, one that they show twice is the
/// earlier of the two; both are recorded in [`Due::adjusted`].
///
/// # Errors
///
/// `Unreadable`, `UnknownZone`, `Past` when it is more than a minute ago, `TooFar` when it is more than ten years
/// ahead.
///
/// ```
/// use jiff::tz::TimeZoneDatabase;
/// use soundpost_core::schedule::resolve;
///
/// let zones = TimeZoneDatabase::bundled();
/// let now = "2026-11-22T21:00:00Z".parse().expect("an instant");
/// let due = resolve("tomorrow 9:00", now, "Europe/Berlin", &zones);
/// assert_eq!(due.expect("readable").at.to_string(), "2026-11-23T08:00:00Z");
/// ```
pub fn resolve(
    text: &str,
    now: Timestamp,
    zone_name: &str,
    zones: &TimeZoneDatabase,
) -> Result<Due, WhenError> {
    let due = resolve_any(text, now, zone_name, zones)?;
    if due.at.duration_since(now) < SignedDuration::from_secs(-PAST_GRACE_S) {
        return Err(WhenError::Past {
            when: words::clock(&due, now),
            by: ago_or_in(due.at, now),
        });
    }
    if due.at.duration_since(now) > SignedDuration::from_hours(24 * AHEAD_DAYS_MAX) {
        return Err(WhenError::TooFar {
            text: shortened(text),
        });
    }
    Ok(due)
}

/// The same wall time in the same zone, with the instant that this zone database gives it.
///
/// The asked-for time of a gap is kept and read anew; of two readings of a fold the one that was meant is kept.
///
/// # Errors
///
/// `UnknownZone` when the database has lost the zone, `TooFar` at the end of time.
pub fn recompute(due: &Due, zones: &TimeZoneDatabase) -> Result<Due, WhenError> {
    let zone = find_zone(&due.zone, zones)?;
    let wall = match &due.adjusted {
        Some(Adjusted::Gap { asked }) => *asked,
        _ => due.wall,
    };
    let fresh = from_wall(wall, &zone).ok_or_else(|| WhenError::TooFar {
        text: wall.to_string(),
    })?;
    match fresh.adjusted {
        Some(Adjusted::Fold { later }) if later == due.at => Ok(Due {
            at: later,
            adjusted: None,
            ..fresh
        }),
        _ => Ok(fresh),
    }
}

/// The zone with this name, or an error that suggests a close one.
fn find_zone(name: &str, zones: &TimeZoneDatabase) -> Result<TimeZone, WhenError> {
    zones.get(name).map_err(|_| WhenError::UnknownZone {
        zone: shortened(name),
        near: nearest_zone(name, zones),
    })
}

/// The name of the zone that is most like this one, when one is at most two letters away.
fn nearest_zone(name: &str, zones: &TimeZoneDatabase) -> Option<String> {
    let wanted = name.trim().to_lowercase().replace(' ', "_");
    if wanted.is_empty() || wanted.len() > 64 {
        return None;
    }
    zones
        .available()
        .filter_map(|known| {
            let lower = known.as_str().to_lowercase();
            let city = lower.rsplit('/').next().unwrap_or(&lower);
            let typed_city = wanted.rsplit('/').next().unwrap_or(&wanted);
            let whole = letters_apart(&wanted, &lower);
            let by_city = letters_apart(typed_city, city) + 1;
            let apart = if typed_city.len() >= 4 {
                whole.min(by_city)
            } else {
                whole
            };
            (apart <= 3).then(|| (apart, known.as_str().matches('/').count() == 0, known.to_string()))
        })
        .min()
        .map(|(_, _, name)| name)
}

/// The number of letters to add, drop or change between two short texts.
fn letters_apart(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// The due time at this wall time; none only at the ends of time.
fn from_wall(wall: DateTime, zone: &TimeZone) -> Option<Due> {
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    let offset = ambiguous.offset();
    let at = ambiguous.compatible().ok()?;
    let adjusted = match offset {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => Some(Adjusted::Gap { asked: wall }),
        AmbiguousOffset::Fold { after, .. } => Some(Adjusted::Fold {
            later: after.to_timestamp(wall).ok()?,
        }),
    };
    Some(Due {
        adjusted,
        ..from_instant(&at.to_zoned(zone.clone()))
    })
}

/// The due time at this instant.
fn from_instant(zoned: &Zoned) -> Due {
    let zone = zoned.time_zone();
    Due {
        at: zoned.timestamp(),
        wall: zoned.datetime(),
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        adjusted: None,
    }
}

/// What was typed, cut to a length that fits a message.
fn shortened(text: &str) -> String {
    let mut chars = text.trim().chars();
    let head: String = chars.by_ref().take(60).collect();
    if chars.next().is_some() {
        head + "..."
    } else {
        head
    }
}

#[cfg(test)]
mod tests;

//! Reading what a person types for a time that has been: `2h ago`, `yesterday 9:00`, `mon`, `2026-11-23`.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZoneDatabase;
use jiff::{Timestamp, Zoned};

use super::read::{self, TEXT_BYTES_MAX, clock_time, weekday};
use super::{Due, WhenError, find_zone, from_instant, from_wall, shortened};

/// The accepted forms, in one line.
pub(super) const FORMS: &str =
    "2h, '3 days ago', today, 'yesterday 9:00', mon, 09:00, 2026-11-23, or '2026-11-23 09:00'";

/// The instant that a person means who looks back: a day alone is its beginning, a time of day alone the last such,
/// a length alone that long ago. What [`super::resolve_any`] takes is taken too, so it may lie ahead.
///
/// # Errors
/// `NoPast`, `UnknownZone`, `TooFar`.
pub fn resolve_past(
    text: &str,
    now: Timestamp,
    zone_name: &str,
    zones: &TimeZoneDatabase,
) -> Result<Due, WhenError> {
    let zone = find_zone(zone_name, zones)?;
    let here = now.to_zoned(zone.clone());
    let unreadable = || WhenError::NoPast {
        text: shortened(text),
    };
    let lower = text.trim().to_lowercase();
    if lower.is_empty() || lower.len() > TEXT_BYTES_MAX {
        return Err(unreadable());
    }
    if let Some(length) = read::length(lower.trim_end_matches("ago").trim_end()) {
        let then = here.checked_sub(length).map_err(|_| unreadable())?;
        return Ok(from_instant(&then));
    }
    if let Some(found) = day_or_clock(&lower, &here) {
        return found.ok_or_else(unreadable);
    }
    read::read(text.trim(), now, &zone, zones).map_err(|error| match error {
        WhenError::Unreadable { .. } => unreadable(),
        other => other,
    })
}

/// `mon`, `mon 9:00`, `9:00`. None = another form; none inside = outside of time.
fn day_or_clock(lower: &str, here: &Zoned) -> Option<Option<Due>> {
    let mut words = lower.split_whitespace().filter(|w| *w != "at");
    let (first, second) = (words.next()?, words.next());
    if words.next().is_some() {
        return None;
    }
    if let (Some(time), None) = (clock_time(first), second) {
        return Some(last_clock(time, here));
    }
    let day = last_day(first, here.date())?;
    let time = second.map_or(Some(Time::midnight()), clock_time)?;
    Some(from_wall(day.to_datetime(time), here.time_zone()))
}

fn last_clock(time: Time, here: &Zoned) -> Option<Due> {
    let at = |day: Date| from_wall(day.to_datetime(time), here.time_zone());
    let today = here.date();
    at(today)
        .filter(|due| due.at <= here.timestamp())
        .or_else(|| at(today.yesterday().ok()?))
}

/// The day of this name that was last; today when it is one.
fn last_day(word: &str, today: Date) -> Option<Date> {
    match word {
        "today" => Some(today),
        "yesterday" => today.yesterday().ok(),
        _ => match weekday(word) {
            Some(wanted) if today.weekday() == wanted => Some(today),
            Some(wanted) => today.nth_weekday(-1, wanted).ok(),
            None => read::date(word),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads in Berlin on Sunday 22 November 2026, 22:00 there.
    fn past(text: &str) -> String {
        let now = "2026-11-22T21:00:00Z".parse().unwrap();
        resolve_past(text, now, "Europe/Berlin", &TimeZoneDatabase::bundled())
            .map_or_else(|error| format!("error: {error}"), |due| due.at.to_string())
    }

    #[test]
    fn what_people_type_who_look_back_is_read() {
        for (text, expected) in [
            ("2h", "2026-11-22T19:00:00Z"),
            ("90 minutes ago", "2026-11-22T19:30:00Z"),
            ("3d ago", "2026-11-19T21:00:00Z"),
            ("today", "2026-11-21T23:00:00Z"),
            ("yesterday", "2026-11-20T23:00:00Z"),
            ("yesterday 9:00", "2026-11-21T08:00:00Z"),
            ("sun", "2026-11-21T23:00:00Z"),
            ("mon", "2026-11-15T23:00:00Z"),
            ("Friday at 17:30", "2026-11-20T16:30:00Z"),
            ("21:59", "2026-11-22T20:59:00Z"),
            ("22:01", "2026-11-21T21:01:00Z"),
            ("2026-11-01", "2026-10-31T23:00:00Z"),
            ("2026-11-01 12:00", "2026-11-01T11:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"),
            ("now", "2026-11-22T21:00:00Z"),
        ] {
            assert_eq!(past(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_forms() {
        for text in [
            "",
            "ago",
            "soon",
            "yesterday noon",
            "9999999999999d ago",
            "2026-13-01",
            "mon tue wed",
        ] {
            let said = past(text);
            assert!(
                said.contains("is not a time that has been") && said.contains("yesterday 9:00"),
                "{text}: {said}"
            );
        }
    }
}

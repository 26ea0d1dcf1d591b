//! A day of the calendar in a zone: from its first instant to the first of the next.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::read::{self, TEXT_BYTES_MAX, weekday};
use super::{WhenError, find_zone, from_wall, shortened, words};

/// The accepted forms, in one line.
pub(super) const FORMS: &str = "today, tomorrow, yesterday, mon, or 2026-11-23";

/// A day of the calendar in a zone. It has 23 or 25 hours when the clocks change.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The date.
    pub date: Date,
    /// Its first instant.
    pub starts_at: Timestamp,
    /// The first instant after it.
    pub ends_at: Timestamp,
    zone: TimeZone,
}

impl Day {
    /// True when the instant is in it.
    pub fn has(&self, at: Timestamp) -> bool {
        self.starts_at <= at && at < self.ends_at
    }

    /// The day after it; none at the end of time.
    pub fn next(&self) -> Option<Day> {
        day(self.date.tomorrow().ok()?, &self.zone)
    }

    /// For people: `Mon 23 Nov 2026`.
    pub fn shown(&self) -> String {
        words::date(self.date)
    }
}

/// The day that a person means; none typed = the day of `now`. The name of a weekday is the next such, or today.
///
/// # Errors
/// `NoDay`, `UnknownZone`, `TooFar`.
pub fn resolve_day(
    text: Option<&str>,
    now: Timestamp,
    zone_name: &str,
    zones: &TimeZoneDatabase,
) -> Result<Day, WhenError> {
    let zone = find_zone(zone_name, zones)?;
    let today = zone.to_datetime(now).date();
    let typed = text.unwrap_or("today");
    let lower = typed.trim().to_lowercase();
    let text = || shortened(typed);
    let found = if lower.len() > TEXT_BYTES_MAX {
        None
    } else {
        date(&lower, today)
    };
    let date = found.ok_or_else(|| WhenError::NoDay { text: text() })?;
    day(date, &zone).ok_or_else(|| WhenError::TooFar { text: text() })
}

fn date(lower: &str, today: Date) -> Option<Date> {
    match lower {
        "today" => Some(today),
        "tomorrow" => today.tomorrow().ok(),
        "yesterday" => today.yesterday().ok(),
        _ => match weekday(lower) {
            Some(wanted) if today.weekday() == wanted => Some(today),
            Some(wanted) => today.nth_weekday(1, wanted).ok(),
            None => read::date(lower),
        },
    }
}

fn day(date: Date, zone: &TimeZone) -> Option<Day> {
    let midnight = |date: Date| Some(from_wall(date.to_datetime(Time::midnight()), zone)?.at);
    Some(Day {
        date,
        starts_at: midnight(date)?,
        ends_at: midnight(date.tomorrow().ok()?)?,
        zone: zone.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin(text: &str) -> Result<Day, WhenError> {
        let now = "2026-11-22T21:00:00Z".parse().unwrap();
        resolve_day(Some(text), now, "Europe/Berlin", &TimeZoneDatabase::bundled())
    }

    #[test]
    fn a_day_is_read_and_has_its_own_length() {
        for (text, starts, hours) in [
            ("today", "2026-11-21T23:00:00Z", 24),
            ("Tomorrow", "2026-11-22T23:00:00Z", 24),
            ("yesterday", "2026-11-20T23:00:00Z", 24),
            ("sun", "2026-11-21T23:00:00Z", 24),
            ("tue", "2026-11-23T23:00:00Z", 24),
            ("2026-10-25", "2026-10-24T22:00:00Z", 25),
            ("2027-03-28", "2027-03-27T23:00:00Z", 23),
        ] {
            let day = berlin(text).unwrap();
            assert_eq!(day.starts_at.to_string(), starts, "{text}");
            assert_eq!(
                day.ends_at.duration_since(day.starts_at).as_hours(),
                hours,
                "{text}"
            );
            assert!(day.has(day.starts_at) && !day.has(day.ends_at));
            assert_eq!(day.next().unwrap().starts_at, day.ends_at);
        }
        assert_eq!(berlin("2026-10-25").unwrap().shown(), "Sun 25 Oct 2026");
    }

    #[test]
    fn what_is_no_day_is_refused_with_the_forms() {
        for text in ["", "soon", "2026-02-30", "9:00", "2026-11-23 09:00"] {
            let said = berlin(text).unwrap_err().to_string();
            assert!(
                said.contains("is not a day") && said.contains("tomorrow"),
                "{said}"
            );
        }
        assert!(berlin("9999-12-31").is_err());
    }
}

//! Times as people read them.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};

use super::{Adjusted, Due, due_at};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The due time for people: `Mon 23 Nov 09:00 (+01:00, Europe/Berlin), in 11 h`, with the year when it is not
/// this one, and with a sentence when the clocks skip the wall time or show it twice.
pub fn show(due: &Due, now: Timestamp) -> String {
    let note = match &due.adjusted {
        None => String::new(),
        Some(Adjusted::Gap { asked }) => {
            format!("; the clocks skip {} that day", hour_minute(*asked))
        }
        Some(Adjusted::Fold { .. }) => {
            format!(
                "; the clocks show {} twice, this is the first",
                hour_minute(due.wall)
            )
        }
    };
    format!("{}, {}{note}", clock(due, now), ago_or_in(due.at, now))
}

/// An instant for people, in the wall time of the zone; in UTC when the zone is not known.
pub fn show_instant(at: Timestamp, zone_name: &str, zones: &TimeZoneDatabase, now: Timestamp) -> String {
    show(&due_at(at, zone_name, zones), now)
}

/// The time of day of an instant in a zone: `09:00`.
pub fn show_clock(at: Timestamp, zone_name: &str, zones: &TimeZoneDatabase) -> String {
    hour_minute(due_at(at, zone_name, zones).wall)
}

/// A date for people: `Mon 23 Nov 2026`.
pub(super) fn date(date: Date) -> String {
    let (day, month) = (weekday(date.weekday()), month(date.month()));
    format!("{day} {} {month} {}", date.day(), date.year())
}

fn month(number: i8) -> &'static str {
    MONTHS[(number as usize).saturating_sub(1) % 12]
}

/// The due time for machines, in RFC 9557: `2026-11-23T09:00:00+01:00[Europe/Berlin]`.
pub fn rfc9557(due: &Due) -> String {
    format!("{}{}[{}]", due.wall, offset_text(offset_of(due)), due.zone)
}

/// `in 3 h 20 min`, `5 min ago`, `now`. From a fortnight on in days only.
pub fn ago_or_in(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.duration_since(now).as_secs();
    if seconds == 0 {
        return "now".to_owned();
    }
    let length = length(seconds.unsigned_abs());
    if seconds > 0 {
        format!("in {length}")
    } else {
        format!("{length} ago")
    }
}

/// Wall time, offset and zone.
pub(super) fn clock(due: &Due, now: Timestamp) -> String {
    let offset = offset_of(due);
    let this_year = now.to_zoned(TimeZone::fixed(offset)).year();
    let year = if due.wall.year() == this_year {
        String::new()
    } else {
        format!(" {}", due.wall.year())
    };
    let day = weekday(due.wall.weekday());
    let month = month(due.wall.month());
    let time = hour_minute(due.wall);
    let (number, zone) = (due.wall.day(), &due.zone);
    format!(
        "{day} {number} {month}{year} {time} ({}, {zone})",
        offset_text(offset)
    )
}

fn hour_minute(wall: DateTime) -> String {
    if wall.second() == 0 {
        format!("{:02}:{:02}", wall.hour(), wall.minute())
    } else {
        format!("{:02}:{:02}:{:02}", wall.hour(), wall.minute(), wall.second())
    }
}

/// The offset that the wall time and the instant of a due time imply.
fn offset_of(due: &Due) -> Offset {
    let as_utc: Option<Zoned> = due.wall.to_zoned(TimeZone::UTC).ok();
    let seconds = as_utc.map_or(0, |z| z.timestamp().as_second() - due.at.as_second());
    let seconds = i32::try_from(seconds).unwrap_or(0);
    Offset::from_seconds(seconds).unwrap_or(Offset::UTC)
}

fn offset_text(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

/// At most two units: `40 s`, `5 min`, `3 h 20 min`, `2 d 4 h`, `23 d`.
fn length(seconds: u64) -> String {
    let minutes = seconds / 60;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) if d < 14 => format!("{d} d {h} h"),
        (d, _, _) => format!("{d} d"),
    }
}

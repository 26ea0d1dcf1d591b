//! Reading what a person types as a time.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::fmt::temporal::{DateTimeParser, Pieces};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp, Zoned};

use super::{Due, WhenError, find_zone, from_instant, from_wall, shortened};

/// The accepted forms, in one line.
pub(super) const FORMS: &str = "now, +90m, +2h30m, +1d, 'in 2 hours', 09:00, 'today 18:00', 'tomorrow 9:00', \
     'mon 9:00', '2026-11-23 09:00', or 2026-11-23T09:00+01:00[Europe/Berlin]";

/// Longer texts are not read at all.
pub(super) const TEXT_BYTES_MAX: usize = 120;

/// True when the text means this very moment.
pub fn is_now(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("now")
}

/// The due time that the text names, without a look at whether it is past.
pub(super) fn read(
    text: &str,
    now: Timestamp,
    zone: &TimeZone,
    zones: &TimeZoneDatabase,
) -> Result<Due, WhenError> {
    if text.is_empty() || text.len() > TEXT_BYTES_MAX {
        return Err(unreadable(text, ""));
    }
    let here = now.to_zoned(zone.clone());
    let lower = text.to_lowercase();
    if is_now(text) {
        return Ok(from_instant(&here));
    }
    if let Some(rest) = lower.strip_prefix('+').or_else(|| lower.strip_prefix("in ")) {
        return relative(rest, &here).ok_or_else(|| unreadable(text, ""));
    }
    if let Some(found) = day_and_clock(&lower, &here) {
        return found.ok_or_else(|| too_far(text));
    }
    absolute(text, zone, zones)
}

fn unreadable(text: &str, detail: &str) -> WhenError {
    WhenError::Unreadable {
        text: shortened(text),
        detail: detail.to_owned(),
    }
}

fn too_far(text: &str) -> WhenError {
    WhenError::TooFar {
        text: shortened(text),
    }
}

fn relative(text: &str, here: &Zoned) -> Option<Due> {
    Some(from_instant(&here.checked_add(length(text)?).ok()?))
}

/// `90m`, `2h30m`, `1 day 2 hours`: days and weeks by the calendar of the zone, the rest by the clock.
pub(super) fn length(text: &str) -> Option<Span> {
    let mut rest = text.trim();
    let (mut days, mut seconds): (i64, i64) = (0, 0);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        match &rest[..letters] {
            "w" | "wk" | "week" | "weeks" => days = days.checked_add(number.checked_mul(7)?)?,
            "d" | "day" | "days" => days = days.checked_add(number)?,
            "h" | "hr" | "hrs" | "hour" | "hours" => {
                seconds = seconds.checked_add(number.checked_mul(3600)?)?;
            }
            "m" | "min" | "mins" | "minute" | "minutes" => {
                seconds = seconds.checked_add(number.checked_mul(60)?)?;
            }
            "s" | "sec" | "secs" | "second" | "seconds" => seconds = seconds.checked_add(number)?,
            _ => return None,
        }
        rest = rest[letters..].trim_start_matches([' ', ',']);
    }
    Span::new().try_days(days).ok()?.try_seconds(seconds).ok()
}

/// `2026-11-23`, and nothing longer.
pub(super) fn date(text: &str) -> Option<Date> {
    let is_date = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_date { text.parse().ok() } else { None }
}

/// `9:00`, `today 9:00`, `tomorrow 9:00`, `mon 9:00`. None = another form; none inside = outside of time.
fn day_and_clock(lower: &str, here: &Zoned) -> Option<Option<Due>> {
    let mut words = lower.split_whitespace().filter(|w| *w != "at");
    let first = words.next()?;
    let second = words.next();
    if words.next().is_some() {
        return None;
    }
    let (day, clock) = match second {
        Some(clock) => (Some(first), clock),
        None => (None, first),
    };
    let time = clock_time(clock)?;
    let today = here.date();
    let (from, step) = match day {
        None => (today, 1),
        Some("today") => (today, 0),
        Some("tomorrow") => (today.tomorrow().ok()?, 0),
        Some(name) => (next_weekday(today, weekday(name)?)?, 7),
    };
    Some(next_after(from, step, time, here))
}

/// The wall time on this day, or `step_days` later when it is past; a step of 0 takes the day as it is.
fn next_after(day: Date, step_days: i32, time: Time, here: &Zoned) -> Option<Due> {
    let due = from_wall(day.to_datetime(time), here.time_zone())?;
    if step_days == 0 || due.at > here.timestamp() {
        return Some(due);
    }
    let later = day.checked_add(Span::new().days(step_days)).ok()?;
    from_wall(later.to_datetime(time), here.time_zone())
}

pub(super) fn clock_time(text: &str) -> Option<Time> {
    let fields: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&fields.len()) {
        return None;
    }
    let mut numbers = [0i8; 3];
    for (i, field) in fields.iter().enumerate() {
        let right_length = field.len() == 2 || (i == 0 && field.len() == 1);
        if !right_length || !field.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        numbers[i] = field.parse().ok()?;
    }
    Time::new(numbers[0], numbers[1], numbers[2], 0).ok()
}

pub(super) fn weekday(name: &str) -> Option<Weekday> {
    match name {
        "mon" | "monday" => Some(Weekday::Monday),
        "tue" | "tues" | "tuesday" => Some(Weekday::Tuesday),
        "wed" | "wednesday" => Some(Weekday::Wednesday),
        "thu" | "thur" | "thurs" | "thursday" => Some(Weekday::Thursday),
        "fri" | "friday" => Some(Weekday::Friday),
        "sat" | "saturday" => Some(Weekday::Saturday),
        "sun" | "sunday" => Some(Weekday::Sunday),
        _ => None,
    }
}

/// The next such day; today when it is one.
fn next_weekday(today: Date, wanted: Weekday) -> Option<Date> {
    if today.weekday() == wanted {
        return Some(today);
    }
    today.nth_weekday(1, wanted).ok()
}

/// A date with a time, and perhaps an offset or a zone.
fn absolute(text: &str, zone: &TimeZone, zones: &TimeZoneDatabase) -> Result<Due, WhenError> {
    let text = &with_two_digit_hour(text);
    let Ok(pieces) = Pieces::parse(text) else {
        return Err(unreadable(text, ""));
    };
    let Some(time) = pieces.time() else {
        return Err(unreadable(text, ", for it has no time of day"));
    };
    let wall: DateTime = pieces.date().to_datetime(time);
    let named = match pieces.time_zone_annotation() {
        Some(_) => Some(annotated_zone(text, zones)?),
        None => None,
    };
    match (pieces.to_numeric_offset(), named) {
        (None, named) => {
            let zone = named.unwrap_or_else(|| zone.clone());
            from_wall(wall, &zone).ok_or_else(|| too_far(text))
        }
        (Some(offset), None) => match offset.to_timestamp(wall) {
            Ok(at) => Ok(from_instant(&at.to_zoned(zone.clone()))),
            Err(_) => Err(too_far(text)),
        },
        (Some(_), Some(_)) => match DateTimeParser::new().parse_zoned_with(zones, text) {
            Ok(zoned) => Ok(from_instant(&zoned)),
            Err(_) => Err(unreadable(text, ", for the zone does not have this offset then")),
        },
    }
}

/// The zone in square brackets. An offset there has no name that can be kept, and is refused.
fn annotated_zone(text: &str, zones: &TimeZoneDatabase) -> Result<TimeZone, WhenError> {
    let inside = text.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let name = inside.map_or("", |(name, _)| name).trim_start_matches('!');
    if name.starts_with(['+', '-']) {
        return Err(unreadable(text, ", for the brackets must hold a zone's name"));
    }
    find_zone(name, zones)
}

/// `2026-11-23 9:00` with the hour as `09`.
fn with_two_digit_hour(text: &str) -> String {
    let bytes = text.as_bytes();
    let one_digit = bytes.len() > 12
        && matches!(bytes[10], b' ' | b'T' | b't')
        && bytes[11].is_ascii_digit()
        && bytes[12] == b':';
    if one_digit && text.is_char_boundary(11) {
        format!("{}0{}", &text[..11], &text[11..])
    } else {
        text.to_owned()
    }
}

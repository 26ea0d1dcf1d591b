//! From the text of an iCalendar file to days and the times that they come.

use std::collections::BTreeMap;

use calcard::common::PartialDateTime;
use calcard::icalendar::dates::TimeOrDelta;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarFrequency, ICalendarProperty,
    ICalendarValue,
};
use calcard::{Entry, Parser};
use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;

use super::occurrence::{Moment, Occurrence};
use super::properties::{Day, label, read_day, text_of};
use super::{Calendar, CalendarError, EVENTS_MAX, OCCURRENCES_MAX, REPEATS_MAX, TEXT_BYTES_MAX};

/// Days before this year are not kept.
const FIRST_YEAR: i16 = 2000;
/// Days after this year are not kept.
const LAST_YEAR: u16 = 2100;

/// An error under construction: where, what, and what to do.
pub(super) struct Problem {
    pub(super) line: Option<usize>,
    pub(super) what: String,
    pub(super) what_to_do: String,
}

impl Problem {
    pub(super) fn new(what: impl Into<String>, what_to_do: impl Into<String>) -> Problem {
        Problem {
            line: None,
            what: what.into(),
            what_to_do: what_to_do.into(),
        }
    }
}

/// What a file is read with.
#[derive(Clone, Copy)]
struct Source<'a> {
    text: &'a str,
    /// False = a text that an older version took.
    is_new: bool,
}

/// Reads a file; see [`Calendar::parse`] for a new one and [`Calendar::stored`] for others.
pub(super) fn parse(name: &str, text: &str, is_new: bool) -> Result<Calendar, CalendarError> {
    let text = text.trim_start_matches('\u{feff}');
    read(name, Source { text, is_new }).map_err(|problem| CalendarError {
        name: name.to_owned(),
        line: problem.line,
        what: problem.what,
        what_to_do: problem.what_to_do,
    })
}

fn read(name: &str, source: Source<'_>) -> Result<Calendar, Problem> {
    check_frame(source.text)?;
    let mut calendar = Calendar::empty(name, source.text);
    for file in files(source.text, &mut calendar.skipped)? {
        if calendar.title.is_empty() {
            calendar.title = title(&file);
        }
        add_file(&mut calendar, file, source)?;
    }
    if calendar.occurrences.is_empty() {
        let skipped = calendar
            .skipped
            .first()
            .map_or_else(String::new, |why| format!(" ({why})"));
        return Err(Problem::new(
            format!("it has no day between {FIRST_YEAR} and {LAST_YEAR}{skipped}"),
            "add a VEVENT with a DTSTART, or give an old one RRULE:FREQ=YEARLY",
        ));
    }
    calendar.occurrences.sort_by_key(|o| (o.roughly, o.day));
    let lengths = calendar.occurrences.iter().map(Occurrence::length);
    calendar.longest = lengths.max().unwrap_or_default();
    Ok(calendar)
}

/// What its maker calls it.
fn title(file: &ICalendar) -> String {
    let calendar = file
        .components
        .iter()
        .find(|c| c.component_type == ICalendarComponentType::VCalendar);
    calendar.map_or_else(String::new, |c| {
        text_of(c, &ICalendarProperty::Other("X-WR-CALNAME".to_owned()))
    })
}

/// The checks that need no parser: size, and that every component is closed.
fn check_frame(text: &str) -> Result<(), Problem> {
    if text.len() > TEXT_BYTES_MAX {
        let what = format!("it is larger than {} MiB", TEXT_BYTES_MAX >> 20);
        return Err(Problem::new(what, "split it into several calendars"));
    }
    let lines = || text.lines().map(|l| l.trim().to_ascii_uppercase()).zip(1..);
    if !lines().any(|(line, _)| line == "BEGIN:VCALENDAR") {
        return Err(Problem::new(
            "there is no BEGIN:VCALENDAR",
            "give it an iCalendar file (.ics), not a web page or a list",
        ));
    }
    let mut open: Vec<(String, usize)> = Vec::new();
    for (line, number) in lines() {
        if let Some(name) = line.strip_prefix("BEGIN:") {
            open.push((name.to_owned(), number));
        } else if let Some(name) = line.strip_prefix("END:") {
            let opened = open.pop();
            if opened.as_ref().is_none_or(|(begun, _)| begun != name) {
                return Err(Problem {
                    line: Some(number),
                    ..Problem::new(
                        format!("END:{name} closes nothing"),
                        "repair the file or export it again",
                    )
                });
            }
        }
    }
    match open.pop() {
        None => Ok(()),
        Some((name, number)) => Err(Problem {
            line: Some(number),
            ..Problem::new(
                format!("BEGIN:{name} is never closed"),
                "export the file again; it may be cut off",
            )
        }),
    }
}

/// The calendars in the text.
fn files(text: &str, skipped: &mut Vec<String>) -> Result<Vec<ICalendar>, Problem> {
    let mut parser = Parser::new(text);
    let mut files = Vec::new();
    // Every entry takes at least a byte, so that the loop ends.
    for _ in 0..=text.len() {
        match parser.entry() {
            Entry::ICalendar(file) => files.push(file),
            Entry::VCard(_) => skipped.push("an address card".to_owned()),
            Entry::InvalidLine(line) => {
                let start: String = line.chars().take(60).collect();
                skipped.push(format!("a line that is none: {start}"));
            }
            Entry::Eof => break,
            Entry::TooManyComponents => return Err(too_many()),
            _ => {
                return Err(Problem::new(
                    "its components are not closed",
                    "export the file again",
                ));
            }
        }
    }
    let events = files
        .iter()
        .flat_map(|f| &f.components)
        .filter(|c| is_event(c))
        .count();
    match events {
        0 => Err(Problem::new("it has no events", "add at least one VEVENT")),
        1..=EVENTS_MAX => Ok(files),
        _ => Err(too_many()),
    }
}

fn too_many() -> Problem {
    Problem::new(
        format!("it has more than {EVENTS_MAX} events"),
        "split it into several calendars",
    )
}

fn is_event(component: &ICalendarComponent) -> bool {
    component.component_type == ICalendarComponentType::VEvent
}

/// Adds the days of one calendar of the file. Events with one UID belong together: a series and its exceptions.
fn add_file(calendar: &mut Calendar, mut file: ICalendar, source: Source<'_>) -> Result<(), Problem> {
    let mut series: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, event) in file.components.iter().enumerate().filter(|(_, c)| is_event(c)) {
        let uid = event.uid().map_or_else(|| format!("#{index}"), str::to_owned);
        series.entry(uid).or_default().push(index);
    }
    let mut events: BTreeMap<usize, ICalendarComponent> = BTreeMap::new();
    for index in series.values().flatten() {
        events.insert(*index, std::mem::take(&mut file.components[*index]));
    }
    let mut expanded = 0;
    for (uid, indices) in &series {
        for index in indices {
            file.components[*index] = bounded(&events[index], source.text)?;
        }
        expanded += add_series(calendar, &file, uid, indices, source)?;
        if expanded > OCCURRENCES_MAX {
            let what = format!("its days come more than {OCCURRENCES_MAX} times in all");
            return Err(Problem::new(what, "split it into several calendars"));
        }
        for index in indices {
            file.components[*index] = ICalendarComponent::default();
        }
    }
    Ok(())
}

/// The event with a rule that ends with the last year that is kept.
fn bounded(event: &ICalendarComponent, text: &str) -> Result<ICalendarComponent, Problem> {
    let mut event = event.clone();
    let name = label(&event);
    for entry in event
        .entries
        .iter_mut()
        .filter(|e| e.name == ICalendarProperty::Rrule)
    {
        for value in &mut entry.values {
            let ICalendarValue::RecurrenceRule(rule) = value else {
                continue;
            };
            let within_a_day = matches!(
                rule.freq,
                ICalendarFrequency::Hourly | ICalendarFrequency::Minutely | ICalendarFrequency::Secondly
            );
            if within_a_day {
                return Err(too_often(&name, text));
            }
            let endless =
                rule.count.is_none() && rule.until.as_ref().is_none_or(|u| u.year > Some(LAST_YEAR));
            if endless {
                rule.until = Some(PartialDateTime {
                    year: Some(LAST_YEAR),
                    month: Some(12),
                    day: Some(31),
                    hour: Some(23),
                    minute: Some(59),
                    second: Some(59),
                    ..PartialDateTime::default()
                });
            }
        }
    }
    Ok(event)
}

fn too_often(name: &str, text: &str) -> Problem {
    Problem {
        line: line_of(text, name),
        ..Problem::new(
            format!(
                "'{name}' comes too often: within a day, or more than {REPEATS_MAX} times before {LAST_YEAR}"
            ),
            "give its RRULE an UNTIL or a COUNT, or begin it later",
        )
    }
}

/// The number of the first line with these words.
pub(super) fn line_of(text: &str, words: &str) -> Option<usize> {
    let words = words.get(..40).unwrap_or(words);
    text.lines()
        .position(|line| line.contains(words))
        .map(|index| index + 1)
}

/// Adds one series; says how often it comes, the years that are not kept included.
fn add_series(
    calendar: &mut Calendar,
    file: &ICalendar,
    uid: &str,
    indices: &[usize],
    source: Source<'_>,
) -> Result<usize, Problem> {
    let mut day_of = BTreeMap::new();
    for index in indices {
        let event = &file.components[*index];
        if let Some(day) = read_day(event, uid, source.text, source.is_new)? {
            day_of.insert(*index, calendar.days.len());
            calendar.days.push(day);
        }
    }
    let expanded = file.expand_dates(calcard::common::timezone::Tz::Floating, REPEATS_MAX);
    for error in &expanded.errors {
        let name = file
            .components
            .get(error.comp_id as usize)
            .map_or_else(String::new, label);
        calendar.skipped.push(format!("'{name}': {:?}", error.error));
    }
    if expanded.events.len() >= REPEATS_MAX {
        return Err(too_often(&label(&file.components[indices[0]]), source.text));
    }
    let count = expanded.events.len();
    for found in expanded.events {
        let Some(day) = day_of.get(&(found.comp_id as usize)) else {
            continue;
        };
        let (start_s, end_s) = match &found.end {
            TimeOrDelta::Time(end) => (found.start.timestamp(), end.timestamp()),
            TimeOrDelta::Delta(length) => {
                let start = found.start.timestamp();
                (start, start.saturating_add(length.num_seconds()))
            }
        };
        let floating = found.start.timezone().is_floating();
        calendar
            .occurrences
            .extend(occurrence(*day, floating, start_s, end_s));
    }
    Ok(count)
}

/// The occurrence, when it lies in the years that are kept.
fn occurrence(day: usize, floating: bool, start_s: i64, end_s: i64) -> Option<Occurrence> {
    let start = Timestamp::from_second(start_s).ok()?;
    // A day that ends before or when it begins lasts a second: it was meant as a moment.
    let end = Timestamp::from_second(end_s.max(start_s.saturating_add(1))).ok()?;
    let first = date(FIRST_YEAR, 1, 1).at(0, 0, 0, 0);
    let (start_wall, end_wall) = (wall(start), wall(end));
    let kept = end_wall >= first && start_wall.year() <= i16::try_from(LAST_YEAR).unwrap_or(i16::MAX);
    let (starts, ends) = if floating {
        (Moment::Floating(start_wall), Moment::Floating(end_wall))
    } else {
        (Moment::Fixed(start), Moment::Fixed(end))
    };
    kept.then_some(Occurrence::new(day, starts, ends))
}

fn wall(at: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(at)
}

impl Day {
    /// A day is left out when its maker cancelled it.
    pub(super) fn is_cancelled(event: &ICalendarComponent) -> bool {
        let status = event.property(&ICalendarProperty::Status);
        status
            .and_then(|s| s.values.first())
            .and_then(ICalendarValue::as_text)
            == Some("CANCELLED")
    }
}

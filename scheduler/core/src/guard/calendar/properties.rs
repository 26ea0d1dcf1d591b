//! What the properties of a `VEVENT` say about a sensitive day.
//!
//! `SUMMARY` is the title and, as a whole, a topic; `CATEGORIES` names the kind, countries (two capitals) and more
//! topics; `LOCATION` is a place. `X-SOUNDPOST-SEVERITY` (else high), `-KIND` (else `memorial_day`), `-COUNTRIES`
//! (else everywhere), `-REGIONS`, `-PLACES` and `-TAGS` say the rest, lists with commas; `-LEAD-HOURS` and
//! `-TAIL-HOURS` how long before and after it counts; `-SOURCE` who says so.

use calcard::icalendar::{ICalendarComponent, ICalendarProperty};

use super::expand::{Problem, line_of};
use crate::event::Severity;
use crate::guard::area::is_country;
use crate::guard::words::all_kinds;

/// So many hours before its begin a day counts, when its maker says nothing: posts of the evening before are read in
/// the morning.
pub const LEAD_HOURS_DEFAULT: u16 = 6;
/// The longest lead or tail.
pub const HOURS_MAX: i64 = 240;

/// A sensitive day, however often it comes: what one component of the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Its name for programs; the same in each version of the file.
    pub uid: String,
    /// What people call it.
    pub title: String,
    /// Why it is sensitive.
    pub summary: String,
    /// Names a vocabulary of harm words.
    pub kind: String,
    /// Topic words.
    pub tags: Vec<String>,
    /// Place names.
    pub places: Vec<String>,
    /// ISO 3166-1 codes, or `*`.
    pub countries: Vec<String>,
    /// ISO 3166-2 codes.
    pub regions: Vec<String>,
    /// How much it silences.
    pub severity: Severity,
    /// So many hours before its begin it counts.
    pub lead_hours: u16,
    /// So many hours after its end it counts.
    pub tail_hours: u16,
    /// Who says so; empty when the file does not tell.
    pub source: String,
}

/// The name of an event for messages.
pub(super) fn label(event: &ICalendarComponent) -> String {
    let summary = text_of(event, &ICalendarProperty::Summary);
    let name = if summary.is_empty() {
        event.uid().unwrap_or("an event").to_owned()
    } else {
        summary
    };
    name.chars().take(80).collect()
}

/// The day that an event describes; none when it was cancelled. A text that is not new was taken by an older version,
/// and is read as far as it goes.
pub(super) fn read_day(
    event: &ICalendarComponent,
    uid: &str,
    file: &str,
    is_new: bool,
) -> Result<Option<Day>, Problem> {
    if Day::is_cancelled(event) {
        return Ok(None);
    }
    let named = |name: &str| ICalendarProperty::Other(format!("X-SOUNDPOST-{name}"));
    let own = |name: &str| list_of(event, &named(name));
    let hours = |name: &str, usual: u16| match hours(name, &own(name), file) {
        Err(_) if !is_new => Ok(usual),
        read => read.map(|hours| hours.unwrap_or(usual)),
    };
    let title = label(event);
    let mut day = Day {
        uid: uid.to_owned(),
        summary: text_of(event, &ICalendarProperty::Description),
        kind: own("KIND").into_iter().next().unwrap_or_default().to_lowercase(),
        tags: own("TAGS"),
        places: own("PLACES"),
        countries: own("COUNTRIES"),
        regions: own("REGIONS"),
        severity: severity(&own("SEVERITY"), file)?,
        lead_hours: hours("LEAD-HOURS", LEAD_HOURS_DEFAULT)?,
        tail_hours: hours("TAIL-HOURS", 0)?,
        source: text_of(event, &named("SOURCE")),
        title,
    };
    if is_new {
        check_kind(&day.kind, file)?;
    }
    day.add_categories(list_of(event, &ICalendarProperty::Categories));
    day.tags.push(day.title.clone());
    day.places
        .extend(list_of(event, &ICalendarProperty::Location).into_iter().next());
    if day.kind.is_empty() {
        "memorial_day".clone_into(&mut day.kind);
    }
    if day.countries.is_empty() {
        day.countries.push("*".to_owned());
    }
    check_area(&day, file)?;
    Ok(Some(day))
}

impl Day {
    fn add_categories(&mut self, categories: Vec<String>) {
        for category in categories {
            let upper = category.to_uppercase();
            match upper.as_str() {
                "MEMORIAL" | "MEMORIAL_DAY" => self.set_kind("memorial_day"),
                "RELIGIOUS" | "RELIGIOUS_DAY" => self.set_kind("religious_day"),
                "ELECTION" => self.set_kind("election"),
                _ if is_country(&category) => self.countries.push(category),
                _ => self.tags.push(category),
            }
        }
    }

    fn set_kind(&mut self, kind: &str) {
        if self.kind.is_empty() {
            kind.clone_into(&mut self.kind);
        }
    }
}

fn severity(words: &[String], file: &str) -> Result<Severity, Problem> {
    let Some(word) = words.first() else {
        return Ok(Severity::High);
    };
    word.to_lowercase().parse().map_err(|what: String| Problem {
        line: line_of(file, "X-SOUNDPOST-SEVERITY").and(line_of(file, &format!("SEVERITY:{word}"))),
        ..Problem::new(what, "correct X-SOUNDPOST-SEVERITY")
    })
}

/// A kind that nothing knows would bring no words of harm with it, silently.
fn check_kind(kind: &str, file: &str) -> Result<(), Problem> {
    let kinds = all_kinds();
    if kind.is_empty() || kinds.contains(kind) {
        return Ok(());
    }
    let all: Vec<&str> = kinds.into_iter().collect();
    Err(Problem {
        line: line_of_value(file, "KIND", kind),
        ..Problem::new(
            format!("'{kind}' is not a kind of event"),
            format!("use one of: {}", all.join(", ")),
        )
    })
}

fn hours(name: &str, words: &[String], file: &str) -> Result<Option<u16>, Problem> {
    let Some(word) = words.first() else {
        return Ok(None);
    };
    let hours = word.parse::<u16>().ok().filter(|h| i64::from(*h) <= HOURS_MAX);
    hours.map(Some).ok_or_else(|| Problem {
        line: line_of_value(file, name, word),
        ..Problem::new(
            format!("'{word}' is not a number of hours"),
            format!("give X-SOUNDPOST-{name} a whole number from 0 to {HOURS_MAX}"),
        )
    })
}

/// The line of one of Soundpost's own properties with this value.
fn line_of_value(file: &str, name: &str, value: &str) -> Option<usize> {
    let property = format!("X-SOUNDPOST-{name}");
    let is_it = |line: &str| {
        let line = line.to_lowercase();
        line.starts_with(&property.to_lowercase()) && line.contains(&value.to_lowercase())
    };
    file.lines().position(is_it).map(|index| index + 1)
}

fn check_area(day: &Day, file: &str) -> Result<(), Problem> {
    let bad_country = day.countries.iter().find(|c| *c != "*" && !is_country(c));
    let is_region = |r: &str| {
        r.split_once('-')
            .is_some_and(|(c, rest)| is_country(c) && !rest.is_empty())
    };
    let bad_region = day.regions.iter().find(|r| !is_region(r));
    match (bad_country, bad_region) {
        (None, None) => Ok(()),
        (Some(word), _) => Err(Problem {
            line: line_of(file, word),
            ..Problem::new(
                format!("'{word}' of '{}' is not a country", day.title),
                "use two capital letters of ISO 3166, such as DE, or *",
            )
        }),
        (None, Some(word)) => Err(Problem {
            line: line_of(file, word),
            ..Problem::new(
                format!("'{word}' of '{}' is not a region", day.title),
                "use a code of ISO 3166-2, such as US-CO",
            )
        }),
    }
}

/// All values of a property as one text.
pub(super) fn text_of(event: &ICalendarComponent, property: &ICalendarProperty) -> String {
    let entry = event.entries.iter().find(|e| is_named(&e.name, property));
    let values = entry
        .into_iter()
        .flat_map(|e| &e.values)
        .filter_map(|v| v.as_text());
    let joined = values.collect::<Vec<_>>().join(", ");
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All values of a property, of all its lines, cut at commas.
fn list_of(event: &ICalendarComponent, property: &ICalendarProperty) -> Vec<String> {
    let entries = event.entries.iter().filter(|e| is_named(&e.name, property));
    let values = entries.flat_map(|e| &e.values).filter_map(|v| v.as_text());
    let words = values
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|w| !w.is_empty());
    words.map(str::to_owned).collect()
}

fn is_named(name: &ICalendarProperty, wanted: &ICalendarProperty) -> bool {
    match (name, wanted) {
        (ICalendarProperty::Other(a), ICalendarProperty::Other(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    }
}

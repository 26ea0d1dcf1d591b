//! What the properties of a `VEVENT` say about a sensitive day.
//!
//! `SUMMARY` is the title and, as a whole, a topic; `CATEGORIES` names the kind, countries (two capitals) and more
//! topics; `LOCATION` is a place. `X-SOUNDPOST-SEVERITY` (else high), `-KIND` (else `memorial_day`), `-COUNTRIES`
//! (else everywhere), `-REGIONS`, `-PLACES` and `-TAGS` say the rest, lists with commas.

use calcard::icalendar::{ICalendarComponent, ICalendarProperty};

use super::expand::{Problem, line_of};
use crate::event::Severity;
use crate::guard::area::is_country;

/// What one component says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) uid: String,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) kind: String,
    pub(super) tags: Vec<String>,
    pub(super) places: Vec<String>,
    pub(super) countries: Vec<String>,
    pub(super) regions: Vec<String>,
    pub(super) severity: Severity,
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

/// The day that an event describes; none when it was cancelled.
pub(super) fn read_day(event: &ICalendarComponent, uid: &str, file: &str) -> Result<Option<Day>, Problem> {
    if Day::is_cancelled(event) {
        return Ok(None);
    }
    let own = |name: &str| list_of(event, &ICalendarProperty::Other(format!("X-SOUNDPOST-{name}")));
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
        title,
    };
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
fn text_of(event: &ICalendarComponent, property: &ICalendarProperty) -> String {
    let entry = event.property(property);
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

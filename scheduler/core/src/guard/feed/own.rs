//! Soundpost's own list of events in JSON, for programs that watch something themselves. `docs/guard.md` describes it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::text::{cut, one_line};
use super::{ITEMS_MAX, PassedOver, Proposal, Reading, Refusal, SUMMARY_CHARS_MAX, TITLE_CHARS_MAX};
use crate::event::Severity;
use crate::guard::area::wrong_code;
use crate::guard::words::all_kinds;

/// The key by which the format is known; its value is the version.
pub(super) const MARK: &str = "soundpost_events";
const VERSION: &str = "1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(rename = "soundpost_events")]
    _version: String,
    #[serde(default)]
    title: String,
    events: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    id: String,
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default = "unknown")]
    kind: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    places: Vec<String>,
    #[serde(default)]
    countries: Vec<String>,
    #[serde(default)]
    regions: Vec<String>,
    severity: Option<Severity>,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    link: Option<String>,
    #[serde(default)]
    over: bool,
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// Reads the list. An event that does not read is passed over, with what is wrong.
///
/// # Errors
/// [`Refusal`] when the list itself does not read, or is of another version.
pub(super) fn read(json: &Value) -> Result<Reading, Refusal> {
    if json[MARK] != VERSION {
        return Err(Refusal::new(format!(
            "its '{MARK}' is not \"{VERSION}\", the version that is read"
        )));
    }
    let list = List::deserialize(json).map_err(|e| Refusal::new(format!("it is no list of events: {e}")))?;
    let mut reading = Reading {
        format: "Soundpost events".to_owned(),
        title: list.title,
        proposals: Vec::new(),
        passed_over: Vec::new(),
    };
    for (i, value) in list.events.iter().take(ITEMS_MAX).enumerate() {
        match proposal(value) {
            Ok(proposal) => reading.proposals.push(proposal),
            Err(why) => reading.passed_over.push(PassedOver {
                what: format!("event {}", i + 1),
                why,
            }),
        }
    }
    Ok(reading)
}

fn proposal(value: &Value) -> Result<Proposal, String> {
    let item = Item::deserialize(value).map_err(|e| e.to_string())?;
    if item.id.trim().is_empty() || item.title.trim().is_empty() {
        return Err("it needs an id and a title".to_owned());
    }
    if !all_kinds().contains(item.kind.as_str()) {
        return Err(format!("'{}' is not a kind of event", cut(&item.kind, 40)));
    }
    if let Some(wrong) = wrong_code(&item.countries, &item.regions) {
        return Err(wrong);
    }
    let short = |list: Vec<String>| list.iter().take(50).map(|w| cut(&one_line(w), 80)).collect();
    Ok(Proposal {
        names: vec![format!("item:{}", cut(&item.id, TITLE_CHARS_MAX))],
        title: cut(&one_line(&item.title), TITLE_CHARS_MAX),
        summary: cut(&one_line(&item.summary), SUMMARY_CHARS_MAX),
        kind: item.kind,
        tags: short(item.tags),
        places: short(item.places),
        countries: item.countries,
        regions: item.regions,
        severity: item.severity,
        because: match item.severity {
            Some(severity) => format!("it says {severity}"),
            None => "it does not say how bad it is".to_owned(),
        },
        starts_at: item.starts_at,
        ends_at: item.ends_at,
        link: item.link.map(|l| cut(&one_line(&l), 500)),
        is_over: item.over,
    })
}

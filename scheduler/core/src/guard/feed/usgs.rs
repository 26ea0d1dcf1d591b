//! Earthquakes of the United States Geological Survey in `GeoJSON`.
//!
//! | the PAGER alert | proposed as |
//! |---|---|
//! | red, orange | critical |
//! | yellow | high |
//! | none, and `sig` is 600 or more and more than 100 people felt it | watch |
//! | anything else | nothing |
//!
//! The feed says no end. An event of it ends after three days.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::areas::Area;
use super::text::{cut, one_line};
use super::{ITEMS_MAX, PassedOver, Proposal, Reading, TITLE_CHARS_MAX};
use crate::event::Severity;
use crate::guard::feed::Refusal;

/// How long an earthquake counts.
const LASTS: SignedDuration = SignedDuration::from_hours(72);
const SIG_MIN: i64 = 600;
const FELT_MORE_THAN: i64 = 100;

/// Reads a collection.
///
/// # Errors
/// [`Refusal`] when it holds something that is no earthquake.
pub(super) fn read(json: &Value, features: &[Value]) -> Result<Reading, Refusal> {
    let is_one = |f: &Value| f["properties"].get("mag").is_some();
    if !features.iter().all(is_one) {
        return Err(Refusal::new(
            "it is GeoJSON, but neither alerts of the NWS nor earthquakes of the USGS",
        ));
    }
    let mut reading = Reading {
        format: "USGS GeoJSON".to_owned(),
        title: json["metadata"]["title"].as_str().unwrap_or_default().to_owned(),
        proposals: Vec::new(),
        passed_over: Vec::new(),
    };
    for feature in features.iter().take(ITEMS_MAX) {
        match proposal(feature) {
            Ok(proposal) => reading.proposals.push(proposal),
            Err(why) => reading.passed_over.push(PassedOver {
                what: cut(&title(feature), TITLE_CHARS_MAX),
                why,
            }),
        }
    }
    Ok(reading)
}

fn title(feature: &Value) -> String {
    one_line(feature["properties"]["title"].as_str().unwrap_or("an earthquake"))
}

fn proposal(feature: &Value) -> Result<Proposal, String> {
    let of = &feature["properties"];
    let (sig, felt) = (of["sig"].as_i64().unwrap_or(0), of["felt"].as_i64().unwrap_or(0));
    let alert = of["alert"].as_str();
    let severity = match alert {
        Some("red" | "orange") => Severity::Critical,
        Some("yellow") => Severity::High,
        None if sig >= SIG_MIN && felt > FELT_MORE_THAN => Severity::Watch,
        Some(colour) => return Err(format!("PAGER alert '{}'", one_line(colour))),
        None => return Err(format!("no PAGER alert, sig {sig}, felt by {felt}")),
    };
    let id = feature["id"].as_str().ok_or("it has no id")?;
    let others = of["ids"].as_str().unwrap_or_default().split(',');
    let mut names = vec![format!("usgs:{id}")];
    names.extend(
        others
            .filter(|o| !o.is_empty() && *o != id)
            .map(|o| format!("usgs:{o}")),
    );
    let starts_at = of["time"]
        .as_i64()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let (area, places) = area(of["place"].as_str().unwrap_or_default());
    Ok(Proposal {
        names,
        title: cut(&title(feature), TITLE_CHARS_MAX),
        summary: String::new(),
        kind: if of["tsunami"] == 1 {
            "tsunami"
        } else {
            "earthquake"
        }
        .to_owned(),
        tags: Vec::new(),
        places,
        countries: area.countries,
        regions: area.regions,
        severity: Some(severity),
        because: match alert {
            Some(colour) => format!("PAGER alert {colour}"),
            None => format!("no PAGER alert, sig {sig}, felt by {felt}"),
        },
        starts_at,
        ends_at: starts_at.and_then(|at| at.checked_add(LASTS).ok()),
        link: of["url"].as_str().map(str::to_owned),
        is_over: of["status"] == "deleted",
    })
}

/// `8km SW of Virginia City, Nevada` names a town, and a state or a country.
fn area(place: &str) -> (Area, Vec<String>) {
    let mut area = Area::default();
    let (near, wide) = place.rsplit_once(',').map_or((place, place), |(n, w)| (n, w));
    let known = area.add_named(wide);
    let town = near.rsplit_once(" of ").map(|(_, town)| town);
    let mut places: Vec<String> = town.into_iter().map(one_line).collect();
    // Two letters are no name that people write.
    if known && wide.trim().len() > 2 {
        places.push(one_line(wide));
    }
    (area, places)
}

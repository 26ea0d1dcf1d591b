//! Alerts of the National Weather Service of the USA as it gives them at `api.weather.gov`: CAP in `GeoJSON`. `ends` is
//! the end of the danger, `expires` only that of the message.

use serde_json::Value;

use super::alert::{Alert, Info, instant};
use super::{ITEMS_MAX, Reading};

/// Reads a collection.
pub(super) fn read(json: &Value, features: &[Value], language: &str) -> Reading {
    let mut reading = Reading {
        format: "NWS GeoJSON".to_owned(),
        title: text(&json["title"]),
        proposals: Vec::new(),
        passed_over: Vec::new(),
    };
    for feature in features.iter().take(ITEMS_MAX) {
        match alert(feature).proposal(language) {
            Ok(proposal) => reading.proposals.push(proposal),
            Err(passed) => reading.passed_over.push(passed),
        }
    }
    reading
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn alert(feature: &Value) -> Alert {
    let of = &feature["properties"];
    let id = match of["id"].as_str() {
        Some(id) => id.to_owned(),
        None => text(&feature["id"]),
    };
    let references = of["references"].as_array().into_iter().flatten();
    Alert {
        identifier: id,
        // Nobody else writes this format; some samples leave the sender out.
        sender: of["sender"].as_str().unwrap_or("noaa.gov").to_owned(),
        status: text(&of["status"]),
        message: text(&of["messageType"]),
        references: references
            .map(|r| text(&r["identifier"]))
            .filter(|r| !r.is_empty())
            .collect(),
        infos: vec![info(of)],
    }
}

fn info(of: &Value) -> Info {
    let time = |name: &str| of[name].as_str().and_then(instant);
    let mut codes = Vec::new();
    for scheme in ["UGC", "SAME"] {
        let values = of["geocode"][scheme].as_array().into_iter().flatten();
        codes.extend(values.map(|v| (scheme.to_owned(), text(v))));
    }
    let areas = text(&of["areaDesc"]);
    Info {
        language: "en-US".to_owned(),
        event: text(&of["event"]),
        response: text(&of["response"]),
        urgency: text(&of["urgency"]),
        severity: text(&of["severity"]),
        certainty: text(&of["certainty"]),
        begins: time("onset").or_else(|| time("effective")),
        ends: time("ends").or_else(|| time("expires")),
        headline: text(&of["headline"]),
        description: text(&of["description"]),
        link: of["web"].as_str().map(str::to_owned),
        codes: if codes.is_empty() {
            states_of(&areas)
        } else {
            codes
        },
        areas: vec![areas],
    }
}

/// `Osage, OK; Creek, OK` names states even without codes.
fn states_of(areas: &str) -> Vec<(String, String)> {
    let state = |area: &str| area.rsplit_once(',').map(|(_, s)| s.trim().to_owned());
    let named = areas.split(';').filter_map(state);
    named.map(|s| ("ISO".to_owned(), format!("US-{s}"))).collect()
}

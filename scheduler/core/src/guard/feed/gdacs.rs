//! The feed of the Global Disaster Alert and Coordination System: RSS with elements of its own.
//!
//! | alert level | proposed as |
//! |---|---|
//! | Red | critical |
//! | Orange | high |
//! | Green | nothing |
//!
//! The episodes of one disaster share its `eventid` and are one event.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::areas::{Area, of_three_letters};
use super::text::{cut, one_line, plain};
use super::xml::Element;
use super::{ITEMS_MAX, PassedOver, Proposal, Reading, SUMMARY_CHARS_MAX, TITLE_CHARS_MAX};
use crate::event::Severity;

const SPACE: &str = "http://www.gdacs.org";

/// True for RSS whose items have its elements, or that declares itself to be its feed.
pub(super) fn is_gdacs(root: &Element) -> bool {
    let Some(channel) = root.child("channel") else {
        return false;
    };
    channel.all("item").any(|item| is_its(item, "alertlevel")) || channel.words("title").contains("GDACS")
}

fn is_its(item: &Element, name: &str) -> bool {
    item.all(name).any(|c| c.space == SPACE)
}

/// Reads the feed.
pub(super) fn read(root: &Element) -> Reading {
    let channel = root.child("channel").unwrap_or(root);
    let mut reading = Reading {
        format: "GDACS".to_owned(),
        title: channel.words("title"),
        proposals: Vec::new(),
        passed_over: Vec::new(),
    };
    for item in channel.all("item").take(ITEMS_MAX) {
        match proposal(item) {
            Ok(proposal) => reading.proposals.push(proposal),
            Err(why) => reading.passed_over.push(PassedOver {
                what: cut(&item.words("title"), TITLE_CHARS_MAX),
                why,
            }),
        }
    }
    reading
}

fn proposal(item: &Element) -> Result<Proposal, String> {
    let level = item.words("alertlevel");
    let severity = match level.to_ascii_lowercase().as_str() {
        "red" => Severity::Critical,
        "orange" => Severity::High,
        "" => return Err("it has no alert level".to_owned()),
        _ => return Err(format!("alert level {level}")),
    };
    let (kind_letters, id) = (item.words("eventtype"), item.words("eventid"));
    if id.is_empty() {
        return Err("it has no event id".to_owned());
    }
    let is_over = item.words("iscurrent").eq_ignore_ascii_case("false");
    let (area, names) = area(item);
    let storm = item.words("eventname");
    let storm = storm.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit());
    Ok(Proposal {
        names: vec![format!("gdacs:{kind_letters}:{id}")],
        title: cut(&plain(&item.words("title")), TITLE_CHARS_MAX),
        summary: cut(&plain(&item.words("description")), SUMMARY_CHARS_MAX),
        kind: kind(&kind_letters).to_owned(),
        tags: Some(one_line(storm))
            .filter(|s| s.len() > 2)
            .into_iter()
            .collect(),
        places: names,
        countries: area.countries,
        regions: area.regions,
        severity: Some(severity),
        because: format!("alert level {level}; {}", item.words("severity")),
        starts_at: time(item, "fromdate").or_else(|| time(item, "pubDate")),
        ends_at: None,
        link: Some(item.words("link")).filter(|l| !l.is_empty()),
        is_over,
    })
}

fn kind(letters: &str) -> &'static str {
    match letters {
        "EQ" => "earthquake",
        "TC" => "storm",
        "FL" => "flood",
        "TS" => "tsunami",
        "WF" => "fire",
        // Volcanoes and droughts have no words of harm.
        _ => "unknown",
    }
}

/// The countries, by their three letters and by their names.
fn area(item: &Element) -> (Area, Vec<String>) {
    let mut area = Area::default();
    let codes = item.words("iso3");
    codes
        .split([',', ';', ' '])
        .filter_map(of_three_letters)
        .for_each(|two| area.add_country(two));
    let mut places = Vec::new();
    for name in item.words("country").split([',', ';']) {
        let name = one_line(name);
        area.add_named(&name);
        if !name.is_empty() && !places.contains(&name) {
            places.push(name);
        }
    }
    (area, places)
}

fn time(item: &Element, name: &str) -> Option<Timestamp> {
    let read = rfc2822::parse(&item.words(name)).ok()?;
    Some(read.timestamp())
}

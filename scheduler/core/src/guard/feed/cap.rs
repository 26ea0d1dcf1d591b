//! Alerts of the Common Alerting Protocol 1.0, 1.1 and 1.2 in XML: alone, inside the entries of a feed, or as the
//! index that the National Weather Service makes.

use super::alert::{Alert, Info, instant};
use super::text::one_line;
use super::xml::Element;
use super::{ITEMS_MAX, PassedOver, Proposal, Reading};

const SPACE: &str = "urn:oasis:names:tc:emergency:cap:";
const SPACE_OF_1_0: &str = "http://www.incident.com/cap/1.0";

/// The version of an alert; none when the element is none.
pub(super) fn version(element: &Element) -> Option<&str> {
    if element.name != "alert" {
        return None;
    }
    version_of(&element.space)
}

fn version_of(space: &str) -> Option<&str> {
    match space {
        SPACE_OF_1_0 => Some("1.0"),
        space => space.strip_prefix(SPACE),
    }
}

/// Reads a single alert.
pub(super) fn read_one(root: &Element, version: &str, language: &str) -> Reading {
    let said = alert(root).proposal(language);
    reading(format!("CAP {version}"), String::new(), vec![said])
}

/// Reads a feed whose entries hold alerts; none when they do not.
pub(super) fn read_inside(root: &Element, language: &str) -> Option<Reading> {
    let channel = root.child("channel").unwrap_or(root);
    let items: Vec<&Element> = channel
        .children
        .iter()
        .filter(|c| matches!(c.name.as_str(), "entry" | "item"))
        .collect();
    let inner: Vec<(&Element, Option<&Element>)> = items.iter().map(|i| (*i, find(i, 0))).collect();
    let is_alerts = inner
        .iter()
        .any(|(item, alert)| alert.is_some() || is_index(item));
    if !is_alerts {
        return None;
    }
    let said = inner.iter().take(ITEMS_MAX).map(|(item, inside)| match inside {
        Some(inside) => alert(inside).proposal(language),
        None if is_index(item) => indexed(item).proposal(language),
        None => Err(PassedOver {
            what: item.words("title"),
            why: "it holds no alert, only a link".to_owned(),
        }),
    });
    let title = channel.words("title");
    Some(reading("CAP inside a feed".to_owned(), title, said.collect()))
}

fn reading(format: String, title: String, said: Vec<Result<Proposal, PassedOver>>) -> Reading {
    let mut reading = Reading {
        format,
        title,
        proposals: Vec::new(),
        passed_over: Vec::new(),
    };
    for one in said {
        match one {
            Ok(proposal) => reading.proposals.push(proposal),
            Err(passed) => reading.passed_over.push(passed),
        }
    }
    reading
}

/// The alert inside an entry, not deeper than feeds put it.
fn find(element: &Element, depth: usize) -> Option<&Element> {
    if version(element).is_some() {
        return Some(element);
    }
    if depth == 3 {
        return None;
    }
    element.children.iter().find_map(|c| find(c, depth + 1))
}

/// True for an entry that has the words of an alert as its own children.
fn is_index(item: &Element) -> bool {
    item.children
        .iter()
        .any(|c| c.name == "severity" && version_of(&c.space).is_some())
}

fn alert(root: &Element) -> Alert {
    Alert {
        identifier: root.words("identifier"),
        sender: root.words("sender"),
        status: root.words("status"),
        message: root.words("msgType"),
        references: references(&root.words("references")),
        infos: root.all("info").take(ITEMS_MAX).map(info).collect(),
    }
}

/// The entry of an index: what the alert says, without the alert.
fn indexed(item: &Element) -> Alert {
    let mut info = info(item);
    info.headline = item.words("title");
    info.description = item.words("summary");
    info.areas = item.all("areaDesc").map(|a| one_line(&a.text)).collect();
    info.link = item
        .child("link")
        .and_then(|l| l.attribute("href"))
        .map(str::to_owned);
    if let Some(geocode) = item.child("geocode") {
        let names = geocode.all("valueName").map(|n| one_line(&n.text));
        let values = geocode.all("value").map(|v| one_line(&v.text));
        let pairs = names.zip(values);
        info.codes = pairs
            .flat_map(|(n, v)| {
                v.split(' ')
                    .map(|one| (n.clone(), one.to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    Alert {
        identifier: item.words("id"),
        sender: item.child("author").map(|a| a.words("name")).unwrap_or_default(),
        status: item.words("status"),
        message: item.words("msgType"),
        references: references(&item.words("references")),
        infos: vec![info],
    }
}

fn info(element: &Element) -> Info {
    let areas: Vec<&Element> = element.all("area").collect();
    let codes = areas.iter().flat_map(|a| a.all("geocode")).map(code);
    let time = |name: &str| instant(&element.words(name));
    Info {
        language: element.words("language"),
        event: element.words("event"),
        response: element.words("responseType"),
        urgency: element.words("urgency"),
        severity: element.words("severity"),
        certainty: element.words("certainty"),
        begins: time("onset").or_else(|| time("effective")),
        ends: time("expires"),
        headline: element.words("headline"),
        description: element.words("description"),
        link: Some(element.words("web")).filter(|w| !w.is_empty()),
        areas: areas.iter().map(|a| a.words("areaDesc")).collect(),
        codes: codes.collect(),
    }
}

/// `<valueName>UGC</valueName><value>MTZ014</value>`; in 1.0 `UGC=MTZ014`.
fn code(geocode: &Element) -> (String, String) {
    match geocode.text.trim().split_once('=') {
        Some((scheme, value)) if geocode.children.is_empty() => (one_line(scheme), one_line(value)),
        _ => (geocode.words("valueName"), geocode.words("value")),
    }
}

/// `sender,identifier,sent sender,identifier,sent`.
fn references(text: &str) -> Vec<String> {
    let identifier = |one: &str| one.split(',').nth(1).map(str::to_owned);
    text.split_whitespace()
        .take(ITEMS_MAX)
        .filter_map(identifier)
        .filter(|i| !i.is_empty())
        .collect()
}

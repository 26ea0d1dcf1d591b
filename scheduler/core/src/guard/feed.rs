//! What feeds and alerts say, as proposals of events.
//!
//! [`read`] takes the bytes of any feed, alert or list that is known here and gives back what it proposes, what it
//! passed over, or a refusal that says why and where. It is pure, never panics, and is bounded in time and memory:
//! [`BYTES_MAX`], [`DEPTH_MAX`], [`ELEMENTS_MAX`], [`ITEMS_MAX`]. What it reads was written by strangers.
//!
//! A proposal silences. Nothing here is ever shown as a suggestion for a text, and no module that makes or sends
//! posts may use this one; the suite `house` checks that.

mod alert;
mod areas;
mod cap;
mod gdacs;
mod kinds;
pub mod merge;
mod news;
mod nws;
mod own;
mod text;
pub mod trends;
mod usgs;
mod xml;

use jiff::Timestamp;

use crate::event::Severity;

/// The largest feed that is read, in bytes.
pub const BYTES_MAX: usize = 5 * 1024 * 1024;
/// How deep elements may stand inside each other.
pub const DEPTH_MAX: usize = 64;
/// The largest number of elements of a feed.
pub const ELEMENTS_MAX: usize = 200_000;
/// The largest number of items that are looked at; more are passed over, and that is said.
pub const ITEMS_MAX: usize = 1000;
/// The longest title that is kept, in characters.
pub const TITLE_CHARS_MAX: usize = 200;
/// The longest summary that is kept, in characters.
pub const SUMMARY_CHARS_MAX: usize = 600;

/// An event that a feed tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the source calls it; whatever has one of these names is the same event.
    pub names: Vec<String>,
    /// What people call it.
    pub title: String,
    /// A sentence or two; may be empty.
    pub summary: String,
    /// The vocabulary of harm words; `unknown` when its words name none.
    pub kind: String,
    /// Topic words.
    pub tags: Vec<String>,
    /// Place names.
    pub places: Vec<String>,
    /// ISO 3166-1 codes; empty when the source names no country.
    pub countries: Vec<String>,
    /// ISO 3166-2 codes.
    pub regions: Vec<String>,
    /// How bad it is; none when the source does not say.
    pub severity: Option<Severity>,
    /// What the source says of its severity, in its own words.
    pub because: String,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends by itself.
    pub ends_at: Option<Timestamp>,
    /// Where people can read about it.
    pub link: Option<String>,
    /// True when the source says that it is over, or was nothing.
    pub is_over: bool,
}

/// An item that proposes nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// What it is called.
    pub what: String,
    /// Why it proposes nothing.
    pub why: String,
}

/// What a feed says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it was read as, such as `CAP 1.2`.
    pub format: String,
    /// What it calls itself; may be empty.
    pub title: String,
    /// What it proposes.
    pub proposals: Vec<Proposal>,
    /// What it has besides.
    pub passed_over: Vec<PassedOver>,
}

/// Why a feed was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}{}", place(*.at_byte))]
pub struct Refusal {
    /// What is wrong with it.
    pub why: String,
    /// Where, in bytes of its text in UTF-8.
    pub at_byte: Option<usize>,
}

fn place(at_byte: Option<usize>) -> String {
    at_byte.map_or_else(String::new, |at| format!(" (at byte {at})"))
}

impl Refusal {
    fn new(why: impl Into<String>) -> Refusal {
        Refusal {
            why: why.into(),
            at_byte: None,
        }
    }

    fn at(why: impl Into<String>, byte: usize) -> Refusal {
        Refusal {
            why: why.into(),
            at_byte: Some(byte),
        }
    }
}

/// Reads a feed. `content_type` is what the server said; `language` is the one that is wanted where a text comes in
/// several, such as `en`.
///
/// # Errors
/// [`Refusal`]: it is too large, too deep, not a feed, or defines entities.
pub fn read(bytes: &[u8], content_type: Option<&str>, language: &str) -> Result<Reading, Refusal> {
    let text = decoded(bytes, content_type, BYTES_MAX)?;
    let begin = text.trim_start();
    let mut reading = if begin.starts_with('{') {
        read_json(&text, language)?
    } else if begin.starts_with('<') {
        read_xml(&text, language)?
    } else if begin.is_empty() {
        return Err(Refusal::new("it is empty"));
    } else {
        return Err(Refusal::at(
            "it is neither XML nor JSON: a feed begins with '<' or '{'",
            text.len() - begin.len(),
        ));
    };
    reading.title = text::cut(&text::plain(&reading.title), TITLE_CHARS_MAX);
    Ok(reading)
}

fn decoded(bytes: &[u8], content_type: Option<&str>, bytes_max: usize) -> Result<String, Refusal> {
    if bytes.len() > bytes_max {
        let has = bytes.len();
        return Err(Refusal::new(format!(
            "it has {has} bytes; {bytes_max} are the most"
        )));
    }
    text::decode(bytes, content_type)
}

fn read_json(text: &str, language: &str) -> Result<Reading, Refusal> {
    let json: serde_json::Value =
        serde_json::from_str(text).map_err(|e| Refusal::new(format!("it is no JSON: {e}")))?;
    let features = json["features"].as_array();
    match features {
        Some(features) if features.iter().any(|f| f["properties"]["certainty"].is_string()) => {
            Ok(nws::read(&json, features, language))
        }
        // An empty collection says nothing, whoever made it.
        Some(features) => usgs::read(&json, features),
        None if json[own::MARK].is_string() => own::read(&json),
        None => news::read(text, "JSON Feed"),
    }
}

fn read_xml(text: &str, language: &str) -> Result<Reading, Refusal> {
    let root = xml::parse(text)?;
    if let Some(version) = cap::version(&root) {
        return Ok(cap::read_one(&root, version, language));
    }
    if gdacs::is_gdacs(&root) {
        return Ok(gdacs::read(&root));
    }
    if let Some(reading) = cap::read_inside(&root, language) {
        return Ok(reading);
    }
    news::read_xml(text, &root)
}

#[cfg(test)]
mod tests;

//! An alert of the Common Alerting Protocol, whatever it was written in, as a proposal.
//!
//! | severity | urgency | certainty | proposed as |
//! |---|---|---|---|
//! | Extreme | Immediate, Expected | Observed, Likely | critical |
//! | Severe | Immediate, Expected | Observed, Likely | high |
//! | Extreme, Severe | otherwise, but not Past | | watch |
//! | Moderate | Immediate, Expected | Observed, Likely | watch |
//! | anything else | | | nothing |
//!
//! A test, an exercise, a draft or a message between systems proposes nothing. A cancellation, or an update that says
//! that the danger has passed, ends what it refers to.

use jiff::Timestamp;

use super::areas::{Area, of_sender};
use super::kinds;
use super::text::{cut, one_line, plain};
use super::{PassedOver, Proposal, SUMMARY_CHARS_MAX, TITLE_CHARS_MAX};
use crate::event::Severity;

/// How many places are taken from the description of an area.
const PLACES_MAX: usize = 20;
/// Longer descriptions of an area are sentences, not names.
const PLACE_CHARS_MAX: usize = 40;

/// An alert.
#[derive(Debug, Default)]
pub(super) struct Alert {
    pub(super) identifier: String,
    pub(super) sender: String,
    pub(super) status: String,
    pub(super) message: String,
    /// The identifiers of earlier messages that this one is about.
    pub(super) references: Vec<String>,
    /// The same in several languages, or for several areas.
    pub(super) infos: Vec<Info>,
}

/// One block of an alert.
#[derive(Debug, Default)]
pub(super) struct Info {
    pub(super) language: String,
    pub(super) event: String,
    pub(super) response: String,
    pub(super) urgency: String,
    pub(super) severity: String,
    pub(super) certainty: String,
    pub(super) begins: Option<Timestamp>,
    pub(super) ends: Option<Timestamp>,
    pub(super) headline: String,
    pub(super) description: String,
    pub(super) link: Option<String>,
    /// Descriptions of the area, in words.
    pub(super) areas: Vec<String>,
    /// Codes of the area, each with its scheme.
    pub(super) codes: Vec<(String, String)>,
}

impl Info {
    /// How bad it is; none when it is nothing to be silent for.
    pub(super) fn graded(&self) -> Option<Severity> {
        let soon = is_one_of(&self.urgency, &["Immediate", "Expected"]);
        let sure = is_one_of(&self.certainty, &["Observed", "Likely", "Very Likely"]);
        if self.has_passed() {
            return None;
        }
        match (self.severity.as_str(), soon && sure) {
            ("Extreme", true) => Some(Severity::Critical),
            ("Severe", true) => Some(Severity::High),
            ("Extreme" | "Severe", false) | ("Moderate", true) => Some(Severity::Watch),
            _ => None,
        }
    }

    fn has_passed(&self) -> bool {
        is_one_of(&self.urgency, &["Past"]) || is_one_of(&self.response, &["AllClear"])
    }

    fn grade_in_words(&self) -> String {
        let known = |word: &str| if word.is_empty() { "not said" } else { word }.to_owned();
        format!(
            "severity {}, urgency {}, certainty {}",
            known(&self.severity),
            known(&self.urgency),
            known(&self.certainty)
        )
    }
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|w| word.eq_ignore_ascii_case(w))
}

impl Alert {
    /// What it proposes.
    ///
    /// # Errors
    /// Why it proposes nothing.
    pub(super) fn proposal(&self, language: &str) -> Result<Proposal, PassedOver> {
        let Some(shown) = self.shown(language) else {
            return Err(self.nothing("it says nothing about what happens (no info block)"));
        };
        if !self.status.eq_ignore_ascii_case("Actual") {
            return Err(self.nothing(&format!("its status is '{}', not Actual", one_line(&self.status))));
        }
        if self.identifier.is_empty() {
            return Err(self.nothing("it has no identifier"));
        }
        let is_first = self.message.is_empty() || is_one_of(&self.message, &["Alert"]);
        if !is_first && !is_one_of(&self.message, &["Update", "Cancel"]) {
            return Err(self.nothing(&format!(
                "it is a message of the kind '{}'",
                one_line(&self.message)
            )));
        }
        let is_over =
            is_one_of(&self.message, &["Cancel"]) || (!is_first && self.infos.iter().all(Info::has_passed));
        let worst = self.infos.iter().filter_map(Info::graded).max();
        if worst.is_none() && !is_over {
            return Err(self.nothing(&shown.grade_in_words()));
        }
        Ok(self.made(shown, worst, is_over))
    }

    fn made(&self, shown: &Info, severity: Option<Severity>, is_over: bool) -> Proposal {
        let names = std::iter::once(&self.identifier).chain(&self.references);
        let title = plain(if shown.headline.is_empty() {
            &shown.event
        } else {
            &shown.headline
        });
        let summary = plain(&shown.description);
        let kind = kinds::named_in(&format!("{} {title}", shown.event), &summary);
        let area = self.area();
        let begins = self.infos.iter().filter_map(|i| i.begins).min();
        let ends = self.infos.iter().map(|i| i.ends).collect::<Option<Vec<_>>>();
        Proposal {
            names: names.map(|id| format!("cap:{}", one_line(id))).collect(),
            title: cut(&title, TITLE_CHARS_MAX),
            summary: cut(&summary, SUMMARY_CHARS_MAX),
            kind: kind.unwrap_or("unknown").to_owned(),
            tags: Vec::new(),
            places: self.places(),
            countries: area.countries,
            regions: area.regions,
            severity,
            because: if is_over {
                "it is cancelled, or has passed".to_owned()
            } else {
                shown.grade_in_words()
            },
            starts_at: begins,
            ends_at: ends.and_then(|all| all.into_iter().max()),
            link: shown.link.clone(),
            is_over,
        }
    }

    /// The block in the wanted language, else in English, else the first.
    fn shown(&self, language: &str) -> Option<&Info> {
        let speaks = |wanted: &str| {
            let wanted = wanted.to_ascii_lowercase();
            self.infos
                .iter()
                .find(|i| !wanted.is_empty() && i.language.to_ascii_lowercase().starts_with(&wanted))
        };
        speaks(language)
            .or_else(|| speaks("en"))
            .or_else(|| self.infos.first())
    }

    fn area(&self) -> Area {
        let mut area = Area::default();
        for (scheme, value) in self.infos.iter().flat_map(|i| &i.codes) {
            area.add_code(scheme, value);
        }
        // An institute that watches the whole world does not mean its own country.
        let is_worldwide = self.sender.to_ascii_lowercase().contains("usgs.gov");
        if area.is_empty() && !is_worldwide {
            of_sender(&self.sender)
                .into_iter()
                .for_each(|two| area.add_country(two));
        }
        area
    }

    fn places(&self) -> Vec<String> {
        let mut places: Vec<String> = Vec::new();
        let described = self.infos.iter().flat_map(|i| &i.areas);
        for name in described.flat_map(|a| a.split(';')) {
            let name = one_line(name.split(',').next().unwrap_or(name));
            let is_name = !name.is_empty()
                && name.chars().count() <= PLACE_CHARS_MAX
                && name.split(' ').count() <= 4
                && !name.contains(|c: char| c.is_ascii_digit());
            if is_name && !places.contains(&name) && places.len() < PLACES_MAX {
                places.push(name);
            }
        }
        places
    }

    fn nothing(&self, why: &str) -> PassedOver {
        let info = self.infos.first();
        let what = info.map_or("", |i| {
            if i.headline.is_empty() {
                &i.event
            } else {
                &i.headline
            }
        });
        let what = if what.is_empty() { &self.identifier } else { what };
        PassedOver {
            what: cut(&plain(what), TITLE_CHARS_MAX),
            why: why.to_owned(),
        }
    }
}

/// An instant as alerts and feeds of data write it.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    text.trim().parse().ok()
}

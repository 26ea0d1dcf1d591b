//! What a new event is taken for: what a person typed, and what its title says where nothing was typed. All of it is
//! shown, each with the option that changes it.

use jiff::Timestamp;
use soundpost_core::event::{Event, Severity};
use soundpost_core::guard::gazetteer::{self, Located, PlaceKind};
use soundpost_core::guard::title::{self, REVIEW_AFTER, Understood};

use super::App;
use super::error::AppError;
use super::events::upper;
use super::explain::Teller;
use super::view::{area, until};
use crate::control::protocol::{EventAsk, Understanding};
use crate::output::visible;

/// The word for an event that nobody is asked to look at.
pub(super) const NEVER: &str = "never";
/// The word for everywhere.
pub(super) const EVERYWHERE: &str = "*";

/// The facts of a new event, and why each is so.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) kind: String,
    pub(super) severity: Option<Severity>,
    pub(super) places: Vec<String>,
    pub(super) countries: Vec<String>,
    pub(super) regions: Vec<String>,
    /// Empty when the event is taken as typed.
    reasons: Vec<(&'static str, String)>,
}

impl Facts {
    /// What was typed, completed by what the title says.
    pub(super) fn of(ask: &EventAsk) -> Facts {
        let mut facts = Facts {
            kind: ask.kind.clone().unwrap_or_else(|| title::UNKNOWN.to_owned()),
            severity: ask.severity,
            places: ask.places.clone(),
            countries: upper(ask.countries.clone()),
            regions: upper(ask.regions.clone()),
            reasons: Vec::new(),
        };
        if !ask.as_typed {
            let understood = title::understand(&ask.title);
            facts.take_kind(ask, &understood);
            facts.take_severity(ask);
            facts.take_places(ask, understood.places);
        }
        if facts.countries.is_empty() {
            facts.countries.push(EVERYWHERE.to_owned());
        }
        facts
    }

    /// The severity: as typed, as its kind begins, or the worst.
    pub(super) fn severity(&self) -> Severity {
        self.severity.unwrap_or(Severity::Critical)
    }

    fn because(&mut self, what: &'static str, why: impl Into<String>) {
        self.reasons.push((what, why.into()));
    }

    fn take_kind(&mut self, ask: &EventAsk, understood: &Understood) {
        if ask.kind.is_some() {
            return self.because("kind", "as typed");
        }
        let Some(named) = &understood.kind else {
            return self.because("kind", "the title names none: only its own words touch it");
        };
        named.kind.clone_into(&mut self.kind);
        let also: Vec<String> = understood
            .also
            .iter()
            .map(|other| format!("; \"{}\" would be {}", other.found, other.kind))
            .collect();
        self.because(
            "kind",
            format!("the title says \"{}\"{}", named.found, also.concat()),
        );
    }

    fn take_severity(&mut self, ask: &EventAsk) {
        if ask.severity.is_some() {
            return self.because("severity", "as typed");
        }
        let severity = title::severity_of(&self.kind);
        self.severity = Some(severity);
        let waits = match severity {
            Severity::Critical => "every automatic post to the area waits",
            Severity::High => "selling, joking and greeting wait, and what touches it",
            Severity::Watch => "what touches it waits",
        };
        self.because("severity", waits);
    }

    /// The places, and from them the area where none was typed.
    fn take_places(&mut self, ask: &EventAsk, in_title: Vec<Located>) {
        let located: Vec<Located> = if ask.places.is_empty() {
            self.because(
                "places",
                if in_title.is_empty() {
                    "the title names none that is known"
                } else {
                    "from the title"
                },
            );
            in_title
        } else {
            self.because("places", "as typed");
            ask.places.iter().flat_map(|place| where_is(place)).collect()
        };
        if ask.places.is_empty() {
            for place in &located {
                if !self.places.contains(&place.name) {
                    self.places.push(place.name.clone());
                }
            }
        }
        self.take_area(&located);
    }

    fn take_area(&mut self, located: &[Located]) {
        if !self.countries.is_empty() {
            return self.because("area", "as typed");
        }
        if !self.regions.is_empty() {
            self.countries = countries_of(&self.regions);
            return self.because("area", "the country of the region that was typed");
        }
        for place in located {
            if !self.countries.contains(&place.country) {
                self.countries.push(place.country.clone());
            }
        }
        let countries = self.countries.iter();
        self.regions = countries
            .flat_map(|country| regions_of(located, country))
            .collect();
        let why = if self.countries.is_empty() {
            "no country is known: posts to everybody, in every country, are concerned"
        } else {
            "where its places lie"
        };
        self.because("area", why);
    }
}

impl App {
    /// When somebody should look at the event again: as typed, or after an hour when it is critical. A critical event
    /// that ends before that asks nobody.
    pub(super) fn review_of(
        &self,
        ask: &EventAsk,
        severity: Severity,
        starts_at: Timestamp,
        ends_at: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, AppError> {
        match ask.review.as_deref() {
            Some(NEVER) => Ok(None),
            Some(typed) => self.instant(Some(typed)),
            None if ask.as_typed || severity != Severity::Critical => Ok(None),
            None => {
                let at = starts_at.checked_add(REVIEW_AFTER).ok();
                Ok(at.filter(|at| ends_at.is_none_or(|end| *at < end)))
            }
        }
    }

    /// What a new event is taken for, for people; empty when it is taken as typed.
    pub(super) fn understandings(&self, ask: &EventAsk, facts: &Facts, event: &Event) -> Vec<Understanding> {
        let teller = self.teller(&self.zone);
        let mut all: Vec<Understanding> = facts
            .reasons
            .iter()
            .map(|(what, why)| understanding(what, &value(what, event), why))
            .collect();
        if all.is_empty() {
            return all;
        }
        let as_typed =
            |is_typed: bool, otherwise: &'static str| if is_typed { "as typed" } else { otherwise };
        let tags: Vec<&str> = event
            .tags
            .iter()
            .chain(&event.entities)
            .map(String::as_str)
            .collect();
        let none = "only what you type, nothing from the title";
        all.push(understanding(
            "tags",
            &listed(&tags),
            as_typed(!tags.is_empty(), none),
        ));
        let is_typed = ask.from.is_some() || ask.until.is_some();
        all.push(understanding(
            "window",
            &window(&teller, event),
            as_typed(is_typed, "no other time was typed"),
        ));
        let review = event
            .review_at
            .map_or_else(|| NEVER.to_owned(), |at| teller.instant(at));
        let otherwise = match (event.severity, event.review_at) {
            (Severity::Critical, Some(_)) => "an hour, because it is critical",
            (Severity::Critical, None) => "it ends before that",
            _ => "only a critical event asks by itself",
        };
        all.push(understanding(
            "review",
            &review,
            as_typed(ask.review.is_some(), otherwise),
        ));
        all
    }
}

fn understanding(what: &str, value: &str, because: &str) -> Understanding {
    let option = match what {
        "kind" => "--kind",
        "severity" => "--severity",
        "places" => "--place",
        "area" => "--country",
        "tags" => "--tag",
        "window" => "--until",
        _ => "--review",
    };
    Understanding {
        what: what.to_owned(),
        value: visible(value).into_owned(),
        because: visible(because).into_owned(),
        option: option.to_owned(),
    }
}

fn value(what: &str, event: &Event) -> String {
    match what {
        "kind" => event.kind.clone(),
        "severity" => event.severity.to_string(),
        "places" => listed(&event.places.iter().map(String::as_str).collect::<Vec<_>>()),
        _ if event.countries.iter().any(|c| c == EVERYWHERE) => "EVERYWHERE".to_owned(),
        _ => area(event),
    }
}

fn listed(words: &[&str]) -> String {
    if words.is_empty() {
        return "none".to_owned();
    }
    words.join(", ")
}

fn window(teller: &Teller<'_>, event: &Event) -> String {
    let from = if event.starts_at == event.flagged_at {
        "from now".to_owned()
    } else {
        format!("from {}", teller.instant(event.starts_at))
    };
    format!("{from} {}", until(event, teller.now, teller))
}

/// Where a place is that a person typed, with or without a capital.
fn where_is(place: &str) -> Vec<Located> {
    let found = gazetteer::find(place);
    if found.is_empty() {
        gazetteer::locate(place).into_iter().collect()
    } else {
        found
    }
}

/// The country of each region, once.
pub(super) fn countries_of(regions: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (country, _) in regions.iter().filter_map(|region| region.split_once('-')) {
        if !out.iter().any(|c| c == country) {
            out.push(country.to_owned());
        }
    }
    out
}

/// The regions of a country that an event is narrowed to; none when a place in it has no region that is known, or when
/// only the country is named.
fn regions_of(located: &[Located], country: &str) -> Vec<String> {
    let places = located
        .iter()
        .filter(|place| place.country == country && place.kind != PlaceKind::Country);
    let regions: Option<Vec<String>> = places.map(|place| place.region.clone()).collect();
    let mut regions = regions.unwrap_or_default();
    regions.sort();
    regions.dedup();
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(title: &str) -> EventAsk {
        EventAsk {
            title: title.to_owned(),
            ..EventAsk::default()
        }
    }

    fn because(facts: &Facts, what: &str) -> String {
        let reason = facts.reasons.iter().find(|(of, _)| *of == what);
        reason.map(|(_, why)| why.clone()).unwrap_or_default()
    }

    #[test]
    fn a_title_says_kind_places_area_and_severity() {
        let facts = Facts::of(&ask("shooting in Oslo"));
        assert_eq!(
            (facts.kind.as_str(), facts.severity()),
            ("shooting", Severity::Critical)
        );
        assert_eq!(facts.places, ["Oslo"]);
        assert_eq!(
            (facts.countries, facts.regions),
            (vec!["NO".to_owned()], vec!["NO-03".to_owned()])
        );
    }

    #[test]
    fn what_is_typed_wins() {
        let typed = EventAsk {
            kind: Some("fire".to_owned()),
            severity: Some(Severity::Watch),
            places: vec!["bergen".to_owned()],
            ..ask("shooting in Oslo")
        };
        let facts = Facts::of(&typed);
        assert_eq!((facts.kind.as_str(), facts.severity()), ("fire", Severity::Watch));
        assert_eq!(
            (facts.places.as_slice(), facts.countries.as_slice()),
            (&["bergen".to_owned()][..], &["NO".to_owned()][..])
        );
        let sweden = EventAsk {
            countries: vec!["se".to_owned()],
            ..ask("shooting in Oslo")
        };
        let facts = Facts::of(&sweden);
        assert_eq!(
            (facts.countries, facts.regions),
            (vec!["SE".to_owned()], Vec::new())
        );
        let region = EventAsk {
            regions: vec!["us-co".to_owned()],
            ..ask("shooting in Oslo")
        };
        let facts = Facts::of(&region);
        assert_eq!(
            (facts.countries, facts.regions),
            (vec!["US".to_owned()], vec!["US-CO".to_owned()])
        );
    }

    #[test]
    fn without_a_known_place_it_is_everywhere_and_says_so() {
        let facts = Facts::of(&ask("something happened"));
        assert_eq!(
            (facts.kind.as_str(), facts.severity()),
            ("unknown", Severity::Critical)
        );
        assert_eq!(facts.countries, ["*"]);
        assert!(because(&facts, "area").contains("every country"));
    }

    #[test]
    fn a_country_alone_is_not_narrowed() {
        let facts = Facts::of(&ask("Flood in Germany and Bavaria, fire in Norway"));
        assert_eq!(facts.countries, ["DE", "NO"]);
        assert_eq!(facts.regions, ["DE-BY"]);
    }

    #[test]
    fn as_typed_reads_nothing_from_the_title() {
        let typed = EventAsk {
            as_typed: true,
            ..ask("shooting in Oslo")
        };
        let facts = Facts::of(&typed);
        assert_eq!(
            (facts.kind.as_str(), facts.severity()),
            ("unknown", Severity::Critical)
        );
        assert!(facts.places.is_empty() && facts.reasons.is_empty());
        assert_eq!(facts.countries, ["*"]);
    }
}

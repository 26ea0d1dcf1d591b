//! Countries and states by their codes and names.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::guard::area::is_country;

/// A country.
struct Country {
    two: &'static str,
    three: &'static str,
    names: Vec<String>,
}

/// A state of the USA.
struct State {
    letters: &'static str,
    number: &'static str,
    name: &'static str,
}

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let fields = lines(include_str!("../../../words/countries.tsv"));
    let country = |f: Vec<&'static str>| match f[..] {
        [two, three, names] => Some(Country {
            two,
            three,
            names: names.split(';').map(str::to_lowercase).collect(),
        }),
        _ => None,
    };
    fields.filter_map(country).collect()
});

static STATES: LazyLock<Vec<State>> = LazyLock::new(|| {
    let fields = lines(include_str!("../../../words/us-states.tsv"));
    let state = |f: Vec<&'static str>| match f[..] {
        [letters, number, name] => Some(State {
            letters,
            number,
            name,
        }),
        _ => None,
    };
    fields.filter_map(state).collect()
});

static BY_NAME: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let names = |c: &'static Country| c.names.iter().map(|n| (n.as_str(), c.two));
    COUNTRIES.iter().flat_map(names).collect()
});

fn lines(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty())
        .map(|l| l.split('\t').collect())
}

/// An area as codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Area {
    /// ISO 3166-1.
    pub(super) countries: Vec<String>,
    /// ISO 3166-2.
    pub(super) regions: Vec<String>,
}

impl Area {
    /// Adds a country.
    pub(super) fn add_country(&mut self, two: &str) {
        if !self.countries.iter().any(|c| c == two) {
            self.countries.push(two.to_owned());
        }
    }

    /// Adds a state of the USA by its letters; a territory with a code of its own is a country.
    pub(super) fn add_state(&mut self, letters: &str) {
        if STATES.iter().any(|s| s.letters == letters) {
            self.add_country("US");
            let region = format!("US-{letters}");
            if !self.regions.contains(&region) {
                self.regions.push(region);
            }
        } else if ["PR", "GU", "VI", "AS", "MP"].contains(&letters) {
            self.add_country(letters);
        }
    }

    /// Adds what a code of an alert stands for, as far as it is known: UGC, SAME (FIPS), ISO 3166.
    pub(super) fn add_code(&mut self, scheme: &str, value: &str) {
        let value = value.trim();
        match scheme.to_ascii_uppercase().as_str() {
            "UGC" if value.len() == 6 => self.add_state(value.get(..2).unwrap_or_default()),
            "SAME" | "FIPS6" | "FIPS" if value.len() == 6 => {
                let number = value.get(1..3).unwrap_or_default();
                if let Some(state) = STATES.iter().find(|s| s.number == number) {
                    self.add_state(state.letters);
                }
            }
            _ => self.add_iso(value),
        }
    }

    /// Adds `NO` or `AU-NSW`.
    fn add_iso(&mut self, value: &str) {
        match value.split_once('-') {
            Some(("US", state)) => self.add_state(state),
            Some((country, rest)) if is_country(country) && is_region_tail(rest) => {
                self.add_country(country);
                if !self.regions.iter().any(|r| r == value) {
                    self.regions.push(value.to_owned());
                }
            }
            None if is_country(value) => self.add_country(value),
            _ => {}
        }
    }

    /// Adds the country or the state of the USA with this name, also a state's two letters.
    pub(super) fn add_named(&mut self, name: &str) -> bool {
        let name = name.trim();
        if let Some(state) = STATES
            .iter()
            .find(|s| s.name.eq_ignore_ascii_case(name) || s.letters == name)
            && name != "Georgia"
        {
            self.add_state(state.letters);
            return true;
        }
        let found = BY_NAME.get(name.to_lowercase().as_str());
        found.is_some_and(|two| {
            self.add_country(two);
            true
        })
    }

    /// True when no country is known.
    pub(super) fn is_empty(&self) -> bool {
        self.countries.is_empty()
    }
}

fn is_region_tail(rest: &str) -> bool {
    (1..=3).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// The two letters for the three letters of a country.
pub(super) fn of_three_letters(three: &str) -> Option<&'static str> {
    let three = three.trim().to_ascii_uppercase();
    COUNTRIES.iter().find(|c| c.three == three).map(|c| c.two)
}

/// The country that the address of a sender stands for: an e-mail address, a host or a URL.
pub(super) fn of_sender(sender: &str) -> Option<&'static str> {
    let host = sender.rsplit('@').next().unwrap_or(sender);
    let host = host.split_once("://").map_or(host, |(_, rest)| rest);
    let host = host.split(['/', ':', ',', ' ']).next()?.to_ascii_lowercase();
    let (_, last) = host.rsplit_once('.')?;
    match last {
        "gov" | "mil" => Some("US"),
        "uk" => Some("GB"),
        // Of the whole union, not of a country.
        "eu" => None,
        last => {
            let two = last.to_ascii_uppercase();
            COUNTRIES.iter().find(|c| c.two == two).map(|c| c.two)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        assert_eq!((COUNTRIES.len(), STATES.len()), (250, 51));
        for country in COUNTRIES.iter() {
            assert!(
                is_country(country.two) && country.three.len() == 3,
                "{}",
                country.two
            );
        }
    }

    #[test]
    fn codes_of_alerts_are_states_and_countries() {
        let mut area = Area::default();
        for (scheme, value) in [
            ("UGC", "OKC113"),
            ("SAME", "006037"),
            ("FIPS6", "030049"),
            ("UGC", "PZZ130"),
            ("SAME", "072001"),
            ("http://www.iso.org/iso/country_codes.html", "AU-NSW"),
            ("profile:CAP-CP:Location:0.3", "3537064"),
            ("http://www.psma.com.au/?product=postcode-boundaries", "2642"),
        ] {
            area.add_code(scheme, value);
        }
        assert_eq!(area.countries, ["US", "AU"]);
        assert_eq!(area.regions, ["US-OK", "US-CA", "US-MT", "AU-NSW"]);
    }

    #[test]
    fn names_and_senders_are_countries() {
        let mut area = Area::default();
        for name in ["Nevada", "CA", "Mexico", "Georgia", "south korea", "Atlantis"] {
            area.add_named(name);
        }
        assert_eq!(area.countries, ["US", "MX", "GE", "KR"]);
        assert_eq!(area.regions, ["US-NV", "US-CA"]);
        assert_eq!(of_three_letters("mus"), Some("MU"));
        for (sender, country) in [
            ("w-nws.webmaster@noaa.gov", Some("US")),
            ("KSTO@NWS.NOAA.GOV", Some("US")),
            ("cap@ec.gc.ca", Some("CA")),
            ("webmaster@rfs.nsw.gov.au", Some("AU")),
            ("https://api.met.no/x", Some("NO")),
            ("somebody", None),
            ("a@example.org", None),
        ] {
            assert_eq!(of_sender(sender), country, "{sender}");
        }
    }
}

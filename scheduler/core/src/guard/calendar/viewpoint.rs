//! Whose day is it? A whole day begins and ends where the readers are: in the zone of the account, and in the zones of
//! other countries that the day and the audience share.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use super::occurrence::Occurrence;
use super::properties::Day;
use crate::guard::area::{self, is_everywhere};
use crate::post::Audience;

/// For each country its zones, from the easternmost to the westernmost.
static ZONES: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("../../../words/zones.tsv").lines();
    let rows = lines.filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t'))
        .map(|(country, zones)| (country, zones.split(',').collect()))
        .collect()
});

/// The countries that lie in this zone, by its name.
pub fn countries_of_zone(zone_name: &str) -> Vec<&'static str> {
    let has = |zones: &[&str]| zones.contains(&zone_name);
    let rows = ZONES.iter().filter(|(_, zones)| has(zones));
    rows.map(|(country, _)| *country).collect()
}

/// From where sensitive days are seen: the zone of an account, and perhaps the audience of a post.
#[derive(Debug)]
pub struct Viewpoint<'a> {
    zone_name: &'a str,
    audience: Option<&'a Audience>,
    zones: &'a TimeZoneDatabase,
    /// The account's zone, looked up once; none when it is not known.
    zone: OnceCell<Option<TimeZone>>,
}

impl<'a> Viewpoint<'a> {
    /// Everything as seen in this zone.
    pub fn zone(zone_name: &'a str, zones: &'a TimeZoneDatabase) -> Viewpoint<'a> {
        Viewpoint {
            zone_name,
            audience: None,
            zones,
            zone: OnceCell::new(),
        }
    }

    /// What concerns this audience of an account in this zone.
    pub fn audience(
        zone_name: &'a str,
        audience: &'a Audience,
        zones: &'a TimeZoneDatabase,
    ) -> Viewpoint<'a> {
        Viewpoint {
            audience: Some(audience),
            ..Viewpoint::zone(zone_name, zones)
        }
    }

    /// True when somebody of the audience is in the day's area.
    pub(super) fn concerns(&self, day: &Day) -> bool {
        let meets = |audience| area::meets(&day.countries, &day.regions, audience);
        self.audience.is_none_or(meets)
    }

    /// From when to when the day counts: its lead and its tail included.
    pub(super) fn window(&self, occurrence: &Occurrence, day: &Day) -> (Timestamp, Timestamp) {
        let (begins, ends) = self.span(occurrence, day);
        let hours = |hours: u16| SignedDuration::from_hours(i64::from(hours));
        (
            begins.checked_sub(hours(day.lead_hours)).unwrap_or(begins),
            ends.checked_add(hours(day.tail_hours)).unwrap_or(ends),
        )
    }

    /// From its begin in the easternmost to its end in the westernmost zone of those who read.
    pub(super) fn span(&self, occurrence: &Occurrence, day: &Day) -> (Timestamp, Timestamp) {
        let (at_home, abroad): (Vec<_>, Vec<_>) = self
            .countries(day)
            .into_iter()
            .partition(|country| zones_of(country).contains(&self.zone_name));
        let is_for_all = self.audience.is_none_or(|a| is_everywhere(&a.countries));
        let sees_it_at_home = is_for_all || !at_home.is_empty() || abroad.is_empty();
        let home = sees_it_at_home.then(|| occurrence.window(self.home()));
        let abroad = abroad
            .into_iter()
            .flat_map(|country| self.ends_of(country))
            .map(|zone| occurrence.window(zone.as_ref()));
        let all = home.into_iter().chain(abroad);
        let widest = all.reduce(|(from, to), (begins, ends)| (from.min(begins), to.max(ends)));
        widest.unwrap_or_else(|| occurrence.window(None))
    }

    /// The account's zone.
    pub(super) fn home(&self) -> Option<&TimeZone> {
        let look = || self.zones.get(self.zone_name).ok();
        self.zone.get_or_init(look).as_ref()
    }

    /// The countries that the day and the audience share; none when neither names one, or all is seen from one zone.
    fn countries<'d>(&'d self, day: &'d Day) -> Vec<&'d str> {
        let Some(audience) = self.audience else {
            return Vec::new();
        };
        let all = |codes: &'d [String]| codes.iter().map(String::as_str).collect::<Vec<_>>();
        match (is_everywhere(&day.countries), is_everywhere(&audience.countries)) {
            (true, true) => Vec::new(),
            (true, false) => all(&audience.countries),
            (false, true) => all(&day.countries),
            (false, false) => {
                let shared = |c: &&str| audience.countries.iter().any(|a| a.eq_ignore_ascii_case(c));
                all(&day.countries).into_iter().filter(shared).collect()
            }
        }
    }

    /// The easternmost and the westernmost zone of a country. A country without zones is read as all zones of the earth.
    fn ends_of(&self, country: &str) -> Vec<Option<TimeZone>> {
        let zones = zones_of(country);
        let ends: Vec<_> = zones
            .first()
            .into_iter()
            .chain(zones.get(1..).and_then(<[_]>::last))
            .collect();
        if ends.is_empty() {
            return vec![None];
        }
        ends.into_iter().map(|name| self.zones.get(name).ok()).collect()
    }
}

fn zones_of(country: &str) -> &'static [&'static str] {
    let upper = country.to_ascii_uppercase();
    ZONES.get(upper.as_str()).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::area::is_country;

    #[test]
    fn every_country_of_the_table_is_one_and_its_ends_are_the_farthest() {
        let zones = TimeZoneDatabase::bundled();
        let offset = |name: &str, at: Timestamp| zones.get(name).unwrap().to_offset(at);
        for (country, names) in &*ZONES {
            assert!(is_country(country), "{country}");
            for month in 1..=12 {
                let at: Timestamp = format!("2031-{month:02}-09T12:00:00Z").parse().unwrap();
                let all: Vec<_> = names.iter().map(|name| offset(name, at)).collect();
                assert_eq!(
                    all.first(),
                    all.iter().max(),
                    "{country} in {month}: the easternmost first"
                );
                assert_eq!(
                    all.last(),
                    all.iter().min(),
                    "{country} in {month}: the westernmost last"
                );
            }
        }
    }

    #[test]
    fn a_zone_tells_its_country() {
        assert_eq!(countries_of_zone("Europe/Oslo"), ["NO"]);
        assert_eq!(countries_of_zone("America/Chicago"), ["US"]);
        assert_eq!(countries_of_zone("UTC"), [""; 0]);
    }
}

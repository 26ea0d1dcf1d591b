//! Where: does the area of an event meet an audience?

use crate::event::Event;
use crate::post::Audience;

/// The word for everywhere.
const EVERYWHERE: &str = "*";

/// True when somebody of the audience is in the event's area.
///
/// They meet when the audience has no countries, or the event is everywhere, or they share a country. Regions only
/// narrow: where both name regions of the shared country, they must share one.
pub fn overlaps(event: &Event, audience: &Audience) -> bool {
    is_everywhere(&event.countries)
        || is_everywhere(&audience.countries)
        || shared_countries(event, audience).any(|country| meets_in(event, audience, country))
}

/// The area that both share, in words.
pub fn shared(event: &Event, audience: &Audience) -> String {
    match (
        is_everywhere(&event.countries),
        is_everywhere(&audience.countries),
    ) {
        (true, true) => "everywhere".to_owned(),
        (true, false) => names(&audience.countries, &audience.regions),
        (false, true) => format!(
            "{} (the post is for everybody)",
            names(&event.countries, &event.regions)
        ),
        (false, false) => {
            let meets = |c: &&String| meets_in(event, audience, c);
            let countries: Vec<String> = shared_countries(event, audience).filter(meets).cloned().collect();
            let regions: Vec<String> = event
                .regions
                .iter()
                .filter(|r| countries.iter().any(|c| is_region_of(r, c)))
                .cloned()
                .collect();
            names(&countries, &regions)
        }
    }
}

fn is_everywhere(countries: &[String]) -> bool {
    countries.is_empty() || countries.iter().any(|c| c == EVERYWHERE)
}

fn shared_countries<'a>(event: &'a Event, audience: &'a Audience) -> impl Iterator<Item = &'a String> {
    event
        .countries
        .iter()
        .filter(|c| audience.countries.iter().any(|a| a.eq_ignore_ascii_case(c)))
}

fn meets_in(event: &Event, audience: &Audience, country: &str) -> bool {
    let regions_of = |all: &[String]| -> Vec<String> {
        let own = all.iter().filter(|r| is_region_of(r, country));
        own.map(|r| r.to_ascii_uppercase()).collect()
    };
    let (there, here) = (regions_of(&event.regions), regions_of(&audience.regions));
    there.is_empty() || here.is_empty() || there.iter().any(|r| here.contains(r))
}

/// `US-CO` is a region of `US`.
fn is_region_of(region: &str, country: &str) -> bool {
    let of = region.split_once('-').map(|(of, _)| of);
    of.is_some_and(|of| of.eq_ignore_ascii_case(country))
}

fn names(countries: &[String], regions: &[String]) -> String {
    match regions {
        [] => countries.join(", "),
        _ => format!("{} ({})", countries.join(", "), regions.join(", ")),
    }
}

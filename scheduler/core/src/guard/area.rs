//! Where: does the area of an event meet an audience?

use crate::event::Event;
use crate::post::Audience;

/// The word for everywhere.
pub(crate) const EVERYWHERE: &str = "*";

/// True when somebody of the audience is in the event's area.
///
/// They meet when the audience has no countries, or the event is everywhere, or they share a country. Regions only
/// narrow: where both name regions of the shared country, they must share one.
pub fn overlaps(event: &Event, audience: &Audience) -> bool {
    meets(&event.countries, &event.regions, audience)
}

/// The same of an area that is no event yet.
pub(super) fn meets(countries: &[String], regions: &[String], audience: &Audience) -> bool {
    is_everywhere(countries)
        || is_everywhere(&audience.countries)
        || shared_countries(countries, audience).any(|country| meets_in(regions, audience, country))
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
            let meets = |c: &&String| meets_in(&event.regions, audience, c);
            let shared = shared_countries(&event.countries, audience);
            let countries: Vec<String> = shared.filter(meets).cloned().collect();
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

/// True when these codes stand for the whole world.
pub(super) fn is_everywhere(countries: &[String]) -> bool {
    countries.is_empty() || countries.iter().any(|c| c == EVERYWHERE)
}

fn shared_countries<'a>(countries: &'a [String], audience: &'a Audience) -> impl Iterator<Item = &'a String> {
    countries
        .iter()
        .filter(|c| audience.countries.iter().any(|a| a.eq_ignore_ascii_case(c)))
}

fn meets_in(regions: &[String], audience: &Audience, country: &str) -> bool {
    let regions_of = |all: &[String]| -> Vec<String> {
        let own = all.iter().filter(|r| is_region_of(r, country));
        own.map(|r| r.to_ascii_uppercase()).collect()
    };
    let (there, here) = (regions_of(regions), regions_of(&audience.regions));
    there.is_empty() || here.is_empty() || there.iter().any(|r| here.contains(r))
}

/// `US-CO` is a region of `US`.
pub(super) fn is_region_of(region: &str, country: &str) -> bool {
    let of = region.split_once('-').map(|(of, _)| of);
    of.is_some_and(|of| of.eq_ignore_ascii_case(country))
}

fn names(countries: &[String], regions: &[String]) -> String {
    match regions {
        [] => countries.join(", "),
        _ => format!("{} ({})", countries.join(", "), regions.join(", ")),
    }
}

/// The codes of ISO 3166-1 in use, and XK, which is used for Kosovo.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES \
    ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE \
    IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY \
    MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU \
    NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM \
    SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE \
    VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// True for a country's code of ISO 3166-1 in upper case.
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && COUNTRIES.split(' ').any(|known| known == code)
}

/// The first code that is no country of ISO 3166-1, or no region of ISO 3166-2 (`CC-...`), with what is wrong.
pub fn wrong_code(countries: &[String], regions: &[String]) -> Option<String> {
    if let Some(code) = countries.iter().find(|c| *c != "*" && !is_country(c)) {
        return Some(format!(
            "'{code}' is not a country: use a code of two letters, such as NO for Norway"
        ));
    }
    let is_region = |r: &&String| {
        r.split_once('-')
            .is_some_and(|(c, rest)| is_country(c) && !rest.is_empty())
    };
    let region = regions.iter().find(|r| !is_region(r))?;
    Some(format!("'{region}' is not a region: use a code such as US-CO"))
}

//! What a verdict costs: with few events and with many, beside a plain scan with one regular expression for each event;
//! and with all calendars that come with the program, beside none.
//!
//! `cargo bench -p soundpost-tests --bench guard`. Read the ratios; absolute figures are those of the machine.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use regex::{Regex, RegexBuilder};
use soundpost_core::account::Account;
use soundpost_core::event::Event;
use soundpost_core::guard::calendar::Calendar;
use soundpost_core::guard::calendar::shipped::SHIPPED;
use soundpost_core::guard::{Input, Verdict, judge};
use soundpost_core::post::{Audience, Category, Part};
use soundpost_core::world::World;
use soundpost_fixtures::build;
use soundpost_tests::world::unrelated;

const EVENTS_FEW: usize = 10;
const EVENTS_MANY: usize = 10_000;
/// Rounds of all texts; the fastest counts, since other work on the machine only ever slows one down.
const ROUNDS: usize = 15;

const TEXTS: [(&str, &str); 8] = [
    (
        "en",
        "Good morning! Our autumn sale starts today: twenty per cent off all strings, bows and cases. See you in the shop.",
    ),
    (
        "en",
        "Behind the scenes: how a bridge is carved, from the first cut to the last, in three photos. #lutherie #handmade",
    ),
    (
        "de",
        "Neu im Schaufenster: Geigenkästen aus Leinen, in drei Farben. Wir freuen uns auf euren Besuch am Samstag!",
    ),
    (
        "fr",
        "Un concert gratuit samedi soir dans la cour de l'atelier, avec le quatuor des quatre saisons. Entrée libre.",
    ),
    (
        "nb",
        "Lørdag er det åpent verksted fra klokka ti til fire. Ta med instrumentet ditt, så ser vi på det sammen.",
    ),
    (
        "ru",
        "В субботу открытая мастерская: покажем, как делают струны, и подарим канифоль первым двадцати гостям.",
    ),
    (
        "ja",
        "秋の新作ケースが入荷しました。土曜日は工房でお待ちしています。",
    ),
    (
        "es",
        "Este sábado abrimos el taller: ven con tu violín y lo afinamos juntos mientras tomas un café.",
    ),
];

fn world(count: usize) -> World {
    World {
        events: (0..count).map(unrelated::event).collect(),
        ..World::default()
    }
}

/// All calendars that come with the program.
fn shipped() -> World {
    let calendars = SHIPPED
        .iter()
        .map(|s| (s.name.to_owned(), Arc::new(s.calendar())));
    World {
        calendars: calendars.collect(),
        ..World::default()
    }
}

/// One calendar with as many times as one may have, and none near.
fn large() -> World {
    let week = "RRULE:FREQ=WEEKLY;UNTIL=20991231";
    let days = (0..18).map(|n| {
        format!("BEGIN:VEVENT\nUID:{n}\nSUMMARY:Qday{n}\nDTSTART;VALUE=DATE:20000102\n{week}\nX-SOUNDPOST-COUNTRIES:AR\nEND:VEVENT\n")
    });
    let text = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", days.collect::<String>());
    let calendar = Calendar::parse("large", &text).expect("within the limits");
    World {
        calendars: BTreeMap::from([("large".to_owned(), Arc::new(calendar))]),
        ..World::default()
    }
}

struct Queue {
    at: Timestamp,
    account: Account,
    audience: Audience,
    posts: Vec<(&'static str, Vec<Part>)>,
}

impl Queue {
    fn new() -> Queue {
        let part = |text: &str| Part {
            text: text.to_owned(),
            ..Part::default()
        };
        Queue {
            // A day without a sensitive one nearby.
            at: "2027-03-03T12:00:00Z".parse().expect("an instant"),
            account: build::account(1),
            audience: Audience {
                countries: vec!["DE".to_owned(), "NO".to_owned()],
                ..Audience::default()
            },
            posts: TEXTS
                .iter()
                .map(|(language, text)| (*language, vec![part(text)]))
                .collect(),
        }
    }

    fn input(&self, number: usize) -> Input<'_> {
        let (language, parts) = &self.posts[number];
        Input {
            at: self.at,
            account: &self.account,
            category: Category::Promo,
            audience: &self.audience,
            language: Some(language),
            parts,
            approval: None,
            scene: None,
        }
    }
}

/// The fastest time for a verdict on each text.
fn fastest(mut verdicts: impl FnMut()) -> Duration {
    let once = |_| {
        let started = Instant::now();
        verdicts();
        started.elapsed()
    };
    (0..ROUNDS).map(once).min().expect("at least one round") / u32::try_from(TEXTS.len()).expect("few texts")
}

fn verdict(queue: &Queue, world: &World) -> Duration {
    let zones = TimeZoneDatabase::bundled();
    fastest(|| {
        for number in 0..TEXTS.len() {
            let verdict = judge(black_box(&queue.input(number)), world, &zones);
            assert!(
                matches!(verdict, Verdict::Allow { .. }),
                "no event touches these texts"
            );
        }
    })
}

/// One regular expression for each event, of its own words and a handful of harm words of its kind.
fn scanners(world: &World) -> Vec<Regex> {
    let harm = BTreeMap::from([
        ("shooting", "shoot|shot|gun"),
        ("fire", "fire|burn"),
        ("flood", "flood|wave"),
    ]);
    let expression = |event: &Event| {
        let own = event.tags.iter().chain(&event.places).chain(&event.entities);
        let mut words: Vec<String> = own.map(|w| regex::escape(w)).collect();
        words.extend(harm.get(event.kind.as_str()).map(|h| (*h).to_owned()));
        let text = format!(r"\b(?:{})\b", words.join("|"));
        RegexBuilder::new(&text)
            .case_insensitive(true)
            .build()
            .expect("escaped words")
    };
    world.events.values().map(expression).collect()
}

fn scan(scanners: &[Regex]) -> Duration {
    fastest(|| {
        for (_, text) in TEXTS {
            // Some hit: a plain scan knows no harmless use of a word.
            let hits = scanners.iter().filter(|s| s.is_match(black_box(text))).count();
            black_box(hits);
        }
    })
}

fn per_second(each: Duration) -> f64 {
    1.0 / each.as_secs_f64()
}

fn main() {
    let queue = Queue::new();
    let (few, many) = (world(EVENTS_FEW), world(EVENTS_MANY));
    verdict(&queue, &many);
    let (with_few, with_many) = (verdict(&queue, &few), verdict(&queue, &many));
    let (with_none, with_shipped) = (verdict(&queue, &World::default()), verdict(&queue, &shipped()));
    let with_large = verdict(&queue, &large());
    let (scan_few, scan_many) = (scan(&scanners(&few)), scan(&scanners(&many)));
    for (what, events, each) in [
        ("verdict", EVENTS_FEW, with_few),
        ("verdict", EVENTS_MANY, with_many),
        ("one regular expression an event", EVENTS_FEW, scan_few),
        ("one regular expression an event", EVENTS_MANY, scan_many),
    ] {
        println!(
            "{what:<32} {events:>6} events {:>10.1} us {:>10.0}/s",
            each.as_secs_f64() * 1e6,
            per_second(each)
        );
    }
    println!(
        "calendars: none {with_none:?}, all that ship {with_shipped:?}, the largest that may be {with_large:?}"
    );
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    println!(
        "a verdict with {EVENTS_MANY} events costs {:.2} of one with {EVENTS_FEW}",
        ratio(with_many, with_few)
    );
    println!(
        "a verdict with all {} calendars that ship costs {:.2} of one with none; with the largest that may be {:.2}",
        SHIPPED.len(),
        ratio(with_shipped, with_none),
        ratio(with_large, with_none)
    );
    println!(
        "the scan with {EVENTS_MANY} events costs {:.1} verdicts",
        ratio(scan_many, with_many)
    );
}

//! Wall times over the changes of the clocks, and clocks that jump, with the program under test on a driven clock.

use jiff::{SignedDuration, Timestamp};
use soundpost_tests::story::office::Office;

const PROGRAM: &str = env!("CARGO_BIN_EXE_soundpost-under-test");

/// A post at a wall time near a change of the clocks.
struct Case {
    zone: &'static str,
    at: &'static str,
    /// What the person is told, if anything.
    says: Option<&'static str>,
    goes: &'static str,
}

/// 2027: the last Sundays of March and October in Europe, the second of March and the first of November in America.
/// In New York the clocks show the hour from one twice, not the one from two.
const CASES: [Case; 5] = [
    Case {
        zone: "America/New_York",
        at: "2027-03-14 02:30",
        says: Some("the clocks skip 02:30 that day"),
        goes: "2027-03-14T07:30:00Z",
    },
    Case {
        zone: "Europe/Berlin",
        at: "2027-03-28 02:30",
        says: Some("the clocks skip 02:30 that day"),
        goes: "2027-03-28T01:30:00Z",
    },
    Case {
        zone: "Europe/Berlin",
        at: "2027-10-31 02:30",
        says: Some("show 02:30 twice, this is the first"),
        goes: "2027-10-31T00:30:00Z",
    },
    Case {
        zone: "America/New_York",
        at: "2027-11-07 01:30",
        says: Some("show 01:30 twice, this is the first"),
        goes: "2027-11-07T05:30:00Z",
    },
    Case {
        zone: "America/New_York",
        at: "2027-11-07 02:30",
        says: None,
        goes: "2027-11-07T07:30:00Z",
    },
];

fn office(now: &str, zone: &str) -> Office {
    let office = Office::at(PROGRAM, now, 100);
    let _ = office
        .run(&["account", "add", "outbox", "shop", "--tz", zone])
        .well();
    office
}

/// When the one delivery of this office became public, by its story.
fn went_at(office: &Office, words: &str) -> Vec<Timestamp> {
    let all = office.all();
    let delivery = all.iter().find(|d| d["excerpt"] == words).expect("it was queued");
    let story = office.json(&["why", delivery["id"].as_str().expect("a text")]);
    let lines = story["story"]["lines"].as_array().expect("a list");
    let public = lines
        .iter()
        .filter(|line| line["what"].to_string().contains("is public"));
    public
        .map(|line| line["at"].as_str().expect("a text").parse().expect("an instant"))
        .collect()
}

fn goes_once(case: &Case) {
    let goes: Timestamp = case.goes.parse().expect("an instant");
    let before = goes - SignedDuration::from_hours(4);
    let zone = jiff::tz::TimeZone::get(case.zone).expect("a zone");
    let office = office(&before.to_zoned(zone).to_string(), case.zone);
    let post = [
        "post",
        "half past",
        "--to",
        "shop",
        "--at",
        case.at,
        "--category",
        "info",
    ];
    let said = office.run(&post).well().out;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match case.says {
        Some(words) => assert!(said.contains(words), "{}: {said}", case.at),
        None => assert!(!said.contains("clocks"), "{}: {said}", case.at),
    }
    let daemon = office.daemon();
    let minute = SignedDuration::from_mins(1);
    daemon.pass((goes - minute).duration_since(before));
    assert!(office.published("shop").is_empty(), "{}: too early", case.at);
    daemon.pass(minute);
    for _ in 0..6 {
        daemon.pass(SignedDuration::from_mins(30));
    }
    assert_eq!(office.published("shop").len(), 1, "{}", case.at);
    assert_eq!(went_at(&office, "half past"), [goes], "{}", case.at);
}

#[test]
fn t1_half_past_two_goes_once_and_at_its_instant_over_every_change_of_the_clocks() {
    CASES.iter().for_each(goes_once);
}

/// An office at ten in the morning with a post at noon today and one at noon tomorrow.
fn with_two_posts() -> Office {
    let office = office("2027-06-09T10:00[Europe/Berlin]", "Europe/Berlin");
    for (words, at) in [("today", "12:00"), ("tomorrow", "tomorrow 12:00")] {
        let post = ["post", words, "--to", "shop", "--at", at, "--category", "info"];
        let _ = office.run(&post).well();
    }
    office
}

fn why_halted(office: &Office) -> String {
    let status = office.json(&["status"]);
    status["status"]["halts"][0]["reason"]
        .as_str()
        .unwrap_or("nothing is halted")
        .to_owned()
}

fn resume_as_proposed(office: &Office) {
    let seq = office.json(&["resume"])["plan"]["plan"]["seq"].to_string();
    let _ = office.run(&["resume", "--apply", "--plan", &seq]).well();
}

fn states(office: &Office) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let all = office.all();
    all.iter()
        .map(|d| (text(&d["excerpt"]), text(&d["state"])))
        .collect()
}

fn is(states: &[(&str, &str)]) -> Vec<(String, String)> {
    states
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

#[test]
fn t2_a_day_that_is_skipped_halts_and_what_is_overdue_is_not_sent() {
    let office = with_two_posts();
    let daemon = office.daemon();
    daemon.pass(SignedDuration::from_mins(10));
    daemon.jump(SignedDuration::from_hours(24));
    assert_eq!(
        why_halted(&office),
        "the clock jumped forward by 1440 min: is it right now? Then resume"
    );
    daemon.pass(SignedDuration::from_mins(5));
    assert!(office.published("shop").is_empty(), "the overdue one was sent");
    resume_as_proposed(&office);
    daemon.pass(SignedDuration::from_mins(5));
    assert_eq!(
        states(&office),
        is(&[("today", "missed"), ("tomorrow", "scheduled")])
    );
    daemon.go_to("2027-06-10T12:00[Europe/Berlin]");
    assert_eq!(went_at(&office, "tomorrow"), [office.now()]);
    assert_eq!(office.published("shop").len(), 1);
}

#[test]
fn t2_a_day_that_comes_again_halts_and_nothing_goes_twice() {
    let office = with_two_posts();
    let daemon = office.daemon();
    daemon.go_to("2027-06-09T12:00[Europe/Berlin]");
    assert_eq!(office.published("shop").len(), 1);
    daemon.jump(SignedDuration::from_hours(-24));
    assert_eq!(
        why_halted(&office),
        "the clock jumped back by 1440 min: is it right now? Then resume"
    );
    resume_as_proposed(&office);
    for day in [9, 10, 11] {
        daemon.go_to(&format!("2027-06-{day:02}T12:00[Europe/Berlin]"));
    }
    assert_eq!(
        states(&office),
        is(&[("today", "published"), ("tomorrow", "published")])
    );
    assert_eq!(office.published("shop").len(), 2);
    let tomorrow: Timestamp = "2027-06-10T10:00:00Z".parse().unwrap();
    assert_eq!(went_at(&office, "tomorrow"), [tomorrow]);
}

#[test]
fn t2_a_machine_that_slept_for_a_day_is_no_jump() {
    let office = with_two_posts();
    let daemon = office.daemon();
    daemon.pass(SignedDuration::from_hours(24));
    assert_eq!(why_halted(&office), "nothing is halted");
    assert_eq!(
        states(&office),
        is(&[("today", "missed"), ("tomorrow", "scheduled")])
    );
    assert!(office.published("shop").is_empty());
}

//! The crisis as a person would live it, from 23:40 to the next days, on a clock that the test drives.

use std::collections::BTreeSet;
use std::fs;

use soundpost_tests::story::night::{Night, open_office};
use soundpost_tests::story::office::Daemon;
use soundpost_tests::story::posts::{AFTER, EVENING, Kind, NIGHT, THREAD};
use soundpost_tests::story::transcript::{assert_told, compare, kept_file};

/// The name of the transcript.
const STORY: &str = "a-bad-night";
const PROGRAM: &str = env!("CARGO_BIN_EXE_soundpost-under-test");
/// The texts of the evening, the statement, what the person let go in the morning, and the thread.
const PUBLIC: [&str; 15] = [
    "New in the window",
    "What a concert!",
    "All our concerts this weekend are cancelled",
    "How to store a violin",
    "Five pieces that every",
    "Heute um elf",
    "Øvelsen i dag",
    "Ab heute",
    "Sunday's matinee",
    "Wie eine Schallplatte",
    "When to change strings",
    "Neu im Podcast",
    THREAD[0],
    THREAD[1],
    THREAD[2],
];

fn the_crisis(columns: usize) {
    let night = open_office(PROGRAM, columns);
    night.plan();
    let daemon = night.office.daemon();
    daemon.go_to("2027-03-12T22:00[Europe/Oslo]");
    daemon.go_to("2027-03-12T23:15[Europe/Oslo]");
    daemon.go_to("2027-03-12T23:38[Europe/Oslo]");
    daemon.go_to("2027-03-12T23:40[Europe/Oslo]");
    night.stop(&daemon);
    assert_eq!(night.public(), 3, "two posts and the first part of the thread");
    daemon.go_to("2027-03-13T00:05[Europe/Oslo]");
    night.say_it();
    the_night_passes(&night, &daemon);
    night.come_back();
    the_rest_goes(&night, &daemon);
    let texts = night.public_texts();
    assert_eq!(texts.len(), PUBLIC.len(), "{texts:#?}");
    for words in PUBLIC {
        let times = texts.iter().filter(|text| text.starts_with(words)).count();
        assert_eq!(times, 1, "{words}: {texts:#?}");
    }
    compare(STORY, columns, night.transcript.borrow().text()).expect("the story goes as it is kept");
}

fn the_night_passes(night: &Night, daemon: &Daemon<'_>) {
    daemon.settled();
    assert_eq!(night.public(), 4, "the statement alone is new");
    daemon.pass_to("2027-03-13T07:30[Europe/Oslo]");
    assert_eq!(night.public(), 4, "nothing goes out in a night that is paused");
    let plan = night.office.json(&["resume"]);
    let lines = plan["plan"]["lines"]
        .as_array()
        .expect("the story goes as it is kept");
    assert_eq!(
        lines.len(),
        NIGHT.len() + AFTER.len() + 1,
        "all that piled up, what comes, and the thread"
    );
    let marked = |mark: &str| {
        let has = |line: &&serde_json::Value| {
            line["marks"]
                .as_array()
                .expect("the story goes as it is kept")
                .iter()
                .any(|m| m == mark)
        };
        lines.iter().filter(has).count()
    };
    assert_eq!(marked("stale greeting"), 5);
    assert_eq!(marked("thread stopped in the middle"), 1);
    assert_eq!(marked("still to come"), AFTER.len());
}

fn the_rest_goes(night: &Night, daemon: &Daemon<'_>) {
    assert_eq!(
        night.let_go(daemon),
        [4, 4, 5, 6, 7, 8, 8, 8],
        "the first alone, the others half a minute apart"
    );
    daemon.go_to("2027-03-13T13:00[Europe/Oslo]");
    night.tidy_up(daemon);
    for due in [
        "13T18:00", "14T11:00", "14T12:00", "15T09:00", "15T09:30", "15T12:00",
    ] {
        daemon.go_to(&format!("2027-03-{due}[Europe/Oslo]"));
    }
}

#[test]
fn the_crisis_as_a_person_lives_it_on_a_phone() {
    the_crisis(45);
}

#[test]
fn the_crisis_as_a_person_lives_it_on_a_wide_screen() {
    the_crisis(100);
}

#[test]
fn the_night_is_as_the_issue_asks() {
    assert_eq!(NIGHT.len() + 1, 40, "with the thread");
    let count = |kind: Kind| NIGHT.iter().filter(|planned| planned.3 == kind).count();
    assert_eq!((count(Kind::Evergreen), count(Kind::Touching)), (5, 2));
    let all = NIGHT.iter().chain(&EVENING).chain(&AFTER);
    let texts: BTreeSet<&str> = all.map(|planned| planned.4).collect();
    assert_eq!(texts.len(), NIGHT.len() + EVENING.len() + AFTER.len());
}

#[test]
fn no_screen_of_the_story_is_too_wide() {
    for columns in [45, 100] {
        let kept = fs::read_to_string(kept_file(STORY, columns)).unwrap();
        let screens = kept
            .lines()
            .filter(|line| !line.starts_with("$ ") && !line.starts_with("== "));
        // A link is never torn apart, and the lines of a plan's file are not a screen.
        let wide: Vec<&str> = screens
            .filter(|line| line.chars().count() > columns && !line.contains("://") && !line.contains(" # "))
            .collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}

#[test]
fn the_readme_tells_the_story_as_it_went() {
    assert_told("A bad night", 3, &kept_file(STORY, 45)).unwrap();
}

//! What is public, what goes on a day, and the log, as screens: one story.

use std::process::Command;

use serde_json::Value;

use super::bench::{Bench, Ran, ran};
use super::snapshot::{Replaced, person};
use super::walk::far;

/// A day that comes each year, where the story looks.
const DAYS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//soundpost//tests//EN\r\nBEGIN:VEVENT\r\nUID:the-day\r\n\
DTSTAMP:20200101T000000Z\r\nDTSTART;VALUE=DATE:20200321\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Day of the flood\r\n\
END:VEVENT\r\nEND:VCALENDAR\r\n";

/// Screens of one story, by name: two posts are public and touch an event, or would be held by it; one waits, one is
/// held.
///
/// # Panics
/// When a command does not end well.
#[must_use]
pub fn reading(bench: &Bench) -> Vec<(&'static str, Ran)> {
    let far = far();
    let run = |arguments: &[&str]| bench.run(arguments);
    let party = "Tonight in Oslo: our party, and free ice cream for all of our friends.";
    let _ = run(&["post", party, "--to", "shop", "--now"]).well();
    let thread = [
        "post",
        "Care for your bow.",
        "--part",
        "Loosen it.",
        "--to",
        "club",
        "--now",
    ];
    let _ = run(&thread).well();
    let _ = run(&["post", "Half price", "--to", "shop", "--at", &far]).well();
    let tips = [
        "post",
        "Ten tips.",
        "--to",
        "club",
        "--at",
        &far,
        "--category",
        "info",
    ];
    let _ = run(&tips).well();
    let flag = [
        "event",
        "flag",
        "Fire in Oslo",
        "--kind",
        "fire",
        "--place",
        "Oslo",
    ];
    let flag = [&flag[..], &["--country", "NO", "--severity", "high"]].concat();
    let until = far.replace("03-20", "03-21");
    let _ = run(&[&flag[..], &["--until", &until]].concat()).well();
    let recent = run(&["recent"]).well();
    let touching = bench.json(&["recent"])["ok"]["recent"]["posts"][1]["delivery"]["id"].clone();
    let touching = touching.as_str().expect("an id is text");
    let retract = run(&["retract", touching, "--reason", "not tonight"]).well();
    let today = run(&["today"]).well();
    bench.file("days.ics", DAYS.as_bytes());
    let _ = run(&["calendar", "import", "days.ics"]).well();
    let day = run(&["today", "--date", &far[..10], "--tz", "Europe/Oslo"]).well();
    let receipts = run(&["receipts", "--limit", "2"]).well();
    let log = run(&["log", "--limit", "5"]).well();
    let pages = [
        ("recent", recent),
        ("retract", retract),
        ("today", today),
        ("today-date", day),
        ("receipts", receipts),
        ("log", log),
    ];
    pages.into()
}

/// The ids of that story, its folder and the person's name, with what stands in their place.
///
/// # Panics
/// When the story was not told before.
#[must_use]
pub fn replaced(bench: &Bench) -> Replaced {
    let mut replaced: Replaced = vec![(bench.home().display().to_string(), "/home".to_owned())];
    for delivery in bench.queue() {
        let id = delivery["id"].as_str().expect("an id is text")[..26].to_owned();
        let letter = match delivery["excerpt"].as_str().expect("text") {
            text if text.starts_with("Tonight") => "a",
            text if text.starts_with("Care") => "b",
            text if text.starts_with("Half") => "c",
            _ => "d",
        };
        replaced.push((id[22..].to_owned(), letter.repeat(4)));
        replaced.push((id[..22].to_owned(), letter.repeat(22)));
    }
    let event = &bench.json(&["event", "list"])["ok"]["events"][0]["id"];
    let event: &Value = event;
    let event = event.as_str().expect("an id is text")[22..].to_owned();
    replaced.push((event, "e".repeat(4)));
    let who = ran(Command::new("id").arg("-un")).out;
    replaced.extend(person(who.trim()));
    replaced
}

//! A walk through all commands, and one story in six screens.

use std::process::Command;

use serde_json::Value;

use super::bench::{Bench, Ran, ran};
use super::snapshot::{Replaced, person};
use crate::house::files::root;

/// A wall time in a year that has begun by then, in March before the clocks change: always as many letters.
#[must_use]
pub fn far() -> String {
    let year = jiff::Zoned::now().year() + 1;
    format!("{year}-03-20 09:00")
}

/// The first delivery of an answer to `post`.
///
/// # Panics
/// When it is another answer.
#[must_use]
pub fn delivery(answer: &Value) -> String {
    answer["ok"]["posted"]["deliveries"][0]["id"]
        .as_str()
        .expect("an id is text")
        .to_owned()
}

/// All commands with their answers' names; the same in both modes.
///
/// # Panics
/// When an answer has another name.
#[must_use]
pub fn all_commands(bench: &Bench) -> Vec<(String, Value)> {
    let mut walk = Walk {
        bench,
        all: Vec::new(),
    };
    walk.accounts();
    let (one, two) = walk.posts();
    walk.reading();
    walk.events(&one);
    walk.pause();
    walk.ask("moved", &["cancel", &two, "--reason", "enough"]);
    walk.ask("said", &["account", "remove", "third"]);
    walk.all
}

struct Walk<'a> {
    bench: &'a Bench,
    all: Vec<(String, Value)>,
}

impl Walk<'_> {
    fn ask(&mut self, name: &str, arguments: &[&str]) -> Value {
        let answer = self.bench.json(arguments);
        assert!(!answer["ok"][name].is_null(), "{arguments:?}: {answer}");
        self.all.push((name.to_owned(), answer["ok"][name].clone()));
        answer
    }

    fn accounts(&mut self) {
        self.ask("networks", &["account", "networks"]);
        let third = [
            "account",
            "add",
            "outbox",
            "third",
            "--tz",
            "Europe/Oslo",
            "--country",
            "NO",
        ];
        self.ask("account", &third);
        self.ask("accounts", &["account", "list"]);
        let quiet = ["account", "set", "third", "--quiet", "22:00-07:00"];
        self.ask("rules_changed", &quiet);
        self.ask("rules", &["rules", "third"]);
    }

    fn posts(&mut self) -> (String, String) {
        let far = far();
        let later = far.replace("09:00", "10:00");
        self.ask(
            "checked",
            &["check", "Ice cream in Oslo", "--to", "shop", "--at", &far],
        );
        let one = [
            "post",
            "One in Oslo",
            "--to",
            "shop",
            "--at",
            &far,
            "--category",
            "promo",
        ];
        let one = delivery(&self.ask("posted", &one));
        let two = ["post", "Two", "--to", "club", "--at", &far, "--category", "info"];
        let two = delivery(&self.ask("posted", &two));
        self.ask(
            "posted",
            &["post", "Now", "--to", "club", "--now", "--category", "info"],
        );
        self.ask("deliveries", &["queue"]);
        self.ask("shown", &["show", &one]);
        self.ask("story", &["why", &one]);
        self.ask("moved", &["reschedule", &two, "--at", &later]);
        self.ask("moved", &["edit", &two, "Two, better"]);
        let rewritten = self.ask("rewritten", &["rewrite", &two, "Two, best"])["ok"]["rewritten"].clone();
        let one_of_them = rewritten["deliveries"][0].clone();
        self.all.push(("rewritten_delivery".to_owned(), one_of_them));
        self.ask("moved", &["hold", &two, "--reason", "not yet"]);
        self.ask("moved", &["release", &two]);
        (one, two)
    }

    /// The club's post is public by now.
    fn reading(&mut self) {
        self.ask("recent", &["recent"]);
        self.ask("shadow", &["guard", "shadow"]);
        self.ask("hygiene", &["guard", "hygiene"]);
        self.ask("drill", &["guard", "drill"]);
        self.ask("receipts", &["receipts"]);
        self.ask("today", &["today"]);
        self.ask("log", &["log", "--kind", "created"]);
        self.ask("head", &["log", "--head"]);
        self.ask("verified", &["log", "--verify"]);
    }

    fn events(&mut self, one: &str) {
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
        let until = far().replace("03-20", "03-21");
        let flag = [&flag[..], &["--until", &until]].concat();
        let flagged = self.ask("event_changed", &flag);
        self.ask("events", &["event", "list"]);
        let event = flagged["ok"]["event_changed"]["event"]["id"].as_str();
        let event = event.expect("an event has an id");
        let change = [
            "event",
            "change",
            event,
            "--region",
            "NO-03",
            "--reason",
            "only there",
        ];
        let changed = self.ask("event_changed", &change)["ok"]["event_changed"].clone();
        self.all
            .push(("field_change".to_owned(), changed["changes"][0].clone()));
        let review = self.ask("review", &["review"])["ok"]["review"].clone();
        self.all
            .push(("review_group".to_owned(), review["groups"][0].clone()));
        self.all
            .push(("review_item".to_owned(), review["groups"][0]["items"][0].clone()));
        self.ask("moved", &["approve", one, "--reason", "it says that we help"]);
        let event = flagged["ok"]["event_changed"]["event"]["id"].as_str();
        let event_id = event.expect("an event has an id");
        self.ask("bulk", &["cancel", "--all-of", event_id, "--reason", "not now"]);
        self.ask(
            "event_changed",
            &["event", "end", event.expect("an event has an id")],
        );
        self.proposals();
        self.feeds();
        let ics = root().join("fixtures/calendars/sensitive-days.ics");
        self.ask(
            "calendar_imported",
            &["calendar", "import", &ics.display().to_string()],
        );
        self.ask("calendar_offers", &["calendar", "list", "--available"]);
        self.ask("calendars_changed", &["calendar", "add", "no"]);
        self.ask("calendars_changed", &["calendar", "update"]);
        self.ask("calendar_shown", &["calendar", "show", "no"]);
        self.ask("said", &["calendar", "remove", "no"]);
        self.ask("calendars", &["calendar", "list"]);
        self.ask("said", &["calendar", "remove", "sensitive-days"]);
    }

    fn proposals(&mut self) {
        let mut propose = |title: &str| {
            let said = self.ask("event_changed", &["event", "propose", title, "--place", "Oslo"]);
            let id = said["ok"]["event_changed"]["event"]["id"].as_str();
            id.expect("an event has an id").to_owned()
        };
        let (flood, hoax) = (propose("Flood in Oslo"), propose("A hoax"));
        self.ask("event_shown", &["event", "show", &flood]);
        self.ask(
            "event_changed",
            &[
                "event",
                "accept",
                &flood,
                "--severity",
                "watch",
                "--kind",
                "flood",
            ],
        );
        self.ask(
            "event_changed",
            &["event", "extend", &flood, "--review", "tomorrow 9:00"],
        );
        self.ask("event_shown", &["event", "show", &flood, "--would"]);
        self.ask("event_changed", &["event", "end", &flood]);
        self.ask(
            "event_changed",
            &["event", "dismiss", &hoax, "--reason", "it is a hoax"],
        );
        self.ask("events", &["event", "list", "--all"]);
    }

    fn feeds(&mut self) {
        let add = ["feed", "add", "met", "http://127.0.0.1:9/", "--country", "NO"];
        self.ask("feed_added", &[&add[..], &["--policy", "flag"]].concat());
        self.ask("feeds_refreshed", &["feed", "refresh"]);
        self.ask("feeds", &["feed", "list"]);
        self.ask("said", &["feed", "remove", "met"]);
        let list = root().join("fixtures/guard/trends.txt").display().to_string();
        self.ask("trends_set", &["trends", "set", "radar", &list]);
        let watched = "http://127.0.0.1:9/api/v1/trends/tags";
        self.ask("trends_added", &["trends", "add", "social", watched]);
        self.ask("trends_refreshed", &["trends", "refresh"]);
        self.ask("trends", &["trends", "list"]);
        self.ask("said", &["trends", "remove", "radar"]);
    }

    fn pause(&mut self) {
        self.ask("paused", &["pause", "quiet"]);
        self.ask("status", &["status"]);
        self.ask("saved", &["resume", "--save", "plan.txt"]);
        let plan = self.ask("plan", &["resume"])["ok"]["plan"]["plan"]["seq"].to_string();
        self.ask("resumed", &["resume", "--apply", "--plan", &plan]);
    }
}

/// Screens of one story, by name.
#[must_use]
pub fn story(bench: &Bench) -> Vec<(&'static str, Ran)> {
    let far = far();
    let party = [
        "post",
        "See you at our summer party in Oslo! Free ice cream for all.",
        "--to",
        "shop",
        "--at",
        &far,
    ];
    let id = delivery(&bench.json(&[&party[..], &["--category", "promo"]].concat()));
    let _ = bench
        .run(&[
            "post",
            "Care for your bow.",
            "--to",
            "club",
            "--at",
            &far,
            "--category",
            "info",
        ])
        .well();
    let until = far.replace("03-20", "03-21");
    let flag = [
        "event",
        "flag",
        "Shooting in Oslo",
        "--severity",
        "high",
        "--until",
        &until,
    ];
    let dry = bench.run(&[&flag[..], &["--dry-run"]].concat()).well();
    let flag = bench.run(&flag).well();
    let queue = bench.run(&["queue"]).well();
    let why = bench.run(&["why", &id]).well();
    let review = bench.run(&["review"]).well();
    let events = bench.json(&["event", "list"]);
    let event = events["ok"]["events"][0]["id"].as_str().expect("an id is text");
    let many = ["approve", "--held-by", event, "--for", "2", "--reason"];
    let many = bench.run(&[&many[..], &["we have read it"]].concat()).well();
    let pause = bench.run(&["pause", "what is going on?"]).well();
    let status = bench.run(&["status"]).well();
    let resume = bench.run(&["resume"]).well();
    let hygiene = bench.run(&["guard", "hygiene"]).well();
    let shadow = bench.run(&["guard", "shadow", "on"]).well();
    vec![
        ("event-flag-dry-run", dry),
        ("event-flag", flag),
        ("queue", queue),
        ("why", why),
        ("review", review),
        ("approve-held-by", many),
        ("pause", pause),
        ("status", status),
        ("resume", resume),
        ("guard-hygiene", hygiene),
        ("guard-shadow", shadow),
    ]
}

/// The ids of that story and the person's name, with what stands in their place.
///
/// # Panics
/// When the story was not told before.
#[must_use]
pub fn replaced(bench: &Bench) -> Replaced {
    let ids = bench
        .queue()
        .into_iter()
        .map(|d| d["id"].as_str().expect("an id is text")[..26].to_owned());
    let events = bench.json(&["event", "list"]);
    let ids = ids.chain([events["ok"]["events"][0]["id"]
        .as_str()
        .expect("an id is text")
        .to_owned()]);
    let mut replaced: Replaced = Vec::new();
    for (id, letter) in ids.zip(["a", "b", "e"]) {
        replaced.push((id.clone(), letter.repeat(26)));
        replaced.push((id[22..].to_owned(), letter.repeat(4)));
    }
    let who = ran(Command::new("id").arg("-un")).out;
    replaced.extend(person(who.trim()));
    replaced
}

/// The commands that a screen offers on lines of their own, each as its words; a backslash goes on with the next line.
#[must_use]
pub fn commands(screen: &str) -> Vec<Vec<String>> {
    let whole = screen.replace("\\\n", " ");
    let lines = whole
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("soundpost "));
    lines.map(shell_words).collect()
}

/// Words as a shell reads them, with double quotes.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, piece) in line.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

//! `event change` as people see it, with the real program.

use serde_json::Value;

use soundpost_tests::cli::bench::{Bench, Ran};

/// Two accounts: `shop` is read in Norway, `club` in Germany. Each has a post that sells, and an event is flagged.
fn flagged(arguments: &[&str]) -> (Bench, String) {
    let bench = Bench::with_accounts();
    for account in ["shop", "club"] {
        let post = ["post", "Half price today", "--to", account, "--at", "+2h"];
        let _ = bench.run(&[&post[..], &["--category", "promo"]].concat()).well();
    }
    let answer = bench.json(&[&["event", "flag", "Unrest"], arguments].concat());
    let id = answer["ok"]["event_changed"]["event"]["id"].as_str();
    let id = id.expect("an event has an id").to_owned();
    (bench, id)
}

fn change(bench: &Bench, id: &str, arguments: &[&str]) -> Value {
    let answer = bench.json(&[&["event", "change", id], arguments].concat());
    answer["ok"]["event_changed"].clone()
}

fn states(bench: &Bench) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let all = bench.queue();
    let mut states: Vec<_> = all
        .iter()
        .map(|d| (text(&d["account"]), text(&d["state"])))
        .collect();
    states.sort();
    states
}

fn flat(screen: &Ran) -> String {
    screen.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn widest(screen: &str) -> usize {
    screen.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

#[test]
fn a_change_says_what_was_and_what_is_held_and_what_goes_again() {
    let (bench, id) = flagged(&["--severity", "high"]);
    let narrower = change(&bench, &id, &["--country", "no", "--severity", "critical"]);
    let changes: Vec<_> = narrower["changes"].as_array().unwrap().iter().collect();
    let told = |what: &str| {
        let one = changes.iter().find(|one| one["what"] == what).unwrap();
        (one["before"].clone(), one["after"].clone())
    };
    assert_eq!(told("severity"), ("high".into(), "critical".into()));
    assert_eq!(told("area"), ("everywhere".into(), "NO".into()));
    assert_eq!(narrower["released"].as_array().map(Vec::len), Some(1));
    let state = |account: &str, state: &str| (account.to_owned(), state.to_owned());
    assert_eq!(
        states(&bench),
        [state("club", "scheduled"), state("shop", "held")]
    );
    let wider = change(&bench, &id, &["--everywhere"]);
    assert_eq!(wider["held"].as_array().map(Vec::len), Some(1));
    assert_eq!(wider["event"]["area"], "everywhere");
}

#[test]
fn a_dry_run_of_a_change_changes_nothing_and_says_the_same() {
    let (bench, id) = flagged(&["--severity", "high", "--country", "NO"]);
    let head = bench.run(&["log", "--head"]).well().out;
    let tried = change(&bench, &id, &["--country", "DE", "--dry-run"]);
    assert_eq!(bench.run(&["log", "--head"]).well().out, head);
    let changed = change(&bench, &id, &["--country", "DE"]);
    let ids = |list: &Value| -> Vec<Value> {
        let all = list.as_array().unwrap().iter();
        all.map(|view| view["id"].clone()).collect()
    };
    assert_eq!(ids(&tried["would"]), ids(&changed["held"]));
    assert_eq!(ids(&tried["released"]), ids(&changed["released"]));
    assert_eq!(
        (ids(&tried["would"]).len(), ids(&tried["released"]).len()),
        (1, 1)
    );
    assert_eq!(tried["changes"], changed["changes"]);
}

#[test]
fn lists_replace_and_an_empty_word_empties_them() {
    let (bench, id) = flagged(&["--tag", "one", "--tag", "two", "--region", "NO-03"]);
    let words = change(&bench, &id, &["--tag", "three", "--name", "Acme"]);
    assert_eq!(words["event"]["words"], serde_json::json!(["three", "Acme"]));
    let none = change(&bench, &id, &["--tag", "", "--name", ""]);
    assert_eq!(none["event"]["words"], serde_json::json!([]));
    assert_eq!(none["event"]["area"], "NO, NO-03", "what is not named stays");
    let whole = change(&bench, &id, &["--country", "NO"]);
    assert_eq!(whole["event"]["area"], "NO", "a country is all of it");
    let same = change(&bench, &id, &["--country", "NO"]);
    assert_eq!(
        (&same["what"], &same["changes"]),
        (&"left as it was".into(), &serde_json::json!([]))
    );
}

#[test]
fn what_cannot_be_changed_is_refused_with_what_to_do() {
    let (bench, id) = flagged(&["--severity", "high", "--country", "NO"]);
    let refused = |arguments: &[&str], code: i32, says: &str| {
        let ran = bench.run(&[&["event", "change"], arguments].concat());
        assert_eq!(ran.code, code, "{ran:?}");
        let err = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(err.contains(says), "{says}: {err}");
    };
    refused(&[&id], 3, "nothing is named that should change");
    refused(&[&id, "--region", "SE-AB"], 3, "name its country as well");
    refused(&[&id, "--kind", "sadness"], 3, "not a kind of event");
    refused(&[&id, "--title", " "], 3, "needs a title");
    refused(&[&id, "--until", "yesterday 9:00"], 3, "");
    refused(&[&id, "--account", "nobody"], 4, "no account");
    let proposed = bench.json(&["event", "propose", "A rumour"]);
    let rumour = proposed["ok"]["event_changed"]["event"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    refused(
        &[&rumour, "--severity", "high"],
        5,
        "event accept ID takes changes",
    );
    let _ = bench.run(&["event", "end", &id]).well();
    refused(&[&id, "--severity", "high"], 5, "event flag");
}

#[test]
fn the_log_says_who_changed_what_from_what_to_what() {
    let (bench, id) = flagged(&["--severity", "watch"]);
    let narrow = ["event", "change", &id, "--severity", "high", "--country", "NO"];
    let _ = bench
        .run(&[&narrow[..], &["--reason", "it is only there"]].concat())
        .well();
    let _ = bench.run(&["event", "confirm", &id]).well();
    let log = flat(&bench.run(&["log", "--kind", "event_set"]).well());
    for said in [
        "event \"Unrest\" was flagged: watch, everywhere",
        "event \"Unrest\" was changed - severity: was watch, now high - area: was everywhere, now NO",
        "because: it is only there",
        "event \"Unrest\" was confirmed",
    ] {
        assert!(log.contains(said), "{said}: {log}");
    }
}

#[test]
fn a_change_reads_well_on_a_narrow_screen() {
    let (bench, id) = flagged(&["--severity", "high"]);
    let bench = bench.columns(45);
    let dry = bench
        .run(&["event", "change", &id, "--country", "DE", "--dry-run"])
        .well();
    for said in [
        "would be changed:",
        "- area: was everywhere, now DE",
        "would be held: 0",
        "would go again: 1",
        "Nothing was changed.",
    ] {
        assert!(flat(&dry).contains(said), "{said}: {}", dry.out);
    }
    let screen = bench.run(&["event", "change", &id, "--country", "DE"]).well();
    for said in ["held on, as before: 1", "goes again: 1"] {
        assert!(flat(&screen).contains(said), "{said}: {}", screen.out);
    }
    assert!(widest(&dry.out).max(widest(&screen.out)) <= 45, "{}", screen.out);
}

//! What people see of the guard, with the real program.

use serde_json::Value;

use soundpost_tests::cli::bench::Bench;
use soundpost_tests::cli::walk::far;
use soundpost_tests::house::files::root;

#[test]
fn labelled_cases_are_measured_without_a_queue() {
    let bench = Bench::empty();
    let file = root().join("fixtures/guard/cases.jsonl");
    let file = file.to_str().unwrap();
    let screen = bench.run(&["guard", "eval", file]).well();
    assert!(
        screen.out.contains("Recall 1.000: 2 of 2 are held."),
        "{screen:?}"
    );
    let json = bench.run(&["guard", "eval", file, "--json"]).well().json();
    assert_eq!((&json["cases"], &json["recall"]), (&8.into(), &1.0.into()));
    assert_eq!(json["by"]["language"]["nb"]["cases"], 4);
    assert_eq!(json["wrong"], Value::Array(Vec::new()));
}

#[test]
fn a_wrong_case_is_named_with_why() {
    let bench = Bench::empty();
    let cases = std::fs::read_to_string(root().join("fixtures/guard/cases.jsonl")).unwrap();
    let turned = cases.replacen("\"expected\": \"hold\"", "\"expected\": \"allow\"", 1);
    bench.file("cases.jsonl", turned.as_bytes());
    let screen = bench.run(&["guard", "eval", "cases.jsonl"]).well();
    for said in [
        "held for nothing: storm-ylva-01",
        "found harm:bølge",
        "1 case is wrong",
    ] {
        assert!(screen.out.contains(said), "{said}: {}", screen.out);
    }
    let json = bench
        .run(&["guard", "eval", "cases.jsonl", "--json"])
        .well()
        .json();
    assert_eq!(json["wrong"], serde_json::json!(["storm-ylva-01"]));
    assert_eq!(json["wrong_cases"][0]["error"], "false_hold");
}

#[test]
fn an_alert_that_is_over_is_read_and_would_not_be_proposed() {
    let bench = Bench::empty();
    let list = r#"{"soundpost_events": "1", "title": "desk", "events": [
        {"id": "1", "title": "Fire of long ago", "kind": "fire", "severity": "high", "countries": ["NO"],
         "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-01-02T00:00:00Z"},
        {"id": "2", "title": "Fire of now", "kind": "fire", "severity": "high", "countries": ["NO"]}]}"#;
    bench.file("list.json", list.as_bytes());
    let read = &bench.json(&["guard", "read", "list.json"])["ok"]["reading"]["proposals"];
    assert_eq!(
        (&read[0]["proposed"], &read[1]["proposed"]),
        (&false.into(), &true.into()),
        "{read}"
    );
    let screen = bench.run(&["guard", "read", "list.json"]).well().out;
    let (would, past) = screen
        .split_once("not proposed: 1")
        .expect("what is over stands apart");
    assert!(would.contains("would be proposed: 1"), "{screen}");
    assert!(
        would.contains("Fire of now") && past.contains("Fire of long ago"),
        "{screen}"
    );
}

#[test]
fn a_window_without_an_end_says_when_it_is_over() {
    let bench = Bench::with_accounts();
    let flag = bench.run(&["event", "flag", "Skyting i Oslo"]).well().out;
    let list = bench.run(&["event", "list"]).well().out;
    for screen in [flag, list] {
        let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!flat.contains("until somebody ends it"), "{screen}");
        assert!(flat.contains("unless somebody confirms it"), "{screen}");
    }
    for screen in [&["event", "list"][..], &["today"]] {
        let out = bench.run(screen).well().out;
        let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("; high from"), "{out}");
    }
    let window = &bench.json(&["event", "list"])["ok"]["events"][0]["window"];
    assert!(window.as_str().unwrap().contains("in 6 d 23 h"), "{window}");
}

#[test]
fn a_title_is_enough_to_flag_an_event() {
    let bench = Bench::with_accounts();
    let flagged = bench.json(&["event", "flag", "Skyting i Oslo"]);
    let changed = &flagged["ok"]["event_changed"];
    assert_eq!(changed["event"]["kind"], "shooting");
    assert_eq!(changed["event"]["severity"], "critical");
    assert_eq!(changed["event"]["area"], "NO, NO-03");
    assert!(changed["event"]["review"].is_string(), "{changed}");
    let whats: Vec<&str> = changed["understood"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| fact["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        whats,
        ["kind", "severity", "places", "area", "tags", "window", "review"]
    );
    let typed = ["event", "flag", "Skyting i Oslo", "--as-typed"];
    let typed = &bench.json(&typed)["ok"]["event_changed"];
    assert_eq!(
        (&typed["event"]["kind"], &typed["event"]["area"]),
        (&"unknown".into(), &"everywhere".into())
    );
    assert_eq!(typed["event"]["review"], Value::Null);
}

#[test]
fn without_a_known_place_the_screen_says_everywhere() {
    let bench = Bench::with_accounts();
    let screen = bench
        .run(&["event", "flag", "Something terrible", "--dry-run"])
        .well();
    assert!(screen.out.contains("area: EVERYWHERE"), "{}", screen.out);
    assert!(screen.out.contains("kind: unknown"), "{}", screen.out);
}

/// The answers name what the real flag then holds, and nothing is there before it.
#[test]
fn a_dry_run_says_what_the_flag_would_hold_and_changes_nothing() {
    let bench = Bench::with_accounts();
    let far = far();
    for text in ["One", "Two"] {
        let _ = bench.run(&["post", text, "--to", "shop", "--at", &far]).well();
    }
    let _ = bench.run(&["post", "Three", "--to", "club", "--at", &far]).well();
    let log = bench.run(&["log", "--head"]).well().out;
    let until = far.replace("03-20", "03-21");
    let flag = [
        "event",
        "flag",
        "Flom i Bergen",
        "--severity",
        "critical",
        "--until",
        &until,
    ];
    let tried = bench.json(&[&flag[..], &["--dry-run"]].concat());
    let tried = &tried["ok"]["event_changed"];
    assert_eq!(
        (&tried["dry_run"], &tried["held"]),
        (&true.into(), &Value::Array(Vec::new()))
    );
    assert_eq!(tried["counts"][0]["account"], "shop");
    assert_eq!(tried["counts"][0]["deliveries"], 2);
    assert_eq!(
        bench.json(&["event", "list", "--all"])["ok"]["events"],
        Value::Array(Vec::new())
    );
    assert_eq!(bench.run(&["log", "--head"]).well().out, log);
    let flagged = bench.json(&flag);
    let ids = |list: &Value| -> Vec<String> {
        let all = list.as_array().unwrap().iter();
        all.map(|view| view["id"].to_string()).collect()
    };
    assert_eq!(ids(&tried["would"]), ids(&flagged["ok"]["event_changed"]["held"]));
    assert_eq!(ids(&tried["would"]).len(), 2);
}

#[test]
fn a_flag_lists_what_names_it_for_other_readers_and_is_not_held() {
    let bench = Bench::with_accounts();
    for n in 0..6 {
        let text = format!("Oslo is lovely, number {n}");
        let _ = bench.run(&["post", &text, "--to", "club", "--at", "+2h"]).well();
    }
    let _ = bench
        .run(&["post", "Half price", "--to", "club", "--at", "+2h"])
        .well();
    let _ = bench
        .run(&["post", "Oslo for you", "--to", "shop", "--at", "+2h"])
        .well();
    let flag = ["event", "flag", "Shooting in Oslo"];
    let dry = bench.json(&[&flag[..], &["--dry-run"]].concat())["ok"]["event_changed"].clone();
    let flagged = bench.json(&flag)["ok"]["event_changed"].clone();
    for answer in [&dry, &flagged] {
        assert_eq!(answer["elsewhere_count"], 6, "{answer}");
        let shown = answer["elsewhere"].as_array().unwrap();
        assert_eq!(shown.len(), 5, "{answer}");
        let note = shown[0]["note"][0].as_str().unwrap();
        assert!(note.contains("\"Oslo\" (place)") && note.contains("DE"), "{note}");
        assert!(shown.iter().all(|view| view["account"] == "club"), "{answer}");
    }
    let again = ["event", "flag", "Fire in Oslo"];
    let screen = bench.run(&again).well().out;
    let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("but names it, in the next 3 days: 6"), "{screen}");
    assert!(flat.contains("and 1 more"), "{screen}");
}

#[test]
fn a_flag_names_the_command_that_takes_down_what_is_public_and_touches() {
    let bench = Bench::with_accounts();
    let _ = bench
        .run(&["post", "Shoot us a mail from Oslo", "--to", "shop", "--now"])
        .well();
    let _ = bench.run(&["post", "Half price", "--to", "shop", "--now"]).well();
    let flagged = bench.json(&["event", "flag", "Shooting in Oslo", "--dry-run"]);
    let public = &flagged["ok"]["event_changed"]["public"];
    assert_eq!(public.as_array().unwrap().len(), 1, "{public}");
    let next = public[0]["next"][0].as_str().unwrap();
    let typed: Vec<&str> = next.split(' ').collect();
    let _ = bench.run(&typed).well();
    let after = bench.json(&["event", "flag", "Shooting in Oslo"]);
    let asked = &after["ok"]["event_changed"]["public"][0];
    assert_eq!(asked["next"], Value::Array(Vec::new()), "nobody has to ask twice");
    assert!(
        asked["note"][0].as_str().unwrap().starts_with("being taken back"),
        "{asked}"
    );
}

//! Shadow, hygiene and drills of the guard, with the real program.

use serde_json::Value;

use soundpost_tests::cli::bench::Bench;

/// Two accounts: `shop` is read in Norway, `club` in Germany. Each has a post in two hours.
fn two_posts() -> Bench {
    let bench = Bench::with_accounts();
    for account in ["shop", "club"] {
        let post = ["post", "Half price today", "--to", account, "--at", "+2h"];
        let _ = bench.run(&[&post[..], &["--category", "promo"]].concat()).well();
    }
    bench
}

fn head(bench: &Bench) -> String {
    bench.run(&["log", "--head"]).well().out
}

fn widest(screen: &str) -> usize {
    screen.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

#[test]
fn a_drill_says_what_would_be_held_and_what_would_go_and_changes_nothing() {
    let bench = two_posts();
    let before = head(&bench);
    let drill = &bench.json(&["guard", "drill", "bombing in Berlin"])["ok"]["drill"];
    assert_eq!(
        (&drill["severity"], &drill["kind"]),
        (&"critical".into(), &"bombing".into())
    );
    assert_eq!((&drill["would_hold"], &drill["judged"]), (&1.into(), &1.into()));
    assert_eq!(drill["accounts"][0]["account"], "club");
    assert_eq!(drill["goes"][0]["delivery"]["account"], "shop");
    assert_eq!(drill["goes"][0]["why"], "its readers are elsewhere: NO");
    assert!(
        drill["answer_us"].as_u64() >= drill["judging_us"].as_u64(),
        "{drill}"
    );
    let everywhere = &bench.json(&["guard", "drill"])["ok"]["drill"];
    assert_eq!(everywhere["would_hold"], 2);
    let flagged = bench.json(&["event", "list", "--all"]);
    assert_eq!(flagged["ok"]["events"], Value::Array(Vec::new()));
    assert_eq!(head(&bench), before);
}

#[test]
fn a_drill_counts_what_a_real_flag_then_holds() {
    let bench = two_posts();
    let drill = bench.json(&["guard", "drill", "bombing in Berlin"])["ok"]["drill"]["would_hold"].clone();
    let flagged = bench.json(&["event", "flag", "bombing in Berlin"]);
    let held = flagged["ok"]["event_changed"]["held"].as_array().map(Vec::len);
    assert_eq!(drill.as_u64(), held.map(|n| n as u64));
    let again = &bench.json(&["guard", "drill", "bombing in Berlin"])["ok"]["drill"];
    assert_eq!(
        (&again["would_hold"], &again["held_already"]),
        (&0.into(), &1.into())
    );
}

#[test]
fn a_drill_is_loud_on_a_narrow_screen_and_through_the_daemon() {
    let bench = two_posts().columns(45);
    let daemon = bench.daemon();
    let screen = bench.run(&["guard", "drill"]).well().out;
    for words in [
        "DRILL:",
        "this event has not happened",
        "would be held: 2",
        "the daemon answered",
    ] {
        let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{words}: {screen}");
    }
    assert!(widest(&screen) <= 45, "{screen}");
    drop(daemon);
}

#[test]
fn a_flag_whose_holds_were_all_let_through_is_called_too_wide() {
    let bench = Bench::with_accounts().columns(45);
    for n in 0..5 {
        let text = format!("Our story, number {n}");
        let _ = bench.run(&["post", &text, "--to", "shop", "--at", "+2h"]).well();
    }
    let _ = bench
        .run(&["event", "flag", "Something", "--severity", "critical"])
        .well();
    let _ = bench
        .run(&[
            "event",
            "flag",
            "A word",
            "--severity",
            "watch",
            "--tag",
            "number 3",
        ])
        .well();
    for delivery in bench.queue() {
        let id = delivery["id"].as_str().unwrap().to_owned();
        let _ = bench.run(&["approve", &id, "--reason", "I have read it"]).well();
    }
    let hygiene = &bench.json(&["guard", "hygiene"])["ok"]["hygiene"];
    let flags = hygiene["flags"].as_array().unwrap();
    let told: Vec<_> = flags
        .iter()
        .map(|f| (&f["title"], &f["held"], &f["approved"], &f["too_wide"]))
        .collect();
    let (something, word): (Value, Value) = ("Something".into(), "A word".into());
    let (five, one, yes, no): (Value, Value, Value, Value) = (5.into(), 1.into(), true.into(), false.into());
    assert_eq!(told, [(&something, &five, &five, &yes), (&word, &one, &one, &no)]);
    let screen = bench.run(&["guard", "hygiene", "--days", "7"]).well().out;
    let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "too wide: \"Something\"",
        "5 of 5 went out as they were",
        "--severity high",
        "--country",
    ] {
        assert!(flat.contains(words), "{words}: {screen}");
    }
    assert!(widest(&screen) <= 45, "{screen}");
    assert_eq!(bench.run(&["guard", "hygiene", "--days", "0"]).code, 2);
}

#[test]
fn shadow_is_loud_and_what_it_offers_names_the_accounts_that_it_is_about() {
    let bench = two_posts().columns(45);
    let _ = bench
        .run(&["event", "flag", "Something", "--severity", "high"])
        .well();
    let screen = bench
        .run(&["guard", "shadow", "on", "--account", "shop"])
        .well()
        .out;
    assert!(
        screen.contains("SHADOW:") && screen.contains("stays held: 1"),
        "{screen}"
    );
    let offered = "soundpost guard shadow on --release";
    assert!(
        screen.contains(offered) && screen.contains("--account shop"),
        "{screen}"
    );
    assert!(!screen.contains("--account club"), "{screen}");
    let _ = bench
        .run(&["guard", "shadow", "on", "--account", "shop", "--release"])
        .well();
    let states: Vec<_> = bench
        .queue()
        .iter()
        .map(|d| (d["account"].clone(), d["state"].clone()))
        .collect();
    assert!(
        states.contains(&("shop".into(), "scheduled".into())),
        "{states:?}"
    );
    assert!(states.contains(&("club".into(), "held".into())), "{states:?}");
    let status = bench.run(&["status"]).well().out;
    assert!(status.contains("SHADOW:") && widest(&status) <= 45, "{status}");
    let refused = bench.run(&["guard", "shadow", "off", "--release"]);
    assert!(
        refused.code != 0 && refused.err.contains("--release"),
        "{refused:?}"
    );
    let unknown = bench.run(&["guard", "shadow", "on", "--account", "nobody"]);
    assert_eq!(unknown.code, 4, "{unknown:?}");
}

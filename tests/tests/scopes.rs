//! Pauses that silence a part, and pauses with a time to look at them: by the real program.

use soundpost_tests::cli::bench::{Bench, Ran};

fn send(bench: &Bench, account: &str, more: &[&str]) -> Ran {
    let mut line = vec!["post", "Open until six.", "--to", account, "--now"];
    line.extend(more);
    bench.run(&line)
}

/// Asserts that a pause with this flag holds the shop's post of the spring campaign, and not the club's other one.
fn silences_the_shop_alone(flag: &[&str]) {
    let bench = Bench::with_accounts();
    let mut pause = vec!["pause", "trouble"];
    pause.extend(flag);
    let paused = bench.run(&pause).well();
    let title = format!("STOPPED: {} {}", &flag[0][2..], flag[1]);
    assert!(paused.out.contains(&title), "{paused:?}");
    assert_eq!(send(&bench, "shop", &["--campaign", "spring"]).code, 6);
    assert_eq!(send(&bench, "club", &[]).code, 0);
    assert!(bench.published("shop").is_empty());
    assert_eq!(bench.published("club").len(), 1);
}

#[test]
fn a_pause_of_a_campaign_that_nothing_has_is_set_and_says_which_there_are() {
    let bench = Bench::with_accounts();
    let spring = [
        "post",
        "Hello",
        "--to",
        "shop",
        "--at",
        "+2h",
        "--campaign",
        "spring",
    ];
    let _ = bench.run(&spring).well();
    let hints = |campaign: &str| {
        let paused = bench.json(&["pause", "a look", "--campaign", campaign]);
        paused["ok"]["paused"]["hints"].clone()
    };
    assert_eq!(hints("spring").as_array().map(Vec::len), Some(0));
    let said = hints("sprnig");
    let said = said[0].as_str().expect("a hint");
    assert!(said.contains("nothing has the campaign 'sprnig'"), "{said}");
    assert!(said.contains("there are: spring."), "{said}");
    let late = ["post", "Hello", "--to", "club", "--now", "--campaign", "sprnig"];
    assert_eq!(bench.run(&late).code, 6, "it is set all the same");
    let _ = bench.run(&["pause", "all"]).well();
}

#[test]
fn a_narrower_pause_names_the_resume_that_ends_it_alone() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["pause", "a look", "--account", "club"]).well();
    let screen = bench.run(&["pause", "a look", "--account", "shop"]).well().out;
    let offered = screen
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("soundpost resume"));
    let words: Vec<&str> = offered.expect("a way back").split(' ').skip(1).collect();
    assert_eq!((words.len(), words[1]), (3, "--order"), "{screen}");
    let plan = bench.json(&words)["ok"]["plan"].clone();
    let number = plan["number"].as_str().expect("a number is text");
    let _ = bench
        .run(&[&words[..], &["--apply", "--plan", number]].concat())
        .well();
    let left = bench.json(&["status"])["ok"]["status"]["halts_shown"].clone();
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");
    assert!(left[0].as_str().expect("text").contains("club"), "{left}");
}

#[test]
fn without_a_terminal_no_editor_is_started() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["pause", "what is going on?"]).well();
    let refused = bench.run(&["resume", "--edit"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    for said in ["needs a terminal", "resume --save FILE", "resume --apply FILE"] {
        assert!(refused.err.contains(said), "{said}: {}", refused.err);
    }
    assert!(
        !bench.home().join("resume-plan.txt").exists(),
        "nothing was written"
    );
}

#[test]
fn s4_a_paused_account_is_silent_alone() {
    silences_the_shop_alone(&["--account", "shop"]);
}

#[test]
fn s4_a_paused_campaign_is_silent_alone() {
    silences_the_shop_alone(&["--campaign", "spring"]);
}

#[test]
fn s4_a_paused_network_is_silent_alone() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["pause", "trouble", "--network", "bluesky"]).well();
    assert_eq!(send(&bench, "shop", &[]).code, 0);
    let _ = bench.run(&["pause", "trouble", "--network", "outbox"]).well();
    assert_eq!(send(&bench, "shop", &[]).code, 6);
}

#[test]
fn an_account_is_found_while_the_daemon_hangs() {
    let bench = Bench::with_accounts();
    let daemon = bench.daemon();
    daemon.freeze();
    let paused = bench.run(&["pause", "trouble", "--account", "shop", "--json"]);
    assert_eq!(paused.code, 7, "{paused:?}");
    daemon.thaw();
    assert_eq!(send(&bench, "shop", &[]).code, 6);
    assert_eq!(send(&bench, "club", &[]).code, 0);
}

#[test]
fn a_pause_of_what_is_not_there_pauses_nothing_and_says_so() {
    let bench = Bench::with_accounts();
    for flag in ["--account", "--network"] {
        let refused = bench.run(&["pause", "trouble", flag, "shpo"]);
        assert_eq!(refused.code, 4, "{refused:?}");
        assert!(refused.err.contains("nothing was paused"), "{refused:?}");
        assert!(refused.err.contains("soundpost pause"), "{refused:?}");
    }
    assert_eq!(
        bench.json(&["status"])["ok"]["status"]["halts"],
        serde_json::json!([])
    );
}

#[test]
fn a_pause_until_reminds_and_starts_nothing() {
    let bench = Bench::with_accounts();
    let paused = bench.run(&["pause", "trouble", "--until", "now"]).well();
    assert!(paused.out.contains("remind of it"), "{paused:?}");
    let status = bench.run(&["status"]).well();
    assert!(status.out.contains("LOOK AT IT"), "{status:?}");
    assert_eq!(send(&bench, "shop", &[]).code, 6);
}

#[test]
fn a_pause_until_later_says_when_to_look() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["pause", "trouble", "--until", "+2h"]).well();
    let status = bench.run(&["status"]).well();
    assert!(status.out.contains("to be looked at"), "{status:?}");
    assert!(!status.out.contains("LOOK AT IT"), "{status:?}");
}

#[test]
fn an_until_that_does_not_read_pauses_nothing() {
    let bench = Bench::with_accounts();
    let refused = bench.run(&["pause", "trouble", "--until", "soonish"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert_eq!(send(&bench, "shop", &[]).code, 0);
}

/// A shop and a club that are paused each on its own, with a post of each that is due.
fn paused_apart() -> Bench {
    let bench = Bench::with_accounts();
    for account in ["shop", "club"] {
        let _ = bench.run(&["pause", "trouble", "--account", account]).well();
        assert_eq!(send(&bench, account, &[]).code, 6);
    }
    bench
}

fn states(bench: &Bench) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let queue = bench.queue();
    let mut all: Vec<_> = queue
        .iter()
        .map(|d| (text(&d["account"]), text(&d["state"])))
        .collect();
    all.sort();
    all
}

fn is(club: &str, shop: &str) -> Vec<(String, String)> {
    let one = |account: &str, state: &str| (account.to_owned(), state.to_owned());
    vec![one("club", club), one("shop", shop)]
}

#[test]
fn s5_one_pause_ends_with_the_command_that_its_plan_shows() {
    let bench = paused_apart();
    let shown = bench.run(&["resume", "--account", "shop"]).well().out;
    assert!(shown.contains("ends: account shop"), "{shown}");
    assert!(shown.contains("stays paused: account club"), "{shown}");
    let command = shown
        .lines()
        .find(|line| line.contains("--apply"))
        .expect("it is shown");
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let bare = ["resume", "--apply", "--plan", words[words.len() - 1]];
    let refused = bench.run(&bare);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert_eq!(states(&bench), is("held", "held"));
    let resumed = bench.run(&words).well();
    assert!(resumed.out.contains("stays paused: account club"), "{resumed:?}");
    assert_eq!(states(&bench), is("held", "scheduled"));
}

#[test]
fn s5_a_saved_plan_of_one_pause_ends_that_one() {
    let bench = paused_apart();
    let _ = bench
        .run(&["resume", "--account", "shop", "--save", "plan.txt"])
        .well();
    let refused = bench.run(&["resume", "--account", "club", "--apply", "plan.txt"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    let _ = bench.run(&["resume", "--apply", "plan.txt"]).well();
    assert_eq!(states(&bench), is("held", "scheduled"));
    let again = bench.run(&["resume", "--apply", "plan.txt"]);
    assert_eq!(again.code, 4, "that pause is over: {again:?}");
}

#[test]
fn s5_status_names_each_of_several_pauses() {
    let bench = paused_apart();
    let status = bench.run(&["status"]).well().out;
    let order = status
        .split("(order ")
        .nth(1)
        .and_then(|rest| rest.split(')').next());
    let order = order.unwrap_or_else(|| panic!("{status}"));
    let plan = bench.run(&["resume", "--order", order]).well().out;
    assert!(plan.contains("ends: account shop"), "{plan}");
}

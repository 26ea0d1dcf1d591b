//! Other users of the machine: the group that may pause, the group that may resume, and everybody else; by the real
//! program under other user numbers.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use soundpost_cli::os::switch_file::SwitchFile;
use soundpost_core::halt::Scope;
use soundpost_core::port::switch::Switch as _;
use soundpost_fixtures::build::{BEGIN, order};
use soundpost_tests::cli::bench::{Bench, poll};
use soundpost_tests::cli::users::{LEAD, LEADS, PRESS, PRESSMAN, STRANGER, Town};

const SECRET_WORDS: &str = "Our new violin is here.";

fn in_a_minute(bench: &Bench) {
    let post = ["post", SECRET_WORDS, "--to", "shop", "--at", "+1m"];
    let _ = bench.run(&post).well();
}

fn is_halted(bench: &Bench) -> bool {
    bench.json(&["status"])["ok"]["status"]["halts"] != serde_json::json!([])
}

fn named(user: u32) -> String {
    format!("uid {user}")
}

#[test]
fn s2_a_member_pauses_through_the_daemon_and_is_named() {
    let Some(town) = Town::with_press() else { return };
    let daemon = town.bench.daemon();
    let paused = town.run_as(PRESSMAN, &["pause", "what is this?"]);
    assert_eq!(paused.code, 0, "{paused:?}");
    assert!(
        paused.out.contains("STOPPED") && paused.out.contains("the daemon confirms"),
        "{paused:?}"
    );
    let halts = &town.bench.json(&["status"])["ok"]["status"]["halts"];
    assert_eq!(halts[0]["who"], named(PRESSMAN.uid));
    assert_eq!(halts[0]["reason"], "what is this?");
    let now = ["post", "hello", "--to", "shop", "--now"];
    assert_eq!(town.bench.run(&now).code, 6);
    drop(daemon);
}

#[test]
fn s2_a_member_pauses_without_a_daemon_and_is_told_that_it_is_not_proven() {
    let Some(town) = Town::with_press() else { return };
    let paused = town.run_as(PRESSMAN, &["pause", "what is this?"]);
    assert_eq!(paused.code, 7, "{paused:?}");
    assert!(
        paused.out.contains("ORDERED, NOT PROVEN") && paused.out.contains("no daemon answers"),
        "{paused:?}"
    );
    let now = ["post", "hello", "--to", "shop", "--now"];
    assert_eq!(town.bench.run(&now).code, 6);
    assert!(town.bench.published("shop").is_empty());
}

#[test]
fn s2_a_stop_of_a_member_ends_no_process_and_says_so() {
    let Some(town) = Town::with_press() else { return };
    let mut daemon = town.bench.daemon();
    daemon.freeze();
    let stopped = town.run_as(PRESSMAN, &["stop", "what is this?"]);
    assert_eq!(stopped.code, 7, "{stopped:?}");
    assert!(stopped.out.contains("stop cannot end the process"), "{stopped:?}");
    assert!(!daemon.has_ended());
    daemon.thaw();
    assert!(is_halted(&town.bench));
}

#[test]
fn a_stranger_pauses_nothing_and_is_told_so() {
    let Some(town) = Town::with_press() else { return };
    let daemon = town.bench.daemon();
    let refused = town.run_as(STRANGER, &["pause", "what is this?"]);
    assert_eq!(refused.code, 12, "{refused:?}");
    assert!(refused.err.contains("the pause is NOT set"), "{refused:?}");
    for line in [&["status"][..], &["resume"], &["queue"]] {
        assert_eq!(town.run_as(STRANGER, line).code, 12);
    }
    assert!(!is_halted(&town.bench));
    drop(daemon);
}

#[test]
fn without_a_group_nobody_else_pauses() {
    let Some(town) = Town::new() else { return };
    let daemon = town.bench.daemon();
    let refused = town.run_as(PRESSMAN, &["pause", "what is this?"]);
    assert_eq!(refused.code, 12, "{refused:?}");
    assert!(!is_halted(&town.bench));
    drop(daemon);
}

#[test]
fn a_member_sees_that_it_is_paused_and_no_post() {
    let Some(town) = Town::with_press() else { return };
    in_a_minute(&town.bench);
    let _ = town.bench.run(&["pause", "trouble"]).well();
    let alone = town.run_as(PRESSMAN, &["status"]).well().out;
    let daemon = town.bench.daemon();
    let told = town.run_as(PRESSMAN, &["status"]).well().out;
    let json = town.run_as(PRESSMAN, &["status", "--json"]).well().out;
    for said in [&alone, &told, &json] {
        assert!(said.contains("trouble"), "{said}");
        assert!(!said.contains("violin") && !said.contains("shop"), "{said}");
    }
    assert!(
        alone.contains("no daemon answers") && told.contains("the daemon runs"),
        "{alone}{told}"
    );
    let paused = town.run_as(PRESSMAN, &["pause", "once more"]).well().out;
    assert!(
        paused.contains("1 in the next 12 hours") && !paused.contains("violin"),
        "{paused}"
    );
    drop(daemon);
}

#[test]
fn a_member_does_nothing_else() {
    let Some(town) = Town::with_press() else { return };
    in_a_minute(&town.bench);
    let daemon = town.bench.daemon();
    let _ = town.run_as(PRESSMAN, &["pause", "trouble"]).well();
    let post = ["post", "hello", "--to", "shop", "--now"];
    let lines = [
        &["resume"][..],
        &["queue"],
        &["doctor"],
        &["run"],
        &["account", "list"],
        &post,
    ];
    for line in lines {
        let refused = town.run_as(PRESSMAN, line);
        assert_eq!(refused.code, 12, "{line:?}: {refused:?}");
        assert!(!refused.err.contains("violin"), "{refused:?}");
    }
    assert!(is_halted(&town.bench));
    drop(daemon);
}

#[test]
fn s5_who_may_resume_does_and_is_named() {
    let Some(town) = Town::with_press() else { return };
    town.configure(&format!(
        "switch_group = \"{PRESS}\"\nresume_group = \"{LEADS}\"\n"
    ));
    in_a_minute(&town.bench);
    let daemon = town.bench.daemon();
    let _ = town.run_as(PRESSMAN, &["pause", "trouble"]).well();
    assert_eq!(town.run_as(PRESSMAN, &["resume"]).code, 12);
    let plan = town.run_as(LEAD, &["resume", "--json"]).well().json();
    let number = plan["ok"]["plan"]["number"].as_str().expect("a text").to_owned();
    let _ = town
        .run_as(LEAD, &["resume", "--apply", "--plan", &number])
        .well();
    assert!(!is_halted(&town.bench));
    assert_eq!(town.run_as(LEAD, &["queue"]).code, 12, "and reads nothing else");
    drop(daemon);
}

#[test]
fn a_group_that_is_named_later_is_let_in_at_the_next_start() {
    let Some(town) = Town::new() else { return };
    let mode = |name: &str| {
        let found = std::fs::metadata(town.bench.home().join(name)).expect("it is there");
        (found.mode() & 0o7777, found.gid())
    };
    assert_eq!(mode("switch").0, 0o700);
    town.configure(&format!("switch_group = \"{PRESS}\"\n"));
    let doctor = town.bench.run(&["doctor"]);
    assert!(
        doctor.code == 9 && doctor.out.contains("soundpost run"),
        "{doctor:?}"
    );
    let daemon = town.bench.daemon();
    assert_eq!(mode("switch"), (0o2770, PRESS));
    assert_eq!(mode("switch/switch"), (0o660, PRESS));
    assert_eq!(mode("switch/pause.sock"), (0o660, PRESS));
    assert_eq!(mode("").0, 0o711);
    assert_eq!(mode("store.json").0 & 0o077, 0);
    let _ = town.run_as(PRESSMAN, &["pause", "trouble"]).well();
    let doctor = town.bench.run(&["doctor"]);
    assert!(!doctor.out.contains("the next 'soundpost run'"), "{doctor:?}");
    drop(daemon);
    assert!(!town.bench.home().join("switch/pause.sock").exists());
}

/// What the daemon says at the door for members to this, sent as it is.
fn at_the_door(bench: &Bench, bytes: &[u8]) -> String {
    let mut stream = UnixStream::connect(bench.home().join("switch/pause.sock")).expect("the door is open");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("it can be set");
    // A daemon that hangs up early does not read to the end.
    let _ = stream.write_all(bytes);
    let mut said = String::new();
    let _ = stream.read_to_string(&mut said);
    said
}

#[test]
fn a_hostile_member_gets_nothing_and_stops_nobody() {
    let Some(town) = Town::with_press() else { return };
    in_a_minute(&town.bench);
    let daemon = town.bench.daemon();
    let hello = "{\"protocol\":1,\"version\":\"\",\"store\":\"\"}\n";
    let ask = |ask: &str| format!("{hello}{{\"who\":\"anna\",\"ask\":{ask}}}\n");
    let everything = "{\"queue\":{\"states\":[],\"account\":null,\"limit\":0}}";
    let plan = "{\"resume_plan\":{\"network\":null,\"account\":null,\"campaign\":null,\"orders\":[]}}";
    for asked in [everything, plan, "{\"show\":{\"id\":\"aaaa\"}}"] {
        let said = at_the_door(&town.bench, ask(asked).as_bytes());
        assert!(said.contains("not_allowed") && !said.contains("violin"), "{said}");
    }
    let mut huge = hello.as_bytes().to_vec();
    huge.resize(1024 * 1024, b'x');
    for garbage in [&[0, 159, 146, 150, b'\n', b'{'][..], b"\n\n\n", &huge] {
        let said = at_the_door(&town.bench, garbage);
        assert!(!said.contains("answer"), "{said}");
    }
    let idle: Vec<_> = (0..200)
        .filter_map(|_| UnixStream::connect(town.bench.home().join("switch/pause.sock")).ok())
        .collect();
    let _ = town.run_as(PRESSMAN, &["pause", "trouble"]).well();
    drop(idle);
    drop(daemon);
}

#[test]
fn s2_a_pause_is_by_whom_the_system_says() {
    let Some(town) = Town::with_press() else { return };
    let daemon = town.bench.daemon();
    let order = serde_json::to_string(&order(1, Scope::Everything, BEGIN)).expect("an order is written");
    let asked = format!("{{}}\n{{\"who\":\"anna\",\"ask\":{{\"pause\":{order}}}}}\n");
    let said = at_the_door(&town.bench, asked.as_bytes());
    assert!(said.contains("paused"), "{said}");
    let halts = &town.bench.json(&["status"])["ok"]["status"]["halts"];
    assert_eq!(halts[0]["who"], "root", "{halts}");
    drop(daemon);
}

#[test]
fn s1_what_only_the_switch_had_stays_when_the_switch_is_changed() {
    let bench = Bench::with_accounts();
    let daemon = bench.daemon();
    let switch = SwitchFile::open(&bench.home(), None);
    let order = order(1, Scope::Everything, BEGIN);
    switch.order(&order).expect("the switch is written");
    poll("the journal's record", || {
        let status = bench.json(&["status"]);
        status["ok"]["status"]["halts"][0]["who"] == "anna (by the switch's file)"
    });
    switch.lift(&[order.id]).expect("the switch is written");
    assert!(is_halted(&bench));
    drop(daemon);
}

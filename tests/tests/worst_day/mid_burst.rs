//! The daemon hangs or dies in the middle of a burst, or is just starting: what the pause lists, and that nothing else
//! arrives after it.

use std::collections::BTreeSet;

use soundpost_tests::cli::bench::{Bench, Ran, poll};
use soundpost_tests::crash::dice::Dice;
use soundpost_tests::worst_day::receiver::{Manner, Part, Receiver};
use soundpost_tests::worst_day::scene::{
    ACCOUNTS, assert_none_twice, await_arrivals, await_rest, begun, may_still_go, queue_burst, with_webhooks,
};

/// How many requests a receiver keeps waiting; fewer than the daemon has lanes.
const LATE: Manner = Manner::Late(8);
const POSTS: usize = 2;
/// Each post has two parts.
const WRITES: usize = POSTS * 2 * ACCOUNTS;

fn burst() -> (Receiver, Bench) {
    let receiver = Receiver::start(LATE);
    let bench = with_webhooks(&receiver, ACCOUNTS);
    queue_burst(&bench, POSTS);
    (receiver, bench)
}

/// How many have arrived when it happens.
fn moment(seed: u64) -> usize {
    let most = u64::try_from(WRITES * 3 / 4).unwrap();
    1 + usize::try_from(Dice::new(seed).below(most)).unwrap()
}

fn later(receiver: &Receiver, before: usize) -> BTreeSet<Part> {
    receiver.arrived().split_off(before).into_iter().collect()
}

/// The daemon is stopped after so many arrivals; what arrives after the pause was listed by it, word for word.
fn hangs(seed: u64) {
    let (receiver, bench) = burst();
    let daemon = bench.launch();
    await_arrivals(&receiver, moment(seed));
    daemon.freeze();
    let paused = bench.run(&["pause", "trouble", "--json"]);
    assert_eq!(paused.code, 7, "{paused:?}");
    let before = receiver.arrived().len();
    let listed = may_still_go(&paused.json());
    let parts: BTreeSet<Part> = listed.keys().cloned().collect();
    assert_eq!(parts, begun(&bench), "what the journal shows as begun");
    assert!(
        receiver.unanswered().is_subset(&parts),
        "what has no answer is listed: {:?}, {parts:?}",
        receiver.unanswered()
    );
    let queued = bench_accounts(&bench);
    for ((delivery, part), (account, text)) in &listed {
        let word = if *part == 1 { "begins" } else { "ends" };
        assert!(text.starts_with("burst ") && text.ends_with(word), "{text}");
        assert!(queued.contains(&(delivery.clone(), account.clone())), "{account}");
    }
    daemon.thaw();
    receiver.let_go();
    await_rest(&bench);
    let later = later(&receiver, before);
    assert!(later.is_subset(&parts), "not listed, and it went: {later:?}");
    assert_none_twice(&receiver);
    let held = bench.queue().iter().filter(|d| d["state"] == "held").count();
    assert!(held > 0, "the burst was not over");
}

/// Each delivery with its account, from the journal.
fn bench_accounts(bench: &Bench) -> BTreeSet<(String, String)> {
    let post = |n: usize| format!("w{n}");
    let store = soundpost_store::open::look(&bench.home()).unwrap();
    let world = soundpost_core::port::store::Store::world(&store);
    let names: BTreeSet<String> = world.accounts.values().map(|a| a.name.clone()).collect();
    assert_eq!(names, (0..ACCOUNTS).map(post).collect());
    let all = soundpost_core::port::store::Query::default();
    let list = soundpost_core::port::store::Store::list(&store, &all);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let list = runtime.block_on(list).unwrap();
    list.iter()
        .map(|d| (d.id.to_string(), world.accounts[&d.account].name.clone()))
        .collect()
}

#[test]
fn s3_a_daemon_that_hangs_early_in_a_burst_sends_what_was_listed_and_nothing_else() {
    hangs(1);
}

#[test]
fn s3_a_daemon_that_hangs_later_in_a_burst_sends_what_was_listed_and_nothing_else() {
    hangs(2);
}

#[test]
fn s3_a_daemon_that_hangs_late_in_a_burst_sends_what_was_listed_and_nothing_else() {
    hangs(5);
}

#[test]
fn s3_the_screen_lists_what_may_still_go_and_a_narrower_pause_only_its_own() {
    let (receiver, bench) = burst();
    let daemon = bench.launch();
    await_arrivals(&receiver, 20);
    daemon.freeze();
    let mine: BTreeSet<Part> = begun(&bench);
    let (delivery, _) = mine.first().unwrap().clone();
    let of = bench_accounts(&bench);
    let account = &of.iter().find(|(id, _)| *id == delivery).unwrap().1;
    let paused = bench.run(&["pause", "trouble", "--account", account]);
    assert_eq!(paused.code, 7, "{paused:?}");
    assert!(paused.out.contains("May still go: 1\n"), "{paused:?}");
    let line = paused.out.lines().find(|l| l.contains(" part ")).unwrap();
    assert!(line.contains(&format!(" to {account}: no answer yet")), "{line}");
    assert!(paused.out.contains("\"burst 0 "), "{paused:?}");
    drop(receiver);
}

#[test]
fn s1_after_a_stop_in_the_middle_of_a_burst_nothing_arrives() {
    let (receiver, bench) = burst();
    let mut daemon = bench.launch();
    await_arrivals(&receiver, moment(7));
    daemon.freeze();
    let stopped = bench.run(&["stop", "trouble", "--json"]);
    assert_eq!(stopped.code, 0, "{stopped:?}");
    assert!(may_still_go(&stopped.json()).is_empty(), "{stopped:?}");
    assert!(daemon.has_ended());
    let before = receiver.arrived();
    receiver.let_go();
    drop(daemon);
    let _next = bench.daemon();
    await_rest(&bench);
    assert_eq!(receiver.arrived(), before);
    assert_none_twice(&receiver);
}

#[test]
fn s1_after_a_kill_and_a_pause_the_next_daemon_sends_nothing() {
    let (receiver, bench) = burst();
    let daemon = bench.launch();
    await_arrivals(&receiver, moment(11));
    daemon.kill();
    let begun = begun(&bench);
    let paused = bench.run(&["pause", "trouble", "--json"]).well();
    let told = paused.json()["ok"]["paused"]["under_way"].clone();
    assert!(told.as_array().unwrap().len() >= begun.len(), "{told}");
    let before = receiver.arrived();
    receiver.let_go();
    let _next = bench.daemon();
    await_rest(&bench);
    assert_eq!(receiver.arrived(), before);
}

/// A pause is given when the daemon has come so far; what arrives after its answer was listed.
fn while_starting(has_come: impl Fn(&Bench, &Receiver) -> bool) {
    let (receiver, bench) = burst();
    receiver.let_go();
    let _daemon = bench.launch();
    poll("the daemon's start", || has_come(&bench, &receiver));
    let paused = bench.run(&["pause", "trouble", "--json"]);
    assert!(matches!(paused.code, 0 | 7), "{paused:?}");
    let before = receiver.arrived().len();
    let listed: BTreeSet<Part> = may_still_go(&paused.json()).into_keys().collect();
    assert!(paused.code == 7 || listed.is_empty(), "proven: {listed:?}");
    await_rest(&bench);
    let later = later(&receiver, before);
    assert!(later.is_subset(&listed), "{later:?}");
}

#[test]
fn s1_a_pause_together_with_the_daemons_start_is_silent_at_once() {
    while_starting(|_, _| true);
}

#[test]
fn s1_a_pause_while_the_daemon_opens_the_queue_is_silent_at_once() {
    while_starting(|bench, _| bench.home().join("sled").join("db").exists());
}

#[test]
fn s1_a_pause_when_the_daemon_begins_to_listen_is_silent_at_once() {
    while_starting(|bench, _| bench.home().join("control.sock").exists());
}

#[test]
fn s1_a_pause_after_the_daemons_first_send_is_silent_at_once() {
    while_starting(|_, receiver| !receiver.arrived().is_empty());
}

/// The switch's file breaks in the middle of a burst: only what had begun by then may still arrive.
fn breaks_meanwhile(seed: u64, damage: impl Fn(&std::path::Path)) -> Ran {
    let (receiver, bench) = burst();
    let daemon = bench.launch();
    await_arrivals(&receiver, moment(seed));
    damage(&bench.home().join("switch").join("switch"));
    // What is admitted now was admitted before, and stands in the journal since before that.
    let begun = begun(&bench);
    let before = receiver.arrived().len();
    receiver.let_go();
    await_rest(&bench);
    let later = later(&receiver, before);
    assert!(later.is_subset(&begun), "{later:?} of {begun:?}");
    assert_none_twice(&receiver);
    let held = bench.queue().iter().filter(|d| d["state"] == "held").count();
    assert!(held > 0, "the burst was not over");
    let status = bench.run(&["status"]);
    drop(daemon);
    status
}

#[test]
fn s2_a_switch_that_is_deleted_in_the_middle_of_a_burst_stops_it() {
    let status = breaks_meanwhile(3, |switch| std::fs::remove_file(switch).unwrap());
    assert!(status.out.contains("STOPPED"), "{status:?}");
    assert!(status.out.contains("is missing"), "{status:?}");
}

#[test]
fn s2_a_switch_that_is_scribbled_over_in_the_middle_of_a_burst_stops_it() {
    let status = breaks_meanwhile(4, |switch| std::fs::write(switch, vec![7; 64 * 1024]).unwrap());
    assert!(status.out.contains("STOPPED"), "{status:?}");
    assert!(status.out.contains("is damaged"), "{status:?}");
}

//! Disks that are full, fill up in the middle of a burst, or cannot be written.

use std::fs;

use soundpost_tests::cli::bench::{Bench, poll};
use soundpost_tests::worst_day::receiver::{Manner, Receiver};
use soundpost_tests::worst_day::scene::{
    ACCOUNTS, add_webhooks, assert_none_twice, await_rest, spread_nothing, with_webhooks,
};
use soundpost_tests::worst_day::small_disk::SmallDisk;

/// Room for a queue with its first journal segment, and no second one.
const KIB: u32 = 16 * 1024;
/// At most so many posts until a small disk is full.
const POSTS_MAX: usize = 60;

/// A queue on a small disk of its own.
fn on_a_small_disk() -> Option<(Bench, SmallDisk)> {
    let bench = Bench::empty();
    fs::create_dir(bench.home()).unwrap();
    let disk = SmallDisk::mount(&bench.home(), KIB)?;
    let _ = bench.run(&["init"]).well();
    spread_nothing(&bench);
    Some((bench, disk))
}

#[test]
fn s2_a_full_disk_prevents_no_pause_and_status_tells_of_it() {
    let Some((bench, disk)) = on_a_small_disk() else {
        return;
    };
    let receiver = Receiver::start(Manner::Late(0));
    add_webhooks(&bench.home(), &receiver, 1);
    let daemon = bench.daemon();
    disk.fill();
    let status = bench.run(&["status"]).well();
    assert!(
        status.out.contains("the disk with the queue is full"),
        "{status:?}"
    );
    let _ = bench.run(&["pause", "trouble"]).well();
    let held = bench.run(&["post", "hello", "--to", "w0", "--now"]);
    assert!(matches!(held.code, 6 | 9), "held, or not taken: {held:?}");
    daemon.kill();
    let again = bench.run(&["pause", "once more", "--json"]).well();
    assert_eq!(again.json()["ok"]["paused"]["proven"], true);
    // It starts and is silent, or it cannot even start.
    let mut next = bench.launch();
    poll("the next daemon", || {
        next.has_ended() || bench.json(&["status"])["ok"]["status"]["daemon"] == true
    });
    let status = bench.run(&["status", "--json"]);
    assert!(status.out.contains("once more"), "{status:?}");
    let told = format!("{}{}", status.out, status.err);
    assert!(
        told.contains("full") || told.contains("No space left"),
        "{status:?}"
    );
    assert!(receiver.arrived().is_empty());
}

#[test]
fn d1_d2_a_disk_that_fills_up_while_it_sends_loses_nothing_and_doubles_nothing() {
    let Some((bench, disk)) = on_a_small_disk() else {
        return;
    };
    let receiver = Receiver::start(Manner::Late(0));
    add_webhooks(&bench.home(), &receiver, ACCOUNTS);
    let daemon = bench.daemon();
    disk.fill();
    let text = "A long story. ".repeat(350);
    let line = ["post", &text, "--to", "@all", "--at", "now", "--json"];
    let mut taken = 0;
    let refused = (0..POSTS_MAX).find_map(|_| {
        let posted = bench.run(&line);
        taken += usize::from(posted.code == 0);
        (posted.code != 0).then_some(posted)
    });
    let refused = refused.expect("the disk is full at last");
    // sled may answer with an error, or not at all: then the daemon hangs.
    assert!(matches!(refused.code, 8 | 9), "{refused:?}");
    let status = bench.json(&["status"]);
    let status = &status["ok"]["status"];
    let trouble = format!("{}{}", status["store_trouble"], status["low_on_room"]);
    assert!(
        trouble.contains("full") || trouble.contains("No space"),
        "{status}"
    );
    let paused = bench.run(&["pause", "trouble"]);
    assert!(matches!(paused.code, 0 | 7), "{paused:?}");
    daemon.kill();
    disk.make_room();
    let _next = bench.daemon();
    resume(&bench);
    let all = bench.queue();
    assert!(all.len() >= taken * ACCOUNTS, "{} of {taken} posts", all.len());
    let arrived = receiver.arrived();
    assert_none_twice(&receiver);
    for delivery in &all {
        let id = delivery["id"].as_str().unwrap().to_owned();
        let has_arrived = arrived.contains(&(id, 1));
        match delivery["state"].as_str().unwrap() {
            "published" => assert!(has_arrived, "{delivery}"),
            // Its answer could not be written down: a person looks.
            "unknown" => {}
            state => panic!("{state}: {delivery}"),
        }
    }
    // How many are unknown depends on the moment; what is new goes out in any case.
    let before = receiver.arrived().len();
    let _ = bench.run(&["post", "and on", "--to", "w0", "--now"]).well();
    assert_eq!(receiver.arrived().len(), before + 1, "it goes on");
}

/// Ends the pause, and lets what its plan has spread go at once.
fn resume(bench: &Bench) {
    poll("a plan that nothing has changed since", || {
        let plan = bench.json(&["resume"]);
        let number = plan["ok"]["plan"]["number"].as_str().unwrap().to_owned();
        // The next process may still be looking at what the last one left open.
        let resumed = bench.run(&["resume", "--apply", "--plan", &number]);
        assert!(matches!(resumed.code, 0 | 5), "{resumed:?}");
        resumed.code == 0
    });
    poll("the end of what was spread", || {
        let waiting = bench.json(&["queue", "--state", "scheduled", "--state", "retry_at"]);
        let waiting = waiting["ok"]["deliveries"].as_array().cloned();
        let waiting = waiting.unwrap_or_default();
        let ids: Vec<&str> = waiting.iter().filter_map(|d| d["id"].as_str()).collect();
        if !ids.is_empty() {
            // Refused as a whole when one of them has begun meanwhile: then once more.
            let moved = bench.run(&[&["reschedule"], ids.as_slice(), &["--at", "now"]].concat());
            assert!(matches!(moved.code, 0 | 5), "{moved:?}");
        }
        ids.is_empty()
    });
    await_rest(bench);
}

#[test]
fn s2_a_home_that_cannot_be_written_is_not_claimed_to_be_paused() {
    let receiver = Receiver::start(Manner::Late(0));
    let bench = with_webhooks(&receiver, 1);
    let Some(_disk) = SmallDisk::read_only(&bench.home()) else {
        return;
    };
    for command in ["pause", "stop"] {
        let refused = bench.run(&[command, "trouble"]);
        assert_eq!(refused.code, 9, "{refused:?}");
        assert!(refused.err.contains("NOT set"), "{refused:?}");
        assert!(!refused.out.contains("Set."), "{refused:?}");
    }
    let status = bench.run(&["status"]);
    assert!(status.err.contains("Read-only file system"), "{status:?}");
}

#[test]
fn s2_where_the_switch_cannot_be_written_the_daemon_and_its_journal_keep_the_order() {
    let receiver = Receiver::start(Manner::Late(0));
    let bench = with_webhooks(&receiver, 1);
    let _daemon = bench.daemon();
    let Some(_disk) = SmallDisk::read_only(&bench.home().join("switch")) else {
        return;
    };
    let paused = bench.run(&["pause", "trouble", "--json"]).well();
    let paused = &paused.json()["ok"]["paused"];
    assert_eq!(paused["proven"], true, "{paused}");
    assert!(paused["troubles"].to_string().contains("Read-only"), "{paused}");
    assert_eq!(bench.run(&["post", "hello", "--to", "w0", "--now"]).code, 6);
    assert!(receiver.arrived().is_empty());
}

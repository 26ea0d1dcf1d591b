//! A daemon that hangs: what `pause`, `stop` and the other commands say and do, with the real program.

use soundpost_tests::cli::bench::{Bench, poll};

/// A post that comes due while the daemon hangs.
fn soon(bench: &Bench) {
    let posted = bench.run(&["post", "hello", "--to", "shop", "--at", "+4s"]);
    assert_eq!(posted.code, 0, "{posted:?}");
}

#[test]
fn s3_a_pause_that_a_hung_daemon_does_not_confirm_is_ordered_and_not_proven() {
    let bench = Bench::with_accounts();
    let daemon = bench.daemon();
    soon(&bench);
    daemon.freeze();
    let paused = bench.run(&["pause", "trouble", "--json"]);
    assert_eq!(paused.code, 7, "{paused:?}");
    assert_eq!(paused.json()["ok"]["paused"]["proven"], false);
    let status = bench.run(&["status", "--json"]);
    assert_eq!(status.code, 8, "{status:?}");
    assert!(status.out.contains("\"owner_silent\":true"), "{status:?}");
    assert_eq!(bench.run(&["queue"]).code, 8);
    daemon.thaw();
    // The daemon finds the order in the switch, although nobody could tell it.
    poll("the hold", || {
        let waiting = bench.queue();
        waiting.iter().any(|delivery| delivery["state"] == "held")
    });
    assert!(bench.published("shop").is_empty());
}

#[test]
fn s2_stop_kills_a_hung_daemon_and_proves_the_silence() {
    let bench = Bench::with_accounts();
    let mut daemon = bench.daemon();
    soon(&bench);
    daemon.freeze();
    let stopped = bench.run(&["stop", "trouble", "--json"]);
    assert_eq!(stopped.code, 0, "{stopped:?}");
    assert_eq!(stopped.json()["ok"]["paused"]["proven"], true);
    assert!(daemon.has_ended());
    drop(daemon);
    let next = bench.daemon();
    poll("the hold", || {
        let waiting = bench.queue();
        waiting.iter().any(|delivery| delivery["state"] == "held")
    });
    assert!(bench.published("shop").is_empty());
    drop(next);
}

//! A daemon that hangs: what `pause`, `stop` and the other commands say and do, with the real program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixListener;

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

/// Answers each caller with the hello of another version, and then hangs up.
fn speak_another_version(bench: &Bench) {
    let listener = UnixListener::bind(bench.home().join("control.sock")).expect("the home can be written");
    std::thread::spawn(move || {
        for caller in listener.incoming().map_while(Result::ok) {
            let hello = b"{\"protocol\":99,\"version\":\"9.9.9\",\"store\":\"\"}\n";
            let _ = (&caller).write_all(hello);
            let _ = BufReader::new(&caller).read_line(&mut String::new());
        }
    });
}

#[test]
fn s2_a_daemon_of_another_version_is_named_and_can_be_paused() {
    let bench = Bench::with_accounts();
    speak_another_version(&bench);
    let refused = bench.run(&["queue"]);
    assert_eq!(refused.code, 8, "{refused:?}");
    assert!(
        refused.err.contains("9.9.9") && refused.err.contains("restart"),
        "{refused:?}"
    );
    let paused = bench.run(&["pause", "trouble"]);
    assert_eq!(paused.code, 0, "{paused:?}");
}

#[test]
fn a_copied_queue_starts_halted_until_it_is_adopted_and_resumed() {
    let bench = Bench::with_accounts();
    let _ = bench
        .run(&["post", "hello", "--to", "shop", "--at", "+1h"])
        .well();
    let copy = bench.folder().join("copy");
    let home = bench.home();
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .args([&home, &copy])
        .status();
    assert!(copied.expect("cp starts").success());
    let copy = copy.to_str().expect("a plain path");
    let there = |line: &[&str]| bench.run(&[&["--home", copy], line].concat());
    let now = ["post", "twice?", "--to", "shop", "--now"];
    assert_eq!(there(&now).code, 6, "a copy sends nothing");
    let status = there(&["status"]).well();
    assert!(status.out.contains("PAUSED"), "{status:?}");
    let _ = there(&["doctor", "--adopt"]).well();
    assert_eq!(
        there(&now).code,
        6,
        "adopted, it stays paused until a person resumes"
    );
    assert_eq!(bench.run(&now).code, 0, "the original goes on");
}

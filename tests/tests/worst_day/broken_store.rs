//! A store in pieces, or one that this user may not open: every command answers, and nothing is claimed that cannot be
//! known.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use soundpost_tests::cli::bench::{Bench, Ran, poll};
use soundpost_tests::worst_day::stranger;

fn with_a_due_post() -> Bench {
    let bench = Bench::with_accounts();
    let _ = bench
        .run(&["post", "hello", "--to", "shop", "--at", "now"])
        .well();
    bench
}

fn a_file_instead(path: &Path) {
    fs::remove_dir_all(path).unwrap();
    fs::write(path, "a file").unwrap();
}

#[track_caller]
fn no_panic(ran: &Ran) -> &Ran {
    assert!(
        !ran.err.contains("panicked") && matches!(ran.code, 0 | 2..=12),
        "{ran:?}"
    );
    ran
}

fn proven(ran: &Ran) -> Value {
    ran.json()["ok"]["paused"]["proven"].clone()
}

#[test]
fn s2_a_store_in_pieces_can_be_paused_and_nothing_sends_from_it() {
    let damages: [fn(&Path); 6] = [
        |home| a_file_instead(&home.join("journal")),
        |home| fs::remove_dir_all(home.join("journal")).unwrap(),
        |home| a_file_instead(&home.join("sled")),
        |home| {
            fs::remove_file(home.join("sled/db")).unwrap();
            fs::create_dir(home.join("sled/db")).unwrap();
        },
        |home| fs::remove_file(home.join("store.json")).unwrap(),
        |home| fs::write(home.join("store.json"), "noise").unwrap(),
    ];
    for damage in damages {
        let bench = with_a_due_post();
        damage(&bench.home());
        for command in ["pause", "stop"] {
            let ran = bench.run(&[command, "trouble", "--json"]);
            assert_eq!(no_panic(&ran).code, 0, "{ran:?}");
            assert_eq!(proven(&ran), true, "nobody owns it: {ran:?}");
        }
        let status = bench.run(&["status"]);
        assert_ne!(no_panic(&status).code, 0, "{status:?}");
        let said = format!("{}{}", status.out, status.err);
        assert!(said.contains("trouble"), "the order is told: {status:?}");
        let mut daemon = bench.launch();
        assert!(matches!(daemon.ends(), Some(4 | 9)), "{}", daemon.log());
        assert!(bench.published("shop").is_empty());
    }
}

#[test]
fn s2_a_store_that_its_own_user_may_not_read_can_be_paused_and_nothing_sends_from_it() {
    if !stranger::is_possible() {
        return;
    }
    for folder in ["journal", "sled"] {
        let bench = with_a_due_post();
        stranger::give(&bench.home());
        fs::set_permissions(bench.home().join(folder), fs::Permissions::from_mode(0o000)).unwrap();
        for command in ["pause", "stop"] {
            let ran = stranger::run(&bench, &[command, "trouble", "--json"]);
            assert_eq!(no_panic(&ran).code, 0, "{folder}: {ran:?}");
            assert_eq!(proven(&ran), true, "nobody owns it: {ran:?}");
        }
        let status = stranger::run(&bench, &["status"]);
        assert_eq!(no_panic(&status).code, 9, "{folder}: {status:?}");
        let said = format!("{}{}", status.out, status.err);
        assert!(said.contains("trouble"), "the order is told: {status:?}");
        let sent = stranger::run(&bench, &["post", "hello", "--to", "shop", "--now"]);
        assert_eq!(no_panic(&sent).code, 9, "{folder}: {sent:?}");
        assert!(bench.published("shop").is_empty());
    }
}

#[test]
fn s3_a_queue_that_cannot_be_opened_is_told_from_the_journal() {
    let bench = with_a_due_post();
    a_file_instead(&bench.home().join("sled"));
    let paused = bench.run(&["pause", "trouble", "--json"]).well();
    let paused = &paused.json()["ok"]["paused"];
    assert_eq!(paused["tonight"], 1, "{paused}");
    let mended = bench.run(&["doctor", "--rebuild"]);
    assert_eq!(mended.code, 0, "{mended:?}");
    let _daemon = bench.daemon();
    poll("the hold", || bench.queue().iter().any(|d| d["state"] == "held"));
    assert!(bench.published("shop").is_empty());
}

#[test]
fn s2_a_file_or_nothing_in_the_place_of_the_home_is_said() {
    let bench = Bench::empty();
    for damage in [|_: &Path| {}, |home: &Path| fs::write(home, "a file").unwrap()] {
        damage(&bench.home());
        for command in ["pause", "stop", "status"] {
            let ran = bench.run(&[command]);
            assert_eq!(no_panic(&ran).code, 4, "{ran:?}");
            assert!(ran.err.contains("there is no queue in"), "{ran:?}");
            assert!(!ran.out.contains("Set."), "{ran:?}");
        }
    }
}

#[test]
fn s2_a_daemon_whose_folder_is_moved_away_sends_nothing() {
    let bench = Bench::with_accounts();
    let daemon = bench.daemon();
    let away = bench.folder().join("away");
    // Long enough ahead to be moved away before it is due, also on a machine that is busy.
    let _ = bench
        .run(&["post", "hello", "--to", "shop", "--at", "+8s"])
        .well();
    fs::rename(bench.home(), &away).unwrap();
    poll("the hold", || {
        let look = soundpost_store::open::look(&away).unwrap();
        let all = soundpost_core::port::store::Query::default();
        let list = soundpost_core::port::store::Store::list(&look, &all);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let list = runtime.block_on(list).unwrap();
        list.iter().any(|d| d.state_name().to_string() == "held")
    });
    fs::rename(&away, bench.home()).unwrap();
    assert!(bench.published("shop").is_empty());
    drop(daemon);
}

#[test]
fn s3_a_lock_that_was_lost_proves_nothing() {
    let bench = Bench::with_accounts();
    let daemon = bench.daemon();
    daemon.freeze();
    fs::remove_file(bench.home().join("owner.lock")).unwrap();
    fs::remove_file(bench.home().join("control.sock")).unwrap();
    let paused = bench.run(&["pause", "trouble", "--json"]);
    assert_eq!(paused.code, 7, "{paused:?}");
    assert_eq!(proven(&paused), false, "{paused:?}");
}

#[test]
fn s2_s3_who_may_not_open_the_queue_is_not_told_that_it_is_paused() {
    if !stranger::is_possible() {
        return;
    }
    let bench = Bench::with_accounts();
    let _daemon = bench.daemon();
    // As others see it by default, and with a home that they may not even enter.
    for mode in [0o711, 0o700] {
        fs::set_permissions(bench.home(), fs::Permissions::from_mode(mode)).unwrap();
        for command in ["pause", "stop"] {
            let refused = stranger::run(&bench, &[command, "trouble"]);
            assert_eq!(no_panic(&refused).code, 12, "{refused:?}");
            assert!(refused.err.contains("NOT set"), "{refused:?}");
            assert!(!refused.out.contains("Set."), "{refused:?}");
        }
        let status = stranger::run(&bench, &["status"]);
        assert_eq!(no_panic(&status).code, 12, "{status:?}");
    }
    assert_eq!(bench.run(&["post", "hello", "--to", "shop", "--now"]).code, 0);
}

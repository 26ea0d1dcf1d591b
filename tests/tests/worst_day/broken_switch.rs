//! A switch in pieces: it counts as on, `status` says what is wrong, and `doctor` brings it back as halted.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use soundpost_tests::cli::bench::{Bench, Ran, poll};
use soundpost_tests::worst_day::stranger;

type Damage = fn(&Path);

/// What is done to the switch, and what `status` says of it.
const BROKEN: [(Damage, &str); 9] = [
    (|switch| fs::remove_file(switch).unwrap(), "is missing"),
    (
        |switch| fs::write(switch, vec![0; 64 * 1024]).unwrap(),
        "is damaged",
    ),
    (|switch| fs::write(switch, "").unwrap(), "is cut off"),
    (
        |switch| fs::write(switch, vec![0xa5; 64 * 1024]).unwrap(),
        "is damaged",
    ),
    (another_stores, "belongs to store"),
    (
        |switch| {
            fs::remove_file(switch).unwrap();
            fs::create_dir(switch).unwrap();
        },
        "is not a file",
    ),
    (
        |switch| {
            fs::rename(switch, switch.with_extension("aside")).unwrap();
            symlink(switch.with_extension("aside"), switch).unwrap();
        },
        "cannot be opened",
    ),
    (pipe, "is not a file"),
    (
        |switch| {
            let folder = switch.parent().unwrap();
            fs::remove_dir_all(folder).unwrap();
            fs::write(folder, "a file").unwrap();
        },
        "cannot be opened",
    ),
];

fn pipe(switch: &Path) {
    fs::remove_file(switch).unwrap();
    assert!(Command::new("mkfifo").arg(switch).status().unwrap().success());
}

fn another_stores(switch: &Path) {
    let other = Bench::empty();
    let _ = other.run(&["init"]).well();
    fs::rename(other.home().join("switch/switch"), switch).unwrap();
}

fn now(bench: &Bench) -> Ran {
    bench.run(&["post", "hello", "--to", "shop", "--now"])
}

#[test]
fn s2_a_broken_switch_counts_as_on_is_told_and_comes_back_halted() {
    for (damage, words) in BROKEN {
        let bench = Bench::with_accounts();
        damage(&bench.home().join("switch/switch"));
        assert_eq!(now(&bench).code, 6, "{words}");
        let status = bench.run(&["status"]).well();
        assert!(status.out.contains("STOPPED"), "{status:?}");
        assert!(
            status.out.replace("\n        ", " ").contains(words),
            "{status:?}"
        );
        let paused = bench.run(&["pause", "trouble", "--json"]).well();
        assert_eq!(paused.json()["ok"]["paused"]["proven"], true, "{paused:?}");
        let _ = bench.run(&["doctor", "--restore-switch"]).well();
        let status = bench.run(&["status"]).well();
        assert!(status.out.contains("PAUSED"), "{status:?}");
        assert!(status.out.contains("has been restored"), "{status:?}");
        assert_eq!(now(&bench).code, 6, "{words}");
        assert!(bench.published("shop").is_empty());
    }
}

#[test]
fn s2_a_daemon_does_not_wait_for_a_pipe_in_the_place_of_the_switch() {
    let bench = Bench::with_accounts();
    pipe(&bench.home().join("switch/switch"));
    let _ = bench
        .run(&["post", "hello", "--to", "shop", "--at", "now"])
        .well();
    let _daemon = bench.daemon();
    poll("the hold", || bench.queue().iter().any(|d| d["state"] == "held"));
    let paused = bench.run(&["pause", "trouble", "--json"]).well();
    assert_eq!(paused.json()["ok"]["paused"]["proven"], true, "{paused:?}");
    assert!(bench.published("shop").is_empty());
}

#[test]
fn s2_a_switch_without_permissions_counts_as_on_for_its_owner_too() {
    if !stranger::is_possible() {
        return;
    }
    let bench = Bench::with_accounts();
    let switch = bench.home().join("switch/switch");
    fs::set_permissions(&switch, fs::Permissions::from_mode(0o000)).unwrap();
    stranger::give(&bench.home());
    let held = stranger::run(&bench, &["post", "hello", "--to", "shop", "--now"]);
    assert_eq!(held.code, 6, "{held:?}");
    let status = stranger::run(&bench, &["status"]).well();
    assert!(
        status.out.contains("may not be opened by this user"),
        "{status:?}"
    );
    // The file takes no order; the journal does.
    let paused = stranger::run(&bench, &["pause", "trouble"]).well();
    assert!(paused.out.contains("STOPPED: everything"), "{paused:?}");
    let _ = stranger::run(&bench, &["doctor", "--restore-switch"]).well();
    let status = stranger::run(&bench, &["status"]).well();
    assert!(
        status.out.contains("trouble") && status.out.contains("PAUSED"),
        "{status:?}"
    );
}

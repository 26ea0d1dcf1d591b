//! A configuration that cannot be read: pausing needs none, and says so.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use soundpost_core::port::store::Store as _;
use soundpost_tests::cli::bench::Bench;
use soundpost_tests::worst_day::stranger;

type Damage = fn(&Path);

/// What is done to the configuration, and what is said of it.
const BROKEN: [(Damage, &str); 6] = [
    (|path| fs::write(path, "x = [").unwrap(), "line 1"),
    (
        |path| fs::write(path, "\nlane = 3\n").unwrap(),
        "unknown field `lane`",
    ),
    (
        |path| fs::write(path, b"\xff\xfe\x00\x01").unwrap(),
        "it is not text",
    ),
    (
        |path| fs::write(path, vec![b'#'; 2 << 20]).unwrap(),
        "longer than",
    ),
    (|path| fs::create_dir(path).unwrap(), "it is not a file"),
    (pipe, "it is not a file"),
];

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn s2_a_broken_configuration_prevents_no_pause_and_is_told() {
    for (damage, words) in BROKEN {
        let bench = Bench::with_accounts();
        damage(&bench.home().join("config.toml"));
        let paused = bench.run(&["pause", "trouble"]).well();
        assert!(paused.out.contains("STOPPED: everything"), "{paused:?}");
        let told = paused.err.replace("\n       ", " ");
        assert!(told.contains("config.toml") && told.contains(words), "{paused:?}");
        let journal = soundpost_store::open::look(&bench.home()).unwrap();
        assert_eq!(journal.world().halts.len(), 1, "the journal has a record of it");
        let status = bench.run(&["status"]);
        assert_eq!(status.code, 3, "{status:?}");
        assert!(status.out.contains("PAUSED"), "{status:?}");
        let mut daemon = bench.launch();
        assert_eq!(daemon.ends(), Some(3), "{}", daemon.log());
    }
}

#[test]
fn s2_an_empty_configuration_is_one() {
    let bench = Bench::with_accounts();
    fs::write(bench.home().join("config.toml"), "").unwrap();
    let paused = bench.run(&["pause", "trouble"]).well();
    assert_eq!(paused.err, "");
}

#[test]
fn s2_a_configuration_that_breaks_while_the_daemon_runs_or_hangs_prevents_no_pause() {
    let bench = Bench::with_accounts();
    let daemon = bench.daemon();
    fs::write(bench.home().join("config.toml"), "x = [").unwrap();
    let paused = bench.run(&["pause", "trouble", "--json"]).well();
    assert_eq!(paused.json()["ok"]["paused"]["proven"], true);
    daemon.freeze();
    let again = bench.run(&["pause", "once more"]);
    assert_eq!(again.code, 7, "{again:?}");
    assert!(again.err.contains("config.toml"), "{again:?}");
}

#[test]
fn s2_a_configuration_that_this_user_may_not_read_prevents_no_pause() {
    if !stranger::is_possible() {
        return;
    }
    let bench = Bench::with_accounts();
    let config = bench.home().join("config.toml");
    fs::write(&config, "").unwrap();
    fs::set_permissions(&config, fs::Permissions::from_mode(0o000)).unwrap();
    stranger::give(&bench.home());
    let paused = stranger::run(&bench, &["pause", "trouble"]).well();
    assert!(paused.out.contains("STOPPED: everything"), "{paused:?}");
    assert!(paused.err.contains("Permission denied"), "{paused:?}");
}

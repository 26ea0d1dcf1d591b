//! Odd places and poor systems: long, strange and relative paths, folders that are not there, no certificates, no files
//! left, and a clock that jumps.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use jiff::SignedDuration;
use soundpost_tests::cli::bench::{Bench, Ran, poll, program, ran};
use soundpost_tests::story::office::Office;

/// A queue in any folder, with any environment.
struct Place {
    bench: Bench,
    home: PathBuf,
    more: Vec<(&'static str, PathBuf)>,
}

/// A daemon that is killed with its place.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Place {
    fn at(home: impl FnOnce(&Path) -> PathBuf) -> Place {
        let bench = Bench::empty();
        let home = home(bench.folder());
        let more = Vec::new();
        let place = Place { bench, home, more };
        let _ = place.run(&["init"]).well();
        let _ = place
            .run(&["account", "add", "outbox", "shop", "--tz", "UTC"])
            .well();
        place
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bench.command(&program());
        command.env("SOUNDPOST_HOME", &self.home).args(arguments);
        command.envs(self.more.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments))
    }

    fn daemon(&self) -> Daemon {
        let mut command = self.command(&["run"]);
        let daemon = Daemon(
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        );
        poll("the daemon", || {
            self.run(&["status", "--json"]).out.contains("\"daemon\":true")
        });
        daemon
    }

    /// The daemon confirms a pause, and holds what is sent after it.
    fn is_paused_by_its_daemon(&self) {
        let paused = self.run(&["pause", "trouble"]).well();
        assert!(paused.out.contains("the daemon confirms"), "{paused:?}");
        assert_eq!(self.run(&["post", "hello", "--to", "shop", "--now"]).code, 6);
    }
}

#[test]
fn s2_a_home_with_spaces_and_bytes_that_are_no_text_can_be_paused() {
    let place = Place::at(|folder| folder.join(OsStr::from_bytes(b"my posts caf\xe9 \xff")));
    let _daemon = place.daemon();
    place.is_paused_by_its_daemon();
}

#[test]
fn s2_a_daemon_with_a_long_home_is_found_from_another_environment() {
    let mut place = Place::at(|folder| folder.join("h".repeat(120)));
    let runtime = place.bench.folder().join("runtime");
    fs::create_dir(&runtime).unwrap();
    place.more = vec![("XDG_RUNTIME_DIR", runtime.clone())];
    let _daemon = place.daemon();
    assert_eq!(fs::read_dir(&runtime).unwrap().count(), 1, "it listens there");
    // Such as one of a shell over ssh, or of a timer.
    place.more = Vec::new();
    place.is_paused_by_its_daemon();
}

#[test]
fn s2_a_missing_runtime_folder_keeps_the_daemon_from_starting_and_prevents_no_pause() {
    let mut place = Place::at(|folder| folder.join("h".repeat(120)));
    let missing = place.bench.folder().join("not-there");
    place.more = vec![("XDG_RUNTIME_DIR", missing.clone()), ("TMPDIR", missing)];
    let refused = place.run(&["run"]);
    assert_eq!(refused.code, 9, "{refused:?}");
    assert!(
        refused.err.replace("\n       ", "").contains("cannot listen"),
        "{refused:?}"
    );
    let paused = place.run(&["pause", "trouble"]).well();
    assert!(paused.out.contains("no daemon runs"), "{paused:?}");
}

#[test]
fn s2_a_pause_needs_no_home_folder_and_takes_a_relative_home() {
    let bench = Bench::with_accounts();
    let mut command = bench.command(&program());
    command.env_clear().env("SOUNDPOST_HOME", "home").arg("pause");
    let paused = ran(&mut command).well();
    assert!(paused.out.contains("STOPPED: everything"), "{paused:?}");
    let mut command = bench.command(&program());
    command.env_clear().arg("pause");
    let refused = ran(&mut command);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains("give --home"), "{refused:?}");
}

#[test]
fn s2_a_pause_needs_no_certificates_and_hardly_any_files() {
    let bench = Bench::with_accounts();
    let mut command = bench.command(&program());
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.env(name, "/not/there");
    }
    let _ = ran(command.args(["pause", "no certificates"])).well();
    for files in ["6", "7", "8", "9", "10", "12", "14", "18"] {
        let mut shell = bench.command(Path::new("sh"));
        let line = "ulimit -n \"$1\"; exec soundpost pause \"$1 files\"";
        let paused = ran(shell.args(["-c", line, "sh", files]));
        assert!(matches!(paused.code, 0 | 7), "{files}: {paused:?}");
        assert!(paused.out.starts_with("Set."), "{files}: {paused:?}");
        let status = bench.run(&["status", "--json"]).well();
        assert!(status.out.contains(&format!("\"{files} files\"")), "{status:?}");
    }
}

#[test]
fn s1_t2_a_clock_that_jumps_lifts_no_pause() {
    let office = Office::at(
        env!("CARGO_BIN_EXE_soundpost-under-test"),
        "2027-03-12T21:45[Europe/Oslo]",
        80,
    );
    let _ = office
        .run(&["account", "add", "outbox", "shop", "--tz", "Europe/Oslo"])
        .well();
    let daemon = office.daemon();
    let _ = office
        .run(&["post", "hello", "--to", "shop", "--at", "+10m"])
        .well();
    let _ = office.run(&["pause", "trouble", "--until", "+5m"]).well();
    for hours in [-48, 72, -24, 1] {
        daemon.jump(SignedDuration::from_hours(hours));
        let again = office.run(&["pause", "once more", "--json"]).well();
        assert_eq!(again.json()["ok"]["paused"]["proven"], true, "{again:?}");
        let status = office.json(&["status"]);
        assert!(
            status["status"]["halts"].to_string().contains("\"trouble\""),
            "{status}"
        );
    }
    daemon.pass(SignedDuration::from_mins(20));
    assert!(office.published("shop").is_empty());
}

//! An office in which time passes when the test says so: a home, the program under test, its daemon, and one clock
//! for all of them.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use jiff::{SignedDuration, Timestamp, Zoned};
use serde_json::Value;

use super::clock_file::{self, Reading, VARIABLE};
use crate::cli::bench::{Bench, Ran, folders, poll, ran};

/// How many lanes the daemon runs; fewer than by default, so that less is to be watched.
const LANES: usize = 4;
/// The lanes, and whoever watches the clocks.
const SLEEPERS: usize = LANES + 1;
/// The furthest step in which time is walked.
const STEP: SignedDuration = SignedDuration::from_mins(10);

/// An office.
#[derive(Debug)]
pub struct Office {
    bench: Bench,
    program: PathBuf,
    zone: String,
    reading: Cell<Reading>,
}

impl Office {
    /// An office with a new queue, in which it is `now`, written as `2027-03-12T21:45[Europe/Oslo]`.
    ///
    /// # Panics
    /// When the time does not read, or the queue cannot be made.
    #[must_use]
    pub fn at(program: &str, now: &str, columns: usize) -> Office {
        let now: Zoned = now.parse().expect("a time with its zone");
        let zone = now
            .time_zone()
            .iana_name()
            .expect("a zone with a name")
            .to_owned();
        let office = Office {
            bench: Bench::empty().columns(columns),
            program: PathBuf::from(program),
            zone,
            reading: Cell::new(Reading {
                turn: 1,
                wall_ms: now.timestamp().as_millisecond(),
                monotonic_ms: 0,
            }),
        };
        fs::create_dir(office.clock()).expect("the temporary folder can be written");
        clock_file::write(&office.clock(), office.reading.get());
        let _ = office.run(&["init"]).well();
        office.configure("");
        office
    }

    /// Writes the configuration, with further lines.
    ///
    /// # Panics
    /// When the home cannot be written.
    pub fn configure(&self, more: &str) {
        let text = format!("lanes = {LANES}\ndefault_zone = \"{}\"\n{more}", self.zone);
        fs::write(self.bench.home().join("config.toml"), text).expect("the home can be written");
    }

    /// The folder in which commands run.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.bench.folder()
    }

    /// The home with the queue.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.bench.home()
    }

    fn clock(&self) -> PathBuf {
        self.bench.folder().join("clock")
    }

    /// Runs a command to its end.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.bench.command(&self.program);
        command
            .env(VARIABLE, self.clock())
            .env("TZ", &self.zone)
            .args(arguments);
        command
    }

    /// Runs it with `--json` and gives what stands under `ok`.
    #[must_use]
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat()).json()["ok"].clone()
    }

    /// All deliveries, also those at their end.
    #[must_use]
    pub fn all(&self) -> Vec<Value> {
        let listed = self.json(&["queue", "--state", "all"]);
        listed["deliveries"].as_array().cloned().unwrap_or_default()
    }

    /// The published folders of an outbox account.
    #[must_use]
    pub fn published(&self, account: &str) -> Vec<String> {
        folders(&self.home().join("outbox").join(account))
    }

    /// What the wall clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.reading.get().wall()
    }

    /// Starts the daemon and waits until it has done what is to be done now.
    ///
    /// # Panics
    /// When it does not begin in time.
    #[must_use]
    pub fn daemon(&self) -> Daemon<'_> {
        let log = fs::File::create(self.folder().join("daemon.log")).expect("a log");
        let mut command = self.command(&["run"]);
        let child = command.stdout(Stdio::null()).stderr(log).spawn();
        let daemon = Daemon {
            office: self,
            child: child.expect("it starts"),
        };
        poll("the daemon's socket", || {
            self.home().join("control.sock").exists()
        });
        daemon.settled();
        daemon
    }

    /// Lets this much time pass in one step, while no daemon runs.
    pub fn skip(&self, time: SignedDuration) {
        self.turn(time, time);
    }

    fn turn(&self, wall: SignedDuration, monotonic: SignedDuration) {
        let before = self.reading.get();
        let millis = |by: SignedDuration| i64::try_from(by.as_millis()).expect("a test is not so long");
        let reading = Reading {
            turn: before.turn + 1,
            wall_ms: before.wall_ms + millis(wall),
            monotonic_ms: before.monotonic_ms + millis(monotonic).unsigned_abs(),
        };
        self.reading.set(reading);
        clock_file::write(&self.clock(), reading);
    }

    /// The screen without what differs from run to run: the folder and the person's name.
    #[must_use]
    pub fn filtered(&self, screen: &str) -> String {
        let who = ran(std::process::Command::new("id").arg("-un")).out;
        let who = who.trim();
        let folder = self.folder().display().to_string();
        let mut text = screen
            .replace(&folder, "/home/ada/sp1")
            .replace(&format!("by {who}"), "by ada")
            .replace(&format!("  {who}\n"), "  ada\n");
        // The name may stand at the begin of the next line.
        for indent in 0..8 {
            let margin = " ".repeat(indent);
            text = text.replace(&format!("by\n{margin}{who}"), &format!("by\n{margin}ada"));
        }
        text
    }
}

/// A daemon that ends with the test.
#[derive(Debug)]
pub struct Daemon<'a> {
    office: &'a Office,
    child: Child,
}

impl Daemon<'_> {
    /// Waits until every lane has nothing to do at this time.
    ///
    /// # Panics
    /// When that does not come in time.
    pub fn settled(&self) {
        let office = self.office;
        let turn = office.reading.get().turn;
        let mut before = None;
        poll("the daemon's rest", || {
            let (asleep, ever) = clock_file::asleep(&office.clock(), self.child.id(), turn);
            // Twice without a change: a lane that was woken by another has slept again.
            let rests = asleep >= SLEEPERS && before == Some(ever);
            before = Some(ever);
            rests
        });
    }

    /// Lets time pass until then, as in [`Office::at`], and the daemon do what is due on the way.
    ///
    /// # Panics
    /// When the time does not read, or is past.
    pub fn pass_to(&self, until: &str) {
        let until: Zoned = until.parse().expect("a time with its zone");
        assert!(self.office.now() < until.timestamp(), "{until} is past");
        while self.office.now() < until.timestamp() {
            let left = until.timestamp().duration_since(self.office.now());
            self.pass(left.min(STEP));
        }
    }

    /// Lets time pass until then in one step, as in [`Office::at`].
    ///
    /// # Panics
    /// When the time does not read, or is past.
    pub fn go_to(&self, when: &str) {
        let when: Zoned = when.parse().expect("a time with its zone");
        let left = when.timestamp().duration_since(self.office.now());
        assert!(left.is_positive(), "{when} is past");
        self.pass(left);
    }

    /// Lets this much time pass in one step.
    pub fn pass(&self, time: SignedDuration) {
        self.office.turn(time, time);
        self.settled();
    }

    /// Somebody sets the wall clock; a second passes, in which that is noticed.
    pub fn jump(&self, by: SignedDuration) {
        let second = SignedDuration::from_secs(1);
        self.office.turn(by + second, second);
        self.settled();
    }

    /// What it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.office.folder().join("daemon.log")).unwrap_or_default()
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
    }
}

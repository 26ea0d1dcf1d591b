//! The real program in a home of its own: its commands, and the daemon that is killed.

use std::collections::BTreeSet;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use soundpost_cli::wire_up::socket_path;
use tempfile::TempDir;

use super::victim::Victim;

/// The accounts of the home; each is an outbox.
pub const ACCOUNTS: [&str; 4] = ["a1", "a2", "a3", "a4"];
const START_MAX: Duration = Duration::from_secs(120);
const POLL_EVERY: Duration = Duration::from_millis(10);

/// A home and the program for it.
#[derive(Debug)]
pub struct Program {
    exe: PathBuf,
    folder: TempDir,
}

/// A command that has ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The exit code; none when it was killed.
    pub code: Option<i32>,
    /// What it printed as JSON, without the `ok` around it; null when it printed none.
    pub answer: Value,
    /// What it complained.
    pub complaint: String,
}

/// A running `soundpost run`.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
}

impl Program {
    /// A new home with accounts, in which what is late is not spread.
    pub fn new(exe: &Path) -> Program {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = Program {
            exe: exe.to_owned(),
            folder,
        };
        assert_eq!(program.run(&["init"]).code, Some(0));
        std::fs::write(program.home().join("config.toml"), "backlog_gap_s = 0\n")
            .expect("the config is written");
        for account in ACCOUNTS {
            let added = program.run(&["account", "add", "outbox", account, "--tz", "UTC"]);
            assert_eq!(added.code, Some(0), "{added:?}");
        }
        program
    }

    /// Its home.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A command line of it, with JSON as its answer.
    pub fn command<S: AsRef<str>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(&self.exe);
        command.arg("--home").arg(self.home()).arg("--json");
        command.args(args.iter().map(AsRef::as_ref)).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run<S: AsRef<str>>(&self, args: &[S]) -> Ended {
        let output = self.command(args).output().expect("the command starts");
        Ended {
            code: output.status.code(),
            answer: answer(&output.stdout),
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts a command that may be killed.
    pub fn begin<S: AsRef<str>>(&self, args: &[S]) -> Victim {
        Victim::start(self.command(args).stderr(Stdio::null()))
    }

    /// Starts the daemon, and does not wait until it is ready.
    pub fn launch(&self) -> Daemon {
        let log = std::fs::File::options()
            .append(true)
            .create(true)
            .open(self.folder.path().join("daemon.log"))
            .expect("the log opens");
        let mut command = self.command(&["run"]);
        let child = command.stdout(Stdio::null()).stderr(log).spawn();
        Daemon {
            child: child.expect("the daemon starts"),
        }
    }

    /// Starts the daemon and waits until it listens. A command that has the queue for a moment turns it away; then it
    /// is started again, as a service manager does.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start(&self) -> Daemon {
        let until = Instant::now() + START_MAX;
        let mut daemon = self.launch();
        let socket = socket_path(&self.home());
        while UnixStream::connect(&socket).is_err() {
            if let Ok(Some(status)) = daemon.child.try_wait() {
                assert_eq!(
                    status.code(),
                    Some(5),
                    "the daemon ended by itself:\n{}",
                    self.log()
                );
                daemon = self.launch();
            }
            assert!(
                Instant::now() < until,
                "the daemon does not listen:\n{}",
                self.log()
            );
            std::thread::sleep(POLL_EVERY); // polls: the daemon listens
        }
        daemon
    }

    /// The end of what the daemons logged.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("daemon.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(30).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// The deliveries that `queue` lists: id and state.
    ///
    /// # Panics
    /// When the command does not answer.
    pub fn queue(&self) -> Vec<(String, String)> {
        let ended = self.run(&["queue"]);
        let list = ended.answer["deliveries"].as_array();
        let list = list.unwrap_or_else(|| panic!("the queue answers: {ended:?}"));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        list.iter().map(|d| (text(&d["id"]), text(&d["state"]))).collect()
    }

    /// Waits until nothing is open any more; what is left after this long.
    pub fn settle(&self, max: Duration) -> Vec<(String, String)> {
        let until = Instant::now() + max;
        loop {
            let open = self.queue();
            if open.is_empty() || Instant::now() > until {
                return open;
            }
            std::thread::sleep(Duration::from_millis(200)); // polls: everything has settled
        }
    }

    /// The names of the folders that are public, with their account's.
    pub fn public(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        for account in ACCOUNTS {
            let Ok(folder) = std::fs::read_dir(self.home().join("outbox").join(account)) else {
                continue;
            };
            found.extend(folder.map(|item| item.expect("a folder is read").path()));
        }
        found.retain(|path| {
            !path
                .file_name()
                .is_some_and(|n| n.as_encoded_bytes().starts_with(b"."))
        });
        found
    }
}

/// What a command printed, without the `ok` and the kind around it.
pub fn answer(stdout: &[u8]) -> Value {
    let whole: Value = serde_json::from_slice(stdout).unwrap_or_default();
    whole["ok"].clone()
}

impl Daemon {
    /// Kills it with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("the daemon is killed");
        let _ = self.child.wait();
    }

    /// Ends it with SIGTERM; its exit code.
    pub fn stop(mut self) -> Option<i32> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("it has a number"), Signal::TERM).expect("it is told to end");
        self.child.wait().expect("it ends").code()
    }
}

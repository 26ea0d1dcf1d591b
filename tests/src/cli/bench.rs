//! The real program in a temporary home.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long a daemon may take to begin or to end.
const DAEMON_MAX: Duration = Duration::from_secs(30);

/// The program as cargo built it.
///
/// # Panics
/// When it is not there: `cargo build --workspace` makes it.
#[must_use]
pub fn program() -> PathBuf {
    let own = std::env::current_exe().expect("a test knows where it is");
    let folder = own
        .ancestors()
        .nth(2)
        .expect("tests lie in <target>/<profile>/deps");
    let program = folder.join("soundpost");
    assert!(
        program.exists(),
        "{} is not there: cargo build --bin soundpost",
        program.display()
    );
    program
}

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its exit code; -1 after a signal.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// The answer as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        let text = if self.out.trim().is_empty() {
            &self.err
        } else {
            &self.out
        };
        serde_json::from_str(text.trim()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The same, for a command that must end well.
    ///
    /// # Panics
    /// When its exit code is not 0.
    #[must_use]
    pub fn well(self) -> Ran {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

/// A home with the program beside it.
#[derive(Debug)]
pub struct Bench {
    folder: TempDir,
    columns: usize,
}

impl Bench {
    /// An empty folder without a queue.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    #[must_use]
    pub fn empty() -> Bench {
        Bench {
            folder: tempfile::Builder::new()
                .prefix("sp")
                .tempdir()
                .expect("a temporary folder"),
            columns: 80,
        }
    }

    /// A queue with the outbox accounts `shop` (NO, DE) and `club` (DE), both in the group `all`.
    #[must_use]
    pub fn with_accounts() -> Bench {
        let bench = Bench::empty();
        let _ = bench.run(&["init"]).well();
        for (name, country) in [("shop", "NO"), ("club", "DE")] {
            let _ = bench
                .run(&[
                    "account",
                    "add",
                    "outbox",
                    name,
                    "--tz",
                    "Europe/Berlin",
                    "--group",
                    "all",
                    "--country",
                    country,
                ])
                .well();
        }
        bench
    }

    /// The same with another width of the screen.
    #[must_use]
    pub fn columns(mut self, columns: usize) -> Bench {
        self.columns = columns;
        self
    }

    /// The temporary folder, in which commands run.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The home with the queue.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder().join("home")
    }

    /// Writes a file into the folder.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn file(&self, name: &str, content: &[u8]) {
        fs::write(self.folder().join(name), content).expect("the temporary folder can be written");
    }

    /// A command that is not started yet, in an environment of its own.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let own = program_folder();
        let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path)));
        command
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", path.expect("folders without a colon"))
            .env("HOME", self.folder())
            .env("SOUNDPOST_HOME", self.home())
            .env("TZ", "Etc/UTC")
            .env("COLUMNS", self.columns.to_string())
            .stdin(Stdio::null());
        command
    }

    /// Runs `soundpost` to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(&program()).args(arguments))
    }

    /// Runs it with `--json` and reads its answer.
    #[must_use]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        self.run(&all).json()
    }

    /// Runs it with this text as standard input.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(&program());
        command.args(arguments).stdin(Stdio::piped());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stdin = child.stdin.take().expect("it was piped");
        // A command that refuses early does not read to the end.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        output(child.wait_with_output().expect("it ends"))
    }

    /// All deliveries that wait, as JSON.
    #[must_use]
    pub fn queue(&self) -> Vec<Value> {
        let answer = self.json(&["queue", "--state", "all"]);
        answer["ok"]["deliveries"].as_array().cloned().unwrap_or_default()
    }

    /// The published folders of an outbox account.
    #[must_use]
    pub fn published(&self, account: &str) -> Vec<String> {
        folders(&self.home().join("outbox").join(account))
    }

    /// Starts the daemon and waits until it answers.
    ///
    /// # Panics
    /// When it does not begin in time.
    #[must_use]
    pub fn daemon(&self) -> Daemon<'_> {
        let daemon = self.launch();
        // The socket, not a command: a command would open the queue before the daemon does.
        poll("the daemon's socket", || {
            self.home().join("control.sock").exists()
        });
        poll("the daemon", || {
            self.json(&["status"])["ok"]["status"]["daemon"] == true
        });
        daemon
    }

    /// Starts the daemon, and does not wait for it.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn launch(&self) -> Daemon<'_> {
        let log = fs::File::create(self.folder().join("daemon.log")).expect("a log");
        let mut command = self.command(&program());
        let child = command
            .arg("run")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("it starts");
        Daemon { bench: self, child }
    }
}

/// A daemon that ends with the test.
#[derive(Debug)]
pub struct Daemon<'a> {
    bench: &'a Bench,
    child: Child,
}

impl Daemon<'_> {
    /// Makes it hang, as a machine in trouble does.
    pub fn freeze(&self) {
        self.signal(rustix::process::Signal::STOP);
    }

    /// Ends the hanging.
    pub fn thaw(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    /// True when the process has ended.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it with SIGKILL, and waits until it has ended.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(mut self) {
        self.child.kill().expect("the daemon is killed");
        let _ = self.child.wait();
    }

    /// Waits until it ends by itself; its exit code.
    ///
    /// # Panics
    /// When it does not end in time.
    pub fn ends(&mut self) -> Option<i32> {
        poll("the daemon's end", || self.has_ended());
        self.child.wait().ok().and_then(|status| status.code())
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            let _ = rustix::process::kill_process(pid, signal);
        }
    }

    /// What it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.bench.folder().join("daemon.log")).unwrap_or_default()
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        // A frozen process must run to end.
        self.signal(rustix::process::Signal::CONT);
        self.signal(rustix::process::Signal::TERM);
        let ended = Instant::now() + DAEMON_MAX;
        while Instant::now() < ended && matches!(self.child.try_wait(), Ok(None)) {
            // polls: that the process ended
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until this is so.
///
/// # Panics
/// When it is not so in time.
pub fn poll(what: &str, mut so: impl FnMut() -> bool) {
    let until = Instant::now() + DAEMON_MAX;
    while !so() {
        assert!(Instant::now() < until, "{what} did not come in time");
        // polls: what the caller named
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The folders in a folder, sorted, without hidden ones.
#[must_use]
pub fn folders(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

/// Runs a command to its end.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn ran(command: &mut Command) -> Ran {
    output(command.output().expect("it starts"))
}

fn output(output: std::process::Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn program_folder() -> PathBuf {
    program().parent().expect("a file is in a folder").to_owned()
}

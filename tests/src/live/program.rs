//! The program itself, run as people run it.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::poll::until;

const START_MAX: Duration = Duration::from_secs(60);

/// The program, as cargo built it beside this test.
///
/// # Panics
/// When it was not built.
pub fn program() -> PathBuf {
    let test = env::current_exe().expect("a process knows its program");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("tests lie in target/<profile>/deps");
    let program = folder.join("soundpost");
    assert!(
        program.exists(),
        "{} is missing: cargo build --bin soundpost",
        program.display()
    );
    program
}

/// A queue in its folder.
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// Makes a new queue, with this text as its configuration.
    pub fn init(folder: PathBuf, config: &str) -> Home {
        let home = Home { folder };
        home.ok(&["init"]);
        fs::write(home.folder.join("config.toml"), config).expect("the home can be written");
        home
    }

    /// The command, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .arg("--home")
            .arg(&self.folder)
            .arg("--json")
            .args(arguments)
            .env_remove("SOUNDPOST_HOME")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("the program starts"))
    }

    /// Runs a command that must succeed, and gives its answer.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> Value {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        ran.answer
    }

    /// Starts the daemon and waits until it answers.
    pub fn daemon(&self) -> Daemon {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .expect("the home can be written");
        let child = self
            .command(&["run"])
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let daemon = Daemon {
            child,
            log: self.log(),
        };
        until("the daemon answers", START_MAX, || {
            let status = self.run(&["status"]).answer;
            (status["status"]["daemon"] == true).then_some(())
        });
        daemon
    }

    fn log(&self) -> PathBuf {
        self.folder.join("test-daemon.log")
    }

    /// The first delivery of a post.
    #[track_caller]
    pub fn delivery(&self, post: &str) -> Value {
        self.ok(&["show", post])["shown"]["deliveries"][0].clone()
    }

    /// Waits until the first delivery of a post is in this state, and gives it.
    #[track_caller]
    pub fn await_state(&self, post: &str, state: &str, within: Duration) -> Value {
        let mut last = Value::Null;
        until(&format!("{post} is {state}"), within, || {
            let now = self.delivery(post);
            if now["state"] != last["state"] {
                eprintln!("{post}: {} {}", now["state"], now["note"]);
            }
            last = now;
            (last["state"] == state).then(|| last.clone())
        })
    }

    /// The whole story of the first delivery of a post, as one text.
    #[track_caller]
    pub fn story(&self, post: &str) -> String {
        let story = self.ok(&["why", &format!("{post}.1")]);
        let lines = story["story"]["lines"].as_array().cloned().unwrap_or_default();
        let words = lines
            .iter()
            .flat_map(|line| line["what"].as_array().cloned().unwrap_or_default());
        let words: Vec<String> = words
            .filter_map(|word| word.as_str().map(str::to_owned))
            .collect();
        words.join("\n")
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; -1 when a signal ended it.
    pub code: i32,
    /// What stands under `ok`; null when there was no answer.
    pub answer: Value,
    /// What it said on standard error.
    pub stderr: String,
}

impl Ran {
    /// Reads how a command ended.
    pub fn of(output: Output) -> Ran {
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        Ran {
            code: output.status.code().unwrap_or(-1),
            answer: answer["ok"].clone(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A running daemon. When it is dropped it is killed; when that is because a test fails, its log is shown.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("the log can be read")
    }

    /// Kills it at once (SIGKILL), and returns when it is gone.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.end();
        if std::thread::panicking() {
            eprintln!("{}", fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}

//! A process that is going to be killed, and the lines that it printed before.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// A running process.
#[derive(Debug)]
pub struct Victim {
    child: Child,
    reader: JoinHandle<Vec<String>>,
    signs: Receiver<()>,
}

impl Victim {
    /// Starts it; its standard output is read to the end.
    pub fn start(command: &mut Command) -> Victim {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the process starts");
        let stdout = child.stdout.take().expect("its output is a pipe");
        let (sign, signs) = channel();
        let reader = std::thread::spawn(move || {
            let mut lines = Vec::new();
            let mut stdout = BufReader::new(stdout);
            let mut line = String::new();
            while stdout.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
                // A line without an end was cut by the kill: nothing was said.
                if line.ends_with('\n') {
                    lines.push(line.trim_end().to_owned());
                    let _ = sign.send(());
                }
                line.clear();
            }
            lines
        });
        Victim { child, reader, signs }
    }

    /// Waits for its first line.
    ///
    /// # Panics
    /// When none comes within a minute.
    pub fn await_first_line(&self) {
        let said = self.signs.recv_timeout(Duration::from_secs(60));
        said.expect("the process says something within a minute");
    }

    /// Lets it live for so long. False when it ended by itself before.
    pub fn lives_for(&self, span: Duration) -> bool {
        let until = std::time::Instant::now() + span;
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            match self.signs.recv_timeout(left) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    /// Kills it with SIGKILL, waits for its end, and says what it had said.
    pub fn kill(mut self) -> Vec<String> {
        let _ = self.child.kill();
        self.end().1
    }

    /// Waits for its end; the exit code, none when it was killed, and what it said.
    pub fn end(&mut self) -> (Option<i32>, Vec<String>) {
        let status = self.child.wait().expect("the process can be waited for");
        let reader = std::mem::replace(&mut self.reader, std::thread::spawn(Vec::new));
        let lines = reader.join().expect("the reader does not panic");
        (status.code(), lines)
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Child {
        &mut self.child
    }
}

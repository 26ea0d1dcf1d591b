//! Other processes: telling one from a later one with the same number, and ending it.
//!
//! On Linux a process is ended through a descriptor that can only ever mean that one process. Elsewhere (macOS) it
//! is ended by its number right after the check, which leaves a gap of microseconds.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};
#[cfg(target_os = "linux")]
use soundpost_store::owner::process_started;

const END_WAIT_MAX: Duration = Duration::from_secs(3);
const END_POLL: Duration = Duration::from_millis(10);

/// When a process started, as the system counts; only good for comparing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StartTime(String);

impl fmt::Display for StartTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One process, not to be mistaken for another that gets its number later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessId {
    /// Its number.
    pub pid: u32,
    /// When it started.
    pub started: StartTime,
}

/// Why a process was not ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KillError {
    /// The number is of no process, or of another one.
    #[error("process {0} has ended already")]
    Gone(u32),
    /// It belongs to somebody else.
    #[error("process {0} may not be ended by this user: ask its owner, or use sudo")]
    NotAllowed(u32),
    /// It was told to end and has not within 3 s: the system is busy with its disk.
    #[error("process {0} was told to end and is still there: the system may be waiting for its disk")]
    StillThere(u32),
    /// The system refused otherwise.
    #[error("process {pid} cannot be ended: {why}")]
    System {
        /// Its number.
        pid: u32,
        /// The answer of the system.
        why: String,
    },
}

impl ProcessId {
    /// This very process; none when the system does not tell when it started.
    pub fn current() -> Option<ProcessId> {
        ProcessId::of(std::process::id())
    }

    /// The process that has this number now.
    pub fn of(pid: u32) -> Option<ProcessId> {
        let started = start_time(pid)?;
        Some(ProcessId { pid, started })
    }

    /// True while this process, and not another with its number, runs.
    pub fn is_running(&self) -> bool {
        start_time(self.pid).as_ref() == Some(&self.started)
    }

    /// Ends the process at once, and waits until it is gone.
    ///
    /// # Errors
    /// Each kind of [`KillError`].
    pub fn kill(&self) -> Result<(), KillError> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        signal_to_end(pid.ok_or(KillError::Gone(self.pid))?, self)?;
        let started = Instant::now();
        while self.is_running() {
            if started.elapsed() > END_WAIT_MAX {
                return Err(KillError::StillThere(self.pid));
            }
            thread::sleep(END_POLL);
        }
        Ok(())
    }

    fn refused(&self, error: rustix::io::Errno) -> KillError {
        match error {
            rustix::io::Errno::SRCH => KillError::Gone(self.pid),
            rustix::io::Errno::PERM => KillError::NotAllowed(self.pid),
            other => KillError::System {
                pid: self.pid,
                why: other.to_string(),
            },
        }
    }
}

#[cfg(target_os = "linux")]
fn signal_to_end(pid: Pid, process: &ProcessId) -> Result<(), KillError> {
    use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};
    let handle = pidfd_open(pid, PidfdFlags::empty()).map_err(|error| process.refused(error))?;
    // Looked at after the descriptor was got: if it is the right process now, the descriptor means it.
    if !process.is_running() {
        return Err(KillError::Gone(process.pid));
    }
    pidfd_send_signal(&handle, Signal::KILL).map_err(|error| process.refused(error))
}

#[cfg(not(target_os = "linux"))]
fn signal_to_end(pid: Pid, process: &ProcessId) -> Result<(), KillError> {
    if !process.is_running() {
        return Err(KillError::Gone(process.pid));
    }
    rustix::process::kill_process(pid, Signal::KILL).map_err(|error| process.refused(error))
}

/// Boot and tick at which a process started.
#[cfg(target_os = "linux")]
fn start_time(pid: u32) -> Option<StartTime> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let ticks = process_started(pid)?;
    Some(StartTime(format!("{}:{ticks}", boot.trim())))
}

#[cfg(not(target_os = "linux"))]
fn start_time(pid: u32) -> Option<StartTime> {
    let mut ps = std::process::Command::new("ps");
    let output = ps
        .args(["-o", "stat=,lstart=", "-p", &pid.to_string()])
        .env("LC_ALL", "C")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (state, started) = text.trim().split_once(' ')?;
    (!state.starts_with('Z')).then(|| StartTime(started.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn the_process_that_is_named_is_ended() {
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        let process = ProcessId::of(child.id()).unwrap();
        assert!(process.is_running());
        process.kill().unwrap();
        assert!(!process.is_running());
        assert_eq!(process.kill(), Err(KillError::Gone(child.id())));
        assert!(!child.wait().unwrap().success());
    }

    #[test]
    fn another_process_with_the_same_number_is_left_alone() {
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        let mut other = ProcessId::of(child.id()).unwrap();
        other.started = StartTime("earlier".to_owned());
        assert_eq!(other.kill(), Err(KillError::Gone(child.id())));
        assert!(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn this_process_runs_and_no_process_has_number_nought() {
        assert!(ProcessId::current().unwrap().is_running());
        assert_eq!(ProcessId::of(0), None);
    }
}

//! Who owns a store: a lock of the operating system on `owner.lock`, and in that file who holds it.
//!
//! The lock counts, not the words: a file that nobody locks says nothing.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::plain_file;

/// A look at the lock holds it for an instant, so taking it is tried this often before the answer is "owned".
const TRIES: u32 = 5;
/// More than any owner says.
const WORDS_BYTES_MAX: u64 = 64 * 1024;
const TRY_WAIT: Duration = Duration::from_millis(10);

/// Who owns a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The process; 0 while it has not said so yet.
    pub pid: u32,
    /// When that process started, in the clock ticks of the system since its start, where it says so. With the
    /// pid it names the process for good.
    pub started: Option<u64>,
    /// Where it listens; empty when it does not.
    #[serde(with = "any_path")]
    pub socket: PathBuf,
    /// Since when it owns the store.
    pub since: Timestamp,
}

/// A path as text, or as the list of its bytes where it is none.
mod any_path {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    use std::path::{Path, PathBuf};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub(super) fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
        let text = path.to_path_buf().into_os_string().into_string();
        let written = match text {
            Ok(text) => Written::Text(text),
            Err(other) => Written::Bytes(other.into_vec()),
        };
        written.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
        Ok(match Written::deserialize(from)? {
            Written::Text(text) => PathBuf::from(text),
            Written::Bytes(bytes) => PathBuf::from(OsString::from_vec(bytes)),
        })
    }
}

/// The lock was not given.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody has it.
    #[error("the store is in use by process {} since {}", .0.pid, .0.since)]
    Owned(Owner),
    /// The system refused.
    #[error("cannot lock {path}: {source}")]
    Io {
        /// The lock's file.
        path: PathBuf,
        /// The answer of the system.
        #[source]
        source: io::Error,
    },
}

/// The right to open a store. It ends when this is dropped or the process ends, in whatever way.
#[derive(Debug)]
pub struct OwnerLock {
    file: File,
}

impl OwnerLock {
    /// Takes the lock of the store in this folder, for a process that listens on this socket. Take it before
    /// anything in the folder is opened.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn acquire(home: &Path, socket: &Path) -> Result<OwnerLock, LockError> {
        let path = lock_path(home);
        let failed = |source| LockError::Io {
            path: path.clone(),
            source,
        };
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600);
        let file = options.open(&path).map_err(failed)?;
        if !take(&file).map_err(failed)? {
            return Err(LockError::Owned(said(&file)));
        }
        let lock = OwnerLock { file };
        lock.say(socket).map_err(failed)?;
        Ok(lock)
    }

    fn say(&self, socket: &Path) -> io::Result<()> {
        let pid = std::process::id();
        let owner = Owner {
            pid,
            started: process_started(pid),
            socket: socket.to_owned(),
            since: Timestamp::now(),
        };
        let words = serde_json::to_vec(&owner)?;
        self.file.set_len(0)?;
        self.file.write_all_at(&words, 0)
    }
}

impl Drop for OwnerLock {
    fn drop(&mut self) {
        // Only to leave no stale words behind; the lock itself ends with the file.
        let _ = self.file.set_len(0);
    }
}

/// Who owns the store in this folder; none when nobody does. Takes nothing and waits for nothing.
///
/// # Errors
/// As the system says.
pub fn read_owner(home: &Path) -> io::Result<Option<Owner>> {
    let file = match plain_file::open(&lock_path(home)) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(None),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(Some(said(&file))),
        Err(e) => Err(e.into()),
    }
}

/// True when a process has sled open: then somebody owns the store, also when the lock's own file was lost.
pub fn sled_is_open(home: &Path) -> bool {
    let Ok(file) = plain_file::open(&home.join("sled").join("db")) else {
        return false;
    };
    flock(&file, FlockOperation::NonBlockingLockShared) == Err(rustix::io::Errno::WOULDBLOCK)
}

/// When a process started, in clock ticks since the system did; none where the system does not say, or when there is
/// no such process. One that has ended and was not yet waited for counts as gone.
pub fn process_started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program is in brackets and may hold anything; the third field follows it, this is the 22nd.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let has_ended = matches!(fields.first(), Some(&"Z" | &"X" | &"x"));
    fields.get(19).filter(|_| !has_ended)?.parse().ok()
}

fn lock_path(home: &Path) -> PathBuf {
    home.join("owner.lock")
}

fn take(file: &File) -> io::Result<bool> {
    for tried in 0..TRIES {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) if tried + 1 < TRIES => std::thread::sleep(TRY_WAIT),
            Err(rustix::io::Errno::WOULDBLOCK) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(false)
}

/// What the owner said; nothing yet when it has just taken the lock.
fn said(file: &File) -> Owner {
    let mut words = Vec::new();
    let read = file
        .take(WORDS_BYTES_MAX)
        .read_to_end(&mut words)
        .ok()
        .and_then(|_| serde_json::from_slice(&words).ok());
    read.unwrap_or(Owner {
        pid: 0,
        started: None,
        socket: PathBuf::new(),
        since: Timestamp::UNIX_EPOCH,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_owner_at_a_time_and_its_words_are_read() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(read_owner(home.path()).unwrap(), None);
        let lock = OwnerLock::acquire(home.path(), Path::new("/run/sp.sock")).unwrap();
        let owner = read_owner(home.path()).unwrap().unwrap();
        assert_eq!(owner.pid, std::process::id());
        assert_eq!(owner.started, process_started(std::process::id()));
        assert_eq!(owner.socket, Path::new("/run/sp.sock"));
        match OwnerLock::acquire(home.path(), Path::new("/other")) {
            Err(LockError::Owned(other)) => assert_eq!(other, owner),
            other => panic!("a second owner: {other:?}"),
        }
        drop(lock);
        assert_eq!(read_owner(home.path()).unwrap(), None);
        OwnerLock::acquire(home.path(), Path::new("/other")).unwrap();
    }

    #[test]
    fn a_socket_whose_path_is_no_text_is_read_as_it_was() {
        use std::os::unix::ffi::OsStrExt as _;
        let home = tempfile::tempdir().unwrap();
        let socket = Path::new(std::ffi::OsStr::from_bytes(b"/run/caf\xe9.sock"));
        let _lock = OwnerLock::acquire(home.path(), socket).unwrap();
        assert_eq!(read_owner(home.path()).unwrap().unwrap().socket, socket);
    }

    #[test]
    fn words_without_a_lock_say_nothing() {
        let home = tempfile::tempdir().unwrap();
        let words = r#"{"pid":1,"started":null,"socket":"/x","since":"2026-01-01T00:00:00Z"}"#;
        std::fs::write(lock_path(home.path()), words).unwrap();
        assert_eq!(read_owner(home.path()).unwrap(), None);
    }
}

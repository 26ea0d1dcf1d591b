//! Large values: files named by the hash of their bytes, beside journal and sled, which hold only the name.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use soundpost_core::frozen::sha256_hex;
use soundpost_core::port::store::StoreError;

/// What is longer than this, in bytes, goes into a file of its own.
pub(crate) const SPILL_BYTES: usize = 8 * 1024;

/// What is wrong with a large value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// Its name is none.
    NoName,
    /// The file is missing.
    Missing,
    /// The file holds other bytes.
    OtherBytes,
    /// The file cannot be read.
    Unreadable(String),
}

/// The folder of large values.
#[derive(Debug)]
pub(crate) struct Bodies {
    dir: PathBuf,
    unsettled: AtomicBool,
}

impl Bodies {
    /// The folder, which need not exist before something is put into it.
    pub(crate) fn new(dir: PathBuf) -> Bodies {
        Bodies {
            dir,
            unsettled: AtomicBool::new(false),
        }
    }

    /// Keeps these bytes and says under which name. Durable after [`Bodies::settle`].
    ///
    /// # Errors
    /// `Io`.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let name = sha256_hex(bytes);
        self.write(&name, bytes)
            .map_err(|e| failed("keep a large value", &e))?;
        self.unsettled.store(true, Ordering::SeqCst);
        Ok(name)
    }

    /// Waits until the names of all that was put are on the device.
    ///
    /// # Errors
    /// `Io`.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        if !self.unsettled.load(Ordering::SeqCst) {
            return Ok(());
        }
        File::open(&self.dir)
            .and_then(|dir| dir.sync_all())
            .map_err(|e| failed("sync the large values", &e))?;
        self.unsettled.store(false, Ordering::SeqCst);
        Ok(())
    }

    /// The bytes that were kept under this name.
    ///
    /// # Errors
    /// `Damaged` when they are missing or other bytes, `Io`.
    pub(crate) fn get(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let damaged = |what: &str| StoreError::Damaged(format!("large value {name}: {what}"));
        self.look(name).map_err(|flaw| match flaw {
            Flaw::NoName => damaged("not a name"),
            Flaw::Missing => damaged("the file is missing"),
            Flaw::OtherBytes => damaged("the file holds other bytes"),
            Flaw::Unreadable(why) => StoreError::Io(format!("cannot read a large value: {why}")),
        })
    }

    /// The same, with what is wrong told apart.
    ///
    /// # Errors
    /// [`Flaw`].
    pub(crate) fn look(&self, name: &str) -> Result<Vec<u8>, Flaw> {
        if name.len() != 64 || !name.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Flaw::NoName);
        }
        let bytes = match std::fs::read(self.dir.join(name)) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(Flaw::Missing),
            Err(e) => return Err(Flaw::Unreadable(e.to_string())),
        };
        if sha256_hex(&bytes) == name {
            Ok(bytes)
        } else {
            Err(Flaw::OtherBytes)
        }
    }

    /// A file gets its name only when its bytes are on the device.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.dir.join(name);
        if path.exists() {
            return Ok(());
        }
        make_folder(&self.dir)?;
        let part = self.dir.join(format!("{name}.part"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(part, path)
    }
}

fn make_folder(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    dir.parent()
        .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

fn failed(what: &str, error: &io::Error) -> StoreError {
    StoreError::Io(format!("cannot {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_and_changed_bytes_are_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let bodies = Bodies::new(dir.path().join("bodies"));
        let name = bodies.put(b"many words").unwrap();
        assert_eq!(bodies.put(b"many words").unwrap(), name);
        bodies.settle().unwrap();
        assert_eq!(bodies.get(&name).unwrap(), b"many words");
        std::fs::write(dir.path().join("bodies").join(&name), b"other words").unwrap();
        assert!(matches!(bodies.get(&name), Err(StoreError::Damaged(_))));
        assert!(matches!(bodies.get("../escape"), Err(StoreError::Damaged(_))));
    }
}

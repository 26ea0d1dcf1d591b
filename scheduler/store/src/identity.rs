//! Which store a folder holds, and whether it is still where it was made: `store.json`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use soundpost_core::id::StoreId;

/// The version of the folder's format that this code writes.
pub(crate) const HOME_VERSION: u32 = 1;

/// What `store.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The version of the folder's format.
    pub(crate) v: u32,
    /// The store.
    pub(crate) store: StoreId,
    /// The machine on which it was made or adopted, when that has a name.
    pub(crate) machine: Option<String>,
    /// The inode of its folder, which a copy does not share.
    pub(crate) inode: u64,
}

impl Identity {
    /// The identity of this store in this folder on this machine.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) fn here(home: &Path, store: StoreId) -> io::Result<Identity> {
        let inode = std::fs::metadata(home)?.ino();
        Ok(Identity {
            v: HOME_VERSION,
            store,
            machine: machine_id(),
            inode,
        })
    }

    /// What the folder says.
    ///
    /// # Errors
    /// As the system says; `InvalidData` when it cannot be understood.
    pub(crate) fn read(home: &Path) -> io::Result<Identity> {
        let bytes = std::fs::read(path(home))?;
        serde_json::from_slice(&bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
    }

    /// Writes it into the folder: the old one or the new one is there after a crash.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) fn write(&self, home: &Path) -> io::Result<()> {
        let part = home.join("store.json.part");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        std::fs::rename(part, path(home))?;
        File::open(home)?.sync_all()
    }

    /// Why this folder is not the one that was made or adopted here, if it is not.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) fn foreign(&self, home: &Path) -> io::Result<Option<String>> {
        let here = Identity::here(home, self.store)?;
        let other_machine = matches!((&self.machine, &here.machine), (Some(then), Some(now)) if then != now);
        if other_machine {
            return Ok(Some("the store was made on another machine".to_owned()));
        }
        let copied = here.inode != self.inode;
        Ok(copied.then(|| "the folder is a copy, or was restored or moved to another disk".to_owned()))
    }
}

/// Where `store.json` stands.
pub(crate) fn path(home: &Path) -> PathBuf {
    home.join("store.json")
}

fn machine_id() -> Option<String> {
    let text = std::fs::read_to_string("/etc/machine-id").ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use soundpost_core::id::Id;

    use super::*;

    #[test]
    fn a_copied_folder_and_another_machine_are_foreign() {
        let dir = tempfile::tempdir().unwrap();
        let store = StoreId(Id::from_u128(1));
        let here = Identity::here(dir.path(), store).unwrap();
        here.write(dir.path()).unwrap();
        let read = Identity::read(dir.path()).unwrap();
        assert_eq!(read, here);
        assert_eq!(read.foreign(dir.path()).unwrap(), None);
        let copy = tempfile::tempdir().unwrap();
        assert!(read.foreign(copy.path()).unwrap().is_some());
        let moved = Identity {
            machine: Some("other".to_owned()),
            ..here.clone()
        };
        let noticed = moved.foreign(dir.path()).unwrap().is_some();
        assert_eq!(noticed, here.machine.is_some());
    }
}

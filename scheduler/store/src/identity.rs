//! Which store a folder holds, and whether it is still where it was made: `store.json`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use soundpost_core::change::Place;
use soundpost_core::id::StoreId;

use crate::plain_file;

/// More than any `store.json` has.
const BYTES_MAX: u64 = 64 * 1024;

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
    /// The name that the configuration gave it then. Where both have one, it alone is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) named: Option<String>,
}

impl Identity {
    /// The identity of this store in this folder on this machine, with this name if it has one.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) fn here(home: &Path, store: StoreId, named: Option<&str>) -> io::Result<Identity> {
        let inode = std::fs::metadata(home)?.ino();
        Ok(Identity {
            v: HOME_VERSION,
            store,
            machine: machine_id(),
            inode,
            named: named.map(str::to_owned),
        })
    }

    /// The same, as the journal keeps it.
    pub(crate) fn place(&self) -> Place {
        Place {
            machine: self.machine.clone(),
            inode: self.inode,
            named: self.named.clone(),
        }
    }

    /// What the folder says.
    ///
    /// # Errors
    /// As the system says; `InvalidData` when it cannot be understood.
    pub(crate) fn read(home: &Path) -> io::Result<Identity> {
        let bytes = plain_file::read(&path(home), BYTES_MAX)?;
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

    /// Why this folder is not the one that was made or adopted here, if it is not. Where it was given a name then and
    /// has one now, the names decide; else the machine and the inode of the folder.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) fn foreign(&self, home: &Path, named: Option<&str>) -> io::Result<Option<String>> {
        if let (Some(then), Some(now)) = (&self.named, named) {
            return Ok((then != now).then(|| {
                format!("store_identity is '{now}', and the store was made or adopted as '{then}'")
            }));
        }
        let here = Identity::here(home, self.store, named)?;
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
        let here = Identity::here(dir.path(), store, None).unwrap();
        here.write(dir.path()).unwrap();
        let read = Identity::read(dir.path()).unwrap();
        assert_eq!(read, here);
        assert_eq!(read.foreign(dir.path(), None).unwrap(), None);
        let copy = tempfile::tempdir().unwrap();
        assert!(read.foreign(copy.path(), None).unwrap().is_some());
        let moved = Identity {
            machine: Some("other".to_owned()),
            ..here.clone()
        };
        let noticed = moved.foreign(dir.path(), None).unwrap().is_some();
        assert_eq!(noticed, here.machine.is_some());
    }

    #[test]
    fn where_both_have_a_name_it_alone_decides() {
        let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = StoreId(Id::from_u128(1));
        let shop = Identity::here(dir.path(), store, Some("shop")).unwrap();
        assert_eq!(shop.foreign(copy.path(), Some("shop")).unwrap(), None);
        let why = shop.foreign(dir.path(), Some("club")).unwrap().unwrap();
        assert!(why.contains("'club'") && why.contains("'shop'"), "{why}");
        // A name that is missing on one side proves nothing: machine and folder decide.
        assert_eq!(shop.foreign(dir.path(), None).unwrap(), None);
        assert!(shop.foreign(copy.path(), None).unwrap().is_some());
        let nameless = Identity::here(dir.path(), store, None).unwrap();
        assert_eq!(nameless.foreign(dir.path(), Some("shop")).unwrap(), None);
        assert!(nameless.foreign(copy.path(), Some("shop")).unwrap().is_some());
    }

    #[test]
    fn the_first_version_is_still_read() {
        let text = r#"{"v":1,"store":"00000000000000000000000001","machine":null,"inode":7}"#;
        let read: Identity = serde_json::from_str(text).unwrap();
        assert_eq!((read.inode, read.named), (7, None));
    }
}

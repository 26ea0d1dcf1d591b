//! Files that are whole or not there, also after a power cut.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// Makes a folder, and those above it, that only its owner may enter; one that is there is left as it is.
///
/// # Errors
/// As the system says.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Waits until the names in a folder are on the device.
///
/// # Errors
/// As the system says.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Puts a file, readable by its owner only, under this name; what had the name is replaced at one instant.
///
/// # Errors
/// As the system says; then the name is as it was.
pub fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut draft = Draft::new(folder)?;
    draft.file().write_all(bytes)?;
    draft.publish(name)
}

/// A file without its name yet. Dropped before [`publish`](Draft::publish), it leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    published: bool,
}

impl Draft {
    /// An empty file in this folder, readable by its owner only.
    ///
    /// # Errors
    /// As the system says.
    pub fn new(folder: &Path) -> io::Result<Draft> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!(".draft-{}-{number}", process::id()));
        // A draft of this name can only be left over from a process that is gone.
        let _ = fs::remove_file(&path);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok(Draft {
            folder: folder.to_path_buf(),
            path,
            file,
            published: false,
        })
    }

    /// The file, to be written.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives it its name, durably.
    ///
    /// # Errors
    /// As the system says.
    pub fn publish(mut self, name: &str) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, self.folder.join(name))?;
        self.published = true;
        sync_folder(&self.folder)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_a_dropped_draft_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        replace(folder.path(), "a", b"one").unwrap();
        replace(folder.path(), "a", b"two").unwrap();
        drop(Draft::new(folder.path()).unwrap());
        assert_eq!(fs::read(folder.path().join("a")).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_in_the_way_is_an_error_and_leaves_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        assert!(replace(folder.path(), "a", b"one").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

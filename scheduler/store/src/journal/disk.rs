//! The few file operations that the journal needs, so that tests can put a failing disk under it.

use std::collections::HashMap;
use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

const ZEROS_BYTES: usize = 256 * 1024;

/// One folder of files, addressed by name.
///
/// 1. Nothing is durable before [`sync_data`](Disk::sync_data) of the file and, for a name that was made,
///    changed or removed, [`sync_dir`](Disk::sync_dir) have returned without an error.
/// 2. After a failed sync nothing is known about what was written before it.
/// 3. Reading opens the file anew by its name, so that a file which was renamed is no longer found.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Makes a file of `len` zero bytes, readable by the owner only, and takes the space for it.
    ///
    /// # Errors
    /// As the system says; `AlreadyExists` for a name in use, `StorageFull` without space. The file may be there.
    fn create_preallocated(&self, name: &str, len: u64) -> io::Result<()>;

    /// Overwrites bytes of a file.
    ///
    /// # Errors
    /// As the system says; any part of the bytes may have been written.
    fn write_at(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Waits until all that was written to the file is on the device.
    ///
    /// # Errors
    /// As the system says.
    fn sync_data(&self, name: &str) -> io::Result<()>;

    /// Waits until the names in the folder are on the device.
    ///
    /// # Errors
    /// As the system says.
    fn sync_dir(&self) -> io::Result<()>;

    /// Drops what the system remembers of the file, as far as it is able, so that the next read asks the device.
    /// Bytes that a failed sync left in memory only are thereby seen for what they are: lost.
    ///
    /// # Errors
    /// As the system says.
    fn forget_cached(&self, name: &str) -> io::Result<()>;

    /// Fills `buf` from `offset`; fewer bytes are returned only at the end of the file.
    ///
    /// # Errors
    /// As the system says; `NotFound` without such a file.
    fn read_at(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// Gives a file another name, replacing what had it.
    ///
    /// # Errors
    /// As the system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// As the system says; `NotFound` without such a file.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// All names in the folder, in no order.
    ///
    /// # Errors
    /// As the system says.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Length of a file in bytes.
    ///
    /// # Errors
    /// As the system says; `NotFound` without such a file.
    fn len(&self, name: &str) -> io::Result<u64>;
}

/// A folder of the file system. Files that are written stay open.
#[derive(Debug)]
pub struct RealDisk {
    dir: PathBuf,
    writable: Mutex<HashMap<String, Arc<File>>>,
}

impl RealDisk {
    /// Takes a folder that exists.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        Self {
            dir: dir.to_path_buf(),
            writable: Mutex::default(),
        }
    }

    /// Makes the folder, and those above it, for the owner only, unless it is there.
    ///
    /// # Errors
    /// As the system says.
    pub fn create(dir: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            File::open(parent)?.sync_all()?;
        }
        Ok(Self::open(dir))
    }

    fn writable(&self, name: &str) -> io::Result<Arc<File>> {
        let mut files = self.writable.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = files.get(name) {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(
            OpenOptions::new()
                .read(true)
                .write(true)
                .open(self.dir.join(name))?,
        );
        files.insert(name.to_owned(), Arc::clone(&file));
        Ok(file)
    }

    fn close(&self, name: &str) {
        self.writable
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(name);
    }
}

impl Disk for RealDisk {
    fn create_preallocated(&self, name: &str, len: u64) -> io::Result<()> {
        let path = self.dir.join(name);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        // Written zeros, not only reserved blocks: turning a reserved block into a written one is a change of
        // metadata, which would make each later commit wait for the file system's own journal.
        let zeros = vec![0; ZEROS_BYTES];
        let mut at = 0;
        while at < len {
            let part = usize::try_from(len - at).map_or(ZEROS_BYTES, |left| left.min(ZEROS_BYTES));
            file.write_all_at(&zeros[..part], at)?;
            at += part as u64;
        }
        Ok(())
    }

    fn write_at(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.writable(name)?.write_all_at(bytes, offset)
    }

    fn sync_data(&self, name: &str) -> io::Result<()> {
        self.writable(name)?.sync_data()
    }

    fn sync_dir(&self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }

    #[cfg(target_os = "linux")]
    fn forget_cached(&self, name: &str) -> io::Result<()> {
        let file = File::open(self.dir.join(name))?;
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
        Ok(())
    }

    #[cfg(not(target_os = "linux"))]
    fn forget_cached(&self, _name: &str) -> io::Result<()> {
        Ok(())
    }

    fn read_at(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let file = File::open(self.dir.join(name))?;
        let mut done = 0;
        while done < buf.len() {
            match file.read_at(&mut buf[done..], offset + done as u64) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.close(from);
        self.close(to);
        std::fs::rename(self.dir.join(from), self.dir.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.close(name);
        std::fs::remove_file(self.dir.join(name))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        std::fs::read_dir(&self.dir)?
            .map(|item| item.map(|item| item.file_name().to_string_lossy().into_owned()))
            .collect()
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(std::fs::metadata(self.dir.join(name))?.len())
    }
}

//! Local sockets at any path: the system takes only short ones, and some must be for a group alone.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// The longest path that every system takes for a local socket, in bytes.
pub const PATH_BYTES_MAX: usize = 100;

/// A way to a socket that the system takes.
#[derive(Debug)]
pub struct Address {
    path: PathBuf,
    /// Open while a long path is reached through it.
    _folder: Option<File>,
}

impl Address {
    /// The way to this path. A long one is reached through its folder, which must be there then.
    ///
    /// # Errors
    /// As the system says; also when the path is too long for a system that has no such way.
    pub fn of(path: &Path) -> io::Result<Address> {
        if path.as_os_str().as_bytes().len() <= PATH_BYTES_MAX {
            return Ok(Address {
                path: path.to_owned(),
                _folder: None,
            });
        }
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let folder = open_folder(folder)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(name);
        Ok(Address {
            path,
            _folder: Some(folder),
        })
    }

    /// What to give to the system.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(target_os = "linux")]
fn open_folder(folder: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::PATH | rustix::fs::OFlags::DIRECTORY;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(folder)
}

#[cfg(not(target_os = "linux"))]
fn open_folder(_folder: &Path) -> io::Result<File> {
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "its path is too long for a local socket",
    ))
}

/// Listens at this path for the members of this group alone. The socket is made ready in `workshop`, a folder that only
/// its owner may write, and gets its name at the end: whoever may write the folder of the path meets it whole.
///
/// # Errors
/// As the system says.
pub fn bind_for_group(workshop: &Path, path: &Path, group: u32) -> io::Result<UnixListener> {
    let draft = workshop.join(".door.sock");
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(Address::of(&draft)?.path())?;
    let ready = chown(&draft, None, Some(group))
        .and_then(|()| std::fs::set_permissions(&draft, Permissions::from_mode(0o660)))
        .and_then(|()| std::fs::rename(&draft, path));
    if let Err(error) = ready {
        let _ = std::fs::remove_file(&draft);
        return Err(error);
    }
    listener.set_nonblocking(true)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::net::UnixStream;

    #[test]
    fn a_socket_at_a_long_path_is_for_its_group_and_can_be_reached() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("f".repeat(120));
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("pause.sock");
        let group = rustix::process::getegid().as_raw();
        let _listener = bind_for_group(&folder, &path, group).unwrap();
        // A second one takes its place.
        let _again = bind_for_group(&folder, &path, group).unwrap();
        let found = std::fs::metadata(&path).unwrap();
        assert_eq!((found.mode() & 0o777, found.gid()), (0o660, group));
        UnixStream::connect(Address::of(&path).unwrap().path()).unwrap();
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }
}

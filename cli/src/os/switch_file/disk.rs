//! The file operations of the switch. Errors are fragments that follow the file's path.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown, fchown};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::slot::SLOT_BYTES;
use crate::os::users::group_id;

/// What the file holds: two slots.
pub(super) const FILE_BYTES: usize = 2 * SLOT_BYTES;
/// How many things that stood in the place of the switch are kept.
const MOVED_MAX: u32 = 1000;
const LOCK_WAIT_MAX: Duration = Duration::from_secs(5);
const LOCK_POLL: Duration = Duration::from_millis(10);

/// Why the file was not opened for a change.
pub(super) enum NotOpened {
    /// Another process holds the lock.
    Busy,
    /// What is wrong.
    Other(String),
}

/// Opens the file to read it. A link, a folder or a pipe in its place is refused, and never waited for.
pub(super) fn open_to_read(path: &Path) -> Result<File, String> {
    open(path, OpenOptions::new().read(true))
}

fn open(path: &Path, options: &mut OpenOptions) -> Result<File, String> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let file = options
        .custom_flags(flags)
        .open(path)
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => "is missing".to_owned(),
            ErrorKind::PermissionDenied => "may not be opened by this user".to_owned(),
            ErrorKind::IsADirectory => "is a folder".to_owned(),
            _ => format!("cannot be opened: {error}"),
        })?;
    match file.metadata() {
        Ok(found) if found.is_file() => Ok(file),
        Ok(_) => Err("is not a file".to_owned()),
        Err(error) => Err(format!("cannot be looked at: {error}")),
    }
}

/// True when there is no file to open here, whoever asks: it is missing, or something else has its name. False when this
/// cannot be seen.
pub(super) fn has_no_file(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(found) => !found.is_file(),
        Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

/// The bytes of the file, as many as there should be or fewer.
pub(super) fn content(file: &File) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; FILE_BYTES];
    let mut done = 0;
    while done < FILE_BYTES {
        match file.read_at(&mut bytes[done..], done as u64) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(format!("cannot be read: {error}")),
        }
    }
    bytes.truncate(done);
    Ok(bytes)
}

/// Opens the file to change it, alone: waits for other writers, at most [`LOCK_WAIT_MAX`].
pub(super) fn open_locked(path: &Path) -> Result<File, NotOpened> {
    let file = open(path, OpenOptions::new().read(true).write(true)).map_err(NotOpened::Other)?;
    let started = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => break,
            Err(Errno::WOULDBLOCK) if started.elapsed() > LOCK_WAIT_MAX => return Err(NotOpened::Busy),
            Err(Errno::WOULDBLOCK) => thread::sleep(LOCK_POLL),
            Err(Errno::INTR) => {}
            Err(error) => return Err(NotOpened::Other(format!("cannot be locked: {error}"))),
        }
    }
    still_there(&file, path).map_err(NotOpened::Other)?;
    Ok(file)
}

/// Checks that the path still leads to this very file.
pub(super) fn still_there(file: &File, path: &Path) -> Result<(), String> {
    let opened = file
        .metadata()
        .map_err(|error| format!("cannot be looked at: {error}"))?;
    match fs::symlink_metadata(path) {
        Ok(now) if (now.dev(), now.ino()) == (opened.dev(), opened.ino()) => Ok(()),
        Ok(_) => Err("was replaced meanwhile".to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err("is missing".to_owned()),
        Err(error) => Err(format!("cannot be looked at: {error}")),
    }
}

/// Makes folder and file, which must not be there.
pub(super) fn make(path: &Path, group: Option<&str>) -> Result<File, String> {
    prepare(path, group, OpenOptions::new().create_new(true))
}

/// Makes folder and file as far as they are not there, and empties the file. What else has one of their names is kept
/// beside it under another.
pub(super) fn make_again(path: &Path, group: Option<&str>) -> Result<File, String> {
    let aside = |error| format!("is not a file, and cannot be moved aside: {error}");
    let folder = path.parent().ok_or("has no folder")?;
    if fs::metadata(folder).is_ok_and(|found| !found.is_dir()) {
        move_aside(folder).map_err(aside)?;
    }
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => move_aside(path).map_err(aside)?,
        // Whoever owns it may have lost the right to open it.
        Ok(_) => drop(fs::set_permissions(path, Permissions::from_mode(0o600))),
        Err(_) => {}
    }
    prepare(path, group, OpenOptions::new().create(true).truncate(false))
}

fn move_aside(path: &Path) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let free = (1..=MOVED_MAX)
        .map(|n| path.with_file_name(format!("{name}.was-{n}")))
        .find(|to| fs::symlink_metadata(to).is_err());
    fs::rename(path, free.ok_or(ErrorKind::AlreadyExists)?)
}

fn prepare(path: &Path, group: Option<&str>, options: &mut OpenOptions) -> Result<File, String> {
    let group = group.map(group_id).transpose()?;
    let folder = path.parent().ok_or("has no folder")?;
    make_folder(folder, group).map_err(|error| format!("cannot have its folder made: {error}"))?;
    let file = open_new(path, options)?;
    let filled = (&file)
        .write_all(&vec![0; FILE_BYTES])
        .and_then(|()| share(&file, group))
        .and_then(|()| file.sync_all());
    filled.map_err(|error| format!("cannot be made: {error}"))?;
    Ok(file)
}

fn open_new(path: &Path, options: &mut OpenOptions) -> Result<File, String> {
    let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
    let opened = options
        .read(true)
        .write(true)
        .mode(0o600)
        .custom_flags(flags)
        .open(path);
    opened.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => "is there already".to_owned(),
        _ => format!("cannot be made: {error}"),
    })
}

fn make_folder(folder: &Path, group: Option<u32>) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    if group.is_some() {
        chown(folder, None, group)?;
    }
    let mode = if group.is_some() { 0o2770 } else { 0o700 };
    fs::set_permissions(folder, Permissions::from_mode(mode))
}

/// The group whose members may write the folder; none when only its owner may.
pub(super) fn shared_with(path: &Path) -> Option<u32> {
    let found = fs::symlink_metadata(path.parent()?).ok()?;
    (found.is_dir() && found.mode() & 0o070 == 0o070).then_some(found.gid())
}

/// Opens folder and file to this group, also when they were made without one. Through descriptors: whoever may write
/// the folder must not lead this to another file.
pub(super) fn share_again(path: &Path, group: u32) -> Result<(), String> {
    let cannot = |error: std::io::Error| format!("cannot be shared: {error}");
    let flags = OFlags::NOFOLLOW | OFlags::DIRECTORY;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let folder = path.parent().ok_or("has no folder")?;
    let folder = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(folder)
        .map_err(cannot)?;
    let file = open(path, OpenOptions::new().read(true).write(true))?;
    let found = file.metadata().map_err(cannot)?;
    if found.nlink() != 1 || found.uid() != rustix::process::geteuid().as_raw() {
        return Err("cannot be shared: it is not the file that was made here".to_owned());
    }
    share(&file, Some(group)).map_err(cannot)?;
    fchown(&folder, None, Some(group)).map_err(cannot)?;
    folder
        .set_permissions(Permissions::from_mode(0o2770))
        .map_err(cannot)
}

/// False when this user may not write the file.
pub(super) fn may_write(path: &Path) -> bool {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    !matches!(opened, Err(error) if error.kind() == ErrorKind::PermissionDenied)
}

fn share(file: &File, group: Option<u32>) -> std::io::Result<()> {
    if group.is_some() {
        fchown(file, None, group)?;
    }
    let mode = if group.is_some() { 0o660 } else { 0o600 };
    file.set_permissions(Permissions::from_mode(mode))
}

/// Makes the names of the file and of its folder durable.
pub(super) fn sync_folders(path: &Path) -> Result<(), String> {
    let folders = path.ancestors().skip(1).take(2);
    for folder in folders {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| format!("is not durable: {}: {error}", folder.display()))?;
    }
    Ok(())
}

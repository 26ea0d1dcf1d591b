//! Mending a store: adopting a folder that was moved, making sled anew, cutting a damaged journal. Nothing that was
//! there is thrown away before what replaces it stands.
//!
//! Whoever mends holds the [`OwnerLock`](crate::owner::OwnerLock).

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rustix::fs::{FlockOperation, flock};
use soundpost_core::actor::Actor;
use soundpost_core::change::{Change, ENTRY_VERSION, Entry};
use soundpost_core::id::{Id, StoreId};
use soundpost_core::port::store::StoreError;

use crate::entry_line;
use crate::identity::Identity;
use crate::journal::{Journal, JournalError, JournalOptions, Survey, survey};
use crate::open::{
    OpenError, bodies, identify, io_error, journal_dir, open_journal, refuse_network, sled_dir,
};
use crate::sled::replay;
use crate::sled::shelf::Shelf;

const LET_GO_TRIES: u32 = 100;
const LET_GO_WAIT: Duration = Duration::from_millis(20);

/// Who mends, when, and the name that the configuration gives the store.
#[derive(Debug, Clone)]
pub struct Mender<'a> {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The store's own name, for machines whose id and folders change.
    pub named: Option<&'a str>,
}

/// What came of making sled anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many entries of the journal it took.
    pub entries: u64,
    /// Where the old folder is kept; none when there was nothing to keep, or no reason.
    pub kept_in: Option<PathBuf>,
}

/// True when the journal may have lost its newest entries: sled has more, or cannot say, and the journal's tail is torn.
/// Then what is queued may be public already. Ask before sled is made anew, and halt everything first.
#[must_use]
pub fn is_doubtful(home: &Path) -> bool {
    let found = survey(&journal_dir(home), |_, _| {});
    let last_seq = found.head.map_or(0, |head| head.last_seq);
    let store = found.store_id.map(|id| StoreId(Id::from_bytes(id)));
    applied(home, store).map_or(found.torn.is_some(), |had| had > last_seq)
}

/// Makes sled anew from the journal. The old folder is set aside under a dated name until that succeeded, and put back
/// if it did not. It is kept for good when it is [doubtful](is_doubtful) whether the journal has all that it had.
///
/// # Errors
/// As [`open`](crate::open::open); then sled is as it was.
pub fn rebuild(home: &Path, at: Timestamp) -> Result<Rebuilt, OpenError> {
    let identity = identify(home)?;
    let dir = sled_dir(home);
    let doubtful = is_doubtful(home);
    let aside = set_aside(&dir, at).map_err(io_error("set sled's folder aside"))?;
    match make_anew(home, &identity) {
        Ok(entries) => {
            let kept_in = aside.filter(|aside| doubtful || discard(aside).is_err());
            Ok(Rebuilt { entries, kept_in })
        }
        Err(error) => {
            put_back(&dir, aside.as_deref()).map_err(io_error("put sled's folder back"))?;
            Err(error)
        }
    }
}

/// How many entries were replayed.
fn make_anew(home: &Path, identity: &Identity) -> Result<u64, OpenError> {
    let (journal, _) = open_journal(home, identity, None)?;
    let shelf = Shelf::open(&sled_dir(home), bodies(home))?;
    let entries = replay::replay(&shelf, identity.store, &journal)?;
    shelf.flush()?;
    Ok(entries)
}

/// How far the sled that is there has come, if it can say that, and is that of this store where one is known.
fn applied(home: &Path, store: Option<StoreId>) -> Option<u64> {
    let dir = sled_dir(home);
    if !dir.is_dir() {
        return None;
    }
    let shelf = Shelf::open(&dir, bodies(home)).ok()?;
    let of = shelf.store_id().ok().flatten();
    let applied = shelf.applied_seq().ok().flatten();
    drop(shelf);
    wait_until_let_go(&dir);
    applied.filter(|_| store.is_none() || of == store)
}

/// sled lets go of its folder some time after it was dropped. Until then it may still write by its name, and must not
/// find another folder there.
fn wait_until_let_go(dir: &Path) {
    let Ok(file) = File::open(dir.join("db")) else {
        return;
    };
    for _ in 0..LET_GO_TRIES {
        if flock(&file, FlockOperation::NonBlockingLockShared).is_ok() {
            return;
        }
        std::thread::sleep(LET_GO_WAIT);
    }
}

/// Makes a folder that was copied, or came from another machine, the store's own place, and writes that into the
/// journal. A `store.json` that is not there is written anew from the journal, after all of that was verified.
///
/// # Errors
/// `NoStore`, `Network`, `Newer`, `Io`; `Journal` when that is damaged.
pub fn adopt(home: &Path, mender: Mender<'_>) -> Result<(), OpenError> {
    let (store, before) = match identify(home) {
        Err(OpenError::HalfMade(_)) => {
            refuse_network(home)?;
            (None, None)
        }
        Err(OpenError::Io { source, .. }) if source.kind() == io::ErrorKind::InvalidData => (None, None),
        other => {
            let identity = other?;
            (Some(identity.store), Some(identity.place()))
        }
    };
    let options = JournalOptions {
        applied_seq: applied(home, store),
        ..JournalOptions::default()
    };
    let (mut journal, _) = Journal::open(&journal_dir(home), options)?;
    let says = StoreId(Id::from_bytes(journal.store_id()));
    if let Some(store) = store.filter(|store| *store != says) {
        let what = format!("store.json names store {store}, the journal {says}");
        return Err(StoreError::Damaged(what).into());
    }
    let here = Identity::here(home, says, mender.named).map_err(io_error("look at the folder"))?;
    let change = Change::Adopted {
        from: before,
        to: here.place(),
    };
    record(&mut journal, home, mender, change)?;
    here.write(home).map_err(io_error("write store.json"))
}

fn record(journal: &mut Journal, home: &Path, mender: Mender<'_>, change: Change) -> Result<(), OpenError> {
    let entry = Entry {
        v: ENTRY_VERSION,
        seq: journal.head().last_seq + 1,
        at: mender.at,
        by: mender.by,
        reason: String::new(),
        change,
    };
    journal.append(&[entry_line::encode(&entry, &bodies(home))?])?;
    Ok(())
}

/// What came of cutting a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WasCut {
    /// The last entry that was kept.
    pub last_seq: u64,
    /// Where the whole journal is kept as it was.
    pub kept_in: PathBuf,
}

/// Cuts a journal that is damaged in its middle: what can be read up to the damage is kept, what comes after it is
/// given up. `seq` is the first entry that is given up, and must be the very one at which the damage is. The whole
/// folder is kept as it was under a dated name, and sled's too; sled is made anew. Start halted: what is queued may be
/// public already.
///
/// # Errors
/// `Store` when the journal is whole, or damaged elsewhere, or nothing of it can be read; `Io`.
pub fn cut_journal(home: &Path, seq: u64, mender: Mender<'_>) -> Result<WasCut, OpenError> {
    let identity = identify(home)?;
    let dir = journal_dir(home);
    let found = survey(&dir, |_, _| {});
    let place = cut_place(&found, seq)?;
    let fresh = home.join("journal.new");
    discard(&fresh).map_err(io_error("remove what an earlier cut left"))?;
    copy_until(&dir, &fresh, place).map_err(io_error("copy what can be read"))?;
    let kept_in = set_aside(&dir, mender.at).map_err(io_error("set the journal aside"))?;
    fs::rename(&fresh, &dir)
        .and_then(|()| File::open(home)?.sync_all())
        .map_err(io_error("put the new journal in its place"))?;
    let kept_in = kept_in.unwrap_or(dir);
    set_aside(&sled_dir(home), mender.at).map_err(io_error("set sled's folder aside"))?;
    let (mut journal, opened) = open_journal(home, &identity, None)?;
    let change = Change::JournalCut {
        kept_in: kept_in
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    };
    record(&mut journal, home, mender, change)?;
    drop(journal);
    make_anew(home, &identity)?;
    Ok(WasCut {
        last_seq: opened.head.last_seq,
        kept_in,
    })
}

/// The segment and the byte at which the readable part ends.
fn cut_place(found: &Survey, seq: u64) -> Result<(u64, u64), OpenError> {
    let refused = |why: String| Err(StoreError::Damaged(why).into());
    let Some(last_seq) = found.head.map(|head| head.last_seq).filter(|last| *last > 0) else {
        return refused("nothing of the journal can be read: there is nothing to keep".to_owned());
    };
    match found.fault.as_ref().and_then(JournalError::place) {
        None => {
            refused("the journal can be read to its end, or not at all: there is nothing to cut".to_owned())
        }
        Some(_) if seq != last_seq + 1 => refused(format!(
            "the journal is damaged where entry {} should begin, not at {seq}",
            last_seq + 1
        )),
        Some(place) => Ok(place),
    }
}

/// Copies the segments before this place whole, and the one of the place up to it, with zeros behind.
fn copy_until(from: &Path, to: &Path, (segment, offset): (u64, u64)) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(to)?;
    for item in fs::read_dir(from)? {
        let name = item?.file_name();
        let number = crate::journal::segment_number(&name.to_string_lossy());
        let Some(number) = number.filter(|number| *number < segment || *number == segment && offset > 0)
        else {
            continue;
        };
        let mut bytes = fs::read(from.join(&name))?;
        if number == segment {
            let at = usize::try_from(offset).unwrap_or(bytes.len()).min(bytes.len());
            bytes[at..].fill(0);
        }
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(to.join(&name))?;
        file.write_all_at(&bytes, 0)?;
        file.sync_all()?;
    }
    File::open(to)?.sync_all()
}

/// Gives what stands here, file or folder, a dated name beside it; says which. None when nothing is there.
fn set_aside(path: &Path, at: Timestamp) -> io::Result<Option<PathBuf>> {
    if let Err(error) = fs::symlink_metadata(path) {
        return if error.kind() == io::ErrorKind::NotFound {
            Ok(None)
        } else {
            Err(error)
        };
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stamp = at.strftime("%Y%m%dT%H%M%SZ");
    for n in 1..1000 {
        let nth = if n == 1 { String::new() } else { format!("-{n}") };
        let aside = path.with_file_name(format!("{name}.{stamp}{nth}"));
        if fs::symlink_metadata(&aside).is_ok() {
            continue;
        }
        fs::rename(path, &aside)?;
        File::open(path.parent().unwrap_or(path))?.sync_all()?;
        return Ok(Some(aside));
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn put_back(path: &Path, aside: Option<&Path>) -> io::Result<()> {
    let Some(aside) = aside else { return Ok(()) };
    discard(path)?;
    fs::rename(aside, path)
}

fn discard(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

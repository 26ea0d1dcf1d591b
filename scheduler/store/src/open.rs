//! Making and opening a store's folder: `store.json`, `journal/`, `sled/`, `bodies/`.
//!
//! Whoever opens or rebuilds holds the [`OwnerLock`](crate::owner::OwnerLock).

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use soundpost_core::actor::Actor;
use soundpost_core::change::{Change, ENTRY_VERSION, Entry};
use soundpost_core::delivery::StateName;
use soundpost_core::gate::Epoch;
use soundpost_core::id::{DeliveryId, Id, StoreId};
use soundpost_core::port::store::{Query, StoreError};

use crate::about::is_about;
use crate::bodies::Bodies;
use crate::disk_kind::network_kind;
use crate::entry_line;
use crate::identity::{self, HOME_VERSION, Identity};
use crate::journal::{self, Journal, JournalError, JournalOptions, JournalReader};
use crate::memory::MemoryStore;
use crate::sled::SledStore;
use crate::sled::engine::Engine;
use crate::sled::replay;
use crate::sled::shelf::{REBUILD, Shelf, is_broken};

/// Why a folder was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no store.
    #[error("there is no store in {}", .0.display())]
    NoStore(PathBuf),
    /// There is one already.
    #[error("there is a store in {} already", .0.display())]
    StoreExists(PathBuf),
    /// A journal without `store.json`: making the store was broken off, or the file was lost.
    #[error("{} holds a journal but no store.json; write it anew:  soundpost doctor --adopt", .0.display())]
    HalfMade(PathBuf),
    /// There is no journal where it should be.
    #[error("{} holds no journal: put it back from a copy of the queue", .0.display())]
    NoJournal(PathBuf),
    /// The folder is on a network file system.
    #[error("{} is on {kind}, where a store is not safe: use a local disk", path.display())]
    Network {
        /// The folder.
        path: PathBuf,
        /// The file system.
        kind: String,
    },
    /// A newer program made it.
    #[error("the store has format {found}, and this program knows {HOME_VERSION}: use a newer program")]
    Newer {
        /// The format.
        found: u32,
    },
    /// The system refused.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The answer of the system.
        #[source]
        source: io::Error,
    },
    /// The journal cannot be opened.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// sled cannot be opened, or contradicts the journal.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OpenError {
    /// True when sled's own files are broken, as a full disk or a power cut may leave them. All that they held is in the
    /// journal: [`rebuild`](crate::mend::rebuild) helps.
    #[must_use]
    pub fn is_broken_sled(&self) -> bool {
        matches!(self, OpenError::Store(error) if is_broken(error))
    }
}

/// What was found at open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// What the journal found, with the torn tail that it cut, if any.
    pub journal: journal::OpenReport,
    /// How many journal entries sled had not seen.
    pub replayed: u64,
    /// True when sled was empty and was made anew from the journal.
    pub rebuilt: bool,
    /// Why this folder is not the one that was made or adopted on this machine; the caller starts halted.
    pub foreign: Option<String>,
    /// The deliveries that were being sent when the store was last open: their outcome is unknown.
    pub attempting: Vec<DeliveryId>,
}

/// Makes an empty store in this folder, which is made too unless it is there.
///
/// # Errors
/// As [`create_named`].
pub fn create(home: &Path, store: StoreId, by: Actor, at: Timestamp) -> Result<(), OpenError> {
    create_named(home, store, by, at, None)
}

/// The same, with a name of its own for machines whose id and folders change, such as containers.
///
/// # Errors
/// `StoreExists`, `HalfMade`, `Network`, `Io`, `Journal`, `Store`.
pub fn create_named(
    home: &Path,
    store: StoreId,
    by: Actor,
    at: Timestamp,
    named: Option<&str>,
) -> Result<(), OpenError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o711)
        .create(home)
        .map_err(io_error("make the folder"))?;
    refuse_network(home)?;
    if identity::path(home).exists() {
        return Err(OpenError::StoreExists(home.to_owned()));
    }
    let mut journal = match Journal::create(&journal_dir(home), store.0.to_bytes(), JournalOptions::default())
    {
        Err(JournalError::AlreadyExists) => return Err(OpenError::HalfMade(home.to_owned())),
        other => other?,
    };
    let change = Change::Created { store };
    let entry = Entry {
        v: ENTRY_VERSION,
        seq: 1,
        at,
        by,
        reason: String::new(),
        change,
    };
    journal.append(&[entry_line::encode(&entry, &bodies(home))?])?;
    let identity = Identity::here(home, store, named).map_err(io_error("look at the folder"))?;
    identity.write(home).map_err(io_error("write store.json"))
}

/// Opens the store in this folder, and brings sled up to the journal.
///
/// # Errors
/// As [`open_named`].
pub fn open(home: &Path, epoch: Arc<Epoch>) -> Result<(Arc<SledStore>, OpenReport), OpenError> {
    open_named(home, epoch, None)
}

/// The same, for a store that the configuration gives this name.
///
/// # Errors
/// `NoStore`, `Network`, `Newer`, `Io`, `Journal`; `Store` with `Damaged` when sled is broken or ahead of the
/// journal: then [`rebuild`](crate::mend::rebuild) helps.
pub fn open_named(
    home: &Path,
    epoch: Arc<Epoch>,
    named: Option<&str>,
) -> Result<(Arc<SledStore>, OpenReport), OpenError> {
    let identity = identify(home)?;
    let foreign = identity
        .foreign(home, named)
        .map_err(io_error("look at the folder"))?;
    let shelf = Shelf::open(&sled_dir(home), bodies(home))?;
    let applied_seq = shelf.applied_seq()?;
    let (journal, found) = open_journal(home, &identity, applied_seq)?;
    let replayed = replay::replay(&shelf, identity.store, &journal)?;
    let book = replay::load(&shelf)?;
    let in_flight = Query {
        states: [StateName::Attempting].into(),
        ..Query::default()
    };
    let report = OpenReport {
        journal: found,
        replayed,
        rebuilt: applied_seq.is_none() && replayed > 1,
        foreign,
        attempting: book.index.select(&in_flight),
    };
    let (id, book) = (identity.store, Mutex::new(book));
    let engine = Engine {
        id,
        epoch,
        shelf,
        book,
        journal: journal_dir(home),
        trouble: Mutex::default(),
    };
    let store = SledStore::start(engine, journal).map_err(io_error("start the writer"))?;
    Ok((Arc::new(store), report))
}

/// True when making a store here was broken off, or never begun: there is no `store.json`, no journal and no sled.
/// Then no post was ever kept here, and [`create`] may be tried (again).
///
/// # Errors
/// `Journal` when its folder cannot be looked at.
pub fn is_unmade(home: &Path) -> Result<bool, OpenError> {
    Ok(!identity::path(home).exists() && !sled_dir(home).exists() && !has_journal(home)?)
}

/// The store as its journal tells it: no lock, no sled, also while the owner writes. A bad tail is ignored. It is for
/// looking only: what is written to it is lost.
///
/// # Errors
/// `NoStore`, `Newer`, `Network`, `Io`, `Store` when the journal is damaged.
pub fn look(home: &Path) -> Result<MemoryStore, OpenError> {
    let identity = identify(home)?;
    let bodies = bodies(home);
    let reader = JournalReader::open(&journal_dir(home)).map_err(|error| match error {
        JournalError::NoJournal => OpenError::NoJournal(journal_dir(home)),
        other => OpenError::Journal(other),
    })?;
    let mut entries = Vec::new();
    for item in reader.entries_from(1) {
        let (seq, line) = item?;
        entries.push(entry_line::decode(seq, &line, &bodies)?);
    }
    Ok(MemoryStore::from_entries(identity.store, entries))
}

/// The same without the entries themselves: how everything stands after the newest one. It takes less memory.
///
/// # Errors
/// As [`look`].
pub fn snapshot(home: &Path) -> Result<MemoryStore, OpenError> {
    let identity = identify(home)?;
    let bodies = bodies(home);
    let reader = JournalReader::open(&journal_dir(home))?;
    let store = MemoryStore::new(identity.store, Arc::default());
    for item in reader.entries_from(1) {
        let (seq, line) = item?;
        store.replay(&entry_line::decode(seq, &line, &bodies)?);
    }
    Ok(store)
}

/// The story of one delivery from the journal alone: no lock, no sled, also while the owner writes.
///
/// # Errors
/// `Io`, `Damaged`.
pub fn story(home: &Path, delivery: DeliveryId) -> Result<Vec<Entry>, StoreError> {
    let bodies = bodies(home);
    let reader = JournalReader::open(&journal_dir(home)).map_err(|e| StoreError::Io(e.to_string()))?;
    let mut found = Vec::new();
    for item in reader.entries_from(1) {
        let (seq, line) = item.map_err(|e| StoreError::Damaged(e.to_string()))?;
        let entry = entry_line::decode(seq, &line, &bodies)?;
        if is_about(&entry.change, delivery) {
            found.push(entry);
        }
    }
    Ok(found)
}

/// What the folder says that it holds.
///
/// # Errors
/// `NoStore`, `HalfMade`, `Newer`, `Network`, `Io`, `Journal`.
pub(crate) fn identify(home: &Path) -> Result<Identity, OpenError> {
    let identity = match Identity::read(home) {
        Ok(identity) => identity,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let home = home.to_owned();
            return Err(if has_journal(&home)? {
                OpenError::HalfMade(home)
            } else {
                OpenError::NoStore(home)
            });
        }
        Err(e) => return Err(io_error("read store.json")(e)),
    };
    if identity.v > HOME_VERSION {
        return Err(OpenError::Newer { found: identity.v });
    }
    refuse_network(home)?;
    Ok(identity)
}

/// Opens the journal of this store for writing. What sled has applied guards its end.
///
/// # Errors
/// `Journal`, `Store`.
pub(crate) fn open_journal(
    home: &Path,
    identity: &Identity,
    applied_seq: Option<u64>,
) -> Result<(Journal, journal::OpenReport), OpenError> {
    let options = JournalOptions {
        applied_seq,
        ..JournalOptions::default()
    };
    let (journal, found) = Journal::open(&journal_dir(home), options).map_err(|error| match error {
        JournalError::NoJournal => OpenError::NoJournal(journal_dir(home)),
        ahead @ JournalError::LostBeyondApplied { .. } => OpenError::Store(StoreError::Damaged(format!(
            "sled is ahead of the journal: {ahead}: {REBUILD}"
        ))),
        other => OpenError::Journal(other),
    })?;
    let says = StoreId(Id::from_bytes(journal.store_id()));
    if says != identity.store {
        let what = format!("store.json names store {}, the journal {says}", identity.store);
        return Err(StoreError::Damaged(what).into());
    }
    Ok((journal, found))
}

/// Whether there is a journal; a folder for one in which nothing was begun yet is none.
fn has_journal(home: &Path) -> Result<bool, OpenError> {
    match JournalReader::open(&journal_dir(home)) {
        Ok(_) | Err(JournalError::MissingSegment { .. }) => Ok(true),
        Err(JournalError::NoJournal) => Ok(false),
        Err(JournalError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// Refuses a folder on a network file system.
///
/// # Errors
/// `Network`, `Io`.
pub(crate) fn refuse_network(home: &Path) -> Result<(), OpenError> {
    match network_kind(home).map_err(io_error("look at the file system"))? {
        Some(kind) => Err(OpenError::Network {
            path: home.to_owned(),
            kind,
        }),
        None => Ok(()),
    }
}

/// The journal's folder.
pub(crate) fn journal_dir(home: &Path) -> PathBuf {
    home.join("journal")
}

/// sled's folder.
pub(crate) fn sled_dir(home: &Path) -> PathBuf {
    home.join("sled")
}

/// The large values.
pub(crate) fn bodies(home: &Path) -> Bodies {
    Bodies::new(home.join("bodies"))
}

/// Makes the adapter for `map_err` that says what was tried.
pub(crate) fn io_error(action: &'static str) -> impl FnOnce(io::Error) -> OpenError {
    move |source| OpenError::Io { action, source }
}

#[cfg(test)]
mod tests {
    use soundpost_core::port::store::Store as _;

    use super::*;
    use crate::mend::{adopt, rebuild};

    const STORE: StoreId = StoreId(Id::from_u128(7));

    fn made() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let by = Actor::Person("anna".to_owned());
        create(home.path(), STORE, by, Timestamp::UNIX_EPOCH).unwrap();
        home
    }

    fn adopter() -> crate::mend::Mender<'static> {
        crate::mend::Mender {
            by: Actor::Person("anna".to_owned()),
            at: Timestamp::UNIX_EPOCH,
            named: None,
        }
    }

    fn opens(home: &Path) {
        let (store, report) = open(home, Arc::default()).unwrap();
        assert_eq!(look(home).unwrap().id(), STORE);
        assert_eq!(report.foreign, None);
        store.close();
    }

    #[test]
    fn a_lost_store_json_is_written_anew_from_the_journal() {
        let home = made();
        opens(home.path());
        std::fs::remove_file(identity::path(home.path())).unwrap();
        let why = open(home.path(), Arc::default()).err().unwrap();
        assert!(why.to_string().contains("soundpost doctor --adopt"), "{why}");
        assert!(!is_unmade(home.path()).unwrap());
        adopt(home.path(), adopter()).unwrap();
        opens(home.path());
    }

    #[test]
    fn a_sled_with_broken_files_is_told_as_such_and_made_anew_from_the_journal() {
        let home = made();
        opens(home.path());
        std::fs::write(
            sled_dir(home.path()).join("conf"),
            "noise of more than eight bytes",
        )
        .unwrap();
        let refused = open(home.path(), Arc::default()).err().unwrap();
        assert!(refused.is_broken_sled(), "{refused}");
        rebuild(home.path(), Timestamp::UNIX_EPOCH).unwrap();
        opens(home.path());
    }

    #[test]
    fn a_store_whose_making_broke_off_before_its_first_entry_can_be_adopted() {
        let home = tempfile::tempdir().unwrap();
        let dir = journal_dir(home.path());
        drop(Journal::create(&dir, STORE.0.to_bytes(), JournalOptions::default()).unwrap());
        adopt(home.path(), adopter()).unwrap();
        opens(home.path());
    }

    #[test]
    fn a_damaged_journal_names_no_store() {
        let home = made();
        std::fs::remove_file(identity::path(home.path())).unwrap();
        let segment = journal_dir(home.path()).join("00000001.seg");
        let mut bytes = std::fs::read(&segment).unwrap();
        bytes[10] ^= 1;
        std::fs::write(&segment, bytes).unwrap();
        assert!(matches!(
            adopt(home.path(), adopter()),
            Err(OpenError::Journal(_))
        ));
        assert!(!identity::path(home.path()).exists());
    }

    #[test]
    fn a_folder_in_which_nothing_was_kept_is_unmade() {
        let home = tempfile::tempdir().unwrap();
        assert!(is_unmade(home.path()).unwrap());
        std::fs::create_dir(journal_dir(home.path())).unwrap();
        assert!(is_unmade(home.path()).unwrap());
        assert!(matches!(
            adopt(home.path(), adopter()),
            Err(OpenError::NoStore(_))
        ));
        assert!(!is_unmade(made().path()).unwrap());
        std::fs::create_dir(sled_dir(home.path())).unwrap();
        assert!(!is_unmade(home.path()).unwrap());
    }
}

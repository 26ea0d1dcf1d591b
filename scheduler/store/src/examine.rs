//! Looks at the parts of a store that may be damaged, and changes nothing. None of it needs the store to open; all but
//! [`sled`] may be done beside its owner.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use soundpost_core::change::{Entry, Place};
use soundpost_core::id::{Id, StoreId};
use soundpost_core::port::store::StoreError;

pub use crate::bodies::Flaw;
use crate::disk_kind::network_kind;
use crate::entry_line;
use crate::identity::{HOME_VERSION, Identity};
use crate::journal::{JournalReader, Survey, survey};
use crate::memory::MemoryStore;
use crate::open::{bodies, journal_dir, sled_dir};
use crate::owner::OwnerLock;
pub use crate::sled::compare::Differences;
use crate::sled::compare::compare;
use crate::sled::shelf::Shelf;

/// How many flaws of one kind are named.
const NAMED_MAX: usize = 20;

/// What `store.json` says of a folder.
#[derive(Debug)]
pub enum HomeFound {
    /// It is not there.
    Missing,
    /// It cannot be read or understood.
    Unreadable(io::Error),
    /// A newer program wrote it.
    Newer(u32),
    /// It names a store.
    Named {
        /// The store.
        store: StoreId,
        /// Where the store is at home.
        at_home: Place,
        /// Where this folder is.
        here: Place,
        /// Why this is not the store's own place, if it is not.
        foreign: Option<String>,
    },
}

/// Looks at `store.json`, for a store that the configuration gives this name.
pub fn home(home: &Path, named: Option<&str>) -> HomeFound {
    let looked = Identity::read(home).and_then(|identity| {
        let here = Identity::here(home, identity.store, named)?;
        let foreign = identity.foreign(home, named)?;
        Ok((identity, here, foreign))
    });
    match looked {
        Err(error) if error.kind() == io::ErrorKind::NotFound => HomeFound::Missing,
        Err(error) => HomeFound::Unreadable(error),
        Ok((identity, ..)) if identity.v > HOME_VERSION => HomeFound::Newer(identity.v),
        Ok((identity, here, foreign)) => HomeFound::Named {
            store: identity.store,
            at_home: identity.place(),
            here: here.place(),
            foreign,
        },
    }
}

/// The network file system on which this folder is, if it is on one.
///
/// # Errors
/// As the system says.
pub fn network(home: &Path) -> io::Result<Option<String>> {
    network_kind(home)
}

/// What the journal and the large values that it names come to.
#[derive(Debug)]
pub struct JournalFound {
    /// The journal itself.
    pub survey: Survey,
    /// Entries that stand in whole frames and cannot be understood: number and why, the first of them.
    pub flaws: Vec<(u64, String)>,
    /// Large values that are not as they should be, with the entry that names each.
    pub bodies: Vec<(u64, String, Flaw)>,
    /// The names of the large values that it refers to.
    pub named_bodies: BTreeMap<String, u64>,
    /// When the newest entry that can be read was written.
    pub newest_at: Option<Timestamp>,
    /// When the first and the last were written of those that nothing leads to.
    pub stranded_at: Option<(Timestamp, Timestamp)>,
    /// The store as the readable entries tell it.
    pub store: MemoryStore,
}

/// Reads the journal as far as that is possible.
pub fn journal(home: &Path) -> JournalFound {
    let values = bodies(home);
    let (mut flaws, mut bad_bodies, mut named, mut entries) =
        (Vec::new(), Vec::new(), BTreeMap::new(), Vec::new());
    let mut newest_at = None;
    let survey = survey(&journal_dir(home), |seq, line| {
        newest_at = at_of(line).or(newest_at);
        if let Some(name) = entry_line::spilled_name(line) {
            if let Err(flaw) = values.look(&name)
                && bad_bodies.len() < NAMED_MAX
            {
                bad_bodies.push((seq, name.clone(), flaw));
            }
            named.insert(name, seq);
        }
        match entry_line::decode(seq, line, &values) {
            Ok(entry) => entries.push(entry),
            Err(_) if bad_bodies.last().is_some_and(|(of, ..)| *of == seq) => {}
            Err(error) if flaws.len() < NAMED_MAX => flaws.push((seq, words(&error))),
            Err(_) => {}
        }
    });
    let stranded = survey.stranded.as_ref();
    let stranded_at = stranded.and_then(|s| Some((at_of(&s.first.1)?, at_of(&s.last.1)?)));
    let store = StoreId(Id::from_bytes(survey.store_id.unwrap_or_default()));
    JournalFound {
        flaws,
        bodies: bad_bodies,
        named_bodies: named,
        newest_at,
        stranded_at,
        store: told(store, entries),
        survey,
    }
}

fn told(store: StoreId, entries: Vec<Entry>) -> MemoryStore {
    MemoryStore::from_entries(store, entries)
}

fn at_of(line: &[u8]) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Dated {
        at: Timestamp,
    }
    serde_json::from_slice::<Dated>(line).ok().map(|dated| dated.at)
}

fn words(error: &StoreError) -> String {
    match error {
        StoreError::Damaged(what) | StoreError::Io(what) => what.clone(),
        other => other.to_string(),
    }
}

/// What is in sled's folder.
#[derive(Debug)]
pub enum SledFound {
    /// Nothing is there.
    Missing,
    /// Something else is in its place.
    NotAFolder,
    /// It does not open, or cannot be read.
    Broken(String),
    /// It opens.
    Opens {
        /// The store whose index it is; none in an empty one.
        store: Option<StoreId>,
        /// The newest entry that it has; 0 in an empty one.
        applied_seq: u64,
        /// Where it says something else than the journal; an error when they cannot be compared.
        differences: Result<Differences, String>,
        /// The names of the large values that it refers to.
        named_bodies: Vec<String>,
        /// Those of them that are not as they should be.
        bad_bodies: Vec<(String, Flaw)>,
    },
}

/// Opens sled, for whoever owns the store.
pub fn sled(home: &Path, _owner: &OwnerLock) -> SledFound {
    let dir = sled_dir(home);
    match fs::metadata(&dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return SledFound::Missing,
        Err(error) => return SledFound::Broken(error.to_string()),
        Ok(found) if !found.is_dir() => return SledFound::NotAFolder,
        Ok(_) => {}
    }
    match opened(home, &dir) {
        Ok(found) => found,
        Err(error) => SledFound::Broken(words(&error)),
    }
}

fn opened(home: &Path, dir: &Path) -> Result<SledFound, StoreError> {
    let shelf = Shelf::open(dir, bodies(home))?;
    let (store, applied_seq) = (shelf.store_id()?, shelf.applied_seq()?.unwrap_or(0));
    let named_bodies: Vec<String> = shelf.spilled().collect();
    let bad = |name: &String| Some((name.clone(), shelf.bodies().look(name).err()?));
    let bad_bodies: Vec<_> = named_bodies.iter().filter_map(bad).take(NAMED_MAX).collect();
    let reader = JournalReader::open(&journal_dir(home)).map_err(|error| StoreError::Io(error.to_string()));
    let differences = reader.and_then(|reader| compare(&shelf, &reader));
    Ok(SledFound::Opens {
        store,
        applied_seq,
        differences: differences.map_err(|error| words(&error)),
        named_bodies,
        bad_bodies,
    })
}

/// What sled left half written when it was interrupted.
pub fn sled_leftovers(home: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(sled_dir(home)).into_iter().flatten().flatten();
    let mut left: Vec<PathBuf> = items
        .map(|item| item.path())
        .filter(|path| path.extension().is_some_and(|end| end == "generating"))
        .collect();
    left.sort();
    left
}

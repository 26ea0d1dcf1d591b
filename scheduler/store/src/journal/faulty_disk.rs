//! A disk in memory that loses power, fills up and fails to sync. For tests only, of this crate and of others.
//!
//! Everything it does follows from the calls made and the seed of [`FaultyDisk::crash`].

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::disk::Disk;
use super::segment::SECTOR;

/// What loss of power makes of sectors that were written but not synced. Each may also have been written whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashMode {
    /// They read as zeros.
    Zeros,
    /// They keep what was there before.
    Old,
    /// They hold random bytes.
    Noise,
    /// Any subset was written; of the others, each has any of the three fates above.
    Subset,
}

impl CrashMode {
    /// All modes, to loop over.
    pub const ALL: [Self; 4] = [Self::Zeros, Self::Old, Self::Noise, Self::Subset];
}

/// A call that a disk answers without doing anything. A test that such a disk passes proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// [`Disk::sync_data`].
    SyncData,
    /// [`Disk::sync_dir`].
    SyncDir,
    /// [`Disk::forget_cached`].
    ForgetCached,
}

/// A folder in memory with faults to order.
#[derive(Debug, Default)]
pub struct FaultyDisk {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<u64, Contents>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    /// Changes of names since the last sync of the folder, in order.
    pending: Vec<NameChange>,
    faults: Faults,
    operations: u64,
    lie: Option<Lie>,
}

#[derive(Debug, Default)]
struct Faults {
    space_left: Option<u64>,
    syncs_until_error: Option<u64>,
    operations_until_off: Option<u64>,
}

#[derive(Clone, Debug)]
enum NameChange {
    Set(String, u64),
    Rename(String, String, u64),
    Remove(String),
}

/// A file as programs see it, and as the device has it.
#[derive(Debug)]
struct Contents {
    seen: Vec<u8>,
    durable: Vec<u8>,
    /// Sectors that the next sync will write out.
    dirty: BTreeSet<usize>,
    length_synced: bool,
}

impl FaultyDisk {
    /// An empty disk without faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on at most `bytes` can be given to files; then `StorageFull`, with part of the bytes written.
    pub fn fill_after(&self, bytes: u64) {
        self.lock().faults.space_left = Some(bytes);
    }

    /// Takes [`fill_after`](Self::fill_after) back.
    pub fn make_room(&self) {
        self.lock().faults.space_left = None;
    }

    /// The `nth` sync of file data from now (1 is the next) fails; what it should have written stays visible but
    /// is never written, as on Linux, and later syncs succeed.
    pub fn fail_sync(&self, nth: u64) {
        self.lock().faults.syncs_until_error = Some(nth);
    }

    /// Of the operations that change something, `count` succeed from now; the next is done in part, and that and
    /// all others fail until [`crash`](Self::crash).
    pub fn power_off_after(&self, count: u64) {
        self.lock().faults.operations_until_off = Some(count);
    }

    /// From now on, crashes included, the disk lies about one call.
    pub fn lie_about(&self, lie: Lie) {
        self.lock().lie = Some(lie);
    }

    /// How many operations that change something were asked for so far.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// Loses power and comes back: only what was synced is sure to be there. Takes back all faults. Changes of
    /// names that were not synced happen up to a random one.
    pub fn crash(&self, seed: u64, mode: CrashMode) {
        let mut state = self.lock();
        let mut random = SplitMix(seed);
        for contents in state.files.values_mut() {
            contents.lose_power(&mut random, mode);
        }
        let kept = random.below(state.pending.len() + 1);
        let mut names = std::mem::take(&mut state.durable_names);
        for change in state.pending.drain(..).take(kept) {
            apply(&mut names, change);
        }
        state
            .files
            .retain(|id, _| names.values().any(|named| named == id));
        state.durable_names = names.clone();
        state.names = names;
        state.faults = Faults::default();
    }

    /// All bytes of a file, as programs see them.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn contents(&self, name: &str) -> io::Result<Vec<u8>> {
        Ok(self.lock().contents(name)?.seen.clone())
    }

    /// Replaces a file, durably, as if it had decayed or somebody had edited it.
    pub fn replace(&self, name: &str, bytes: Vec<u8>) {
        let mut state = self.lock();
        let id = state.names.get(name).copied().unwrap_or_else(|| state.free_id());
        state.names.insert(name.to_owned(), id);
        state.durable_names.insert(name.to_owned(), id);
        let contents = Contents {
            seen: bytes.clone(),
            durable: bytes,
            dirty: BTreeSet::new(),
            length_synced: true,
        };
        state.files.insert(id, contents);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn contents(&mut self, name: &str) -> io::Result<&mut Contents> {
        let id = self.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(self.files.get_mut(id).expect("a name leads to a file"))
    }

    fn free_id(&self) -> u64 {
        self.files.last_key_value().map_or(0, |(id, _)| id + 1)
    }

    /// Counts an operation that changes something. `Err` if the power is off, `Ok(false)` if it goes off now.
    fn power(&mut self) -> io::Result<bool> {
        self.operations += 1;
        match &mut self.faults.operations_until_off {
            None => Ok(true),
            Some(u64::MAX) => Err(io::Error::other("power is off")),
            Some(0) => {
                self.faults.operations_until_off = Some(u64::MAX);
                Ok(false)
            }
            Some(left) => {
                *left -= 1;
                Ok(true)
            }
        }
    }

    /// Takes space for `bytes`, and says how many there is room for.
    fn take_space(&mut self, bytes: usize) -> usize {
        let Some(left) = &mut self.faults.space_left else {
            return bytes;
        };
        let granted = usize::try_from(*left).map_or(bytes, |left| left.min(bytes));
        *left -= granted as u64;
        granted
    }
}

impl Contents {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if end > self.seen.len() {
            self.seen.resize(end, 0);
            self.length_synced = false;
        }
        self.seen[offset..end].copy_from_slice(bytes);
        self.dirty.extend(offset / SECTOR..end.div_ceil(SECTOR));
    }

    fn sync(&mut self) {
        self.durable.resize(self.seen.len(), 0);
        for sector in std::mem::take(&mut self.dirty) {
            let range = self.range(sector);
            self.durable[range.clone()].copy_from_slice(&self.seen[range]);
        }
        self.length_synced = true;
    }

    /// Reads back from the device all that is not waiting to be written.
    fn forget(&mut self) {
        let mut fresh = self.durable.clone();
        fresh.resize(self.seen.len(), 0);
        for &sector in &self.dirty {
            let range = self.range(sector);
            fresh[range.clone()].copy_from_slice(&self.seen[range]);
        }
        self.seen = fresh;
    }

    fn lose_power(&mut self, random: &mut SplitMix, mode: CrashMode) {
        if self.length_synced || random.below(2) == 0 {
            self.durable.resize(self.seen.len(), 0);
        }
        let written_chance = random.below(3);
        for sector in std::mem::take(&mut self.dirty) {
            let range = self.range(sector);
            let range = range.start.min(self.durable.len())..range.end.min(self.durable.len());
            if random.below(4) < written_chance {
                self.durable[range.clone()].copy_from_slice(&self.seen[range]);
                continue;
            }
            match (mode, random.below(3)) {
                (CrashMode::Zeros, _) | (CrashMode::Subset, 0) => self.durable[range].fill(0),
                (CrashMode::Noise, _) | (CrashMode::Subset, 1) => {
                    self.durable[range].fill_with(|| random.next().to_le_bytes()[0]);
                }
                (CrashMode::Old | CrashMode::Subset, _) => {}
            }
        }
        self.seen.clone_from(&self.durable);
        self.length_synced = true;
    }

    fn range(&self, sector: usize) -> std::ops::Range<usize> {
        sector * SECTOR..((sector + 1) * SECTOR).min(self.seen.len())
    }
}

fn apply(names: &mut BTreeMap<String, u64>, change: NameChange) {
    match change {
        NameChange::Set(name, id) => drop(names.insert(name, id)),
        NameChange::Rename(from, to, id) => {
            names.remove(&from);
            names.insert(to, id);
        }
        NameChange::Remove(name) => drop(names.remove(&name)),
    }
}

/// Bytes of a seeded, tiny, well-mixed random source.
#[derive(Debug)]
pub(super) struct SplitMix(pub(super) u64);

impl SplitMix {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number under `limit`, which is not 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("less than a usize")
    }
}

fn power_failed() -> io::Error {
    io::Error::other("power went off")
}

fn at(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::FileTooLarge.into())
}

impl Disk for FaultyDisk {
    fn create_preallocated(&self, name: &str, len: u64) -> io::Result<()> {
        let mut state = self.lock();
        let powered = state.power()?;
        if state.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let len = at(len)?;
        let granted = state.take_space(len);
        let id = state.free_id();
        let mut contents = Contents {
            seen: Vec::new(),
            durable: Vec::new(),
            dirty: BTreeSet::new(),
            length_synced: false,
        };
        contents.write(0, &vec![0; if powered { granted } else { granted / 2 }]);
        state.files.insert(id, contents);
        state.names.insert(name.to_owned(), id);
        state.pending.push(NameChange::Set(name.to_owned(), id));
        match (powered, granted == len) {
            (false, _) => Err(power_failed()),
            (true, false) => Err(io::ErrorKind::StorageFull.into()),
            (true, true) => Ok(()),
        }
    }

    fn write_at(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let powered = state.power()?;
        let granted = state.take_space(bytes.len());
        // Without power all sectors are on their way: the crash decides which arrive.
        state.contents(name)?.write(at(offset)?, &bytes[..granted]);
        match (powered, granted == bytes.len()) {
            (false, _) => Err(power_failed()),
            (true, false) => Err(io::ErrorKind::StorageFull.into()),
            (true, true) => Ok(()),
        }
    }

    fn sync_data(&self, name: &str) -> io::Result<()> {
        let mut state = self.lock();
        if !state.power()? {
            return Err(power_failed());
        }
        if state.lie == Some(Lie::SyncData) {
            return Ok(());
        }
        let fails = match &mut state.faults.syncs_until_error {
            Some(left) => {
                *left = left.saturating_sub(1);
                *left == 0
            }
            None => false,
        };
        if fails {
            state.faults.syncs_until_error = None;
            state.contents(name)?.dirty.clear();
            return Err(io::Error::other("input/output error"));
        }
        state.contents(name)?.sync();
        Ok(())
    }

    fn sync_dir(&self) -> io::Result<()> {
        let mut state = self.lock();
        if !state.power()? {
            return Err(power_failed());
        }
        if state.lie == Some(Lie::SyncDir) {
            return Ok(());
        }
        state.pending.clear();
        state.durable_names = state.names.clone();
        Ok(())
    }

    fn forget_cached(&self, name: &str) -> io::Result<()> {
        let mut state = self.lock();
        if state.lie != Some(Lie::ForgetCached) {
            state.contents(name)?.forget();
        }
        Ok(())
    }

    fn read_at(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut state = self.lock();
        let seen = &state.contents(name)?.seen;
        let rest = &seen[at(offset)?.min(seen.len())..];
        let read = rest.len().min(buf.len());
        buf[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.lock();
        let powered = state.power()?;
        let id = *state.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        let change = NameChange::Rename(from.to_owned(), to.to_owned(), id);
        apply(&mut state.names, change.clone());
        state.pending.push(change);
        if powered { Ok(()) } else { Err(power_failed()) }
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.lock();
        let powered = state.power()?;
        state.names.remove(name).ok_or(io::ErrorKind::NotFound)?;
        state.pending.push(NameChange::Remove(name.to_owned()));
        if powered { Ok(()) } else { Err(power_failed()) }
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.lock().names.keys().cloned().collect())
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(self.lock().contents(name)?.seen.len() as u64)
    }
}

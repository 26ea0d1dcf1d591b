//! The kill switch as a file that is always there.
//!
//! `switch/switch` in the home is 64 KiB, written out once and only ever overwritten in place, so that a full disk
//! does not stop a pause. (File systems that never overwrite in place, such as btrfs and zfs, may still need a free
//! block.) It holds two copies of the orders. An order is confirmed when **both** have it, so that damage to one copy
//! never releases it; a lift is written into one. Whatever cannot be read counts as on.
//!
//! Only [`SwitchFile::create`] and [`SwitchFile::restore_as_halted`] make the file; deleting it never resumes.

mod disk;
mod payload;
mod slot;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use soundpost_core::halt::{HaltOrder, SwitchState};
use soundpost_core::id::{OrderId, StoreId};
use soundpost_core::port::switch::{Switch, SwitchError};

use crate::os::users::group_id;
use payload::Payload;
use slot::{Newest, SLOT_BYTES, Slot, newest};

/// The size of the file.
pub const FILE_BYTES: u64 = disk::FILE_BYTES as u64;
/// How often a read that finds both copies torn is repeated: two writers may have been at work.
const READS_MAX: u32 = 3;

/// The kill switch's file. It is opened anew for each use: a file that was deleted or replaced is noticed at once.
#[derive(Debug, Clone)]
pub struct SwitchFile {
    path: PathBuf,
    store: Option<StoreId>,
}

impl SwitchFile {
    /// Makes the switch of a new store, with no order in force. The folder is for the owner, or, with a group, also
    /// for its members, who may pause.
    ///
    /// # Errors
    /// When there is one already, the group is unknown, or the disk refuses.
    pub fn create(home: &Path, store: StoreId, group: Option<&str>) -> Result<SwitchFile, SwitchError> {
        let switch = SwitchFile::open(home, Some(store));
        let file = disk::make(&switch.path, group).map_err(|why| switch.error(&why))?;
        switch.fill(&file, store, &Payload::default())?;
        Ok(switch)
    }

    /// The switch of a home. Never fails: what is wrong with the file is said by [`Switch::read`]. Without a store
    /// id any store's switch is taken, for a pause that cannot read the store.
    pub fn open(home: &Path, store: Option<StoreId>) -> SwitchFile {
        SwitchFile {
            path: home.join("switch").join("switch"),
            store,
        }
    }

    /// Puts a lost or damaged switch back, with this order in force.
    ///
    /// # Errors
    /// When the present one is in order, something else is in its place, or the disk refuses.
    pub fn restore_as_halted(
        home: &Path,
        store: StoreId,
        group: Option<&str>,
        order: &HaltOrder,
    ) -> Result<SwitchFile, SwitchError> {
        let switch = SwitchFile::open(home, Some(store));
        if switch.newest().is_ok() {
            return Err(switch.error("is in order: lift its orders with `soundpost resume`"));
        }
        let file = disk::make_again(&switch.path, group).map_err(|why| switch.error(&why))?;
        switch.fill(&file, store, &Payload::of(order))?;
        Ok(switch)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True when no process can read a switch here, whoever runs it: then it counts as on for all. False when only this
    /// process or this user cannot, which says nothing about the others.
    pub fn is_lost(&self) -> bool {
        match disk::open_to_read(&self.path) {
            Ok(file) => disk::content(&file).is_ok_and(|bytes| newest(&bytes).is_err()),
            Err(_) => disk::has_no_file(&self.path),
        }
    }

    /// The store that the file itself names, if it can be read.
    pub fn store_id(&self) -> Option<StoreId> {
        self.newest().ok().map(|newest| newest.slot.store)
    }

    /// The orders that were lifted last, at most 64, oldest first; empty when the file cannot be read.
    pub fn lifted(&self) -> Vec<OrderId> {
        self.newest()
            .map(|newest| newest.slot.payload.closed)
            .unwrap_or_default()
    }

    /// Opens the switch to the members of a group, who may then pause; also one that was made without a group.
    ///
    /// # Errors
    /// When there is no such group, this user may not give files to it, or something else is in the switch's place.
    pub fn share(&self, group: &str) -> Result<u32, SwitchError> {
        let number = group_id(group).map_err(|why| self.error(&why))?;
        disk::share_again(&self.path, number).map_err(|why| self.error(&why))?;
        Ok(number)
    }

    /// The group whose members may pause; none when only the owner may.
    pub fn group(&self) -> Option<u32> {
        disk::shared_with(&self.path)
    }

    /// False when this user may not pause.
    pub fn is_open_to_this_user(&self) -> bool {
        disk::may_write(&self.path)
    }

    /// True when one of its two copies is damaged, and the other says what is in force.
    pub fn has_torn_copy(&self) -> bool {
        let bytes = disk::open_to_read(&self.path).and_then(|file| disk::content(&file));
        let flaws = slot::flaws(&bytes.unwrap_or_default());
        flaws
            .iter()
            .filter(|flaw| **flaw == Some(slot::Flaw::Damaged))
            .count()
            == 1
    }

    /// Writes a damaged copy anew from the whole one; what is in force stays in force, and nothing else.
    ///
    /// # Errors
    /// When the switch cannot be read, or the disk refuses.
    pub fn repair_copy(&self) -> Result<(), SwitchError> {
        self.change(1, |_| {})
    }

    fn error(&self, why: &str) -> SwitchError {
        SwitchError(format!("{} {why}", self.path.display()))
    }

    fn newest(&self) -> Result<Newest, String> {
        let mut found = self.newest_of(&disk::open_to_read(&self.path)?);
        for _ in 1..READS_MAX {
            if found.is_ok() {
                break;
            }
            found = self.newest_of(&disk::open_to_read(&self.path)?);
        }
        found
    }

    fn newest_of(&self, file: &File) -> Result<Newest, String> {
        let found = newest(&disk::content(file)?)?;
        match self.store {
            Some(store) if store != found.slot.store => {
                Err(format!("belongs to store {}, not to {store}", found.slot.store))
            }
            _ => Ok(found),
        }
    }

    /// Writes the first two copies.
    fn fill(&self, file: &File, store: StoreId, payload: &Payload) -> Result<(), SwitchError> {
        for (place, counter) in [(0, 1), (1, 2)] {
            let slot = Slot {
                store,
                counter,
                payload: payload.clone(),
            };
            self.write(file, place, &slot)?;
        }
        disk::sync_folders(&self.path).map_err(|why| self.error(&why))
    }

    fn write(&self, file: &File, place: usize, slot: &Slot) -> Result<(), SwitchError> {
        let bytes = slot::encode(slot).ok_or_else(|| self.error("has no room for this order"))?;
        let written = file.write_all_at(&bytes, (place * SLOT_BYTES) as u64);
        let durable = written.and_then(|()| file.sync_data());
        durable.map_err(|error| self.error(&format!("could not be written: {error}")))
    }

    /// Changes the orders under the lock: one copy after the other, the older first, as many as `copies`.
    fn change(&self, copies: usize, change: impl FnOnce(&mut Payload)) -> Result<(), SwitchError> {
        let counts_as_on = |why: String| match self.is_lost() {
            true => self.error(&format!(
                "{why}; a switch that is missing or unreadable counts as on: `soundpost doctor` restores it"
            )),
            false => self.error(&why),
        };
        let file = disk::open_locked(&self.path).map_err(|why| match why {
            disk::NotOpened::Busy => self.error(
                "is locked by another process for over 5 s: try again, or end that process with `soundpost stop`",
            ),
            disk::NotOpened::Other(why) => counts_as_on(why),
        })?;
        let Newest { place, mut slot } = self.newest_of(&file).map_err(counts_as_on)?;
        change(&mut slot.payload);
        self.shrink(&mut slot)?;
        for copy in 1..=copies {
            slot.counter += 1;
            self.write(&file, (place + copy) % 2, &slot)?;
        }
        disk::still_there(&file, &self.path).map_err(counts_as_on)
    }

    fn shrink(&self, slot: &mut Slot) -> Result<(), SwitchError> {
        let whole = slot.payload.clone();
        let mut step = 0;
        while slot::encode(slot).is_none() {
            slot.payload = whole.smaller(step).ok_or_else(|| {
                self.error("has no room for one more order: lift old ones, or pause everything")
            })?;
            step += 1;
        }
        Ok(())
    }
}

impl Switch for SwitchFile {
    fn read(&self) -> SwitchState {
        match self.newest() {
            Ok(newest) => newest.slot.payload.state(),
            Err(why) => SwitchState::Unreadable(format!("{} {why}", self.path.display())),
        }
    }

    fn order(&self, order: &HaltOrder) -> Result<(), SwitchError> {
        self.change(2, |payload| payload.add(order))
    }

    fn lift(&self, orders: &[OrderId]) -> Result<(), SwitchError> {
        self.change(1, |payload| payload.remove(orders))
    }
}

#[cfg(test)]
mod tests;

//! Bringing sled up to the journal at open, and reading into memory what the engine keeps there.

use std::sync::Arc;

use soundpost_core::feed::FeedRecord;
use soundpost_core::id::StoreId;
use soundpost_core::port::store::StoreError;

use super::key::{AccountKey, CalendarKey, DeliveryKey, EventKey, FeedKey, FeedStateKey, HaltKey, TrendsKey};
use super::shelf::{REBUILD, Shelf};
use super::touched::Touched;
use super::value::HaltNote;
use crate::book::{Book, calendar};
use crate::entry_line;
use crate::journal::Journal;

/// How many entries go into one batch.
const BATCH_ENTRIES: usize = 1000;

/// Refuses a sled that is a copy of another store or is ahead of the journal; says how far it is.
///
/// # Errors
/// `Damaged`, `Io`.
pub(crate) fn check(shelf: &Shelf, store: StoreId, journal: &Journal) -> Result<u64, StoreError> {
    let damaged = |what: String| Err(StoreError::Damaged(format!("{what}: {REBUILD}")));
    if let Some(other) = shelf.store_id()?.filter(|id| *id != store) {
        return damaged(format!("sled belongs to store {other}"));
    }
    let applied = shelf.applied_seq()?.unwrap_or(0);
    let last = journal.head().last_seq;
    if applied > last {
        return damaged(format!(
            "sled has entry {applied}, but the journal ends at entry {last}"
        ));
    }
    if applied + 1 < journal.first_seq() {
        let first = journal.first_seq();
        return Err(StoreError::Damaged(format!(
            "sled ends at entry {applied}, and the journal begins at {first}"
        )));
    }
    Ok(applied)
}

/// Writes into sled what the journal has beyond it; says how many entries that were.
///
/// # Errors
/// `Damaged`, `Io`.
pub(crate) fn replay(shelf: &Shelf, store: StoreId, journal: &Journal) -> Result<u64, StoreError> {
    let applied = check(shelf, store, journal)?;
    let mut touched = Touched::default();
    let (mut waiting, mut done) = (0, 0);
    for item in journal.entries_from(applied + 1) {
        let (seq, line) = item.map_err(|e| StoreError::Damaged(e.to_string()))?;
        let entry = entry_line::decode(seq, &line, shelf.bodies())?;
        touched.apply(&entry.change, seq, shelf)?;
        waiting += 1;
        if waiting == BATCH_ENTRIES {
            shelf.apply(std::mem::take(&mut touched).batch(store, shelf)?)?;
            done += waiting as u64;
            waiting = 0;
        }
    }
    if waiting > 0 {
        shelf.apply(touched.batch(store, shelf)?)?;
    }
    shelf.bodies().settle()?;
    Ok(done + waiting as u64)
}

/// The engine's memory, from sled.
///
/// # Errors
/// `Damaged`, `Io`.
pub(crate) fn load(shelf: &Shelf) -> Result<Book, StoreError> {
    let mut book = Book::default();
    book.seq = shelf.applied_seq()?.unwrap_or(0);
    load_world(shelf, &mut book)?;
    for item in shelf.all::<DeliveryKey, _>() {
        let (_, delivery) = item?;
        book.moved(None, &delivery, None);
    }
    Ok(book)
}

fn load_world(shelf: &Shelf, book: &mut Book) -> Result<(), StoreError> {
    let world = Arc::make_mut(&mut book.world);
    for item in shelf.all::<AccountKey, _>() {
        let (AccountKey(id), account) = item?;
        world.accounts.insert(id, account);
    }
    for item in shelf.all::<EventKey, _>() {
        let (EventKey(_), event) = item?;
        world.events.set(event);
    }
    for item in shelf.all::<CalendarKey, String>() {
        let (CalendarKey(name), text) = item?;
        let read = Arc::new(calendar(&name, &text));
        world.calendars.insert(name, read);
    }
    for item in shelf.all::<FeedKey, FeedRecord>() {
        let (FeedKey(_), record) = item?;
        world.set_feed(&record);
    }
    for item in shelf.all::<TrendsKey, _>() {
        let (TrendsKey(name), list) = item?;
        world.trends.insert(name, list);
    }
    for item in shelf.all::<FeedStateKey, _>() {
        let (FeedStateKey(name), state) = item?;
        world.feed_states.insert(name, state);
    }
    for item in shelf.all::<HaltKey, HaltNote>() {
        let (HaltKey(id), note) = item?;
        match note.order {
            _ if note.lifted => {
                world.lifted.insert(id);
            }
            Some(order) => world.halts.push(order),
            None => {}
        }
    }
    world.halts.sort_by_key(|order| (order.at, order.id));
    Ok(())
}

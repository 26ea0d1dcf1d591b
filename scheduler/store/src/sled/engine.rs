//! What the writer's thread and the readers share.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use soundpost_core::change::Entry;
use soundpost_core::delivery::Delivery;
use soundpost_core::gate::Epoch;
use soundpost_core::id::{DeliveryId, PostId, StoreId};
use soundpost_core::port::store::{Query, StoreError, ending_like};

use super::pending::lock;
use super::shelf::Shelf;
use crate::about::is_about;
use crate::book::Book;
use crate::entry_line;
use crate::index::{limit_of, matches};
use crate::journal::JournalReader;
use crate::memory::POSTS_ENDING_MAX;

/// The durable store's data and memory.
#[derive(Debug)]
pub(crate) struct Engine {
    /// The store's identity.
    pub(crate) id: StoreId,
    /// The gate's epoch.
    pub(crate) epoch: Arc<Epoch>,
    /// sled.
    pub(crate) shelf: Shelf,
    /// What is held in memory. While sled takes a batch in, this is locked: a claim sees both or none.
    pub(crate) book: Mutex<Book>,
    /// The journal's folder.
    pub(crate) journal: PathBuf,
    /// Why the writer accepts nothing at present, if so.
    pub(crate) trouble: Mutex<Option<String>>,
}

impl Engine {
    /// See `Store::list`.
    pub(crate) fn list(&self, query: &Query) -> Result<Vec<Delivery>, StoreError> {
        let places = lock(&self.book).index.select(query);
        let mut found = Vec::new();
        for id in places {
            if found.len() == limit_of(query) {
                break;
            }
            found.extend(
                self.shelf
                    .delivery(id)?
                    .filter(|delivery| matches(query, delivery)),
            );
        }
        Ok(found)
    }

    /// See `Store::posts_ending`.
    pub(crate) fn posts_ending(&self, ending: &str) -> Result<Vec<PostId>, StoreError> {
        let mut found = Vec::new();
        for id in self.shelf.post_ids() {
            found.extend(ending_like([id?], ending));
            if found.len() == POSTS_ENDING_MAX {
                break;
            }
        }
        Ok(found)
    }

    /// See `Store::entries`.
    pub(crate) fn entries(
        &self,
        from_seq: u64,
        limit: usize,
        about: Option<DeliveryId>,
    ) -> Result<Vec<Entry>, StoreError> {
        let newest = lock(&self.book).seq;
        let begin = match about {
            Some(id) => self
                .shelf
                .post(id.post)?
                .map_or(newest + 1, |stored| stored.first_seq),
            None => 0,
        };
        let reader = JournalReader::open(&self.journal).map_err(|e| StoreError::Io(e.to_string()))?;
        let mut found = Vec::new();
        for item in reader.entries_from(begin.max(from_seq)) {
            if found.len() >= limit {
                break;
            }
            let (seq, line) = item.map_err(|e| StoreError::Damaged(e.to_string()))?;
            // The writer may be ahead with a frame that it has not answered.
            if seq > newest {
                break;
            }
            let entry = entry_line::decode(seq, &line, self.shelf.bodies())?;
            if about.is_none_or(|id| is_about(&entry.change, id)) {
                found.push(entry);
            }
        }
        Ok(found)
    }
}

//! sled, typed: what stands under which key. Reads only; writes come as whole batches.

use std::path::Path;
use std::time::Duration;

use ::sled::{Batch, Db};
use serde::Serialize;
use serde::de::DeserializeOwned;
use soundpost_core::delivery::Delivery;
use soundpost_core::id::{DeliveryId, PostId, StoreId};
use soundpost_core::port::store::StoreError;

use super::key::{DeliveryKey, Key, MetaKey, PostKey};
use super::value::{self, StoredPost};
use crate::bodies::Bodies;

const CACHE_BYTES: u64 = 64 * 1024 * 1024;
const FLUSH_EVERY_MS: u64 = 500;
/// sled lets go of its folder some time after it was dropped; opening it again waits so often, so long.
const LOCK_TRIES: u32 = 100;
const LOCK_WAIT: Duration = Duration::from_millis(20);

/// sled and the large values beside it.
#[derive(Debug)]
pub(crate) struct Shelf {
    db: Db,
    bodies: Bodies,
}

impl Shelf {
    /// Opens sled in this folder; makes it when it is not there.
    pub(crate) fn open(dir: &Path, bodies: Bodies) -> Result<Shelf, StoreError> {
        let config = ::sled::Config::new()
            .path(dir)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(Some(FLUSH_EVERY_MS));
        let mut tries = 0;
        loop {
            match config.open() {
                Ok(db) => return Ok(Shelf { db, bodies }),
                Err(error) if tries < LOCK_TRIES && is_locked(&error) => {
                    tries += 1;
                    std::thread::sleep(LOCK_WAIT);
                }
                Err(error) => return Err(failed(error)),
            }
        }
    }

    /// The large values.
    pub(crate) fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    /// What stands under a key.
    pub(crate) fn get<K: Key, T: DeserializeOwned>(&self, key: &K) -> Result<Option<T>, StoreError> {
        let bytes = self.db.get(key.bytes()).map_err(failed)?;
        bytes.map(|bytes| value::decode(&bytes, &self.bodies)).transpose()
    }

    /// All of one kind, in the order of the keys.
    pub(crate) fn all<K: Key, T: DeserializeOwned>(
        &self,
    ) -> impl Iterator<Item = Result<(K, T), StoreError>> {
        self.db.scan_prefix([K::ORDINAL]).map(|item| self.read(item))
    }

    /// The names of all posts.
    pub(crate) fn post_ids(&self) -> impl Iterator<Item = Result<PostId, StoreError>> {
        self.db.scan_prefix([PostKey::ORDINAL]).keys().map(|key| {
            let key = PostKey::from_bytes(&key.map_err(failed)?);
            key.map(|PostKey(id)| id).ok_or_else(broken_key)
        })
    }

    /// One delivery.
    pub(crate) fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        self.get(&DeliveryKey(id))
    }

    /// One post, and where its story begins.
    pub(crate) fn post(&self, id: PostId) -> Result<Option<StoredPost>, StoreError> {
        self.get(&PostKey(id))
    }

    /// The deliveries of a post, by number.
    pub(crate) fn deliveries_of(&self, post: PostId) -> Result<Vec<Delivery>, StoreError> {
        let mut prefix = vec![DeliveryKey::ORDINAL];
        prefix.extend(post.0.to_bytes());
        let read = |item| {
            self.read::<DeliveryKey, Delivery>(item)
                .map(|(_, delivery)| delivery)
        };
        self.db.scan_prefix(prefix).map(read).collect()
    }

    /// The newest journal entry that sled has; none in an empty sled.
    pub(crate) fn applied_seq(&self) -> Result<Option<u64>, StoreError> {
        self.get(&MetaKey::AppliedSeq)
    }

    /// The names of the large values that sled refers to.
    pub(crate) fn spilled(&self) -> impl Iterator<Item = String> {
        let values = self.db.iter().values().flatten();
        values.filter_map(|bytes| value::spilled_in(&bytes))
    }

    /// The store that this is a copy of; none in an empty sled.
    pub(crate) fn store_id(&self) -> Result<Option<StoreId>, StoreError> {
        self.get(&MetaKey::StoreId)
    }

    /// The bytes of a value, to go into a batch.
    pub(crate) fn encode<T: Serialize>(&self, value: &T) -> Result<Vec<u8>, StoreError> {
        value::encode(value, &self.bodies)
    }

    /// Writes a batch: all of it or nothing.
    pub(crate) fn apply(&self, batch: Batch) -> Result<(), StoreError> {
        self.db.apply_batch(batch).map_err(failed)
    }

    /// Hands all that was written to the system.
    pub(crate) fn flush(&self) -> Result<(), StoreError> {
        self.db.flush().map(|_| ()).map_err(failed)
    }

    fn read<K: Key, T: DeserializeOwned>(
        &self,
        item: ::sled::Result<(::sled::IVec, ::sled::IVec)>,
    ) -> Result<(K, T), StoreError> {
        let (key, bytes) = item.map_err(failed)?;
        let key = K::from_bytes(&key).ok_or_else(broken_key)?;
        Ok((key, value::decode(&bytes, &self.bodies)?))
    }
}

fn is_locked(error: &::sled::Error) -> bool {
    matches!(error, ::sled::Error::Io(e) if e.to_string().contains("could not acquire lock"))
}

fn broken_key() -> StoreError {
    StoreError::Damaged(format!("a key in sled cannot be read: {REBUILD}"))
}

/// What helps when sled is damaged: the journal has all that sled has.
pub(crate) const REBUILD: &str = "rebuild it from the journal (`soundpost doctor --rebuild`)";

const BROKEN: &str = "sled: ";

/// True when this says that sled's own files are broken. What they held is in the journal.
pub(crate) fn is_broken(error: &StoreError) -> bool {
    matches!(error, StoreError::Damaged(why) if why.starts_with(BROKEN))
}

fn failed(error: ::sled::Error) -> StoreError {
    match error {
        ::sled::Error::Corruption { .. } => StoreError::Damaged(format!("{BROKEN}{error}: {REBUILD}")),
        other => StoreError::Io(format!("sled: {other}")),
    }
}

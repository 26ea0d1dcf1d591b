//! The memory store: the model of what every store does, and the one that tests of the core use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use soundpost_core::change::{Change, ENTRY_VERSION, Entry};
use soundpost_core::delivery::Delivery;
use soundpost_core::gate::Epoch;
use soundpost_core::guard::rules::rhythm::Rhythm;
use soundpost_core::id::{AccountId, DeliveryId, PostId, StoreId};
use soundpost_core::port::store::{
    Claim, Claimed, Query, Request, Store, StoreError, Write, Written, ending_like,
};
use soundpost_core::post::Post;
use soundpost_core::world::World;

use crate::about::is_about;
use crate::book::{Book, change_world};
use crate::index::{limit_of, matches};
use crate::lines::Offer;
use crate::verbs::{HeldClaim, View, plan, raises_epoch};

/// How many posts [`Store::posts_ending`] names at most.
pub const POSTS_ENDING_MAX: usize = 10;

/// A store that forgets everything when it is dropped.
#[derive(Debug)]
pub struct MemoryStore {
    id: StoreId,
    epoch: Arc<Epoch>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    book: Book,
    posts: BTreeMap<PostId, Post>,
    keys: BTreeMap<String, PostId>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    journal: Vec<Entry>,
}

impl MemoryStore {
    /// An empty store with this identity. It raises this epoch when halts, events, calendars or approvals change.
    pub fn new(id: StoreId, epoch: Arc<Epoch>) -> MemoryStore {
        MemoryStore {
            id,
            epoch,
            inner: Mutex::default(),
        }
    }

    /// A store with the history of these entries, oldest first: for looking at a journal without owning its store.
    pub fn from_entries(id: StoreId, entries: impl IntoIterator<Item = Entry>) -> MemoryStore {
        let store = MemoryStore::new(id, Arc::default());
        let mut inner = store.lock();
        for entry in entries {
            inner.apply(&entry.change, None);
            inner.book.seq = entry.seq;
            inner.journal.push(entry);
        }
        drop(inner);
        store
    }

    /// Takes in one entry of a journal, the next one, and does not keep the entry itself.
    pub fn replay(&self, entry: &Entry) {
        let mut inner = self.lock();
        inner.apply(&entry.change, None);
        inner.book.seq = entry.seq;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn id(&self) -> StoreId {
        self.id
    }

    fn world(&self) -> Arc<World> {
        Arc::clone(&self.lock().book.world)
    }

    fn rhythm(&self, account: AccountId) -> Arc<Rhythm> {
        self.lock().book.rhythm(account)
    }

    fn seq(&self) -> u64 {
        self.lock().book.seq
    }

    async fn write(&self, request: Request) -> Result<Written, StoreError> {
        let mut inner = self.lock();
        let plan = plan(&request, &*inner)?;
        let raise = plan.changes.iter().any(raises_epoch);
        let under = match request.write {
            Write::Advance { token, .. } => Some(token),
            _ => None,
        };
        for change in plan.changes {
            inner.apply(&change, under);
            inner.note(&request, change);
        }
        if raise {
            self.epoch.raise();
        }
        inner.book.wake_lanes();
        Ok(Written {
            seq: inner.book.seq,
            deliveries: plan.deliveries,
            repeated: plan.repeated,
        })
    }

    async fn claim(&self, now: Timestamp) -> Result<Claimed, StoreError> {
        let mut inner = self.lock();
        let offer = inner.book.claim(now);
        let held = |token, id: DeliveryId| match inner.deliveries.get(&id) {
            Some(delivery) => Ok(Claim {
                token,
                delivery: delivery.clone(),
            }),
            None => Err(StoreError::Damaged(format!(
                "{id} stands in a line but is not there"
            ))),
        };
        match offer {
            Offer::Due { token, delivery } => held(token, delivery).map(Claimed::Due),
            Offer::Check { token, delivery } => held(token, delivery).map(Claimed::Check),
            Offer::Nothing { wake_at } => Ok(Claimed::Nothing { wake_at }),
        }
    }

    async fn claim_one(&self, id: DeliveryId) -> Result<Option<Claim>, StoreError> {
        let mut inner = self.lock();
        let token = inner.book.claim_one(id);
        let delivery = inner.deliveries.get(&id).cloned();
        Ok(token
            .zip(delivery)
            .map(|(token, delivery)| Claim { token, delivery }))
    }

    async fn abandon(&self, token: u64, not_before: Option<Timestamp>) {
        self.lock().book.abandon(token, not_before);
    }

    async fn changed(&self) {
        let wake = self.lock().book.to_wake();
        if let Some(mut wake) = wake {
            // It ends with an error only when the store is gone: nobody can wait on it then.
            let _ = wake.changed().await;
        }
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        Ok(self.lock().deliveries.get(&id).cloned())
    }

    async fn post(&self, id: PostId) -> Result<Option<Post>, StoreError> {
        Ok(self.lock().posts.get(&id).cloned())
    }

    async fn list(&self, query: &Query) -> Result<Vec<Delivery>, StoreError> {
        let inner = self.lock();
        let places = inner.book.index.select(query);
        let found = places.iter().filter_map(|id| inner.deliveries.get(id));
        Ok(found
            .filter(|d| matches(query, d))
            .take(limit_of(query))
            .cloned()
            .collect())
    }

    async fn post_with_key(&self, key: &str) -> Result<Option<PostId>, StoreError> {
        Ok(self.lock().keys.get(key).copied())
    }

    async fn posts_ending(&self, ending: &str) -> Result<Vec<PostId>, StoreError> {
        let mut found = ending_like(self.lock().posts.keys().copied(), ending);
        found.truncate(POSTS_ENDING_MAX);
        Ok(found)
    }

    async fn entries(
        &self,
        from_seq: u64,
        limit: usize,
        about: Option<DeliveryId>,
    ) -> Result<Vec<Entry>, StoreError> {
        let inner = self.lock();
        let wanted = inner.journal.iter().filter(|e| e.seq >= from_seq);
        let about = wanted.filter(|e| about.is_none_or(|id| is_about(&e.change, id)));
        Ok(about.take(limit).cloned().collect())
    }
}

impl Inner {
    fn apply(&mut self, change: &Change, under: Option<u64>) {
        match change {
            Change::PostAdded { post } => {
                if let Some(key) = &post.client_key {
                    self.keys.insert(key.clone(), post.id);
                }
                self.posts.insert(post.id, post.clone());
            }
            Change::PostRevised { post, revision } => {
                if let Some(post) = self.posts.get_mut(post) {
                    post.revisions.push(revision.clone());
                }
            }
            Change::Moved { delivery, .. } => {
                let after = delivery.as_ref();
                let before = self.deliveries.insert(after.id, after.clone());
                self.book.moved(before.as_ref(), after, under);
            }
            other => change_world(&mut self.book.world, other),
        }
    }

    fn note(&mut self, request: &Request, change: Change) {
        self.book.seq += 1;
        self.journal.push(Entry {
            v: ENTRY_VERSION,
            seq: self.book.seq,
            at: request.at,
            by: request.by.clone(),
            reason: request.reason.clone(),
            change,
        });
    }
}

impl View for Inner {
    fn seq(&self) -> u64 {
        self.book.seq
    }

    fn world(&self) -> &World {
        &self.book.world
    }

    fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        Ok(self.deliveries.get(&id).cloned())
    }

    fn post(&self, id: PostId) -> Result<Option<Post>, StoreError> {
        Ok(self.posts.get(&id).cloned())
    }

    fn post_by_key(&self, key: &str) -> Result<Option<PostId>, StoreError> {
        Ok(self.keys.get(key).copied())
    }

    fn deliveries_of(&self, post: PostId) -> Result<Vec<Delivery>, StoreError> {
        let (first, last) = (DeliveryId { post, n: 0 }, DeliveryId { post, n: u16::MAX });
        Ok(self
            .deliveries
            .range(first..=last)
            .map(|(_, d)| d.clone())
            .collect())
    }

    fn open_deliveries(&self, account: AccountId) -> Result<Vec<DeliveryId>, StoreError> {
        Ok(self.book.index.open_of(account))
    }

    fn claim(&self, token: u64) -> Option<HeldClaim> {
        self.book.lines.held(token)
    }

    fn is_claimed(&self, id: DeliveryId) -> bool {
        self.book.lines.holder(id).is_some()
    }
}

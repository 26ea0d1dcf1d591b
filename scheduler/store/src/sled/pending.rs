//! sled with what the writer's batch has already changed: what the next request of the batch is validated
//! against.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use soundpost_core::change::Change;
use soundpost_core::delivery::Delivery;
use soundpost_core::id::{AccountId, DeliveryId, PostId};
use soundpost_core::port::store::StoreError;
use soundpost_core::post::Post;
use soundpost_core::world::World;

use super::key::ClientKey;
use super::shelf::Shelf;
use super::touched::Touched;
use crate::book::{Book, change_world};
use crate::verbs::{HeldClaim, View, raises_epoch};

/// A batch that is being gathered.
pub(crate) struct Pending<'a> {
    shelf: &'a Shelf,
    book: &'a Mutex<Book>,
    /// What changed.
    pub(crate) touched: Touched,
    world: Arc<World>,
    /// The claim under which each delivery moved last; none = moved from outside.
    under: BTreeMap<DeliveryId, Option<u64>>,
    /// The deliveries as they are in sled.
    before: RefCell<BTreeMap<DeliveryId, Option<Delivery>>>,
    raises: bool,
}

impl<'a> Pending<'a> {
    /// An empty batch.
    pub(crate) fn new(shelf: &'a Shelf, book: &'a Mutex<Book>) -> Pending<'a> {
        let (world, seq) = {
            let book = lock(book);
            (Arc::clone(&book.world), book.seq)
        };
        Pending {
            shelf,
            book,
            touched: Touched::from_seq(seq),
            world,
            under: BTreeMap::new(),
            before: RefCell::default(),
            raises: false,
        }
    }

    /// Adds a change, which moved under this claim if under any, and says its number.
    pub(crate) fn add(&mut self, change: &Change, under: Option<u64>) -> Result<u64, StoreError> {
        if let Change::Moved { delivery, .. } = change {
            self.stored(delivery.id)?;
            self.under.insert(delivery.id, under);
        }
        self.touched.apply(change, self.touched.seq + 1, self.shelf)?;
        change_world(&mut self.world, change);
        self.raises |= raises_epoch(change);
        Ok(self.touched.seq)
    }

    /// Takes the batch into the engine's memory, once it is durable. True when the epoch must rise.
    pub(crate) fn enter(self, book: &mut Book) -> bool {
        let before = self.before.into_inner();
        for (id, after) in &self.touched.deliveries {
            let old = before.get(id).and_then(Option::as_ref);
            book.moved(old, after, self.under.get(id).copied().flatten());
        }
        book.world = self.world;
        book.seq = self.touched.seq;
        self.raises
    }

    fn stored(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        if let Some(known) = self.before.borrow().get(&id) {
            return Ok(known.clone());
        }
        let read = self.shelf.delivery(id)?;
        self.before.borrow_mut().insert(id, read.clone());
        Ok(read)
    }
}

/// The lock of the engine's memory; a panic elsewhere leaves it usable, for each step under it is whole.
pub(crate) fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

impl View for Pending<'_> {
    fn seq(&self) -> u64 {
        self.touched.seq
    }

    fn world(&self) -> &World {
        &self.world
    }

    fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        match self.touched.deliveries.get(&id) {
            Some(delivery) => Ok(Some(delivery.clone())),
            None => self.stored(id),
        }
    }

    fn post(&self, id: PostId) -> Result<Option<Post>, StoreError> {
        Ok(self.touched.post(id, self.shelf)?.map(|stored| stored.post))
    }

    fn post_by_key(&self, key: &str) -> Result<Option<PostId>, StoreError> {
        match self.touched.keys.get(key) {
            Some(id) => Ok(Some(*id)),
            None => self.shelf.get(&ClientKey(key.to_owned())),
        }
    }

    fn deliveries_of(&self, post: PostId) -> Result<Vec<Delivery>, StoreError> {
        let stored = self.shelf.deliveries_of(post)?;
        let mut all: BTreeMap<_, _> = stored.into_iter().map(|d| (d.id, d)).collect();
        let (first, last) = (DeliveryId { post, n: 0 }, DeliveryId { post, n: u16::MAX });
        all.extend(
            self.touched
                .deliveries
                .range(first..=last)
                .map(|(id, d)| (*id, d.clone())),
        );
        Ok(all.into_values().collect())
    }

    fn open_deliveries(&self, account: AccountId) -> Result<Vec<DeliveryId>, StoreError> {
        let mut open: BTreeSet<_> = lock(self.book).index.open_of(account).into_iter().collect();
        for delivery in self.touched.deliveries.values().filter(|d| d.account == account) {
            if delivery.state_name().is_end() {
                open.remove(&delivery.id);
            } else {
                open.insert(delivery.id);
            }
        }
        Ok(open.into_iter().collect())
    }

    fn claim(&self, token: u64) -> Option<HeldClaim> {
        let held = lock(self.book).lines.held(token)?;
        match self.touched.deliveries.get(&held.delivery) {
            None => Some(held),
            Some(moved) => {
                let under = self.under.get(&held.delivery).copied().flatten();
                (under == Some(token)).then_some(HeldClaim {
                    version: moved.version,
                    ..held
                })
            }
        }
    }

    fn is_claimed(&self, id: DeliveryId) -> bool {
        match self.under.get(&id) {
            Some(under) => under.is_some(),
            None => lock(self.book).lines.holder(id).is_some(),
        }
    }
}

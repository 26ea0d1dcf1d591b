//! What a batch of changes comes to in sled: each thing once, in its newest state.

use std::collections::BTreeMap;

use ::sled::Batch;
use soundpost_core::account::Account;
use soundpost_core::change::Change;
use soundpost_core::delivery::Delivery;
use soundpost_core::event::Event;
use soundpost_core::feed::{FeedRecord, FeedState};
use soundpost_core::id::{AccountId, DeliveryId, EventId, OrderId, PostId, StoreId};
use soundpost_core::port::store::StoreError;
use soundpost_core::trends::TrendsList;

use super::key::{
    AccountKey, CalendarKey, ClientKey, DeliveryKey, EventKey, FeedKey, FeedStateKey, HaltKey, Key, MetaKey,
    PostKey, TrendsKey,
};
use super::shelf::Shelf;
use super::value::{HaltNote, StoredPost};

/// What was there before a batch.
pub(crate) trait Before {
    /// One post.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    fn post_before(&self, id: PostId) -> Result<Option<StoredPost>, StoreError>;

    /// What was known of an order.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    fn halt_before(&self, id: OrderId) -> Result<Option<HaltNote>, StoreError>;
}

impl Before for Shelf {
    fn post_before(&self, id: PostId) -> Result<Option<StoredPost>, StoreError> {
        self.post(id)
    }

    fn halt_before(&self, id: OrderId) -> Result<Option<HaltNote>, StoreError> {
        self.get(&HaltKey(id))
    }
}

/// Before the first entry there is nothing.
pub(crate) struct Nothing;

impl Before for Nothing {
    fn post_before(&self, _id: PostId) -> Result<Option<StoredPost>, StoreError> {
        Ok(None)
    }

    fn halt_before(&self, _id: OrderId) -> Result<Option<HaltNote>, StoreError> {
        Ok(None)
    }
}

/// All that changed.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// The newest entry.
    pub(crate) seq: u64,
    /// Posts that were added or revised.
    pub(crate) posts: BTreeMap<PostId, StoredPost>,
    /// Client keys that were used.
    pub(crate) keys: BTreeMap<String, PostId>,
    /// Deliveries that were made or moved.
    pub(crate) deliveries: BTreeMap<DeliveryId, Delivery>,
    /// Accounts that were added or changed.
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    /// Orders that were given or lifted.
    pub(crate) halts: BTreeMap<OrderId, HaltNote>,
    /// Events that were flagged or changed.
    pub(crate) events: BTreeMap<EventId, Event>,
    /// Calendars that were imported, or removed (none).
    pub(crate) calendars: BTreeMap<String, Option<String>>,
    /// Feeds that were set, or removed (none).
    pub(crate) feeds: BTreeMap<String, Option<FeedRecord>>,
    /// How feeds are doing.
    pub(crate) feed_states: BTreeMap<String, Option<FeedState>>,
    /// Lists of hashtags that were set, or removed (none).
    pub(crate) trends: BTreeMap<String, Option<TrendsList>>,
}

impl Touched {
    /// Nothing, after this entry.
    pub(crate) fn from_seq(seq: u64) -> Touched {
        Touched {
            seq,
            ..Touched::default()
        }
    }

    /// Takes note of a change.
    pub(crate) fn apply(
        &mut self,
        change: &Change,
        seq: u64,
        before: &impl Before,
    ) -> Result<(), StoreError> {
        match change {
            Change::Created { .. } | Change::Adopted { .. } | Change::JournalCut { .. } => {}
            Change::PostAdded { post } => {
                if let Some(key) = &post.client_key {
                    self.keys.insert(key.clone(), post.id);
                }
                self.posts.insert(
                    post.id,
                    StoredPost {
                        first_seq: seq,
                        post: post.clone(),
                    },
                );
            }
            Change::PostRevised { post, revision } => {
                let mut stored = self.post(*post, before)?.ok_or_else(|| no_such(*post, seq))?;
                stored.post.revisions.push(revision.clone());
                self.posts.insert(*post, stored);
            }
            Change::Moved { delivery, .. } => {
                self.deliveries.insert(delivery.id, delivery.as_ref().clone());
            }
            Change::AccountSet { account } => {
                self.accounts.insert(account.id, account.clone());
            }
            Change::HaltOrdered { order } => {
                self.halts.insert(
                    order.id,
                    HaltNote {
                        order: Some(order.clone()),
                        lifted: false,
                    },
                );
            }
            Change::HaltLifted { order } => {
                let known = match self.halts.remove(order) {
                    Some(note) => Some(note),
                    None => before.halt_before(*order)?,
                };
                self.halts.insert(
                    *order,
                    HaltNote {
                        lifted: true,
                        ..known.unwrap_or_default()
                    },
                );
            }
            Change::EventSet { event, .. } => {
                self.events.insert(event.id, event.clone());
            }
            Change::CalendarSet { .. }
            | Change::CalendarRemoved { .. }
            | Change::FeedSet { .. }
            | Change::FeedChecked { .. }
            | Change::FeedRemoved { .. }
            | Change::TrendsSet { .. }
            | Change::TrendsRemoved { .. } => {
                self.apply_to_named(change);
            }
        }
        self.seq = seq;
        Ok(())
    }

    /// What has a name and no id: calendars, feeds and lists of hashtags.
    fn apply_to_named(&mut self, change: &Change) {
        match change {
            Change::CalendarSet { name, text } => {
                self.calendars.insert(name.clone(), Some(text.clone()));
            }
            Change::CalendarRemoved { name } => {
                self.calendars.insert(name.clone(), None);
            }
            Change::FeedSet { feed } => {
                self.feeds.insert(feed.feed.name.clone(), Some(feed.clone()));
                self.trends.insert(feed.feed.name.clone(), None);
            }
            Change::FeedChecked { name, state } => {
                self.feed_states.insert(name.clone(), Some(state.clone()));
            }
            Change::FeedRemoved { name } => {
                self.feeds.insert(name.clone(), None);
                self.feed_states.insert(name.clone(), None);
                self.trends.insert(name.clone(), None);
            }
            // What an older version recorded of a list stands among the feeds, and would come back.
            Change::TrendsSet { list } => {
                self.feeds.insert(list.name.clone(), None);
                self.feed_states.insert(list.name.clone(), None);
                self.trends.insert(list.name.clone(), Some(list.clone()));
            }
            Change::TrendsRemoved { name } => {
                self.feeds.insert(name.clone(), None);
                self.trends.insert(name.clone(), None);
            }
            _ => {}
        }
    }

    /// A post as it is with this batch.
    pub(crate) fn post(&self, id: PostId, before: &impl Before) -> Result<Option<StoredPost>, StoreError> {
        match self.posts.get(&id) {
            Some(stored) => Ok(Some(stored.clone())),
            None => before.post_before(id),
        }
    }

    /// One atomic write of all that changed, with how far the journal is now applied.
    pub(crate) fn batch(&self, store: StoreId, shelf: &Shelf) -> Result<Batch, StoreError> {
        let mut batch = Batch::default();
        let mut put = |key: Vec<u8>, value: Vec<u8>| batch.insert(key, value);
        put(MetaKey::AppliedSeq.bytes(), shelf.encode(&self.seq)?);
        put(MetaKey::StoreId.bytes(), shelf.encode(&store)?);
        for (id, post) in &self.posts {
            put(PostKey(*id).bytes(), shelf.encode(post)?);
        }
        for (key, post) in &self.keys {
            put(ClientKey(key.clone()).bytes(), shelf.encode(post)?);
        }
        for (id, delivery) in &self.deliveries {
            put(DeliveryKey(*id).bytes(), shelf.encode(delivery)?);
        }
        for (id, account) in &self.accounts {
            put(AccountKey(*id).bytes(), shelf.encode(account)?);
        }
        for (id, note) in &self.halts {
            put(HaltKey(*id).bytes(), shelf.encode(note)?);
        }
        for (id, event) in &self.events {
            put(EventKey(*id).bytes(), shelf.encode(event)?);
        }
        for (name, text) in &self.calendars {
            let key = CalendarKey(name.clone()).bytes();
            match text {
                Some(text) => batch.insert(key, shelf.encode(text)?),
                None => batch.remove(key),
            }
        }
        for (name, feed) in &self.feeds {
            let key = FeedKey(name.clone()).bytes();
            match feed {
                Some(feed) => batch.insert(key, shelf.encode(feed)?),
                None => batch.remove(key),
            }
        }
        for (name, state) in &self.feed_states {
            let key = FeedStateKey(name.clone()).bytes();
            match state {
                Some(state) => batch.insert(key, shelf.encode(state)?),
                None => batch.remove(key),
            }
        }
        for (name, list) in &self.trends {
            let key = TrendsKey(name.clone()).bytes();
            match list {
                Some(list) => batch.insert(key, shelf.encode(list)?),
                None => batch.remove(key),
            }
        }
        Ok(batch)
    }
}

fn no_such(post: PostId, seq: u64) -> StoreError {
    StoreError::Damaged(format!(
        "journal entry {seq} revises post {post}, which is not there"
    ))
}

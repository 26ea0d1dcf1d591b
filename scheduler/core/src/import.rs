//! The whole content of another store, gathered piece by piece from a file that may be wrong or hostile.
//!
//! What does not fit is refused when it is added, so that whoever reads the file can name the place. A store that takes
//! an import in starts halted: there is no import without an order that silences everything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use url::Url;

use crate::account::{Account, is_label};
use crate::delivery::{Delivery, State};
use crate::event::Event;
use crate::feed::Feed;
use crate::frozen::Fence;
use crate::halt::{HaltOrder, Scope};
use crate::id::{AccountId, DeliveryId, EventId, OrderId, PostId};
use crate::limits;
use crate::post::{Media, Part, Post, Revision};
use crate::trends::TrendsList;

/// Why something does not fit into an import; a fragment for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Flaw(pub String);

/// What a flaw of the whole is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A post.
    Post(PostId),
    /// A delivery.
    Delivery(DeliveryId),
}

/// The whole content of another store.
#[derive(Debug, Clone)]
pub struct Import {
    order: HaltOrder,
    accounts: BTreeMap<AccountId, Account>,
    labels: BTreeSet<String>,
    posts: BTreeMap<PostId, Post>,
    keys: BTreeSet<String>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    events: BTreeMap<EventId, Event>,
    calendars: BTreeMap<String, String>,
    feeds: BTreeMap<String, Feed>,
    trends: BTreeMap<String, TrendsList>,
    halts: BTreeMap<OrderId, HaltOrder>,
}

impl Import {
    /// An empty one. The store that takes it in is halted by this order, whatever scope it names.
    pub fn new(order: HaltOrder) -> Import {
        Import {
            order: HaltOrder {
                scope: Scope::Everything,
                ..order
            },
            accounts: BTreeMap::new(),
            labels: BTreeSet::new(),
            posts: BTreeMap::new(),
            keys: BTreeSet::new(),
            deliveries: BTreeMap::new(),
            events: BTreeMap::new(),
            calendars: BTreeMap::new(),
            feeds: BTreeMap::new(),
            trends: BTreeMap::new(),
            halts: BTreeMap::new(),
        }
    }

    /// Adds an account.
    ///
    /// # Errors
    /// [`Flaw`] when its id or its label stands twice, or the label is none.
    pub fn account(&mut self, account: Account) -> Result<(), Flaw> {
        if !is_label(&account.name) {
            return flaw("a label has letters, digits, '-', '_' and '.' only");
        }
        if account.exists() && !self.labels.insert(account.name.clone()) {
            return flaw(format!("another account has the label '{}'", account.name));
        }
        add(&mut self.accounts, account.id, account, "account")
    }

    /// Adds a post with its first revisions.
    ///
    /// # Errors
    /// [`Flaw`] when its id or client key stands twice, or its revisions do not fit.
    pub fn post(&mut self, post: Post) -> Result<(), Flaw> {
        if post.revisions.is_empty() {
            return flaw("the post has no revision");
        }
        for (revision, number) in post.revisions.iter().zip(1..) {
            check_revision(revision, number)?;
        }
        if let Some(key) = &post.client_key
            && !self.keys.insert(key.clone())
        {
            return flaw("another post has the same client key");
        }
        add(&mut self.posts, post.id, post, "post")
    }

    /// Adds the next revision of a post.
    ///
    /// # Errors
    /// [`Flaw`] when there is no such post before it, or the number is not the next one.
    pub fn revision(&mut self, post: PostId, revision: Revision) -> Result<(), Flaw> {
        let Some(post) = self.posts.get_mut(&post) else {
            return flaw(format!("there is no post {post} before it"));
        };
        let newest = post.revisions.last().map_or(0, |r| r.number);
        check_revision(&revision, newest.saturating_add(1))?;
        post.revisions.push(revision);
        Ok(())
    }

    /// Adds a delivery.
    ///
    /// # Errors
    /// [`Flaw`] when its id stands twice, its post, revision or account is not there before it, it is being sent, or
    /// its state and its receipts contradict each other.
    pub fn delivery(&mut self, delivery: Delivery) -> Result<(), Flaw> {
        let Some(post) = self.posts.get(&delivery.id.post) else {
            return flaw(format!("there is no post {} before it", delivery.id.post));
        };
        let Some(account) = self.accounts.get(&delivery.account) else {
            return flaw(format!("there is no account {} before it", delivery.account));
        };
        if account.network != delivery.network {
            return flaw(format!(
                "its account is on {}, not on {}",
                account.network, delivery.network
            ));
        }
        if !post.revisions.iter().any(|r| r.number == delivery.revision) {
            return flaw(format!("its post has no revision {}", delivery.revision));
        }
        check_numbers(&delivery)?;
        check_receipts(&delivery)?;
        check_state(&delivery)?;
        add(&mut self.deliveries, delivery.id, delivery, "delivery")
    }

    /// Adds an event.
    ///
    /// # Errors
    /// [`Flaw`] when its id stands twice, or it names no country.
    pub fn event(&mut self, event: Event) -> Result<(), Flaw> {
        if event.countries.is_empty() {
            return flaw("the event names no country: '*' is everywhere");
        }
        add(&mut self.events, event.id, event, "event")
    }

    /// Adds a calendar in its own words. One that cannot be read holds everything, as it did where it comes from.
    ///
    /// # Errors
    /// [`Flaw`] when its name stands twice, or is empty.
    pub fn calendar(&mut self, name: String, text: String) -> Result<(), Flaw> {
        if name.is_empty() {
            return flaw("the calendar has no name");
        }
        add(&mut self.calendars, name, text, "calendar")
    }

    /// Adds a feed that is watched.
    ///
    /// # Errors
    /// [`Flaw`] when its name stands twice, also as that of trends, or is none, or its address is not one of http or https.
    pub fn feed(&mut self, feed: Feed) -> Result<(), Flaw> {
        if !is_label(&feed.name) {
            return flaw("the name of a feed has letters, digits, '-', '_' and '.' only");
        }
        let url = Url::parse(&feed.url);
        if !feed.is_pushed() && !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return flaw(format!(
                "the address of feed {} is not one of http or https",
                feed.name
            ));
        }
        if self.trends.contains_key(&feed.name) {
            return flaw(format!("trends have the name {}", feed.name));
        }
        add(&mut self.feeds, feed.name.clone(), feed, "feed")
    }

    /// Adds a list of hashtags that rise.
    ///
    /// # Errors
    /// [`Flaw`] when its name stands twice, also as that of a feed, or is none, or its address is not one of http or https.
    pub fn trends(&mut self, list: TrendsList) -> Result<(), Flaw> {
        if !is_label(&list.name) {
            return flaw("the name of trends has letters, digits, '-', '_' and '.' only");
        }
        if self.feeds.contains_key(&list.name) {
            return flaw(format!("a feed has the name {}", list.name));
        }
        let url = list.watch.as_ref().map(|watch| Url::parse(&watch.url));
        if url.is_some_and(|url| !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https"))) {
            return flaw(format!(
                "the address of trends {} is not one of http or https",
                list.name
            ));
        }
        add(&mut self.trends, list.name.clone(), list, "trends")
    }

    /// Adds an order of the kill switch that is in force.
    ///
    /// # Errors
    /// [`Flaw`] when its id stands twice.
    pub fn halt(&mut self, order: HaltOrder) -> Result<(), Flaw> {
        if order.id == self.order.id {
            return flaw("its id is taken");
        }
        add(&mut self.halts, order.id, order, "order")
    }

    /// Looks at what only the whole can tell.
    ///
    /// # Errors
    /// What is wrong with which piece: a post without deliveries, or a delivery that waits for one that is not there,
    /// or for itself.
    pub fn check_whole(&self) -> Result<(), (Piece, Flaw)> {
        for id in self.posts.keys() {
            let (first, last) = (delivery_id(*id, 0), delivery_id(*id, u16::MAX));
            if self.deliveries.range(first..=last).next().is_none() {
                return Err((Piece::Post(*id), Flaw("no delivery sends this post".to_owned())));
            }
        }
        // What is known to lead to an end.
        let mut ends = BTreeSet::new();
        for id in self.deliveries.keys() {
            self.check_after(*id, &mut ends)
                .map_err(|flaw| (Piece::Delivery(*id), flaw))?;
        }
        Ok(())
    }

    fn check_after(&self, first: DeliveryId, ends: &mut BTreeSet<DeliveryId>) -> Result<(), Flaw> {
        let mut walked = BTreeSet::new();
        let mut next = Some(first);
        while let Some(id) = next.filter(|id| !ends.contains(id)) {
            if !walked.insert(id) {
                return flaw("it waits for itself");
            }
            let Some(delivery) = self.deliveries.get(&id) else {
                return flaw(format!("it waits for delivery {id}, which is not there"));
            };
            next = delivery.after;
        }
        ends.append(&mut walked);
        Ok(())
    }

    /// The order under which the store starts.
    pub fn order(&self) -> &HaltOrder {
        &self.order
    }

    /// The orders that were in force, by id.
    pub fn halts(&self) -> impl Iterator<Item = &HaltOrder> {
        self.halts.values()
    }

    /// The accounts, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// The posts, by id.
    pub fn posts(&self) -> impl Iterator<Item = &Post> {
        self.posts.values()
    }

    /// The deliveries, by id.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.values()
    }

    /// The events, by id.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.values()
    }

    /// The calendars: name and text, by name.
    pub fn calendars(&self) -> impl Iterator<Item = (&str, &str)> {
        self.calendars.iter().map(|(n, t)| (n.as_str(), t.as_str()))
    }

    /// The feeds, by name.
    pub fn feeds(&self) -> impl Iterator<Item = &Feed> {
        self.feeds.values()
    }

    /// The lists of hashtags that rise, by name.
    pub fn trends_lists(&self) -> impl Iterator<Item = &TrendsList> {
        self.trends.values()
    }

    /// The account with this id.
    pub fn account_with(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(&id)
    }

    /// Sets the server or address of an account; for one that the file does not tell.
    pub fn set_server(&mut self, account: AccountId, server: String) {
        if let Some(account) = self.accounts.get_mut(&account) {
            account.server = Some(server);
        }
    }
}

/// All media of a post, in all its revisions.
pub fn media_of(post: &Post) -> impl Iterator<Item = &Media> {
    post.revisions.iter().flat_map(media_of_revision)
}

/// All media of a revision.
pub fn media_of_revision(revision: &Revision) -> impl Iterator<Item = &Media> {
    all_parts(revision).flatten().flat_map(|part| &part.media)
}

fn all_parts(revision: &Revision) -> impl Iterator<Item = &Vec<Part>> {
    let content = &revision.content;
    std::iter::once(&content.parts).chain(content.variants.values())
}

fn delivery_id(post: PostId, n: u16) -> DeliveryId {
    DeliveryId { post, n }
}

fn flaw<T>(what: impl Into<String>) -> Result<T, Flaw> {
    Err(Flaw(what.into()))
}

fn add<K: Ord + std::fmt::Display, V>(
    map: &mut BTreeMap<K, V>,
    key: K,
    value: V,
    what: &str,
) -> Result<(), Flaw> {
    if map.contains_key(&key) {
        return flaw(format!("{what} {key} stands twice"));
    }
    map.insert(key, value);
    Ok(())
}

fn check_revision(revision: &Revision, number: u32) -> Result<(), Flaw> {
    if revision.number != number {
        return flaw(format!(
            "revision {} stands where revision {number} should",
            revision.number
        ));
    }
    for parts in all_parts(revision) {
        if parts.is_empty() || parts.len() > limits::PARTS_MAX {
            return flaw(format!(
                "a post has 1 to {} parts, not {}",
                limits::PARTS_MAX,
                parts.len()
            ));
        }
        if parts.iter().any(|p| p.text.len() > limits::TEXT_BYTES_MAX) {
            return flaw("a text is longer than 1 MiB");
        }
    }
    match media_of_revision(revision).find(|media| !is_sha256(&media.sha256)) {
        Some(_) => flaw("a picture or film is not named by the hash of its bytes"),
        None => Ok(()),
    }
}

/// True for a SHA-256 in lower-case hex.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn check_numbers(delivery: &Delivery) -> Result<(), Flaw> {
    let parts = usize::from(delivery.parts_total);
    if delivery.id.n == 0 || usize::from(delivery.id.n) > limits::DELIVERIES_MAX {
        return flaw(format!("a post has deliveries 1 to {}", limits::DELIVERIES_MAX));
    }
    if parts == 0 || parts > limits::PARTS_MAX || delivery.send_keys.len() != parts {
        return flaw(format!(
            "{parts} parts with {} send keys",
            delivery.send_keys.len()
        ));
    }
    if delivery.version == 0 {
        return flaw("a version begins with 1");
    }
    Ok(())
}

fn check_receipts(delivery: &Delivery) -> Result<(), Flaw> {
    let numbered = delivery.receipts.iter().zip(1u16..).all(|(r, n)| r.part == n);
    let parts = usize::from(delivery.parts_total);
    if !numbered || delivery.receipts.len() > parts {
        return flaw("its receipts are not those of its parts, in their order");
    }
    Ok(())
}

/// `published` is only ever said with receipts; and what has all of them waits for nothing.
fn check_state(delivery: &Delivery) -> Result<(), Flaw> {
    let is_whole = delivery.receipts.len() == usize::from(delivery.parts_total);
    let name = delivery.state_name();
    match delivery.state() {
        State::Attempting { .. } => flaw("it is being sent: nobody knows yet what becomes of it"),
        State::Unknown { fence, .. } => check_fence(delivery, fence),
        State::Published if !is_whole => flaw("it is published, but a part has no receipt"),
        State::Gone { .. } if delivery.has_public_parts() => flaw("it is gone, but a part is public"),
        _ if is_whole && !name.is_end() => flaw(format!("it is {name}, but all its parts have receipts")),
        _ => Ok(()),
    }
}

fn check_fence(delivery: &Delivery, fence: &Fence) -> Result<(), Flaw> {
    if fence.part == delivery.next_part()
        && fence.frozen.part == fence.part
        && fence.part <= delivery.parts_total
    {
        return Ok(());
    }
    flaw("what was being sent is not its next part")
}

/// Why an order made at this instant silences a store that was just imported.
pub fn order_reason(made_at: Timestamp, store: &str) -> String {
    let second = Timestamp::from_second(made_at.as_second()).unwrap_or(made_at);
    format!("imported from queue {store}, as it was at {second}: that one may still be sending")
}

//! Whether a store that was killed has all that was acknowledged, and agrees with itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use soundpost_core::change::{Change, Entry};
use soundpost_core::delivery::{Delivery, StateName};
use soundpost_core::id::{AccountId, DeliveryId, EventId, Id, OrderId, PostId};
use soundpost_core::port::store::{Claimed, Query, Store, StoreError};
use soundpost_store::open::{OpenReport, look, open};
use soundpost_store::sled::SledStore;

use super::ledger::Ledger;
use super::writer::LATE_MINUTE;
use crate::store_promises::build::{assert_same, cancel, everything, minute, post_id, try_advance};

/// What was found in one folder.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Acknowledged, and not there or other.
    pub missing: Vec<String>,
    /// What contradicts itself.
    pub contradictions: Vec<String>,
    /// How many entries the journal has.
    pub entries: usize,
    /// How long each opening took.
    pub opened_in: Vec<Duration>,
    /// Bytes of a torn tail that was cut.
    pub cut_bytes: u64,
    /// Entries that sled had not seen.
    pub replayed: u64,
    /// Deliveries that were fenced and had no outcome.
    pub attempting: usize,
}

/// What the journal says.
#[derive(Default)]
struct Story {
    posts: BTreeSet<PostId>,
    newest: BTreeMap<DeliveryId, Delivery>,
    states: BTreeMap<(DeliveryId, u64), StateName>,
    gaps: Vec<String>,
}

/// Opens the store and looks at all of it; with `without_sled` once more, after sled's folder was deleted.
pub async fn audit(home: &Path, ledger: &Ledger, without_sled: bool) -> Found {
    let mut found = Found::default();
    let (store, report) = opened(home, &mut found);
    found.cut_bytes = report.journal.cut.map_or(0, |cut| cut.bytes);
    found.replayed = report.replayed;
    found.attempting = report.attempting.len();
    let entries = store
        .entries(0, usize::MAX, None)
        .await
        .expect("the journal is read");
    found.entries = entries.len();
    let story = Story::of(&entries);
    found.contradictions.extend(story.gaps.iter().cloned());
    compare_with_ledger(&*store, ledger, &story, &mut found).await;
    compare_with_journal(&*store, &story, &mut found).await;
    let told = match without_sled {
        true => sorted(everything(&*store).await),
        false => Vec::new(),
    };
    claims_are_gone(&*store, ledger, &mut found).await;
    store.close();
    drop(store);
    if without_sled {
        std::fs::remove_dir_all(home.join("sled")).expect("sled's folder is deleted");
        let from_journal = look(home).expect("the journal is read without sled");
        assert_same(&sorted(everything(&from_journal).await), &told);
        let (store, report) = opened(home, &mut found);
        assert!(report.rebuilt, "sled was made anew: {report:?}");
        assert_same(&sorted(everything(&*store).await), &told);
        store.close();
    }
    found
}

fn opened(home: &Path, found: &mut Found) -> (Arc<SledStore>, OpenReport) {
    let from = Instant::now();
    let opened = open(home, Arc::default()).expect("a killed store opens");
    found.opened_in.push(from.elapsed());
    opened
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

impl Story {
    fn of(entries: &[Entry]) -> Story {
        let mut story = Story::default();
        for (i, entry) in entries.iter().enumerate() {
            if entry.seq != i as u64 + 1 {
                story
                    .gaps
                    .push(format!("entry {} has number {}", i + 1, entry.seq));
            }
            match &entry.change {
                Change::PostAdded { post } => drop(story.posts.insert(post.id)),
                Change::Moved { delivery, .. } => story.moved(delivery),
                _ => {}
            }
        }
        story
    }

    fn moved(&mut self, delivery: &Delivery) {
        let before = self.newest.insert(delivery.id, delivery.clone());
        let expected = before.map_or(1, |d| d.version + 1);
        if delivery.version != expected {
            let (id, version) = (delivery.id, delivery.version);
            self.gaps
                .push(format!("{id} has version {version} where {expected} was next"));
        }
        self.states
            .insert((delivery.id, delivery.version), delivery.state_name());
    }
}

async fn compare_with_ledger(store: &dyn Store, ledger: &Ledger, story: &Story, found: &mut Found) {
    for ((id, version), state) in &ledger.states {
        let there = story.states.get(&(*id, *version)).map(ToString::to_string);
        if there.as_ref() != Some(state) {
            found.missing.push(format!(
                "version {version} of {id}: {state} was acknowledged, {there:?} is there"
            ));
        }
    }
    let deliveries = count_by_post(story);
    for (n, added) in &ledger.posts {
        let id = post_id(*n);
        let post = store.post(id).await.expect("a post is read");
        let chars = post.map(|p| p.revisions[0].content.parts[0].text.len());
        let count = deliveries.get(&id).copied().unwrap_or(0);
        if chars != Some(added.chars) || count != added.deliveries {
            found.missing.push(format!(
                "post {n}: {added:?}, there: {chars:?} characters, {count} deliveries"
            ));
        }
    }
    let world = store.world();
    let order = |n: &u128| OrderId(Id::from_u128(*n));
    let events = ledger
        .events
        .iter()
        .filter(|n| !world.events.contains_key(&EventId(Id::from_u128(**n))));
    found.missing.extend(events.map(|n| format!("event {n}")));
    let known = |id: OrderId| world.lifted.contains(&id) || world.halts.iter().any(|o| o.id == id);
    let halts = ledger.halts.iter().filter(|n| !known(order(n)));
    found.missing.extend(halts.map(|n| format!("halt {n}")));
    let lifted = ledger.lifted.iter().filter(|n| !world.lifted.contains(&order(n)));
    found
        .missing
        .extend(lifted.map(|n| format!("the end of halt {n}")));
}

fn count_by_post(story: &Story) -> BTreeMap<PostId, usize> {
    let mut count = BTreeMap::new();
    for id in story.newest.keys() {
        *count.entry(id.post).or_default() += 1;
    }
    count
}

/// sled has for each delivery the journal's last word, and posts and deliveries belong together.
async fn compare_with_journal(store: &dyn Store, story: &Story, found: &mut Found) {
    let list = store.list(&Query::default()).await.expect("the list is read");
    let held: BTreeMap<DeliveryId, Delivery> = list.into_iter().map(|d| (d.id, d)).collect();
    if held != story.newest {
        let other = story.newest.iter().filter(|(id, d)| held.get(id) != Some(d));
        let names: Vec<String> = other.map(|(id, _)| id.to_string()).take(5).collect();
        found
            .contradictions
            .push(format!("sled and the journal differ: {names:?} and others"));
    }
    let of_deliveries: BTreeSet<PostId> = held.keys().map(|id| id.post).collect();
    if of_deliveries != story.posts {
        found
            .contradictions
            .push("there are posts without deliveries, or deliveries without a post".to_owned());
    }
}

/// No claim of the killed process holds: its tokens are refused, and one of each account that waits can be claimed.
async fn claims_are_gone(store: &dyn Store, ledger: &Ledger, found: &mut Found) {
    for (token, id) in ledger.claims.iter().rev().take(20) {
        let late = try_advance(store, *token, cancel()).await;
        if !matches!(late, Err(StoreError::ClaimLost { .. })) {
            found.contradictions.push(format!(
                "the claim {token} on {id} outlived its process: {late:?}"
            ));
        }
    }
    let list = store.list(&Query::default()).await.expect("the list is read");
    let waits = list.iter().filter(|d| d.state_name().waits());
    let accounts: BTreeSet<AccountId> = waits.map(|d| d.account).collect();
    let checks = list.iter().filter(|d| d.check_at().is_some()).count();
    let (mut due, mut checked) = (BTreeSet::new(), 0);
    loop {
        match store.claim(minute(LATE_MINUTE)).await.expect("a claim") {
            Claimed::Due(claim) => drop(due.insert(claim.delivery.account)),
            Claimed::Check(_) => checked += 1,
            Claimed::Nothing { .. } => break,
        }
    }
    if due != accounts || checked != checks {
        let what = format!(
            "{} accounts wait and {} can be claimed; {checks} are to be looked at and {checked} can be",
            accounts.len(),
            due.len()
        );
        found.contradictions.push(what);
    }
}

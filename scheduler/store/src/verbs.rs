//! What a write means: from a request to the changes that go into the journal. Pure; both engines share it, so
//! the memory store shows what the durable one does.

use std::collections::BTreeMap;

use jiff::Timestamp;
use soundpost_core::account::Account;
use soundpost_core::change::Change;
use soundpost_core::delivery::moves::{IllegalMove, Move};
use soundpost_core::delivery::table::MoveName;
use soundpost_core::delivery::{Delivery, StateName};
use soundpost_core::halt::HaltOrder;
use soundpost_core::id::{AccountId, DeliveryId, OrderId, PostId};
use soundpost_core::port::store::{Request, Step, StoreError, Write};
use soundpost_core::post::{Post, Revision};
use soundpost_core::world::World;

/// The word in the journal for a delivery that was made.
pub(crate) const INTAKE: &str = "intake";

/// What an engine knows when a request is looked at, with all that was decided before it.
pub(crate) trait View {
    /// The newest sequence number.
    fn seq(&self) -> u64;

    /// Accounts, open orders, events and calendars.
    fn world(&self) -> &World;

    /// One delivery.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError>;

    /// One post.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    fn post(&self, id: PostId) -> Result<Option<Post>, StoreError>;

    /// The post that was queued with this client key.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    fn post_by_key(&self, key: &str) -> Result<Option<PostId>, StoreError>;

    /// The deliveries of a post, by number.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    fn deliveries_of(&self, post: PostId) -> Result<Vec<Delivery>, StoreError>;

    /// The account's deliveries that have not ended.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    fn open_deliveries(&self, account: AccountId) -> Result<Vec<DeliveryId>, StoreError>;

    /// What the holder of this token holds; none when the claim is lost.
    fn claim(&self, token: u64) -> Option<HeldClaim>;

    /// True while a lane holds this delivery.
    fn is_claimed(&self, id: DeliveryId) -> bool;
}

/// A claim that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldClaim {
    /// The delivery.
    pub(crate) delivery: DeliveryId,
    /// Its version when it was claimed, or after the newest move under the claim.
    pub(crate) version: u64,
    /// True when it was claimed to be looked at, which gives no right to send.
    pub(crate) to_check: bool,
}

/// What a request comes to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// What is to be written; may be empty.
    pub(crate) changes: Vec<Change>,
    /// The deliveries as they will be, in the order of the request.
    pub(crate) deliveries: Vec<Delivery>,
    /// True when all of it was there before.
    pub(crate) repeated: bool,
}

/// Turns a request into changes, or says why it cannot be.
///
/// # Errors
/// [`StoreError`]; then nothing of the request is to be written.
pub(crate) fn plan(request: &Request, view: &impl View) -> Result<Plan, StoreError> {
    let at = request.at;
    match &request.write {
        Write::AddPost { post, deliveries } => add_post(post, deliveries, view),
        Write::Revise {
            post,
            revision,
            steps,
        } => revise(*post, revision, steps, at, view),
        Write::Advance { token, mv } => advance(*token, mv, at, view),
        Write::Move { steps } => with_steps(None, steps, at, view),
        Write::SetAccount { account, steps } => set_account(account, steps, at, view),
        Write::OrderHalt { order } => Ok(order_halt(order, view)),
        Write::LiftHalts {
            orders,
            steps,
            expects_seq,
        } => lift_halts(orders, steps, *expects_seq, at, view),
        Write::SetEvent { event, steps } => {
            let change = Change::EventSet {
                event: event.as_ref().clone(),
                was: view.world().events.get(&event.id).cloned().map(Box::new),
            };
            with_steps(Some(change), steps, at, view)
        }
        Write::SetCalendar { name, text, steps } => {
            let change = Change::CalendarSet {
                name: name.clone(),
                text: text.clone(),
            };
            with_steps(Some(change), steps, at, view)
        }
        Write::RemoveCalendar { name } => remove_calendar(name, view),
        Write::SetFeed { feed } => Ok(alone(Change::FeedSet {
            feed: feed.as_ref().clone().into(),
        })),
        Write::CheckFeed { name, state } => {
            known_feed(name, view)?;
            Ok(alone(Change::FeedChecked {
                name: name.clone(),
                state: state.clone(),
            }))
        }
        Write::RemoveFeed { name } => {
            known_feed(name, view)?;
            Ok(alone(Change::FeedRemoved { name: name.clone() }))
        }
        Write::SetTrends { list, steps } => {
            let change = Change::TrendsSet {
                list: list.as_ref().clone(),
            };
            with_steps(Some(change), steps, at, view)
        }
        Write::RemoveTrends { name } => remove_trends(name, view),
        Write::Import { import } => crate::import::import(import, view.world()),
    }
}

/// True when writes that were checked before this change must be checked again.
pub(crate) fn raises_epoch(change: &Change) -> bool {
    match change {
        Change::HaltOrdered { .. }
        | Change::HaltLifted { .. }
        | Change::EventSet { .. }
        | Change::CalendarSet { .. }
        | Change::CalendarRemoved { .. }
        | Change::FeedSet { .. }
        | Change::FeedRemoved { .. }
        | Change::TrendsSet { .. }
        | Change::TrendsRemoved { .. }
        | Change::AccountSet { .. } => true,
        Change::Moved { by, .. } => by == MoveName::Approve.name(),
        Change::Created { .. }
        | Change::PostAdded { .. }
        | Change::PostRevised { .. }
        | Change::FeedChecked { .. }
        | Change::Adopted { .. }
        | Change::JournalCut { .. } => false,
    }
}

fn not_found(what: impl Into<String>) -> StoreError {
    StoreError::NotFound { what: what.into() }
}

fn stale(what: impl Into<String>) -> StoreError {
    StoreError::Stale { what: what.into() }
}

fn add_post(post: &Post, deliveries: &[Delivery], view: &impl View) -> Result<Plan, StoreError> {
    if let Some(repeat) = repeat_of(post, view)? {
        return Ok(repeat);
    }
    if view.post(post.id)?.is_some() {
        return Err(stale(format!("post {}", post.id)));
    }
    if post.revisions.is_empty() {
        return Err(not_found(format!("revision of post {}", post.id)));
    }
    let mut numbers = BTreeMap::new();
    for delivery in deliveries {
        check_new(delivery, post, view)?;
        if numbers.insert(delivery.id.n, ()).is_some() {
            return Err(stale(format!("delivery {}", delivery.id)));
        }
    }
    let mut changes = vec![Change::PostAdded { post: post.clone() }];
    changes.extend(deliveries.iter().map(|d| moved(INTAKE, d.clone())));
    Ok(Plan {
        changes,
        deliveries: deliveries.to_vec(),
        repeated: false,
    })
}

fn repeat_of(post: &Post, view: &impl View) -> Result<Option<Plan>, StoreError> {
    let Some(key) = &post.client_key else {
        return Ok(None);
    };
    let Some(id) = view.post_by_key(key)? else {
        return Ok(None);
    };
    let there = view
        .post(id)?
        .ok_or_else(|| StoreError::Damaged(format!("the key '{key}' names no post")))?;
    if there.request_sha256 != post.request_sha256 {
        return Err(StoreError::KeyConflict {
            key: key.clone(),
            post: id,
        });
    }
    let deliveries = view.deliveries_of(id)?;
    Ok(Some(Plan {
        changes: Vec::new(),
        deliveries,
        repeated: true,
    }))
}

fn check_new(delivery: &Delivery, post: &Post, view: &impl View) -> Result<(), StoreError> {
    if delivery.id.post != post.id {
        return Err(not_found(format!(
            "post {} of delivery {}",
            delivery.id.post, delivery.id
        )));
    }
    let account = view.world().accounts.get(&delivery.account);
    match account.filter(|a| a.exists()) {
        Some(account) if account.network == delivery.network => Ok(()),
        Some(account) => Err(not_found(format!(
            "account '{}' on {}",
            account.name, delivery.network
        ))),
        None => Err(not_found(format!("account {}", delivery.account))),
    }
}

fn revise(
    id: PostId,
    revision: &Revision,
    steps: &[Step],
    at: Timestamp,
    view: &impl View,
) -> Result<Plan, StoreError> {
    let post = view.post(id)?.ok_or_else(|| not_found(format!("post {id}")))?;
    let newest = post.revisions.last().map_or(0, |r| r.number);
    if newest.checked_add(1) != Some(revision.number) {
        return Err(stale(format!("post {id}")));
    }
    if let Some(step) = steps.iter().find(|s| s.delivery.post != id) {
        return Err(not_found(format!("delivery {} of post {id}", step.delivery)));
    }
    let change = Change::PostRevised {
        post: id,
        revision: revision.clone(),
    };
    with_steps(Some(change), steps, at, view)
}

fn advance(token: u64, mv: &Move, at: Timestamp, view: &impl View) -> Result<Plan, StoreError> {
    let lost = |delivery: String| StoreError::ClaimLost { delivery };
    let held = view
        .claim(token)
        .ok_or_else(|| lost(format!("a delivery (claim {token})")))?;
    let delivery = view
        .delivery(held.delivery)?
        .ok_or_else(|| lost(held.delivery.to_string()))?;
    if delivery.version != held.version {
        return Err(lost(held.delivery.to_string()));
    }
    if held.to_check && matches!(mv, Move::Fence(_)) {
        let why = "it was claimed to be looked at: give it back, and send it when it is due".to_owned();
        return Err(illegal(delivery.state_name(), MoveName::Fence.name(), why));
    }
    let next = delivery.after_move(mv.clone(), at)?;
    Ok(Plan {
        changes: vec![moved(mv.name().name(), next.clone())],
        deliveries: vec![next],
        repeated: false,
    })
}

fn set_account(
    account: &Account,
    steps: &[Step],
    at: Timestamp,
    view: &impl View,
) -> Result<Plan, StoreError> {
    let world = view.world();
    let before = world.accounts.get(&account.id);
    if before.is_some_and(|b| b.network != account.network) {
        return Err(not_found(format!(
            "account '{}' on {}",
            account.name, account.network
        )));
    }
    let namesake = world.account_named(&account.name);
    if account.exists() && namesake.is_some_and(|other| other.id != account.id) {
        return Err(StoreError::NameTaken {
            name: account.name.clone(),
        });
    }
    let plan = with_steps(
        Some(Change::AccountSet {
            account: account.clone(),
        }),
        steps,
        at,
        view,
    )?;
    if !account.exists() {
        check_removal(account, &plan, view)?;
    }
    Ok(plan)
}

fn check_removal(account: &Account, plan: &Plan, view: &impl View) -> Result<(), StoreError> {
    let after: BTreeMap<_, _> = plan.deliveries.iter().map(|d| (d.id, d.state_name())).collect();
    for id in view.open_deliveries(account.id)? {
        let state = match after.get(&id) {
            Some(state) => Some(*state),
            None => view.delivery(id)?.map(|d| d.state_name()),
        };
        if let Some(state) = state.filter(|s| !s.is_end()) {
            let why = format!(
                "account '{}' has deliveries that are not finished: cancel them first",
                account.name
            );
            return Err(illegal(state, "lose its account", why));
        }
    }
    Ok(())
}

fn order_halt(order: &HaltOrder, view: &impl View) -> Plan {
    let known =
        view.world().lifted.contains(&order.id) || view.world().halts.iter().any(|o| o.id == order.id);
    if known {
        return Plan {
            repeated: true,
            ..Plan::default()
        };
    }
    Plan {
        changes: vec![Change::HaltOrdered { order: order.clone() }],
        ..Plan::default()
    }
}

/// An order that the journal has never seen is lifted too: it stood only in the switch's file, and must not come
/// back from there.
fn lift_halts(
    orders: &[OrderId],
    steps: &[Step],
    expects_seq: Option<u64>,
    at: Timestamp,
    view: &impl View,
) -> Result<Plan, StoreError> {
    if expects_seq.is_some_and(|expected| expected != view.seq()) {
        return Err(stale("the queue"));
    }
    let open = orders.iter().filter(|id| !view.world().lifted.contains(*id));
    let mut changes: Vec<_> = open.map(|id| Change::HaltLifted { order: *id }).collect();
    let mut plan = with_steps(None, steps, at, view)?;
    changes.append(&mut plan.changes);
    let repeated = changes.is_empty() && !orders.is_empty();
    Ok(Plan {
        changes,
        repeated,
        ..plan
    })
}

fn remove_calendar(name: &str, view: &impl View) -> Result<Plan, StoreError> {
    if !view.world().calendars.contains_key(name) {
        return Err(not_found(format!("calendar '{name}'")));
    }
    Ok(alone(Change::CalendarRemoved {
        name: name.to_owned(),
    }))
}

fn known_feed(name: &str, view: &impl View) -> Result<(), StoreError> {
    let known = view.world().feeds.contains_key(name);
    known
        .then_some(())
        .ok_or_else(|| not_found(format!("feed '{name}'")))
}

fn remove_trends(name: &str, view: &impl View) -> Result<Plan, StoreError> {
    if !view.world().trends.contains_key(name) {
        return Err(not_found(format!("trends '{name}'")));
    }
    Ok(alone(Change::TrendsRemoved {
        name: name.to_owned(),
    }))
}

/// A change that moves nothing.
fn alone(change: Change) -> Plan {
    Plan {
        changes: vec![change],
        ..Plan::default()
    }
}

/// A first change and the moves after it. A step sees the steps before it.
fn with_steps(
    first: Option<Change>,
    steps: &[Step],
    at: Timestamp,
    view: &impl View,
) -> Result<Plan, StoreError> {
    let mut changes: Vec<_> = first.into_iter().collect();
    let mut now: BTreeMap<DeliveryId, Delivery> = BTreeMap::new();
    for step in steps {
        let before = match now.remove(&step.delivery) {
            Some(delivery) => delivery,
            None => unclaimed(step, view)?,
        };
        if before.version != step.expects_version {
            return Err(stale(format!("delivery {}", step.delivery)));
        }
        let next = before.after_move(step.mv.clone(), at)?;
        changes.push(moved(step.mv.name().name(), next.clone()));
        now.insert(step.delivery, next);
    }
    let deliveries = steps
        .iter()
        .filter_map(|s| now.get(&s.delivery).cloned())
        .collect();
    Ok(Plan {
        changes,
        deliveries,
        repeated: false,
    })
}

/// The delivery of a step, unless a lane is sending it right now: then the outcome must come first, whatever the
/// table would allow.
fn unclaimed(step: &Step, view: &impl View) -> Result<Delivery, StoreError> {
    let delivery = view.delivery(step.delivery)?;
    let delivery = delivery.ok_or_else(|| not_found(format!("delivery {}", step.delivery)))?;
    if delivery.version == step.expects_version
        && delivery.state_name() == StateName::Attempting
        && view.is_claimed(step.delivery)
    {
        let why = "it is being sent right now: wait for the outcome".to_owned();
        return Err(illegal(StateName::Attempting, step.mv.name().name(), why));
    }
    Ok(delivery)
}

/// A change of one delivery, by the name of a move.
pub(crate) fn moved(by: &str, delivery: Delivery) -> Change {
    Change::Moved {
        by: by.to_owned(),
        delivery: Box::new(delivery),
    }
}

fn illegal(from: StateName, by: &'static str, why: String) -> StoreError {
    StoreError::Illegal(IllegalMove { from, by, why })
}

//! `status`, and the daemon's part of `pause`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use soundpost_core::account::AccountStatus;
use soundpost_core::actor::Actor;
use soundpost_core::delivery::{Delivery, State, StateName};
use soundpost_core::gate::InFlight;
use soundpost_core::halt::{HaltOrder, Scope, SwitchState};
use soundpost_core::id::OrderId;
use soundpost_core::plan::Lifting;
use soundpost_core::port::store::{Query, Request, Write};

use super::App;
use super::error::AppError;
use crate::control::protocol::{DeliveryView, Paused, Status, SwitchOrder, UnderWay, scope_shown};
use crate::output::{ending, shorten, visible};

/// How long `pause` waits for writes that were under way.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);

/// How long `pause` waits for the journal; the switch has the order already.
const RECORD_MAX: Duration = Duration::from_secs(2);

/// How long a lane may take to write what became of a send.
const SETTLING: SignedDuration = SignedDuration::from_secs(5);

const NIGHT: SignedDuration = SignedDuration::from_hours(12);
const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How many campaigns are named to somebody whose own is not among them.
const CAMPAIGNS_SHOWN: usize = 20;

impl App {
    /// Where everything stands.
    ///
    /// # Errors
    /// [`AppError`] when the store cannot be read.
    pub async fn status(&self) -> Result<Status, AppError> {
        let (halts, switch_trouble) = self.orders();
        let all = self.env.store.list(&Query::open()).await?;
        let mut counts: BTreeMap<StateName, usize> = BTreeMap::new();
        for delivery in &all {
            *counts.entry(delivery.state_name()).or_default() += 1;
        }
        let next = all
            .iter()
            .filter(|d| d.state_name().waits())
            .min_by_key(|d| d.ready_at());
        let now = self.now();
        let lifting = Lifting {
            ended: halts.clone(),
            ..Lifting::default()
        };
        // While it is paused, the plan of the resume asks about these all at once.
        let in_plan = |d: &Delivery| !halts.is_empty() && lifting.concerns(d, now) && !d.is_mid_thread();
        let needs: Vec<Delivery> = all
            .iter()
            .filter(|d| d.state_name().needs_person())
            .filter(|d| !in_plan(d))
            .take(20)
            .cloned()
            .collect();
        let world = self.env.store.world();
        let stopped = world
            .accounts
            .values()
            .filter(|a| matches!(a.status, AccountStatus::LoginNeeded { .. }));
        Ok(Status {
            store: self.env.store.id().to_string(),
            daemon: self.is_daemon,
            halts_shown: halts
                .iter()
                .map(|o| format!("{}{}", self.order_shown(o), called(o, &halts)))
                .collect(),
            halts,
            switch_trouble,
            store_trouble: self.env.store.trouble(),
            low_on_room: self.env.store.low_on_room(),
            clock_differs: self.clock_differs(),
            counts: counts.into_iter().map(|(s, n)| (s.to_string(), n)).collect(),
            next: self
                .views(next.map(std::slice::from_ref).unwrap_or_default())
                .await?
                .pop(),
            needs_person: self.views(&needs).await?,
            in_flight: all
                .iter()
                .filter(|d| d.state_name() == StateName::Attempting)
                .count(),
            owner_silent: false,
            events: self.event_list(false).await?,
            feeds: self.feed_list(),
            shadowed: self.shadowed().await?,
            trends: self.trends_list(),
            accounts_stopped: stopped.map(|a| self.account_view(a, None)).collect(),
            seq: self.env.store.seq(),
            of_switch: false,
        })
    }

    /// The servers whose clock is far from this machine's, for people.
    fn clock_differs(&self) -> Vec<String> {
        let said = |(host, ahead): (String, SignedDuration)| {
            let way = if ahead.is_negative() { "behind" } else { "ahead of" };
            let minutes = ahead.abs().as_mins();
            format!(
                "the clock of {} is {minutes} min {way} this machine's",
                visible(&host)
            )
        };
        self.server_clocks.far_away().into_iter().map(said).collect()
    }

    /// The daemon's part of a pause: the switch is set already; stop what is not on the wire, wait for what is, and
    /// say what became of it.
    ///
    /// # Errors
    /// Never fails because of the store: what cannot be read or written is listed under `troubles`.
    pub async fn pause(&self, order: HaltOrder) -> Result<Paused, AppError> {
        self.env.gate.raise();
        let mut under_way = self.env.gate.in_flight();
        let mut troubles = Vec::new();
        let request = Request {
            by: Actor::Person(order.who.clone()),
            at: order.at,
            reason: order.reason.clone(),
            write: Write::OrderHalt { order: order.clone() },
        };
        let recorded = tokio::time::timeout(RECORD_MAX, self.env.store.write(request)).await;
        let trouble = match recorded {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the disk does not answer".to_owned()),
        };
        troubles.extend(
            trouble.map(|why| format!("the journal has no record of this pause ({why}); the switch has")),
        );
        let drained = tokio::time::timeout(DRAIN_MAX, self.env.gate.drained())
            .await
            .is_ok();
        let lost = self.lost().await;
        let unanswered = lost.len();
        under_way.extend(
            lost.into_iter()
                .filter(|w| !under_way.contains(w))
                .collect::<Vec<_>>(),
        );
        let mut paused = self.paused(order).await;
        self.keep_covered(&paused.order, &mut under_way).await;
        paused.proven = drained;
        paused.proof = vec![proof(
            drained,
            self.is_daemon,
            &self.env.gate.in_flight(),
            unanswered,
        )];
        paused.under_way = self.became(&under_way, &self.env.gate.in_flight()).await;
        paused.troubles.extend(troubles);
        Ok(paused)
    }

    /// Writes the orders into the journal that only the switch's file has, and had when this was asked before: whoever
    /// gave them could not tell the owner of the queue, and the file alone can be written by a whole group. Answers
    /// with those that are new.
    pub async fn adopt_orders(&self, seen: &[OrderId]) -> Vec<OrderId> {
        let SwitchState::Halted(in_file) = self.env.gate.switch_state() else {
            return Vec::new();
        };
        let world = self.env.store.world();
        let known = |id: &OrderId| world.lifted.contains(id) || world.halts.iter().any(|o| o.id == *id);
        let untold: Vec<HaltOrder> = in_file.into_iter().filter(|order| !known(&order.id)).collect();
        for order in untold.iter().filter(|order| seen.contains(&order.id)) {
            let order = HaltOrder {
                who: format!("{} (by the switch's file)", order.who),
                ..order.clone()
            };
            let request = Request {
                by: Actor::Duty("switch".to_owned()),
                at: self.now(),
                reason: order.reason.clone(),
                write: Write::OrderHalt { order },
            };
            // What cannot be written now is tried again; the file has it meanwhile.
            let _ = self.env.store.write(request).await;
        }
        untold.iter().map(|order| order.id).collect()
    }

    /// What a pause means for the queue, as far as the store can be read.
    pub async fn paused(&self, order: HaltOrder) -> Paused {
        let now = self.now();
        let mut troubles = Vec::new();
        let mut known =
            |what: &str, error: AppError| troubles.push(format!("{what} cannot be read: {error}"));
        let waiting = self
            .waiting(&order)
            .await
            .map_err(|error| known("the queue", error))
            .ok();
        let last_day = self
            .last_day(&order)
            .await
            .map_err(|error| known("the receipts", error))
            .ok();
        let within = |span: SignedDuration| {
            let until = now.checked_add(span).unwrap_or(Timestamp::MAX);
            waiting
                .as_ref()
                .map(|all| all.iter().filter(|d| d.due.at <= until).count())
        };
        Paused {
            scope_shown: self.scope_named(&order),
            at_shown: self.teller(&self.zone).instant(order.at),
            proven: false,
            proof: Vec::new(),
            under_way: Vec::new(),
            tonight: within(NIGHT),
            this_week: within(WEEK),
            last_day,
            outside: self.outside.clone(),
            hints: self.campaign_hint(&order.scope).await.into_iter().collect(),
            troubles,
            order,
        }
    }

    /// That nothing has the campaign that was paused, and which there are. The pause holds what comes to have it.
    async fn campaign_hint(&self, scope: &Scope) -> Option<String> {
        let Scope::Campaign(campaign) = scope else {
            return None;
        };
        let open = self.env.store.list(&Query::open()).await.ok()?;
        let queued = open.iter().filter_map(|delivery| delivery.campaign.as_deref());
        let configured = self.env.settings.rules.campaigns.keys().map(String::as_str);
        let all: BTreeSet<&str> = queued.chain(configured).collect();
        if all.contains(campaign.as_str()) {
            return None;
        }
        let some: Vec<&str> = all.iter().copied().take(CAMPAIGNS_SHOWN).collect();
        let there_are = match (some.as_slice(), all.len().saturating_sub(CAMPAIGNS_SHOWN)) {
            ([], _) => "no post that waits has a campaign".to_owned(),
            (some, 0) => format!("there are: {}", some.join(", ")),
            (some, more) => format!("there are: {}, and {more} more", some.join(", ")),
        };
        let said = format!(
            "nothing has the campaign '{campaign}' at present; {there_are}. What comes to have it will not go"
        );
        Some(visible(&said).into_owned())
    }

    /// An order for people: what it silences, since when, by whom, why, and whether somebody wanted to look at it.
    pub(super) fn order_shown(&self, order: &HaltOrder) -> String {
        let teller = self.teller(&self.zone);
        let scope = self.scope_named(order);
        let (who, why) = (visible(&order.who), visible(&order.reason));
        let since = teller.instant(order.at);
        let review = match order.review_at {
            None => String::new(),
            Some(at) if order.wants_review(self.now()) => {
                format!(
                    "; LOOK AT IT: it was to end {}. soundpost resume",
                    teller.instant(at)
                )
            }
            Some(at) => format!(
                "; to be looked at {}; nothing starts by itself",
                teller.instant(at)
            ),
        };
        format!("{scope}, ordered by {who} {since}: {why}{review}")
    }

    /// The orders that the switch's file has and the journal never had, oldest first.
    pub fn orders_only_in_file(&self) -> Vec<SwitchOrder> {
        let SwitchState::Halted(mut orders) = self.env.gate.switch_state() else {
            return Vec::new();
        };
        let world = self.env.store.world();
        orders.retain(|order| {
            !world.lifted.contains(&order.id) && world.halts.iter().all(|o| o.id != order.id)
        });
        orders.sort_by_key(|order| (order.at, order.id));
        let view = |order: &HaltOrder| SwitchOrder {
            id: order.id.to_string(),
            at: order.at.to_string(),
            by: visible(&order.who).into_owned(),
            what: format!("PAUSED: {} (pause {})", self.order_shown(order), order.id),
        };
        orders.iter().map(view).collect()
    }

    /// Leaves out the writes that the order does not silence: they are free to go on.
    async fn keep_covered(&self, order: &HaltOrder, writes: &mut Vec<InFlight>) {
        let mut covered = Vec::new();
        for write in writes.drain(..) {
            let delivery = self.env.store.delivery(write.delivery).await;
            // What cannot be read is shown.
            if !matches!(delivery, Ok(Some(d)) if !order.scope.covers(&d.subject())) {
                covered.push(write);
            }
        }
        *writes = covered;
    }

    /// An order in short: what it silences, by whom, why; and its id where there are several.
    pub(super) fn order_told(&self, order: &HaltOrder, all: &[HaltOrder]) -> String {
        let (who, why) = (visible(&order.who), visible(&order.reason));
        format!(
            "{} by {who}: {why}{}",
            self.scope_named(order),
            called(order, all)
        )
    }

    pub(super) fn scope_named(&self, order: &HaltOrder) -> String {
        use soundpost_core::halt::Scope;
        match &order.scope {
            Scope::Account(id) => {
                let world = self.env.store.world();
                let name = world
                    .accounts
                    .get(id)
                    .map_or_else(|| id.to_string(), |a| a.name.clone());
                format!("account {name}")
            }
            scope => scope_shown(scope),
        }
    }

    async fn waiting(&self, order: &HaltOrder) -> Result<Vec<Delivery>, AppError> {
        let all = self.env.store.list(&Query::waiting()).await?;
        Ok(all
            .into_iter()
            .filter(|d| order.scope.covers(&d.subject()))
            .collect())
    }

    async fn last_day(&self, order: &HaltOrder) -> Result<Vec<DeliveryView>, AppError> {
        let since = self.now().checked_sub(DAY).unwrap_or(Timestamp::MIN);
        let found = self
            .env
            .store
            .list(&Query {
                published_since: Some(since),
                ..Query::default()
            })
            .await?;
        let public: Vec<Delivery> = found
            .into_iter()
            .filter(|d| d.has_public_parts() && order.scope.covers(&d.subject()))
            .collect();
        self.views(&public).await
    }

    /// The writes that have a fence and no outcome and that this order is about. As long as a process may be at work on
    /// them, these and no others may still go: nothing is admitted without a fence, and none after the order.
    ///
    /// # Errors
    /// [`AppError`] when the store cannot be read.
    pub async fn without_outcome(
        &self,
        order: &HaltOrder,
        may_still_go: bool,
    ) -> Result<Vec<UnderWay>, AppError> {
        let query = Query::in_states([StateName::Attempting]);
        let mut open = self.env.store.list(&query).await?;
        open.retain(|d| order.scope.covers(&d.subject()));
        let writes: Vec<InFlight> = open
            .iter()
            .map(|d| InFlight {
                delivery: d.id,
                part: d.next_part(),
            })
            .collect();
        let left = if may_still_go { writes.as_slice() } else { &[] };
        let mut under_way = self.became(&writes, left).await;
        let said = match may_still_go {
            true => "no answer yet",
            false => "not known: the process that sent it ended before the answer; look at the network",
        };
        for write in &mut under_way {
            said.clone_into(&mut write.became);
        }
        Ok(under_way)
    }

    /// The writes whose answer was lost, also before the pause: they may be public. None when the store cannot be
    /// read, which is reported elsewhere.
    async fn lost(&self) -> Vec<InFlight> {
        let query = Query::in_states([StateName::Unknown, StateName::Attempting]);
        let mut found = self.env.store.list(&query).await.unwrap_or_default();
        found.retain(|d| !is_fresh_fence(d, self.now()));
        let write = |d: &Delivery| InFlight {
            delivery: d.id,
            part: d.next_part(),
        };
        found.iter().map(write).collect()
    }

    /// What became of these writes; those in `left` may still go.
    async fn became(&self, under_way: &[InFlight], left: &[InFlight]) -> Vec<UnderWay> {
        let mut all = Vec::new();
        for write in under_way {
            let Ok(Some(delivery)) = self.env.store.delivery(write.delivery).await else {
                continue;
            };
            let post = self.env.store.post(write.delivery.post).await.ok().flatten();
            let mut view = self.view(&delivery, post.as_ref());
            view.excerpt = self.part_excerpt(&delivery, post.as_ref(), write.part);
            all.push(UnderWay {
                delivery: view,
                part: write.part,
                became: became(&delivery, write.part),
                may_still_go: left.contains(write),
            });
        }
        all
    }
}

/// The ending of an order's id, for `resume --order`; nothing where there is no other order to tell it from.
fn called(order: &HaltOrder, all: &[HaltOrder]) -> String {
    if all.len() < 2 {
        return String::new();
    }
    let ids: Vec<String> = all.iter().map(|order| order.id.to_string()).collect();
    format!(" (order {})", ending(&order.id.to_string(), shorten(&ids)))
}

/// A fence that a lane has just written: what becomes of it is being written too.
fn is_fresh_fence(delivery: &Delivery, now: Timestamp) -> bool {
    match delivery.state() {
        State::Attempting { fence } => now.duration_since(fence.at) < SETTLING,
        _ => false,
    }
}

fn proof(drained: bool, is_daemon: bool, left: &[InFlight], unanswered: usize) -> String {
    if drained {
        let who = if is_daemon { "the daemon confirms: " } else { "" };
        return match unanswered {
            0 => format!("{who}nothing is on its way, and nothing new gets in"),
            n => format!("{who}nothing new gets in; {n} earlier sends never got an answer and may be public"),
        };
    }
    let n = left.len();
    format!(
        "{n} writes have not come back within {} s: they may still become public",
        DRAIN_MAX.as_secs()
    )
}

fn became(delivery: &Delivery, part: u16) -> String {
    if delivery.receipts.iter().any(|r| r.part == part) {
        return "is public: the answer came".to_owned();
    }
    match delivery.state_name() {
        StateName::Attempting => "still under way: no answer yet".to_owned(),
        StateName::Unknown => "not known: no answer came; soundpost looks at the network".to_owned(),
        state => format!("did not go out ({state})"),
    }
}

//! `recent`: what became public lately, what of it an event would hold now, and how to take it back.

use std::cmp::Reverse;

use jiff::Timestamp;
use soundpost_core::account::Account;
use soundpost_core::delivery::{Delivery, EventHold, State, StateName};
use soundpost_core::dispatch::guard_input;
use soundpost_core::guard::{self, Input};
use soundpost_core::port::store::Query;
use soundpost_core::post::Post;
use soundpost_core::receipt::Receipt;
use soundpost_core::schedule;

use super::App;
use super::error::{AppError, Kind};
use super::explain::touches;
use super::find::limit_of;
use super::retract::{Obstacle, is_being_taken_back};
use crate::control::protocol::{DeliveryView, Met, PublicAsk, Recent, RecentView};
use crate::output::visible;

/// What is looked at when no time is named.
const LATELY: &str = "24h";

/// A span of time, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    /// Its first instant.
    pub(super) since: Timestamp,
    /// Its last.
    pub(super) until: Timestamp,
}

impl Period {
    /// True when the instant is in it.
    pub(super) fn has(&self, at: Timestamp) -> bool {
        self.since <= at && at <= self.until
    }
}

impl App {
    /// What became public lately, newest first.
    ///
    /// # Errors
    /// [`AppError`] when a time, account, network or id does not read, or the store cannot be read.
    pub async fn recent(&self, ask: &PublicAsk) -> Result<Recent, AppError> {
        let period = self.period(ask, Some(LATELY))?;
        let mut found: Vec<(Timestamp, Delivery)> = self
            .published(ask, period)
            .await?
            .into_iter()
            .filter_map(|d| Some((newest(&d, period)?, d)))
            .collect();
        found.sort_by_key(|(at, delivery)| Reverse((*at, delivery.id)));
        let all = found.len();
        found.truncate(limit_of(ask.limit));
        let mut posts = Vec::with_capacity(found.len());
        for (at, delivery) in &found {
            let post = self.env.store.post(delivery.id.post).await?;
            posts.push(self.recent_view(*at, delivery, post.as_ref()));
        }
        Ok(Recent {
            since: period.since.to_string(),
            since_shown: self.teller(&self.zone).instant(period.since),
            more: all - posts.len(),
            unsure: self.unsure(ask, period).await?,
            take_back_touching: take_back_touching(&posts),
            posts,
            narrowed: is_narrowed(ask),
        })
    }

    /// The time that was asked for. `otherwise` = since when, if nothing was typed; none = always.
    ///
    /// # Errors
    /// [`AppError`] when it does not read, begins in the future, or ends before it begins.
    pub(super) fn period(&self, ask: &PublicAsk, otherwise: Option<&str>) -> Result<Period, AppError> {
        let now = self.now();
        let read = |typed: &str| {
            schedule::resolve_past(typed, now, &self.zone, &self.env.zones)
                .map(|due| due.at)
                .map_err(|error| AppError::bad_input(visible(&error.to_string())))
        };
        let since = ask.since.as_deref().or(otherwise).map(read).transpose()?;
        let until = ask.until.as_deref().map(read).transpose()?;
        let period = Period {
            since: since.unwrap_or(Timestamp::MIN),
            until: until.unwrap_or(Timestamp::MAX),
        };
        if period.since > now {
            let error = AppError::bad_input("that time begins in the future: nothing is public yet");
            return Err(error.help("what is still to come:  soundpost queue"));
        }
        if period.until < period.since {
            return Err(AppError::bad_input("that time would end before it begins"));
        }
        Ok(period)
    }

    /// The deliveries with a receipt of that time, that were asked for.
    pub(super) async fn published(&self, ask: &PublicAsk, period: Period) -> Result<Vec<Delivery>, AppError> {
        let mut found = if ask.ids.is_empty() {
            let query = Query {
                account: self.account_typed(ask.account.as_deref())?,
                published_since: Some(period.since),
                ..Query::default()
            };
            self.env.store.list(&query).await?
        } else {
            self.find_all(&ask.ids).await?
        };
        self.keep_asked(ask, &mut found)?;
        found.retain(|d| d.receipts.iter().any(|r| period.has(r.at)));
        Ok(found)
    }

    fn keep_asked(&self, ask: &PublicAsk, found: &mut Vec<Delivery>) -> Result<(), AppError> {
        let account = self.account_typed(ask.account.as_deref())?;
        if let Some(network) = &ask.network
            && self.env.adapters.get(network).is_none()
        {
            let error = format!("there is no network '{}'", visible(network));
            let known = self.env.adapters.names().join(", ");
            return Err(AppError::new(Kind::NotFound, error).help(format!("there are: {known}")));
        }
        found.retain(|d| {
            account.is_none_or(|a| a == d.account) && ask.network.as_ref().is_none_or(|n| *n == d.network)
        });
        Ok(())
    }

    /// What was being sent in that time, and nobody knows whether it is public.
    async fn unsure(&self, ask: &PublicAsk, period: Period) -> Result<Vec<DeliveryView>, AppError> {
        let query = Query::in_states([StateName::Unknown, StateName::Attempting]);
        let mut found = self.env.store.list(&query).await?;
        self.keep_asked(ask, &mut found)?;
        found.retain(|d| match d.state() {
            State::Unknown { fence, .. } | State::Attempting { fence } => period.has(fence.at),
            _ => false,
        });
        self.views(&found).await
    }

    fn recent_view(&self, at: Timestamp, delivery: &Delivery, post: Option<&Post>) -> RecentView {
        let world = self.env.store.world();
        let account = world.accounts.get(&delivery.account);
        let zone = account.map_or(self.zone.as_str(), |a| a.zone.as_str());
        let holds = match (account, post) {
            (Some(account), Some(post)) => self.would_hold(delivery, account, post),
            _ => Vec::new(),
        };
        let obstacle = self.obstacle(delivery);
        let asked = is_being_taken_back(delivery);
        RecentView {
            at: at.to_string(),
            at_shown: self.teller(zone).instant(at),
            standing: self.standing(zone, delivery),
            touches: holds.iter().any(|h| !h.touches.is_empty()),
            events: holds.iter().map(met).collect(),
            approved: delivery
                .approval
                .as_ref()
                .map(|a| format!("{}: {}", visible(&a.by), visible(&a.reason))),
            take_back: (obstacle.is_none() && !asked)
                .then(|| format!("retract {} --reason WHY", delivery.id)),
            by_hand: match obstacle {
                Some(Obstacle::ByHand(why)) => Some(why.to_owned()),
                _ => None,
            },
            delivery: self.view(delivery, post),
        }
    }

    /// The events that would hold it now, if it were not public. That a person let it through does not count: this
    /// person is to see it.
    fn would_hold(&self, delivery: &Delivery, account: &Account, post: &Post) -> Vec<EventHold> {
        let input = Input {
            approval: None,
            ..guard_input(delivery, account, post, self.now())
        };
        guard::judge_events(&input, &self.env.store.world(), &self.env.zones).holds
    }

    /// How public it is.
    fn standing(&self, zone: &str, delivery: &Delivery) -> String {
        let receipts = &delivery.receipts;
        let public = receipts.iter().filter(|r| r.gone_at.is_none()).count();
        let all = usize::from(delivery.parts_total);
        let mut said = match (public, all) {
            (0, _) => gone(&self.teller(zone), delivery),
            (1, 1) => "public".to_owned(),
            (n, all) if n == all => format!("public, {all} parts"),
            (n, all) => format!("{n} of {all} parts public"),
        };
        if let Some(retract) = &delivery.retract {
            let last = retract.last.as_deref().unwrap_or("not tried yet");
            let (by, last) = (visible(&retract.by), visible(last));
            said.push_str(&format!("; being taken back for {by}: {last}"));
        }
        said
    }
}

fn gone(teller: &super::explain::Teller<'_>, delivery: &Delivery) -> String {
    let why = match delivery.state() {
        State::Gone { why } => visible(why).into_owned(),
        _ => "taken back".to_owned(),
    };
    let at = delivery.receipts.iter().filter_map(|r| r.gone_at).max();
    let at = at.map_or_else(String::new, |at| format!(" {}", teller.instant(at)));
    format!("no longer public: {why}{at}")
}

/// True when the question named what it is about.
pub(super) fn is_narrowed(ask: &PublicAsk) -> bool {
    ask.account.is_some() || ask.network.is_some() || !ask.ids.is_empty()
}

/// When the newest part of that time became public.
fn newest(delivery: &Delivery, period: Period) -> Option<Timestamp> {
    let at = |receipt: &Receipt| Some(receipt.at).filter(|at| period.has(*at));
    delivery.receipts.iter().filter_map(at).max()
}

fn met(hold: &EventHold) -> Met {
    let words = touches(&hold.touches);
    let title = visible(&hold.title).into_owned();
    let said = if words.is_empty() {
        format!(
            "{} event \"{title}\" would hold it now (rule {})",
            hold.severity, hold.rule
        )
    } else {
        format!("touches {} event \"{title}\": {words}", hold.severity)
    };
    Met {
        event: hold.event.to_string(),
        title,
        severity: hold.severity,
        rule: hold.rule.to_string(),
        words: hold
            .touches
            .iter()
            .map(|t| visible(&t.found).into_owned())
            .collect(),
        said,
    }
}

fn take_back_touching(posts: &[RecentView]) -> Option<String> {
    let ids: Vec<String> = posts
        .iter()
        .filter(|p| p.touches && p.take_back.is_some())
        .map(|p| p.delivery.id.to_string())
        .collect();
    (!ids.is_empty()).then(|| format!("retract {} --reason WHY", ids.join(" ")))
}

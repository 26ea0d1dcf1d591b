//! The lines in which deliveries wait: one line for each account, the heads of all lines by the time they are
//! ready, those that are to be looked at, and who holds what. In memory only; made anew at each open.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use soundpost_core::delivery::Delivery;
use soundpost_core::id::{AccountId, DeliveryId};

use crate::verbs::HeldClaim;

/// The answer to "what is due?", by names only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// It waits no longer.
    Due {
        /// The claim.
        token: u64,
        /// The delivery.
        delivery: DeliveryId,
    },
    /// It is to be looked at.
    Check {
        /// The claim.
        token: u64,
        /// The delivery.
        delivery: DeliveryId,
    },
    /// Nothing now.
    Nothing {
        /// When the next one is ready, if any.
        wake_at: Option<Timestamp>,
    },
}

/// What the lines remember of a delivery that waits or is to be looked at.
#[derive(Debug, Clone, Copy)]
struct Spot {
    account: AccountId,
    order_at: Timestamp,
    ready_at: Option<Timestamp>,
    check_at: Option<Timestamp>,
    version: u64,
    not_before: Option<Timestamp>,
}

impl Spot {
    fn of(delivery: &Delivery) -> Spot {
        Spot {
            account: delivery.account,
            order_at: delivery.order_at(),
            ready_at: delivery.ready_at(),
            check_at: delivery.check_at(),
            version: delivery.version,
            not_before: None,
        }
    }

    fn not_before(&self, at: Timestamp) -> Timestamp {
        self.not_before.map_or(at, |limit| limit.max(at))
    }
}

#[derive(Debug, Clone, Copy)]
struct Hold {
    claim: HeldClaim,
    account: AccountId,
}

/// A place among the heads: when it is ready, its place in its line, its name.
type Head = (Timestamp, Timestamp, DeliveryId);

/// All lines and all claims. Every step takes logarithmic time.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    spots: BTreeMap<DeliveryId, Spot>,
    waiting: BTreeMap<AccountId, BTreeSet<(Timestamp, DeliveryId)>>,
    heads: BTreeSet<Head>,
    head_of: BTreeMap<AccountId, Head>,
    checks: BTreeSet<(Timestamp, DeliveryId)>,
    holds: BTreeMap<u64, Hold>,
    held_by: BTreeMap<DeliveryId, u64>,
    busy: BTreeSet<AccountId>,
    newest_token: u64,
}

impl Lines {
    /// Takes note of a delivery's new state. A claim on it ends, unless it moved under that claim.
    pub(crate) fn set(&mut self, delivery: &Delivery, moved_under: Option<u64>) {
        let holder = self.held_by.get(&delivery.id).copied();
        let old = self.take_out(delivery.id);
        let mut spot = Spot::of(delivery);
        match holder {
            Some(token) if Some(token) == moved_under => {
                spot.not_before = old.and_then(|o| o.not_before);
                if let Some(hold) = self.holds.get_mut(&token) {
                    hold.claim.version = delivery.version;
                }
            }
            Some(token) => self.end(token),
            None => {}
        }
        self.put_in(delivery.id, spot);
        self.refresh_head(delivery.account);
    }

    /// Claims the first that is ready at this instant; those to be looked at come first.
    pub(crate) fn claim(&mut self, now: Timestamp) -> Offer {
        if let Some((_, id)) = self.checks.first().copied().filter(|(at, _)| *at <= now) {
            let token = self.hold(id, true);
            return token.map_or(Offer::Nothing { wake_at: Some(now) }, |token| Offer::Check {
                token,
                delivery: id,
            });
        }
        if let Some((_, _, id)) = self.heads.first().copied().filter(|(at, _, _)| *at <= now) {
            let token = self.hold(id, false);
            return token.map_or(Offer::Nothing { wake_at: Some(now) }, |token| Offer::Due {
                token,
                delivery: id,
            });
        }
        Offer::Nothing {
            wake_at: self.first_at(),
        }
    }

    /// Claims this one, whatever its time and its place in the line; none when it does not wait, or is held, or its
    /// account is busy.
    pub(crate) fn claim_one(&mut self, id: DeliveryId) -> Option<u64> {
        let spot = self.spots.get(&id).filter(|spot| spot.ready_at.is_some())?;
        if self.held_by.contains_key(&id) || self.busy.contains(&spot.account) {
            return None;
        }
        self.hold(id, false)
    }

    /// When the first one is ready or to be looked at.
    pub(crate) fn first_at(&self) -> Option<Timestamp> {
        let check = self.checks.first().map(|(at, _)| *at);
        let head = self.heads.first().map(|(at, _, _)| *at);
        check.into_iter().chain(head).min()
    }

    /// Gives a claim back; the delivery is not offered again before this time. A lost claim is no error.
    pub(crate) fn abandon(&mut self, token: u64, not_before: Option<Timestamp>) {
        let Some(hold) = self.holds.get(&token).copied() else {
            return;
        };
        let id = hold.claim.delivery;
        let spot = self.take_out(id);
        self.end(token);
        if let Some(spot) = spot {
            self.put_in(id, Spot { not_before, ..spot });
        }
        self.refresh_head(hold.account);
    }

    /// What this token holds.
    pub(crate) fn held(&self, token: u64) -> Option<HeldClaim> {
        self.holds.get(&token).map(|hold| hold.claim)
    }

    /// Who holds this delivery.
    pub(crate) fn holder(&self, id: DeliveryId) -> Option<u64> {
        self.held_by.get(&id).copied()
    }

    fn hold(&mut self, id: DeliveryId, to_check: bool) -> Option<u64> {
        let spot = self.take_out(id)?;
        self.newest_token += 1;
        let token = self.newest_token;
        let claim = HeldClaim {
            delivery: id,
            version: spot.version,
            to_check,
        };
        self.holds.insert(
            token,
            Hold {
                claim,
                account: spot.account,
            },
        );
        self.held_by.insert(id, token);
        if !to_check {
            self.busy.insert(spot.account);
        }
        self.put_in(id, spot);
        self.refresh_head(spot.account);
        Some(token)
    }

    fn end(&mut self, token: u64) {
        let Some(hold) = self.holds.remove(&token) else {
            return;
        };
        self.held_by.remove(&hold.claim.delivery);
        if !hold.claim.to_check {
            self.busy.remove(&hold.account);
        }
    }

    fn take_out(&mut self, id: DeliveryId) -> Option<Spot> {
        let spot = self.spots.remove(&id)?;
        if let Some(line) = self.waiting.get_mut(&spot.account) {
            line.remove(&(spot.order_at, id));
            if line.is_empty() {
                self.waiting.remove(&spot.account);
            }
        }
        if let Some(at) = spot.check_at {
            self.checks.remove(&(spot.not_before(at), id));
        }
        Some(spot)
    }

    /// A claimed delivery keeps its place in the line, so that nothing overtakes it, but is not offered.
    fn put_in(&mut self, id: DeliveryId, spot: Spot) {
        if spot.ready_at.is_none() && spot.check_at.is_none() {
            return;
        }
        if spot.ready_at.is_some() {
            self.waiting
                .entry(spot.account)
                .or_default()
                .insert((spot.order_at, id));
        }
        if let Some(at) = spot.check_at.filter(|_| !self.held_by.contains_key(&id)) {
            self.checks.insert((spot.not_before(at), id));
        }
        self.spots.insert(id, spot);
    }

    fn refresh_head(&mut self, account: AccountId) {
        if let Some(old) = self.head_of.remove(&account) {
            self.heads.remove(&old);
        }
        if self.busy.contains(&account) {
            return;
        }
        let first = self.waiting.get(&account).and_then(|line| line.first()).copied();
        let Some((order_at, id)) = first.filter(|(_, id)| !self.held_by.contains_key(id)) else {
            return;
        };
        let spot = self.spots.get(&id);
        if let Some(ready_at) = spot.and_then(|s| s.ready_at.map(|at| s.not_before(at))) {
            let head = (ready_at, order_at, id);
            self.head_of.insert(account, head);
            self.heads.insert(head);
        }
    }
}

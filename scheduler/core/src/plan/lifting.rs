//! Which pauses a resume ends, which stay in force, and which deliveries that concerns.

use jiff::{SignedDuration, Timestamp};

use crate::clock_doubt::HALTED_BY;
use crate::delivery::{Delivery, HoldReason, State};
use crate::halt::{HaltCause, HaltOrder};
use crate::id::OrderId;

/// How far ahead a plan looks.
pub const PLAN_AHEAD: SignedDuration = SignedDuration::from_hours(72);

/// The orders that a resume ends, and those that it leaves in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lifting {
    /// It ends these.
    pub ended: Vec<HaltOrder>,
    /// These stay in force.
    pub left: Vec<HaltOrder>,
    /// True when the switch cannot be read, which silences everything.
    pub is_unreadable: bool,
}

impl Lifting {
    /// Since when what ends has silenced this delivery; none when it does not.
    pub fn paused_at(&self, delivery: &Delivery) -> Option<Timestamp> {
        let subject = delivery.subject();
        let covering = self.ended.iter().filter(|order| order.scope.covers(&subject));
        let paused_at = covering.map(|order| order.at).min();
        paused_at.or(self.is_unreadable.then_some(Timestamp::MAX))
    }

    /// True when nothing but doubtful clocks had silenced this delivery: it was late, and nobody has decided about it.
    pub fn is_clock_doubt(&self, delivery: &Delivery) -> bool {
        let subject = delivery.subject();
        let mut covering = self
            .ended
            .iter()
            .filter(|order| order.scope.covers(&subject))
            .peekable();
        covering.peek().is_some() && covering.all(|order| order.who == HALTED_BY)
    }

    /// The order that goes on silencing this delivery, if any does.
    pub fn still_covered_by(&self, delivery: &Delivery) -> Option<&HaltOrder> {
        let subject = delivery.subject();
        self.left.iter().find(|order| order.scope.covers(&subject))
    }

    /// True when a resume must ask about this delivery: halted by what ends, or covered by it, waiting, due before the
    /// horizon, and written before the pause. What an event holds is asked about when it came due since the pause, or
    /// is still to come. What another order covers is asked about only when what ends had held it.
    pub fn concerns(&self, delivery: &Delivery, now: Timestamp) -> bool {
        let halts = halts_of(delivery);
        if !halts.is_empty() {
            return self.ends_hold(&halts, delivery);
        }
        if self.still_covered_by(delivery).is_some() {
            return false;
        }
        let Some(paused_at) = self.paused_at(delivery) else {
            return false;
        };
        match delivery.state() {
            State::Held { .. } => {
                is_by_event(delivery) && delivery.due.at >= paused_at && comes_soon(delivery, paused_at, now)
            }
            state => state.name().waits() && comes_soon(delivery, paused_at, now),
        }
    }

    /// True when the hold names an order that ends. What an order has left behind that is in force no more belongs to
    /// whatever covers it, and to a resume that leaves none.
    fn ends_hold(&self, halts: &[&HaltCause], delivery: &Delivery) -> bool {
        let ids: Vec<OrderId> = halts.iter().filter_map(|cause| order_of(cause)).collect();
        let names_one_of = |orders: &[HaltOrder]| orders.iter().any(|order| ids.contains(&order.id));
        if names_one_of(&self.ended) {
            return true;
        }
        !names_one_of(&self.left) && (self.left.is_empty() || self.paused_at(delivery).is_some())
    }
}

/// The halts among the reasons of a hold.
fn halts_of(delivery: &Delivery) -> Vec<&HaltCause> {
    let State::Held { reasons, .. } = delivery.state() else {
        return Vec::new();
    };
    let halts = reasons.iter().filter_map(|reason| match reason {
        HoldReason::Halt(cause) => Some(cause),
        _ => None,
    });
    halts.collect()
}

fn order_of(cause: &HaltCause) -> Option<OrderId> {
    match cause {
        HaltCause::Order(order) => Some(order.id),
        HaltCause::SwitchUnreadable { .. } => None,
    }
}

fn comes_soon(delivery: &Delivery, paused_at: Timestamp, now: Timestamp) -> bool {
    let horizon = now.checked_add(PLAN_AHEAD).unwrap_or(Timestamp::MAX);
    delivery.written_at <= paused_at && delivery.due.at <= horizon
}

/// True when events or calendars hold it, and nothing else does.
pub(super) fn is_by_event(delivery: &Delivery) -> bool {
    match delivery.state() {
        State::Held { reasons, .. } => reasons.iter().all(|r| matches!(r, HoldReason::Event(_))),
        _ => false,
    }
}

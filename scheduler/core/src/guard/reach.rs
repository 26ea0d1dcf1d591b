//! What a change of one event can reach: which deliveries have to be judged anew, told without reading a post.
//!
//! Too many cost time and do no harm, for each is judged by the rules afterwards. One too few would go out, or stay
//! held, until a lane looks at it.

use jiff::Timestamp;

use super::{area, concerns, sells_or_cheers};
use crate::account::Account;
use crate::delivery::{Delivery, HoldReason, MeantFor, State};
use crate::event::{Event, Severity, Stage};

/// A change of one event, seen from one instant.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    before: Option<&'a Event>,
    after: &'a Event,
    now: Timestamp,
}

/// The due times that an event reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueTimes {
    /// Not before this; none = whatever is overdue too.
    pub from: Option<Timestamp>,
    /// Before this; none = for ever.
    pub until: Option<Timestamp>,
}

/// Whether a delivery has to be judged anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meets {
    /// It cannot change.
    Not,
    /// It can, if its words touch the event.
    ByItsWords,
    /// It can, whatever it says.
    Surely,
}

impl<'a> Reach<'a> {
    /// The change from one state of an event, or from none, to another.
    pub fn new(before: Option<&'a Event>, after: &'a Event, now: Timestamp) -> Reach<'a> {
        Reach { before, after, now }
    }

    /// The event after the change.
    pub fn event(&self) -> &'a Event {
        self.after
    }

    /// The due times at which the event may hold what waits; none when it holds nothing from now on. What is overdue
    /// counts as due now.
    pub fn due_times(&self) -> Option<DueTimes> {
        let event = self.after;
        let from = Some(event.starts_at).filter(|at| *at > self.now);
        if event.stage != Stage::Open || event.is_over_at(from.unwrap_or(self.now)) {
            return None;
        }
        // An event still counts at the instant of its end.
        let end = event.ends_at.map(after_it);
        let faded = event.steps().last().map(|step| step.at);
        Some(DueTimes {
            from,
            until: end.into_iter().chain(faded).min(),
        })
    }

    /// Whether the change may move this delivery.
    pub fn meets(&self, delivery: &Delivery, account: &Account) -> Meets {
        if names(delivery, self.after) {
            return Meets::Surely;
        }
        let (event, at) = (self.after, delivery.due.at.max(self.now));
        if !event.counts_at(at) || !concerns(event, account) || !self.is_in_area(delivery, account) {
            return Meets::Not;
        }
        let severity = event.severity_at(at);
        // What a person approved may need another look: an event that lasts longer voids it.
        if delivery.approval.is_none() && self.was_as_bad(severity, at) {
            return Meets::Not;
        }
        match severity {
            Severity::Critical => Meets::Surely,
            Severity::High if sells_or_cheers(delivery.category) => Meets::Surely,
            Severity::High | Severity::Watch => Meets::ByItsWords,
        }
    }

    fn is_in_area(&self, delivery: &Delivery, account: &Account) -> bool {
        match &delivery.meant_for {
            MeantFor::Untold => true,
            MeantFor::Account => area::overlaps(self.after, &account.audience),
            MeantFor::Own(audience) => area::overlaps(self.after, audience),
        }
    }

    /// True when the event was at least as bad for that instant before the change, and about the same.
    fn was_as_bad(&self, severity: Severity, at: Timestamp) -> bool {
        self.before.is_some_and(|before| {
            before.counts_at(at)
                && severity <= before.severity_at(at)
                && is_about_the_same(before, self.after)
        })
    }
}

fn after_it(at: Timestamp) -> Timestamp {
    let next = at.checked_add(jiff::SignedDuration::from_nanos(1));
    next.unwrap_or(Timestamp::MAX)
}

/// True when this event is one of the reasons why the delivery is held.
fn names(delivery: &Delivery, event: &Event) -> bool {
    let State::Held { reasons, .. } = delivery.state() else {
        return false;
    };
    let is_it = |reason: &HoldReason| matches!(reason, HoldReason::Event(hold) if hold.event == event.id);
    reasons.iter().any(is_it)
}

/// True when the same posts touch both, in the same place.
fn is_about_the_same(a: &Event, b: &Event) -> bool {
    a.kind == b.kind && a.sources == b.sources && a.scope() == b.scope()
}

#[cfg(test)]
mod tests;

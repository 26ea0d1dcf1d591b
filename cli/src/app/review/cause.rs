//! Which group of `review` a delivery stands in: the one reason that a person should look at first, in words.

use soundpost_core::delivery::{Delivery, EventHold, FailKind, HoldReason, State};
use soundpost_core::event::Severity;
use soundpost_core::halt::HaltCause;
use soundpost_core::id::EventId;
use soundpost_core::world::World;

use crate::app::explain::{Teller, because, held_by, rule_words};
use crate::output::visible;

/// How urgent a group is before time is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Something of it is public, or may be.
    Public,
    /// It waits for a word, and time goes on.
    Waits,
    /// It went wrong: nothing happens by itself.
    Failed,
    /// Its time has passed.
    Missed,
}

/// The reason that a delivery is listed under. Those with one `kind` and `key` are one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    /// How urgent it is before time is looked at.
    pub rank: Rank,
    /// Which kind of reason.
    pub kind: &'static str,
    /// What tells it from others of its kind.
    pub key: String,
    /// The reason in words.
    pub title: String,
    /// What there is to know about the reason.
    pub about: Vec<String>,
    /// What there is to know about this delivery.
    pub evidence: Vec<String>,
    /// The event, where it is about one.
    pub event: Option<EventId>,
}

impl Cause {
    /// A reason that waits for a word, without more to say.
    pub(super) fn new(kind: &'static str, title: impl Into<String>) -> Cause {
        Cause {
            rank: Rank::Waits,
            kind,
            key: String::new(),
            title: title.into(),
            about: Vec::new(),
            evidence: Vec::new(),
            event: None,
        }
    }
}

/// Says causes: `here` for the whole group, `there` in the zone of the delivery's account.
pub(super) struct Causes<'a> {
    pub here: Teller<'a>,
    pub there: Teller<'a>,
    pub world: &'a World,
    /// The account's label.
    pub account: &'a str,
}

impl Causes<'_> {
    /// The cause of one that needs a person; and what else holds it. `wanted` is the event that was asked about.
    pub(super) fn of(&self, delivery: &Delivery, wanted: Option<EventId>) -> Option<(Cause, Vec<String>)> {
        let State::Held { reasons, .. } = delivery.state() else {
            return self.of_state(delivery).map(|cause| (cause, Vec::new()));
        };
        let first = first_reason(reasons, wanted)?;
        let others = reasons.iter().filter(|reason| *reason != first);
        let also = others.map(|reason| self.there.reason(reason)).collect();
        Some((self.held(first), also))
    }

    fn of_state(&self, delivery: &Delivery) -> Option<Cause> {
        let mut cause = match delivery.state() {
            State::Unknown { look_at: None, .. } => Cause {
                rank: Rank::Public,
                ..Cause::new("unknown", "may be public, and nobody but you can tell")
            },
            State::Unknown { .. } => Cause {
                rank: Rank::Public,
                key: "looking".to_owned(),
                ..Cause::new("unknown", "may be public: the network is being asked")
            },
            State::Failed { kind, .. } => self.failed(*kind),
            State::Missed { .. } => Cause {
                rank: Rank::Missed,
                ..Cause::new("missed", "missed: too late to go by itself")
            },
            _ => return None,
        };
        cause.evidence = self.there.note(delivery);
        Some(cause)
    }

    fn failed(&self, kind: FailKind) -> Cause {
        let title = match kind {
            FailKind::Refused => "failed: the network refused it".to_owned(),
            FailKind::Login => format!("failed: account {} needs a login", self.account),
            FailKind::Unsupported => "failed: this account cannot send it".to_owned(),
            FailKind::MediaGone => "failed: a media file is missing or damaged".to_owned(),
        };
        Cause {
            rank: Rank::Failed,
            key: title.clone(),
            ..Cause::new(
                if kind == FailKind::Login {
                    "login"
                } else {
                    "failed"
                },
                title,
            )
        }
    }

    /// The wording of each reason to hold: a new reason is one arm.
    fn held(&self, reason: &HoldReason) -> Cause {
        match reason {
            HoldReason::Event(hold) => self.event(hold),
            HoldReason::Rule(hold) => Cause {
                key: hold.key(),
                about: vec![self.here.reason(reason)],
                ..Cause::new(
                    "rule",
                    format!("{} {}", rule_words(hold.rule), visible(&hold.limit)),
                )
            },
            HoldReason::Halt(HaltCause::Order(order)) => Cause {
                key: order.id.to_string(),
                about: vec![self.here.reason(reason)],
                ..Cause::new("pause", "came due while it was paused")
            },
            HoldReason::Halt(HaltCause::SwitchUnreadable { .. }) => Cause {
                about: vec![self.here.reason(reason)],
                ..Cause::new("pause", "came due while the kill switch could not be read")
            },
            HoldReason::Person { by, why } => Cause {
                key: format!("{by} {why}"),
                ..Cause::new("person", held_by(by, why))
            },
            HoldReason::BrokenThread { .. } => Cause {
                rank: Rank::Public,
                evidence: vec![self.there.reason(reason)],
                ..Cause::new("broken_thread", "a thread that stopped in the middle")
            },
            HoldReason::StaleSource { why } => Cause {
                key: why.clone(),
                ..Cause::new("stale_source", self.here.reason(reason))
            },
            HoldReason::ClockDoubt { why } => Cause {
                key: why.clone(),
                ..Cause::new("clock", self.here.reason(reason))
            },
            HoldReason::Waits { .. } => Cause {
                evidence: vec![self.there.reason(reason)],
                ..Cause::new("waits", "must follow a post that is not public")
            },
        }
    }

    fn event(&self, hold: &EventHold) -> Cause {
        let event = self.world.events.get(&hold.event);
        let severity: Severity = event.map_or(hold.severity, |e| e.severity_at(self.here.now));
        let title = event.map_or(&hold.title, |e| &e.title);
        let until = match hold.until {
            Some(at) => format!("it holds until {}", self.here.instant(at)),
            None => "it holds until somebody ends it".to_owned(),
        };
        Cause {
            key: hold.event.to_string(),
            about: vec![format!("{}; {until}", visible(&hold.source))],
            evidence: vec![because(hold)],
            event: Some(hold.event),
            ..Cause::new("event", format!("{severity} event \"{}\"", visible(title)))
        }
    }
}

/// The reason that a person should look at first: the event that was asked about; else a thread that is half public,
/// then a pause, then as the guard has sorted them, the worst first.
fn first_reason(reasons: &[HoldReason], wanted: Option<EventId>) -> Option<&HoldReason> {
    let is_wanted = |r: &&HoldReason| matches!(r, HoldReason::Event(hold) if Some(hold.event) == wanted);
    let is_thread = |r: &&HoldReason| matches!(r, HoldReason::BrokenThread { .. });
    let is_halt = |r: &&HoldReason| matches!(r, HoldReason::Halt(_));
    let mut all = reasons.iter();
    let first = all
        .clone()
        .find(is_wanted)
        .or_else(|| all.clone().find(is_thread));
    first.or_else(|| all.clone().find(is_halt)).or_else(|| all.next())
}

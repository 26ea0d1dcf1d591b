//! What would let a held delivery go: by itself, or by whom.

use soundpost_core::delivery::{Delivery, HoldReason, RuleName, State};
use soundpost_core::duty::review::may_release_itself;
use soundpost_core::id::ENDING_CHARS_MIN;
use soundpost_core::world::World;

use super::explain::{Teller, rule_words};
use super::view::resume_words;
use crate::output::{ending, visible};

/// What would let it go, a sentence for each reason and one for all; empty when it is not held.
pub(super) fn lets_go(teller: &Teller<'_>, world: &World, delivery: &Delivery) -> Vec<String> {
    let State::Held { reasons, .. } = delivery.state() else {
        return Vec::new();
    };
    let mut said: Vec<String> = reasons
        .iter()
        .map(|reason| ends(teller, world, delivery, reason))
        .collect();
    said.dedup();
    let fresh_until = teller.instant(delivery.fresh_until());
    let ends_too_late = reasons
        .iter()
        .filter_map(HoldReason::until)
        .any(|end| end > delivery.fresh_until());
    said.push(match may_release_itself(delivery, teller.now) {
        true if ends_too_late => {
            format!("that is too late for it: unless somebody ends it before {fresh_until}, a person decides")
        }
        true => format!(
            "once nothing holds it, it goes again by itself, until {fresh_until}; after that a person decides"
        ),
        false => "it does not go again by itself: a person decides".to_owned(),
    });
    said
}

/// What ends one reason.
fn ends(teller: &Teller<'_>, world: &World, delivery: &Delivery, reason: &HoldReason) -> String {
    let id = delivery.id;
    match reason {
        HoldReason::Event(hold) => {
            let title = visible(&hold.title);
            let by_hand = world
                .events
                .get(&hold.event)
                .is_some_and(|e| e.ended_at.is_none());
            let mut ways = Vec::new();
            ways.extend(hold.until.map(|at| format!("by itself {}", teller.instant(at))));
            if by_hand {
                ways.push(format!(
                    "soundpost event end {}",
                    ending(&hold.event.to_string(), ENDING_CHARS_MIN)
                ));
            }
            if ways.is_empty() {
                return format!("\"{title}\" has ended: soundpost release {id}");
            }
            format!("the end of \"{title}\": {}", ways.join(", or "))
        }
        HoldReason::Rule(hold) if hold.rule == RuleName::Trend => {
            format!(
                "somebody looks at {}: soundpost approve {id} --reason WHY",
                visible(&hold.limit)
            )
        }
        HoldReason::Rule(hold) => {
            let by_itself = hold.until.map(|at| format!("by itself {}", teller.instant(at)));
            let approve = format!("soundpost approve {id} --reason WHY");
            let ways: Vec<String> = by_itself.into_iter().chain([approve]).collect();
            let what = rule_words(hold.rule).trim_end_matches(':');
            format!("the end of {what}: {}", ways.join(", or "))
        }
        HoldReason::Halt(_) => {
            format!(
                "the end of the pause, with a plan: soundpost {}",
                resume_words(delivery)
            )
        }
        HoldReason::Person { by, .. } => {
            format!("{} or somebody else: soundpost release {id}", visible(by))
        }
        HoldReason::StaleSource { .. } => {
            format!("the source can be read again, and then: soundpost release {id}")
        }
        HoldReason::ClockDoubt { .. } => {
            format!("somebody looks at the clock, and then: soundpost release {id}")
        }
        HoldReason::Waits { after, .. } => format!("{after} is public, or: soundpost release {id}"),
        HoldReason::BrokenThread { .. } => format!("the rest of the thread is to go: soundpost release {id}"),
    }
}

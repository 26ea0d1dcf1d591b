//! Shadow: the guard judges and says what it would hold, and holds nothing but what a critical event holds. For whoever
//! wants to see it at work before they let it stop anything. The kill switch is not touched by it.
//!
//! It is a filter at the end of a verdict. What was held before the account was put into shadow stays held until a
//! person lets it go: switching it on releases nothing by itself.

use jiff::tz::TimeZoneDatabase;

use super::{Input, Verdict, judge};
use crate::account::Account;
use crate::delivery::{Delivery, EventHold, HoldReason, RuleName, State};
use crate::event::Severity;
use crate::world::World;

/// So many events are named in the evidence.
const NAMED_MAX: usize = 5;

/// The guard's verdict on a delivery, in shadow where its account is.
pub fn verdict(delivery: &Delivery, input: &Input<'_>, world: &World, zones: &TimeZoneDatabase) -> Verdict {
    let verdict = judge(input, world, zones);
    match covers(input.account, delivery) {
        true => filtered(verdict),
        false => verdict,
    }
}

/// True when the guard only watches over this delivery: its account is in shadow, and it is not held from before that.
pub fn covers(account: &Account, delivery: &Delivery) -> bool {
    account.shadow.is_some() && !is_held_from_before(delivery)
}

/// In shadow nothing is held but by critical events, so that any other event is a reason of before.
fn is_held_from_before(delivery: &Delivery) -> bool {
    let State::Held { reasons, .. } = delivery.state() else {
        return false;
    };
    reasons.iter().any(is_only_told)
}

/// True for an event that holds nothing in shadow.
pub fn lets_go(hold: &EventHold) -> bool {
    hold.severity < Severity::Critical
}

/// True for what holds nothing in shadow.
fn is_only_told(reason: &HoldReason) -> bool {
    match reason {
        HoldReason::Event(hold) => lets_go(hold),
        HoldReason::Rule(hold) => hold.rule == RuleName::Trend,
        HoldReason::StaleSource { .. } => true,
        _ => false,
    }
}

/// What is left of a verdict in shadow: critical events hold, and so do windows and limits, which are settings of the
/// account; all else is told as evidence.
pub fn filtered(verdict: Verdict) -> Verdict {
    let Verdict::Hold { reasons, .. } = verdict else {
        return verdict;
    };
    let (watched, kept): (Vec<_>, Vec<_>) = reasons.into_iter().partition(is_only_told);
    if kept.is_empty() {
        let watched: Vec<String> = watched.iter().filter_map(named).collect();
        let evidence = evidence(&watched);
        return Verdict::Allow { evidence };
    }
    let ends = kept.iter().map(HoldReason::until).collect::<Option<Vec<_>>>();
    Verdict::Hold {
        review_after: ends.and_then(|ends| ends.into_iter().max()),
        reasons: kept,
    }
}

/// How the evidence begins of what only shadow let go.
const BEGINS: &str = "shadow: would have been held:";

/// True when this evidence, or the end of it, says that only shadow let it go.
pub fn is_told(evidence: &str) -> bool {
    evidence.contains(BEGINS)
}

/// What would have held it, in one line; it goes into the receipt.
fn evidence(watched: &[String]) -> String {
    let shown = watched
        .iter()
        .take(NAMED_MAX)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match watched.len().saturating_sub(NAMED_MAX) {
        0 => format!("{BEGINS} {shown}"),
        more => format!("{BEGINS} {shown} and {more} more"),
    }
}

/// A reason that would have held it, with the words that met; none for a feed, which says itself what is wrong with it.
fn named(reason: &HoldReason) -> Option<String> {
    match reason {
        HoldReason::Event(hold) => {
            let words = hold.touches.iter().take(NAMED_MAX);
            let words: String = words.map(|touch| format!(" \"{}\"", touch.found)).collect();
            let colon = if words.is_empty() { "" } else { ":" };
            let (severity, title, rule) = (hold.severity, &hold.title, hold.rule);
            Some(format!(
                "{severity} event \"{title}\" (rule {rule}{colon}{words})"
            ))
        }
        HoldReason::Rule(hold) => Some(format!("rule {} ({})", hold.rule, hold.limit)),
        _ => None,
    }
}

/// A verdict on a delivery and the stale feeds that hold it. In shadow they hold nothing, and the evidence tells of them.
pub fn with_stale(
    delivery: &Delivery,
    account: &Account,
    verdict: Verdict,
    stale: Vec<HoldReason>,
) -> (Verdict, Vec<HoldReason>) {
    match covers(account, delivery) {
        true => (telling(verdict, &stale), Vec::new()),
        false => (verdict, stale),
    }
}

/// The verdict, with the stale feeds in its evidence where it lets go.
fn telling(verdict: Verdict, stale: &[HoldReason]) -> Verdict {
    let told = |evidence: String| {
        stale.iter().fold(evidence, |line, reason| match reason {
            HoldReason::StaleSource { why } => format!("{line}; {BEGINS} {why}"),
            _ => line,
        })
    };
    match verdict {
        Verdict::Allow { evidence } => Verdict::Allow {
            evidence: told(evidence),
        },
        Verdict::Warn { evidence, findings } => Verdict::Warn {
            evidence: told(evidence),
            findings,
        },
        held @ Verdict::Hold { .. } => held,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Rule, RuleHold, RuleSource};
    use crate::id::{EventId, Id};

    fn hold(severity: Severity, title: &str) -> EventHold {
        EventHold {
            event: EventId(Id::from_u128(1)),
            title: title.to_owned(),
            severity,
            source: "flagged by kim".to_owned(),
            rule: Rule::Category,
            touches: Vec::new(),
            area: "NO".to_owned(),
            until: None,
        }
    }

    fn verdict(severities: &[Severity]) -> Verdict {
        let event = |severity: &Severity| HoldReason::Event(hold(*severity, "Fire"));
        Verdict::Hold {
            reasons: severities.iter().map(event).collect(),
            review_after: None,
        }
    }

    #[test]
    fn what_is_not_critical_is_told_and_goes() {
        let Verdict::Allow { evidence } = filtered(verdict(&[Severity::High, Severity::Watch])) else {
            panic!("it is held");
        };
        let said = "shadow: would have been held: high event \"Fire\" (rule category), watch event \"Fire\" (rule category)";
        assert_eq!(evidence, said);
    }

    #[test]
    fn a_critical_event_holds_alone() {
        let reasons = filtered(verdict(&[Severity::Critical, Severity::High])).into_reasons();
        assert_eq!(reasons, [HoldReason::Event(hold(Severity::Critical, "Fire"))]);
    }

    #[test]
    fn a_hashtag_that_rises_is_named() {
        let rising = HoldReason::Rule(RuleHold {
            rule: RuleName::Trend,
            source: RuleSource::Trends {
                name: "radar".to_owned(),
            },
            limit: "#pizza".to_owned(),
            found: String::new(),
            until: None,
        });
        let verdict = Verdict::Hold {
            reasons: vec![rising],
            review_after: None,
        };
        let Verdict::Allow { evidence } = filtered(verdict) else {
            panic!("it is held");
        };
        assert_eq!(evidence, "shadow: would have been held: rule trend (#pizza)");
    }

    #[test]
    fn a_stale_feed_is_told_beside_advice() {
        let advice = Verdict::Warn {
            evidence: "no open events".to_owned(),
            findings: Vec::new(),
        };
        let stale = vec![HoldReason::StaleSource {
            why: "feed met was never read".to_owned(),
        }];
        let Verdict::Warn { evidence, .. } = telling(advice, &stale) else {
            panic!("the advice is lost");
        };
        let said = "no open events; shadow: would have been held: feed met was never read";
        assert_eq!(evidence, said);
    }

    #[test]
    fn what_is_allowed_stays_as_it_is() {
        let allowed = Verdict::Allow {
            evidence: "no open events".to_owned(),
        };
        assert_eq!(filtered(allowed.clone()), allowed);
    }
}

//! Reasons in plain words: every hold names the event, the rule, the words, and what would release it.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use soundpost_core::delivery::{Delivery, EventHold, HoldReason, Rule, RuleHold, RuleName, State, Touch};
use soundpost_core::halt::HaltCause;
use soundpost_core::schedule;

use crate::output::visible;

/// Says instants in one zone, seen from one moment.
pub struct Teller<'a> {
    /// The zone.
    pub zone: &'a str,
    /// The zone database.
    pub zones: &'a TimeZoneDatabase,
    /// Now.
    pub now: Timestamp,
    /// True where a daemon speaks, which looks after what is unknown.
    pub is_daemon: bool,
}

impl Teller<'_> {
    /// An instant for people.
    pub fn instant(&self, at: Timestamp) -> String {
        schedule::show_instant(at, self.zone, self.zones, self.now)
    }

    /// Why a delivery stands where it stands.
    pub fn note(&self, delivery: &Delivery) -> Vec<String> {
        let mut note = match delivery.state() {
            State::Held { reasons, .. } => reasons.iter().map(|r| self.reason(r)).collect(),
            State::RetryAt { at, why } => vec![format!("next try {}: {}", self.instant(*at), visible(why))],
            State::Missed { why } | State::Cancelled { why } | State::Gone { why } => {
                vec![visible(why).into_owned()]
            }
            State::Failed { kind, why } => vec![format!("{kind}: {}", visible(why))],
            State::Unknown { why, look_at, .. } => vec![self.unknown(why, *look_at)],
            State::Attempting { fence } => vec![format!(
                "part {} is being sent since {}",
                fence.part,
                self.instant(fence.at)
            )],
            State::Draft | State::Scheduled | State::Staged | State::Published => Vec::new(),
        };
        if let Some(staging) = &delivery.staging {
            note.extend(staging.warnings.iter().map(|w| visible(w).into_owned()));
        }
        if let Some(retract) = &delivery.retract {
            let last = retract.last.as_deref().unwrap_or("not tried yet");
            note.push(format!(
                "being taken back for {}: {}",
                visible(&retract.by),
                visible(last)
            ));
        }
        note
    }

    fn unknown(&self, why: &str, look_at: Option<Timestamp>) -> String {
        let why = visible(why);
        match look_at {
            Some(at) if self.is_daemon => {
                format!("{why}; soundpost looks at the network {}", self.instant(at))
            }
            Some(_) => format!("{why}; 'soundpost run' will look at the network"),
            None => format!("{why}; nobody but you can tell whether it is public"),
        }
    }

    /// One reason to hold, in a sentence or two.
    pub fn reason(&self, reason: &HoldReason) -> String {
        match reason {
            HoldReason::Halt(HaltCause::Order(order)) => format!(
                "paused by {} {}: {}",
                visible(&order.who),
                self.instant(order.at),
                visible(&order.reason)
            ),
            HoldReason::Halt(cause @ HaltCause::SwitchUnreadable { .. }) => {
                visible(&cause.to_string()).into_owned()
            }
            HoldReason::Event(hold) => self.event(hold),
            HoldReason::Rule(hold) => self.rule(hold),
            HoldReason::Person { by, why } => held_by(by, why),
            HoldReason::BrokenThread { why } => {
                format!("the thread stopped in the middle ({why}): finish it, retract it, or leave it")
            }
            HoldReason::StaleSource { why } => format!("a source cannot be trusted: {}", visible(why)),
            HoldReason::ClockDoubt { why } => format!("the clock cannot be trusted: {}", visible(why)),
            HoldReason::Waits { after, why } => format!("it must follow {after}, and {why}"),
        }
    }

    /// Why a rule holds, in a sentence.
    pub fn rule(&self, hold: &RuleHold) -> String {
        if hold.rule == RuleName::Trend {
            return format!(
                "{} rises ({}, rule trend): look at what people say with it; it waits until a person lets it go",
                visible(&hold.limit),
                visible(&hold.source.to_string())
            );
        }
        let found = match hold.found.as_str() {
            "" => String::new(),
            found => format!(": {}", visible(found)),
        };
        let until = match hold.until {
            Some(at) => format!("it holds until {}", self.instant(at)),
            None => "it holds until a person lets it go".to_owned(),
        };
        format!(
            "{} {} (rule {} of the {}){found}; {until}",
            rule_words(hold.rule),
            visible(&hold.limit),
            hold.rule,
            visible(&hold.source.to_string()),
        )
    }

    /// What a limit has to say, in a sentence.
    pub fn finding(&self, finding: &RuleHold) -> String {
        format!(
            "{} (rule {}, {}): {}",
            visible(&finding.limit),
            finding.rule,
            visible(&finding.source.to_string()),
            visible(&finding.found),
        )
    }

    /// All that holds it, a sentence each, and whether it is too late once that has ended.
    pub fn holds(
        &self,
        delivery: &Delivery,
        reasons: &[HoldReason],
        ends_at: Option<Timestamp>,
    ) -> Vec<String> {
        let words = reasons.iter().map(|reason| self.reason(reason));
        words
            .chain(self.stale_by_then(delivery, reasons, ends_at))
            .collect()
    }

    /// That it will not go by itself after a rule that holds it, because it is not fresh any more by then.
    fn stale_by_then(
        &self,
        delivery: &Delivery,
        reasons: &[HoldReason],
        ends_at: Option<Timestamp>,
    ) -> Option<String> {
        let by_rule = reasons.iter().any(|r| matches!(r, HoldReason::Rule(_)));
        let fresh_until = delivery.fresh_until();
        (by_rule && ends_at.is_some_and(|end| end > fresh_until)).then(|| {
            format!(
                "it stays fresh until {}, so that it would wait for a person: choose another time",
                self.instant(fresh_until)
            )
        })
    }

    /// Why an event holds, in a sentence or two.
    pub fn event(&self, hold: &EventHold) -> String {
        let until = match hold.until {
            Some(at) => format!("it holds until {}", self.instant(at)),
            None => "it holds until somebody ends it".to_owned(),
        };
        format!(
            "{} event \"{}\" ({}), {}: {}",
            hold.severity,
            visible(&hold.title),
            visible(&hold.source),
            until,
            because(hold)
        )
    }
}

/// Who held it, and why where that was said.
pub fn held_by(by: &str, why: &str) -> String {
    match why.trim() {
        "" => format!("held by {}", visible(by)),
        why => format!("held by {}: {}", visible(by), visible(why)),
    }
}

/// What a rule is called in a sentence.
pub fn rule_words(rule: RuleName) -> &'static str {
    match rule {
        RuleName::Blackout => "the blackout window",
        RuleName::QuietHours => "the quiet hours",
        RuleName::PostsPerDay => "the limit of posts a day:",
        RuleName::SellsInTen => "the limit of posts that sell:",
        RuleName::HumorPerWeek => "the limit of jokes:",
        RuleName::Gap => "the gap between two posts:",
        RuleName::SameText => "the same words for several accounts:",
        RuleName::Trend => "the hashtag",
    }
}

/// The rule by which an event holds, with the words that met it.
pub(super) fn because(hold: &EventHold) -> String {
    let words = touches(&hold.touches);
    let met = if words.is_empty() {
        String::new()
    } else {
        format!("; {words}")
    };
    let area = visible(&hold.area);
    match hold.rule {
        Rule::ScopeAll => format!("rule scope_all, every automatic post to {area} waits{met}"),
        Rule::Category => format!("rule category, posts of this category to {area} wait{met}"),
        Rule::Topic => format!("rule topic, {words}"),
        other => format!("rule {other}"),
    }
}

/// The words that met an event, marked with where they stand.
pub fn touches(touches: &[Touch]) -> String {
    let mut said: Vec<String> = Vec::new();
    for touch in touches {
        let found = visible(&touch.found);
        let word = visible(&touch.word);
        let same = found.to_lowercase() == word.to_lowercase();
        let meets = if same {
            String::new()
        } else {
            format!(" = \"{word}\"")
        };
        let place = if touch.field == "text" {
            String::new()
        } else {
            format!(" in the {}", touch.field)
        };
        let sentence = format!("\"{found}\"{meets} ({}){place}", touch.kind);
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    match said.len() {
        0 => String::new(),
        _ => format!("it says {}", said.join(", ")),
    }
}

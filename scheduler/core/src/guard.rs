//! The guard: may this post go out now, given what happens in the world?
//!
//! Pure and deterministic: the same input gives the same verdict and the same words. It never writes or suggests
//! text. Eight rules are tried in order for each event, the first that applies decides; the rules that need no event
//! are in [`rules`]. `docs/guard.md` states them for people.

pub mod approval;
pub mod area;
pub mod calendar;
pub mod dates;
pub mod eval;
pub mod feed;
pub mod fold;
pub mod gazetteer;
pub mod index;
mod narrower;
pub mod news;
pub mod reach;
pub mod rules;
pub mod shadow;
pub mod stale;
pub mod title;
pub mod words;

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZoneDatabase;

use crate::account::Account;
use crate::delivery::{Approval, EventHold, HoldReason, Rule, RuleHold, Touch};
use crate::event::{Event, Severity};
use crate::post::{Audience, Category, Part};
use crate::world::World;
use calendar::Viewpoint;
use news::Reader;
use rules::Scene;

/// More events than this are not named in one hold; the worst are.
pub const HOLDS_MAX: usize = 100;

/// What the guard looks at.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The instant at which it would go out.
    pub at: Timestamp,
    /// The account.
    pub account: &'a Account,
    /// The category.
    pub category: Category,
    /// The post's audience if it has its own, else the account's.
    pub audience: &'a Audience,
    /// The language of the text, if known.
    pub language: Option<&'a str>,
    /// All parts.
    pub parts: &'a [Part],
    /// A person's override, if there is one.
    pub approval: Option<&'a Approval>,
    /// What the rules that need no event look at; none = only events are judged.
    pub scene: Option<Scene<'a>>,
}

/// What the guard says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may go.
    Allow {
        /// What was looked at, in one line; it goes into the receipt.
        evidence: String,
    },
    /// It may go, and somebody should look at it first.
    Warn {
        /// What was looked at, in one line; it goes into the receipt.
        evidence: String,
        /// What is worth a look, in the order of the rules.
        findings: Vec<RuleHold>,
    },
    /// It waits.
    Hold {
        /// Everything that holds it, in the order of the rules; the worst event first.
        reasons: Vec<HoldReason>,
        /// When to look again: when the last of them ends by itself; none = when a person ends it.
        review_after: Option<Timestamp>,
    },
}

impl Verdict {
    /// The reasons to hold; empty when it may go.
    pub fn into_reasons(self) -> Vec<HoldReason> {
        match self {
            Verdict::Hold { reasons, .. } => reasons,
            Verdict::Allow { .. } | Verdict::Warn { .. } => Vec::new(),
        }
    }
}

/// What events and sensitive days say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventsSaid {
    /// Every event that holds it, worst first.
    pub holds: Vec<EventHold>,
    /// What was looked at, in one line.
    pub evidence: String,
    /// When the last of them ends by itself; none = when a person ends it, or nothing holds.
    pub review_after: Option<Timestamp>,
}

/// The guard's verdict on a post at an instant: every rule, in the order of [`rules::order`].
pub fn judge(input: &Input<'_>, world: &World, zones: &TimeZoneDatabase) -> Verdict {
    rules::order::verdict(input, world, zones)
}

/// What every flagged event says, and the calendars' days around that instant, read where the audience is.
pub fn judge_events(input: &Input<'_>, world: &World, zones: &TimeZoneDatabase) -> EventsSaid {
    let seen = Viewpoint::audience(&input.account.zone, input.audience, zones);
    let post = Prepared::new(input);
    let mut found = Found::default();
    for event in post.candidates(world) {
        found.add(&post, event, &[]);
    }
    for calendar in world.calendars.values() {
        if let Some(event) = calendar.trouble() {
            found.add(&post, &event, &[]);
        }
        for coming in calendar.now(input.at, &seen) {
            found.add(&post, &coming.event, &coming.dates());
        }
    }
    let evidence = found.evidence(input, world);
    found.said(evidence)
}

/// The rule that decides for one event alone, and the words that touch it, which are given for every rule that
/// holds.
pub fn judge_event(input: &Input<'_>, event: &Event) -> (Rule, Vec<Touch>) {
    Prepared::new(input).judge(event, &[])
}

/// True for the rules that make a post wait.
pub fn holds_back(rule: Rule) -> bool {
    matches!(rule, Rule::ScopeAll | Rule::Category | Rule::Topic)
}

/// A post whose text was read once, to be compared with many events.
struct Prepared<'a> {
    input: &'a Input<'a>,
    reader: Reader,
    content_sha256: String,
}

impl<'a> Prepared<'a> {
    fn new(input: &'a Input<'a>) -> Prepared<'a> {
        let language = input.language.or(input.account.language.as_deref());
        let of_audience = input.audience.languages.first().map(String::as_str);
        let content_sha256 = match input.approval {
            Some(_) => approval::content_sha256(input.parts, input.audience, input.account.id),
            None => String::new(),
        };
        Prepared {
            input,
            reader: Reader::new(input.parts, language.or(of_audience)),
            content_sha256,
        }
    }

    /// The events that may hold this post.
    fn candidates<'w>(&self, world: &'w World) -> impl Iterator<Item = &'w Event> + use<'w> {
        let audience = self.input.audience;
        let mut ids = world.events.may_touch(&self.reader, audience);
        ids.extend(world.events.in_area(Severity::Critical, audience));
        if sells_or_cheers(self.input.category) {
            ids.extend(world.events.in_area(Severity::High, audience));
        }
        let events = &world.events;
        ids.into_iter().filter_map(|id| events.get(&id))
    }

    /// The eight rules in their order. A text that names one of these dates touches the event.
    fn judge(&self, event: &Event, dates: &[Date]) -> (Rule, Vec<Touch>) {
        let input = self.input;
        if !event.counts_at(input.at) {
            return (Rule::OutOfWindow, Vec::new());
        }
        if !concerns(event, input.account) {
            return (Rule::OtherAccount, Vec::new());
        }
        if !area::overlaps(event, input.audience) {
            return (Rule::NoAreaOverlap, Vec::new());
        }
        if self.is_approved_for(event) {
            return (Rule::ApprovedByPerson, Vec::new());
        }
        let mut touches = self.reader.touches(event);
        touches.extend(self.reader.dates_named(dates, &event.title));
        let rule = by_severity(event.severity_at(input.at), input.category, !touches.is_empty());
        (rule, touches)
    }

    fn is_approved_for(&self, event: &Event) -> bool {
        let valid = |approval| approval::valid_for(approval, event, &self.content_sha256, self.input.at);
        self.input.approval.is_some_and(valid)
    }
}

/// The last four rules.
fn by_severity(severity: Severity, category: Category, touches: bool) -> Rule {
    match severity {
        Severity::Critical => Rule::ScopeAll,
        Severity::High if sells_or_cheers(category) => Rule::Category,
        _ if touches => Rule::Topic,
        _ => Rule::NoTopic,
    }
}

/// When the event stops to hold this post if nobody does anything: at its end, or when it has become mild enough.
fn lasts_until(event: &Event, input: &Input<'_>, touches: bool) -> Option<Timestamp> {
    let mild = event
        .steps()
        .into_iter()
        .filter(|step| step.at > input.at)
        .find(|step| {
            let rule = step.severity.map(|s| by_severity(s, input.category, touches));
            !rule.is_some_and(holds_back)
        });
    approval::ends_at(event)
        .into_iter()
        .chain(mild.map(|step| step.at))
        .min()
}

/// True unless the event is about other accounts only.
fn concerns(event: &Event, account: &Account) -> bool {
    event.accounts.is_empty()
        || event
            .accounts
            .iter()
            .any(|name| name.to_lowercase() == account.name.to_lowercase())
}

/// The categories that wait while an event is high.
fn sells_or_cheers(category: Category) -> bool {
    matches!(
        category,
        Category::Promo | Category::Product | Category::Humor | Category::Greeting
    )
}

fn hold(input: &Input<'_>, event: &Event, rule: Rule, touches: Vec<Touch>) -> EventHold {
    EventHold {
        event: event.id,
        title: event.title.clone(),
        severity: event.severity_at(input.at),
        source: event.source.to_string(),
        rule,
        until: lasts_until(event, input, !touches.is_empty()),
        touches,
        area: area::shared(event, input.audience),
    }
}

/// What was found while events were looked at.
#[derive(Debug, Default)]
struct Found {
    holds: Vec<EventHold>,
    approved: usize,
}

impl Found {
    fn add(&mut self, post: &Prepared<'_>, event: &Event, dates: &[Date]) {
        let (rule, touches) = post.judge(event, dates);
        match rule {
            Rule::ApprovedByPerson => self.approved += 1,
            rule if holds_back(rule) => self.holds.push(hold(post.input, event, rule, touches)),
            _ => {}
        }
    }

    /// The holds, worst first; at most [`HOLDS_MAX`] of them.
    fn said(mut self, evidence: String) -> EventsSaid {
        let ends = self.holds.iter().map(|h| h.until).collect::<Option<Vec<_>>>();
        self.holds
            .sort_by_key(|h| (Reverse(h.severity), h.rule, h.title.clone(), h.event));
        self.holds.truncate(HOLDS_MAX);
        EventsSaid {
            review_after: ends.and_then(|ends| ends.into_iter().max()),
            holds: self.holds,
            evidence,
        }
    }

    /// One line for the receipt.
    fn evidence(&self, input: &Input<'_>, world: &World) -> String {
        let mut line = format!(
            "{} and {}: none holds",
            counted(world.events.open_count(), "open event"),
            counted(world.calendars.len(), "calendar")
        );
        if let (1.., Some(approval)) = (self.approved, input.approval) {
            let (count, by, reason) = (self.approved, &approval.by, &approval.reason);
            line = format!("{line}; {count} approved by {by} ({reason})");
        }
        line
    }
}

fn counted(number: usize, noun: &str) -> String {
    match number {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

#[cfg(test)]
mod tests;

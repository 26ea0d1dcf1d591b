//! From what a feed says to events: what is new is proposed, or flagged where the feed may; what is known by one of its
//! names is brought up to date; what is over is ended.
//!
//! A feed may make things worse, longer and wider. It never makes them milder, and never undoes what a person decided:
//! there it only asks for another look.

use jiff::{SignedDuration, Timestamp};

use super::Proposal;
use crate::event::{Event, Severity, Source, Stage};
use crate::feed::{Feed, Policy};
use crate::id::EventId;
use crate::port::entropy::Entropy;
use crate::world::World;

/// The largest number of new events of one feed at one time.
pub const NEW_MAX: usize = 50;
/// What was published longer ago than this is not news.
const NEWS_LASTS: SignedDuration = SignedDuration::from_hours(72);
/// Names of things that an event may have at most; the oldest go.
const NAMES_MAX: usize = 200;

/// What a feed's words come to.
#[derive(Debug, Default)]
pub struct Merged {
    /// Events that are new or changed, in their whole new state.
    pub events: Vec<Event>,
    /// How many proposals there were beyond [`NEW_MAX`].
    pub left_out: usize,
}

/// Brings what a feed proposes together with the events that there are.
pub fn merge(
    feed: &Feed,
    proposals: &[Proposal],
    world: &World,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Merged {
    let mut changed: Vec<Event> = Vec::new();
    let mut merged = Merged::default();
    let mut new = 0;
    for proposal in proposals {
        let names = names_of(feed, proposal);
        let is_it = |e: &&Event| e.external_ids.iter().any(|n| names.contains(n));
        let at = changed.iter().position(|e| is_it(&e));
        let known = match at {
            Some(at) => Some(changed[at].clone()),
            None => world.events.values().find(is_it).cloned(),
        };
        let next = match &known {
            Some(event) => Some(updated(event, feed, proposal, &names, now)),
            None if !is_news(proposal, now) => None,
            None if new == NEW_MAX => {
                merged.left_out += 1;
                None
            }
            None => {
                new += 1;
                Some(fresh(feed, proposal, names, now, EventId::new(now, entropy)))
            }
        };
        match (next, at) {
            (Some(next), Some(at)) => changed[at] = next,
            (Some(next), None) if known.as_ref() != Some(&next) => changed.push(next),
            _ => {}
        }
    }
    merged.events = changed;
    merged
}

/// What an item is called in its feed is a name in this feed only.
fn names_of(feed: &Feed, proposal: &Proposal) -> Vec<String> {
    let name = |n: &String| match n.strip_prefix("item:") {
        Some(own) => format!("item:{}:{own}", feed.name),
        None => n.clone(),
    };
    proposal.names.iter().map(name).collect()
}

/// True for what is proposed when nobody knows it yet; what is over, or began long ago, proposes nothing.
pub fn is_news(proposal: &Proposal, now: Timestamp) -> bool {
    let is_old = match (proposal.ends_at, proposal.starts_at) {
        (Some(end), _) => end <= now,
        (None, Some(start)) => now.duration_since(start) > NEWS_LASTS,
        (None, None) => false,
    };
    !proposal.is_over && !is_old
}

fn may_flag(feed: &Feed, proposal: &Proposal, countries: &[String]) -> bool {
    let bad_enough = |from: Severity| proposal.severity.is_some_and(|s| s >= from);
    match feed.policy {
        Policy::Propose => false,
        // Without a country it would silence the whole world.
        Policy::Flag { from } => bad_enough(from) && !countries.is_empty(),
    }
}

fn countries_of(feed: &Feed, proposal: &Proposal) -> Vec<String> {
    if proposal.countries.is_empty() {
        feed.countries.clone()
    } else {
        proposal.countries.clone()
    }
}

fn fresh(feed: &Feed, proposal: &Proposal, names: Vec<String>, now: Timestamp, id: EventId) -> Event {
    let countries = countries_of(feed, proposal);
    let stage = if may_flag(feed, proposal, &countries) {
        Stage::Open
    } else {
        Stage::Proposed
    };
    Event {
        id,
        title: proposal.title.clone(),
        kind: proposal.kind.clone(),
        summary: summary_of(proposal),
        tags: proposal.tags.clone(),
        places: proposal.places.clone(),
        entities: Vec::new(),
        countries: if countries.is_empty() {
            vec!["*".to_owned()]
        } else {
            countries
        },
        regions: proposal.regions.clone(),
        accounts: Vec::new(),
        severity: proposal.severity.unwrap_or(Severity::Watch),
        starts_at: proposal.starts_at.unwrap_or(now),
        ends_at: proposal.ends_at,
        review_at: None,
        source: source(feed),
        flagged_at: now,
        ended_at: None,
        stage,
        sources: Vec::new(),
        external_ids: names,
        link: proposal.link.clone(),
        decided_by: None,
        told: proposal.severity,
        decays_from: proposal.ends_at.is_none().then_some(now),
        narrowed: None,
    }
}

fn summary_of(proposal: &Proposal) -> String {
    match proposal.summary.as_str() {
        "" => proposal.because.clone(),
        summary => format!("{summary} ({})", proposal.because),
    }
}

fn source(feed: &Feed) -> Source {
    Source::Feed {
        name: feed.name.clone(),
    }
}

fn updated(event: &Event, feed: &Feed, proposal: &Proposal, names: &[String], now: Timestamp) -> Event {
    let mut next = event.clone();
    let source = source(feed);
    if next.source != source && !next.sources.contains(&source) {
        next.sources.push(source.clone());
    }
    add(&mut next.external_ids, names);
    let surplus = next.external_ids.len().saturating_sub(NAMES_MAX);
    next.external_ids.drain(..surplus);
    let is_worse = proposal.severity > event.told;
    next.told = event.told.max(proposal.severity);
    if proposal.is_over {
        over(&mut next, &source, now);
        return next;
    }
    let is_settled = matches!(event.stage, Stage::Dismissed { .. }) || event.ended_at.is_some();
    if is_settled {
        // What became worse than what a person called nothing is asked about once more.
        if is_worse && is_news(proposal, now) {
            worsen(&mut next, feed, proposal);
            next.ended_at = None;
            next.flagged_at = now;
            next.stage = Stage::Proposed;
        }
        return next;
    }
    if event.stage == Stage::Proposed || event.is_a_feeds_own() {
        worsen(&mut next, feed, proposal);
        let countries = countries_of(feed, proposal);
        if next.stage == Stage::Proposed && may_flag(feed, proposal, &countries) && is_news(proposal, now) {
            next.stage = Stage::Open;
        }
        if is_worse || next.stage != event.stage {
            next.decays_from = next.ends_at.is_none().then_some(now);
        }
    } else if is_worse {
        next.review_at = Some(now);
    }
    next
}

/// The source says that it is over. What a person decided stands; they are asked to look.
fn over(event: &mut Event, source: &Source, now: Timestamp) {
    match event.stage {
        Stage::Proposed => {
            event.stage = Stage::Dismissed {
                by: source.to_string(),
                why: "the source says that it is over".to_owned(),
                at: now,
            };
        }
        Stage::Open if event.is_over_at(now) => {}
        Stage::Open if event.is_a_feeds_own() => event.ended_at = Some(now),
        Stage::Open if event.review_at.is_none_or(|at| at > now) => event.review_at = Some(now),
        Stage::Open | Stage::Dismissed { .. } => {}
    }
}

/// Worse, longer, wider: never the other way.
fn worsen(event: &mut Event, feed: &Feed, proposal: &Proposal) {
    if event.stage == Stage::Proposed {
        event.title = proposal.title.clone();
        event.summary = summary_of(proposal);
    }
    event.severity = event.severity.max(proposal.severity.unwrap_or(event.severity));
    if event.kind == "unknown" {
        event.kind = proposal.kind.clone();
    }
    event.ends_at = match (event.ends_at, proposal.ends_at) {
        (Some(then), Some(now)) => Some(then.max(now)),
        (then, _) => then,
    };
    widen(event, &countries_of(feed, proposal), &proposal.regions);
    add(&mut event.places, &proposal.places);
    add(&mut event.tags, &proposal.tags);
}

/// Adds an area. Regions only narrow: where either side means a whole country, the whole country is meant.
fn widen(event: &mut Event, countries: &[String], regions: &[String]) {
    let is_everywhere = event.countries.iter().any(|c| c == "*");
    if countries.is_empty() || is_everywhere {
        return;
    }
    let of = |regions: &[String], country: &str| {
        let begin = format!("{country}-");
        regions.iter().any(|r| r.starts_with(&begin))
    };
    for country in countries {
        let is_known = event.countries.contains(country);
        let narrow_here = of(&event.regions, country);
        let narrow_there = of(regions, country);
        if !is_known {
            event.countries.push(country.clone());
        } else if narrow_here && !narrow_there {
            let begin = format!("{country}-");
            event.regions.retain(|r| !r.starts_with(&begin));
        }
        if narrow_there && (!is_known || narrow_here) {
            let begin = format!("{country}-");
            let more: Vec<String> = regions
                .iter()
                .filter(|r| r.starts_with(&begin))
                .cloned()
                .collect();
            add(&mut event.regions, &more);
        }
    }
}

fn add(list: &mut Vec<String>, more: &[String]) {
    for one in more {
        if !list.contains(one) {
            list.push(one.clone());
        }
    }
}

#[cfg(test)]
mod tests;

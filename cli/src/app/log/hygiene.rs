//! `guard hygiene`: what became of the holds of each flag, from the journal. A flag whose holds nearly all went out as
//! they were is wider than it had to be.
//!
//! A delivery counts once for each event that held it, with what was done to it in the end. One entry of the journal is
//! in memory at a time, and a short note for each hold.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use soundpost_core::change::{Change, Entry};
use soundpost_core::delivery::{Delivery, EventHold, HoldReason, Rule, State};
use soundpost_core::event::{Event, Severity};
use soundpost_core::id::{DeliveryId, EventId};
use soundpost_core::port::store::StoreError;
use soundpost_core::schedule;

use super::Log;
use crate::app::error::AppError;
use crate::control::protocol::{FlagHygiene, Hygiene};
use crate::output::visible;

/// Fewer holds than this say nothing about a flag.
const TELLING_HOLDS: usize = 5;
/// A flag is too wide when at least nine in ten of its holds went out as they were.
const WIDE_TENTHS: usize = 9;

/// What was done to a held delivery in the end. What comes later here is told before what comes earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Held,
    Released,
    Approved,
    Moved,
    Rewritten,
    Dropped,
}

/// What is known of one flag.
#[derive(Debug)]
struct Flag {
    newest: EventHold,
    worst: Severity,
    outcomes: BTreeMap<DeliveryId, Outcome>,
    /// How many holds each rule made.
    rules: BTreeMap<Rule, usize>,
    /// In how many held posts each word was met.
    words: BTreeMap<String, usize>,
}

/// The flags of a period.
#[derive(Debug, Default)]
struct Tally {
    flags: BTreeMap<EventId, Flag>,
    /// Which flags hold, or held, a delivery.
    held_by: BTreeMap<DeliveryId, Vec<EventId>>,
    /// Events that were flagged without an area.
    everywhere: BTreeSet<EventId>,
}

impl Log {
    /// What became of the holds that were made in the last so many days.
    ///
    /// # Errors
    /// [`AppError`] when the journal is damaged where it has to be read.
    pub fn hygiene(&self, days: u16, now: Timestamp) -> Result<Hygiene, AppError> {
        let since = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days)));
        let since = since.unwrap_or(Timestamp::MIN);
        let mut tally = Tally::default();
        for entry in self.audit.entries_from(self.begin_of(since)?) {
            let entry = entry?;
            if entry.at >= since {
                tally.add(&entry);
            }
        }
        let around = &self.surroundings;
        Ok(Hygiene {
            since: since.to_string(),
            since_shown: schedule::show_instant(since, &around.zone, &around.zones, now),
            days,
            flags: tally.views(),
        })
    }

    /// The first entry of the newest segment that begins before this instant: what is older need not be read.
    fn begin_of(&self, since: Timestamp) -> Result<u64, StoreError> {
        let begins = self.audit.begins()?;
        for &begin in begins.iter().rev() {
            let first = self.audit.entries_from(begin).next().transpose()?;
            if first.is_some_and(|entry| entry.at < since) {
                return Ok(begin);
            }
        }
        Ok(begins.first().copied().unwrap_or_default())
    }
}

impl Tally {
    fn add(&mut self, entry: &Entry) {
        let (by, delivery) = match &entry.change {
            Change::Moved { by, delivery } => (by, delivery),
            Change::EventSet { event, .. } => return self.flagged(event),
            _ => return,
        };
        if let State::Held { reasons, .. } = delivery.state() {
            let events = reasons.iter().filter_map(|reason| match reason {
                HoldReason::Event(hold) => Some(hold),
                _ => None,
            });
            events.for_each(|hold| self.held(delivery, hold));
        }
        let outcome = match by.as_str() {
            "release" => Outcome::Released,
            "approve" => Outcome::Approved,
            "reschedule" => Outcome::Moved,
            "edit" => Outcome::Rewritten,
            "cancel" => Outcome::Dropped,
            _ => return,
        };
        for event in self.held_by.get(&delivery.id).into_iter().flatten() {
            let flag = self.flags.get_mut(event);
            if let Some(known) = flag.and_then(|flag| flag.outcomes.get_mut(&delivery.id)) {
                *known = outcome.max(*known);
            }
        }
    }

    fn flagged(&mut self, event: &Event) {
        match event.countries.iter().any(|country| country == "*") {
            true => self.everywhere.insert(event.id),
            false => self.everywhere.remove(&event.id),
        };
    }

    fn held(&mut self, delivery: &Delivery, hold: &EventHold) {
        let flag = self.flags.entry(hold.event).or_insert_with(|| Flag {
            newest: hold.clone(),
            worst: hold.severity,
            outcomes: BTreeMap::new(),
            rules: BTreeMap::new(),
            words: BTreeMap::new(),
        });
        flag.newest = hold.clone();
        flag.worst = flag.worst.max(hold.severity);
        if let Some(known) = flag.outcomes.get_mut(&delivery.id) {
            // It went, and is held again.
            if *known == Outcome::Released {
                *known = Outcome::Held;
            }
            return;
        }
        flag.outcomes.insert(delivery.id, Outcome::Held);
        *flag.rules.entry(hold.rule).or_default() += 1;
        let mut words: Vec<&str> = hold.touches.iter().map(|touch| touch.word.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            *flag.words.entry(word.to_owned()).or_default() += 1;
        }
        self.held_by.entry(delivery.id).or_default().push(hold.event);
    }

    /// The widest first, then those that held the most.
    fn views(self) -> Vec<FlagHygiene> {
        let mut views: Vec<FlagHygiene> = self
            .flags
            .iter()
            .map(|(id, flag)| flag.view(*id, self.everywhere.contains(id)))
            .collect();
        views.sort_by(|a, b| {
            let key = |flag: &FlagHygiene| std::cmp::Reverse((flag.too_wide, flag.held));
            key(a).cmp(&key(b)).then_with(|| a.title.cmp(&b.title))
        });
        views
    }
}

impl Flag {
    fn view(&self, id: EventId, is_everywhere: bool) -> FlagHygiene {
        let count = |outcome| self.outcomes.values().filter(|o| **o == outcome).count();
        let held = self.outcomes.len();
        let (released, approved) = (count(Outcome::Released), count(Outcome::Approved));
        let too_wide = held >= TELLING_HOLDS && (released + approved) * 10 >= held * WIDE_TENTHS;
        FlagHygiene {
            event: id.to_string(),
            title: visible(&self.newest.title).into_owned(),
            source: visible(&self.newest.source).into_owned(),
            severity: self.worst,
            held,
            released,
            approved,
            rewritten: count(Outcome::Rewritten),
            moved: count(Outcome::Moved),
            dropped: count(Outcome::Dropped),
            still_held: count(Outcome::Held),
            too_wide,
            narrower: if too_wide {
                self.narrower(is_everywhere)
            } else {
                Vec::new()
            },
        }
    }

    /// What would have held less, the widest cause first.
    fn narrower(&self, is_everywhere: bool) -> Vec<String> {
        let held = self.outcomes.len();
        let rule = |rule: Rule| self.rules.get(&rule).copied().unwrap_or_default();
        let mut said = Vec::new();
        if let n @ 1.. = rule(Rule::ScopeAll) {
            said.push(format!(
                "{n} of {held} were held because it was critical: --severity high holds what sells, jokes or greets, and what touches it"
            ));
        }
        if let n @ 1.. = rule(Rule::Category) {
            said.push(format!(
                "{n} of {held} were held for their category: --severity watch holds only what touches it"
            ));
        }
        if is_everywhere {
            said.push("it was everywhere: --country or --region narrows it".to_owned());
        }
        if rule(Rule::Topic) > 0
            && let Some((word, n)) = self.words.iter().max_by_key(|(_, n)| **n)
        {
            said.push(format!(
                "\"{}\" was met in {n} of {held}: leave it out, or give more words than that one",
                visible(word)
            ));
        }
        said
    }
}

#[cfg(test)]
mod tests;

//! Which events may decide about a post, without looking at each of them.
//!
//! Events are found by the words that they may be touched by, by their area, and by their kind. What is found is judged
//! by the rules afterwards, so too much does no harm; what is not found cannot hold. A verdict therefore costs about the
//! same with ten events as with ten thousand.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use super::area::{EVERYWHERE, is_everywhere};
use super::news::Reader;
use super::news::places::Place;
use super::news::probe::{self, Probe};
use crate::event::{Event, Severity, Stage};
use crate::id::EventId;
use crate::post::Audience;

/// All events of a world, with an index of those that may still count. Read like the map it holds.
#[derive(Debug, Clone, Default)]
pub struct Events {
    all: BTreeMap<EventId, Event>,
    index: Arc<Index>,
}

impl Deref for Events {
    type Target = BTreeMap<EventId, Event>;

    fn deref(&self) -> &BTreeMap<EventId, Event> {
        &self.all
    }
}

impl FromIterator<Event> for Events {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Events {
        let mut out = Events::default();
        events.into_iter().for_each(|event| out.set(event));
        out
    }
}

impl Events {
    /// Adds an event, or replaces the one with its id.
    pub fn set(&mut self, event: Event) {
        let index = Arc::make_mut(&mut self.index);
        if let Some(old) = self.all.get(&event.id) {
            index.remove(old);
        }
        index.add(&event);
        self.all.insert(event.id, event);
    }

    /// The number of events that nobody has ended.
    pub fn open_count(&self) -> usize {
        self.index.count
    }

    /// The events that this text may touch, in the order of their ids.
    pub(super) fn may_touch(&self, reader: &Reader, audience: &Audience) -> BTreeSet<EventId> {
        let mut found = self.index.by_words(reader.probes());
        for kind in reader.harmful_kinds() {
            found.extend(self.index.of_kind(kind, audience));
        }
        found
    }

    /// The events of a severity whose area may meet the audience, in the order of their ids.
    pub(super) fn in_area(&self, severity: Severity, audience: &Audience) -> BTreeSet<EventId> {
        let areas = self.index.areas.get(&severity);
        areas
            .into_iter()
            .flat_map(|areas| meeting(areas, audience))
            .collect()
    }
}

type Areas = BTreeMap<String, BTreeSet<EventId>>;

#[derive(Debug, Clone, Default)]
struct Index {
    count: usize,
    words: BTreeMap<Probe, BTreeSet<EventId>>,
    areas: BTreeMap<Severity, Areas>,
    kinds: BTreeMap<String, Areas>,
}

impl Index {
    fn add(&mut self, event: &Event) {
        if !may_count(event) {
            return;
        }
        self.count += 1;
        for probe in probes(event) {
            self.words.entry(probe).or_default().insert(event.id);
        }
        let kinds = self.kinds.entry(event.kind.clone()).or_default();
        let areas = self.areas.entry(event.severity).or_default();
        for country in countries(event) {
            kinds.entry(country.clone()).or_default().insert(event.id);
            areas.entry(country).or_default().insert(event.id);
        }
    }

    fn remove(&mut self, event: &Event) {
        if !may_count(event) {
            return;
        }
        self.count -= 1;
        for probe in probes(event) {
            take(&mut self.words, &probe, event.id);
        }
        for country in countries(event) {
            let maps = [
                self.kinds.get_mut(&event.kind),
                self.areas.get_mut(&event.severity),
            ];
            for areas in maps.into_iter().flatten() {
                take(areas, &country, event.id);
            }
        }
    }

    fn by_words(&self, probes: &[Probe]) -> BTreeSet<EventId> {
        let sets = probes.iter().filter_map(|probe| self.words.get(probe));
        sets.flatten().copied().collect()
    }

    fn of_kind<'a>(&'a self, kind: &str, audience: &'a Audience) -> impl Iterator<Item = EventId> + 'a {
        let areas = self.kinds.get(kind);
        areas.into_iter().flat_map(|areas| meeting(areas, audience))
    }
}

/// True unless the event is only proposed, was dismissed, or was ended.
fn may_count(event: &Event) -> bool {
    event.stage == Stage::Open && event.ended_at.is_none()
}

/// The events of these areas that may meet the audience.
fn meeting<'a>(areas: &'a Areas, audience: &'a Audience) -> Box<dyn Iterator<Item = EventId> + 'a> {
    if is_everywhere(&audience.countries) {
        return Box::new(areas.values().flatten().copied());
    }
    let codes = audience.countries.iter().map(|c| c.to_ascii_uppercase());
    let here = codes.chain([EVERYWHERE.to_owned()]);
    Box::new(here.filter_map(|code| areas.get(&code)).flatten().copied())
}

fn take<K: Ord>(sets: &mut BTreeMap<K, BTreeSet<EventId>>, key: &K, id: EventId) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(&id);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}

/// The countries of an event as keys.
fn countries(event: &Event) -> BTreeSet<String> {
    if is_everywhere(&event.countries) {
        return BTreeSet::from([EVERYWHERE.to_owned()]);
    }
    event.countries.iter().map(|c| c.to_ascii_uppercase()).collect()
}

/// The numbers of all words that may touch an event.
fn probes(event: &Event) -> BTreeSet<Probe> {
    let topics = event.tags.iter().chain(&event.entities);
    let places = event.places.iter().map(|name| Place::new(name));
    topics
        .flat_map(|topic| probe::of_topic(topic))
        .chain(places.flat_map(|place| probe::of_place(&place)))
        .collect()
}

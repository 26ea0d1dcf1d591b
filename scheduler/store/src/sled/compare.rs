//! Whether sled says what the journal says, thing by thing. sled checks its own bytes, but a page that it lost whole
//! leaves an older state behind, and that could send a post again.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::de::DeserializeOwned;
use soundpost_core::port::store::StoreError;

use super::key::{
    AccountKey, CalendarKey, ClientKey, DeliveryKey, EventKey, FeedKey, FeedStateKey, HaltKey, Key, PostKey,
    TrendsKey,
};
use super::shelf::Shelf;
use super::touched::{Nothing, Touched};
use crate::entry_line;
use crate::journal::JournalReader;

/// How many differences are named.
const NAMED_MAX: usize = 20;

/// Where the two differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// How many things.
    pub count: usize,
    /// The first of them, a fragment each.
    pub named: Vec<String>,
}

impl Differences {
    fn note(&mut self, what: String) {
        self.count += 1;
        if self.named.len() < NAMED_MAX {
            self.named.push(what);
        }
    }
}

/// Compares sled with the journal up to the entry that sled has applied. A journal that does not begin at its
/// beginning cannot tell: then nothing differs.
///
/// # Errors
/// `Io`, `Damaged`, when one of them cannot be read.
pub(crate) fn compare(shelf: &Shelf, journal: &JournalReader) -> Result<Differences, StoreError> {
    let applied = shelf.applied_seq()?.unwrap_or(0);
    let Some(said) = said(shelf, journal, applied)? else {
        return Ok(Differences::default());
    };
    let calendars = said
        .calendars
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?)));
    let mut found = Differences::default();
    kind(shelf, "post", said.posts, |PostKey(id)| id, &mut found)?;
    kind(
        shelf,
        "delivery",
        said.deliveries,
        |DeliveryKey(id)| id,
        &mut found,
    )?;
    kind(shelf, "key", said.keys, |ClientKey(key)| key, &mut found)?;
    kind(shelf, "account", said.accounts, |AccountKey(id)| id, &mut found)?;
    kind(shelf, "order", said.halts, |HaltKey(id)| id, &mut found)?;
    kind(shelf, "event", said.events, |EventKey(id)| id, &mut found)?;
    kind(
        shelf,
        "calendar",
        calendars.collect(),
        |CalendarKey(name)| name,
        &mut found,
    )?;
    let feeds = said
        .feeds
        .into_iter()
        .filter_map(|(name, feed)| Some((name, feed?)));
    kind(shelf, "feed", feeds.collect(), |FeedKey(name)| name, &mut found)?;
    let states = said.feed_states.into_iter();
    let states = states.filter_map(|(name, state)| Some((name, state?)));
    kind(
        shelf,
        "feed state",
        states.collect(),
        |FeedStateKey(name)| name,
        &mut found,
    )?;
    let trends = said.trends.into_iter();
    let trends = trends.filter_map(|(name, list)| Some((name, list?)));
    kind(
        shelf,
        "trends",
        trends.collect(),
        |TrendsKey(name)| name,
        &mut found,
    )?;
    Ok(found)
}

/// What the journal says up to this entry; none when its beginning is not there.
fn said(shelf: &Shelf, journal: &JournalReader, applied: u64) -> Result<Option<Touched>, StoreError> {
    let mut said = Touched::default();
    for item in journal.entries_from(1) {
        let (seq, line) = item.map_err(|error| StoreError::Damaged(error.to_string()))?;
        if said.seq == 0 && seq > 1 {
            return Ok(None);
        }
        if seq > applied {
            break;
        }
        let entry = entry_line::decode(seq, &line, shelf.bodies())?;
        said.apply(&entry.change, seq, &Nothing)?;
    }
    Ok(Some(said))
}

fn kind<K: Key, I: Ord + Display, T: DeserializeOwned + PartialEq>(
    shelf: &Shelf,
    name: &str,
    mut said: BTreeMap<I, T>,
    id: impl Fn(K) -> I,
    found: &mut Differences,
) -> Result<(), StoreError> {
    for item in shelf.all::<K, T>() {
        let (key, has) = item?;
        let id = id(key);
        match said.remove(&id) {
            Some(wants) if wants == has => {}
            Some(_) => found.note(format!("{name} {id} is in another state")),
            None => found.note(format!("{name} {id} is not in the journal")),
        }
    }
    for id in said.into_keys() {
        found.note(format!("{name} {id} is missing"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use soundpost_core::actor::Actor;
    use soundpost_core::change::{Change, ENTRY_VERSION, Entry};

    use super::*;
    use crate::bodies::Bodies;
    use crate::journal::{Journal, JournalOptions};

    struct Both {
        _dir: tempfile::TempDir,
        shelf: Shelf,
        reader: JournalReader,
    }

    /// A journal of three calendars, and a sled that has applied all but the last.
    fn both() -> Both {
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(&dir.path().join("sled"), Bodies::new(dir.path().join("bodies"))).unwrap();
        let folder = dir.path().join("journal");
        let mut journal = Journal::create(&folder, [7; 16], JournalOptions::default()).unwrap();
        let mut touched = Touched::default();
        for (seq, name) in (1..).zip(["a", "b", "c"]) {
            let change = Change::CalendarSet {
                name: name.to_owned(),
                text: "words".to_owned(),
            };
            if seq < 3 {
                touched.apply(&change, seq, &shelf).unwrap();
            }
            let entry = Entry {
                v: ENTRY_VERSION,
                seq,
                at: jiff::Timestamp::UNIX_EPOCH,
                by: Actor::Lane,
                reason: String::new(),
                change,
            };
            journal
                .append(&[entry_line::encode(&entry, shelf.bodies()).unwrap()])
                .unwrap();
        }
        let store = soundpost_core::id::StoreId(soundpost_core::id::Id::from_bytes([7; 16]));
        shelf.apply(touched.batch(store, &shelf).unwrap()).unwrap();
        let reader = JournalReader::open(&folder).unwrap();
        Both {
            _dir: dir,
            shelf,
            reader,
        }
    }

    fn put(both: &Both, name: &str, text: &str) {
        let mut batch = ::sled::Batch::default();
        let key = CalendarKey(name.to_owned()).bytes();
        batch.insert(key, both.shelf.encode(&text).unwrap());
        both.shelf.apply(batch).unwrap();
    }

    #[test]
    fn a_sled_that_is_behind_does_not_differ() {
        let both = both();
        assert_eq!(
            compare(&both.shelf, &both.reader).unwrap(),
            Differences::default()
        );
    }

    /// What an older version wrote of a list of hashtags that rise.
    const OLDER_LIST: &str = r#"{"kind":"feed_set","feed":{"name":"radar","url":"","policy":{"kind":"propose"},
        "countries":[],"every_min":0,"stale_after_min":360,"when_stale":"report","allow_private":false,
        "added_by":"anna","added_at":"2026-11-23T08:00:00Z","trends":["metoo","pizza"]}}"#;

    #[test]
    fn a_list_of_hashtags_that_an_older_version_wrote_is_read_and_goes_once() {
        let both = both();
        let change: Change = serde_json::from_str(OLDER_LIST).unwrap();
        let store = soundpost_core::id::StoreId(soundpost_core::id::Id::from_bytes([7; 16]));
        let apply = |change: &Change| {
            let mut touched = Touched::default();
            touched.apply(change, 3, &both.shelf).unwrap();
            both.shelf
                .apply(touched.batch(store, &both.shelf).unwrap())
                .unwrap();
            super::super::replay::load(&both.shelf).unwrap().world
        };
        let world = apply(&change);
        let list = world.trends["radar"].clone();
        assert_eq!(
            (list.tags.join(" "), list.set_by.as_str()),
            ("metoo pizza".to_owned(), "anna")
        );
        assert!(world.feeds.is_empty(), "nothing is asked of it");
        let mut in_memory = std::sync::Arc::default();
        crate::book::change_world(&mut in_memory, &change);
        assert_eq!((&in_memory.trends, in_memory.feeds.len()), (&world.trends, 0));
        let name = || "radar".to_owned();
        for end in [
            Change::FeedRemoved { name: name() },
            Change::TrendsRemoved { name: name() },
        ] {
            apply(&change);
            assert!(apply(&end).trends.is_empty(), "{end:?}");
        }
        apply(&change);
        let newer = Change::TrendsSet { list };
        apply(&newer);
        assert!(
            apply(&Change::TrendsRemoved { name: name() }).trends.is_empty(),
            "the older one is gone too"
        );
    }

    #[test]
    fn what_is_changed_missing_or_too_much_is_named() {
        let both = both();
        put(&both, "a", "other words");
        put(&both, "x", "words");
        let mut batch = ::sled::Batch::default();
        batch.remove(CalendarKey("b".to_owned()).bytes());
        both.shelf.apply(batch).unwrap();
        let found = compare(&both.shelf, &both.reader).unwrap();
        assert_eq!(found.count, 3);
        let named = found.named.join("; ");
        for words in [
            "calendar a is in another state",
            "calendar x is not in the journal",
            "calendar b is missing",
        ] {
            assert!(named.contains(words), "{named}");
        }
    }
}

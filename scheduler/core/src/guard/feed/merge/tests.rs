//! What repeated words of feeds come to.

use super::*;
use crate::id::Id;

struct Fixed;

impl Entropy for Fixed {
    fn u64(&self) -> u64 {
        7
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-20T12:00:00Z")
}

fn feed(policy: Policy) -> Feed {
    Feed {
        name: "met".to_owned(),
        url: "https://met.example/cap".to_owned(),
        policy,
        countries: Vec::new(),
        every_min: 5,
        stale_after_min: 60,
        when_stale: crate::feed::WhenStale::Report,
        allow_private: false,
        added_by: "kim".to_owned(),
        added_at: now(),
    }
}

const FLAGS: Policy = Policy::Flag { from: Severity::High };

fn proposal(severity: Severity) -> Proposal {
    Proposal {
        names: vec!["cap:1".to_owned()],
        title: "Flood".to_owned(),
        summary: String::new(),
        kind: "flood".to_owned(),
        tags: Vec::new(),
        places: vec!["Oslo".to_owned()],
        countries: vec!["NO".to_owned()],
        regions: Vec::new(),
        severity: Some(severity),
        because: String::new(),
        starts_at: None,
        ends_at: Some(at("2026-11-21T00:00:00Z")),
        link: None,
        is_over: false,
    }
}

fn one(feed: &Feed, proposal: Proposal, world: &World) -> Option<Event> {
    let mut events = merge(feed, &[proposal], world, now(), &Fixed).events;
    assert!(events.len() < 2, "{events:?}");
    events.pop()
}

fn world(event: Event) -> World {
    World {
        events: [event].into_iter().collect(),
        ..World::default()
    }
}

/// The event of a first reading.
fn first(policy: Policy, severity: Severity) -> Event {
    one(&feed(policy), proposal(severity), &World::default()).unwrap()
}

#[test]
fn a_feed_proposes_and_flags_only_what_its_policy_says() {
    assert_eq!(first(Policy::Propose, Severity::Critical).stage, Stage::Proposed);
    assert_eq!(first(FLAGS, Severity::Watch).stage, Stage::Proposed);
    assert_eq!(first(FLAGS, Severity::High).stage, Stage::Open);
    let nowhere = Proposal {
        countries: Vec::new(),
        ..proposal(Severity::Critical)
    };
    let event = one(&feed(FLAGS), nowhere.clone(), &World::default()).unwrap();
    assert_eq!(
        (event.stage, event.countries),
        (Stage::Proposed, vec!["*".to_owned()])
    );
    let here = Feed {
        countries: vec!["NO".to_owned()],
        ..feed(FLAGS)
    };
    assert_eq!(one(&here, nowhere, &World::default()).unwrap().stage, Stage::Open);
    let unsaid = Proposal {
        severity: None,
        ..proposal(Severity::High)
    };
    assert_eq!(
        one(&feed(FLAGS), unsaid, &World::default()).unwrap().stage,
        Stage::Proposed
    );
}

#[test]
fn the_same_words_again_change_nothing() {
    let event = first(FLAGS, Severity::High);
    assert_eq!(one(&feed(FLAGS), proposal(Severity::High), &world(event)), None);
}

#[test]
fn old_and_ended_news_are_no_events() {
    let ended = Proposal {
        ends_at: Some(now()),
        ..proposal(Severity::High)
    };
    let old = Proposal {
        ends_at: None,
        starts_at: Some(at("2026-11-17T11:00:00Z")),
        ..proposal(Severity::High)
    };
    let over = Proposal {
        is_over: true,
        ..proposal(Severity::High)
    };
    for proposal in [ended, old, over] {
        assert_eq!(one(&feed(FLAGS), proposal, &World::default()), None);
    }
}

#[test]
fn a_feed_makes_its_own_event_worse_and_longer_but_never_milder() {
    let event = first(FLAGS, Severity::High);
    let update = Proposal {
        names: vec!["cap:2".to_owned(), "cap:1".to_owned()],
        ends_at: Some(at("2026-11-22T00:00:00Z")),
        countries: vec!["NO".to_owned(), "SE".to_owned()],
        ..proposal(Severity::Critical)
    };
    let worse = one(&feed(FLAGS), update, &world(event)).unwrap();
    assert_eq!(
        (worse.severity, worse.ends_at),
        (Severity::Critical, Some(at("2026-11-22T00:00:00Z")))
    );
    assert_eq!(worse.countries, ["NO", "SE"]);
    assert_eq!(worse.external_ids, ["cap:1", "cap:2"]);
    assert_eq!(one(&feed(FLAGS), proposal(Severity::Watch), &world(worse)), None);
}

#[test]
fn a_cancellation_ends_what_the_feed_flagged_and_asks_about_what_a_person_accepted() {
    let over = Proposal {
        is_over: true,
        ..proposal(Severity::High)
    };
    let own = first(FLAGS, Severity::High);
    assert_eq!(
        one(&feed(FLAGS), over.clone(), &world(own)).unwrap().ended_at,
        Some(now())
    );
    let proposed = first(Policy::Propose, Severity::High);
    let dismissed = one(&feed(FLAGS), over.clone(), &world(proposed.clone())).unwrap();
    assert!(matches!(dismissed.stage, Stage::Dismissed { .. }));
    let accepted = Event {
        stage: Stage::Open,
        decided_by: Some("kim".to_owned()),
        ..proposed
    };
    let asked = one(&feed(FLAGS), over.clone(), &world(accepted)).unwrap();
    assert_eq!((asked.ended_at, asked.review_at), (None, Some(now())));
    assert!(asked.counts_at(now()));
    assert_eq!(one(&feed(FLAGS), over, &world(asked)), None);
}

#[test]
fn what_a_person_dismissed_stays_so_until_it_is_worse() {
    let dismissed = Event {
        stage: Stage::Dismissed {
            by: "kim".to_owned(),
            why: "far away".to_owned(),
            at: now(),
        },
        ..first(Policy::Propose, Severity::High)
    };
    assert_eq!(
        one(&feed(FLAGS), proposal(Severity::High), &world(dismissed.clone())),
        None
    );
    let again = one(&feed(FLAGS), proposal(Severity::Critical), &world(dismissed)).unwrap();
    assert_eq!(
        (again.stage, again.severity),
        (Stage::Proposed, Severity::Critical)
    );
}

#[test]
fn a_second_feed_is_merged_by_a_name_that_both_give() {
    let event = first(Policy::Propose, Severity::High);
    let other = Feed {
        name: "other".to_owned(),
        ..feed(Policy::Propose)
    };
    let merged = one(&other, proposal(Severity::High), &world(event.clone())).unwrap();
    assert_eq!((merged.id, merged.sources.len()), (event.id, 1));
    // What an item is called in one feed is nothing in another.
    let item = Proposal {
        names: vec!["item:1".to_owned()],
        ..proposal(Severity::High)
    };
    let mine = one(&feed(Policy::Propose), item.clone(), &World::default()).unwrap();
    let theirs = one(&other, item, &world(mine)).unwrap();
    assert_eq!(
        (theirs.sources.len(), theirs.external_ids),
        (0, vec!["item:other:1".to_owned()])
    );
}

#[test]
fn regions_only_narrow_and_a_whole_country_stays_whole() {
    let codes = |list: &[&str]| list.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    for (have, more, come_to) in [
        (&["US-CO"][..], &["US-TX"][..], &["US-CO", "US-TX"][..]),
        (&["US-CO"], &[], &[]),
        (&[], &["US-TX"], &[]),
    ] {
        let mut event = Event {
            countries: codes(&["US"]),
            regions: codes(have),
            ..first(FLAGS, Severity::High)
        };
        widen(&mut event, &codes(&["US"]), &codes(more));
        assert_eq!(event.regions, codes(come_to), "{have:?} {more:?}");
    }
}

#[test]
fn one_feed_brings_a_bounded_number_of_new_events() {
    let many: Vec<Proposal> = (0..NEW_MAX + 3)
        .map(|n| Proposal {
            names: vec![format!("cap:{n}")],
            ..proposal(Severity::High)
        })
        .collect();
    let merged = merge(&feed(Policy::Propose), &many, &World::default(), now(), &Fixed);
    assert_eq!((merged.events.len(), merged.left_out), (NEW_MAX, 3));
    assert_eq!(merged.events[0].id.0, Id::new(now(), &Fixed));
}

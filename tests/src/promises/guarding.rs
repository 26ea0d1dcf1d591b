//! S7: a hold names its reasons, and so does a person's override. S8: a silent source holds.
// long file: the stories share their events and approvals, and are read side by side

use soundpost_cli::control::protocol::{Answer, ApproveAsk, Ask, EventAsk};
use soundpost_core::delivery::{EventHold, HoldReason, Rule, StateName};
use soundpost_core::event::{Severity, Source};
use soundpost_core::feed::{Feed, FeedState};
use soundpost_core::id::DeliveryId;
use soundpost_core::port::store::Write;
use soundpost_core::post::{Audience, Content};
use soundpost_fixtures::build::{self, post};

use crate::world::office::{Office, event};
use crate::world::samples;

const WHY: &str = "I have read it, it helps";

async fn held_by(office: &Office, id: DeliveryId) -> EventHold {
    match office.reasons(id).await.as_slice() {
        [HoldReason::Event(hold)] => hold.clone(),
        other => panic!("held by one event, but: {other:?}"),
    }
}

async fn critical(office: &Office) -> String {
    office.flag(event("an earthquake", Severity::Critical)).await
}

/// A hold names the event, the rule, and the words that met.
pub async fn s7_a_hold_names_event_rule_and_words() {
    let office = Office::new(1).await;
    let id = office.post(post("our cinema night is tonight").at(5)).await;
    let fire = EventAsk {
        tags: vec!["cinema".to_owned()],
        ..event("a fire", Severity::Watch)
    };
    office.flag(fire).await;
    let hold = held_by(&office, id).await;
    assert_eq!((hold.title.as_str(), hold.rule), ("a fire", Rule::Topic));
    assert_eq!(hold.source, "flagged by anna");
    let touch = &hold.touches[0];
    assert_eq!((touch.word.as_str(), touch.found.as_str()), ("cinema", "cinema"));
    assert_eq!((touch.part, touch.span), (1, (4, 10)));
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().publish_calls(), 0);
}

/// An approval needs a typed reason.
pub async fn s7_an_approval_needs_a_reason() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(5)).await;
    critical(&office).await;
    for nothing in ["", "  ", "ok"] {
        office.approve(id, nothing).await.expect_err("no reason");
    }
    assert_eq!(office.state(id).await, StateName::Held);
    office.approve(id, WHY).await.expect("a reason");
    office.scene.run_minutes(10).await;
    let delivery = office.delivery(id).await;
    assert_eq!(delivery.state_name(), StateName::Published);
    let approval = delivery.approval.expect("it is kept");
    assert_eq!((approval.by.as_str(), approval.reason.as_str()), ("anna", WHY));
    let verdict = &delivery.receipts[0].verdict;
    assert!(
        verdict.contains("approved by anna") && verdict.contains(WHY),
        "{verdict}"
    );
}

/// An approval is for one account: another delivery of the post stays held.
pub async fn s7_an_approval_is_for_one_account() {
    let office = Office::new(2).await;
    let ids = office.post_all(post("hello").to("@all").at(5)).await;
    critical(&office).await;
    office.approve(ids[0], WHY).await.expect("approved");
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(ids[0]).await, StateName::Published);
    assert_eq!(office.state(ids[1]).await, StateName::Held);
}

async fn approved(office: &Office) -> DeliveryId {
    let id = office.post(post("hello").at(30)).await;
    critical(office).await;
    office.approve(id, WHY).await.expect("approved");
    assert_eq!(office.state(id).await, StateName::Scheduled);
    id
}

async fn is_held_in_the_end(office: &Office, id: DeliveryId) {
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().publish_calls(), 0);
    assert_eq!(office.state(id).await, StateName::Held);
}

/// Other words, or another picture, void an approval.
pub async fn s7_an_approval_is_for_these_bytes() {
    for content in [post("hello you"), post("hello").with_picture()] {
        let office = Office::new(1).await;
        let id = approved(&office).await;
        let content: Content = content.0.content;
        office
            .app
            .edit("anna", &id.to_string(), content)
            .await
            .expect("edited");
        is_held_in_the_end(&office, id).await;
    }
}

/// Another audience voids an approval.
pub async fn s7_an_approval_is_for_this_audience() {
    let office = Office::new(1).await;
    let id = approved(&office).await;
    let mut account = build::account(1);
    account.audience = Audience {
        countries: vec!["JP".to_owned()],
        ..Audience::default()
    };
    let account = Box::new(account);
    office
        .scene
        .write(Write::SetAccount {
            account,
            steps: Vec::new(),
        })
        .await;
    is_held_in_the_end(&office, id).await;
}

/// An event that comes after the approval holds again.
pub async fn s7_an_approval_is_for_the_events_that_were_open() {
    let office = Office::new(1).await;
    let id = approved(&office).await;
    office
        .flag(event("a second earthquake", Severity::Critical))
        .await;
    assert_eq!(held_by(&office, id).await.title, "a second earthquake");
    is_held_in_the_end(&office, id).await;
}

/// A rise of the event's severity voids an approval.
pub async fn s7_a_rise_of_severity_voids_an_approval() {
    let office = Office::new(1).await;
    let id = office
        .post(
            post("hello")
                .at(30)
                .category(soundpost_core::post::Category::Promo),
        )
        .await;
    office.flag(event("unrest", Severity::High)).await;
    office.approve(id, WHY).await.expect("approved");
    let world = office.scene.env.store.world();
    let mut worse = world.events.values().next().expect("one event").clone();
    worse.severity = Severity::Critical;
    let event = Box::new(worse);
    office
        .scene
        .write(Write::SetEvent {
            event,
            steps: Vec::new(),
        })
        .await;
    is_held_in_the_end(&office, id).await;
}

/// A later end of the event voids an approval, too.
pub async fn s7_an_extension_voids_an_approval() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(30)).await;
    let ends_soon = EventAsk {
        until: Some("+40m".to_owned()),
        ..event("unrest", Severity::Critical)
    };
    let unrest = office.flag(ends_soon).await;
    office.approve(id, WHY).await.expect("approved");
    assert_eq!(office.state(id).await, StateName::Scheduled);
    let extend = Ask::EventExtend {
        id: unrest,
        until: Some("+9h".to_owned()),
        review: None,
    };
    office.ask(extend).await.expect("it can be extended");
    assert_eq!(office.state(id).await, StateName::Held);
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().publish_calls(), 0);
}

async fn note_of(office: &Office, id: DeliveryId) -> String {
    let views = office.app.deliveries(&[id]).await.expect("it is there");
    views[0].note.join("\n")
}

/// Another report that is merged into the event voids an approval.
pub async fn s7_a_merge_voids_an_approval() {
    let office = Office::new(1).await;
    let id = approved(&office).await;
    let world = office.scene.env.store.world();
    let mut merged = world.events.values().next().expect("one event").clone();
    merged.sources.push(Source::Feed {
        name: "met".to_owned(),
    });
    let event = Box::new(merged);
    let steps = Vec::new();
    office.scene.write(Write::SetEvent { event, steps }).await;
    is_held_in_the_end(&office, id).await;
    let note = note_of(&office, id).await;
    assert!(note.contains("merged with another report"), "{note}");
}

/// That an event got milder voids nothing, nor does the end of another.
pub async fn s7_a_milder_event_and_the_end_of_another_void_nothing() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(30 * 60)).await;
    critical(&office).await;
    let other = EventAsk {
        until: Some("+3d".to_owned()),
        ..event("a strike", Severity::Critical)
    };
    let other = office.flag(other).await;
    let storm = EventAsk {
        until: Some("+3d".to_owned()),
        ..event("a storm", Severity::Critical)
    };
    office.flag(storm).await;
    office.scene.run_minutes(23 * 60).await;
    office.approve(id, WHY).await.expect("approved");
    office.scene.run_minutes(2 * 60).await;
    office.end(&other).await;
    let world = office.scene.env.store.world();
    let quake = world.events.values().find(|e| e.title == "an earthquake");
    let severity = quake.expect("it is there").severity_at(office.scene.now());
    assert_eq!(
        severity,
        Severity::High,
        "milder than it was when it was approved"
    );
    office.scene.run_minutes(6 * 60).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

pub(super) async fn approve_for(office: &Office, id: DeliveryId, event: &str) -> Vec<String> {
    let ask = ApproveAsk {
        ids: vec![id.to_string()],
        why: WHY.to_owned(),
        event: Some(event.to_owned()),
        ..ApproveAsk::default()
    };
    office.app.approve("anna", &ask).await.expect("approved").hints
}

/// An approval for one event passes that one alone; one for the next is added to it.
pub async fn s7_an_approval_for_one_event_passes_that_one_alone() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(30)).await;
    let quake = critical(&office).await;
    let flood = office.flag(event("a flood", Severity::Critical)).await;
    let hints = approve_for(&office, id, &quake).await.join("\n");
    assert!(
        hints.contains("still held: critical event \"a flood\""),
        "{hints}"
    );
    assert!(!hints.contains("passes: critical event \"a flood\""), "{hints}");
    assert_eq!(held_by(&office, id).await.title, "a flood", "at once");
    office.scene.run_minutes(40).await;
    assert_eq!(office.network().publish_calls(), 0);
    approve_for(&office, id, &flood).await;
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(id).await, StateName::Published);
    let reason = office.delivery(id).await.approval.expect("it is kept").reason;
    assert_eq!(reason, format!("{WHY}; and before, anna: {WHY}"));
}

/// An event that does not count when the post is due cannot be approved, and then nothing is changed.
pub async fn s7_what_does_not_count_then_is_not_approved() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(300)).await;
    let short = EventAsk {
        until: Some("+1h".to_owned()),
        ..event("a parade", Severity::Critical)
    };
    let short = office.flag(short).await;
    let ask = ApproveAsk {
        ids: vec![id.to_string()],
        why: WHY.to_owned(),
        event: Some(short),
        ..ApproveAsk::default()
    };
    office
        .app
        .approve("anna", &ask)
        .await
        .expect_err("it is over by then");
    assert_eq!(office.delivery(id).await.approval, None);
}

/// An approval lasts as long as was said, at most a day; then what it passed holds again, and the hold says so.
pub async fn s7_an_approval_lasts_as_long_as_was_said() {
    let office = Office::new(2).await;
    let soon = office.post(post("hello").at(50)).await;
    let late = office.post(post("hello").to("a2").at(70)).await;
    critical(&office).await;
    let ask = |hours: u32| ApproveAsk {
        ids: vec![soon.to_string(), late.to_string()],
        why: WHY.to_owned(),
        hours: Some(hours),
        ..ApproveAsk::default()
    };
    for wrong in [0, 25] {
        office
            .app
            .approve("anna", &ask(wrong))
            .await
            .expect_err("1 to 24");
    }
    let hints = office.app.approve("anna", &ask(1)).await.expect("approved").hints;
    assert!(
        hints
            .iter()
            .any(|hint| hint.contains("after that: what holds then")),
        "{hints:?}"
    );
    office.scene.run_minutes(80).await;
    assert_eq!(office.state(soon).await, StateName::Published);
    assert_eq!(office.state(late).await, StateName::Held);
    let note = note_of(&office, late).await;
    assert!(
        note.contains(&format!("anna approved it ({WHY}) until")),
        "{note}"
    );
    let entries = office.scene.env.store.entries(1, 1000, Some(late)).await;
    let entries = entries.expect("the journal can be read");
    assert_eq!(entries.last().expect("its hold").reason, "its approval has ended");
}

/// A proposal holds nothing until a person accepts it, and a dismissal lets go what it held.
pub async fn s7_a_proposal_holds_nothing_until_a_person_accepts_it() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(30)).await;
    let propose = Ask::EventPropose(Box::new(event("unrest", Severity::Critical)));
    let Answer::EventChanged(proposed) = office.ask(propose).await.expect("proposed") else {
        panic!("an event")
    };
    assert_eq!((proposed.held.len(), proposed.would.len()), (0, 1));
    assert_eq!(office.state(id).await, StateName::Scheduled);
    let accept = Ask::EventAccept {
        id: proposed.event.id.clone(),
        change: Box::default(),
    };
    office.ask(accept).await.expect("accepted");
    assert_eq!(held_by(&office, id).await.title, "unrest");
    let dismiss = Ask::EventDismiss {
        id: proposed.event.id,
        why: "a rumour".to_owned(),
    };
    office.ask(dismiss).await.expect("dismissed");
    assert_eq!(office.state(id).await, StateName::Scheduled);
}

/// An approval ends after a day, and then the event holds again.
pub async fn s7_an_approval_expires() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(30 * 60)).await;
    let earthquake = EventAsk {
        until: Some("+3d".to_owned()),
        ..event("an earthquake", Severity::Critical)
    };
    office.flag(earthquake).await;
    office.approve(id, WHY).await.expect("approved");
    office.scene.run_minutes(31 * 60).await;
    assert_eq!(office.network().publish_calls(), 0);
    assert_eq!(held_by(&office, id).await.title, "an earthquake");
}

/// An event that nobody confirms gets milder by the schedule: what only a critical one would hold goes after a day.
pub async fn s7_an_event_that_nobody_confirms_gets_milder() {
    let office = Office::new(1).await;
    let early = office.post(post("hello").at(23 * 60)).await;
    let late = office.post(post("hello again").at(25 * 60)).await;
    critical(&office).await;
    assert_eq!(office.state(early).await, StateName::Held);
    office.scene.run_minutes(24 * 60 - 1).await;
    assert_eq!(office.network().publish_calls(), 0);
    office.scene.run_minutes(2 * 60).await;
    for id in [early, late] {
        assert_eq!(office.state(id).await, StateName::Published);
    }
}

/// A confirmation keeps it as it was, and holds again what would have gone.
pub async fn s7_a_confirmed_event_stays_what_it_was() {
    let office = Office::new(1).await;
    let late = office.post(post("hello again").at(25 * 60)).await;
    let earthquake = critical(&office).await;
    assert_eq!(office.state(late).await, StateName::Scheduled);
    office.scene.run_minutes(20 * 60).await;
    let confirm = Ask::EventConfirm { id: earthquake };
    office.ask(confirm).await.expect("it can be confirmed");
    assert_eq!(held_by(&office, late).await.severity, Severity::Critical);
    office.scene.run_minutes(6 * 60).await;
    assert_eq!(office.network().publish_calls(), 0);
}

/// "Now" by hand is challenged the same way, with the same evidence.
pub async fn s7_now_by_hand_is_challenged_the_same_way() {
    let office = Office::new(1).await;
    critical(&office).await;
    let posted = office.try_post(post("hello"), true).await.expect("queued");
    assert!(
        posted.warnings.iter().any(|w| w.contains("an earthquake")),
        "{:?}",
        posted.warnings
    );
    assert_eq!(
        held_by(&office, posted.deliveries[0].id).await.rule,
        Rule::ScopeAll
    );
    is_held_in_the_end(&office, posted.deliveries[0].id).await;
}

/// What a person holds, too, is held by both: the event's end leaves it to the person, and a word that passes the event
/// does as well.
pub async fn s7_what_a_person_and_an_event_hold_is_held_by_both() {
    let office = Office::new(2).await;
    let first = office.post(post("hello").at(30)).await;
    let second = office.post(post("hello").to("a2").at(30)).await;
    let quake = critical(&office).await;
    for id in [first, second] {
        let hold = Ask::Hold {
            ids: vec![id.to_string()],
            why: "not yet".to_owned(),
        };
        office.ask(hold).await.expect("a person may");
    }
    let show = Ask::EventShow {
        id: quake.clone(),
        would: false,
    };
    let Answer::EventShown(shown) = office.ask(show).await.expect("it is there") else {
        panic!("an event")
    };
    assert_eq!(shown.held.len(), 2);
    let is_person = |reasons: &[HoldReason]| matches!(reasons, [HoldReason::Person { .. }]);
    office.approve(first, WHY).await.expect("approved");
    assert!(
        is_person(&office.reasons(first).await),
        "the event is passed, the person is not"
    );
    assert_eq!(office.end(&quake).await, []);
    assert!(is_person(&office.reasons(second).await), "the event is over");
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().publish_calls(), 0);
}

/// When the event has ended, what is still fresh goes by itself, and what is not does not.
pub async fn s7_the_end_of_the_event_releases_what_is_fresh() {
    let office = Office::new(2).await;
    let stale = office.post(post("stale").at(5).fresh_min(10)).await;
    let fresh = office.post(post("fresh").to("a2").at(25)).await;
    let quake = critical(&office).await;
    office.scene.run_minutes(30).await;
    assert_eq!(
        office.end(&quake).await,
        [fresh],
        "the answer says what goes again"
    );
    office.scene.run_minutes(30).await;
    assert_eq!(office.network().texts(), ["fresh"]);
    assert_eq!(office.state(fresh).await, StateName::Published);
    assert_eq!(office.state(stale).await, StateName::Held);
}

/// A feed that was not read for too long holds; when it is read again nothing goes by itself; a person can let it go.
pub async fn s8_a_stale_feed_holds_until_a_person_lets_it_go() {
    let office = Office::new(2).await;
    let feed = Box::new(Feed {
        countries: Vec::new(),
        ..samples::feed("met")
    });
    office.scene.write(Write::SetFeed { feed }).await;
    let early = office.post(post("early").at(50)).await;
    let approved = office.post(post("approved").at(70).fresh_min(600)).await;
    let released = office.post(post("released").to("a2").at(80).fresh_min(600)).await;
    office.scene.run_minutes(90).await;
    assert_eq!(office.state(early).await, StateName::Published);
    for id in [approved, released] {
        let reasons = office.reasons(id).await;
        let says = |r: &HoldReason| matches!(r, HoldReason::StaleSource { why } if why.contains("'met'"));
        assert!(reasons.iter().all(says) && reasons.len() == 1, "{reasons:?}");
    }
    office.approve(approved, WHY).await.expect("a person may");
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(approved).await, StateName::Published);
    let state = FeedState {
        last_ok_at: Some(office.scene.now()),
        ..FeedState::default()
    };
    let name = "met".to_owned();
    office.scene.write(Write::CheckFeed { name, state }).await;
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(released).await, StateName::Held, "never by itself");
    let release = Ask::Release {
        ids: vec![released.to_string()],
        at: Some("now".to_owned()),
        why: String::new(),
    };
    office.ask(release).await.expect("a person may");
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(released).await, StateName::Published);
}

//! S4, S7: an event that a person changes in place. What it holds by then is held at once, what it holds no more goes
//! while it is fresh, and what a person had approved is asked about again only where the event got worse or wider.

use soundpost_cli::control::protocol::{Answer, Ask, EventChanged, EventEdit};
use soundpost_core::delivery::StateName;
use soundpost_core::event::Severity;
use soundpost_core::id::DeliveryId;
use soundpost_core::post::Category;
use soundpost_fixtures::build::{post, thread};
use soundpost_fixtures::network::Sending;

use super::silence::{ended, step};
use crate::world::office::{Office, event};

const WHY: &str = "I have read it, it helps";

async fn change(office: &Office, edit: EventEdit) -> EventChanged {
    let ask = Ask::EventChange(Box::new(edit));
    match office.ask(ask).await.expect("it can be changed") {
        Answer::EventChanged(changed) => changed,
        other => panic!("an event, but: {other:?}"),
    }
}

async fn severity(office: &Office, event: &str, severity: Severity) -> EventChanged {
    let edit = EventEdit {
        id: event.to_owned(),
        severity: Some(severity),
        ..EventEdit::default()
    };
    change(office, edit).await
}

async fn accounts(office: &Office, event: &str, accounts: &[&str]) -> EventChanged {
    let edit = EventEdit {
        id: event.to_owned(),
        accounts: Some(accounts.iter().map(|a| (*a).to_owned()).collect()),
        ..EventEdit::default()
    };
    change(office, edit).await
}

fn ids(views: &[soundpost_cli::control::protocol::DeliveryView]) -> Vec<DeliveryId> {
    views.iter().map(|view| view.id).collect()
}

/// A rise of severity holds at once what it holds by then, and the answer lists it. A dry run holds nothing.
pub async fn s7_a_raised_event_holds_at_once() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(30)).await;
    let unrest = office.flag(event("unrest", Severity::Watch)).await;
    assert_eq!(office.state(id).await, StateName::Scheduled);
    let edit = EventEdit {
        id: unrest.clone(),
        severity: Some(Severity::Critical),
        dry_run: true,
        ..EventEdit::default()
    };
    let tried = change(&office, edit).await;
    assert_eq!((ids(&tried.would), tried.held.len()), (vec![id], 0));
    assert_eq!(office.state(id).await, StateName::Scheduled);
    let changed = severity(&office, &unrest, Severity::Critical).await;
    assert_eq!(ids(&changed.held), [id]);
    assert_eq!(office.state(id).await, StateName::Held);
    let told = &changed.changes[0];
    assert_eq!((told.before.as_str(), told.after.as_str()), ("watch", "critical"));
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().publish_calls(), 0);
}

/// What a narrower event holds no more goes by itself while it is fresh, and only then.
pub async fn s7_a_narrowed_event_releases_what_is_fresh() {
    let office = Office::new(3).await;
    let stale = office.post(post("stale").at(5).fresh_min(10)).await;
    let fresh = office.post(post("fresh").to("a2").at(25)).await;
    let still = office.post(post("still").to("a3").at(25)).await;
    let quake = office.flag(event("an earthquake", Severity::Critical)).await;
    office.scene.run_minutes(30).await;
    let changed = accounts(&office, &quake, &["a3"]).await;
    assert_eq!(ids(&changed.released), [fresh]);
    office.scene.run_minutes(30).await;
    assert_eq!(office.network().texts(), ["fresh"]);
    for id in [stale, still] {
        assert_eq!(office.state(id).await, StateName::Held);
    }
}

async fn approved_for_a1_and_a2(office: &Office) -> (DeliveryId, String) {
    let mut quake = event("an earthquake", Severity::Critical);
    quake.accounts = vec!["a1".to_owned(), "a2".to_owned()];
    let id = office.post(post("hello").at(30)).await;
    let quake = office.flag(quake).await;
    office.approve(id, WHY).await.expect("approved");
    (id, quake)
}

/// An event that a person made narrower keeps what was approved before.
pub async fn s7_a_narrowed_event_voids_no_approval() {
    let office = Office::new(3).await;
    let (id, quake) = approved_for_a1_and_a2(&office).await;
    accounts(&office, &quake, &["a1"]).await;
    assert_eq!(office.state(id).await, StateName::Scheduled);
    office.scene.run_minutes(40).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

/// An event that a person made wider than it was ever approved holds again what was approved before.
pub async fn s7_a_widened_event_voids_an_approval() {
    let office = Office::new(3).await;
    let (id, quake) = approved_for_a1_and_a2(&office).await;
    accounts(&office, &quake, &["a1"]).await;
    let changed = accounts(&office, &quake, &[]).await;
    assert_eq!(ids(&changed.held), [id]);
    office.scene.run_minutes(40).await;
    assert_eq!(office.network().publish_calls(), 0);
}

/// A changed severity counts from now on, like a confirmation, also where the event had got milder in between.
pub async fn s7_a_changed_severity_counts_from_then_on() {
    let office = Office::new(1).await;
    let info = |minutes| post("hello").at(minutes).category(Category::Info);
    let late = office.post(info(90 * 60)).await;
    let unrest = office.flag(event("unrest", Severity::High)).await;
    office.scene.run_minutes(71 * 60).await;
    assert_eq!(office.state(late).await, StateName::Scheduled);
    severity(&office, &unrest, Severity::Critical).await;
    office.scene.run_minutes(20 * 60).await;
    assert_eq!(office.network().publish_calls(), 0);
    assert_eq!(office.state(late).await, StateName::Held);
}

/// A change that comes between the fence and the write stops the part of a thread that was about to go.
pub async fn s4_a_changed_event_stops_a_part_at_the_gate() {
    let office = Office::new(1).await;
    let id = office.post(thread(&["one", "two", "three"])).await;
    let unrest = office.flag(event("unrest", Severity::Watch)).await;
    office.network().script([Sending::Accept, Sending::HangBefore]);
    let lane = step(&office);
    office.network().until_hanging(1).await;
    severity(&office, &unrest, Severity::Critical).await;
    office.network().release();
    ended(lane).await;
    assert_eq!(office.network().texts(), ["one"]);
    assert_eq!(office.state(id).await, StateName::Held);
}

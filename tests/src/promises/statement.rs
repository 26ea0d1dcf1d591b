//! S9: the official statement passes a pause; nothing else does.

use jiff::SignedDuration;
use soundpost_cli::app::error::{AppError, Kind};
use soundpost_cli::control::protocol::{Answer, Ask, StatementAsk, StatementView};
use soundpost_core::delivery::StateName;
use soundpost_core::event::Severity;
use soundpost_core::halt::Scope;
use soundpost_core::id::DeliveryId;
use soundpost_core::post::Content;
use soundpost_fixtures::build::{part, post};

use crate::world::office::{Office, event};

const WORDS: &str = "We are closed today.";
const CAMPAIGN: &str = "spring";

fn statement(confirmed: Option<String>) -> Ask {
    Ask::Statement(Box::new(StatementAsk {
        draft: post(WORDS).campaign(CAMPAIGN).0,
        reason: "we say what happened".to_owned(),
        confirmed,
    }))
}

async fn shown(office: &Office) -> StatementView {
    match office.ask(statement(None)).await {
        Ok(Answer::Statement(view)) => view,
        other => panic!("a statement is shown first: {other:?}"),
    }
}

async fn confirm(office: &Office, code: &str) -> Result<DeliveryId, AppError> {
    match office.ask(statement(Some(code.to_owned()))).await? {
        Answer::Posted(posted) => Ok(posted.deliveries[0].id),
        other => panic!("a confirmed statement is queued: {other:?}"),
    }
}

async fn confirmed(office: &Office) -> DeliveryId {
    let code = shown(office).await.code;
    confirm(office, &code).await.expect("nothing changed since")
}

/// A confirmed statement is public a moment later, and what else is due stays held.
pub async fn s9_a_confirmed_statement_passes_the_pause() {
    let office = Office::new(1).await;
    let other = office.post(post("hello").at(1)).await;
    office.pause_all().await;
    let id = confirmed(&office).await;
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().texts(), [WORDS]);
    assert_eq!(office.state(other).await, StateName::Held);
    let delivery = office.delivery(id).await;
    let verdict = &delivery.receipts[0].verdict;
    assert!(verdict.contains("we say what happened"), "{verdict}");
}

/// Without a confirmation it is only shown; a wrong code queues nothing.
pub async fn s9_a_statement_is_confirmed_as_it_was_shown() {
    let office = Office::new(1).await;
    office.pause_all().await;
    shown(&office).await;
    let wrong = confirm(&office, "00000000").await.expect_err("another code");
    assert_eq!(wrong.kind, Kind::Conflict);
    assert!(office.scene.deliveries().await.is_empty());
}

/// A confirmation is good once: who repeats it, for the answer was lost, sends nothing a second time, and is told that the
/// words went before.
pub async fn s9_a_confirmation_is_good_once() {
    let office = Office::new(1).await;
    office.pause_all().await;
    let code = shown(&office).await.code;
    let id = confirm(&office, &code).await.expect("nothing changed since");
    let again = confirm(&office, &code).await.expect_err("it was used");
    assert_eq!(again.kind, Kind::Conflict);
    office.scene.run_minutes(5).await;
    assert_eq!(office.network().texts(), [WORDS]);
    let before = shown(&office).await.before;
    assert_eq!(before, [id.to_string()]);
}

/// Who pauses between the look and the confirmation is heard.
pub async fn s9_a_pause_after_the_look_voids_the_confirmation() {
    let office = Office::new(1).await;
    office.pause_all().await;
    let code = shown(&office).await.code;
    office.pause_all().await;
    let late = confirm(&office, &code).await.expect_err("another pause");
    assert_eq!(late.kind, Kind::Conflict);
}

/// Where nothing is paused there is nothing to pass.
pub async fn s9_a_statement_needs_a_pause() {
    let office = Office::new(1).await;
    let error = office.ask(statement(None)).await.expect_err("nothing is paused");
    assert_eq!(error.kind, Kind::BadInput);
}

/// A pause after the confirmation stops it.
pub async fn s9_a_later_pause_stops_a_statement() {
    let office = Office::new(1).await;
    office.pause_all().await;
    let id = confirmed(&office).await;
    office.pause_all().await;
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Held);
    assert!(office.network().texts().is_empty());
}

/// Other words are another statement: an edit ends what was confirmed.
pub async fn s9_an_edit_ends_a_statement() {
    let office = Office::new(1).await;
    office.pause_all().await;
    let id = confirmed(&office).await;
    let content = Box::new(Content {
        parts: vec![part("Half price today!")],
        ..Content::default()
    });
    let edit = Ask::Edit {
        id: id.to_string(),
        content,
    };
    office.ask(edit).await.expect("it has not gone yet");
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Held);
    assert!(office.network().texts().is_empty());
}

/// What could not go for a quarter of an hour is held like everything else.
pub async fn s9_a_statement_expires() {
    let office = Office::new(1).await;
    office.pause_all().await;
    let id = confirmed(&office).await;
    office.scene.jump_and_trust(SignedDuration::from_mins(15));
    office.scene.run_minutes(1).await;
    assert_eq!(office.state(id).await, StateName::Held);
    assert!(office.network().texts().is_empty());
}

/// The statement goes before what is due at its account.
pub async fn s9_a_statement_is_first_in_line() {
    let office = Office::new(1).await;
    office.post(post("hello")).await;
    office.pause(Scope::Campaign(CAMPAIGN.to_owned())).await;
    confirmed(&office).await;
    office.scene.run_minutes(1).await;
    assert_eq!(office.network().texts(), [WORDS, "hello"]);
}

/// The confirmation approves what the guard held against it then, and nothing that comes later.
pub async fn s9_a_statement_passes_only_the_events_that_were_shown() {
    let office = Office::new(1).await;
    office.flag(event("first", Severity::Critical)).await;
    office.pause_all().await;
    assert!(shown(&office).await.held.is_some());
    let first = confirmed(&office).await;
    office.scene.run_minutes(1).await;
    assert_eq!(office.state(first).await, StateName::Published);
    let second = confirmed(&office).await;
    office.flag(event("second", Severity::Critical)).await;
    office.scene.run_minutes(1).await;
    assert_eq!(office.state(second).await, StateName::Held);
}

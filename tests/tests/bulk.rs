//! Moves of many deliveries at once: shown first, and done only as they were shown.

use soundpost_cli::app::error::{AppError, Kind};
use soundpost_cli::control::protocol::{
    Answer, ApproveAsk, Ask, BulkAct, BulkAsk, BulkView, EventAsk, Moved, Selection,
};
use soundpost_core::delivery::StateName;
use soundpost_core::event::Severity;
use soundpost_core::id::DeliveryId;
use soundpost_fixtures::build::post;
use soundpost_tests::world::office::{Office, event};

const WHY: &str = "we have read them";

fn cinema(title: &str) -> EventAsk {
    EventAsk {
        tags: vec!["cinema".to_owned()],
        ..event(title, Severity::Watch)
    }
}

fn held_by(event: &str) -> Selection {
    Selection {
        held_by: Some(event.to_owned()),
        ..Selection::default()
    }
}

fn approve() -> BulkAct {
    BulkAct::Approve(ApproveAsk {
        why: WHY.to_owned(),
        ..ApproveAsk::default()
    })
}

fn cancel() -> BulkAct {
    BulkAct::Cancel { why: WHY.to_owned() }
}

async fn ask(office: &Office, of: &Selection, act: BulkAct, code: Option<&str>) -> Result<Answer, AppError> {
    let ask = BulkAsk {
        of: of.clone(),
        act,
        confirmed: code.map(str::to_owned),
    };
    office.ask(Ask::Bulk(Box::new(ask))).await
}

async fn look(office: &Office, of: &Selection, act: BulkAct) -> BulkView {
    match ask(office, of, act, None).await {
        Ok(Answer::Bulk(view)) => view,
        other => panic!("it is only shown: {other:?}"),
    }
}

async fn apply(office: &Office, of: &Selection, act: BulkAct, code: &str) -> Result<Moved, AppError> {
    match ask(office, of, act, Some(code)).await? {
        Answer::Moved(moved) => Ok(moved),
        other => panic!("it is done: {other:?}"),
    }
}

/// Three posts about the cinema, held by a fire; and one that is not.
async fn held() -> (Office, String, Vec<DeliveryId>, DeliveryId) {
    let office = Office::new(1).await;
    let mut ids = Vec::new();
    for minutes in [100, 200, 300] {
        ids.push(office.post(post("our cinema night").at(minutes)).await);
    }
    let other = office.post(post("good strings").at(150)).await;
    let fire = office.flag(cinema("a fire")).await;
    (office, fire, ids, other)
}

async fn states(office: &Office, ids: &[DeliveryId]) -> Vec<StateName> {
    let mut states = Vec::new();
    for id in ids {
        states.push(office.state(*id).await);
    }
    states
}

#[tokio::test]
async fn it_is_shown_first_changes_nothing_and_is_done_with_its_code() {
    let (office, fire, ids, _) = held().await;
    let seq = office.scene.env.store.seq();
    let view = look(&office, &held_by(&fire), approve()).await;
    let shown: Vec<DeliveryId> = view.deliveries.iter().map(|d| d.id).collect();
    assert_eq!((shown, view.left.len()), (ids.clone(), 0));
    assert_eq!(office.scene.env.store.seq(), seq, "nothing is written");
    let code = view.code.expect("they can be approved");
    let moved = apply(&office, &held_by(&fire), approve(), &code)
        .await
        .expect("nothing changed");
    assert_eq!(moved.deliveries.len(), 3);
    assert_eq!(states(&office, &ids).await, [StateName::Scheduled; 3]);
    office.scene.run_minutes(400).await;
    assert_eq!(office.network().texts().len(), 4);
}

#[tokio::test]
async fn it_is_refused_when_a_post_or_an_event_or_what_was_asked_changed() {
    let (office, fire, ids, other) = held().await;
    let of = held_by(&fire);
    let code = look(&office, &of, approve()).await.code.expect("a code");
    let refused =
        |result: Result<Moved, AppError>| assert_eq!(result.expect_err("changed").kind, Kind::Conflict);
    refused(apply(&office, &of, cancel(), &code).await);
    refused(apply(&office, &of, approve(), "00000000").await);
    office.flag(event("a quake", Severity::Critical)).await;
    refused(apply(&office, &of, approve(), &code).await);
    let code = look(&office, &of, approve()).await.code.expect("a code");
    let edited = post("our cinema day").0.content;
    office
        .app
        .edit("anna", &ids[1].to_string(), edited)
        .await
        .expect("edited");
    refused(apply(&office, &of, approve(), &code).await);
    assert_eq!(states(&office, &ids).await, [StateName::Held; 3]);
    assert_eq!(office.state(other).await, StateName::Held, "by the quake");
}

#[tokio::test]
async fn what_cannot_move_is_named_with_why_and_stays() {
    let (office, _, ids, other) = held().await;
    let kept = [other.to_string()];
    office.app.hold("anna", &kept, "ask kim").await.expect("it waits");
    let of = Selection {
        states: vec!["held".to_owned()],
        account: Some("a1".to_owned()),
        ..Selection::default()
    };
    let release = || BulkAct::Release {
        at: None,
        why: String::new(),
    };
    let view = look(&office, &of, release()).await;
    assert_eq!(view.deliveries.len(), 1);
    assert!(
        view.left.len() == 3
            && view
                .left
                .iter()
                .all(|line| line.contains("the guard still holds")),
        "{:?}",
        view.left
    );
    let code = view.code.expect("one can go");
    apply(&office, &of, release(), &code)
        .await
        .expect("nothing changed");
    assert_eq!(office.state(other).await, StateName::Scheduled);
    assert_eq!(states(&office, &ids).await, [StateName::Held; 3]);
}

#[tokio::test]
async fn all_of_an_event_has_what_it_would_hold_too_approved_or_not() {
    let (office, fire, ids, other) = held().await;
    office.approve(ids[0], WHY).await.expect("approved");
    let of = Selection {
        all_of: Some(fire.clone()),
        ..Selection::default()
    };
    assert_eq!(look(&office, &held_by(&fire), cancel()).await.deliveries.len(), 2);
    let view = look(&office, &of, cancel()).await;
    assert_eq!(view.deliveries.len(), 3);
    let code = view.code.expect("they can be cancelled");
    apply(&office, &of, cancel(), &code)
        .await
        .expect("nothing changed");
    assert_eq!(states(&office, &ids).await, [StateName::Cancelled; 3]);
    assert_eq!(office.state(other).await, StateName::Scheduled);
    let proposed = office.app.event_propose(
        "anna",
        EventAsk {
            tags: vec!["strings".to_owned()],
            ..event("a strike", Severity::Watch)
        },
    );
    let of = Selection {
        all_of: Some(proposed.await.expect("proposed").event.id),
        ..Selection::default()
    };
    let act = BulkAct::Reschedule {
        at: "+9h".to_owned(),
        zone: None,
    };
    let code = look(&office, &of, act.clone())
        .await
        .code
        .expect("a proposal, too");
    apply(&office, &of, act, &code).await.expect("nothing changed");
    let due = office.delivery(other).await.due.at;
    assert_eq!(due.duration_since(office.scene.now()).as_mins(), 9 * 60);
}

#[tokio::test]
async fn a_selection_says_which_and_finds_something() {
    let (office, fire, _, _) = held().await;
    let kind =
        async |of: Selection, act: BulkAct| ask(&office, &of, act, None).await.expect_err("refused").kind;
    let of_account = Selection {
        account: Some("a1".to_owned()),
        ..Selection::default()
    };
    assert_eq!(kind(of_account, cancel()).await, Kind::BadInput);
    let failed = |state: &str| Selection {
        states: vec![state.to_owned()],
        ..Selection::default()
    };
    assert_eq!(kind(failed("failed"), cancel()).await, Kind::NotFound);
    assert_eq!(kind(failed("broken"), cancel()).await, Kind::BadInput);
    assert_eq!(kind(held_by("zzzz"), cancel()).await, Kind::NotFound);
    let silent = BulkAct::Approve(ApproveAsk::default());
    assert_eq!(kind(held_by(&fire), silent).await, Kind::BadInput);
    office.pause_all().await;
    let view = look(&office, &held_by(&fire), approve()).await;
    assert_eq!((view.deliveries.len(), view.left.len(), view.code), (0, 3, None));
}

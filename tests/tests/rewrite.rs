//! `rewrite`: another text and the guard's word about it, in one step.

use jiff::SignedDuration;
use soundpost_cli::control::protocol::{Answer, Ask, EventAsk, Rewritten, RewrittenView};
use soundpost_core::delivery::{HoldReason, StateName};
use soundpost_core::event::Severity;
use soundpost_core::id::DeliveryId;
use soundpost_fixtures::build::post;
use soundpost_tests::world::office::{Office, event};

async fn rewrite(office: &Office, id: &str, text: &str) -> Rewritten {
    let ask = Ask::Rewrite {
        id: id.to_owned(),
        content: Box::new(post(text).0.content),
    };
    match office.ask(ask).await {
        Ok(Answer::Rewritten(rewritten)) => rewritten,
        other => panic!("it is rewritten: {other:?}"),
    }
}

/// An office where a fire holds a post about the cinema.
async fn held() -> (Office, DeliveryId) {
    let office = Office::new(2).await;
    let id = office.post(post("our cinema night").at(100)).await;
    let fire = EventAsk {
        tags: vec!["cinema".to_owned()],
        ..event("a fire", Severity::Watch)
    };
    office.flag(fire).await;
    assert_eq!(office.state(id).await, StateName::Held);
    (office, id)
}

async fn one(office: &Office, id: DeliveryId, text: &str) -> RewrittenView {
    let mut all = rewrite(office, &id.to_string(), text).await.deliveries;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[tokio::test]
async fn what_touches_no_more_goes_again_by_itself() {
    let (office, id) = held().await;
    let view = one(&office, id, "our quiet evening").await;
    assert!(view.goes_by_itself && view.verdict.allowed, "{view:?}");
    assert!(view.goes.starts_with("it goes by itself"), "{}", view.goes);
    assert_eq!(view.before[0].text, "our cinema night");
    assert_eq!(view.before[0].spans, [(4, 10)], "what had touched");
    assert_eq!(
        (view.after[0].text.as_str(), view.after[0].spans.len()),
        ("our quiet evening", 0)
    );
    assert_eq!(office.state(id).await, StateName::Scheduled);
    office.scene.run_minutes(110).await;
    assert_eq!(office.network().texts(), ["our quiet evening"]);
}

#[tokio::test]
async fn what_touches_still_stays_held_and_says_which_words() {
    let (office, id) = held().await;
    let view = one(&office, id, "the cinema is closed").await;
    assert!(!view.goes_by_itself && !view.verdict.allowed, "{view:?}");
    assert_eq!(view.after[0].spans, [(4, 10)]);
    assert!(view.goes.contains("approve it"), "{}", view.goes);
    assert!(
        view.delivery.next.iter().any(|next| next.starts_with("approve")),
        "{view:?}"
    );
    assert_eq!(office.state(id).await, StateName::Held);
}

#[tokio::test]
async fn what_touches_only_now_is_held_at_once_and_an_approval_is_void() {
    let (office, id) = held().await;
    let other = office.post(post("good strings").at(100)).await;
    let view = one(&office, other, "good cinema").await;
    assert!(!view.goes_by_itself, "{view:?}");
    assert_eq!(office.state(other).await, StateName::Held);
    office.approve(id, "it helps").await.expect("approved");
    let view = one(&office, id, "the cinema is closed").await;
    assert!(!view.goes_by_itself, "{view:?}");
    assert_eq!(office.state(id).await, StateName::Held);
}

#[tokio::test]
async fn what_a_person_or_a_pause_holds_is_not_let_go() {
    let (office, id) = held().await;
    let kept = office.post(post("good strings").to("a2").at(100)).await;
    let ids = [kept.to_string()];
    office.app.hold("anna", &ids, "ask kim").await.expect("it waits");
    let view = one(&office, kept, "better strings").await;
    assert!(
        !view.goes_by_itself && view.goes.contains("a person lets it go"),
        "{view:?}"
    );
    assert_eq!(office.state(kept).await, StateName::Held);
    office.pause_all().await;
    let view = one(&office, id, "our quiet evening").await;
    assert!(!view.goes_by_itself && view.goes.contains("resumed"), "{view:?}");
    let reasons = office.reasons(id).await;
    assert!(matches!(reasons[..], [HoldReason::Halt(_)]), "{reasons:?}");
}

#[tokio::test]
async fn what_is_too_late_is_no_longer_held_for_words_that_are_gone() {
    let (office, id) = held().await;
    office.scene.clock.advance(SignedDuration::from_hours(9));
    let view = one(&office, id, "our quiet evening").await;
    assert!(!view.goes_by_itself && view.goes.contains("a person"), "{view:?}");
    let reasons = office.reasons(id).await;
    assert!(matches!(reasons[..], [HoldReason::Person { .. }]), "{reasons:?}");
}

#[tokio::test]
async fn a_persons_hold_names_what_the_new_words_meet() {
    let (office, _) = held().await;
    let kept = office.post(post("good strings").to("a2").at(100)).await;
    let ids = [kept.to_string()];
    office.app.hold("anna", &ids, "ask kim").await.expect("it waits");
    let _ = one(&office, kept, "our cinema evening").await;
    let reasons = office.reasons(kept).await;
    assert!(
        matches!(reasons[..], [HoldReason::Person { .. }, HoldReason::Event(_)]),
        "{reasons:?}"
    );
    let _ = one(&office, kept, "our quiet evening").await;
    let reasons = office.reasons(kept).await;
    assert!(matches!(reasons[..], [HoldReason::Person { .. }]), "{reasons:?}");
}

#[tokio::test]
async fn what_is_public_is_left_and_the_rest_of_the_post_is_rewritten() {
    let office = Office::new(2).await;
    let ids = office.post_all(post("good strings").to("@all").at(10)).await;
    let [first, second] = ids[..] else { panic!("two") };
    let later = second.to_string();
    let moved = office.app.reschedule("anna", &[later], "+9h", None).await;
    moved.expect("it waits");
    office.scene.run_minutes(20).await;
    assert_eq!(office.state(first).await, StateName::Published);
    let rewritten = rewrite(&office, &first.post.to_string(), "better strings").await;
    assert_eq!((rewritten.deliveries.len(), rewritten.left.len()), (1, 1));
    assert_eq!(rewritten.deliveries[0].delivery.id, second);
    assert!(rewritten.deliveries[0].goes_by_itself, "{rewritten:?}");
}

//! Shadow: the guard tells what it would hold, and holds nothing but for critical events. The kill switch is not touched.

use soundpost_cli::control::protocol::{Answer, Ask, ShadowAsk, ShadowView};
use soundpost_core::delivery::{HoldReason, StateName};
use soundpost_core::event::Severity;
use soundpost_core::id::DeliveryId;
use soundpost_core::post::Category;
use soundpost_fixtures::build::post;

use crate::world::office::{Office, event};

async fn shadow(office: &Office, on: bool, release: bool) -> ShadowView {
    let ask = ShadowAsk {
        turn: Some(on),
        accounts: vec!["a1".to_owned()],
        release,
        why: String::new(),
    };
    match office.ask(Ask::GuardShadow(ask)).await.expect("a1 is there") {
        Answer::Shadow(view) => view,
        other => panic!("another answer: {other:?}"),
    }
}

async fn promo(office: &Office, to: &str, at_minute: i64) -> DeliveryId {
    let ask = post("half price").to(to).at(at_minute).fresh_min(600);
    office.post(ask.category(Category::Promo)).await
}

/// What a high event would hold goes out with that in its receipt; an account beside it is held as ever.
pub async fn s7_in_shadow_what_would_be_held_goes_and_the_receipt_says_so() {
    let office = Office::new(2).await;
    let (watched, beside) = (promo(&office, "a1", 30).await, promo(&office, "a2", 30).await);
    assert_eq!(shadow(&office, true, false).await.changed, ["a1"]);
    let changed = office
        .app
        .event_flag("anna", event("a fire", Severity::High))
        .await;
    let changed = changed.expect("it is flagged");
    let ids = |views: &[soundpost_cli::control::protocol::DeliveryView]| -> Vec<DeliveryId> {
        views.iter().map(|view| view.id).collect()
    };
    assert_eq!(
        (ids(&changed.held), ids(&changed.would)),
        (vec![beside], vec![watched])
    );
    office.scene.run_minutes(60).await;
    assert_eq!(office.state(beside).await, StateName::Held);
    let sent = office.delivery(watched).await;
    let verdict = &sent.receipts[0].verdict;
    let said = "shadow: would have been held: high event \"a fire\" (rule category)";
    assert!(verdict.contains(said), "{verdict}");
}

/// In shadow a critical event holds, and lets go when it has become high.
pub async fn s7_in_shadow_a_critical_event_holds_until_it_is_high() {
    let office = Office::new(1).await;
    let id = promo(&office, "a1", 30).await;
    shadow(&office, true, false).await;
    office.flag(event("a fire", Severity::High)).await;
    let worst = office.flag(event("an earthquake", Severity::Critical)).await;
    let reasons = office.reasons(id).await;
    assert!(
        matches!(reasons.as_slice(), [HoldReason::Event(hold)] if hold.title == "an earthquake"),
        "{reasons:?}"
    );
    assert_eq!(office.end(&worst).await, [id]);
}

/// The kill switch silences an account in shadow like any other.
pub async fn s1_in_shadow_a_pause_is_silent() {
    let office = Office::new(1).await;
    let id = promo(&office, "a1", 30).await;
    shadow(&office, true, false).await;
    office.pause_all().await;
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().publish_calls(), 0);
    assert_eq!(office.state(id).await, StateName::Held);
}

/// Switching shadow on lists what is held and lets nothing go, nor does what happens afterwards.
pub async fn s7_switching_shadow_on_releases_nothing_by_itself() {
    let office = Office::new(1).await;
    let id = promo(&office, "a1", 30).await;
    let fire = office.flag(event("a fire", Severity::High)).await;
    let view = shadow(&office, true, false).await;
    assert_eq!(view.would_release.iter().map(|d| d.id).collect::<Vec<_>>(), [id]);
    assert!(view.released.is_empty());
    let another = office.flag(event("a flood", Severity::High)).await;
    office.end(&another).await;
    office.app.event_confirm("anna", &fire).await.expect("it counts");
    office.scene.run_minutes(60).await;
    assert_eq!(office.state(id).await, StateName::Held);
    let view = shadow(&office, true, true).await;
    assert_eq!(view.released.iter().map(|d| d.id).collect::<Vec<_>>(), [id]);
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

/// Switching shadow off holds at once what an event holds; who did it stands in the journal.
pub async fn s7_switching_shadow_off_holds_at_once() {
    let office = Office::new(1).await;
    let id = promo(&office, "a1", 30).await;
    shadow(&office, true, false).await;
    office.flag(event("a fire", Severity::High)).await;
    assert_eq!(office.state(id).await, StateName::Scheduled);
    let status = office.app.status().await.expect("it reads");
    let told: Vec<_> = status
        .shadowed
        .iter()
        .map(|s| (s.account.as_str(), s.by.as_str(), s.would_hold))
        .collect();
    assert_eq!(told, [("a1", "anna", 1)]);
    let epoch = office.scene.env.gate.epoch();
    let view = shadow(&office, false, false).await;
    assert_eq!(view.held.iter().map(|d| d.id).collect::<Vec<_>>(), [id]);
    assert_ne!(
        office.scene.env.gate.epoch(),
        epoch,
        "what was checked before is checked again"
    );
    let entries = office
        .scene
        .env
        .store
        .entries(1, 1000, None)
        .await
        .expect("it reads");
    let noted = entries.iter().filter(|e| e.reason.starts_with("guard shadow"));
    let noted: Vec<_> = noted.map(|e| (e.by.to_string(), e.reason.clone())).collect();
    let by = |turn: &str| ("anna".to_owned(), format!("guard shadow {turn}"));
    assert_eq!(
        noted,
        [by("on"), by("off"), by("off")],
        "the account twice, and its post"
    );
}

//! Threads that stop in the middle: what goes on by itself, and what only a person continues.

use jiff::SignedDuration;
use soundpost_core::delivery::{FailKind, HoldReason, State, StateName};
use soundpost_core::event::Severity;
use soundpost_core::id::DeliveryId;
use soundpost_fixtures::build::{minute, thread};
use soundpost_fixtures::network::Sending;

use super::silence::{ended, step};
use crate::world::office::{Office, event};

const DAY_MIN: i64 = 24 * 60;

async fn three_parts(office: &Office) -> DeliveryId {
    office.post(thread(&["one", "two", "three"])).await
}

async fn stopped_at_the_second(office: &Office, pause: bool) -> (DeliveryId, Option<String>) {
    let id = three_parts(office).await;
    office.network().script([Sending::HangAfter]);
    let lane = step(office);
    office.network().until_hanging(1).await;
    let mut quake = None;
    if pause {
        let let_go = async {
            soundpost_fixtures::interleave::give_way().await;
            office.network().release();
        };
        tokio::join!(office.pause_all(), let_go);
    } else {
        quake = Some(office.flag(event("an earthquake", Severity::Critical)).await);
        office.network().release();
    }
    ended(lane).await;
    (id, quake)
}

fn is_broken(reasons: &[HoldReason]) -> bool {
    let broken =
        |r: &HoldReason| matches!(r, HoldReason::BrokenThread { why } if why == "1 of 3 parts are public");
    reasons.iter().any(broken)
}

/// A halt in the middle holds the thread; the end of the halt does not continue it, a person does.
pub async fn a_halt_in_the_middle_waits_for_a_person() {
    let office = Office::new(1).await;
    let (id, _) = stopped_at_the_second(&office, true).await;
    let reasons = office.reasons(id).await;
    assert!(
        is_broken(&reasons) && matches!(reasons[0], HoldReason::Halt(_)),
        "{reasons:?}"
    );
    office.resume().await;
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.network().texts(), ["one"]);
    office
        .app
        .release("anna", &[id.to_string()], Some("+1m".to_owned()), "go on")
        .await
        .expect("a person continues it");
    office.scene.run_minutes(5).await;
    assert_eq!(office.network().texts(), ["one", "two", "three"]);
}

/// An event in the middle holds the thread; the end of the event does not continue it.
pub async fn an_event_in_the_middle_waits_for_a_person() {
    let office = Office::new(1).await;
    let (id, quake) = stopped_at_the_second(&office, false).await;
    let reasons = office.reasons(id).await;
    assert!(
        is_broken(&reasons) && matches!(reasons[0], HoldReason::Event(_)),
        "{reasons:?}"
    );
    office.end(&quake.expect("it was flagged")).await;
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.network().texts(), ["one"]);
    assert_eq!(office.state(id).await, StateName::Held);
}

/// A part whose answer was lost and that a look-up finds is no break: the thread goes on.
pub async fn a_found_receipt_goes_on() {
    let office = Office::new(1).await;
    let id = three_parts(&office).await;
    office.network().script([Sending::Accept, Sending::LoseAnswer]);
    office.scene.run_minutes(30).await;
    assert_eq!(office.network().texts(), ["one", "two", "three"]);
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().publish_calls(), 3);
}

/// A rate limit inside the window is no break: the thread goes on, and counts from the part before.
pub async fn a_rate_limit_inside_the_window_goes_on() {
    let office = Office::new(1).await;
    let id = three_parts(&office).await;
    let later = |minutes| Sending::Later(Some(SignedDuration::from_mins(minutes)));
    office
        .network()
        .script([Sending::Accept, later(50), Sending::Accept, later(50)]);
    office.scene.run_minutes(3 * 60).await;
    assert_eq!(office.state(id).await, StateName::Published);
    let at: Vec<_> = office.network().timeline().iter().map(|seen| seen.at).collect();
    assert_eq!(at, [minute(0), minute(50), minute(100)]);
}

/// A rate limit past the window stops the thread for a person.
pub async fn a_rate_limit_past_the_window_waits_for_a_person() {
    let office = Office::new(1).await;
    let id = three_parts(&office).await;
    office.network().script([
        Sending::Accept,
        Sending::Later(Some(SignedDuration::from_mins(61))),
    ]);
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.state(id).await, StateName::Missed);
    assert_eq!(office.network().texts(), ["one"]);
}

/// A refused part stops the thread for a person.
pub async fn a_refusal_in_the_middle_waits_for_a_person() {
    let office = Office::new(1).await;
    let id = three_parts(&office).await;
    office
        .network()
        .script([Sending::Accept, Sending::Refuse("no".to_owned())]);
    office.scene.run_minutes(DAY_MIN).await;
    let delivery = office.delivery(id).await;
    let refused = matches!(
        delivery.state(),
        State::Failed {
            kind: FailKind::Refused,
            ..
        }
    );
    assert!(refused, "{:?}", delivery.state());
    assert_eq!(office.network().texts(), ["one"]);
}

/// A person may leave a broken thread: what is public stays, can be taken back, and the rest never goes.
pub async fn a_person_may_leave_or_take_back_a_broken_thread() {
    let office = Office::new(1).await;
    let (id, _) = stopped_at_the_second(&office, true).await;
    let ids = [id.to_string()];
    office.app.cancel("anna", &ids, "not today").await.expect("left");
    office
        .app
        .retract("anna", &ids, "not today", false)
        .await
        .expect("allowed while paused");
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Gone);
    assert_eq!(office.network().texts(), Vec::<String>::new());
    assert_eq!(office.network().gone().len(), 1);
}

/// A thread that stopped in the middle is taken back by one command: what is public goes, the rest is left.
pub async fn a_broken_thread_is_taken_back_at_once() {
    let office = Office::new(1).await;
    let (id, _) = stopped_at_the_second(&office, false).await;
    assert_eq!(office.state(id).await, StateName::Held);
    office
        .app
        .retract("anna", &[id.to_string()], "not now", false)
        .await
        .expect("what is public may be taken back");
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(id).await, StateName::Gone);
    assert_eq!(office.network().texts(), Vec::<String>::new());
}

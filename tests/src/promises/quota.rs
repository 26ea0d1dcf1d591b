//! A known limit of posts an hour is asked wherever a post gets its time, and a tenth of it is kept for people.

use std::sync::Arc;

use jiff::Timestamp;
use soundpost_cli::control::protocol::{ApproveAsk, EventAsk, Moved};
use soundpost_core::delivery::StateName;
use soundpost_core::event::Severity;
use soundpost_core::id::DeliveryId;
use soundpost_fixtures::build::{NETWORK, minute, post, thread};
use soundpost_fixtures::network::{FakeNetwork, Sending};

use crate::world::office::{ANNA, Office, event};

/// Four an hour, of which automation may plan three.
fn network() -> Arc<FakeNetwork> {
    FakeNetwork::with(NETWORK, |c| c.writes_per_hour_max = 4)
}

async fn office() -> Office {
    Office::on(network(), 1).await
}

/// An office in which all that automation may plan is promised for minute 60.
async fn full() -> Office {
    let office = office().await;
    for n in 1..=3 {
        let id = office.post(post(&format!("planned {n}")).at(60)).await;
        assert_eq!(promised(&office, id).await, minute(60));
    }
    office
}

async fn promised(office: &Office, id: DeliveryId) -> Timestamp {
    office.delivery(id).await.promised_at
}

fn at_60() -> String {
    minute(60).to_string()
}

/// The person sees the expected minute, and it is stored.
async fn waits_an_hour(office: &Office, id: DeliveryId, moved: Moved) {
    assert_eq!(promised(office, id).await, minute(120));
    assert!(moved.deliveries[0].expected_shown.is_some(), "{moved:?}");
}

/// A post that is given another time waits for its turn.
pub async fn d5_a_rescheduled_post_keeps_the_limit() {
    let office = full().await;
    let id = office.post(post("late").at(300)).await;
    let moved = office
        .app
        .reschedule(ANNA, &[id.to_string()], &at_60(), None)
        .await;
    waits_an_hour(&office, id, moved.expect("it is rescheduled")).await;
    office.scene.run_minutes(130).await;
    let starts = office.network().starts();
    assert_eq!(starts.last().map(|start| start.at), Some(minute(120)));
}

/// So does one that is released.
pub async fn d5_a_released_post_keeps_the_limit() {
    let office = full().await;
    let id = office.post(post("late").at(300)).await;
    let ids = [id.to_string()];
    office.app.hold(ANNA, &ids, "not yet").await.expect("it is held");
    let moved = office.app.release(ANNA, &ids, Some(at_60()), "").await;
    waits_an_hour(&office, id, moved.expect("it is released")).await;
}

/// So does one that is approved.
pub async fn d5_an_approved_post_keeps_the_limit() {
    let office = full().await;
    let id = office.post(post("late").at(300)).await;
    let ask = ApproveAsk {
        ids: vec![id.to_string()],
        at: Some(at_60()),
        why: "I have read it".to_owned(),
        ..ApproveAsk::default()
    };
    let moved = office.app.approve(ANNA, &ask).await;
    waits_an_hour(&office, id, moved.expect("it is approved")).await;
}

/// So does one that is tried again: what was public in the last hour counts.
pub async fn d5_a_retried_post_keeps_the_limit() {
    let office = office().await;
    office.network().script([Sending::Refuse("no".to_owned())]);
    let id = office.post(post("refused").at(1)).await;
    for n in 6..=8 {
        office.post(post("hello").at(n)).await;
    }
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(id).await, StateName::Failed);
    let moved = office
        .app
        .retry(ANNA, &[id.to_string()], false)
        .await
        .expect("it is tried again");
    assert_eq!(promised(&office, id).await, minute(66));
    assert!(moved.deliveries[0].expected_shown.is_some(), "{moved:?}");
}

/// What an ended event lets go keeps the limit too.
pub async fn d5_what_an_event_lets_go_keeps_the_limit() {
    let office = office().await;
    let id = office.post(post("Music in Oslo").at(60)).await;
    let fire = EventAsk {
        places: vec!["Oslo".to_owned()],
        ..event("a fire", Severity::Watch)
    };
    let fire = office.flag(fire).await;
    for n in 1..=3 {
        office.post(post(&format!("planned {n}")).at(60)).await;
    }
    assert_eq!(office.end(&fire).await, [id]);
    assert_eq!(promised(&office, id).await, minute(120));
}

/// What a resume releases is spread, and the plan shows when it goes.
pub async fn d5_a_resume_keeps_the_limit_and_shows_it() {
    let office = office().await;
    for n in 1..=5 {
        office.post(post(&format!("post {n}")).at(n).fresh_min(300)).await;
    }
    office.pause_all().await;
    office.scene.run_minutes(10).await;
    let view = office.plan().await;
    let shown = |n: usize| view.lines[n].expected_shown.is_some();
    assert_eq!([0, 1, 2, 3, 4].map(shown), [false, false, false, true, true]);
    office.apply(&view.plan).await.expect("nothing changed");
    office.scene.run_minutes(180).await;
    let starts = office.network().starts();
    let starts: Vec<i64> = starts
        .iter()
        .map(|s| s.at.duration_since(minute(0)).as_secs())
        .collect();
    assert_eq!(starts, [600, 720, 750, 4200, 4320]);
}

/// A tenth is left for what a person sends now, and is not planned away by what comes before it.
pub async fn s9_the_tenth_is_left_for_people_on_every_path() {
    let office = office().await;
    for n in [50, 55] {
        office.post(post("planned").at(n)).await;
    }
    // Two of three: the third has room at 20, and a fourth before them has none until they are an hour old.
    let third = office.post(post("third").at(20)).await;
    let fourth = office.post(post("fourth").at(10)).await;
    assert_eq!(promised(&office, third).await, minute(20));
    assert_eq!(promised(&office, fourth).await, minute(80));
    office.scene.run_minutes(56).await;
    let by_hand = office.post(post("by hand").when("now")).await;
    assert_eq!(promised(&office, by_hand).await, minute(56));
    let again = office.post(post("another").at(300)).await;
    office
        .app
        .reschedule(ANNA, &[again.to_string()], "now", None)
        .await
        .expect("it is rescheduled");
    assert_eq!(
        promised(&office, again).await,
        minute(110),
        "four an hour is the network's word"
    );
}

/// Each part of a thread counts.
pub async fn d5_every_part_of_a_thread_counts() {
    let office = office().await;
    office.post(thread(&["one", "two", "three"]).at(60)).await;
    let id = office.post(post("late").at(61)).await;
    assert_eq!(promised(&office, id).await, minute(120));
}

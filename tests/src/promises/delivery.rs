//! D3, D4, D5 and D8: claims, attempts, freshness and logins.

use jiff::SignedDuration;
use soundpost_core::account::AccountStatus;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{FailKind, State, StateName};
use soundpost_core::event::Severity;
use soundpost_core::id::DeliveryId;
use soundpost_core::port::adapter::Capabilities;
use soundpost_core::port::store::{Claimed, StoreError, Write};
use soundpost_core::post::Category;
use soundpost_fixtures::build::{NETWORK, post};
use soundpost_fixtures::network::{FakeNetwork, Sending, Stagings};

use super::silence::{ended, step};
use crate::world::office::{Office, event};

const DAY_MIN: i64 = 24 * 60;

/// A person was faster: the lane's move under its lost claim is refused.
pub async fn d3_a_move_under_a_lost_claim_is_refused() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    let claimed = office
        .scene
        .env
        .store
        .claim(office.scene.now())
        .await
        .expect("read");
    let Claimed::Due(claim) = claimed else {
        panic!("it is due: {claimed:?}");
    };
    office
        .app
        .cancel("anna", &[id.to_string()], "no")
        .await
        .expect("cancelled");
    let mv = Box::new(Move::Miss {
        why: "late".to_owned(),
    });
    let token = claim.token;
    let refused = office.scene.try_write(Write::Advance { token, mv }).await;
    assert!(
        matches!(refused, Err(StoreError::ClaimLost { .. })),
        "{refused:?}"
    );
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Cancelled);
    assert_eq!(office.network().publish_calls(), 0);
}

/// A lane that loses its claim while it uploads stops there, and what the person decided stands.
pub async fn d3_a_lane_that_lost_its_claim_sends_nothing() {
    let stages = |capabilities: &mut Capabilities| capabilities.stages = true;
    let office = Office::on(FakeNetwork::with(NETWORK, stages), 1).await;
    let id = office.post(post("look").with_picture()).await;
    office.network().script_stagings([Stagings::Hang]);
    let lane = step(&office);
    office.network().until_hanging(1).await;
    office
        .app
        .cancel("anna", &[id.to_string()], "no")
        .await
        .expect("cancelled");
    office.network().release();
    ended(lane).await;
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Cancelled);
    assert_eq!(office.network().publish_calls(), 0);
}

/// Many lanes in any order send each post once.
pub async fn d3_many_lanes_send_each_post_once() {
    for seed in 0..20 {
        let office = Office::new(4).await;
        for n in 0..5 {
            office.post_all(post("hello").to("@all").at(n)).await;
        }
        let faults = [
            Sending::Accept,
            Sending::LoseAnswer,
            Sending::NotSent,
            Sending::LoseRequest,
        ];
        office.network().script(faults.into_iter().cycle().take(12));
        office.scene.run_until_idle(8, seed).await;
        for delivery in office.scene.deliveries().await {
            let id = delivery.id.to_string();
            assert_eq!(delivery.state_name(), StateName::Published, "seed {seed}: {id}");
            assert_eq!(office.network().copies(&id, 1), 1, "seed {seed}: {id}");
        }
    }
}

/// A write that the gate stopped, and the hold that follows, cost no attempt.
pub async fn d4_a_hold_costs_no_attempt() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::HangBefore]);
    let lane = step(&office);
    office.network().until_hanging(1).await;
    let quake = office.flag(event("an earthquake", Severity::Critical)).await;
    office.network().release();
    ended(lane).await;
    assert_eq!(office.delivery(id).await.attempts, 0);
    office.end(&quake).await;
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

/// A "later" of the network costs no attempt; a network that is not there does.
pub async fn d4_a_rate_limit_costs_no_attempt() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    let later = Sending::Later(Some(SignedDuration::from_mins(1)));
    office.network().script([later.clone(), later, Sending::NotSent]);
    ended(step(&office)).await;
    assert_eq!(office.delivery(id).await.attempts, 0);
    office.scene.clock.advance(SignedDuration::from_mins(1));
    ended(step(&office)).await;
    assert_eq!(office.delivery(id).await.attempts, 0);
    office.scene.clock.advance(SignedDuration::from_mins(1));
    ended(step(&office)).await;
    assert_eq!(office.delivery(id).await.attempts, 1);
}

/// Waiting for another post costs no attempt.
pub async fn d4_waiting_costs_no_attempt() {
    let office = Office::new(2).await;
    let before = office.post(post("first").to("a2").at(10)).await;
    let id = office.post(post("second").after(before)).await;
    office.scene.run_minutes(9).await;
    let waiting = office.delivery(id).await;
    assert_eq!(
        (waiting.state_name(), waiting.attempts),
        (StateName::Scheduled, 0)
    );
    office.scene.run_minutes(9).await;
    assert_eq!(office.network().texts(), ["first", "second"]);
}

async fn late_by(office: &Office, id: DeliveryId, late: SignedDuration) -> StateName {
    let due_at = office.delivery(id).await.due.at;
    office.scene.clock.advance_to(due_at + late);
    office.scene.run_minutes(5).await;
    office.state(id).await
}

/// A post goes late only inside its window: an hour, for a greeting a quarter, or what the post says.
pub async fn d5_a_post_is_late_only_inside_its_window() {
    let cases = [
        (post("info"), 60),
        (post("good morning").category(Category::Greeting), 15),
        (post("short").fresh_min(2), 2),
    ];
    for (ask, window_min) in cases {
        let just_in = SignedDuration::from_mins(window_min);
        let too_late = just_in + SignedDuration::from_secs(1);
        for (late, state) in [(just_in, StateName::Published), (too_late, StateName::Missed)] {
            let office = Office::new(1).await;
            let id = office.post(ask.clone().at(10)).await;
            assert_eq!(
                late_by(&office, id, late).await,
                state,
                "{window_min} min, {late}"
            );
        }
    }
}

/// What was missed stays missed until a person gives it another time.
pub async fn d5_what_was_missed_waits_for_a_person() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(10)).await;
    assert_eq!(
        late_by(&office, id, SignedDuration::from_hours(2)).await,
        StateName::Missed
    );
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.network().publish_calls(), 0);
    let ids = [id.to_string()];
    office
        .app
        .reschedule("anna", &ids, "+5m", None)
        .await
        .expect("a new time");
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

/// A rate limit that reaches past the window makes it missed at once, and says so.
pub async fn d5_a_rate_limit_past_the_window_is_missed_at_once() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office
        .network()
        .script([Sending::Later(Some(SignedDuration::from_mins(61)))]);
    ended(step(&office)).await;
    let delivery = office.delivery(id).await;
    let State::Missed { why } = delivery.state() else {
        panic!("missed at once, but {:?}", delivery.state());
    };
    assert!(why.contains("too many requests"), "{why}");
}

/// Retries end with the window.
pub async fn d5_retries_end_with_the_window() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").fresh_min(5)).await;
    office.network().script(vec![Sending::NotSent; 50]);
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.state(id).await, StateName::Missed);
    assert!(office.network().publish_calls() < 10);
}

/// A wrong login stops the account, tells it, and everything goes on after one login.
pub async fn d8_a_wrong_login_stops_the_account_until_a_login() {
    let office = Office::new(2).await;
    let first = office.post(post("first")).await;
    let second = office.post(post("second").at(5)).await;
    let other = office.post(post("other").to("a2").at(5)).await;
    office.network().script([Sending::LoginNeeded]);
    office.scene.run_minutes(10).await;
    for id in [first, second] {
        let delivery = office.delivery(id).await;
        let by_login = matches!(
            delivery.state(),
            State::Failed {
                kind: FailKind::Login,
                ..
            }
        );
        assert!(by_login, "{:?}", delivery.state());
    }
    assert_eq!(office.state(other).await, StateName::Published);
    assert_eq!(
        office.network().publish_calls(),
        2,
        "the account is not tried again"
    );
    let world = office.scene.env.store.world();
    let account = world.account_named("a1").expect("it is there");
    assert!(matches!(account.status, AccountStatus::LoginNeeded { .. }));
    office
        .app
        .account_login("anna", "a1")
        .await
        .expect("the network knows a1");
    office.scene.run_minutes(10).await;
    assert_eq!(office.network().texts(), ["other", "first", "second"]);
}

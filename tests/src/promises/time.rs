//! T1 and T2: wall times, and clocks that jump.

use jiff::{SignedDuration, Timestamp};
use soundpost_core::delivery::StateName;
use soundpost_core::event::Severity;
use soundpost_core::schedule::Adjusted;
use soundpost_fixtures::build::{Ask, minute, post};

use soundpost_cli::control::protocol::EventAsk;

use crate::world::office::{Office, event};

const DAY_MIN: i64 = 24 * 60;

fn in_berlin(text: &str, when: &str) -> Ask {
    let mut ask = post(text).when(when);
    ask.0.zone = Some("Europe/Berlin".to_owned());
    ask
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Nine o'clock is nine o'clock on both sides of a change of the clocks.
pub async fn t1_a_wall_time_means_that_wall_time() {
    let office = Office::new(1).await;
    office.post(in_berlin("winter", "2027-03-27 09:00")).await;
    office.post(in_berlin("summer", "2027-03-28 09:00")).await;
    office
        .scene
        .run_until(instant("2027-03-29T00:00:00Z"), 2, 1)
        .await;
    let starts: Vec<Timestamp> = office.network().starts().iter().map(|s| s.at).collect();
    assert_eq!(
        starts,
        [instant("2027-03-27T08:00:00Z"), instant("2027-03-28T07:00:00Z")]
    );
}

/// A wall time that the clocks skip goes at the later reading, one that they show twice at the earlier, once.
pub async fn t1_gaps_and_folds_go_once_and_are_said() {
    let office = Office::new(2).await;
    let gap = office.post(in_berlin("gap", "2027-03-28 02:30")).await;
    let fold = office.post(in_berlin("fold", "2027-10-31 02:30").to("a2")).await;
    let adjusted = office.delivery(gap).await.due.adjusted;
    assert!(matches!(adjusted, Some(Adjusted::Gap { .. })), "{adjusted:?}");
    let adjusted = office.delivery(fold).await.due.adjusted;
    assert!(matches!(adjusted, Some(Adjusted::Fold { .. })), "{adjusted:?}");
    office
        .scene
        .run_until(instant("2027-11-02T00:00:00Z"), 2, 1)
        .await;
    let starts: Vec<Timestamp> = office.network().starts().iter().map(|s| s.at).collect();
    assert_eq!(
        starts,
        [instant("2027-03-28T01:30:00Z"), instant("2027-10-31T00:30:00Z")]
    );
}

/// While nobody has looked at a clock that jumped far, nothing is sent and nothing is missed.
pub async fn t2_a_large_jump_sends_and_misses_nothing() {
    for hours in [-3, 9] {
        let office = Office::new(1).await;
        let id = office.post(post("hello").at(30)).await;
        office.scene.run_minutes(10).await;
        office.scene.clock.jump(SignedDuration::from_hours(hours));
        office.scene.run_minutes(15).await;
        assert_eq!(office.state(id).await, StateName::Scheduled, "{hours}");
        assert_eq!(office.network().publish_calls(), 0, "{hours}");
        office.scene.clock.jump(SignedDuration::from_hours(-hours));
        office.scene.run_minutes(10).await;
        assert_eq!(office.network().starts()[0].at, minute(30), "{hours}");
    }
}

/// A small jump across the time of a post sends it once.
pub async fn t2_a_small_jump_repeats_and_drops_nothing() {
    for minutes in [-5, 5] {
        let office = Office::new(1).await;
        let id = office.post(post("hello").at(30)).await;
        office.scene.run_minutes(29).await;
        office.scene.clock.jump(SignedDuration::from_mins(minutes));
        office.scene.run_minutes(3).await;
        office.scene.clock.jump(SignedDuration::from_mins(-minutes));
        office.scene.run_minutes(60).await;
        assert_eq!(office.network().copies(&id.to_string(), 1), 1, "{minutes}");
        assert_eq!(office.network().publish_calls(), 1, "{minutes}");
        assert_eq!(office.state(id).await, StateName::Published, "{minutes}");
    }
}

/// A clock that jumps back repeats nothing.
pub async fn t2_a_jump_back_repeats_nothing() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(5)).await;
    office.scene.run_minutes(10).await;
    office.scene.jump_and_trust(SignedDuration::from_hours(-3));
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
    assert_eq!(office.network().publish_calls(), 1);
}

/// A clock that jumps back before the time of a post does not drop it.
pub async fn t2_a_jump_back_drops_nothing() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(30)).await;
    office.scene.run_minutes(10).await;
    office.scene.jump_and_trust(SignedDuration::from_hours(-3));
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
    assert_eq!(office.network().starts()[0].at, minute(30));
}

/// A clock that jumps forward past a post's time, inside its window, sends it once; beyond, it is missed, not lost.
pub async fn t2_a_jump_forward_repeats_and_drops_nothing() {
    for (hours, state, copies) in [(1, StateName::Published, 1), (9, StateName::Missed, 0)] {
        let office = Office::new(1).await;
        let id = office.post(post("hello").at(30)).await;
        office.scene.run_minutes(10).await;
        office.scene.jump_and_trust(SignedDuration::from_hours(hours));
        office.scene.run_minutes(DAY_MIN).await;
        assert_eq!(office.state(id).await, state);
        assert_eq!(office.network().copies(&id.to_string(), 1), copies);
    }
}

/// Backwards and forwards, a hold is not released before its event ends.
pub async fn t2_a_jump_releases_no_hold_early() {
    let office = Office::new(1).await;
    let until = Some(minute(50).to_string());
    let quake = EventAsk {
        until,
        ..event("an earthquake", Severity::Critical)
    };
    office.flag(quake).await;
    let id = office.post(post("hello").at(5)).await;
    office.scene.run_minutes(10).await;
    office.scene.jump_and_trust(SignedDuration::from_hours(-1));
    office.scene.run_minutes(60).await;
    office.scene.jump_and_trust(SignedDuration::from_mins(30));
    office.scene.run_minutes(5).await;
    assert_eq!(office.network().publish_calls(), 0);
    assert_eq!(office.state(id).await, StateName::Held);
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert!(office.network().starts()[0].at >= minute(50));
}

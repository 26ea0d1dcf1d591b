//! D6: order within an account, and no delay across accounts.

use jiff::SignedDuration;
use soundpost_core::delivery::StateName;
use soundpost_core::id::{AccountId, Id};
use soundpost_fixtures::build::{minute, post, thread};
use soundpost_fixtures::network::Sending;

use super::silence::{ended, step};
use crate::world::office::Office;

/// Posts of an account go in the order of their times, whatever the lanes do.
pub async fn d6_an_account_keeps_its_order() {
    for seed in 0..10 {
        let office = Office::new(1).await;
        for (text, minute) in [("three", 3), ("one", 1), ("two", 2)] {
            office.post(post(text).at(minute)).await;
        }
        office.scene.clock.advance(SignedDuration::from_mins(5));
        office.scene.run_until_idle(4, seed).await;
        assert_eq!(office.network().texts(), ["one", "two", "three"], "seed {seed}");
    }
}

/// A post that waits for a retry keeps those behind it.
pub async fn d6_a_retry_keeps_those_behind_it() {
    let office = Office::new(1).await;
    office.post(post("one").at(1)).await;
    office.post(post("two").at(2)).await;
    let later = Sending::Later(Some(SignedDuration::from_mins(30)));
    office.network().script([later]);
    office.scene.run_minutes(20).await;
    assert_eq!(office.network().publish_calls(), 1);
    office.scene.run_minutes(20).await;
    assert_eq!(office.network().texts(), ["one", "two"]);
}

/// What is held leaves the line.
pub async fn d6_what_is_held_leaves_the_line() {
    let office = Office::new(1).await;
    let held = office.post(post("one").at(1)).await;
    office.post(post("two").at(2)).await;
    office
        .app
        .hold("anna", &[held.to_string()], "wait")
        .await
        .expect("held");
    office.scene.run_minutes(10).await;
    assert_eq!(office.network().texts(), ["two"]);
    assert_eq!(office.state(held).await, StateName::Held);
}

/// What is unknown leaves the line.
pub async fn d6_what_is_unknown_leaves_the_line() {
    let office = Office::new(1).await;
    let unknown = office.post(post("one").at(1)).await;
    office.post(post("two").at(2)).await;
    office.network().script([Sending::LoseRequest]);
    let cannot = soundpost_fixtures::network::Looking::CannotTell;
    office.network().script_look_ups(vec![cannot; 100]);
    office.scene.run_minutes(10).await;
    assert_eq!(office.network().texts(), ["two"]);
    assert_eq!(office.state(unknown).await, StateName::Unknown);
}

/// The parts of two threads of an account are not interleaved.
pub async fn d6_threads_are_not_interleaved() {
    for seed in 0..20 {
        let office = Office::new(1).await;
        office.post(thread(&["a1", "a2", "a3"]).at(1)).await;
        office.post(thread(&["b1", "b2"]).at(2)).await;
        office.post(post("c").at(3)).await;
        office.scene.clock.advance(SignedDuration::from_mins(3));
        office.scene.run_until_idle(6, seed).await;
        let texts = office.network().texts();
        assert_eq!(texts, ["a1", "a2", "a3", "b1", "b2", "c"], "seed {seed}");
    }
}

/// An account whose network hangs, and one that is limited, delay no other.
pub async fn d6_a_slow_account_delays_no_other() {
    let office = Office::new(3).await;
    let of = |n: u128| AccountId(Id::from_u128(n));
    office.network().script_for(of(1), [Sending::hang_then_accept()]);
    office
        .network()
        .script_for(of(2), [Sending::Later(Some(SignedDuration::from_mins(30)))]);
    office.post(post("hangs")).await;
    office.post(post("limited").to("a2")).await;
    let lane = step(&office);
    office.network().until_hanging(1).await;
    office.post(post("quick").to("a3").at(1)).await;
    office.scene.run_minutes(5).await;
    assert_eq!(office.network().texts(), ["quick"]);
    assert_eq!(office.network().starts()[2].at, minute(1));
    office.network().release();
    ended(lane).await;
}

/// A post that must follow another does, and is held when that one never came.
pub async fn d6_after_keeps_a_dependency() {
    let office = Office::new(2).await;
    let first = office.post(post("first").at(10)).await;
    office.post(post("second").to("a2").at(5).after(first)).await;
    office.scene.run_minutes(20).await;
    assert_eq!(office.network().texts(), ["first", "second"]);
    let gone = office.post(post("gone").at(40)).await;
    let waits = office.post(post("waits").to("a2").at(40).after(gone)).await;
    office
        .app
        .cancel("anna", &[gone.to_string()], "no")
        .await
        .expect("cancelled");
    office.scene.run_minutes(60).await;
    assert_eq!(office.state(waits).await, StateName::Held);
    assert_eq!(office.network().texts().len(), 2);
}

/// A draft that is released for tomorrow goes tomorrow, not now.
pub async fn a_draft_goes_when_it_is_released_for() {
    let office = Office::new(1).await;
    let mut ask = post("hello");
    ask.0.draft = true;
    let id = office.post(ask).await;
    let released = office
        .app
        .release("anna", &[id.to_string()], Some("+2h".to_owned()), "")
        .await;
    released.expect("a draft may be released");
    office.scene.run_minutes(60).await;
    assert_eq!(office.state(id).await, StateName::Scheduled);
    office.scene.run_minutes(90).await;
    assert_eq!(office.network().starts()[0].at, minute(120));
}

/// Retry is for what failed: what a colleague holds stays held.
pub async fn retry_leaves_what_is_held() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(10)).await;
    office
        .app
        .hold("kim", &[id.to_string()], "let me read it")
        .await
        .expect("it may be held");
    office
        .app
        .retry("anna", &[id.to_string()], false)
        .await
        .expect_err("retry is not for what is held");
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().publish_calls(), 0);
}

/// Two posts of one account that wait for each other in the wrong order do not block it.
pub async fn d6_a_wait_in_the_wrong_order_blocks_nobody() {
    let office = Office::new(1).await;
    let first = office.post(post("first").at(10)).await;
    let second = office.post(post("second").at(20).after(first)).await;
    office
        .app
        .reschedule("anna", &[first.to_string()], "+40m", None)
        .await
        .expect("it may be rescheduled");
    office.scene.run_minutes(60).await;
    assert_eq!(office.state(first).await, StateName::Published);
    assert_eq!(office.state(second).await, StateName::Held);
}

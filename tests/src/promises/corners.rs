//! Hard corners of the design that no promise names: what was prepared and is gone, edits at the last moment, a
//! backlog, a parent that is gone. `docs/corners.md` lists them all.

use jiff::SignedDuration;
use soundpost_core::delivery::{FailKind, State, StateName};
use soundpost_core::id::DeliveryId;
use soundpost_fixtures::build::{NETWORK, post, thread};
use soundpost_fixtures::network::{FakeNetwork, Sending};

use super::silence::{ended, staging_office, step};
use crate::world::disk::Disk;
use crate::world::office::{ANNA, Office, memory};

/// What was prepared ahead and has expired when its time comes is prepared again, and goes once.
pub async fn a_staging_that_expired_is_made_again() {
    let network = FakeNetwork::with(NETWORK, |capabilities| {
        capabilities.stages = true;
        capabilities.staging_s = 5 * 60;
    });
    let office = Office::on(network, 1).await;
    let id = office.post(post("look").at(30).with_picture()).await;
    office.scene.run_minutes(29).await;
    assert_eq!(
        (office.state(id).await, office.network().stage_calls()),
        (StateName::Staged, 1)
    );
    office.scene.run_minutes(5).await;
    assert_eq!(office.network().stage_calls(), 2);
    assert_eq!(
        (office.state(id).await, office.network().publish_calls()),
        (StateName::Published, 1)
    );
}

/// What the network has forgotten is surely not sent: it is prepared once more, and goes once.
pub async fn media_that_are_gone_are_prepared_once_more() {
    let office = staging_office().await;
    let id = office.post(post("look").at(30).with_picture()).await;
    office.scene.run_minutes(25).await;
    office.network().forget_stagings();
    office.scene.run_minutes(10).await;
    assert_eq!(office.network().stage_calls(), 2);
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
}

/// Media that are gone again at once are a failure that a person sees, not a circle.
pub async fn media_that_are_gone_again_at_once_are_a_failure() {
    let office = staging_office().await;
    office.network().script(vec![Sending::MediaGone; 10]);
    let id = office.post(post("look").at(30).with_picture()).await;
    office.scene.run_minutes(60).await;
    let delivery = office.delivery(id).await;
    let kind = FailKind::MediaGone;
    assert!(
        matches!(delivery.state(), State::Failed { kind: k, .. } if *k == kind),
        "{delivery:?}"
    );
    assert_eq!(office.network().stage_calls(), 2);
}

/// An edit drops what was prepared for the old words.
pub async fn an_edit_drops_what_was_prepared() {
    let office = staging_office().await;
    let id = office.post(post("look").at(30).with_picture()).await;
    office.scene.run_minutes(25).await;
    let content = post("look again").with_picture().0.content;
    office
        .app
        .edit(ANNA, &id.to_string(), content)
        .await
        .expect("it is edited");
    office.scene.run_minutes(10).await;
    assert_eq!(office.network().stage_calls(), 2);
    assert_eq!(office.network().texts(), ["look again"]);
}

/// An edit while it is being sent comes too late: it says so, and the words that were shown go out.
pub async fn an_edit_after_the_fence_is_too_late() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::hang_then_accept()]);
    let lane = step(&office);
    office.network().until_hanging(1).await;
    let content = post("goodbye").0.content;
    let refused = office
        .app
        .edit(ANNA, &id.to_string(), content)
        .await
        .expect_err("it is being sent");
    assert!(
        refused.details.iter().any(|line| line.contains("too late")),
        "{refused:?}"
    );
    office.network().release();
    ended(lane).await;
    assert_eq!(office.network().texts(), ["hello"]);
    assert_eq!(office.state(id).await, StateName::Published);
}

/// After a start with a backlog, what is fresh goes one by one, and what is stale is missed.
pub async fn a_backlog_at_the_start_goes_one_by_one_and_only_while_fresh() {
    let disk = Disk::new();
    let before = Office::on(FakeNetwork::new(), 1)
        .await
        .scene
        .next_process(|epoch| disk.open(epoch));
    let before = Office::around(before);
    before
        .scene
        .add_accounts([soundpost_fixtures::build::account(1)])
        .await;
    let stale = before.post(post("stale").at(1)).await;
    let mut fresh: Vec<DeliveryId> = Vec::new();
    for n in 100..104 {
        fresh.push(before.post(post(&format!("fresh {n}")).at(n)).await);
    }
    let clock = std::sync::Arc::clone(&before.scene.clock);
    let between = before.scene.next_process(memory);
    drop(before);
    clock.advance_to(soundpost_fixtures::build::minute(120));
    let office = Office::around(between.next_process(|epoch| disk.open(epoch)));
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(stale).await, StateName::Missed);
    let starts: Vec<_> = office.network().starts().iter().map(|start| start.at).collect();
    assert_eq!(starts.len(), fresh.len());
    let gap = SignedDuration::from_secs(15);
    assert!(
        starts.windows(2).all(|two| two[1].duration_since(two[0]) >= gap),
        "{starts:?}"
    );
}

/// A thread whose public parts a person takes back does not go on, and the rest never goes.
pub async fn a_thread_whose_parent_is_taken_back_goes_no_further() {
    let office = Office::new(1).await;
    office.network().script([
        Sending::Accept,
        Sending::Later(Some(SignedDuration::from_mins(10))),
    ]);
    let id = office.post(thread(&["one", "two"])).await;
    office.scene.run_minutes(1).await;
    assert_eq!(office.network().texts(), ["one"]);
    office
        .app
        .retract(ANNA, &[id.to_string()], "wrong", false)
        .await
        .expect("it is taken back");
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().texts(), Vec::<String>::new());
    assert_eq!(
        office.network().starts().len(),
        2,
        "the second part was only tried before"
    );
}

//! D2: what may have happened is looked up or asked of a person, and never blindly sent again.

use std::sync::Arc;

use jiff::SignedDuration;
use soundpost_core::delivery::{Delivery, State, StateName};
use soundpost_core::duty::rescue::rescue;
use soundpost_core::id::DeliveryId;
use soundpost_core::port::adapter::{Capabilities, Dedupe, LookUpPower};
use soundpost_core::reconcile::ABSENCE_GAP;
use soundpost_fixtures::build::{self, Ask, NETWORK, minute, post, thread};
use soundpost_fixtures::network::{FakeNetwork, Looking, Sending, Stagings};
use soundpost_fixtures::world::Scene;

use super::silence::{ended, step};
use crate::world::disk::Disk;
use crate::world::office::{Office, memory};

const DAY_MIN: i64 = 24 * 60;

async fn office_with(change: impl FnOnce(&mut Capabilities)) -> Office {
    Office::on(FakeNetwork::with(NETWORK, change), 1).await
}

pub(super) fn blind(capabilities: &mut Capabilities) {
    capabilities.look_up = LookUpPower::None;
}

fn only(delivery: &Delivery) -> Vec<bool> {
    delivery.receipts.iter().map(|r| r.found_by_look_up).collect()
}

/// Kills the process when one call hangs, and starts the next one over the same folder.
async fn crash_while(disk: &Disk, network: Arc<FakeNetwork>, ask: Ask) -> (Office, DeliveryId) {
    let office = Office::around(Scene::new(|epoch| disk.open(epoch), network));
    office.scene.add_accounts([build::account(1)]).await;
    let id = office.post(ask).await;
    let lane = step(&office);
    office.network().until_hanging(1).await;
    lane.abort();
    assert!(lane.await.is_err(), "it was killed");
    let between = office.scene.next_process(memory);
    drop(office);
    let office = Office::around(between.next_process(|epoch| disk.open(epoch)));
    rescue(&office.scene.env).await.expect("the store writes");
    (office, id)
}

/// A crash after the network has shown it: the look-up finds it, and there is one copy.
pub async fn d2_a_crash_after_the_write_is_found_by_look_up() {
    let (disk, network) = (Disk::new(), FakeNetwork::new());
    network.script([Sending::HangAfter]);
    let (office, id) = crash_while(&disk, network, post("hello")).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    office.scene.run_minutes(DAY_MIN).await;
    let delivery = office.delivery(id).await;
    assert_eq!(
        (delivery.state_name(), only(&delivery)),
        (StateName::Published, vec![true])
    );
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
    assert_eq!(office.network().publish_calls(), 1);
}

/// A crash between the gate and the first byte: absence is proven by two look-ups, then it is sent once.
pub async fn d2_a_crash_before_the_first_byte_is_sent_again_after_proof() {
    let (disk, network) = (Disk::new(), FakeNetwork::new());
    network.script([Sending::hang_then_accept()]);
    let (office, id) = crash_while(&disk, network, post("hello")).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    let before = office.scene.now();
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
    assert_eq!(office.network().look_ups(), 2);
    let again = office.network().starts()[1].at;
    assert!(again.duration_since(before) >= ABSENCE_GAP, "{again}");
}

/// A crash where the network cannot be asked: a person decides, however long it takes.
pub async fn d2_a_crash_without_look_up_waits_for_a_person() {
    let disk = Disk::new();
    let network = FakeNetwork::with(NETWORK, blind);
    network.script([Sending::HangAfter]);
    let (office, id) = crash_while(&disk, network, post("hello")).await;
    office.scene.run_minutes(30 * DAY_MIN).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    assert_eq!(office.network().publish_calls(), 1);
}

/// A crash during an upload: nothing was public, it is uploaded again and sent once.
pub async fn d2_a_crash_during_staging_is_repeated() {
    let disk = Disk::new();
    let network = FakeNetwork::with(NETWORK, |capabilities| capabilities.stages = true);
    network.script_stagings([Stagings::Hang]);
    let (office, id) = crash_while(&disk, network, post("look").with_picture()).await;
    assert_eq!(office.state(id).await, StateName::Scheduled);
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().stage_calls(), 2);
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
}

/// A lost answer is looked up; what is found is not sent again.
pub async fn d2_a_lost_answer_is_found() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::LoseAnswer]);
    office.scene.run_minutes(60).await;
    let delivery = office.delivery(id).await;
    assert_eq!(
        (delivery.state_name(), only(&delivery)),
        (StateName::Published, vec![true])
    );
    assert_eq!(office.network().publish_calls(), 1);
}

/// One "not there" proves nothing: the second look-up finds it.
pub async fn d2_not_there_once_is_no_proof() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::LoseAnswer]);
    office.network().script_look_ups([Looking::NotThere]);
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
    assert_eq!(office.network().publish_calls(), 1);
}

/// "Cannot tell" between two "not there" starts the proof anew.
pub async fn d2_cannot_tell_begins_the_proof_anew() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::LoseAnswer]);
    office
        .network()
        .script_look_ups([Looking::NotThere, Looking::CannotTell, Looking::NotThere]);
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
    assert_eq!(office.network().publish_calls(), 1);
    assert_eq!(office.network().look_ups(), 4);
}

/// "Cannot tell" is asked again for as long as it takes, and never becomes a send.
pub async fn d2_cannot_tell_never_sends() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::LoseAnswer]);
    office.network().script_look_ups(vec![Looking::CannotTell; 500]);
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    assert_eq!(office.network().publish_calls(), 1);
    assert!(office.network().look_ups() > 10);
}

/// Where "not there" proves nothing, it is a person's to decide.
pub async fn d2_where_absence_proves_nothing_a_person_decides() {
    let office = office_with(|capabilities| capabilities.look_up = LookUpPower::FindsOnly).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::LoseRequest]);
    office.scene.run_minutes(DAY_MIN).await;
    let delivery = office.delivery(id).await;
    assert!(
        matches!(delivery.state(), State::Unknown { look_at: None, .. }),
        "{:?}",
        delivery.state()
    );
    assert_eq!(office.network().publish_calls(), 1);
}

/// A network that made it and then refused the pictures: it is found, not sent again, and never reported as failed.
pub async fn d2_a_refusal_of_what_was_staged_is_looked_up() {
    let office = office_with(|capabilities| {
        capabilities.look_up = LookUpPower::FindsOnly;
        capabilities.stages = true;
    })
    .await;
    let id = office.post(post("look").with_picture()).await;
    office.network().script([Sending::RefuseStagingThoughMade]);
    office.scene.run_minutes(60).await;
    let delivery = office.delivery(id).await;
    assert_eq!(
        (delivery.state_name(), only(&delivery)),
        (StateName::Published, vec![true])
    );
    assert_eq!(office.network().publish_calls(), 1);
}

/// Pictures that were refused and a post that is not there: a person says so, and it goes with fresh uploads.
pub async fn d2_what_was_staged_and_refused_is_staged_anew_once_a_person_has_looked() {
    let office = office_with(|capabilities| {
        capabilities.look_up = LookUpPower::FindsOnly;
        capabilities.stages = true;
    })
    .await;
    let id = office.post(post("look").with_picture()).await;
    office.network().script([Sending::RefuseStaging]);
    office.scene.run_minutes(30).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    assert_eq!(office.network().publish_calls(), 1);
    office
        .app
        .retry("anna", &[id.to_string()], true)
        .await
        .expect("a person has looked");
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().stage_calls(), 2);
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
}

/// After a second attempt the network is still searched from the first one on.
pub async fn d2_a_look_up_searches_from_the_first_attempt() {
    let office = office_with(|capabilities| capabilities.look_up = LookUpPower::FindsOnly).await;
    let id = office.post(post("hello")).await;
    let fenced_at = office.scene.now();
    office
        .network()
        .script([Sending::LoseAnswer, Sending::LoseRequest]);
    office.network().script_look_ups(vec![Looking::NotThere; 20]);
    office.scene.run_minutes(20).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    let before = office.network().look_ups();
    office
        .app
        .retry("anna", &[id.to_string()], true)
        .await
        .expect("a person has looked");
    office.scene.run_minutes(30).await;
    assert_eq!(office.network().publish_calls(), 2);
    let looked_from = office.network().looked_from();
    assert!(looked_from.len() > before, "{looked_from:?}");
    assert!(
        looked_from.iter().all(|from| *from <= fenced_at),
        "{looked_from:?}"
    );
}

/// A repeat by key that is refused says nothing about the first attempt, which is public: it is not reported as failed.
pub async fn d2_a_refused_repeat_of_what_may_be_public_is_no_failure() {
    for refusal in [Sending::Refuse("no".to_owned()), Sending::LoginNeeded] {
        let office = office_with(|capabilities| {
            blind(capabilities);
            capabilities.dedupe = Dedupe::ByKey { honoured_s: 600 };
        })
        .await;
        let id = office.post(post("hello")).await;
        office.network().script([Sending::LoseAnswer, refusal]);
        office.scene.run_minutes(30).await;
        assert_eq!(office.state(id).await, StateName::Unknown);
        assert_eq!(office.network().publish_calls(), 2);
        assert_eq!(office.network().copies(&id.to_string(), 1), 1);
    }
}

/// Without a look-up a person decides, and must say that it is not there.
pub async fn d2_without_look_up_a_person_decides() {
    let office = office_with(blind).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::LoseRequest]);
    office.scene.run_minutes(30).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    let ids = [id.to_string()];
    office
        .app
        .retry("anna", &ids, false)
        .await
        .expect_err("a person must look first");
    office
        .app
        .retry("anna", &ids, true)
        .await
        .expect("a person has looked");
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
}

/// Nobody resends by the wrong command what may be public, also not together with others of its post.
pub async fn d2_release_never_resends_what_is_unknown() {
    let office = office_with(blind).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::LoseAnswer]);
    office.scene.run_minutes(30).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    for at in [None, Some("+1m".to_owned())] {
        let released = office.app.release("anna", &[id.post.to_string()], at, "go").await;
        released.expect_err("release is not for what is unknown");
    }
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
}

/// Where the network recognises our key, a repeated send is safe, and there is one copy.
pub async fn d2_a_recognised_key_may_be_sent_again() {
    let office = office_with(|capabilities| {
        blind(capabilities);
        capabilities.dedupe = Dedupe::ByKey { honoured_s: 600 };
    })
    .await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::LoseAnswer]);
    office.scene.run_minutes(30).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().publish_calls(), 2);
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
}

/// A key that the network no longer honours is not sent again.
pub async fn d2_an_expired_key_is_not_sent_again() {
    let disk = Disk::new();
    let network = FakeNetwork::with(NETWORK, |capabilities| {
        blind(capabilities);
        capabilities.dedupe = Dedupe::ByKey { honoured_s: 600 };
    });
    network.script([Sending::HangAfter]);
    let (office, id) = crash_while(&disk, network, post("hello")).await;
    office.scene.clock.advance(SignedDuration::from_secs(601));
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    assert_eq!(office.network().publish_calls(), 1);
}

/// A look-up that finds the part before is no proof for this one.
pub async fn d2_the_receipt_of_another_part_is_no_proof() {
    let office = Office::new(1).await;
    let id = office.post(thread(&["one", "two"])).await;
    office.network().script([Sending::Accept, Sending::LoseRequest]);
    office.network().script_look_ups([Looking::FindFirst]);
    office.scene.run_minutes(30).await;
    assert_eq!(office.network().texts(), ["one", "two"]);
    let receipts = office.delivery(id).await.receipts;
    assert_ne!(receipts[0].remote_id, receipts[1].remote_id);
}

/// A call that was given up before the gate admitted it was surely not sent: no look-up, an ordinary retry.
pub async fn d2_a_deadline_before_the_gate_is_surely_not_sent() {
    let office = office_with(blind).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::DropBefore]);
    ended(step(&office)).await;
    assert_eq!(office.state(id).await, StateName::RetryAt);
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
}

/// A write that was admitted and then stopped before its first byte was surely not sent.
pub async fn d2_a_stop_between_gate_and_write_is_surely_not_sent() {
    let office = office_with(blind).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::StopAdmitted]);
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().copies(&id.to_string(), 1), 1);
    assert!(office.scene.now() > minute(0));
}

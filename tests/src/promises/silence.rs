//! S1 to S4: after `pause` nothing starts, and what was under way is accounted for.

use soundpost_cli::control::protocol::Paused;
use soundpost_core::delivery::{HoldReason, StateName};
use soundpost_core::dispatch::send;
use soundpost_core::event::Severity;
use soundpost_core::halt::{HaltCause, Scope};
use soundpost_core::id::{AccountId, DeliveryId, Id};
use soundpost_core::lane::Step;
use soundpost_core::port::adapter::Capabilities;
use soundpost_core::port::store::StoreError;
use soundpost_core::port::switch::Switch as _;
use soundpost_fixtures::build::{self, NETWORK, order, post, thread};
use soundpost_fixtures::interleave::give_way;
use soundpost_fixtures::network::{FakeNetwork, Sending};
use soundpost_fixtures::world::Scene;
use tokio::task::JoinHandle;

use crate::world::disk::Disk;
use crate::world::office::{Office, event};

/// A lane that takes one step on its own.
pub(super) fn step(office: &Office) -> JoinHandle<Result<Step, StoreError>> {
    let lane = office.scene.lane();
    tokio::spawn(async move { lane.step().await })
}

/// Waits for a lane's step.
pub(super) async fn ended(step: JoinHandle<Result<Step, StoreError>>) {
    step.await
        .expect("the lane does not panic")
        .expect("the store writes");
}

/// Held by a halt, and by nothing else.
pub(super) async fn is_halted(office: &Office, id: DeliveryId) -> bool {
    matches!(office.reasons(id).await.as_slice(), [HoldReason::Halt(_)])
}

fn nothing_started(office: &Office) {
    assert_eq!(office.network().starts(), []);
    assert_eq!(office.network().texts(), Vec::<String>::new());
}

/// After a pause no write starts, and what falls due is held with the order as its reason.
pub async fn s1_after_a_pause_no_write_starts() {
    let office = Office::new(5).await;
    let ids = office.post_all(post("hello").to("@all").at(5)).await;
    assert!(office.pause_all().await.proven);
    office.scene.run_minutes(60).await;
    nothing_started(&office);
    for id in ids {
        assert!(is_halted(&office, id).await, "{:?}", office.delivery(id).await);
    }
}

/// The next process over the same folder and switch is as silent.
pub async fn s1_the_next_process_stays_silent() {
    let disk = Disk::new();
    let scene = {
        let office = Office::around(Scene::new(|epoch| disk.open(epoch), FakeNetwork::new()));
        office.scene.add_accounts([build::account(1)]).await;
        office.post(post("hello").at(5)).await;
        office.pause_all().await;
        office.scene.next_process(super::super::world::office::memory)
    };
    let office = Office::around(scene.next_process(|epoch| disk.open(epoch)));
    office.scene.run_minutes(60).await;
    nothing_started(&office);
    let all = office.scene.deliveries().await;
    assert!(is_halted(&office, all[0].id).await, "{all:?}");
}

/// An order that stands in the switch's file alone, because the daemon hung, silences as well.
pub async fn s1_an_order_in_the_file_alone_silences() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(5)).await;
    let order = order(1, Scope::Everything, office.scene.now());
    office.scene.switch.order(&order).expect("written");
    office.scene.run_minutes(60).await;
    nothing_started(&office);
    assert!(is_halted(&office, id).await);
}

/// A lost file does not lift an order that the journal has.
pub async fn s1_an_order_in_the_journal_alone_silences() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(5)).await;
    let order = office.pause_all().await.order.id;
    office.scene.switch.lift(&[order]).expect("written");
    office.scene.run_minutes(60).await;
    nothing_started(&office);
    assert!(is_halted(&office, id).await);
}

/// A switch that cannot be read, or belongs to another store, counts as on.
pub async fn s2_an_unreadable_switch_counts_as_on() {
    let office = Office::new(2).await;
    let first = office.post(post("hello").at(5)).await;
    office.scene.switch.make_unreadable("its checksum is wrong");
    office.scene.run_minutes(6).await;
    office.scene.switch.make_foreign();
    let second = office.post(post("hello").to("a2").at(10)).await;
    office.scene.run_minutes(60).await;
    nothing_started(&office);
    for id in [first, second] {
        let reasons = office.reasons(id).await;
        let unreadable = matches!(
            reasons.as_slice(),
            [HoldReason::Halt(HaltCause::SwitchUnreadable { .. })]
        );
        assert!(unreadable, "{reasons:?}");
    }
}

/// A switch that becomes unreadable between the check and the write stops the write.
pub async fn s2_a_switch_that_breaks_late_stops_the_write() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::HangBefore]);
    let lane = step(&office);
    office.network().until_hanging(1).await;
    office.scene.switch.make_unreadable("its checksum is wrong");
    office.network().release();
    ended(lane).await;
    nothing_started(&office);
    assert!(is_halted(&office, id).await);
}

fn became(paused: &Paused, id: DeliveryId) -> String {
    let write = paused.under_way.iter().find(|write| write.delivery.id == id);
    write.map_or_else(|| "not reported".to_owned(), |write| write.became.clone())
}

/// A pause waits for every write that was under way, and says of each what became of it.
pub async fn s3_a_pause_tells_what_became_of_what_was_under_way() {
    let office = Office::new(4).await;
    let ids = office.post_all(post("hello").to("@all")).await;
    let hang = |then: Sending| [Sending::HangThen(Box::new(then))];
    let of = |n: u128| AccountId(Id::from_u128(n));
    office.network().script_for(of(1), hang(Sending::Accept));
    office.network().script_for(of(2), hang(Sending::LoseAnswer));
    office
        .network()
        .script_for(of(3), hang(Sending::Refuse("no".to_owned())));
    office.network().script_for(of(4), [Sending::HangBefore]);
    let lanes: Vec<_> = (0..4).map(|_| step(&office)).collect();
    office.network().until_hanging(4).await;
    // Long enough for a pause that does not wait to have answered.
    let let_go = async {
        for _ in 0..100 {
            give_way().await;
        }
        office.network().release();
    };
    let (paused, ()) = tokio::join!(office.pause_all(), let_go);
    assert!(paused.proven, "{:?}", paused.proof);
    assert!(became(&paused, ids[0]).contains("is public"), "{paused:?}");
    assert!(became(&paused, ids[1]).contains("not known"), "{paused:?}");
    assert!(became(&paused, ids[2]).contains("did not go out"), "{paused:?}");
    assert_eq!(
        became(&paused, ids[3]),
        "not reported",
        "the gate had not admitted it"
    );
    assert_eq!(paused.outside, ["the shop's own newsletter"]);
    for lane in lanes {
        ended(lane).await;
    }
    assert_eq!(office.network().starts().len(), 3);
    assert!(is_halted(&office, ids[3]).await);
}

/// A pause says what became public in the last day.
pub async fn s3_a_pause_tells_what_became_public_in_the_last_day() {
    let office = Office::new(1).await;
    office.post(post("two days ago").at(0)).await;
    office.scene.run_minutes(2 * 24 * 60).await;
    let id = office.post(post("just now")).await;
    office.scene.run_minutes(1).await;
    let paused = office.pause_all().await;
    let json = serde_json::to_value(&paused.last_day).expect("plain data");
    let public = json.as_array().expect("a list");
    assert_eq!(public.len(), 1, "{public:?}");
    assert_eq!(public[0]["id"], id.to_string());
}

/// A halt stops a delivery when it is claimed: the network is not even called.
pub async fn s4_a_halt_stops_a_delivery_at_the_claim() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.pause_all().await;
    ended(step(&office)).await;
    assert_eq!(office.network().publish_calls(), 0);
    assert!(is_halted(&office, id).await);
    assert!(office.delivery(id).await.attempts == 0);
}

async fn hanging_before(office: &Office) -> JoinHandle<Result<Step, StoreError>> {
    office.network().script([Sending::HangBefore]);
    let lane = step(office);
    office.network().until_hanging(1).await;
    lane
}

/// A halt that comes after the fence and before the write stops the write.
pub async fn s4_a_halt_after_the_fence_stops_the_write() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    let lane = hanging_before(&office).await;
    assert_eq!(office.state(id).await, StateName::Attempting);
    office.pause_all().await;
    office.network().release();
    ended(lane).await;
    nothing_started(&office);
    assert!(is_halted(&office, id).await);
}

/// An event that is flagged after the fence and before the write stops the write.
pub async fn s4_an_event_after_the_fence_stops_the_write() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    let lane = hanging_before(&office).await;
    office.flag(event("an earthquake", Severity::Critical)).await;
    office.network().release();
    ended(lane).await;
    nothing_started(&office);
    let reasons = office.reasons(id).await;
    assert!(
        matches!(reasons.as_slice(), [HoldReason::Event(_)]),
        "{reasons:?}"
    );
}

/// Halt and event are looked at before each later part of a thread, too.
pub async fn s4_later_parts_are_looked_at_again() {
    for by_halt in [true, false] {
        let office = Office::new(1).await;
        let id = office.post(thread(&["one", "two", "three"])).await;
        office.network().script([Sending::Accept, Sending::HangBefore]);
        let lane = step(&office);
        office.network().until_hanging(1).await;
        if by_halt {
            office.pause_all().await;
        } else {
            office.flag(event("an earthquake", Severity::Critical)).await;
        }
        office.network().release();
        ended(lane).await;
        assert_eq!(office.network().texts(), ["one"]);
        assert_eq!(office.state(id).await, StateName::Held);
    }
}

/// A retry is looked at like a first attempt.
pub async fn s4_a_retry_is_looked_at_again() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::NotSent]);
    ended(step(&office)).await;
    assert_eq!(office.state(id).await, StateName::RetryAt);
    office.pause_all().await;
    office.scene.run_minutes(10).await;
    assert_eq!(office.network().publish_calls(), 1);
    assert!(is_halted(&office, id).await);
}

/// "Now" by hand meets the guard at once and the halt when it is sent.
pub async fn s4_now_by_hand_is_looked_at() {
    let office = Office::new(2).await;
    office.pause_all().await;
    let posted = office.try_post(post("hello"), true).await.expect("queued");
    let id = posted.deliveries[0].id;
    assert!(posted.paused);
    let claim = office.scene.env.store.claim_one(id).await.expect("read");
    send(&office.scene.env, claim.expect("it waits"))
        .await
        .expect("written");
    assert!(is_halted(&office, id).await);
    office.resume().await;
    office.flag(event("an earthquake", Severity::Critical)).await;
    let posted = office
        .try_post(post("hello").to("a2"), true)
        .await
        .expect("queued");
    assert_eq!(posted.deliveries[0].state, "held");
    nothing_started(&office);
}

/// An office whose network wants uploads first.
pub(super) async fn staging_office() -> Office {
    let stages = |capabilities: &mut Capabilities| capabilities.stages = true;
    Office::on(FakeNetwork::with(NETWORK, stages), 1).await
}

/// Uploads do not start while it is halted, neither ahead nor when it is due.
pub async fn s4_staging_does_not_start_while_halted() {
    let office = staging_office().await;
    let id = office.post(post("look").at(30).with_picture()).await;
    office.pause_all().await;
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().stage_calls(), 0);
    assert!(is_halted(&office, id).await);
}

/// An order silences what it names and nothing else.
pub async fn s4_an_order_silences_its_scope_alone() {
    let scopes = [
        Scope::Account(AccountId(Id::from_u128(1))),
        Scope::Campaign("spring".to_owned()),
    ];
    for scope in scopes {
        let office = Office::new(2).await;
        let inside = office.post(post("inside").campaign("spring").at(5)).await;
        let outside = office.post(post("outside").to("a2").at(5)).await;
        office.pause(scope.clone()).await;
        office.scene.run_minutes(10).await;
        assert_eq!(office.network().texts(), ["outside"], "{scope}");
        assert!(is_halted(&office, inside).await, "{scope}");
        assert_eq!(office.state(outside).await, StateName::Published, "{scope}");
    }
    let office = Office::new(1).await;
    office.post(post("hello").at(5)).await;
    office.pause(Scope::Network(NETWORK.to_owned())).await;
    office.scene.run_minutes(10).await;
    nothing_started(&office);
}

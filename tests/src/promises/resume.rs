//! S5: a resume is a plan first, and sends nothing by itself.

use jiff::{SignedDuration, Timestamp};
use soundpost_cli::app::error::Kind;
use soundpost_cli::control::protocol::{PlanView, ResumeAsk};
use soundpost_core::clock_doubt::HALTED_BY;
use soundpost_core::delivery::{HoldReason, StateName};
use soundpost_core::event::Severity;
use soundpost_core::halt::{HaltCause, HaltOrder, Scope};
use soundpost_core::id::{DeliveryId, OrderId};
use soundpost_core::plan::{Choice, Item};
use soundpost_core::port::switch::Switch as _;
use soundpost_core::post::Category;
use soundpost_fixtures::build::{minute, order, post};

use crate::world::office::{Office, event};

const DAY_MIN: i64 = 24 * 60;

fn item(view: &PlanView, id: DeliveryId) -> &Item {
    let found = view.plan.items.iter().find(|item| item.delivery == id);
    found.expect("it stands in the plan")
}

fn marks(view: &PlanView, id: DeliveryId) -> &[String] {
    let number = item(view, id).number;
    let line = view.lines.iter().find(|line| line.number == number);
    &line.expect("each item has its line").marks
}

/// The plan lists what piled up and what is due in the next 72 hours and was written before the pause.
pub async fn s5_a_plan_lists_what_piled_up_and_the_next_72_hours() {
    let office = Office::new(1).await;
    let piled_up = office.post(post("five").at(5)).await;
    let tomorrow = office.post(post("tomorrow").at(DAY_MIN)).await;
    office.post(post("in four days").at(4 * DAY_MIN)).await;
    office.scene.run_minutes(1).await;
    office.pause_all().await;
    office.scene.run_minutes(10).await;
    office.post(post("written after the pause").at(DAY_MIN)).await;
    let view = office.plan().await;
    let listed: Vec<DeliveryId> = view.plan.items.iter().map(|item| item.delivery).collect();
    assert_eq!(listed, [piled_up, tomorrow]);
    assert!(item(&view, piled_up).piled_up);
    assert_eq!(marks(&view, tomorrow), ["still to come"]);
}

/// A greeting whose hour has passed is marked; what is past its freshness is dropped unless a person says otherwise.
pub async fn s5_stale_greetings_are_marked_and_the_stale_is_dropped() {
    let office = Office::new(2).await;
    let greeting = office
        .post(post("good morning").at(5).category(Category::Greeting))
        .await;
    let fresh = office.post(post("news").to("a2").at(25)).await;
    office.pause_all().await;
    office.scene.run_minutes(30).await;
    let view = office.plan().await;
    assert_eq!(marks(&view, greeting), ["stale greeting", "past its freshness"]);
    assert_eq!(item(&view, greeting).choice, Choice::Drop);
    assert_eq!(item(&view, fresh).choice, Choice::Send);
    office.apply(&view.plan).await.expect("nothing changed");
    office.scene.run_minutes(10).await;
    assert_eq!(office.network().texts(), ["news"]);
    assert_eq!(office.state(greeting).await, StateName::Cancelled);
}

/// Neither the plan nor its application sends: only a lane does, and what the plan keeps stays.
pub async fn s5_a_resume_sends_nothing_by_itself() {
    let office = Office::new(2).await;
    let ids = office.post_all(post("hello").to("@all").at(5)).await;
    office.pause_all().await;
    office.scene.run_minutes(10).await;
    let mut plan = office.plan().await.plan;
    assert_eq!(office.network().publish_calls(), 0);
    for item in &mut plan.items {
        item.choice = Choice::Keep;
    }
    office.apply(&plan).await.expect("nothing changed");
    assert_eq!(office.network().publish_calls(), 0);
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.network().publish_calls(), 0);
    for id in ids {
        assert_eq!(office.state(id).await, StateName::Held);
    }
}

/// The first of what is released goes alone; the others follow one by one.
pub async fn s5_the_release_is_paced_and_the_first_goes_alone() {
    let office = Office::new(4).await;
    office.post_all(post("hello").to("@all").at(5)).await;
    office.pause_all().await;
    office.scene.run_minutes(10).await;
    let resumed_at = office.scene.now();
    office.resume().await;
    office.scene.run_minutes(10).await;
    let after = |at: Timestamp| at.duration_since(resumed_at).as_secs();
    let starts: Vec<i64> = office.network().starts().iter().map(|s| after(s.at)).collect();
    assert_eq!(starts, [0, 120, 150, 180]);
}

/// A plan is refused when the queue changed since it was made, and then nothing of it happened.
pub async fn s5_a_plan_is_refused_when_the_queue_changed() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(5)).await;
    office.pause_all().await;
    office.scene.run_minutes(10).await;
    let plan = office.plan().await.plan;
    office.post(post("something new").at(60)).await;
    let refused = office.apply(&plan).await.expect_err("the queue changed");
    assert!(refused.message.contains("changed"), "{refused}");
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.network().publish_calls(), 0);
    assert_eq!(office.state(id).await, StateName::Held);
}

/// What a person writes into the plan is what happens: drop, another time, rewrite.
pub async fn s5_a_person_decides_about_every_line() {
    let office = Office::new(3).await;
    let ids = office.post_all(post("hello").to("@all").at(5)).await;
    office.pause_all().await;
    office.scene.run_minutes(10).await;
    let view = office.plan().await;
    let text = format!("plan {}\ndrop 1\nat \"+2h\" 2\nrewrite 3\n", view.plan.seq);
    let plan = view.plan.with_text(&text).expect("it reads");
    assert!(view.plan.with_text("drop 1\n").is_err(), "every line is decided");
    office.apply(&plan).await.expect("nothing changed");
    let again_at = office.scene.now() + SignedDuration::from_hours(2);
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.state(ids[0]).await, StateName::Cancelled);
    assert_eq!(office.state(ids[2]).await, StateName::Held);
    let starts = office.network().starts();
    assert_eq!(starts.len(), 1);
    assert_eq!(
        (starts[0].delivery.as_str(), starts[0].at),
        (ids[1].to_string().as_str(), again_at)
    );
}

/// What a halt held, and the clock then moved into the future, is not forgotten by a resume.
pub async fn s5_nothing_stays_held_by_an_order_that_is_lifted() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(60)).await;
    office.pause_all().await;
    office.scene.run_minutes(61).await;
    assert_eq!(office.state(id).await, StateName::Held);
    office.scene.jump_and_trust(SignedDuration::from_mins(-31));
    office.resume().await;
    office.scene.run_minutes(DAY_MIN).await;
    assert_eq!(office.state(id).await, StateName::Published);
    assert_eq!(office.network().starts()[0].at, minute(60));
}

/// What only a doubtful clock had stopped, and is late by now, is missed; what a person had paused as well is dropped.
pub async fn s5_what_a_doubtful_clock_made_late_is_missed() {
    let office = Office::new(2).await;
    let ids = office.post_all(post("hello").to("@all").at(5)).await;
    let by_clock = HaltOrder {
        who: HALTED_BY.to_owned(),
        ..order(77, Scope::Everything, office.scene.now())
    };
    office.pause_by(by_clock).await;
    pause_account(&office, "a2").await;
    office.scene.run_minutes(DAY_MIN).await;
    office.resume().await;
    let states = [office.state(ids[0]).await, office.state(ids[1]).await];
    assert_eq!(states, [StateName::Missed, StateName::Cancelled]);
}

fn of_account(name: &str) -> ResumeAsk {
    ResumeAsk {
        account: Some(name.to_owned()),
        ..ResumeAsk::default()
    }
}

/// Silences the account with this name.
async fn pause_account(office: &Office, name: &str) -> OrderId {
    let id = office
        .scene
        .env
        .store
        .world()
        .account_named(name)
        .expect("it is there")
        .id;
    office.pause(Scope::Account(id)).await.order.id
}

fn listed(view: &PlanView) -> Vec<DeliveryId> {
    view.plan.items.iter().map(|item| item.delivery).collect()
}

/// The order that a delivery is held by.
async fn held_by(office: &Office, id: DeliveryId) -> Option<OrderId> {
    office
        .reasons(id)
        .await
        .into_iter()
        .find_map(|reason| match reason {
            HoldReason::Halt(HaltCause::Order(order)) => Some(order.id),
            _ => None,
        })
}

/// A resume of one pause lists what it held and what it lets go, ends it alone, and leaves the rest silent.
pub async fn s5_one_pause_ends_alone() {
    let office = Office::new(3).await;
    let ids = office.post_all(post("hello").to("@all").at(5)).await;
    let tomorrow = office.post_all(post("tomorrow").to("@all").at(DAY_MIN)).await;
    pause_account(&office, "a1").await;
    let other = pause_account(&office, "a2").await;
    office.scene.run_minutes(10).await;
    let view = office.plan_of(&of_account("a1")).await;
    assert_eq!(listed(&view), [ids[0], tomorrow[0]]);
    office.apply(&view.plan).await.expect("nothing changed");
    office.scene.run_minutes(10).await;
    let states = [office.state(ids[0]).await, office.state(ids[1]).await];
    assert_eq!(states, [StateName::Published, StateName::Held]);
    assert_eq!(held_by(&office, ids[1]).await, Some(other));
    assert_eq!(listed(&office.plan().await), [ids[1], tomorrow[1]]);
}

/// What another order goes on silencing stays held, by that order, and the plan says so; it cannot be sent.
pub async fn s5_what_another_pause_covers_stays_held_and_says_so() {
    let office = Office::new(2).await;
    let ids = office.post_all(post("hello").to("@all").at(5)).await;
    let tomorrow = office.post_all(post("tomorrow").to("@all").at(DAY_MIN)).await;
    pause_account(&office, "a1").await;
    office.scene.run_minutes(6).await;
    let all = office.pause_all().await.order.id;
    let view = office.plan_of(&of_account("a1")).await;
    assert_eq!(listed(&view), [ids[0]], "{:?}", view.lines);
    assert!(marks(&view, ids[0])[0].contains("stays paused by anna"));
    assert_eq!(view.left_shown.len(), 1);
    let mut send = view.plan.clone();
    send.items[0].choice = Choice::Send;
    let refused = office.apply(&send).await.expect_err("it stays paused");
    assert!(refused.message.contains("stays paused"), "{refused}");
    office.apply(&view.plan).await.expect("nothing changed");
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(ids[0]).await, StateName::Held);
    assert_eq!(held_by(&office, ids[0]).await, Some(all));
    assert_eq!(office.plan().await.plan.items.len(), 3);
    office.resume().await;
    office.scene.run_minutes(2 * DAY_MIN).await;
    for id in ids.iter().chain(&tomorrow) {
        assert_eq!(office.state(*id).await, StateName::Published);
    }
}

/// What a halt had held and an event holds now is kept unless a person says otherwise, and the plan says so.
pub async fn s5_what_an_event_would_hold_is_kept_and_says_so() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(5)).await;
    office.pause_all().await;
    office.scene.run_minutes(10).await;
    let fire = office.flag(event("a fire", Severity::Critical)).await;
    let view = office.plan().await;
    assert_eq!(marks(&view, id), ["an event would hold it"]);
    assert_eq!(item(&view, id).choice, Choice::Keep);
    office.apply(&view.plan).await.expect("nothing changed");
    assert_eq!(office.end(&fire).await, [], "after a halt nothing goes by itself");
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(id).await, StateName::Held);
}

/// A pause that is not there ends nothing, and the answer says so.
pub async fn s5_a_resume_of_what_is_not_paused_is_refused() {
    let office = Office::new(2).await;
    pause_account(&office, "a1").await;
    let network = ResumeAsk {
        network: Some("fake".to_owned()),
        ..ResumeAsk::default()
    };
    let order = ResumeAsk {
        orders: vec!["zzzz".to_owned()],
        ..ResumeAsk::default()
    };
    for ask in [of_account("a2"), of_account("a9"), network, order] {
        let refused = office.app.resume_plan(&ask).await.expect_err("no such pause");
        assert_eq!(refused.kind, Kind::NotFound, "{refused}");
    }
}

/// An order can be named by the ending of its id, also one that only the switch's file has.
pub async fn s5_one_order_is_named_by_its_ending() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(5)).await;
    let first = office.pause_all().await.order.id;
    let second = order(77, Scope::Everything, office.scene.now());
    office.scene.switch.order(&second).expect("the switch is written");
    office.scene.run_minutes(10).await;
    let of = |id: OrderId| ResumeAsk {
        orders: vec![id.to_string().split_off(20)],
        ..ResumeAsk::default()
    };
    for (order, left) in [(first, 1), (second.id, 0)] {
        let view = office.plan_of(&of(order)).await;
        assert_eq!(
            (view.plan.orders.clone(), view.left_shown.len()),
            (vec![order], left)
        );
        office.apply(&view.plan).await.expect("nothing changed");
    }
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

/// The number of a plan tells which pauses it ends: of some is not of all, and a pause that only the switch has counts.
pub async fn s5_a_plans_number_tells_which_pauses_it_ends() {
    let office = Office::new(2).await;
    pause_account(&office, "a1").await;
    let all = office.plan().await;
    assert_eq!(all.number, all.plan.seq.to_string());
    let late = order(77, Scope::Everything, office.scene.now());
    office.scene.switch.order(&late).expect("the switch is written");
    let later = office.plan().await;
    let some = office.plan_of(&of_account("a1")).await;
    assert_eq!(later.plan.seq, all.plan.seq, "only the file has changed");
    let numbers = [&all.number, &later.number, &some.number];
    assert!(
        numbers[0] != numbers[1] && numbers[1] != numbers[2] && numbers[0] != numbers[2],
        "{numbers:?}"
    );
    assert!(
        later.plan.with_text(&some.text).is_err(),
        "it is another plan's text"
    );
}

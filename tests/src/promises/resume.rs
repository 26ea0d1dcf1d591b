//! S5: a resume is a plan first, and sends nothing by itself.

use jiff::{SignedDuration, Timestamp};
use soundpost_cli::control::protocol::PlanView;
use soundpost_core::delivery::StateName;
use soundpost_core::id::DeliveryId;
use soundpost_core::plan::{Choice, Item};
use soundpost_core::post::Category;
use soundpost_fixtures::build::{minute, post};

use crate::world::office::Office;

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

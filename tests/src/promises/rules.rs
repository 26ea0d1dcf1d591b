//! S7 for the rules that need no event: they hold with their reason, end by themselves, and a person's word lets through.

use std::sync::Arc;

use jiff::SignedDuration;
use soundpost_cli::control::protocol::{AccountRulesAsk, Answer, Ask, RulesChanged, TrendsAsk};
use soundpost_core::delivery::{HoldReason, RuleHold, RuleName, StateName};
use soundpost_core::environment::{Environment, Settings};
use soundpost_core::event::Severity;
use soundpost_core::guard::rules::settings::RuleSettings;
use soundpost_core::guard::rules::windows::Windows;
use soundpost_core::halt::Scope;
use soundpost_core::id::DeliveryId;
use soundpost_fixtures::build::{minute, post, thread};
use soundpost_fixtures::network::{FakeNetwork, Sending};
use soundpost_fixtures::world::Scene;

use super::guarding::approve_for;
use super::silence::{ended, step};
use crate::world::office::{Office, event, memory};

const WHY: &str = "I have read it, it helps";

/// Hours of 22 November, in the zone of the accounts, which is UTC: the story begins at 12:00.
fn silent(account: &str) -> AccountRulesAsk {
    AccountRulesAsk {
        name: account.to_owned(),
        blackouts: vec!["2026-11-22 12:30..2026-11-22 13:00".parse().expect("a window")],
        ..AccountRulesAsk::default()
    }
}

fn quiet(account: &str) -> AccountRulesAsk {
    AccountRulesAsk {
        name: account.to_owned(),
        quiet: Some("12:30-13:00".parse().expect("hours")),
        ..AccountRulesAsk::default()
    }
}

async fn set(office: &Office, ask: AccountRulesAsk) -> RulesChanged {
    match office
        .ask(Ask::AccountSet(Box::new(ask)))
        .await
        .expect("it is set")
    {
        Answer::RulesChanged(changed) => changed,
        other => panic!("not an answer to that: {other:?}"),
    }
}

pub(super) async fn held_by(office: &Office, id: DeliveryId) -> RuleHold {
    match office.reasons(id).await.as_slice() {
        [HoldReason::Rule(hold)] => hold.clone(),
        other => panic!("held by one rule, but: {other:?}"),
    }
}

/// A scene whose configuration says this.
fn configured(rules: RuleSettings) -> Scene {
    let scene = Scene::new(memory, FakeNetwork::new());
    let env = Arc::into_inner(scene.env).expect("nobody else has it yet");
    let settings = Settings {
        rules,
        ..Settings::default()
    };
    Scene {
        env: Arc::new(Environment { settings, ..env }),
        ..scene
    }
}

/// A window holds what is due in it, names itself and its end, and the guard lets go by itself what is still fresh then.
pub async fn s7_a_blackout_holds_and_its_end_releases_what_is_fresh() {
    let office = Office::new(1).await;
    let stale = office.post(post("stale").at(31).fresh_min(10)).await;
    let fresh = office.post(post("fresh").at(50)).await;
    let after = office.post(post("after").at(60)).await;
    let changed = set(&office, silent("a1")).await;
    let held: Vec<DeliveryId> = changed.held.iter().map(|view| view.id).collect();
    assert_eq!(held, [stale, fresh], "the answer says what is held now");
    let hold = held_by(&office, fresh).await;
    assert_eq!((hold.rule, hold.until), (RuleName::Blackout, Some(minute(60))));
    office.scene.run_minutes(59).await;
    assert_eq!(office.network().publish_calls(), 0);
    office.scene.run_minutes(10).await;
    assert_eq!(office.state(fresh).await, StateName::Published);
    assert_eq!(office.state(after).await, StateName::Published);
    assert_eq!(office.state(stale).await, StateName::Held);
}

/// What is queued into quiet hours is told so, goes on waiting, and is held when a lane takes it up.
pub async fn s7_quiet_hours_warn_at_the_queue_and_hold_at_the_claim() {
    let office = Office::new(2).await;
    set(&office, quiet("a1")).await;
    let posted = office
        .try_post(post("hello").at(45), false)
        .await
        .expect("queued");
    let told = &posted.warnings[0];
    assert!(
        told.contains("the quiet hours 12:30-13:00 (UTC)")
            && told.contains("rule quiet_hours of the account"),
        "{told}"
    );
    let id = posted.deliveries[0].id;
    let other = office.post(post("hello").to("a2").at(45)).await;
    assert_eq!(office.state(id).await, StateName::Scheduled);
    office.scene.run_minutes(46).await;
    assert_eq!(held_by(&office, id).await.rule, RuleName::QuietHours);
    assert_eq!(
        office.state(other).await,
        StateName::Published,
        "it has no quiet hours"
    );
    office.scene.run_minutes(15).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

/// The windows of a campaign and of the configuration hold what belongs to them, and name where they come from.
pub async fn s7_a_campaign_and_the_configuration_have_windows_too() {
    let windows = |hours: &str| Windows {
        quiet: Some(hours.parse().expect("hours")),
        ..Windows::default()
    };
    let rules = RuleSettings {
        windows: windows("14:00-15:00"),
        campaigns: [("sale".to_owned(), windows("12:30-13:00"))].into(),
        ..RuleSettings::default()
    };
    let office = Office::around(configured(rules));
    office
        .scene
        .add_accounts([soundpost_fixtures::build::account(1)])
        .await;
    let of_campaign = office.post(post("a sale").campaign("sale").at(40)).await;
    let of_none = office.post(post("no sale").at(41)).await;
    let later = office.post(post("later").at(130)).await;
    office.scene.run_minutes(42).await;
    let source = |hold: RuleHold| hold.source.to_string();
    assert_eq!(source(held_by(&office, of_campaign).await), "campaign sale");
    assert_eq!(office.state(of_none).await, StateName::Published);
    office.scene.run_minutes(90).await;
    assert_eq!(source(held_by(&office, later).await), "configuration");
}

/// A window that is set after the fence stops the write at the gate.
pub async fn s4_a_window_after_the_fence_stops_the_write() {
    let office = Office::new(1).await;
    let id = office.post(post("hello")).await;
    office.network().script([Sending::HangBefore]);
    let lane = step(&office);
    office.network().until_hanging(1).await;
    let now = AccountRulesAsk {
        blackouts: vec!["2026-11-22 12:00..2026-11-22 13:00".parse().expect("a window")],
        ..silent("a1")
    };
    set(&office, now).await;
    office.network().release();
    ended(lane).await;
    assert_eq!(office.network().texts(), Vec::<String>::new());
    assert_eq!(held_by(&office, id).await.rule, RuleName::Blackout);
    assert_eq!(office.delivery(id).await.attempts, 0, "a hold costs no attempt");
}

/// "Now" by hand is held in a window, too, and a person's word with a reason lets it through.
pub async fn s7_now_by_hand_is_held_in_a_window_and_an_approval_lets_it_through() {
    let office = Office::new(1).await;
    set(&office, silent("a1")).await;
    office.scene.run_minutes(40).await;
    let posted = office.try_post(post("hello"), true).await.expect("queued");
    let id = posted.deliveries[0].id;
    assert_eq!(held_by(&office, id).await.rule, RuleName::Blackout);
    let release = Ask::Release {
        ids: vec![id.to_string()],
        at: None,
        why: String::new(),
    };
    office.ask(release).await.expect_err("a release is no approval");
    office.approve(id, WHY).await.expect("a reason");
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

/// An approval is for the window as it was: a longer one holds again.
pub async fn s7_an_approval_is_for_this_window() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(45)).await;
    set(&office, silent("a1")).await;
    office.approve(id, WHY).await.expect("a reason");
    assert_eq!(office.state(id).await, StateName::Scheduled);
    let longer = AccountRulesAsk {
        blackouts: vec!["2026-11-22 12:30..2026-11-22 14:00".parse().expect("a window")],
        no_blackout: true,
        ..silent("a1")
    };
    set(&office, longer).await;
    assert_eq!(held_by(&office, id).await.until, Some(minute(120)));
}

/// What a window that is forgotten held goes again.
pub async fn s7_a_window_that_is_forgotten_lets_go() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(45)).await;
    set(&office, silent("a1")).await;
    assert_eq!(office.state(id).await, StateName::Held);
    let forget = AccountRulesAsk {
        name: "a1".to_owned(),
        no_blackout: true,
        ..AccountRulesAsk::default()
    };
    let changed = set(&office, forget).await;
    assert_eq!(changed.released[0].id, id);
    office.scene.run_minutes(50).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

/// A window ends no hold but its own: what was paused meanwhile stays for a person.
pub async fn s7_the_end_of_a_window_releases_nothing_that_is_paused() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(45)).await;
    set(&office, silent("a1")).await;
    office.pause(Scope::Everything).await;
    office.scene.run_minutes(90).await;
    assert_eq!(office.network().publish_calls(), 0);
    assert_eq!(office.state(id).await, StateName::Held);
}

/// A thread that has begun is not torn apart by hours that were known before.
pub async fn s7_a_thread_that_has_begun_goes_on_into_quiet_hours() {
    let office = Office::new(1).await;
    let id = office.post(thread(&["one", "two", "three"]).at(29)).await;
    let five_minutes = SignedDuration::from_mins(5);
    let later = Sending::Later(Some(five_minutes));
    office.network().script([Sending::Accept, later]);
    set(&office, quiet("a1")).await;
    office.scene.run_minutes(40).await;
    assert_eq!(office.network().texts(), ["one", "two", "three"]);
    assert_eq!(office.state(id).await, StateName::Published);
}

async fn rising(office: &Office, name: &str, text: &str) -> usize {
    let set = TrendsAsk::Set {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    match office.ask(Ask::Trends(set)).await.expect("it is set") {
        Answer::TrendsSet(set) => set.held.len(),
        other => panic!("not an answer to that: {other:?}"),
    }
}

/// A post with a hashtag that rises waits for a person, who lets it through; that the tag rises no more lets nothing go.
pub async fn s7_a_hashtag_that_rises_waits_for_a_person_and_never_goes_by_itself() {
    let office = Office::new(2).await;
    let with_it = post("You had pizza #whyistayed").at(30).fresh_min(1000);
    let approved = office.post(with_it.clone()).await;
    let left = office.post(with_it.to("a2")).await;
    let other = office.post(post("Why I stayed #home").at(31)).await;
    assert_eq!(rising(&office, "radar", "#WhyIStayed\n#metoo").await, 2);
    let hold = held_by(&office, left).await;
    assert_eq!((hold.rule, hold.limit.as_str()), (RuleName::Trend, "#whyistayed"));
    office.approve(approved, WHY).await.expect("a reason");
    assert_eq!(rising(&office, "radar", "#somethingelse").await, 0);
    office.scene.run_minutes(12 * 60).await;
    assert_eq!(office.state(approved).await, StateName::Published);
    assert_eq!(office.state(other).await, StateName::Published);
    assert_eq!(office.state(left).await, StateName::Held);
}

/// A list that is older than six hours holds nothing, and is reported.
pub async fn s8_an_old_list_of_hashtags_holds_nothing_and_is_reported() {
    let office = Office::new(1).await;
    assert_eq!(rising(&office, "radar", "[\"#pizza\"]").await, 0);
    let early = office.post(post("#pizza").at(6 * 60 - 1)).await;
    let late = office.post(post("#pizza").at(6 * 60 + 1)).await;
    office.scene.run_minutes(6 * 60 + 5).await;
    assert_eq!(held_by(&office, early).await.rule, RuleName::Trend);
    assert_eq!(office.state(late).await, StateName::Published);
    let status = office.app.status().await.expect("it can be read");
    assert!(status.trends[0].is_old && status.feeds.is_empty());
}

/// A word for one event alone leaves a hashtag that rises as it was: the reason stands there once.
pub async fn s7_a_word_for_one_event_leaves_a_rising_hashtag_as_it_was() {
    let office = Office::new(1).await;
    let id = office.post(post("#pizza").at(30)).await;
    let quake = office.flag(event("an earthquake", Severity::Critical)).await;
    assert_eq!(rising(&office, "radar", "#pizza").await, 0, "it was held before");
    assert_eq!(office.reasons(id).await.len(), 2);
    approve_for(&office, id, &quake).await;
    assert_eq!(held_by(&office, id).await.rule, RuleName::Trend);
}

//! S7 for the limits of how much an account says: they are told when a post is queued, hold only where the account says
//! so, and are no reason to stop what a person sends at this moment.

use jiff::SignedDuration;
use soundpost_cli::control::protocol::{AccountRulesAsk, Ask};
use soundpost_core::delivery::{RuleName, StateName};
use soundpost_core::guard::rules::limits::{Caps, Limits};
use soundpost_core::id::DeliveryId;
use soundpost_core::post::Category;
use soundpost_fixtures::build::{Ask as Draft, minute, part, post, thread};
use soundpost_fixtures::network::Sending;

use super::rules::held_by;
use crate::world::office::Office;

/// Half past eleven at night, on the day on which the story begins.
const LATE_MIN: i64 = 11 * 60 + 30;

async fn limit(office: &Office, limits: Limits, caps: Option<Caps>) {
    let ask = AccountRulesAsk {
        name: "a1".to_owned(),
        limits,
        caps,
        ..AccountRulesAsk::default()
    };
    office
        .ask(Ask::AccountSet(Box::new(ask)))
        .await
        .expect("it is set");
}

fn per_day(max: u32) -> Limits {
    Limits {
        posts_per_day: Some(max),
        ..Limits::default()
    }
}

/// What is told about the rules when this is queued.
async fn told(office: &Office, draft: Draft) -> Vec<String> {
    office.try_post(draft, false).await.expect("queued").warnings
}

fn promo(at_minute: i64) -> Draft {
    post("buy").category(Category::Promo).at(at_minute)
}

/// The second of ten posts in a row that sells is told, whether the first is public or waits, before it or after it; it
/// goes all the same.
pub async fn s7_a_second_post_that_sells_is_told_and_goes() {
    let office = Office::new(2).await;
    assert_eq!(told(&office, promo(40)).await, Vec::<String>::new());
    assert_eq!(told(&office, promo(40).to("a2")).await, Vec::<String>::new());
    let before_it = told(&office, promo(5)).await;
    assert!(
        before_it[0].contains("sells_in_ten, default): 2 of 2 do"),
        "{before_it:?}"
    );
    office.scene.run_minutes(50).await;
    assert_eq!(office.network().texts().len(), 3);
    for n in 0..9 {
        let between = post("news").at(100 + 60 * n);
        assert_eq!(told(&office, between).await, Vec::<String>::new());
    }
    assert_eq!(
        told(&office, promo(700)).await,
        Vec::<String>::new(),
        "nine are between them"
    );
}

/// Where the account says that limits hold, what is too much for a day waits, costs no attempt, and goes by itself on the
/// next day when it is still fresh; what is not does not.
pub async fn s7_a_day_that_is_full_holds_and_midnight_releases_what_is_fresh() {
    let office = Office::new(1).await;
    limit(&office, per_day(1), Some(Caps::Hold)).await;
    let first = office.post(post("first").at(5)).await;
    let stale = office.post(post("stale").at(LATE_MIN - 60).fresh_min(30)).await;
    let fresh = office.post(post("fresh").at(LATE_MIN)).await;
    office.scene.run_minutes(LATE_MIN + 5).await;
    assert_eq!(office.state(first).await, StateName::Published);
    let hold = held_by(&office, fresh).await;
    assert_eq!(
        (hold.rule, hold.until),
        (RuleName::PostsPerDay, Some(minute(12 * 60)))
    );
    assert_eq!(hold.found, "it is one of 2 on Sun 22 Nov 2026");
    assert_eq!(office.delivery(fresh).await.attempts, 0);
    office.scene.run_minutes(60).await;
    assert_eq!(office.state(fresh).await, StateName::Published);
    assert_eq!(office.state(stale).await, StateName::Held);
}

/// Without that word a limit only tells.
pub async fn s7_a_day_that_is_full_is_only_told_unless_the_account_says_more() {
    let office = Office::new(1).await;
    limit(&office, per_day(1), None).await;
    office.post(post("first").at(5)).await;
    let second = office
        .try_post(post("second").at(60), false)
        .await
        .expect("queued");
    let words = &second.warnings[0];
    assert!(
        words.contains("at most 1 post a day (rule posts_per_day, account)"),
        "{words}"
    );
    office.scene.run_minutes(90).await;
    assert_eq!(office.state(second.deliveries[0].id).await, StateName::Published);
}

/// What a person sends at this moment counts, is told, and goes.
pub async fn s7_now_by_hand_is_told_of_a_limit_and_goes() {
    let office = Office::new(1).await;
    limit(&office, per_day(1), Some(Caps::Hold)).await;
    office.post(post("first").at(5)).await;
    office.scene.run_minutes(60).await;
    let by_hand = office.try_post(post("by hand"), true).await.expect("queued");
    assert!(
        by_hand.warnings[0].contains("posts_per_day"),
        "{:?}",
        by_hand.warnings
    );
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(by_hand.deliveries[0].id).await, StateName::Published);
}

/// A person's word lets through what a limit holds.
pub async fn s7_an_approval_lets_a_limit_pass() {
    let office = Office::new(1).await;
    limit(&office, per_day(1), Some(Caps::Hold)).await;
    office.post(post("first").at(5)).await;
    let id = office.post(post("second").at(60)).await;
    office.scene.run_minutes(70).await;
    assert_eq!(held_by(&office, id).await.rule, RuleName::PostsPerDay);
    office
        .approve(id, "the mayor asked for it")
        .await
        .expect("a reason");
    office.scene.run_minutes(5).await;
    assert_eq!(office.state(id).await, StateName::Published);
}

/// A thread counts once, and one that has begun is not torn apart by a limit.
pub async fn s7_a_thread_counts_once_and_is_not_torn_apart_by_a_limit() {
    let office = Office::new(1).await;
    limit(&office, per_day(2), Some(Caps::Hold)).await;
    office.post(post("first").at(5)).await;
    let id = office.post(thread(&["one", "two", "three"]).at(60)).await;
    let later = Sending::Later(Some(SignedDuration::from_mins(5)));
    office.network().script([Sending::Accept, Sending::Accept, later]);
    office.scene.run_minutes(61).await;
    assert_eq!(office.network().texts(), ["first", "one"]);
    limit(&office, per_day(1), None).await;
    office.scene.run_minutes(20).await;
    assert_eq!(office.network().texts(), ["first", "one", "two", "three"]);
    assert_eq!(office.state(id).await, StateName::Published);
}

/// A gap that somebody has set makes a post that is too close later: the time is shown and kept.
pub async fn s7_a_gap_that_is_set_moves_the_expected_time() {
    let office = Office::new(1).await;
    let gap = Limits {
        gap_min: Some(30),
        ..Limits::default()
    };
    limit(&office, gap, None).await;
    office.post(post("first").at(60)).await;
    let second = office
        .try_post(post("second").at(70), false)
        .await
        .expect("queued");
    let expected = second.deliveries[0].expected_shown.as_deref().unwrap_or_default();
    assert!(expected.contains("13:30"), "{expected:?}");
    assert_eq!(promised(&office, second.deliveries[0].id).await, 90);
    office.scene.run_minutes(85).await;
    assert_eq!(office.network().texts(), ["first"]);
    office.scene.run_minutes(10).await;
    assert_eq!(office.network().texts(), ["first", "second"]);
}

async fn promised(office: &Office, id: DeliveryId) -> i64 {
    let promised_at = office.delivery(id).await.promised_at;
    promised_at.duration_since(minute(0)).as_mins()
}

/// A gap that nobody has set moves no time that a person chose: it is told.
pub async fn s7_a_gap_that_nobody_has_set_is_only_told() {
    let office = Office::new(1).await;
    office.post(post("first").at(60)).await;
    let second = office
        .try_post(post("second").at(70), false)
        .await
        .expect("queued");
    assert!(
        second.warnings[0].contains("(rule gap, default): the nearest is 10 min away"),
        "{:?}",
        second.warnings
    );
    assert_eq!(promised(&office, second.deliveries[0].id).await, 70);
}

/// A second joke within seven days is told, one after seven days is not.
pub async fn s7_a_second_joke_in_a_week_is_told() {
    let office = Office::new(1).await;
    let joke = |day: i64| post("ha").category(Category::Humor).at(60 + day * 24 * 60);
    assert_eq!(told(&office, joke(0)).await, Vec::<String>::new());
    let second = told(&office, joke(6)).await;
    assert!(
        second[0].contains("humor_per_week, default): 2 within 7 days"),
        "{second:?}"
    );
    let office = Office::new(1).await;
    assert_eq!(told(&office, joke(0)).await, Vec::<String>::new());
    assert_eq!(told(&office, joke(7)).await, Vec::<String>::new());
}

/// The same words for two accounts are told once, unless it is meant, or one has its own.
pub async fn s7_the_same_words_for_two_accounts_are_told_unless_meant() {
    let office = Office::new(2).await;
    let both = |text: &str| post(text).to("@all").at(60);
    let words = told(&office, both("hello")).await;
    assert!(
        words[0].starts_with("a1, a2: the same words go to all of them"),
        "{words:?}"
    );
    assert_eq!(words.len(), 1);
    let meant = |mut draft: Draft| {
        draft.0.same_text = true;
        draft
    };
    assert_eq!(
        told(&office, meant(both("hello").at(200))).await,
        Vec::<String>::new()
    );
    let mut own = both("hello").at(400);
    own.0.content.variants.insert("a2".to_owned(), vec![part("hei")]);
    assert_eq!(told(&office, own).await, Vec::<String>::new());
}

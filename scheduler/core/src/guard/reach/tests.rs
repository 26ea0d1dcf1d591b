use jiff::SignedDuration;
use jiff::tz::TimeZoneDatabase;

use super::*;
use crate::delivery::moves::Move;
use crate::delivery::{Approval, NewDelivery};
use crate::guard::tests::{account, at, event};
use crate::guard::{Input, approval, judge};
use crate::id::{DeliveryId, Id, PostId, SendKey};
use crate::post::{Audience, Category, Part};
use crate::schedule;
use crate::world::World;

fn now() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

fn hours(count: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_hours(count)).unwrap()
}

/// An event in many states: none, and what a person or a feed can make of it.
fn states() -> Vec<Option<Event>> {
    let of = |change: &dyn Fn(&mut Event)| {
        let mut state = event();
        change(&mut state);
        Some(state)
    };
    vec![
        None,
        of(&|_| {}),
        of(&|e| e.stage = Stage::Proposed),
        of(&|e| e.severity = Severity::Watch),
        of(&|e| e.severity = Severity::Critical),
        of(&|e| {
            e.severity = Severity::Critical;
            e.decays_from = Some(hours(-20));
        }),
        of(&|e| {
            e.severity = Severity::Critical;
            e.decays_from = Some(hours(0));
        }),
        of(&|e| e.ends_at = Some(hours(10))),
        of(&|e| e.ends_at = Some(hours(50))),
        of(&|e| e.ended_at = Some(now())),
        of(&|e| e.starts_at = hours(20)),
        of(&|e| e.countries = vec!["NO".to_owned()]),
        of(&|e| e.countries = vec!["*".to_owned()]),
        of(&|e| e.accounts = vec!["another".to_owned()]),
        of(&|e| e.tags = vec!["bridge".to_owned()]),
        of(&|e| e.kind = "fire".to_owned()),
    ]
}

struct Queued {
    delivery: Delivery,
    audience: Audience,
    parts: Vec<Part>,
}

impl Queued {
    fn input<'a>(&'a self, account: &'a Account) -> Input<'a> {
        Input {
            at: self.delivery.due.at.max(now()),
            account,
            category: self.delivery.category,
            audience: &self.audience,
            language: Some("en"),
            parts: &self.parts,
            approval: self.delivery.approval.as_ref(),
            scene: None,
        }
    }

    fn approve(&mut self, account: &Account, before: &Event) {
        self.delivery.approval = Some(Approval {
            by: "kim".to_owned(),
            reason: "read it".to_owned(),
            at: now(),
            expires_at: hours(100),
            content_sha256: approval::content_sha256(&self.parts, &self.audience, account.id),
            events: [(before.id, approval::event_digest(before, now()))].into(),
            sources: std::collections::BTreeSet::new(),
            rules: std::collections::BTreeSet::new(),
        });
    }
}

fn queued(due_h: i64, country: &str, category: Category, text: &str) -> Queued {
    let own = Audience {
        countries: Some(country)
            .filter(|c| !c.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect(),
        ..Audience::default()
    };
    let mut delivery = Delivery::new(NewDelivery {
        id: DeliveryId {
            post: PostId(Id::from_u128(1)),
            n: 1,
        },
        account: account("shop").id,
        network: "outbox".to_owned(),
        campaign: None,
        category,
        due: schedule::Due {
            at: hours(due_h),
            ..schedule::resolve("now", now(), "UTC", &TimeZoneDatabase::bundled()).unwrap()
        },
        freshness_s: 3600,
        written_at: now(),
        after: None,
        stage_from: None,
        send_keys: vec![SendKey(Id::from_u128(1))],
        draft: false,
    });
    delivery.meant_for = match country {
        "" => MeantFor::Account,
        _ => MeantFor::Own(own.clone()),
    };
    Queued {
        delivery,
        audience: own,
        parts: vec![Part {
            text: text.to_owned(),
            ..Part::default()
        }],
    }
}

fn queue() -> Vec<Queued> {
    let mut queue = Vec::new();
    for due_h in [-1, 5, 10, 22, 30, 60, 400] {
        for country in ["US", "NO", ""] {
            for (category, text) in [
                (Category::Promo, "Twenty per cent off all strings"),
                (Category::Info, "A film about the bridge"),
                (Category::Info, "In the cinema tonight"),
                (Category::Info, "We fire the oven at six"),
            ] {
                queue.push(queued(due_h, country, category, text));
            }
        }
    }
    queue
}

fn reasons(queued: &Queued, account: &Account, event: Option<&Event>) -> Vec<HoldReason> {
    let world = World {
        events: event.cloned().into_iter().collect(),
        ..World::default()
    };
    judge(&queued.input(account), &world, &TimeZoneDatabase::bundled()).into_reasons()
}

/// The delivery as it stands once the whole queue was judged and this was found.
fn judged(queued: &Queued, held: &[HoldReason]) -> Delivery {
    if held.is_empty() {
        return queued.delivery.clone();
    }
    let hold = Move::Hold {
        reasons: held.to_vec(),
        review_after: None,
    };
    queued.delivery.after_move(hold, now()).unwrap()
}

/// True when the change reaches the delivery, which the event alone would hold afterwards, or not.
fn is_reached(reach: &Reach<'_>, delivery: &Delivery, account: &Account, would_hold: bool) -> bool {
    let due = delivery.due.at;
    let in_time = reach.due_times().is_some_and(|times| {
        times.from.is_none_or(|from| due >= from) && times.until.is_none_or(|until| due < until)
    });
    let is_held = matches!(delivery.state(), State::Held { .. });
    match reach.meets(delivery, account) {
        Meets::Not => false,
        Meets::Surely => in_time || is_held,
        Meets::ByItsWords => is_held || in_time && would_hold,
    }
}

#[test]
fn what_a_change_moves_is_within_its_reach() {
    let account = account("shop");
    let states = states();
    let (mut moved, mut reached, mut all) = (0, 0, 0);
    for queued in queue() {
        let found: Vec<_> = states
            .iter()
            .map(|s| reasons(&queued, &account, s.as_ref()))
            .collect();
        for (before, held) in states.iter().zip(&found) {
            let delivery = judged(&queued, held);
            for (after, then) in states.iter().zip(&found) {
                let Some(after) = after else { continue };
                let reach = Reach::new(before.as_ref(), after, now());
                let is_reached = is_reached(&reach, &delivery, &account, !then.is_empty());
                assert!(is_reached || held == then, "{before:?}\n{after:?}\n{delivery:?}");
                moved += usize::from(held != then);
                reached += usize::from(is_reached);
                all += 1;
            }
        }
    }
    assert!(
        moved > 1000 && reached < all / 2,
        "{moved} moved, {reached} reached of {all}"
    );
}

#[test]
fn s7_an_approval_that_the_change_voids_is_within_its_reach() {
    let account = account("shop");
    let mut voided = 0;
    for before in states().into_iter().flatten() {
        let mut queued = queued(5, "US", Category::Promo, "In the cinema tonight");
        queued.approve(&account, &before);
        let held = reasons(&queued, &account, Some(&before));
        let delivery = judged(&queued, &held);
        for after in states().into_iter().flatten() {
            let then = reasons(&queued, &account, Some(&after));
            let reach = Reach::new(Some(&before), &after, now());
            let is_reached = is_reached(&reach, &delivery, &account, !then.is_empty());
            assert!(is_reached || held == then, "{before:?}\n{after:?}");
            voided += usize::from(held.is_empty() && !then.is_empty());
        }
    }
    assert!(voided > 50, "{voided} approvals are void");
}

#[test]
fn an_event_that_ended_or_got_milder_reaches_only_what_it_holds() {
    let account = account("shop");
    let critical = Event {
        severity: Severity::Critical,
        ..event()
    };
    let ended = Event {
        ended_at: Some(now()),
        ..critical.clone()
    };
    for after in [event(), ended] {
        let reach = Reach::new(Some(&critical), &after, now());
        let mut queued = queued(1, "US", Category::Promo, "Twenty per cent off");
        assert_eq!(reach.meets(&queued.delivery, &account), Meets::Not);
        queued.delivery = judged(&queued, &reasons(&queued, &account, Some(&critical)));
        assert_eq!(reach.meets(&queued.delivery, &account), Meets::Surely);
    }
}

#[test]
fn of_what_an_older_version_queued_only_the_post_tells_the_audience() {
    let account = Account {
        audience: Audience {
            countries: vec!["NO".to_owned()],
            ..Audience::default()
        },
        ..account("shop")
    };
    let after = event();
    let reach = Reach::new(None, &after, now());
    let meets = |meant_for| {
        let mut delivery = queued(1, "US", Category::Promo, "").delivery;
        delivery.meant_for = meant_for;
        reach.meets(&delivery, &account)
    };
    assert_eq!(meets(MeantFor::Account), Meets::Not);
    assert_eq!(meets(MeantFor::Untold), Meets::Surely);
    let old: MeantFor = serde_json::from_str::<Delivery>(
        &serde_json::to_string(&queued(1, "US", Category::Promo, "").delivery)
            .unwrap()
            .replace(
                r#""meant_for":{"own":{"countries":["US"],"regions":[],"languages":[]}},"#,
                "",
            ),
    )
    .unwrap()
    .meant_for;
    assert_eq!(old, MeantFor::Untold);
}

use soundpost_core::actor::Actor;
use soundpost_core::change::ENTRY_VERSION;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{NewDelivery, Touch};
use soundpost_core::id::{AccountId, Id, PostId, SendKey};
use soundpost_core::post::Category;
use soundpost_core::schedule::Due;

use super::*;

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn delivery(n: u128) -> Delivery {
    Delivery::new(NewDelivery {
        id: DeliveryId {
            post: PostId(Id::from_u128(n)),
            n: 1,
        },
        account: AccountId(Id::from_u128(1)),
        network: "outbox".to_owned(),
        campaign: None,
        category: Category::Info,
        due: due(),
        freshness_s: 3600,
        written_at: now(),
        after: None,
        stage_from: None,
        send_keys: vec![SendKey(Id::from_u128(n))],
        draft: false,
    })
}

fn due() -> Due {
    schedule::resolve("now", now(), "UTC", &jiff::tz::TimeZoneDatabase::bundled()).unwrap()
}

fn hold(event: u128, rule: Rule, word: &str) -> HoldReason {
    HoldReason::Event(EventHold {
        event: EventId(Id::from_u128(event)),
        title: "Fire".to_owned(),
        severity: Severity::Watch,
        source: "flagged by kim".to_owned(),
        rule,
        touches: vec![Touch {
            kind: "tag".to_owned(),
            word: word.to_owned(),
            found: word.to_owned(),
            part: 1,
            field: "text".to_owned(),
            span: (0, 4),
        }],
        area: "everywhere".to_owned(),
        until: None,
    })
}

/// A delivery that these events hold; and then the moves that follow, each as the journal has it.
fn story(tally: &mut Tally, n: u128, reasons: Vec<HoldReason>, then: Vec<Move>) {
    let mut delivery = delivery(n);
    let held = Move::Hold {
        reasons,
        review_after: None,
    };
    for mv in std::iter::once(held).chain(then) {
        let by = mv.name().name().to_owned();
        delivery = delivery.after_move(mv, now()).unwrap();
        tally.add(&Entry {
            v: ENTRY_VERSION,
            seq: 1,
            at: now(),
            by: Actor::Lane,
            reason: String::new(),
            change: Change::Moved {
                by,
                delivery: Box::new(delivery.clone()),
            },
        });
    }
}

fn release() -> Move {
    Move::Release {
        due: None,
        promised_at: None,
    }
}

fn cancel() -> Move {
    Move::Cancel { why: "no".to_owned() }
}

#[test]
fn what_became_of_each_hold_is_counted_once() {
    let mut tally = Tally::default();
    let reasons = || vec![hold(1, Rule::Topic, "fire"), hold(2, Rule::Category, "fire")];
    story(&mut tally, 1, reasons(), vec![release()]);
    story(&mut tally, 2, reasons(), vec![cancel()]);
    story(&mut tally, 3, reasons(), Vec::new());
    let again = Move::Hold {
        reasons: vec![hold(1, Rule::Topic, "fire")],
        review_after: None,
    };
    story(&mut tally, 4, reasons(), vec![release(), again]);
    let views = tally.views();
    let told: Vec<_> = views
        .iter()
        .map(|flag| (flag.held, flag.released, flag.dropped, flag.still_held))
        .collect();
    assert_eq!(told, [(4, 1, 1, 2), (4, 2, 1, 1)]);
    assert!(
        views
            .iter()
            .all(|flag| !flag.too_wide && flag.narrower.is_empty())
    );
}

#[test]
fn a_flag_whose_holds_nearly_all_went_as_they_were_is_too_wide_and_says_what_narrows_it() {
    let mut tally = Tally::default();
    for n in 0..9 {
        story(&mut tally, n, vec![hold(1, Rule::Topic, "fire")], vec![release()]);
    }
    story(
        &mut tally,
        9,
        vec![hold(1, Rule::ScopeAll, "fire")],
        vec![cancel()],
    );
    for n in 20..24 {
        story(&mut tally, n, vec![hold(2, Rule::Topic, "few")], vec![release()]);
    }
    let views = tally.views();
    assert!(views[0].too_wide && views[0].held == 10, "{views:?}");
    assert!(!views[1].too_wide, "four holds say nothing");
    let said = views[0].narrower.join("\n");
    for words in [
        "1 of 10 were held because it was critical",
        "\"fire\" was met in 10 of 10",
    ] {
        assert!(said.contains(words), "{said}");
    }
}

//! What fits, what is widened, and what is cut. The promises of the file itself are tested in `tests/tests/switch.rs`.

use jiff::Timestamp;
use soundpost_core::halt::Scope;
use soundpost_core::id::Id;
use tempfile::tempdir;

use super::*;

fn order(n: u128, scope: Scope) -> HaltOrder {
    HaltOrder {
        id: OrderId(Id::from_u128(n)),
        scope,
        reason: "because ".repeat(20),
        who: "anna".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        review_at: None,
    }
}

fn campaign(n: u128) -> HaltOrder {
    order(n, Scope::Campaign(format!("campaign {n}")))
}

fn in_force(switch: &SwitchFile) -> Vec<HaltOrder> {
    match switch.read() {
        SwitchState::Halted(orders) => orders,
        SwitchState::Running => Vec::new(),
        SwitchState::Unreadable(why) => panic!("{why}"),
    }
}

/// A switch with as many campaigns paused as fit, and their number.
fn full() -> (tempfile::TempDir, SwitchFile, u128) {
    let home = tempdir().unwrap();
    let switch = SwitchFile::create(home.path(), StoreId(Id::from_u128(1)), None).unwrap();
    let refused = (1..).find(|&n| switch.order(&campaign(n)).is_err()).unwrap();
    (home, switch, refused - 1)
}

#[test]
fn an_order_too_many_is_refused_and_changes_nothing() {
    let (_home, switch, count) = full();
    assert!(count > 50, "{count}");
    let why = switch.order(&campaign(9999)).unwrap_err().to_string();
    assert!(
        why.contains("no room") && why.contains("pause everything"),
        "{why}"
    );
    assert_eq!(in_force(&switch).len() as u128, count);
}

#[test]
fn everything_always_fits_and_the_orders_before_stay_in_force() {
    let (_home, switch, count) = full();
    switch.order(&order(9999, Scope::Everything)).unwrap();
    assert_eq!(in_force(&switch).len() as u128, count + 1);
    switch.lift(&[OrderId(Id::from_u128(9999))]).unwrap();
    let left = in_force(&switch);
    assert_eq!(left.len() as u128, count);
    assert!(left.iter().all(|order| order.scope == Scope::Everything));
    switch
        .lift(&left.iter().map(|order| order.id).collect::<Vec<_>>())
        .unwrap();
    assert_eq!(switch.read(), SwitchState::Running);
}

#[test]
fn everything_fits_however_often_it_is_ordered() {
    let mut payload = Payload::default();
    let mut nameless = false;
    for n in 1..800 {
        let mut next = order(n, Scope::Everything);
        next.reason = "\u{1}".repeat(9000);
        payload.add(&next);
        let slot = |payload: &Payload| Slot {
            store: StoreId(Id::from_u128(1)),
            counter: 1,
            payload: payload.clone(),
        };
        let steps = (0..3).filter_map(|step| payload.smaller(step));
        let mut fitting = std::iter::once(payload.clone()).chain(steps);
        payload = fitting.find(|less| slot::encode(&slot(less)).is_some()).unwrap();
        assert_eq!(payload.orders.last().unwrap().id, next.id);
        nameless |= payload.folded.len() == 1 && n > 2;
    }
    assert!(nameless, "the ids alone were never too many");
    assert!(matches!(payload.state(), SwitchState::Halted(_)));
}

#[test]
fn a_long_reason_is_cut_between_characters() {
    let mut payload = Payload::default();
    let mut long = campaign(1);
    long.reason = "ä".repeat(3000);
    long.who = "ü".repeat(3000);
    payload.add(&long);
    assert_eq!(payload.orders[0].reason.len(), 2000 + '…'.len_utf8());
    assert!(payload.orders[0].who.ends_with("ü…"));
}

#[test]
fn the_last_sixty_four_lifted_orders_are_known() {
    let mut payload = Payload::default();
    for n in 0..100 {
        payload.add(&campaign(n));
        payload.remove(&[OrderId(Id::from_u128(n)), OrderId(Id::from_u128(777))]);
    }
    assert_eq!(payload.closed.len(), 64);
    assert_eq!(payload.closed.last(), Some(&OrderId(Id::from_u128(99))));
}

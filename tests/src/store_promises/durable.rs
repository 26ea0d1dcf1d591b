//! What survives: for stores that can be closed and opened again.

use soundpost_core::delivery::StateName;
use soundpost_core::port::store::{Query, Store, StoreError, Write};

use super::Fresh;
use super::build::*;
use crate::world::samples;

/// Some of everything: accounts, posts short and long, deliveries in many states, orders, events.
pub async fn fill(store: &dyn Store) {
    add_accounts(store, [1, 2, 3]).await;
    for n in 0..30u128 {
        queue(store, n, 1 + n % 3, 10 + i64::try_from(n).expect("small")).await;
    }
    let long = "a long text. ".repeat(3000);
    let add = Write::AddPost {
        post: Box::new(post(100, Some("long"), &long)),
        deliveries: vec![delivery(100, 1, 90)],
    };
    write(store, add).await;
    for (n, mv) in [(20, hold()), (21, cancel()), (22, approve())] {
        let queued = store.delivery(first(n)).await.expect("read").expect("there");
        moved(store, &queued, mv).await;
    }
    let claim = claim_due(store, 60).await;
    let fenced = advance(store, claim.token, fence(&claim.delivery)).await;
    advance(store, claim.token, published(&fenced)).await;
    for n in 1..=2 {
        write(store, Write::OrderHalt { order: order(n) }).await;
    }
    write(
        store,
        Write::LiftHalts {
            orders: vec![order(1).id],
            steps: Vec::new(),
            expects_seq: None,
        },
    )
    .await;
    write(
        store,
        Write::SetEvent {
            event: Box::new(event(1)),
            steps: Vec::new(),
        },
    )
    .await;
    let feed = Box::new(samples::feed("news"));
    write(store, Write::SetFeed { feed }).await;
    let check = Write::CheckFeed {
        name: "news".to_owned(),
        state: samples::feed_state(),
    };
    write(store, check).await;
    let trends = Write::SetTrends {
        list: Box::new(samples::trends("radar")),
        steps: Vec::new(),
    };
    write(store, trends).await;
    let revise = Write::Revise {
        post: post_id(5),
        revision: Box::new(revision(2, &long)),
        steps: Vec::new(),
    };
    write(store, revise).await;
}

/// All that was answered is there after the store was closed and opened, whatever happened to what can be made
/// again in between.
pub async fn d1_what_was_answered_is_there_when_opened_again(open: impl Fn() -> Fresh, between: impl Fn()) {
    let one = open();
    fill(&*one.store).await;
    let before = everything(&*one.store).await;
    let story = one.store.entries(0, 10_000, None).await.expect("read");
    let rhythms = |fresh: &Fresh| [1, 2, 3].map(|n| fresh.store.rhythm(account_id(n)));
    let rhythms_before = rhythms(&one);
    drop(one);
    between();
    let two = open();
    assert_eq!(rhythms(&two), rhythms_before);
    assert_same(&everything(&*two.store).await, &before);
    assert_eq!(two.store.entries(0, 10_000, None).await.expect("read"), story);
    let long = two.store.post(post_id(100)).await.expect("read").expect("there");
    assert_eq!(long.revisions[0].content.parts[0].text.len(), 39_000);
    let again = Write::AddPost {
        post: Box::new(long),
        deliveries: vec![delivery(100, 1, 90)],
    };
    assert!(
        write(&*two.store, again).await.repeated,
        "the client key is still known"
    );
    assert!(
        write(&*two.store, Write::OrderHalt { order: order(1) })
            .await
            .repeated,
        "a lifted order stays so"
    );
    assert_eq!(claim_due(&*two.store, 60).await.delivery.id, first(1));
}

/// Claims do not survive, fences do: what was being sent is found by its state, and is not claimed.
pub async fn d2_what_was_being_sent_is_found_and_not_offered(open: impl Fn() -> Fresh) {
    let one = open();
    add_accounts(&*one.store, [1]).await;
    queue(&*one.store, 1, 1, 10).await;
    queue(&*one.store, 2, 1, 11).await;
    let claim = claim_due(&*one.store, 20).await;
    let fenced = advance(&*one.store, claim.token, fence(&claim.delivery)).await;
    drop(one);
    let two = open();
    let query = Query {
        states: [StateName::Attempting].into(),
        ..Query::default()
    };
    assert_eq!(
        two.store.list(&query).await.expect("read"),
        std::slice::from_ref(&fenced)
    );
    let late = try_advance(&*two.store, claim.token, published(&fenced)).await;
    assert!(matches!(late, Err(StoreError::ClaimLost { .. })), "{late:?}");
    assert_eq!(claim_due(&*two.store, 20).await.delivery.id, first(2));
}

/// Many writers, then a look from outside: every answer is there.
pub async fn d1_every_answer_of_many_writers_is_there_when_opened_again(open: impl Fn() -> Fresh) {
    let one = open();
    super::writes::d1_a_hundred_writers_are_all_answered(&one).await;
    let before = everything(&*one.store).await;
    drop(one);
    assert_same(&everything(&*open().store).await, &before);
}

/// An import is there when the store is opened again: all of it, and the order with it.
///
/// # Panics
/// When it is not.
pub async fn d1_an_import_is_there_when_opened_again(open: impl Fn() -> Fresh) {
    let before = {
        let fresh = open();
        let import = Box::new(super::imports::import());
        write(&*fresh.store, Write::Import { import }).await;
        everything(&*fresh.store).await
    };
    assert_same(&everything(&*open().store).await, &before);
}

//! Who holds what, and in which order.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::Poll;

use soundpost_core::delivery::StateName;
use soundpost_core::delivery::moves::Move;
use soundpost_core::frozen::Staging;
use soundpost_core::port::store::{Claimed, StoreError, Write};

use super::Fresh;
use super::build::*;

/// Lanes that claim at the same time never get the same delivery, nor two of one account.
pub async fn d3_one_delivery_is_claimed_by_one_lane(fresh: &Fresh) {
    add_accounts(&*fresh.store, 0..20).await;
    for n in 0..40u128 {
        queue(&*fresh.store, n, n % 20, 10).await;
    }
    let lanes = (0..4).map(|_| {
        let store = Arc::clone(&fresh.store);
        tokio::spawn(async move {
            let mut got = Vec::new();
            while let Claimed::Due(claim) = store.claim(minute(10)).await.expect("claimed") {
                got.push((claim.delivery.account, claim.delivery.id));
                tokio::task::yield_now().await;
            }
            got
        })
    });
    let mut all = Vec::new();
    for lane in lanes.collect::<Vec<_>>() {
        all.extend(lane.await.expect("no panic"));
    }
    assert_eq!(all.len(), 20);
    assert_eq!(
        all.iter()
            .map(|(account, _)| *account)
            .collect::<BTreeSet<_>>()
            .len(),
        20
    );
}

/// A claim holds through its moves until it is given back.
pub async fn d3_a_claim_lasts_until_it_is_given_back(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    queue(store, 7, 1, 10).await;
    queue(store, 8, 1, 11).await;
    let claim = claim_due(store, 20).await;
    let fenced = advance(store, claim.token, fence(&claim.delivery)).await;
    assert_eq!(fenced.state_name(), StateName::Attempting);
    let done = advance(store, claim.token, published(&fenced)).await;
    assert_eq!(done.state_name(), StateName::Published);
    nothing(store, 20).await;
    store.abandon(claim.token, None).await;
    assert_eq!(claim_due(store, 20).await.delivery.id, first(8));
    let late = try_advance(store, claim.token, fence(&done)).await;
    assert!(matches!(late, Err(StoreError::ClaimLost { .. })), "{late:?}");
}

/// A move under a claim that was given back is refused, even when the next lane has done nothing yet.
pub async fn d3_a_lost_claim_is_refused(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    queue(store, 7, 1, 10).await;
    let first_claim = claim_due(store, 10).await;
    store.abandon(first_claim.token, None).await;
    let second = claim_due(store, 10).await;
    assert_ne!(first_claim.token, second.token);
    let seq = store.seq();
    let late = try_advance(store, first_claim.token, fence(&first_claim.delivery)).await;
    assert!(matches!(late, Err(StoreError::ClaimLost { .. })), "{late:?}");
    assert_eq!(store.seq(), seq);
    advance(store, second.token, fence(&second.delivery)).await;
}

/// A person's move takes the claim away, and frees the account.
pub async fn p7_a_persons_move_takes_the_claim_away(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    queue(store, 7, 1, 10).await;
    queue(store, 8, 1, 11).await;
    let claim = claim_due(store, 20).await;
    moved(store, &claim.delivery, cancel()).await;
    let late = try_advance(store, claim.token, fence(&claim.delivery)).await;
    assert!(matches!(late, Err(StoreError::ClaimLost { .. })), "{late:?}");
    assert_eq!(claim_due(store, 20).await.delivery.id, first(8));
    store.abandon(claim.token, None).await;
    nothing(store, 20).await;
}

/// What is being sent is not moved by anybody else.
pub async fn p7_a_fenced_delivery_is_not_moved_from_outside(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    queue(store, 7, 1, 10).await;
    let claim = claim_due(store, 10).await;
    let fenced = advance(store, claim.token, fence(&claim.delivery)).await;
    for mv in [cancel(), hold(), retry(30)] {
        let answer = try_move(store, &fenced, mv).await;
        assert!(matches!(answer, Err(StoreError::Illegal(_))), "{answer:?}");
    }
    advance(store, claim.token, published(&fenced)).await;
}

/// Once nobody holds it, a duty may say that its outcome is unknown.
pub async fn d2_a_fenced_delivery_that_nobody_holds_can_be_rescued(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    queue(store, 7, 1, 10).await;
    let claim = claim_due(store, 10).await;
    let fenced = advance(store, claim.token, fence(&claim.delivery)).await;
    store.abandon(claim.token, None).await;
    nothing(store, 10).await;
    let lost = Move::LoseTrack {
        why: "a crash".to_owned(),
        look_at: Some(minute(12)),
        staging_refused: false,
    };
    moved(store, &fenced, lost).await;
    let check = claim_check(store, 12).await;
    assert_eq!(check.delivery.state_name(), StateName::Unknown);
}

/// The earlier promise goes first, whatever was queued first.
pub async fn d6_an_account_keeps_the_order_of_its_promises(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    for (n, due) in [(1, 30), (2, 10), (3, 20)] {
        queue(store, n, 1, due).await;
    }
    for expected in [2, 3, 1] {
        let claim = claim_due(store, 60).await;
        assert_eq!(claim.delivery.id, first(expected));
        let fenced = advance(store, claim.token, fence(&claim.delivery)).await;
        advance(store, claim.token, published(&fenced)).await;
        store.abandon(claim.token, None).await;
    }
}

/// One that waits for a retry keeps those behind it.
pub async fn d6_a_retry_keeps_those_behind_it(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    queue(store, 1, 1, 10).await;
    queue(store, 2, 1, 11).await;
    let claim = claim_due(store, 20).await;
    advance(store, claim.token, fence(&claim.delivery)).await;
    advance(store, claim.token, retry(30)).await;
    store.abandon(claim.token, None).await;
    assert_eq!(nothing(store, 20).await, Some(minute(30)));
    assert_eq!(claim_due(store, 30).await.delivery.id, first(1));
}

/// Held, missed, unknown and failed ones leave the line.
pub async fn d6_what_needs_a_person_leaves_the_line(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    for n in 1..=3 {
        queue(store, n, 1, 10 + i64::try_from(n).expect("small")).await;
    }
    let held = store.delivery(first(1)).await.expect("read").expect("there");
    moved(store, &held, hold()).await;
    let missed = store.delivery(first(2)).await.expect("read").expect("there");
    moved(
        store,
        &missed,
        Move::Miss {
            why: "late".to_owned(),
        },
    )
    .await;
    assert_eq!(claim_due(store, 20).await.delivery.id, first(3));
}

/// What is released takes its old place in the line.
pub async fn d6_what_is_released_takes_its_place(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let one = queue(store, 1, 1, 10).await;
    queue(store, 2, 1, 11).await;
    let held = moved(store, &one, hold()).await;
    moved(
        store,
        &held,
        Move::Release {
            due: None,
            promised_at: None,
        },
    )
    .await;
    assert_eq!(claim_due(store, 20).await.delivery.id, first(1));
}

/// A slow account delays no other.
pub async fn d6_a_slow_account_delays_no_other(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1, 2]).await;
    queue(store, 1, 1, 10).await;
    queue(store, 2, 1, 11).await;
    queue(store, 3, 2, 12).await;
    assert_eq!(claim_due(store, 20).await.delivery.id, first(1));
    assert_eq!(claim_due(store, 20).await.delivery.id, first(3));
    assert_eq!(nothing(store, 20).await, None);
}

/// A delivery that is given back with a time is not offered before it, and keeps those behind it.
pub async fn d6_a_delivery_given_back_waits_as_long_as_was_said(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    queue(store, 1, 1, 10).await;
    queue(store, 2, 1, 11).await;
    let claim = claim_due(store, 20).await;
    store.abandon(claim.token, Some(minute(25))).await;
    assert_eq!(nothing(store, 20).await, Some(minute(25)));
    assert_eq!(claim_due(store, 25).await.delivery.id, first(1));
}

/// What may be prepared ahead is offered ahead, and when it is prepared, again when it is due.
pub async fn d6_preparing_ahead_comes_early(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let mut early = delivery(1, 1, 60);
    early.stage_from = Some(minute(20));
    let add = Write::AddPost {
        post: Box::new(post(1, None, "hello")),
        deliveries: vec![early],
    };
    write(store, add).await;
    assert_eq!(nothing(store, 10).await, Some(minute(20)));
    let claim = claim_due(store, 20).await;
    let data = serde_json::json!({ "blob": "x" });
    let staging = Staging {
        data,
        at: minute(20),
        expires_at: None,
        warnings: Vec::new(),
    };
    advance(store, claim.token, Move::Stage(staging)).await;
    store.abandon(claim.token, None).await;
    assert_eq!(nothing(store, 21).await, Some(minute(60)));
    assert_eq!(
        claim_due(store, 60).await.delivery.state_name(),
        StateName::Staged
    );
}

/// What is to be looked at comes first, and does not make its account busy.
pub async fn p4_checks_come_first_and_keep_no_account_busy(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let one = queue(store, 1, 1, 10).await;
    queue(store, 2, 1, 11).await;
    let until = Move::Hold {
        reasons: Vec::new(),
        review_after: Some(minute(15)),
    };
    moved(store, &one, until).await;
    let check = claim_check(store, 20).await;
    assert_eq!(check.delivery.id, first(1));
    let due = claim_due(store, 20).await;
    assert_eq!(due.delivery.id, first(2));
    store.abandon(check.token, Some(minute(40))).await;
    assert_eq!(nothing(store, 20).await, Some(minute(40)));
}

/// A claim to look gives no right to send.
pub async fn p2_a_claim_to_look_gives_no_right_to_send(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let one = queue(store, 1, 1, 10).await;
    let until = Move::Hold {
        reasons: Vec::new(),
        review_after: Some(minute(15)),
    };
    moved(store, &one, until).await;
    let check = claim_check(store, 20).await;
    let released = advance(
        store,
        check.token,
        Move::Release {
            due: None,
            promised_at: None,
        },
    )
    .await;
    nothing(store, 20).await;
    let answer = try_advance(store, check.token, fence(&released)).await;
    assert!(matches!(answer, Err(StoreError::Illegal(_))), "{answer:?}");
    store.abandon(check.token, None).await;
    let claim = claim_due(store, 20).await;
    advance(store, claim.token, fence(&claim.delivery)).await;
}

/// Who was told to wait is told when something is ready earlier, also when it came between.
pub async fn p4_changed_tells_of_something_earlier(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1, 2]).await;
    queue(store, 1, 1, 50).await;
    assert_eq!(nothing(store, 10).await, Some(minute(50)));
    let mut waits = store.changed();
    let still = std::future::poll_fn(|cx| Poll::Ready(waits.as_mut().poll(cx).is_pending())).await;
    assert!(still, "nothing has changed yet");
    queue(store, 2, 2, 20).await;
    waits.await;
    queue(store, 3, 2, 15).await;
    store.changed().await;
    assert_eq!(nothing(store, 10).await, Some(minute(15)));
}

/// An account that becomes free is something that changed.
pub async fn p4_changed_tells_of_a_claim_given_back(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    queue(store, 1, 1, 10).await;
    queue(store, 2, 1, 11).await;
    let claim = claim_due(store, 20).await;
    assert_eq!(nothing(store, 20).await, None);
    store.abandon(claim.token, None).await;
    store.changed().await;
    claim_due(store, 20).await;
}

/// A delivery is claimed by its name before its time and out of its turn, but never beside another of its account.
pub async fn p2_a_delivery_is_claimed_by_its_name(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1, 2]).await;
    queue(store, 1, 1, 10).await;
    let behind = queue(store, 2, 1, 50).await;
    let claim = store
        .claim_one(first(2))
        .await
        .expect("claimed")
        .expect("it waits");
    assert_eq!(claim.delivery, behind);
    assert!(
        store.claim_one(first(1)).await.expect("claimed").is_none(),
        "its account is busy"
    );
    nothing(store, 20).await;
    advance(store, claim.token, fence(&claim.delivery)).await;
    advance(store, claim.token, published(&claim.delivery)).await;
    store.abandon(claim.token, None).await;
    assert_eq!(claim_due(store, 20).await.delivery.id, first(1));
    assert!(
        store.claim_one(first(1)).await.expect("claimed").is_none(),
        "it is held"
    );
    assert!(
        store.claim_one(first(2)).await.expect("claimed").is_none(),
        "it waits no longer"
    );
    assert!(
        store.claim_one(first(3)).await.expect("claimed").is_none(),
        "it is not there"
    );
}

//! Reads: they see every write that was answered.

use jiff::Timestamp;
use soundpost_core::change::Change;
use soundpost_core::delivery::{Delivery, StateName};
use soundpost_core::id::DeliveryId;
use soundpost_core::port::store::{Query, Store, Write};

use super::Fresh;
use super::build::*;

async fn ids(store: &dyn Store, query: Query) -> Vec<DeliveryId> {
    let list: Vec<Delivery> = store.list(&query).await.expect("the list is read");
    list.into_iter().map(|d| d.id).collect()
}

fn firsts<const N: usize>(posts: [u128; N]) -> Vec<DeliveryId> {
    posts.map(first).into()
}

/// A delivery reads as the write answered it.
pub async fn p6_reads_see_what_was_answered(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let mut last = queue(store, 7, 1, 10).await;
    for _ in 0..20 {
        last = moved(store, &last, hold()).await;
        assert_eq!(store.delivery(last.id).await.expect("read").as_ref(), Some(&last));
        let query = Query {
            states: [StateName::Held].into(),
            ..Query::default()
        };
        assert_eq!(store.list(&query).await.expect("read"), [last.clone()]);
    }
}

/// A list keeps to its query, in the order of due times.
pub async fn p6_a_list_keeps_to_its_query(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1, 2]).await;
    for (n, account, due) in [(1, 1, 40), (2, 2, 30), (3, 1, 20), (4, 2, 10)] {
        queue(store, n, account, due).await;
    }
    let claim = claim_due(store, 15).await;
    let fenced = advance(store, claim.token, fence(&claim.delivery)).await;
    let attempting = Query {
        states: [StateName::Attempting].into(),
        ..Query::default()
    };
    assert_eq!(ids(store, attempting).await, firsts([4]));
    advance(store, claim.token, published(&fenced)).await;
    let all = Query::default;
    let (from, until) = (Some(minute(20)), Some(minute(40)));
    let cases = [
        (all(), firsts([4, 3, 2, 1])),
        (Query { limit: 2, ..all() }, firsts([4, 3])),
        (
            Query {
                account: Some(account_id(1)),
                ..all()
            },
            firsts([3, 1]),
        ),
        (
            Query {
                due_from: from,
                due_until: until,
                ..all()
            },
            firsts([3, 2]),
        ),
        (
            Query {
                post: Some(post_id(2)),
                ..all()
            },
            firsts([2]),
        ),
        (
            Query {
                published_since: Some(minute(5)),
                ..all()
            },
            firsts([4]),
        ),
        (
            Query {
                published_since: Some(minute(6)),
                ..all()
            },
            Vec::new(),
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(store, query.clone()).await, expected, "{query:?}");
    }
}

/// A limit and a query about receipts go together.
pub async fn p6_a_limit_counts_what_is_listed(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1, 2]).await;
    queue(store, 1, 1, 10).await;
    queue(store, 2, 2, 20).await;
    let one = store.delivery(first(1)).await.expect("read").expect("there");
    moved(store, &one, cancel()).await;
    let claim = claim_due(store, 30).await;
    let fenced = advance(store, claim.token, fence(&claim.delivery)).await;
    advance(store, claim.token, published(&fenced)).await;
    let query = Query {
        published_since: Some(minute(0)),
        limit: 1,
        ..Query::default()
    };
    assert_eq!(ids(store, query).await, [first(2)]);
}

/// A post is found by the end of its name.
pub async fn p6_a_post_is_found_by_its_ending(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    for n in 0..12 {
        queue(store, (n << 20) + 5, 1, 10).await;
    }
    let full = post_id((3 << 20) + 5).to_string();
    assert_eq!(
        store.posts_ending(&full.to_uppercase()).await.expect("read"),
        [post_id((3 << 20) + 5)]
    );
    assert_eq!(store.posts_ending("0005").await.expect("read").len(), 10);
    assert!(store.posts_ending("zzzz").await.expect("read").is_empty());
}

/// The journal tells the story of one delivery: its post's beginning, its moves, and nothing else.
pub async fn p6_the_journal_tells_the_story_of_one_delivery(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let one = queue(store, 1, 1, 10).await;
    queue(store, 2, 1, 11).await;
    write(store, Write::OrderHalt { order: order(1) }).await;
    let held = moved(store, &one, hold()).await;
    moved(store, &held, cancel()).await;
    let story = store.entries(0, 100, Some(first(1))).await.expect("read");
    let words: Vec<_> = story
        .iter()
        .map(|entry| match &entry.change {
            Change::PostAdded { .. } => "post",
            Change::Moved { by, .. } => by.as_str(),
            other => panic!("{other:?} is not about the delivery"),
        })
        .collect();
    assert_eq!(words, ["post", "intake", "hold", "cancel"]);
    assert_eq!(store.entries(0, 2, Some(first(1))).await.expect("read").len(), 2);
    let later = store
        .entries(story[2].seq, 100, Some(first(1)))
        .await
        .expect("read");
    assert_eq!(later, story[2..]);
}

/// The rhythm of an account has its posts that wait and those that are public, and none that is held or of another.
pub async fn p8_a_rhythm_has_what_waits_and_what_is_public(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1, 2]).await;
    for (n, account, due) in [(1, 1, 10), (2, 1, 20), (3, 1, 30), (4, 2, 40)] {
        queue(store, n, account, due).await;
    }
    let third = store.delivery(first(3)).await.expect("read").expect("there");
    moved(store, &third, hold()).await;
    let claim = claim_due(store, 15).await;
    let fenced = advance(store, claim.token, fence(&claim.delivery)).await;
    let public = advance(store, claim.token, published(&fenced)).await;
    let rhythm = store.rhythm(account_id(1));
    let beats: Vec<_> = rhythm
        .from(Timestamp::MIN)
        .map(|beat| (beat.id, beat.at, beat.is_public))
        .collect();
    let published_at = public.receipts[0].at;
    let mut expected = [(first(1), published_at, true), (first(2), minute(20), false)];
    expected.sort_by_key(|(_, at, _)| *at);
    assert_eq!(beats, expected);
}

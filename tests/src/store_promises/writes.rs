//! Writes that are made: repeats, atomicity, the world, the epoch.

use std::sync::Arc;

use soundpost_core::delivery::StateName;
use soundpost_core::delivery::moves::Move;
use soundpost_core::feed::Feed;
use soundpost_core::id::{DeliveryId, Id, SendKey};
use soundpost_core::port::store::{StoreError, Write};

use super::Fresh;
use super::build::*;
use crate::world::samples::{feed, feed_state, trends};

/// The same post under the same client key is the same answer.
pub async fn p1_a_repeat_with_the_client_key_adds_nothing(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let add = |n| Write::AddPost {
        post: Box::new(post(n, Some("monday"), "hello")),
        deliveries: vec![delivery(n, 1, 10)],
    };
    let once = write(store, add(7)).await;
    let twice = write(store, add(8)).await;
    assert!(!once.repeated && twice.repeated);
    assert_eq!(once.deliveries, twice.deliveries);
    assert_eq!(store.seq(), once.seq);
    assert!(store.post(post_id(8)).await.expect("read").is_none());
}

/// Other content under a used client key is a conflict.
pub async fn p1_other_content_under_a_used_key_is_a_conflict(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let add = |n, text: &str| Write::AddPost {
        post: Box::new(post(n, Some("monday"), text)),
        deliveries: vec![delivery(n, 1, 10)],
    };
    write(store, add(7, "hello")).await;
    let answer = try_write(store, add(8, "goodbye")).await;
    let conflict = StoreError::KeyConflict {
        key: "monday".to_owned(),
        post: post_id(7),
    };
    assert_eq!(answer.expect_err("a conflict"), conflict);
}

/// One bad delivery, and nothing of the post is there.
pub async fn p1_a_post_with_one_bad_delivery_leaves_nothing(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let (before, seq) = (everything(store).await, store.seq());
    let mut bad = delivery(7, 99, 10);
    bad.id = DeliveryId {
        post: post_id(7),
        n: 2,
    };
    let add = Write::AddPost {
        post: Box::new(post(7, Some("monday"), "hello")),
        deliveries: vec![delivery(7, 1, 10), bad],
    };
    let answer = try_write(store, add).await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
    assert_same(&everything(store).await, &before);
    assert!(store.entries(seq + 1, 10, None).await.expect("read").is_empty());
    queue(store, 7, 1, 10).await;
}

/// A new revision and the deliveries that move to it are one step.
pub async fn p1_a_revision_and_its_moves_are_one_step(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let queued = queue(store, 7, 1, 10).await;
    let edit = Move::Edit {
        revision: 2,
        send_keys: vec![SendKey(Id::from_u128(70))],
    };
    let revise = |number, steps| Write::Revise {
        post: post_id(7),
        revision: Box::new(revision(number, "better words")),
        steps,
    };
    let gap = try_write(store, revise(3, Vec::new())).await;
    assert!(matches!(gap, Err(StoreError::Stale { .. })), "{gap:?}");
    let written = write(store, revise(2, vec![step(&queued, edit)])).await;
    assert_eq!(written.deliveries[0].revision, 2);
    let post = store.post(post_id(7)).await.expect("read").expect("it is there");
    assert_eq!(post.revisions.len(), 2);
}

/// A journal entry for each change, numbered without a gap.
pub async fn p1_each_change_has_one_entry(fresh: &Fresh) {
    let store = &*fresh.store;
    let begin = store.seq();
    add_accounts(store, [1]).await;
    let queued = queue(store, 7, 1, 10).await;
    moved(store, &queued, cancel()).await;
    let entries = store.entries(begin + 1, 100, None).await.expect("read");
    let numbers: Vec<_> = entries.iter().map(|e| e.seq).collect();
    assert_eq!(numbers, (begin + 1..=begin + 4).collect::<Vec<_>>());
    assert!(entries.iter().all(|e| e.by == anna() && e.reason == "a test"));
}

/// A feed and how it is doing read back, change apart from each other, and go together.
pub async fn p5_a_feed_is_known_until_it_is_removed(fresh: &Fresh) {
    let store = &*fresh.store;
    let check = |state| Write::CheckFeed {
        name: "news".to_owned(),
        state,
    };
    let gone = || Write::RemoveFeed {
        name: "news".to_owned(),
    };
    for nothing_there in [check(feed_state()), gone()] {
        let refused = try_write(store, nothing_there).await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    }
    let set = |feed| Write::SetFeed { feed: Box::new(feed) };
    write(store, set(feed("news"))).await;
    write(store, check(feed_state())).await;
    let slower = Feed {
        every_min: 30,
        ..feed("news")
    };
    write(store, set(slower.clone())).await;
    let world = store.world();
    assert_eq!(world.feeds["news"], slower);
    assert_eq!(world.feed_states["news"], feed_state());
    write(store, gone()).await;
    let world = store.world();
    assert!(world.feeds.is_empty() && world.feed_states.is_empty());
}

/// A list of hashtags reads back with the moves of its step, and goes. A name has a list or a feed, the newer one.
pub async fn p5_a_list_of_hashtags_is_known_until_it_is_removed(fresh: &Fresh) {
    let store = &*fresh.store;
    let gone = || Write::RemoveTrends {
        name: "radar".to_owned(),
    };
    let refused = try_write(store, gone()).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    add_accounts(store, [1]).await;
    let queued = queue(store, 7, 1, 10).await;
    let set = |steps| Write::SetTrends {
        list: Box::new(trends("radar")),
        steps,
    };
    let before = fresh.epoch.now();
    let written = write(store, set(vec![step(&queued, hold())])).await;
    assert_eq!(written.deliveries[0].state_name(), StateName::Held);
    assert!(fresh.epoch.now() > before, "it holds from now on");
    assert_eq!(store.world().trends["radar"], trends("radar"));
    let feed = Box::new(feed("radar"));
    write(store, Write::SetFeed { feed }).await;
    assert!(store.world().trends.is_empty() && store.world().feeds.len() == 1);
    write(store, set(Vec::new())).await;
    assert!(store.world().feeds.is_empty() && store.world().trends.len() == 1);
    write(store, gone()).await;
    assert!(store.world().trends.is_empty());
}

/// Halts, events, calendars and approvals raise the epoch before the answer; other writes do not.
pub async fn p5_what_the_gate_must_know_raises_the_epoch(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let with_account = fresh.epoch.now();
    assert!(with_account > 0, "an account has rules");
    let queued = queue(store, 7, 1, 10).await;
    assert_eq!(fresh.epoch.now(), with_account, "a new post changes no other");
    let calendar = Write::SetCalendar {
        name: "days".to_owned(),
        text: CALENDAR.to_owned(),
        steps: Vec::new(),
    };
    let loud = [
        Write::OrderHalt { order: order(1) },
        Write::LiftHalts {
            orders: vec![order(1).id],
            steps: Vec::new(),
            expects_seq: None,
        },
        Write::SetEvent {
            event: Box::new(event(1)),
            steps: Vec::new(),
        },
        calendar,
        Write::RemoveCalendar {
            name: "days".to_owned(),
        },
        Write::Move {
            steps: vec![step(&queued, approve())],
        },
    ];
    for request in loud {
        let before = fresh.epoch.now();
        let name = format!("{request:?}");
        write(store, request).await;
        assert!(fresh.epoch.now() > before, "{name}");
    }
}

/// The world includes each change when the write answers.
pub async fn p5_the_world_includes_what_was_answered(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    assert_eq!(
        store.world().account_named("a1").map(|a| a.id),
        Some(account_id(1))
    );
    write(store, Write::OrderHalt { order: order(1) }).await;
    assert_eq!(store.world().halts, [order(1)]);
    write(
        store,
        Write::LiftHalts {
            orders: vec![order(1).id],
            steps: Vec::new(),
            expects_seq: None,
        },
    )
    .await;
    assert!(store.world().halts.is_empty());
    write(
        store,
        Write::SetEvent {
            event: Box::new(event(1)),
            steps: Vec::new(),
        },
    )
    .await;
    assert_eq!(store.world().events.get(&event(1).id), Some(&event(1)));
    let calendar = Write::SetCalendar {
        name: "days".to_owned(),
        text: CALENDAR.to_owned(),
        steps: Vec::new(),
    };
    write(store, calendar).await;
    assert!(store.world().calendars.contains_key("days"));
    write(
        store,
        Write::RemoveCalendar {
            name: "days".to_owned(),
        },
    )
    .await;
    assert!(store.world().calendars.is_empty());
}

/// An order that is known is no error, and one that was lifted does not come back.
pub async fn p1_an_order_is_known_once_and_stays_lifted(fresh: &Fresh) {
    let store = &*fresh.store;
    let halt = || Write::OrderHalt { order: order(1) };
    let lift = || Write::LiftHalts {
        orders: vec![order(1).id],
        steps: Vec::new(),
        expects_seq: None,
    };
    write(store, halt()).await;
    assert!(write(store, halt()).await.repeated);
    assert_eq!(store.world().halts.len(), 1);
    write(store, lift()).await;
    assert!(write(store, lift()).await.repeated);
    assert!(write(store, halt()).await.repeated);
    assert!(store.world().halts.is_empty());
}

/// Every one of many writers gets an answer, and all that was answered is there, with one number each.
pub async fn d1_a_hundred_writers_are_all_answered(fresh: &Fresh) {
    add_accounts(&*fresh.store, 0..10).await;
    let begin = fresh.store.seq();
    let tasks = (0..100u128).map(|n| {
        let store = Arc::clone(&fresh.store);
        tokio::spawn(async move {
            let deliveries = vec![delivery(n, n % 10, 10)];
            let add = Write::AddPost {
                post: Box::new(post(n, None, "hello")),
                deliveries,
            };
            let written = try_write(&*store, add).await.expect("answered");
            assert!(store.delivery(first(n)).await.expect("read").is_some());
            written.seq
        })
    });
    let mut seqs = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        seqs.push(task.await.expect("no panic"));
    }
    seqs.sort_unstable();
    seqs.dedup();
    assert_eq!(seqs.len(), 100);
    assert_eq!(fresh.store.seq(), begin + 200);
}

/// A failing write among many leaves the others alone.
pub async fn p1_a_failing_write_spoils_no_other(fresh: &Fresh) {
    add_accounts(&*fresh.store, [1]).await;
    let tasks = (0..40u128).map(|n| {
        let store = Arc::clone(&fresh.store);
        tokio::spawn(async move {
            let account = if n % 4 == 0 { 99 } else { 1 };
            let deliveries = vec![delivery(n, account, 10)];
            let add = Write::AddPost {
                post: Box::new(post(n, None, "hello")),
                deliveries,
            };
            (n, try_write(&*store, add).await.is_ok())
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        let (n, good) = task.await.expect("no panic");
        assert_eq!(good, n % 4 != 0);
        assert_eq!(
            fresh.store.delivery(first(n)).await.expect("read").is_some(),
            good
        );
    }
}

/// An account can go when the same step ends what waits for it.
pub async fn p1_an_account_goes_with_what_waits_for_it(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let queued = queue(store, 7, 1, 10).await;
    let mut removed = account(1);
    removed.status = soundpost_core::account::AccountStatus::Removed { at: minute(1) };
    let steps = vec![step(&queued, cancel())];
    let written = write(
        store,
        Write::SetAccount {
            account: Box::new(removed),
            steps,
        },
    )
    .await;
    assert_eq!(written.deliveries[0].state_name(), StateName::Cancelled);
    assert!(store.world().account_named("a1").is_none());
}

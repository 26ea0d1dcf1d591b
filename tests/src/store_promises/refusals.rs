//! Writes that are refused, with nothing done.

use soundpost_core::account::AccountStatus;
use soundpost_core::delivery::StateName;
use soundpost_core::port::store::{StoreError, Write};

use super::Fresh;
use super::build::*;

/// A move of a delivery that changed since it was read is refused, and so are the moves beside it.
pub async fn p1_a_stale_version_is_refused_and_nothing_is_half_done(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let good = queue(store, 7, 1, 10).await;
    let old = queue(store, 8, 1, 11).await;
    moved(store, &old, hold()).await;
    let before = everything(store).await;
    let steps = vec![step(&good, cancel()), step(&old, cancel())];
    let answer = try_write(store, Write::Move { steps }).await;
    assert!(matches!(answer, Err(StoreError::Stale { .. })), "{answer:?}");
    assert_same(&everything(store).await, &before);
}

/// A move that the state does not allow is refused.
pub async fn p1_an_illegal_move_is_refused(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let queued = queue(store, 7, 1, 10).await;
    let ended = moved(store, &queued, cancel()).await;
    let answer = try_move(store, &ended, hold()).await;
    assert!(matches!(answer, Err(StoreError::Illegal(_))), "{answer:?}");
    assert_eq!(store.delivery(ended.id).await.expect("read"), Some(ended));
}

/// Things that are not there cannot be changed.
pub async fn p1_what_is_not_there_is_not_found(fresh: &Fresh) {
    let store = &*fresh.store;
    let absent = try_move(store, &delivery(7, 1, 10), cancel()).await;
    assert!(matches!(absent, Err(StoreError::NotFound { .. })), "{absent:?}");
    let calendar = try_write(
        store,
        Write::RemoveCalendar {
            name: "days".to_owned(),
        },
    )
    .await;
    assert!(
        matches!(calendar, Err(StoreError::NotFound { .. })),
        "{calendar:?}"
    );
}

/// Two accounts that exist never share a label; a removed one gives it up.
pub async fn p1_a_label_has_one_account(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let mut other = account(2);
    other.name = "a1".to_owned();
    let set = |account| Write::SetAccount {
        account: Box::new(account),
        steps: Vec::new(),
    };
    let taken = try_write(store, set(other.clone())).await;
    assert_eq!(
        taken.expect_err("taken"),
        StoreError::NameTaken {
            name: "a1".to_owned()
        }
    );
    let mut gone = account(1);
    gone.status = AccountStatus::Removed { at: minute(1) };
    write(store, set(gone)).await;
    write(store, set(other)).await;
}

/// An account with deliveries that have not ended stays.
pub async fn p1_an_account_stays_while_deliveries_wait(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let queued = queue(store, 7, 1, 10).await;
    let held = moved(store, &queued, hold()).await;
    let mut gone = account(1);
    gone.status = AccountStatus::Removed { at: minute(1) };
    let remove = || Write::SetAccount {
        account: Box::new(gone.clone()),
        steps: Vec::new(),
    };
    let answer = try_write(store, remove()).await;
    assert!(matches!(answer, Err(StoreError::Illegal(_))), "{answer:?}");
    moved(store, &held, cancel()).await;
    write(store, remove()).await;
}

/// A resume whose plan is older than the queue changes nothing.
pub async fn s5_a_resume_is_refused_when_anything_was_written_since(fresh: &Fresh) {
    let store = &*fresh.store;
    add_accounts(store, [1]).await;
    let planned = queue(store, 7, 1, 10).await;
    write(store, Write::OrderHalt { order: order(1) }).await;
    let seq = store.seq();
    queue(store, 8, 1, 11).await;
    let lift = |seq| Write::LiftHalts {
        orders: vec![order(1).id],
        steps: vec![step(&planned, cancel())],
        expects_seq: Some(seq),
    };
    let answer = try_write(store, lift(seq)).await;
    assert!(matches!(answer, Err(StoreError::Stale { .. })), "{answer:?}");
    assert_eq!(store.world().halts.len(), 1);
    let written = write(store, lift(store.seq())).await;
    assert_eq!(written.deliveries[0].state_name(), StateName::Cancelled);
    assert!(store.world().halts.is_empty());
}

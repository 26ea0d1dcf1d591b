//! Each suite, run against each implementation.

use std::path::Path;
use std::sync::Arc;

use soundpost_core::gate::Epoch;
use soundpost_core::id::{Id, StoreId};
use soundpost_core::port::store::{Query, Store as _, StoreError, Write};
use soundpost_store::memory::MemoryStore;
use soundpost_store::mend::{Mender, Rebuilt, adopt, is_doubtful, rebuild};
use soundpost_store::open::{OpenError, OpenReport, create, open, story};
use soundpost_store::sled::SledStore;
use soundpost_tests::store_promises::build::{
    add_accounts, anna, claim_due, fence, first, hold, minute, moved, nothing, order, queue, try_write,
};
use soundpost_tests::store_promises::{Fresh, build, durable};
use tempfile::TempDir;

/// One test for each promise.
macro_rules! store_promises {
    ($engine:ident, $fresh:expr) => {
        mod $engine {
            use super::*;

            store_promises!(@tests $fresh;
                writes: p1_a_repeat_with_the_client_key_adds_nothing,
                writes: p1_other_content_under_a_used_key_is_a_conflict,
                writes: p1_a_post_with_one_bad_delivery_leaves_nothing,
                writes: p1_a_revision_and_its_moves_are_one_step,
                writes: p1_each_change_has_one_entry,
                writes: p5_what_the_gate_must_know_raises_the_epoch,
                writes: p5_the_world_includes_what_was_answered,
                writes: p5_a_feed_is_known_until_it_is_removed,
                writes: p5_a_list_of_hashtags_is_known_until_it_is_removed,
                writes: p1_an_order_is_known_once_and_stays_lifted,
                writes: d1_a_hundred_writers_are_all_answered,
                writes: p1_a_failing_write_spoils_no_other,
                writes: p1_an_account_goes_with_what_waits_for_it,
                refusals: p1_a_stale_version_is_refused_and_nothing_is_half_done,
                refusals: p1_an_illegal_move_is_refused,
                refusals: p1_what_is_not_there_is_not_found,
                refusals: p1_a_label_has_one_account,
                refusals: p1_an_account_stays_while_deliveries_wait,
                refusals: s5_a_resume_is_refused_when_anything_was_written_since,
                claims: d3_one_delivery_is_claimed_by_one_lane,
                claims: d3_a_claim_lasts_until_it_is_given_back,
                claims: d3_a_lost_claim_is_refused,
                claims: p7_a_persons_move_takes_the_claim_away,
                claims: p7_a_fenced_delivery_is_not_moved_from_outside,
                claims: d2_a_fenced_delivery_that_nobody_holds_can_be_rescued,
                claims: d6_an_account_keeps_the_order_of_its_promises,
                claims: d6_a_retry_keeps_those_behind_it,
                claims: d6_what_needs_a_person_leaves_the_line,
                claims: d6_what_is_released_takes_its_place,
                claims: d6_a_slow_account_delays_no_other,
                claims: d6_a_delivery_given_back_waits_as_long_as_was_said,
                claims: d6_preparing_ahead_comes_early,
                claims: p4_checks_come_first_and_keep_no_account_busy,
                claims: p2_a_claim_to_look_gives_no_right_to_send,
                claims: p2_a_delivery_is_claimed_by_its_name,
                claims: p4_changed_tells_of_something_earlier,
                claims: p4_changed_tells_of_a_claim_given_back,
                imports: p1_an_import_is_one_step_and_is_halted,
                imports: d2_an_imported_key_gives_the_same_answer,
                imports: p1_a_store_that_holds_something_takes_no_import,
                imports: s1_nothing_of_an_import_goes_without_a_resume,
                reads: p6_reads_see_what_was_answered,
                reads: p6_a_list_keeps_to_its_query,
                reads: p6_a_limit_counts_what_is_listed,
                reads: p6_a_post_is_found_by_its_ending,
                reads: p6_the_journal_tells_the_story_of_one_delivery,
                reads: p8_a_rhythm_has_what_waits_and_what_is_public,
            );
        }
    };
    (@tests $fresh:expr; $($part:ident: $name:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let (fresh, _keep) = $fresh;
                soundpost_tests::store_promises::$part::$name(&fresh).await;
            }
        )*
    };
}

fn store_id() -> StoreId {
    StoreId(Id::from_u128(0x50))
}

fn memory() -> (Fresh, ()) {
    let epoch = Arc::new(Epoch::default());
    let store = Arc::new(MemoryStore::new(store_id(), Arc::clone(&epoch)));
    (Fresh { store, epoch }, ())
}

fn home() -> TempDir {
    let home = tempfile::tempdir().expect("a temporary folder");
    create(home.path(), store_id(), anna(), minute(0)).expect("a new store");
    home
}

fn opened(home: &Path) -> (Arc<SledStore>, OpenReport) {
    open(home, Arc::default()).expect("the store opens")
}

fn fresh_at(home: &Path) -> Fresh {
    let epoch = Arc::new(Epoch::default());
    let (store, _) = open(home, Arc::clone(&epoch)).expect("the store opens");
    Fresh { store, epoch }
}

fn sled() -> (Fresh, TempDir) {
    let home = home();
    (fresh_at(home.path()), home)
}

store_promises!(memory_store, memory());
store_promises!(sled_store, sled());

fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir(to).expect("a folder is made");
    for item in std::fs::read_dir(from).expect("a folder is read") {
        let item = item.expect("a folder is read").path();
        let there = to.join(item.file_name().expect("it has a name"));
        if item.is_dir() {
            copy(&item, &there);
        } else {
            std::fs::copy(&item, there).expect("a file is copied");
        }
    }
}

#[tokio::test]
async fn d1_the_sled_store_keeps_what_it_answered() {
    let home = home();
    durable::d1_what_was_answered_is_there_when_opened_again(|| fresh_at(home.path()), || ()).await;
}

#[tokio::test]
async fn d1_the_sled_store_keeps_an_import() {
    let home = home();
    durable::d1_an_import_is_there_when_opened_again(|| fresh_at(home.path())).await;
}

#[tokio::test]
async fn d1_a_lost_sled_folder_is_made_again() {
    let home = home();
    let lose = || std::fs::remove_dir_all(home.path().join("sled")).expect("it was there");
    durable::d1_what_was_answered_is_there_when_opened_again(|| fresh_at(home.path()), lose).await;
}

#[tokio::test]
async fn d1_an_old_sled_folder_is_brought_up() {
    let (home, old) = (home(), tempfile::tempdir().expect("a temporary folder"));
    add_accounts(&*fresh_at(home.path()).store, [9]).await;
    let sled = home.path().join("sled");
    copy(&sled, &old.path().join("sled"));
    let go_back = || copy(&old.path().join("sled"), &sled);
    durable::d1_what_was_answered_is_there_when_opened_again(|| fresh_at(home.path()), go_back).await;
}

#[tokio::test]
async fn d2_the_sled_store_finds_what_was_being_sent() {
    let home = home();
    durable::d2_what_was_being_sent_is_found_and_not_offered(|| fresh_at(home.path())).await;
    assert_eq!(opened(home.path()).1.attempting, [first(1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_the_sled_store_keeps_what_many_writers_wrote() {
    let home = home();
    durable::d1_every_answer_of_many_writers_is_there_when_opened_again(|| fresh_at(home.path())).await;
}

#[tokio::test]
async fn a_sled_ahead_of_the_journal_is_refused_until_it_is_rebuilt() {
    let (home, old) = (home(), tempfile::tempdir().expect("a temporary folder"));
    add_accounts(&*fresh_at(home.path()).store, [1]).await;
    let journal = home.path().join("journal");
    copy(&journal, &old.path().join("journal"));
    add_accounts(&*fresh_at(home.path()).store, [2]).await;
    copy(&old.path().join("journal"), &journal);
    let refused = open(home.path(), Arc::default())
        .map(|_| ())
        .expect_err("sled is ahead");
    assert!(
        matches!(&refused, OpenError::Store(StoreError::Damaged(_))),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("rebuild"), "{refused}");
    assert!(is_doubtful(home.path()));
    let Rebuilt { entries, kept_in } = rebuild(home.path(), minute(0)).expect("rebuilt");
    assert_eq!(entries, 2);
    assert!(!is_doubtful(home.path()));
    assert!(kept_in.expect("it had more than the journal").is_dir());
    assert_eq!(opened(home.path()).0.world().accounts.len(), 1);
}

#[tokio::test]
async fn a_story_is_read_beside_the_owner() {
    let home = home();
    let (store, _) = opened(home.path());
    add_accounts(&*store, [1]).await;
    let queued = queue(&*store, 1, 1, 10).await;
    moved(&*store, &queued, hold()).await;
    let beside = story(home.path(), first(1)).expect("read");
    assert_eq!(beside, store.entries(0, 100, Some(first(1))).await.expect("read"));
    assert_eq!(beside.len(), 3);
}

#[tokio::test]
async fn a_copied_folder_is_foreign_until_it_is_adopted() {
    let (home, other) = (home(), tempfile::tempdir().expect("a temporary folder"));
    assert_eq!(opened(home.path()).1.foreign, None);
    let there = other.path().join("copy");
    copy(home.path(), &there);
    assert!(opened(&there).1.foreign.is_some());
    let mender = Mender {
        by: anna(),
        at: minute(0),
        named: None,
    };
    adopt(&there, mender).expect("adopted");
    assert_eq!(opened(&there).1.foreign, None);
}

#[tokio::test]
async fn a_folder_is_made_once_and_an_empty_one_is_no_store() {
    let home = home();
    let twice = create(home.path(), store_id(), anna(), minute(0)).expect_err("it exists");
    assert!(matches!(twice, OpenError::StoreExists(_)), "{twice:?}");
    let empty = tempfile::tempdir().expect("a temporary folder");
    let none = open(empty.path(), Arc::default())
        .map(|_| ())
        .expect_err("there is none");
    assert!(matches!(none, OpenError::NoStore(_)), "{none:?}");
}

#[tokio::test]
async fn a_closed_store_refuses_writes_and_wakes_the_lanes() {
    let home = home();
    let (store, _) = opened(home.path());
    add_accounts(&*store, [1]).await;
    queue(&*store, 1, 1, 10).await;
    claim_due(&*store, 10).await;
    nothing(&*store, 10).await;
    store.close();
    store.changed().await;
    let late = try_write(&*store, Write::OrderHalt { order: order(1) }).await;
    assert_eq!(late.expect_err("closed"), StoreError::Closed);
    assert_eq!(store.list(&Query::default()).await.expect("read").len(), 1);
}

#[tokio::test]
async fn a_large_value_that_cannot_be_kept_fails_alone() {
    let home = home();
    let (store, _) = opened(home.path());
    add_accounts(&*store, [1]).await;
    let long = build::post(1, None, &"x".repeat(20_000));
    let bodies = home.path().join("bodies");
    std::fs::write(&bodies, b"in the way").expect("a file is written");
    let deliveries = vec![build::delivery(1, 1, 10)];
    let add = || Write::AddPost {
        post: Box::new(long.clone()),
        deliveries: deliveries.clone(),
    };
    let failed = try_write(&*store, add()).await;
    assert!(matches!(failed, Err(StoreError::Io(_))), "{failed:?}");
    std::fs::remove_file(&bodies).expect("a file is removed");
    build::write(&*store, add()).await;
    let claim = claim_due(&*store, 10).await;
    build::advance(&*store, claim.token, fence(&claim.delivery)).await;
}

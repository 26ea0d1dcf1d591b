//! What was acknowledged survives `kill -9` at any moment, and what goes out goes out once (promises D1, D2, D3, S1).
//!
//! See [`soundpost_tests::crash`] for the variables that make more rounds or repeat a seed.

use std::path::Path;

use soundpost_core::id::{Id, StoreId};
use soundpost_store::open::create;
use soundpost_tests::crash::dice::{Dice, rounds, summarise};
use soundpost_tests::crash::ledger::Ledger;
use soundpost_tests::crash::store_audit::audit;
use soundpost_tests::crash::{daemon_rounds, lost_answer, outbox, pauses, store_rounds, webhook_rounds};
use soundpost_tests::store_promises::build::{anna, first, minute};

fn exe() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_crash_victim"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_d3_a_killed_store_has_all_that_it_acknowledged() {
    let dice = Dice::announced("killed store");
    let figures = store_rounds::run(exe(), rounds(8), dice).await;
    println!("killed store: {figures:#?}");
    summarise(
        "killed store",
        &[
            ("rounds", usize::try_from(figures.rounds).unwrap_or_default()),
            (
                "without sled",
                usize::try_from(figures.without_sled).unwrap_or_default(),
            ),
            (
                "acknowledged",
                usize::try_from(figures.acknowledged).unwrap_or_default(),
            ),
            ("missing", figures.missing.len()),
            ("contradictions", figures.contradictions.len()),
        ],
    );
    assert!(figures.missing.is_empty(), "acknowledged and not there");
    assert!(figures.contradictions.is_empty(), "the store contradicts itself");
    assert!(figures.acknowledged > 100, "the writer was at work");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_d2_posts_of_a_killed_daemon_go_out_once() {
    let dice = Dice::announced("killed daemon");
    let count = rounds(6);
    let figures = daemon_rounds::run(exe(), count, dice).await;
    println!("killed daemon: {figures:#?}");
    summarise_posts("killed daemon", count, &figures);
    assert!(figures.missing.is_empty(), "acknowledged and not public");
    assert!(figures.doubled.is_empty(), "public twice, or never asked for");
    assert!(figures.wrong.is_empty(), "folders and receipts do not match");
    assert!(figures.acknowledged > 10, "the posters were at work");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_s5_a_kill_in_a_pause_or_a_resume_lets_nothing_slip_out() {
    let dice = Dice::announced("killed pause");
    let figures = pauses::run(exe(), rounds(6), dice).await;
    println!("killed pause: {figures:#?}");
    summarise(
        "killed pause",
        &[("went out while paused", figures.went_out.len())],
    );
    summarise_posts("killed pause", figures.rounds, &figures.end);
    assert!(figures.went_out.is_empty(), "it went out while it was paused");
    assert!(figures.end.missing.is_empty(), "acknowledged and not public");
    assert!(figures.end.doubled.is_empty(), "public twice, or never asked for");
    assert!(figures.end.wrong.is_empty(), "folders and receipts do not match");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_d2_a_killed_daemon_sends_no_part_twice_to_a_receiver_that_drops_answers() {
    let dice = Dice::announced("killed webhook");
    let figures = webhook_rounds::run(exe(), rounds(6), dice).await;
    println!("killed webhook: {figures:#?}");
    summarise(
        "killed webhook",
        &[
            ("rounds", usize::try_from(figures.rounds).unwrap_or_default()),
            (
                "without sled",
                usize::try_from(figures.without_sled).unwrap_or_default(),
            ),
            ("acknowledged", figures.acknowledged),
            ("arrived", figures.arrived),
            ("unknown", figures.unknown),
            ("missing", figures.missing.len()),
            ("twice", figures.doubled.len()),
            ("wrong", figures.wrong.len()),
        ],
    );
    assert!(figures.missing.is_empty(), "acknowledged and not there");
    assert!(figures.doubled.is_empty(), "sent twice");
    assert!(figures.wrong.is_empty(), "receipts and arrivals do not match");
    assert!(
        figures.receipts > 0 && figures.unknown > 0,
        "answers came, and were lost"
    );
}

fn summarise_posts(suite: &str, rounds: u64, figures: &outbox::Figures) {
    summarise(
        suite,
        &[
            ("rounds", usize::try_from(rounds).unwrap_or_default()),
            ("acknowledged", figures.acknowledged),
            ("rescued", figures.rescued),
            ("missing", figures.missing.len()),
            ("twice", figures.doubled.len()),
            ("wrong", figures.wrong.len()),
        ],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_a_post_whose_answer_was_lost_is_queued_once() {
    let lost = lost_answer::run(exe(), &lost_answer::POST).await;
    assert_eq!(lost.ended.code, Some(0), "{lost:?}");
    assert_eq!(lost.posts, 1, "{lost:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_sees_what_is_missing() {
    let home = tempfile::tempdir().expect("a temporary folder");
    create(home.path(), StoreId(Id::from_u128(0x50)), anna(), minute(0)).expect("a new store");
    let moved = format!("d {} 1 scheduled", first(1));
    let lines = ["ready", "post 1 1 9", &moved, "event 2", "halt 3", "lifted 4"].map(str::to_owned);
    let mut ledger = Ledger::default();
    ledger.take(&lines);
    let found = audit(home.path(), &ledger, false).await;
    assert_eq!(found.missing.len(), 5, "{:?}", found.missing);
}

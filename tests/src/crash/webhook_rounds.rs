//! Rounds of killing the daemon while it sends to a receiver that answers late, or not at all: where nobody can be asked,
//! a lost answer waits for a person and is never sent again. In some rounds sled's folder is deleted too.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use soundpost_core::delivery::{Delivery, StateName};
use soundpost_core::port::store::{Query, Store as _};
use soundpost_store::open::{look, open};

use super::dice::Dice;
use super::program::Program;
use crate::store_promises::build::everything;
use crate::worst_day::receiver::{Manner, Part, Receiver};
use crate::worst_day::scene::add_webhooks;

/// How many accounts there are.
const HOOKS: usize = 12;
/// Each request waits for five others; each seventh gets no answer.
const MANNER: Manner = Manner::LateAndDeaf(5, 7);
const SETTLE_MAX: Duration = Duration::from_secs(120);

/// What came of all rounds.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Rounds.
    pub rounds: u64,
    /// Rounds after which sled's folder was deleted.
    pub without_sled: u64,
    /// Deliveries that were acknowledged.
    pub acknowledged: usize,
    /// Parts that arrived.
    pub arrived: usize,
    /// Parts with a receipt.
    pub receipts: usize,
    /// Deliveries that wait for a person, because an answer was lost.
    pub unknown: usize,
    /// Acknowledged, and not there.
    pub missing: Vec<String>,
    /// Parts that arrived twice.
    pub doubled: Vec<String>,
    /// Receipts, arrivals and states that do not match.
    pub wrong: Vec<String>,
}

/// Kills the daemon so many times; then lets everything settle and looks at it.
pub async fn run(exe: &Path, rounds: u64, mut dice: Dice) -> Figures {
    let (program, receiver) = (Program::new(exe), Receiver::start(MANNER));
    let home = program.home();
    let (for_accounts, to) = (home.clone(), receiver.clone());
    let added = tokio::task::spawn_blocking(move || add_webhooks(&for_accounts, &to, HOOKS)).await;
    added.expect("the accounts are taken");
    let mut figures = Figures::default();
    let mut acknowledged = BTreeSet::new();
    for round in 0..rounds {
        figures.rounds += 1;
        acknowledged.extend(one_life(&program, round, &mut dice));
        if dice.percent(25) {
            std::fs::remove_dir_all(home.join("sled")).expect("sled's folder is deleted");
            figures.without_sled += 1;
        }
    }
    receiver.let_go();
    let daemon = program.start();
    settle(&program);
    assert_eq!(daemon.stop(), Some(0), "the daemon ends well");
    figures.acknowledged = acknowledged.len();
    audit(&program, &receiver, &acknowledged, &mut figures).await;
    figures
}

/// One life of the daemon, in which posts are queued; the deliveries that were acknowledged.
fn one_life(program: &Program, round: u64, dice: &mut Dice) -> Vec<String> {
    let daemon = program.start();
    let mut acknowledged = Vec::new();
    for n in 0..=dice.below(3) {
        let (text, key) = (format!("round {round} post {n}"), format!("{round}-{n}"));
        let line = [
            "post", &text, "--part", "and more", "--to", "@all", "--at", "now", "--key", &key,
        ];
        let ended = program.run(&line);
        assert_eq!(ended.code, Some(0), "the daemon takes posts: {ended:?}");
        let list = ended.answer["posted"]["deliveries"].as_array().cloned();
        let ids = list.unwrap_or_default();
        acknowledged.extend(ids.iter().filter_map(|d| d["id"].as_str().map(str::to_owned)));
    }
    let until = Instant::now() + dice.span_ms(1, 400);
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1)); // polls: the moment of the kill
    }
    daemon.kill();
    acknowledged
}

/// Waits until nothing moves any more: what is left waits for a person.
fn settle(program: &Program) {
    let until = Instant::now() + SETTLE_MAX;
    while program.queue().iter().any(|(_, state)| state != "unknown") {
        assert!(Instant::now() < until, "everything settles:\n{}", program.log());
        std::thread::sleep(Duration::from_millis(100)); // polls: everything has settled
    }
}

async fn audit(
    program: &Program,
    receiver: &Receiver,
    acknowledged: &BTreeSet<String>,
    figures: &mut Figures,
) {
    let journal = look(&program.home()).expect("the journal is read");
    let (store, _) = open(&program.home(), std::sync::Arc::default()).expect("the store opens");
    let (mut told, mut held) = (everything(&journal).await, everything(&*store).await);
    told.sort();
    held.sort();
    if told != held {
        figures.wrong.push("sled and the journal differ".to_owned());
    }
    let all = store.list(&Query::default()).await.expect("the list is read");
    let there: BTreeSet<String> = all.iter().map(|d| d.id.to_string()).collect();
    figures.missing.extend(acknowledged.difference(&there).cloned());
    let mut arrived: BTreeSet<Part> = BTreeSet::new();
    for part in receiver.arrived() {
        figures.arrived += 1;
        if !arrived.insert(part.clone()) {
            figures.doubled.push(format!("{part:?}"));
        }
    }
    for delivery in &all {
        compare(delivery, &mut arrived, figures);
    }
    figures
        .wrong
        .extend(arrived.iter().map(|part| format!("nobody knows of {part:?}")));
    store.close();
}

/// Each receipt is of a part that arrived; where the answer was lost, the part may have.
fn compare(delivery: &Delivery, arrived: &mut BTreeSet<Part>, figures: &mut Figures) {
    let id = delivery.id.to_string();
    for receipt in &delivery.receipts {
        figures.receipts += 1;
        if !arrived.remove(&(id.clone(), receipt.part.into())) {
            figures.wrong.push(format!(
                "part {} of {id} has a receipt and never arrived",
                receipt.part
            ));
        }
    }
    match delivery.state_name() {
        StateName::Published => {}
        StateName::Unknown => {
            figures.unknown += 1;
            arrived.remove(&(id, delivery.next_part().into()));
        }
        state => figures.wrong.push(format!("{id} is {state}")),
    }
}

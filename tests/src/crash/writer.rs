//! The process that is killed: it writes to a store as fast as it can, and says each answer after it came.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, FailKind, State, StateName};
use soundpost_core::id::{DeliveryId, SendKey};
use soundpost_core::port::store::{Claim, Claimed, Query, Store, StoreError, Write, Written};
use soundpost_core::schedule::Due;

use super::dice::Dice;
use crate::store_promises::build::{
    account_id, add_accounts, approve, cancel, delivery, due, event, fence, minute, order, post, published,
    retry, step, try_advance, try_write,
};

/// How many accounts there are.
pub const ACCOUNTS: u64 = 8;
/// Everything of these tests is due before this minute.
pub const LATE_MINUTE: i64 = 1_000_000;
/// How many posts one round may make; the numbers of two rounds never meet.
const POSTS_PER_ROUND: u64 = 1_000_000;

struct Desk {
    store: Arc<dyn Store>,
    next: AtomicU64,
    made: Mutex<Vec<DeliveryId>>,
    fenced: Mutex<BTreeSet<DeliveryId>>,
}

/// Says one line, whole.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let said = out
        .write_all(format!("{line}\n").as_bytes())
        .and_then(|()| out.flush());
    if said.is_err() {
        std::process::exit(3);
    }
}

fn broken(what: &str) -> ! {
    say(&format!("broken {what}"));
    std::process::exit(4)
}

fn say_moved(written: &Written) {
    for delivery in &written.deliveries {
        say(&format!(
            "d {} {} {}",
            delivery.id,
            delivery.version,
            delivery.state_name()
        ));
    }
}

/// The answer, said when it is a good one; none when the store refused for a reason that may be.
fn said(answer: Result<Written, StoreError>) -> Option<Written> {
    match answer {
        Ok(written) => {
            say_moved(&written);
            Some(written)
        }
        Err(
            StoreError::Io(_) | StoreError::Damaged(_) | StoreError::Closed | StoreError::NotFound { .. },
        ) => broken(&format!("{answer:?}")),
        Err(_) => None,
    }
}

/// Writes to the store in this folder until the process is killed.
pub async fn write_until_killed(home: &Path, round: u64, seed: u64) {
    let opened = soundpost_store::open::open(home, Arc::default());
    let (store, _) = opened.unwrap_or_else(|error| broken(&format!("it does not open: {error}")));
    let store: Arc<dyn Store> = store;
    let all = store.list(&Query::default()).await.expect("the list is read");
    let desk = Arc::new(Desk {
        made: Mutex::new(all.iter().map(|d| d.id).collect()),
        store,
        next: AtomicU64::new(round * POSTS_PER_ROUND),
        fenced: Mutex::default(),
    });
    if round == 0 {
        add_accounts(&*desk.store, 1..=u128::from(ACCOUNTS)).await;
    }
    rescue(&desk, &all).await;
    say("ready");
    let mut dice = Dice::new(seed);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..3 {
        tasks.spawn(add(Arc::clone(&desk), dice.child()));
        tasks.spawn(lane(Arc::clone(&desk), dice.child()));
    }
    tasks.spawn(person(Arc::clone(&desk), dice.child()));
    tasks.spawn(world(Arc::clone(&desk)));
    let ended = tasks.join_next().await;
    broken(&format!("a task ended: {ended:?}"));
}

/// What was being sent when the last process was killed is unknown now.
async fn rescue(desk: &Desk, all: &[Delivery]) {
    let open = all.iter().filter(|d| d.state_name() == StateName::Attempting);
    let steps: Vec<_> = open.map(|d| step(d, lose_track())).collect();
    if !steps.is_empty() {
        said(try_write(&*desk.store, Write::Move { steps }).await).expect("nobody else moves them");
    }
}

fn lose_track() -> Move {
    Move::LoseTrack {
        why: "killed".to_owned(),
        look_at: Some(minute(5)),
        staging_refused: false,
    }
}

async fn add(desk: Arc<Desk>, mut dice: Dice) {
    loop {
        let n = u128::from(desk.next.fetch_add(1, Ordering::Relaxed));
        let words = if dice.percent(4) { 3000 } else { 3 };
        let text = format!("post {n} ").repeat(words);
        let count = 1 + dice.below(3);
        let parts = 1 + usize::from(dice.percent(25));
        let first_account = dice.below(ACCOUNTS);
        let deliveries: Vec<Delivery> = (0..count)
            .map(|i| new_delivery(n, i, 1 + (first_account + i) % ACCOUNTS, parts))
            .collect();
        let write = Write::AddPost {
            post: Box::new(post(n, Some(&format!("key {n}")), &text)),
            deliveries,
        };
        let written = said(try_write(&*desk.store, write).await).expect("the post is new");
        say(&format!("post {n} {count} {}", text.len()));
        let mut made = desk.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.extend(written.deliveries.iter().map(|d| d.id));
    }
}

fn new_delivery(post: u128, index: u64, account: u64, parts: usize) -> Delivery {
    let mut new = delivery(
        post,
        u128::from(account),
        1 + i64::try_from(post % 1000).unwrap_or(0),
    );
    new.id.n = u16::try_from(index + 1).unwrap_or(1);
    new.account = account_id(u128::from(account));
    let key: SendKey = new.send_keys[0];
    new.send_keys = vec![key; parts];
    new.parts_total = u16::try_from(parts).unwrap_or(1);
    new
}

async fn lane(desk: Arc<Desk>, mut dice: Dice) {
    loop {
        match desk.store.claim(minute(LATE_MINUTE)).await {
            Ok(Claimed::Due(claim)) => {
                say(&format!("claim {} {}", claim.token, claim.delivery.id));
                let token = claim.token;
                send(&desk, claim, &mut dice).await;
                desk.store.abandon(token, None).await;
            }
            Ok(Claimed::Check(claim)) => {
                look(&desk, &claim, &mut dice).await;
                desk.store.abandon(claim.token, None).await;
            }
            Ok(Claimed::Nothing { .. }) => {
                let _ = tokio::time::timeout(Duration::from_millis(20), desk.store.changed()).await;
            }
            Err(error) => broken(&format!("a claim: {error}")),
        }
    }
}

/// Fences and settles, part by part, as long as the delivery waits.
async fn send(desk: &Desk, claim: Claim, dice: &mut Dice) {
    let mut delivery = claim.delivery;
    while delivery.state_name().waits() {
        let fenced = said(try_advance(&*desk.store, claim.token, fence(&delivery)).await);
        let Some(fenced) = fenced.and_then(|w| w.deliveries.into_iter().next()) else {
            return;
        };
        let alone = desk
            .fenced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(fenced.id);
        if !alone {
            broken(&format!("two lanes send {}", fenced.id));
        }
        tokio::task::yield_now().await;
        desk.fenced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&fenced.id);
        let mv = outcome(&fenced, dice);
        let settled = said(try_advance(&*desk.store, claim.token, mv).await);
        let Some(settled) = settled.and_then(|w| w.deliveries.into_iter().next()) else {
            broken(&format!("the outcome of {} was refused", fenced.id));
        };
        delivery = settled;
    }
}

fn outcome(delivery: &Delivery, dice: &mut Dice) -> Move {
    match dice.below(100) {
        0..75 => published(delivery),
        75..85 => retry(2),
        85..93 => lose_track(),
        _ => Move::Refuse {
            kind: FailKind::Refused,
            why: "no".to_owned(),
        },
    }
}

/// Looks up what is unknown, and at a hold whose time has come.
async fn look(desk: &Desk, claim: &Claim, dice: &mut Dice) {
    let mv = match claim.delivery.state() {
        State::Unknown { .. } if dice.percent(50) => published(&claim.delivery),
        State::Unknown { .. } if dice.percent(50) => retry(3),
        State::Unknown { .. } => Move::LookAgain {
            why: "not seen".to_owned(),
            look_at: Some(minute(6)),
            absent: true,
        },
        _ => hold_until(None),
    };
    said(try_advance(&*desk.store, claim.token, mv).await);
}

fn hold_until(review_after: Option<Timestamp>) -> Move {
    Move::Hold {
        reasons: Vec::new(),
        review_after,
    }
}

/// A person who moves one, two or three at once.
async fn person(desk: Arc<Desk>, mut dice: Dice) {
    loop {
        let ids = pick(&desk, &mut dice);
        let mut steps = Vec::new();
        for id in ids {
            let Ok(Some(now)) = desk.store.delivery(id).await else {
                broken(&format!("{id} was made and is not there"));
            };
            steps.push(step(&now, decision(&mut dice)));
        }
        if steps.is_empty() || said(try_write(&*desk.store, Write::Move { steps }).await).is_none() {
            tokio::task::yield_now().await;
        }
    }
}

fn pick(desk: &Desk, dice: &mut Dice) -> BTreeSet<DeliveryId> {
    let made = desk.made.lock().unwrap_or_else(PoisonError::into_inner);
    let newest = made.len().min(200) as u64;
    (0..=dice.below(3))
        .filter_map(|_| {
            made.iter()
                .rev()
                .nth(usize::try_from(dice.below(newest)).unwrap_or(0))
        })
        .copied()
        .collect()
}

fn decision(dice: &mut Dice) -> Move {
    let again: Due = due(minute(7));
    match dice.below(10) {
        0..3 => hold_until(dice.percent(50).then(|| minute(4))),
        3 => cancel(),
        4 => approve(),
        5..8 => Move::Release {
            due: Some(again),
            promised_at: None,
        },
        _ => Move::Reschedule {
            due: again,
            promised_at: None,
        },
    }
}

/// Events and halts, one of each now and then.
async fn world(desk: Arc<Desk>) {
    let mut tick = tokio::time::interval(Duration::from_millis(15));
    loop {
        tick.tick().await;
        let n = u128::from(desk.next.fetch_add(1, Ordering::Relaxed));
        let event = Write::SetEvent {
            event: Box::new(event(n)),
            steps: Vec::new(),
        };
        said(try_write(&*desk.store, event).await).expect("an event is taken");
        say(&format!("event {n}"));
        said(try_write(&*desk.store, Write::OrderHalt { order: order(n) }).await).expect("an order is taken");
        say(&format!("halt {n}"));
        let lift = Write::LiftHalts {
            orders: vec![order(n).id],
            steps: Vec::new(),
            expects_seq: None,
        };
        said(try_write(&*desk.store, lift).await).expect("an order is lifted");
        say(&format!("lifted {n}"));
    }
}

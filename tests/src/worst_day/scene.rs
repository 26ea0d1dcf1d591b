//! A queue with many accounts, each a webhook of a receiver that answers late, and a burst of posts for all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use soundpost_cli::control::protocol::AccountAsk;
use soundpost_cli::surroundings::Surroundings;
use soundpost_cli::wire_up;
use soundpost_core::account::CredentialRef;
use soundpost_core::address::Address;
use soundpost_core::delivery::StateName;
use soundpost_core::port::store::{Query, Store as _};
use soundpost_core::post::Audience;

use super::receiver::{Part, Receiver};
use crate::cli::bench::{Bench, poll};
use crate::live::scene::write_secret;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// How many accounts there are: more than the daemon has lanes.
pub const ACCOUNTS: usize = 24;

/// Adds accounts `w0`, `w1` and so on, in the group `all`, in this process: by commands it would take long.
///
/// # Panics
/// When an account is not taken.
pub fn add_webhooks(home: &Path, receiver: &Receiver, count: usize) {
    let secret = home.join("test-secret");
    write_secret(&secret, SECRET);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let surroundings = Surroundings::system().expect("the system's surroundings");
        let wired = wire_up::open(home, &surroundings, None).expect("the queue opens");
        for n in 0..count {
            let name = format!("w{n}");
            let ask = AccountAsk {
                network: "webhook".to_owned(),
                server: Some(Address::new(receiver.url(&name))),
                name,
                identity: None,
                credential: CredentialRef::File(secret.display().to_string()),
                zone: "Etc/UTC".to_owned(),
                audience: Audience::default(),
                language: None,
                category: None,
                groups: vec!["all".to_owned()],
                settings: vec![("allow_private".to_owned(), "true".to_owned())],
                verify: false,
            };
            wired
                .app
                .account_add("anna", ask)
                .await
                .expect("an account is taken");
        }
        wired.close().await;
    });
}

/// A new queue with so many webhooks, in which what is late is not spread.
///
/// # Panics
/// When it cannot be made.
#[must_use]
pub fn with_webhooks(receiver: &Receiver, count: usize) -> Bench {
    let bench = Bench::empty();
    let _ = bench.run(&["init"]).well();
    spread_nothing(&bench);
    add_webhooks(&bench.home(), receiver, count);
    bench
}

/// Writes a configuration in which a backlog goes out without gaps.
///
/// # Panics
/// When the home cannot be written.
pub fn spread_nothing(bench: &Bench) {
    std::fs::write(bench.home().join("config.toml"), "backlog_gap_s = 0\n").expect("the home can be written");
}

/// Queues posts of two parts for all accounts, due now.
///
/// # Panics
/// When they are not taken.
pub fn queue_burst(bench: &Bench, posts: usize) {
    for n in 0..posts {
        let (first, second) = (format!("burst {n} begins"), format!("burst {n} ends"));
        let line = ["post", &first, "--part", &second, "--to", "@all", "--at", "now"];
        let _ = bench.run(&line).well();
    }
}

/// Waits until so many requests have arrived.
///
/// # Panics
/// When they do not come in time.
pub fn await_arrivals(receiver: &Receiver, count: usize) {
    poll("the burst", || receiver.arrived().len() >= count);
}

/// Waits until no delivery waits or is being sent any more.
///
/// # Panics
/// When that does not come in time.
pub fn await_rest(bench: &Bench) {
    let moving = ["scheduled", "staged", "attempting", "retry_at"];
    poll("the end of all movement", || {
        let all = bench.queue();
        let is_moving = |d: &Value| d["state"].as_str().is_some_and(|state| moving.contains(&state));
        !all.is_empty() && !all.iter().any(is_moving)
    });
}

/// What `pause --json` lists as what may still go: the part, with its account and how its text begins.
#[must_use]
pub fn may_still_go(paused: &Value) -> BTreeMap<Part, (String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let listed = paused["ok"]["paused"]["under_way"].as_array();
    let listed = listed.into_iter().flatten().filter(|w| w["may_still_go"] == true);
    listed
        .map(|w| {
            let part = (text(&w["delivery"]["id"]), w["part"].as_u64().unwrap_or_default());
            (
                part,
                (text(&w["delivery"]["account"]), text(&w["delivery"]["excerpt"])),
            )
        })
        .collect()
}

/// The parts that the journal shows as begun and not ended.
///
/// # Panics
/// When the journal cannot be read.
#[must_use]
pub fn begun(bench: &Bench) -> BTreeSet<Part> {
    let store = soundpost_store::open::look(&bench.home()).expect("the journal is read");
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let query = Query::in_states([StateName::Attempting]);
    let open = runtime.expect("a runtime").block_on(store.list(&query));
    let open = open.expect("the list is read");
    open.iter()
        .map(|d| (d.id.to_string(), u64::from(d.next_part())))
        .collect()
}

/// No part has arrived twice.
///
/// # Panics
/// When one has.
pub fn assert_none_twice(receiver: &Receiver) {
    let mut seen = BTreeSet::new();
    for part in receiver.arrived() {
        assert!(seen.insert(part.clone()), "{part:?} arrived twice");
    }
}

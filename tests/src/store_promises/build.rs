//! Accounts, posts, deliveries and requests for the suite.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use soundpost_core::account::{Account, AccountStatus, CredentialRef};
use soundpost_core::actor::Actor;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Approval, Delivery, NewDelivery};
use soundpost_core::event::{Event, Severity, Source};
use soundpost_core::frozen::{Fence, Frozen, sha256_hex};
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::{AccountId, DeliveryId, EventId, Id, OrderId, PostId, SendKey};
use soundpost_core::port::store::{Claim, Claimed, Query, Request, Step, Store, StoreError, Write, Written};
use soundpost_core::post::{Audience, Category, Content, Part, Post, Revision};
use soundpost_core::receipt::Receipt;
use soundpost_core::schedule::Due;

/// A calendar without a day.
pub const CALENDAR: &str =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Soundpost//Test//EN\r\nEND:VCALENDAR\r\n";

/// An instant so many minutes after a fixed beginning.
pub fn minute(minutes: i64) -> Timestamp {
    let begin = Timestamp::from_second(1_780_000_000).expect("a time of our days");
    begin + SignedDuration::from_mins(minutes)
}

/// The due time at this instant.
pub fn due(at: Timestamp) -> Due {
    let wall: DateTime = jiff::tz::TimeZone::UTC.to_datetime(at);
    Due {
        at,
        wall,
        zone: "UTC".to_owned(),
        adjusted: None,
    }
}

/// The name of the account with this number.
pub fn account_id(n: u128) -> AccountId {
    AccountId(Id::from_u128(n))
}

/// The name of the post with this number.
pub fn post_id(n: u128) -> PostId {
    PostId(Id::from_u128(n))
}

/// The name of the first delivery of the post with this number.
pub fn first(n: u128) -> DeliveryId {
    DeliveryId {
        post: post_id(n),
        n: 1,
    }
}

/// An active account with the label `a<n>`.
pub fn account(n: u128) -> Account {
    Account {
        id: account_id(n),
        name: format!("a{n}"),
        network: "outbox".to_owned(),
        server: None,
        identity: None,
        credential: CredentialRef::None,
        zone: "UTC".to_owned(),
        audience: Audience::default(),
        language: None,
        category: None,
        groups: Vec::new(),
        settings: BTreeMap::new(),
        rules: soundpost_core::guard::rules::settings::AccountRules::default(),
        status: AccountStatus::Active,
        added_at: minute(0),
        shadow: None,
    }
}

/// A revision with this text.
pub fn revision(number: u32, text: &str) -> Revision {
    let part = Part {
        text: text.to_owned(),
        ..Part::default()
    };
    let content = Content {
        parts: vec![part],
        variants: BTreeMap::new(),
    };
    Revision {
        number,
        at: minute(0),
        by: anna(),
        content,
    }
}

/// A post that says this.
pub fn post(n: u128, key: Option<&str>, text: &str) -> Post {
    Post {
        id: post_id(n),
        created_at: minute(0),
        created_by: anna(),
        client_key: key.map(str::to_owned),
        request_sha256: sha256_hex(text.as_bytes()),
        category: Category::Info,
        campaign: None,
        language: None,
        audience: None,
        revisions: vec![revision(1, text)],
    }
}

/// The first delivery of a post, to an account, due at a minute.
pub fn delivery(post: u128, account: u128, due_minute: i64) -> Delivery {
    Delivery::new(NewDelivery {
        id: first(post),
        account: account_id(account),
        network: "outbox".to_owned(),
        campaign: None,
        category: Category::Info,
        due: due(minute(due_minute)),
        freshness_s: 3600,
        written_at: minute(0),
        after: None,
        stage_from: None,
        send_keys: vec![SendKey(Id::from_u128(post))],
        draft: false,
    })
}

/// An order that silences everything.
pub fn order(n: u128) -> HaltOrder {
    HaltOrder {
        id: OrderId(Id::from_u128(n)),
        scope: Scope::Everything,
        reason: "something happened".to_owned(),
        who: "anna".to_owned(),
        at: minute(0),
        review_at: None,
    }
}

/// An event that silences little.
pub fn event(n: u128) -> Event {
    let source = Source::Person {
        name: "anna".to_owned(),
    };
    Event {
        kind: "storm".to_owned(),
        ..Event::new(
            EventId(Id::from_u128(n)),
            "a storm",
            Severity::Watch,
            minute(0),
            source,
        )
    }
}

/// The fence of a delivery's next part.
pub fn fence(delivery: &Delivery) -> Move {
    let part = delivery.next_part();
    let frozen = Frozen {
        part,
        body: "hello".to_owned(),
        address: BTreeMap::new(),
        send_key: delivery.send_keys[0],
        composed_at: minute(0),
    };
    Move::Fence(Fence {
        part,
        attempt: delivery.attempts + 1,
        at: minute(0),
        frozen,
        verdict: "fine".to_owned(),
    })
}

/// The receipt of a delivery's next part.
pub fn published(delivery: &Delivery) -> Move {
    Move::PartPublished(Receipt {
        part: delivery.next_part(),
        remote_id: format!("remote-{}", delivery.id),
        url: None,
        server_time: None,
        at: minute(5),
        body_sha256: sha256_hex(b"hello"),
        verdict: "fine".to_owned(),
        anchors: BTreeMap::new(),
        found_by_look_up: false,
        gone_at: None,
    })
}

/// Surely not sent, to be tried again at a minute.
pub fn retry(again_minute: i64) -> Move {
    Move::NotSent {
        why: "no network".to_owned(),
        again_at: minute(again_minute),
        costs_attempt: true,
    }
}

/// A hold with no end.
pub fn hold() -> Move {
    Move::Hold {
        reasons: Vec::new(),
        review_after: None,
    }
}

/// A person's approval.
pub fn approve() -> Move {
    let approval = Approval {
        by: "anna".to_owned(),
        reason: "I have read it".to_owned(),
        at: minute(0),
        expires_at: minute(60),
        content_sha256: sha256_hex(b"hello"),
        events: BTreeMap::new(),
        sources: BTreeSet::new(),
        rules: BTreeSet::new(),
    };
    Move::Approve {
        approval,
        due: None,
        promised_at: None,
    }
}

/// A cancellation.
pub fn cancel() -> Move {
    Move::Cancel {
        why: "changed my mind".to_owned(),
    }
}

/// A move of a delivery as it was read.
pub fn step(delivery: &Delivery, mv: Move) -> Step {
    Step {
        delivery: delivery.id,
        expects_version: delivery.version,
        mv,
    }
}

/// A person.
pub fn anna() -> Actor {
    Actor::Person("anna".to_owned())
}

/// Writes as a person at the beginning.
///
/// # Errors
/// As the store says.
pub async fn try_write(store: &dyn Store, write: Write) -> Result<Written, StoreError> {
    let request = Request {
        by: anna(),
        at: minute(0),
        reason: "a test".to_owned(),
        write,
    };
    store.write(request).await
}

/// Writes; it must succeed.
pub async fn write(store: &dyn Store, write: Write) -> Written {
    try_write(store, write).await.expect("the write is a good one")
}

/// Moves one delivery as a person.
///
/// # Errors
/// As the store says.
pub async fn try_move(store: &dyn Store, delivery: &Delivery, mv: Move) -> Result<Written, StoreError> {
    try_write(
        store,
        Write::Move {
            steps: vec![step(delivery, mv)],
        },
    )
    .await
}

/// Moves one delivery as a person; it must succeed.
pub async fn moved(store: &dyn Store, delivery: &Delivery, mv: Move) -> Delivery {
    let written = try_move(store, delivery, mv)
        .await
        .expect("the move is a good one");
    written
        .deliveries
        .into_iter()
        .next()
        .expect("one delivery was moved")
}

/// Moves a claimed delivery as a lane.
///
/// # Errors
/// As the store says.
pub async fn try_advance(store: &dyn Store, token: u64, mv: Move) -> Result<Written, StoreError> {
    try_write(
        store,
        Write::Advance {
            token,
            mv: Box::new(mv),
        },
    )
    .await
}

/// Moves a claimed delivery as a lane; it must succeed.
pub async fn advance(store: &dyn Store, token: u64, mv: Move) -> Delivery {
    let written = try_advance(store, token, mv).await.expect("the claim is held");
    written
        .deliveries
        .into_iter()
        .next()
        .expect("one delivery was moved")
}

/// Adds accounts with these numbers.
pub async fn add_accounts(store: &dyn Store, numbers: impl IntoIterator<Item = u128>) {
    for n in numbers {
        write(
            store,
            Write::SetAccount {
                account: Box::new(account(n)),
                steps: Vec::new(),
            },
        )
        .await;
    }
}

/// Adds a post with one delivery.
pub async fn queue(store: &dyn Store, number: u128, account: u128, due_minute: i64) -> Delivery {
    let deliveries = vec![delivery(number, account, due_minute)];
    let post = Box::new(post(number, None, "hello"));
    let written = write(store, Write::AddPost { post, deliveries }).await;
    written
        .deliveries
        .into_iter()
        .next()
        .expect("one delivery was added")
}

/// Claims what is due at a minute.
///
/// # Panics
/// When nothing is.
pub async fn claim_due(store: &dyn Store, at_minute: i64) -> Claim {
    match store.claim(minute(at_minute)).await {
        Ok(Claimed::Due(claim)) => claim,
        other => panic!("something is due at minute {at_minute}, but: {other:?}"),
    }
}

/// Claims what is to be looked at at a minute.
///
/// # Panics
/// When nothing is.
pub async fn claim_check(store: &dyn Store, at_minute: i64) -> Claim {
    match store.claim(minute(at_minute)).await {
        Ok(Claimed::Check(claim)) => claim,
        other => panic!("something is to be looked at at minute {at_minute}, but: {other:?}"),
    }
}

/// When the next one is ready; nothing may be now.
///
/// # Panics
/// When something is.
pub async fn nothing(store: &dyn Store, at_minute: i64) -> Option<Timestamp> {
    match store.claim(minute(at_minute)).await {
        Ok(Claimed::Nothing { wake_at }) => wake_at,
        other => panic!("nothing is to be done at minute {at_minute}, but: {other:?}"),
    }
}

/// All that can be read of a store, to compare; a line for each thing.
pub async fn everything(store: &dyn Store) -> Vec<String> {
    let mut all = vec![format!("seq {}", store.seq()), format!("{:?}", store.world())];
    let list = store.list(&Query::default()).await.expect("the list is read");
    let posts: BTreeSet<_> = list.iter().map(|d| d.id.post).collect();
    all.extend(list.iter().map(|delivery| format!("{delivery:?}")));
    for id in posts {
        let post = store
            .post(id)
            .await
            .expect("the post is read")
            .expect("a delivery has a post");
        all.push(format!("{post:?}"));
    }
    all
}

/// Says where two stores differ, in few words.
///
/// # Panics
/// When they do.
pub fn assert_same(now: &[String], before: &[String]) {
    let short = |line: &String| line.chars().take(300).collect::<String>();
    for (now, before) in now.iter().zip(before) {
        assert!(now == before, "now:    {}\nbefore: {}", short(now), short(before));
    }
    assert_eq!(now.len(), before.len());
}

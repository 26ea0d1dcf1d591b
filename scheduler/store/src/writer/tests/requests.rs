//! Made-up requests for the tests of the writer.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use soundpost_core::account::{Account, AccountStatus, CredentialRef};
use soundpost_core::actor::Actor;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, NewDelivery};
use soundpost_core::frozen::{Fence, Frozen};
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::{AccountId, DeliveryId, Id, OrderId, PostId, SendKey};
use soundpost_core::port::store::{Request, Step, Write};
use soundpost_core::post::{Audience, Category, Content, Part, Post, Revision};
use soundpost_core::schedule::Due;

pub(super) fn minute(n: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(n)
}

pub(super) fn account(n: u128, exists: bool) -> Account {
    let status = if exists {
        AccountStatus::Active
    } else {
        AccountStatus::Removed { at: minute(0) }
    };
    Account {
        id: AccountId(Id::from_u128(n)),
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
        rules: Default::default(),
        status,
        added_at: minute(0),
        shadow: None,
    }
}

pub(super) fn post(n: u128, key: Option<u8>) -> Post {
    let part = Part {
        text: format!("text {n}"),
        ..Part::default()
    };
    let content = Content {
        parts: vec![part],
        variants: BTreeMap::new(),
    };
    Post {
        id: PostId(Id::from_u128(n)),
        created_at: minute(0),
        created_by: Actor::Lane,
        client_key: key.map(|key| format!("key {key}")),
        request_sha256: format!("{}", n % 3),
        category: Category::Info,
        campaign: None,
        language: None,
        audience: None,
        revisions: vec![Revision {
            number: 1,
            at: minute(0),
            by: Actor::Lane,
            content,
        }],
    }
}

pub(super) fn first(post: u128) -> DeliveryId {
    DeliveryId {
        post: PostId(Id::from_u128(post)),
        n: 1,
    }
}

pub(super) fn due(at: i64) -> Due {
    let wall = jiff::tz::TimeZone::UTC.to_datetime(minute(at));
    Due {
        at: minute(at),
        wall,
        zone: "UTC".to_owned(),
        adjusted: None,
    }
}

pub(super) fn delivery(post: u128, account: u128, at: i64) -> Delivery {
    Delivery::new(NewDelivery {
        id: first(post),
        account: AccountId(Id::from_u128(account)),
        network: "outbox".to_owned(),
        campaign: None,
        category: Category::Info,
        due: due(at),
        freshness_s: 60,
        written_at: minute(0),
        after: None,
        stage_from: None,
        send_keys: vec![SendKey(Id::from_u128(post))],
        draft: false,
    })
}

pub(super) fn order(n: u128) -> HaltOrder {
    let (reason, who) = (String::new(), String::new());
    HaltOrder {
        id: OrderId(Id::from_u128(n)),
        scope: Scope::Everything,
        reason,
        who,
        at: minute(0),
        review_at: None,
    }
}

pub(super) fn mv(which: u8) -> Move {
    let frozen = Frozen {
        part: 1,
        body: "b".repeat(usize::from(which) * 1000),
        address: BTreeMap::new(),
        send_key: SendKey(Id::from_u128(1)),
        composed_at: minute(0),
    };
    match which % 8 {
        0 => Move::Hold {
            reasons: Vec::new(),
            review_after: Some(minute(30)),
        },
        1 => Move::Release {
            due: None,
            promised_at: None,
        },
        2 => Move::Cancel { why: String::new() },
        3 => Move::Reschedule {
            due: due(40),
            promised_at: None,
        },
        4 => Move::LoseTrack {
            why: String::new(),
            look_at: Some(minute(20)),
            staging_refused: false,
        },
        5 => Move::NotSent {
            why: String::new(),
            again_at: minute(25),
            costs_attempt: true,
        },
        _ => Move::Fence(Fence {
            part: 1,
            attempt: 1,
            at: minute(0),
            frozen,
            verdict: String::new(),
        }),
    }
}

/// A write, or a step between two batches.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Account {
        n: u128,
        exists: bool,
    },
    Add {
        post: u128,
        account: u128,
        at: i64,
        key: Option<u8>,
    },
    Move {
        post: u128,
        version: u64,
        which: u8,
    },
    Advance {
        token: u64,
        which: u8,
    },
    Halt(u128),
    Lift {
        order: u128,
        seq: Option<u64>,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Round {
    pub(super) writes: Vec<Op>,
    pub(super) claim_at: i64,
    pub(super) abandon: Option<(u64, Option<i64>)>,
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        1 => (0..4u128, prop::bool::weighted(0.7)).prop_map(|(n, exists)| Op::Account { n, exists }),
        4 => (0..12u128, 0..4u128, 0..50i64, prop::option::weighted(0.3, 0..3u8))
            .prop_map(|(post, account, at, key)| Op::Add { post, account, at, key }),
        4 => (0..12u128, 1..4u64, 0..16u8).prop_map(|(post, version, which)| Op::Move { post, version, which }),
        4 => (1..8u64, 0..16u8).prop_map(|(token, which)| Op::Advance { token, which }),
        1 => (0..3u128).prop_map(Op::Halt),
        1 => (0..3u128, prop::option::of(0..40u64)).prop_map(|(order, seq)| Op::Lift { order, seq }),
    ]
}

pub(super) fn round() -> impl Strategy<Value = Round> {
    let abandon = prop::option::of((1..8u64, prop::option::of(0..60i64)));
    (prop::collection::vec(op(), 1..8), 0..60i64, abandon).prop_map(|(writes, claim_at, abandon)| Round {
        writes,
        claim_at,
        abandon,
    })
}

pub(super) fn request(op: &Op) -> Request {
    let write = match op.clone() {
        Op::Account { n, exists } => Write::SetAccount {
            account: Box::new(account(n, exists)),
            steps: Vec::new(),
        },
        Op::Add {
            post: n,
            account,
            at,
            key,
        } => Write::AddPost {
            post: Box::new(post(n, key)),
            deliveries: vec![delivery(n, account, at)],
        },
        Op::Move { post, version, which } => Write::Move {
            steps: vec![Step {
                delivery: first(post),
                expects_version: version,
                mv: mv(which),
            }],
        },
        Op::Advance { token, which } => Write::Advance {
            token,
            mv: Box::new(mv(which)),
        },
        Op::Halt(n) => Write::OrderHalt { order: order(n) },
        Op::Lift { order: n, seq } => Write::LiftHalts {
            orders: vec![order(n).id],
            steps: Vec::new(),
            expects_seq: seq,
        },
    };
    Request {
        by: Actor::Lane,
        at: minute(1),
        reason: String::new(),
        write,
    }
}

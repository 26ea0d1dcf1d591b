//! One of each: moves, states, reasons, changes, for the tests of the state machine and of what is stored.
// long file: one of each of all that is stored, so that nothing is forgotten

use std::collections::BTreeMap;

use soundpost_core::actor::Actor;
use soundpost_core::change::Change;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::table::MoveName;
use soundpost_core::delivery::{
    Approval, Delivery, EventHold, FailKind, HoldReason, NewDelivery, Retract, Rule, RuleHold, RuleName,
    RuleSource, State, Touch,
};
use soundpost_core::event::{Event, Narrowed, Severity, Source, Stage};
use soundpost_core::feed::{Feed, FeedState, Policy, WhenStale};
use soundpost_core::frozen::{Fence, Frozen, Staging};
use soundpost_core::halt::{HaltCause, Scope};
use soundpost_core::id::{AccountId, EventId, Id, SendKey, StoreId};
use soundpost_core::post::{Category, Content, Post, Revision};
use soundpost_core::receipt::Receipt;
use soundpost_core::trends::{TrendsList, TrendsWatch};
use soundpost_fixtures::build::{self, BEGIN, minute};

fn frozen(part: u16) -> Frozen {
    Frozen {
        part,
        body: "hello".to_owned(),
        address: BTreeMap::from([("key".to_owned(), "value".to_owned())]),
        send_key: SendKey(Id::from_u128(1)),
        composed_at: BEGIN,
    }
}

/// The fence of this part.
pub fn fence(part: u16) -> Fence {
    Fence {
        part,
        attempt: 1,
        at: BEGIN,
        frozen: frozen(part),
        verdict: "no open events".to_owned(),
    }
}

/// The receipt of this part.
pub fn receipt(part: u16) -> Receipt {
    Receipt {
        part,
        remote_id: format!("r{part}"),
        url: Some("https://fake.example/r".to_owned()),
        server_time: Some(BEGIN),
        at: BEGIN,
        body_sha256: "00".to_owned(),
        verdict: "no open events".to_owned(),
        anchors: BTreeMap::from([("cid".to_owned(), "x".to_owned())]),
        found_by_look_up: true,
        gone_at: None,
    }
}

fn staging() -> Staging {
    Staging {
        data: serde_json::json!({ "upload": "u1" }),
        at: BEGIN,
        expires_at: Some(minute(60)),
        warnings: vec!["no card".to_owned()],
    }
}

fn retract() -> Retract {
    Retract {
        by: "anna".to_owned(),
        why: "wrong".to_owned(),
        at: BEGIN,
        next_at: BEGIN,
        last: Some("later".to_owned()),
    }
}

fn approval() -> Approval {
    Approval {
        by: "anna".to_owned(),
        reason: "I have read it".to_owned(),
        at: BEGIN,
        expires_at: minute(60),
        content_sha256: "00".to_owned(),
        events: BTreeMap::from([(EventId(Id::from_u128(1)), "v1".to_owned())]),
        sources: ["news".to_owned()].into(),
        rules: ["quiet_hours account 22:00-07:00 (UTC)".to_owned()].into(),
    }
}

/// One move of this name that fits this delivery as well as any.
pub fn a_move(name: MoveName, delivery: &Delivery) -> Move {
    let why = || "a test".to_owned();
    let keys = delivery.send_keys.clone();
    match name {
        MoveName::Queue => Move::Queue {
            due: None,
            promised_at: None,
        },
        MoveName::Stage => Move::Stage(staging()),
        MoveName::Unstage => Move::Unstage,
        MoveName::Fence => Move::Fence(fence(delivery.next_part())),
        MoveName::PartPublished => Move::PartPublished(receipt(delivery.next_part())),
        MoveName::NotSent => Move::NotSent {
            why: why(),
            again_at: minute(5),
            costs_attempt: true,
        },
        MoveName::Refuse => Move::Refuse {
            kind: FailKind::Refused,
            why: why(),
        },
        MoveName::LoseTrack => Move::LoseTrack {
            why: why(),
            look_at: Some(minute(5)),
            staging_refused: false,
        },
        MoveName::LookAgain => Move::LookAgain {
            why: why(),
            look_at: None,
            absent: true,
        },
        MoveName::Hold => Move::Hold {
            reasons: Vec::new(),
            review_after: None,
        },
        MoveName::Miss => Move::Miss { why: why() },
        MoveName::Release => Move::Release {
            due: None,
            promised_at: None,
        },
        MoveName::Reschedule => Move::Reschedule {
            due: build::due(minute(9)),
            promised_at: None,
        },
        MoveName::Edit => Move::Edit {
            revision: 2,
            send_keys: keys,
        },
        MoveName::Approve => Move::Approve {
            approval: approval(),
            due: None,
            promised_at: None,
        },
        MoveName::Cancel => Move::Cancel { why: why() },
        MoveName::BeginRetract => Move::BeginRetract(retract()),
        MoveName::PartGone => Move::PartGone { part: 1, why: why() },
    }
}

/// A delivery of three parts, a draft or not.
pub fn three_parts(is_draft: bool) -> Delivery {
    let plain = build::delivery(1, 1, BEGIN);
    let new = NewDelivery {
        id: plain.id,
        account: plain.account,
        network: plain.network.clone(),
        campaign: Some("spring".to_owned()),
        category: Category::Info,
        due: plain.due.clone(),
        freshness_s: 3600,
        written_at: BEGIN,
        after: Some(plain.id),
        stage_from: Some(BEGIN),
        send_keys: (1..=3).map(|n| SendKey(Id::from_u128(n))).collect(),
        draft: is_draft,
    };
    Delivery::new(new)
}

/// Deliveries in every situation that legal moves lead to, one of each kind.
pub fn walked() -> Vec<Delivery> {
    let kind = |d: &Delivery| {
        let public: Vec<bool> = d.receipts.iter().map(|r| r.gone_at.is_none()).collect();
        let has = [d.staging.is_some(), d.approval.is_some(), d.retract.is_some()];
        (d.state_name(), public, has)
    };
    let mut all = vec![three_parts(true), three_parts(false)];
    let mut at = 0;
    while let Some(delivery) = all.get(at).cloned() {
        at += 1;
        for name in MoveName::ALL {
            let next = all_moves(name, &delivery).map(|mv| delivery.after_move(mv, minute(1)));
            for next in next.into_iter().flatten() {
                if all.iter().all(|seen| kind(seen) != kind(&next)) {
                    all.push(next);
                }
            }
        }
    }
    all
}

/// All moves of this name that differ in what they may lead to.
pub fn all_moves(name: MoveName, delivery: &Delivery) -> [Move; 3] {
    [1, 2, 3].map(|part| match a_move(name, delivery) {
        Move::PartGone { why, .. } => Move::PartGone { part, why },
        other => other,
    })
}

/// One of each cause of a halt, with each scope.
pub fn halt_causes() -> Vec<HaltCause> {
    let scopes = [
        Scope::Everything,
        Scope::Network("fake".to_owned()),
        Scope::Account(AccountId(Id::from_u128(1))),
        Scope::Campaign("spring".to_owned()),
    ];
    let orders = scopes.map(|scope| HaltCause::Order(build::order(1, scope, BEGIN)));
    let unreadable = HaltCause::SwitchUnreadable {
        why: "damaged".to_owned(),
    };
    orders.into_iter().chain([unreadable]).collect()
}

fn event_hold(rule: Rule, severity: Severity) -> EventHold {
    let touch = Touch {
        kind: "tag".to_owned(),
        word: "cinema".to_owned(),
        found: "cinemas".to_owned(),
        part: 1,
        field: "text".to_owned(),
        span: (4, 11),
    };
    EventHold {
        event: EventId(Id::from_u128(1)),
        title: "a fire".to_owned(),
        severity,
        source: "flagged by anna".to_owned(),
        rule,
        touches: vec![touch],
        area: "everywhere".to_owned(),
        until: Some(minute(60)),
    }
}

/// One of each rule that needs no event, from one source after another.
fn rule_holds() -> impl Iterator<Item = RuleHold> {
    let sources = [
        RuleSource::Default,
        RuleSource::Config,
        RuleSource::Account,
        RuleSource::Campaign {
            name: "sale".to_owned(),
        },
        RuleSource::Trends {
            name: "radar".to_owned(),
        },
    ];
    let rules = RuleName::ALL.into_iter().cycle();
    let so_many = RuleName::ALL.len().max(sources.len());
    let holds = rules.zip(sources.into_iter().cycle());
    holds.take(so_many).map(|(rule, source)| RuleHold {
        rule,
        source,
        limit: "22:00-07:00 (UTC)".to_owned(),
        found: "so many".to_owned(),
        until: Some(minute(60)),
    })
}

/// One of each reason to hold.
pub fn hold_reasons() -> Vec<HoldReason> {
    let why = || "because".to_owned();
    let rules = [
        Rule::OutOfWindow,
        Rule::OtherAccount,
        Rule::NoAreaOverlap,
        Rule::ApprovedByPerson,
        Rule::ScopeAll,
        Rule::Category,
        Rule::Topic,
        Rule::NoTopic,
    ];
    let severities = [Severity::Watch, Severity::High, Severity::Critical];
    let holds = rules.iter().zip(severities.iter().cycle());
    let mut all: Vec<HoldReason> = halt_causes().into_iter().map(HoldReason::Halt).collect();
    all.extend(holds.map(|(rule, severity)| HoldReason::Event(event_hold(*rule, *severity))));
    all.extend(rule_holds().map(HoldReason::Rule));
    all.extend([
        HoldReason::Person {
            by: "anna".to_owned(),
            why: why(),
        },
        HoldReason::BrokenThread { why: why() },
        HoldReason::StaleSource { why: why() },
        HoldReason::ClockDoubt { why: why() },
        HoldReason::Waits {
            after: build::delivery(1, 1, BEGIN).id,
            why: why(),
        },
    ]);
    all
}

/// One of each state.
pub fn states() -> Vec<State> {
    let why = || "because".to_owned();
    let kinds = [
        FailKind::Refused,
        FailKind::Login,
        FailKind::Unsupported,
        FailKind::MediaGone,
    ];
    let mut all = vec![
        State::Draft,
        State::Scheduled,
        State::Staged,
        State::Attempting { fence: fence(1) },
        State::Published,
        State::RetryAt {
            at: BEGIN,
            why: why(),
        },
        State::Held {
            reasons: hold_reasons(),
            review_after: Some(minute(5)),
            since: BEGIN,
        },
        State::Missed { why: why() },
        State::Unknown {
            fence: fence(1),
            why: why(),
            look_at: Some(BEGIN),
            looks: 3,
            absent_since: Some(BEGIN),
        },
        State::Cancelled { why: why() },
        State::Gone { why: why() },
    ];
    all.extend(kinds.map(|kind| State::Failed { kind, why: why() }));
    all
}

/// Events with everything and with little, from each source.
pub fn events() -> Vec<Event> {
    let sources = [
        Source::Person {
            name: "anna".to_owned(),
        },
        Source::Calendar {
            name: "sensitive".to_owned(),
        },
        Source::Feed {
            name: "news".to_owned(),
        },
    ];
    let stages = [
        Stage::Proposed,
        Stage::Open,
        Stage::Dismissed {
            by: "anna".to_owned(),
            why: "a drill".to_owned(),
            at: minute(10),
        },
    ];
    let full = |(source, stage): (Source, Stage)| Event {
        summary: "words".to_owned(),
        tags: vec!["cinema".to_owned()],
        places: vec!["Denver".to_owned()],
        entities: vec!["Acme".to_owned()],
        regions: vec!["US-CO".to_owned()],
        accounts: vec!["a1".to_owned()],
        ends_at: Some(minute(60)),
        review_at: Some(minute(30)),
        ended_at: Some(minute(20)),
        sources: vec![source.clone()],
        source,
        stage,
        external_ids: vec!["cap:1".to_owned()],
        link: Some("https://example.org/1".to_owned()),
        decided_by: Some("anna".to_owned()),
        told: Some(Severity::High),
        decays_from: Some(minute(10)),
        narrowed: Some(Narrowed {
            to: "9f2c".to_owned(),
            from: vec!["1a0b".to_owned()],
        }),
        ..build::critical(1, "a fire")
    };
    sources
        .into_iter()
        .zip(stages)
        .map(full)
        .chain([build::critical(2, "bare")])
        .collect()
}

/// A feed that flags by itself.
pub fn feed(name: &str) -> Feed {
    Feed {
        name: name.to_owned(),
        url: "https://news.example/feed".to_owned(),
        policy: Policy::Flag { from: Severity::High },
        countries: vec!["NO".to_owned()],
        every_min: 5,
        stale_after_min: 60,
        when_stale: WhenStale::Hold,
        allow_private: false,
        added_by: "anna".to_owned(),
        added_at: BEGIN,
    }
}

/// How such a feed is doing, with everything.
pub fn feed_state() -> FeedState {
    FeedState {
        last_ok_at: Some(minute(1)),
        next_at: Some(minute(6)),
        failures: 2,
        failing_since: Some(minute(2)),
        trouble: "HTTP 500".to_owned(),
        etag: Some("\"1\"".to_owned()),
        last_modified: Some("Mon, 23 Nov 2026 08:00:00 GMT".to_owned()),
        said: "CAP 1.2: 1 proposal".to_owned(),
    }
}

/// A list of hashtags that rise.
pub fn trends(name: &str) -> TrendsList {
    TrendsList {
        name: name.to_owned(),
        tags: vec!["metoo".to_owned(), "pizza".to_owned()],
        set_by: "anna".to_owned(),
        set_at: BEGIN,
        watch: Some(TrendsWatch {
            url: "https://social.example/api/v1/trends/tags".to_owned(),
            every_min: 15,
            allow_private: false,
            state: feed_state(),
        }),
    }
}

/// One of each change of the journal.
pub fn changes() -> Vec<Change> {
    let revision = Revision {
        number: 1,
        at: BEGIN,
        by: Actor::Duty("expand".to_owned()),
        content: Content {
            parts: build::post("hello").with_picture().0.content.parts,
            variants: BTreeMap::from([("fake".to_owned(), vec![build::part("hi")])]),
        },
    };
    let id = build::delivery(1, 1, BEGIN).id.post;
    let post = Post {
        id,
        created_at: BEGIN,
        created_by: Actor::Lane,
        client_key: Some("key".to_owned()),
        request_sha256: "00".to_owned(),
        category: Category::Promo,
        campaign: None,
        language: Some("de".to_owned()),
        audience: None,
        revisions: vec![revision.clone()],
    };
    let (name, text) = ("sensitive".to_owned(), "BEGIN:VCALENDAR".to_owned());
    let order = build::order(1, Scope::Everything, BEGIN);
    let mut all = vec![
        Change::Created {
            store: StoreId(Id::from_u128(1)),
        },
        Change::PostAdded { post },
        Change::PostRevised { post: id, revision },
        Change::AccountSet {
            account: build::account(1),
        },
        Change::HaltLifted { order: order.id },
        Change::HaltOrdered { order },
        Change::CalendarSet {
            name: name.clone(),
            text,
        },
        Change::CalendarRemoved { name },
        Change::FeedSet {
            feed: feed("news").into(),
        },
        Change::FeedChecked {
            name: "news".to_owned(),
            state: feed_state(),
        },
        Change::FeedRemoved {
            name: "news".to_owned(),
        },
        Change::TrendsSet {
            list: trends("radar"),
        },
        Change::TrendsRemoved {
            name: "radar".to_owned(),
        },
    ];
    all.extend(events().into_iter().map(|event| Change::EventSet {
        was: Some(Box::new(build::critical(2, "bare"))),
        event,
    }));
    let moved = |delivery| Change::Moved {
        by: "hold".to_owned(),
        delivery: Box::new(delivery),
    };
    all.extend(walked().into_iter().map(moved));
    all
}

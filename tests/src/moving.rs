//! A store with some of everything, and exports of it: for tests of moving a queue.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use soundpost_cli::moving::export::{Exported, Source, export};
use soundpost_cli::moving::gather::{Circumstances, Gathered, gather};
use soundpost_cli::moving::lines::LineError;
use soundpost_cli::os::media::MediaFolder;
use soundpost_cli::wire_up;
use soundpost_core::account::{AccountStatus, CredentialRef};
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, EventHold, FailKind, HoldReason, Retract, Rule, Touch};
use soundpost_core::event::Severity;
use soundpost_core::frozen::{Staging, sha256_hex};
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::{EventId, Id, SendKey};
use soundpost_core::port::store::{Store, Write};
use soundpost_core::post::{Media, Part};

use crate::store_promises::build::*;
use crate::world::samples;

/// A picture with no more than its head; the tests never show it.
pub const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";
/// An address that is a secret.
pub const ADDRESS: &str = "https://example.com/hooks/very-secret-address";

/// A delivery in every state, each of a post of its own; the number of the post is its place in the list.
#[must_use]
pub fn states() -> Vec<Delivery> {
    let fresh = |n| delivery(n, 1, 10);
    let after = |delivery: &Delivery, mv| delivery.after_move(mv, minute(5)).expect("a good move");
    let fenced = |n| after(&fresh(n), fence(&fresh(n)));
    let public = |n| after(&fenced(n), published(&fenced(n)));
    let lost = Move::LoseTrack {
        staging_refused: false,
        why: "no answer".to_owned(),
        look_at: None,
    };
    let refused = Move::Refuse {
        kind: FailKind::Refused,
        why: "too long".to_owned(),
    };
    let late = Move::Miss {
        why: "the machine slept".to_owned(),
    };
    let mut draft = fresh(0);
    draft =
        serde_json::from_value(with_state(&draft, &serde_json::json!({"name": "draft"}))).expect("a draft");
    vec![
        draft,
        fresh(1),
        after(&fresh(2), staged()),
        fenced(3),
        public(4),
        after(&fenced(5), retry(30)),
        after(&fresh(6), held_by_event()),
        after(&fresh(7), late),
        after(&fenced(8), lost),
        after(&fresh(9), refused),
        after(&fresh(10), cancel()),
        after(&public(11), gone()),
        after(&after(&fresh(12), held_by_event()), approve()),
        after(&public(13), taken_back()),
        half_of_a_thread(14),
    ]
}

fn with_state(delivery: &Delivery, state: &serde_json::Value) -> serde_json::Value {
    let mut value = serde_json::to_value(delivery).expect("it is data");
    value["state"] = state.clone();
    value
}

fn staged() -> Move {
    Move::Stage(Staging {
        data: serde_json::json!({"blobs": [{"ref": "abc"}]}),
        at: minute(4),
        expires_at: Some(minute(60)),
        warnings: vec!["no card".to_owned()],
    })
}

fn held_by_event() -> Move {
    let touch = Touch {
        kind: "place".to_owned(),
        word: "oslo".to_owned(),
        found: "Oslo".to_owned(),
        part: 1,
        field: "text".to_owned(),
        span: (0, 4),
    };
    let hold = EventHold {
        event: EventId(Id::from_u128(3)),
        title: "a storm".to_owned(),
        severity: Severity::High,
        source: "flagged by anna".to_owned(),
        rule: Rule::Topic,
        touches: vec![touch],
        area: "everywhere".to_owned(),
        until: None,
    };
    Move::Hold {
        reasons: vec![HoldReason::Event(hold)],
        review_after: Some(minute(90)),
    }
}

fn gone() -> Move {
    Move::PartGone {
        part: 1,
        why: "it was deleted there".to_owned(),
    }
}

fn taken_back() -> Move {
    Move::BeginRetract(Retract {
        by: "anna".to_owned(),
        why: "a mistake".to_owned(),
        at: minute(5),
        next_at: minute(6),
        last: None,
    })
}

fn half_of_a_thread(n: u128) -> Delivery {
    let mut thread = delivery(n, 1, 10);
    thread.parts_total = 2;
    thread.send_keys = vec![SendKey(Id::from_u128(n)), SendKey(Id::from_u128(n + 100))];
    thread.after = Some(first(1));
    let fenced = thread.after_move(fence(&thread), minute(5)).expect("it waits");
    fenced
        .after_move(published(&fenced), minute(5))
        .expect("it is being sent")
}

/// Fills a store with accounts, an event, a calendar, an order, and posts in every state; the picture of one of them
/// goes into this folder.
pub async fn fill(store: &dyn Store, media: &MediaFolder, folder: &Path) {
    add_accounts(store, [1]).await;
    let mut hook = account(2);
    hook.network = "webhook".to_owned();
    hook.server = Some(ADDRESS.to_owned());
    hook.credential = CredentialRef::File("/secrets/hook".to_owned());
    let mut left = account(3);
    left.status = AccountStatus::Removed { at: minute(3) };
    for account in [hook, left] {
        let account = Box::new(account);
        write(
            store,
            Write::SetAccount {
                account,
                steps: Vec::new(),
            },
        )
        .await;
    }
    let event = Box::new(event(3));
    write(
        store,
        Write::SetEvent {
            event,
            steps: Vec::new(),
        },
    )
    .await;
    let (name, text) = ("days".to_owned(), CALENDAR.to_owned());
    write(
        store,
        Write::SetCalendar {
            name,
            text,
            steps: Vec::new(),
        },
    )
    .await;
    let feed = Box::new(samples::feed("news"));
    write(store, Write::SetFeed { feed }).await;
    let trends = Write::SetTrends {
        list: Box::new(samples::trends("radar")),
        steps: Vec::new(),
    };
    write(store, trends).await;
    for (delivery, n) in states().into_iter().zip(0..) {
        let mut post = post(n, Some(&format!("key-{n}")), &format!("post {n} in Oslo"));
        if n == 1 {
            let picture = picture(media, folder);
            let with_picture = Part {
                text: "with a picture".to_owned(),
                media: vec![picture],
                card: None,
            };
            let variants = BTreeMap::from([("outbox".to_owned(), vec![with_picture])]);
            post.revisions[0].content.variants = variants;
            post.revisions.push(revision(2, "better words"));
        }
        let (post, deliveries) = (Box::new(post), vec![delivery]);
        write(store, Write::AddPost { post, deliveries }).await;
    }
    let narrow = HaltOrder {
        scope: Scope::Campaign("spring".to_owned()),
        ..order(4)
    };
    write(store, Write::OrderHalt { order: narrow }).await;
}

fn picture(media: &MediaFolder, folder: &Path) -> Media {
    let file = folder.join("picture.png");
    std::fs::write(&file, PICTURE).expect("a file");
    let kept = media.put(&file, "a small square").expect("a picture");
    assert_eq!(kept.sha256, sha256_hex(PICTURE));
    kept
}

/// Exports a store; with the addresses that are secrets, or without them.
pub async fn exported(store: &dyn Store, media: &MediaFolder, with_addresses: bool) -> (String, Exported) {
    let orders = store.world().halts.clone();
    let source = Source {
        store,
        orders: &orders,
        media,
        adapters: &wire_up::adapters(),
        with_addresses,
        made_at: minute(20),
        zones: Some("2026a".to_owned()),
    };
    let mut out = Vec::new();
    let exported = export(&source, &mut out).await.expect("it is written");
    (String::from_utf8(out).expect("text"), exported)
}

/// Reads an export as `import` does.
///
/// # Errors
/// As that says.
pub fn gathered(bytes: &[u8]) -> Result<Gathered, LineError> {
    gathered_under(99, bytes)
}

/// The same, to start halted under the order of this number.
///
/// # Errors
/// As `import` says.
pub fn gathered_under(n: u128, bytes: &[u8]) -> Result<Gathered, LineError> {
    let here = Circumstances {
        order: order(n),
        adapters: &wire_up::adapters(),
        now: minute(25),
    };
    gather(Cursor::new(bytes), here)
}

/// Writes the last line anew, so that a changed file is whole again.
#[must_use]
pub fn sealed(lines: &[String]) -> String {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let end = serde_json::json!({"end": {"lines": lines.len(), "sha256": sha256_hex(text.as_bytes())}});
    format!("{text}{end}\n")
}

/// The lines of an export but for the first and the last, and without what an import adds or changes on purpose.
#[must_use]
pub fn content(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.pop();
    lines.remove(0);
    lines.retain(|line| !line.contains("that one may still be sending"));
    lines
}

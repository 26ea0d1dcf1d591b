//! The adapters of the table, each against every promise, bare and as the program wraps it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use soundpost_adapters::all;
use soundpost_adapters::bluesky::Bluesky;
use soundpost_adapters::outbox::Outbox;
use soundpost_adapters::wrap::deadline::{Deadline, Limits};
use soundpost_adapters::wrap::wrapped;
use soundpost_core::account::Account;
use soundpost_core::frozen::{Frozen, Staging};
use soundpost_core::gate::WritePass;
use soundpost_core::port::adapter::{
    Accepted, Adapter, ComposeInput, Context, Description, Finding, LookUp, NotSent, Outcome, Retracted,
    StageError,
};

use soundpost_core::post::{LinkCard, Part};
use soundpost_core::receipt::Receipt;
use soundpost_tests::adapter_promises as promises;
use soundpost_tests::adapter_promises::bench::{Bench, NOW, pass, picture, receipt, text};

#[tokio::test]
async fn every_network_keeps_every_promise_bare_and_wrapped() {
    for wrap in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        for adapter in all(folder.path()) {
            println!("{} (wrapped: {wrap})", adapter.describe().network);
            let adapter = if wrap {
                wrapped(adapter, Limits::default())
            } else {
                adapter
            };
            promises::all(&*adapter).await;
        }
    }
}

#[test]
fn the_names_of_networks_are_unique_and_plain() {
    let folder = tempfile::tempdir().unwrap();
    let mut names: Vec<_> = all(folder.path()).iter().map(|a| a.describe().network).collect();
    let count = names.len();
    assert!(
        names
            .iter()
            .all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '-')),
        "{names:?}"
    );
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

async fn publish(adapter: &dyn Adapter, bench: &Bench, parts: &[Part]) -> Accepted {
    let frozen = bench.frozen(adapter, parts).await;
    let (pass, _flight) = pass(false);
    match adapter.publish(&bench.context(), &frozen, pass).await {
        Outcome::Accepted(accepted) => *accepted,
        other => panic!("it was not accepted: {other:?}"),
    }
}

#[tokio::test]
async fn an_outbox_holds_text_media_and_all_that_is_known() {
    let root = tempfile::tempdir().unwrap();
    let outbox = Outbox::new(root.path());
    let bench = Bench::of(&outbox);
    let part = Part {
        media: vec![picture("../../cat 1.png"), picture("cat.png")],
        ..text("hello")
    };
    let accepted = publish(&outbox, &bench, &[part]).await;
    let folder = root.path().join("the-account").join(&accepted.remote_id);
    assert_eq!(fs::read_to_string(folder.join("text.txt")).unwrap(), "hello");
    assert_eq!(
        fs::read(folder.join("01-cat_1.png")).unwrap(),
        fs::read(folder.join("02-cat.png")).unwrap()
    );
    let sheet: Value = serde_json::from_slice(&fs::read(folder.join("post.json")).unwrap()).unwrap();
    assert_eq!((&sheet["part"], &sheet["language"]), (&json!(1), &json!("en")));
    assert_eq!(
        (&sheet["media"][0]["alt"], &sheet["account"]),
        (&json!("a cat"), &json!("the-account"))
    );
    assert_eq!(sheet["body_sha256"].as_str().unwrap().len(), 64);
    let beside: Vec<_> = fs::read_dir(root.path().join("the-account")).unwrap().collect();
    assert_eq!(beside.len(), 1, "no draft is left: {beside:?}");
}

#[tokio::test]
async fn an_outbox_takes_the_same_again_and_never_overwrites() {
    let root = tempfile::tempdir().unwrap();
    let outbox = Outbox::new(root.path());
    let bench = Bench::of(&outbox);
    let first = publish(&outbox, &bench, &[text("one")]).await;
    assert_eq!(publish(&outbox, &bench, &[text("one")]).await, first);
    let other = bench.frozen(&outbox, &[text("two")]).await;
    let (again, flight) = pass(false);
    let outcome = outbox.publish(&bench.context(), &other, again).await;
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    assert!(!flight.close());
    assert!(matches!(
        outbox.look_up(&bench.context(), &other, NOW).await,
        LookUp::CannotTell(_)
    ));
    for round in 1..=2 {
        assert_eq!(
            outbox.retract(&bench.context(), &receipt(1, &first)).await,
            Retracted::Gone
        );
        assert_eq!(
            fs::read_dir(root.path().join("the-account/retracted"))
                .unwrap()
                .count(),
            round
        );
        publish(&outbox, &bench, &[text("one")]).await;
    }
}

#[tokio::test]
async fn an_outbox_says_what_it_cannot_write_to() {
    let root = tempfile::tempdir().unwrap();
    let outbox = Outbox::new(root.path());
    let mut bench = Bench::of(&outbox);
    let file = root.path().join("file");
    fs::write(&file, "in the way").unwrap();
    bench.account.server = Some(file.join("folder").to_str().unwrap().to_owned());
    assert!(outbox.whoami(&bench.context()).await.is_err());
    let frozen = bench.frozen(&outbox, &[text("x")]).await;
    let (ticket, flight) = pass(false);
    let outcome = outbox.publish(&bench.context(), &frozen, ticket).await;
    assert!(
        matches!(outcome, Outcome::NotSent(NotSent::Network(_))),
        "{outcome:?}"
    );
    assert!(!flight.close());
    bench.account.server = Some("relative/folder".to_owned());
    assert!(
        outbox
            .check(&[text("x")], &bench.account)
            .iter()
            .any(|f| f.blocking)
    );
}

#[tokio::test]
async fn an_outbox_refuses_addresses_that_lead_out_of_its_folder() {
    let root = tempfile::tempdir().unwrap();
    let outbox = Outbox::new(root.path());
    let bench = Bench::of(&outbox);
    let mut frozen = bench.frozen(&outbox, &[text("x")]).await;
    frozen
        .address
        .insert("name".to_owned(), "../escaped-1".to_owned());
    let (ticket, _flight) = pass(false);
    let outcome = outbox.publish(&bench.context(), &frozen, ticket).await;
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    let accepted = Accepted {
        remote_id: "../..".to_owned(),
        ..Accepted::default()
    };
    assert!(matches!(
        outbox.retract(&bench.context(), &receipt(1, &accepted)).await,
        Retracted::Refused(_)
    ));
}

/// The record that would be sent for these parts.
async fn record(bench: &Bench, parts: &[Part]) -> Value {
    let frozen = bench.frozen(&Bluesky::new(), parts).await;
    let body: Value = serde_json::from_str(&frozen.body).unwrap();
    assert_eq!(
        (&body["swapRecord"], &body["validate"]),
        (&Value::Null, &json!(true))
    );
    assert!(body.as_object().unwrap().contains_key("swapRecord"));
    body["record"].clone()
}

#[tokio::test]
async fn a_bluesky_record_has_facets_by_bytes() {
    let bench = Bench::of(&Bluesky::new());
    let words = "👨‍👩‍👧 日本 @alice.test see https://example.com/a. #Naïve";
    let record = record(&bench, &[text(words)]).await;
    assert_eq!(record["createdAt"], "2026-09-21T14:13:20.000Z");
    assert_eq!(record["langs"], json!(["en"]));
    let facets = record["facets"].as_array().unwrap();
    let shown: Vec<_> = facets
        .iter()
        .map(|f| {
            let at = |name: &str| usize::try_from(f["index"][name].as_u64().unwrap()).unwrap();
            &words[at("byteStart")..at("byteEnd")]
        })
        .collect();
    assert_eq!(shown, ["@alice.test", "https://example.com/a", "#Naïve"]);
    assert_eq!(
        facets[0]["features"][0]["did"],
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
    );
    assert_eq!(facets[1]["features"][0]["uri"], "https://example.com/a");
    assert_eq!(facets[2]["features"][0]["tag"], "Naïve");
}

#[tokio::test]
async fn a_mention_of_nobody_stays_plain_text_with_a_warning() {
    let bluesky = Bluesky::new();
    let bench = Bench::of(&bluesky);
    bench
        .replay
        .on("com.atproto.identity.resolveHandle", &["resolve_handle_unknown"]);
    let parts = [text("hi @nobody.test")];
    let staging = bench.stage(&bluesky, &parts).await.unwrap();
    assert!(
        staging.warnings[0].contains("@nobody.test stays plain text"),
        "{:?}",
        staging.warnings
    );
    assert_eq!(record(&bench, &parts).await.get("facets"), None);
}

#[tokio::test]
async fn bluesky_pictures_carry_their_text_and_shape() {
    let bench = Bench::of(&Bluesky::new());
    let part = Part {
        media: vec![picture("a.png"), picture("b.png")],
        ..text("x")
    };
    let record = record(&bench, &[part]).await;
    let images = record["embed"]["images"].as_array().unwrap();
    assert_eq!(images.len(), 2);
    assert_eq!(images[0]["alt"], "a cat");
    assert_eq!(images[0]["aspectRatio"], json!({ "width": 40, "height": 30 }));
    assert_eq!(images[0]["image"]["$type"], "blob");
    let uploads = bench
        .replay
        .seen()
        .iter()
        .filter(|r| r.url.contains("uploadBlob"))
        .count();
    assert_eq!(uploads, 1, "the same bytes are uploaded once");
}

fn card(title: &str) -> Part {
    Part {
        card: Some(LinkCard {
            url: "https://page.example/".to_owned(),
            title: title.to_owned(),
            description: String::new(),
        }),
        ..text("look")
    }
}

#[tokio::test]
async fn a_bluesky_card_is_fetched_and_its_failure_is_a_warning() {
    let bluesky = Bluesky::new();
    let bench = Bench::of(&bluesky);
    let external = record(&bench, &[card("")]).await["embed"]["external"].clone();
    assert_eq!(
        (&external["title"], &external["description"]),
        (&json!("A page"), &json!("About things"))
    );
    assert_eq!(external["thumb"]["$type"], "blob");
    assert_eq!(
        record(&bench, &[card("Mine")]).await["embed"]["external"]["title"],
        "Mine"
    );

    bench.replay.on("https://page.example/", &["page_missing"]);
    let staging = bench.stage(&bluesky, &[card("")]).await.unwrap();
    assert!(staging.warnings[0].contains("HTTP 404"), "{:?}", staging.warnings);
    let bare = record(&bench, &[card("")]).await;
    assert_eq!(
        bare["embed"]["external"]["title"], "https://page.example/",
        "the link is not lost"
    );
}

#[tokio::test]
async fn a_bluesky_thread_quotes_its_first_and_its_previous_part() {
    let bluesky = Bluesky::new();
    let bench = Bench::of(&bluesky);
    let parts = [text("1"), text("2"), text("3")];
    let staging = bench.stage(&bluesky, &parts).await;
    let accepted = |n: u16| {
        let mut accepted = Accepted::default();
        accepted
            .anchors
            .insert("uri".to_owned(), format!("at://did:plc:x/app.bsky.feed.post/{n}"));
        accepted.anchors.insert("cid".to_owned(), format!("cid{n}"));
        accepted
    };
    let receipts = [receipt(1, &accepted(1)), receipt(2, &accepted(2))];
    assert!(
        bench
            .compose(&bluesky, &parts, 3, &receipts[..1], staging.as_ref())
            .is_err()
    );
    let frozen = bench
        .compose(&bluesky, &parts, 3, &receipts, staging.as_ref())
        .unwrap();
    let body: Value = serde_json::from_str(&frozen.body).unwrap();
    assert_eq!(body["record"]["reply"]["root"]["cid"], "cid1");
    assert_eq!(
        body["record"]["reply"]["parent"]["uri"],
        "at://did:plc:x/app.bsky.feed.post/2"
    );
    let first = bench.compose(&bluesky, &parts, 1, &[], staging.as_ref()).unwrap();
    assert_ne!(first.address["rkey"], frozen.address["rkey"]);
}

#[tokio::test]
async fn a_bluesky_rate_limit_says_until_when() {
    let bluesky = Bluesky::new();
    let bench = Bench::of(&bluesky);
    bench.replay.on("com.atproto.repo.putRecord", &["rate_limited"]);
    let frozen = bench.frozen(&bluesky, &[text("x")]).await;
    let (ticket, _flight) = pass(false);
    let Outcome::Later { at, .. } = bluesky.publish(&bench.context(), &frozen, ticket).await else {
        panic!("it is later");
    };
    assert_eq!(at, Some(NOW + SignedDuration::from_secs(289)));
}

#[tokio::test]
async fn a_bluesky_session_is_kept_renewed_ahead_and_moves_to_the_accounts_server() {
    let bluesky = Bluesky::new();
    let bench = Bench::of(&bluesky);
    bench
        .replay
        .on("com.atproto.server.createSession", &["create_session_ending"]);
    let frozen = bench.frozen(&bluesky, &[text("x")]).await;
    let (ticket, _flight) = pass(false);
    bluesky.publish(&bench.context(), &frozen, ticket).await;
    let urls: Vec<_> = bench.replay.seen().iter().map(|r| r.url.clone()).collect();
    assert_eq!(
        urls,
        [
            "https://pds.example/xrpc/com.atproto.server.createSession",
            "https://shard.pds.example/xrpc/com.atproto.server.refreshSession",
            "https://shard.pds.example/xrpc/com.atproto.repo.putRecord",
        ]
    );
    assert!(bench.saved_session().unwrap().reveal().contains("needleAccess2"));
}

#[tokio::test]
async fn a_wrong_bluesky_password_asks_for_a_login_before_anything_is_written() {
    let bluesky = Bluesky::new();
    let bench = Bench::of(&bluesky);
    let frozen = bench.frozen(&bluesky, &[text("x")]).await;
    for reply in [
        "create_session_wrong_password",
        "create_session_second_factor",
        "create_session_takedown",
    ] {
        let bench = Bench::of(&bluesky);
        bench.replay.on("com.atproto.server.createSession", &[reply]);
        let (ticket, flight) = pass(false);
        let outcome = bluesky.publish(&bench.context(), &frozen, ticket).await;
        assert!(
            matches!(outcome, Outcome::LoginNeeded { .. }),
            "{reply}: {outcome:?}"
        );
        assert!(!flight.close());
        let staging = bluesky.stage(&bench.context(), &[text("x")]).await;
        assert!(matches!(staging, Err(StageError::LoginNeeded(_))), "{staging:?}");
    }
}

#[tokio::test]
async fn a_bluesky_post_composed_for_another_account_is_not_sent() {
    let bluesky = Bluesky::new();
    let bench = Bench::of(&bluesky);
    let mut frozen = bench.frozen(&bluesky, &[text("x")]).await;
    frozen
        .address
        .insert("repo".to_owned(), "did:plc:somebodyelse".to_owned());
    let (ticket, flight) = pass(false);
    let outcome = bluesky.publish(&bench.context(), &frozen, ticket).await;
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    assert!(!flight.close());
}

#[tokio::test]
async fn a_network_that_never_answers_is_cut_off_and_unknown() {
    let bench = Bench::of(&Bluesky::new());
    let frozen = bench.frozen(&Bluesky::new(), &[text("x")]).await;
    let short = Limits {
        publish: Duration::ZERO,
        stage: Duration::ZERO,
        ask: Duration::ZERO,
    };
    let slow = Deadline::new(Arc::new(Never(Bluesky::new())), short);
    let (ticket, _flight) = pass(false);
    let cx = bench.context();
    assert!(matches!(
        slow.publish(&cx, &frozen, ticket).await,
        Outcome::Unknown { .. }
    ));
    assert!(matches!(
        slow.look_up(&cx, &frozen, NOW).await,
        LookUp::CannotTell(_)
    ));
    assert!(matches!(
        slow.stage(&cx, &[]).await,
        Err(StageError::Later { .. })
    ));
    assert!(matches!(
        slow.retract(&cx, &receipt(1, &Accepted::default())).await,
        Retracted::Later(_)
    ));
}

/// An adapter whose network never answers.
struct Never(Bluesky);

#[async_trait]
impl Adapter for Never {
    fn describe(&self) -> &Description {
        self.0.describe()
    }

    fn check(&self, parts: &[Part], account: &Account) -> Vec<Finding> {
        self.0.check(parts, account)
    }

    fn compose(&self, input: &ComposeInput<'_>) -> Result<Frozen, String> {
        self.0.compose(input)
    }

    async fn publish(&self, _: &Context<'_>, _: &Frozen, _: WritePass) -> Outcome {
        std::future::pending().await
    }

    async fn look_up(&self, _: &Context<'_>, _: &Frozen, _: Timestamp) -> LookUp {
        std::future::pending().await
    }

    async fn stage(&self, _: &Context<'_>, _: &[Part]) -> Result<Staging, StageError> {
        std::future::pending().await
    }

    async fn retract(&self, _: &Context<'_>, _: &Receipt) -> Retracted {
        std::future::pending().await
    }
}

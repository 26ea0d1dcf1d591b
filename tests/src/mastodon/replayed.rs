//! Requests and what follows from recorded answers.

use jiff::SignedDuration;
use serde_json::{Value, json};
use soundpost_adapters::mastodon::Mastodon;
use soundpost_adapters::webhook::Webhook;
use soundpost_core::frozen::Frozen;
use soundpost_core::port::adapter::{Accepted, Adapter, LookUp, Outcome, StageError};
use soundpost_core::port::transport::{HttpRequest, Method};
use soundpost_core::post::{LinkCard, Part};
use soundpost_tests::adapter_promises::bench::{Bench, NOW, pass, picture, receipt, text};

const STATUSES: &str = "/api/v1/statuses";

fn bench(settings: &[(&str, &str)]) -> Bench {
    let mut bench = Bench::of(&Mastodon::new());
    for (name, value) in settings {
        bench
            .account
            .settings
            .insert((*name).to_owned(), (*value).to_owned());
    }
    bench
}

async fn body(bench: &Bench, part: Part) -> Value {
    let frozen = bench.frozen(&Mastodon::new(), &[part]).await;
    serde_json::from_str(&frozen.body).unwrap()
}

async fn publish(adapter: &dyn Adapter, bench: &Bench, frozen: &Frozen) -> Outcome {
    let (pass, _flight) = pass(false);
    adapter.publish(&bench.context(), frozen, pass).await
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut found = request.headers.iter().filter(|(known, _)| known == name);
    found.next().map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn a_mastodon_post_says_what_the_account_wants_of_all_its_posts() {
    let bench = bench(&[
        ("visibility", "unlisted"),
        ("spoiler", "food"),
        ("sensitive", "true"),
    ]);
    let part = Part {
        media: vec![picture("a.png"), picture("a.png")],
        ..text("cake")
    };
    assert_eq!(
        body(&bench, part).await,
        json!({
            "status": "cake", "media_ids": ["1795387016076", "1795387016076"], "language": "en",
            "visibility": "unlisted", "spoiler_text": "food", "sensitive": true,
        })
    );
    let uploads: Vec<HttpRequest> = bench.replay.seen();
    let uploads: Vec<&HttpRequest> = uploads
        .iter()
        .filter(|r| r.url.ends_with("/api/v2/media"))
        .collect();
    assert_eq!(uploads.len(), 2, "an id serves for one post only");
    let form = String::from_utf8_lossy(&uploads[0].body);
    assert!(form.contains("name=\"description\"\r\n\r\na cat\r\n"), "{form}");
    assert!(
        form.contains("filename=\"a.png\"\r\ncontent-type: image/png"),
        "{form}"
    );
    let border = header(uploads[0], "content-type")
        .unwrap()
        .split_once("boundary=")
        .unwrap()
        .1;
    assert!(form.ends_with(&format!("\r\n--{border}--\r\n")), "{form}");
}

#[tokio::test]
async fn plain_words_leave_the_rest_to_the_accounts_defaults() {
    assert_eq!(
        body(&bench(&[]), text("hi")).await,
        json!({ "status": "hi", "language": "en" })
    );
}

#[tokio::test]
async fn a_link_of_a_card_is_not_lost() {
    let card = |words: &str| Part {
        card: Some(LinkCard {
            url: "https://page.example/".to_owned(),
            title: String::new(),
            description: String::new(),
        }),
        ..text(words)
    };
    let bench = bench(&[]);
    assert_eq!(
        body(&bench, card("look")).await["status"],
        "look\n\nhttps://page.example/"
    );
    assert_eq!(body(&bench, card("")).await["status"], "https://page.example/");
    let there = "https://page.example/ is it";
    assert_eq!(body(&bench, card(there)).await["status"], there);
}

#[tokio::test]
async fn the_parts_of_a_mastodon_thread_answer_each_other() {
    let (mastodon, bench) = (Mastodon::new(), bench(&[]));
    let parts = [text("1"), text("2"), text("3")];
    let staging = bench.stage(&mastodon, &parts).await;
    let accepted = |id: &str| Accepted {
        remote_id: id.to_owned(),
        ..Accepted::default()
    };
    let receipts = [receipt(1, &accepted("one")), receipt(2, &accepted("two"))];
    let third = bench
        .compose(&mastodon, &parts, 3, &receipts, staging.as_ref())
        .unwrap();
    let third: Value = serde_json::from_str(&third.body).unwrap();
    assert_eq!(third["in_reply_to_id"], "two");
    let early = bench.compose(&mastodon, &parts, 3, &receipts[..1], staging.as_ref());
    assert!(early.unwrap_err().contains("part 2 is not public yet"));
}

#[tokio::test]
async fn the_key_of_a_part_is_the_same_each_time_and_left_out_where_it_does_harm() {
    let mastodon = Mastodon::new();
    let sent = async |settings: &[(&str, &str)], akkoma: bool| {
        let bench = bench(settings);
        if akkoma {
            bench.replay.on("/api/v2/instance", &["instance_missing"]);
        }
        let frozen = bench.frozen(&mastodon, &[text("x")]).await;
        for _ in 0..2 {
            publish(&mastodon, &bench, &frozen).await;
        }
        let writes: Vec<_> = bench.replay.seen();
        let writes = writes
            .iter()
            .filter(|r| r.method == Method::Post && r.url.ends_with(STATUSES));
        let keys: Vec<_> = writes
            .map(|r| header(r, "idempotency-key").map(str::to_owned))
            .collect();
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[0], keys[1]);
        keys[0].clone()
    };
    assert!(sent(&[], false).await.is_some());
    assert_eq!(sent(&[], true).await, None, "Akkoma repeats an error");
    assert!(sent(&[("idempotency", "trust")], true).await.is_some());
    assert_eq!(sent(&[("idempotency", "never")], false).await, None);
}

#[tokio::test]
async fn no_mastodon_request_hands_the_waiting_to_the_server() {
    let bench = bench(&[]);
    let frozen = bench.frozen(&Mastodon::new(), &[text("x")]).await;
    publish(&Mastodon::new(), &bench, &frozen).await;
    for request in bench.replay.seen() {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(!body.contains("scheduled_at") && !request.url.contains("scheduled"));
    }
}

#[tokio::test]
async fn a_text_too_long_for_the_server_itself_is_found_when_it_is_staged() {
    let (mastodon, bench) = (Mastodon::new(), bench(&[("max_characters", "5000")]));
    let long = [text(&"é".repeat(700))];
    assert_eq!(mastodon.check(&long, &bench.account), []);
    let Err(StageError::Refused(why)) = mastodon.stage(&bench.context(), &long).await else {
        panic!("this server takes 500");
    };
    assert!(
        why.contains("200 characters too long") && why.contains("takes 500"),
        "{why}"
    );
    bench.replay.on("/api/v2/instance", &["instance_gotosocial"]);
    assert!(
        mastodon.stage(&bench.context(), &long).await.is_ok(),
        "that one takes 5000"
    );
}

#[tokio::test]
async fn check_counts_links_and_mentions_as_mastodon_does_and_says_so() {
    let (mastodon, plain) = (Mastodon::new(), bench(&[]));
    let link = format!("https://example.com/{}", "x".repeat(600));
    assert_eq!(mastodon.check(&[text(&link)], &plain.account), []);
    let over = text(&format!("{} {link}", "a".repeat(477)));
    let message = mastodon.check(&[over], &plain.account).remove(0).message;
    assert!(
        message.starts_with("the text is 1 character too long"),
        "{message}"
    );
    assert!(
        message.contains("a link counts 23") && message.contains("max_characters"),
        "{message}"
    );
    for (name, value) in [
        ("visibility", "friends"),
        ("sensitive", "maybe"),
        ("idempotency", "sure"),
        ("max_characters", "many"),
        ("allow_private", "perhaps"),
    ] {
        let findings = mastodon.check(&[text("x")], &bench(&[(name, value)]).account);
        assert!(
            findings.iter().any(|f| f.blocking && f.message.contains(value)),
            "{findings:?}"
        );
    }
}

#[tokio::test]
async fn a_picture_that_is_never_finished_is_for_later() {
    let (mastodon, bench) = (Mastodon::new(), bench(&[]));
    bench.replay.on("/api/v2/media", &["media_processing"]);
    bench.replay.on("/api/v1/media", &["media_not_yet"]);
    let part = Part {
        media: vec![picture("a.png")],
        ..text("x")
    };
    let staged = mastodon.stage(&bench.context(), &[part]).await;
    assert!(matches!(staged, Err(StageError::Later { .. })), "{staged:?}");
    assert!(bench.replay.seen().len() < 100);
}

#[tokio::test]
async fn a_rate_limit_says_until_when() {
    let (mastodon, bench) = (Mastodon::new(), bench(&[]));
    let frozen = bench.frozen(&mastodon, &[text("x")]).await;
    for (reply, seconds) in [("rate_limited", 289), ("rate_limited_unix", 289)] {
        bench.replay.on(STATUSES, &[reply]);
        let Outcome::Later { at, .. } = publish(&mastodon, &bench, &frozen).await else {
            panic!("{reply} is later");
        };
        assert_eq!(at, Some(NOW + SignedDuration::from_secs(seconds)), "{reply}");
    }
}

#[tokio::test]
async fn words_alone_that_the_server_cannot_place_are_refused_and_not_staged_again() {
    let (mastodon, bench) = (Mastodon::new(), bench(&[]));
    bench.replay.on(STATUSES, &["not_found"]);
    let frozen = bench.frozen(&mastodon, &[text("x")]).await;
    let outcome = publish(&mastodon, &bench, &frozen).await;
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
}

#[tokio::test]
async fn every_refusal_of_a_picture_is_looked_up_and_every_other_one_is_not() {
    let (mastodon, bench) = (Mastodon::new(), bench(&[]));
    let picture = Part {
        media: vec![picture("a.png")],
        ..text("x")
    };
    for (reply, of_a_picture) in [
        ("media_gone", true),
        ("media_used", true),
        ("not_processed", true),
        ("not_found", true),
        ("too_many_media", false),
        ("too_long", false),
    ] {
        for (part, has_picture) in [(picture.clone(), true), (text("x"), false)] {
            bench.replay.on(STATUSES, &[reply]);
            let frozen = bench.frozen(&mastodon, &[part]).await;
            let outcome = publish(&mastodon, &bench, &frozen).await;
            let looked_up = matches!(outcome, Outcome::StagingRefused { .. });
            assert_eq!(looked_up, of_a_picture && has_picture, "{reply}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn a_token_does_not_go_to_another_server_than_the_post_was_composed_for() {
    let (mastodon, mut bench) = (Mastodon::new(), bench(&[]));
    let frozen = bench.frozen(&mastodon, &[text("x")]).await;
    bench.account.server = Some("https://other.example".to_owned());
    let asked = bench.replay.seen().len();
    assert!(matches!(
        publish(&mastodon, &bench, &frozen).await,
        Outcome::Refused { .. }
    ));
    let told = mastodon.look_up(&bench.context(), &frozen, NOW).await;
    assert!(matches!(told, LookUp::CannotTell(_)), "{told:?}");
    assert_eq!(bench.replay.seen().len(), asked);
    bench.account.server = Some("http://social.example".to_owned());
    assert!(
        mastodon.check(&[text("x")], &bench.account)[0]
            .message
            .contains("https://")
    );
}

#[tokio::test]
async fn a_webhook_has_the_same_id_and_bytes_each_time_and_keeps_its_secrets() {
    let webhook = Webhook::new();
    let bench = Bench::of(&webhook);
    let part = Part {
        media: vec![picture("a.png")],
        ..text("Grüße 👋")
    };
    let frozen = bench.frozen(&webhook, &[part]).await;
    for _ in 0..2 {
        publish(&webhook, &bench, &frozen).await;
    }
    let [first, second] = &bench.replay.seen()[..] else {
        panic!("two requests");
    };
    assert_eq!((&first.headers, &first.body), (&second.headers, &second.body));
    assert!(header(first, "webhook-id").unwrap().starts_with("msg_"));
    assert!(!header(first, "webhook-id").unwrap().contains('.'));
    assert_eq!(header(first, "webhook-timestamp"), Some("1790000000"));
    assert!(header(first, "webhook-signature").unwrap().starts_with("v1,"));
    let sent: Value = serde_json::from_slice(&first.body).unwrap();
    assert_eq!(
        (&sent["type"], &sent["timestamp"]),
        (&json!("post.published"), &json!("2026-09-21T14:13:20.000Z"))
    );
    let data = &sent["data"];
    assert_eq!(
        (&data["text"], &data["part"], &data["parts"]),
        (&json!("Grüße 👋"), &json!(1), &json!(1))
    );
    assert_eq!(
        (&data["account"], &data["language"]),
        (&json!("the-account"), &json!("en"))
    );
    assert_eq!(data["media"][0]["alt"], "a cat");
    let shown = format!("{frozen:?}");
    assert!(
        !shown.contains("needle-token"),
        "the address may be secret: {shown}"
    );
}

#[tokio::test]
async fn a_webhook_goes_over_https_and_slows_down_as_asked() {
    let webhook = Webhook::new();
    let mut bench = Bench::of(&webhook);
    bench.replay.on("hooks.example", &["slow_down"]);
    let frozen = bench.frozen(&webhook, &[text("x")]).await;
    let Outcome::Later { at, .. } = publish(&webhook, &bench, &frozen).await else {
        panic!("it is later");
    };
    assert_eq!(at, Some(NOW + SignedDuration::from_secs(120)));
    for (server, says) in [
        (Some("http://hooks.example/"), "https://"),
        (
            Some("https://me:secret@hooks.example/"),
            "no user name or password",
        ),
        (None, "does not say"),
    ] {
        bench.account.server = server.map(str::to_owned);
        let message = webhook.check(&[text("x")], &bench.account).remove(0).message;
        assert!(message.contains(says) && !message.contains("secret"), "{message}");
    }
}

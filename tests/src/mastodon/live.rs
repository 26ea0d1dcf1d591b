//! The real program and an imitation of a Mastodon server.

use std::fs;
use std::time::Duration;

use serde_json::json;
use soundpost_fixtures::proxy::{Mode, Proxy};
use soundpost_tests::live::picture::png;
use soundpost_tests::live::program::Home;
use soundpost_tests::live::scene::{id_of, write_secret};

use super::peer::{Mock, queue_at};

const SOON: Duration = Duration::from_secs(30);

/// Sends at once, and gives the post's id.
#[track_caller]
fn send(home: &Home, more: &[&str]) -> String {
    let arguments = [&["post"], more, &["--to", "shop", "--now"]].concat();
    id_of(&home.ok(&arguments))
}

#[test]
fn words_with_a_link_arrive_in_their_language_and_have_a_receipt() {
    let Some(mock) = Mock::shared() else { return };
    let (home, _folder) = queue_at(&mock.url(), "", &[]);
    let text = "Grüße 🎻 an alle: https://example.com/a?b=c";
    let post = send(&home, &[text, "--language", "de"]);
    let arrived = mock.with_text(text);
    assert_eq!(
        (&arrived["language"], &arrived["visibility"]),
        (&json!("de"), &json!("public"))
    );
    let content = arrived["content"].as_str().unwrap();
    assert!(
        content.contains("href=\"https://example.com/a?b=c\""),
        "{content}"
    );
    let shown = home.delivery(&post);
    assert_eq!(
        (&shown["state"], &shown["urls"]),
        (&json!("published"), &json!([arrived["url"]]))
    );
}

#[test]
fn a_picture_arrives_with_its_alternative_text() {
    let Some(mock) = Mock::shared() else { return };
    let (home, folder) = queue_at(&mock.url(), "", &[]);
    let file = folder.path().join("grey ä.png");
    fs::write(&file, png(60, 20)).unwrap();
    send(
        &home,
        &[
            "a picture",
            "--image",
            file.to_str().unwrap(),
            "--alt",
            "grey, \"wide\" 🐘",
        ],
    );
    let media = &mock.with_text("a picture")["media_attachments"];
    assert_eq!(media.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&media[0]["type"], &media[0]["description"]),
        (&json!("image"), &json!("grey, \"wide\" 🐘"))
    );
}

#[test]
fn a_thread_is_a_chain_of_answers_and_can_be_taken_back() {
    let Some(mock) = Mock::shared() else { return };
    let (home, _folder) = queue_at(&mock.url(), "", &[]);
    let post = send(&home, &["thread a", "--part", "thread b", "--part", "thread c"]);
    let [first, second, third] = ["thread a", "thread b", "thread c"].map(|text| mock.with_text(text));
    assert_eq!(first["in_reply_to_id"], json!(null));
    assert_eq!(second["in_reply_to_id"], first["id"]);
    assert_eq!(third["in_reply_to_id"], second["id"]);

    let _daemon = home.daemon();
    home.ok(&["retract", &post, "--reason", "not our story"]);
    let gone = home.await_state(&post, "gone", SOON);
    assert_eq!(gone["public"], 0);
    assert!(mock.texts().iter().all(|text| !text.starts_with("thread")));
}

#[test]
fn a_content_warning_hides_what_is_behind_it() {
    let Some(mock) = Mock::shared() else { return };
    let settings = [
        "spoiler=the end of the film",
        "sensitive=true",
        "visibility=unlisted",
    ];
    let (home, _folder) = queue_at(&mock.url(), "", &settings);
    send(&home, &["it was the gardener"]);
    let arrived = mock.with_text("it was the gardener");
    assert_eq!(arrived["spoiler_text"], "the end of the film");
    assert_eq!(
        (&arrived["sensitive"], &arrived["visibility"]),
        (&json!(true), &json!("unlisted"))
    );
}

#[test]
fn a_token_that_is_not_taken_is_found_when_the_account_is_added() {
    let Some(mock) = Mock::shared() else { return };
    let (home, folder) = queue_at(&mock.url(), "", &[]);
    let file = folder.path().join("wrong");
    write_secret(&file, "not_a_token");
    let credential = format!("file:{}", file.display());
    let server = mock.url();
    let mut arguments = vec!["account", "add", "mastodon", "other", "--server", &server];
    arguments.extend(["--credential", &credential, "--set", "allow_private=true"]);
    let ran = home.run(&arguments);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(!format!("{ran:?}").contains("not_a_token"), "{ran:?}");
}

/// An answer that says nothing of the post, and no post to be found: only a person may send it again.
#[track_caller]
fn waits_for_a_person(effect: &serde_json::Value, text: &str) {
    let Some(mock) = Mock::alone() else { return };
    let proxy = Proxy::start(mock.address()).unwrap();
    let (home, _folder) = queue_at(&proxy.url(), "", &[]);
    mock.fault(effect);
    let _daemon = home.daemon();
    let post = id_of(&home.ok(&["post", text, "--to", "shop", "--at", "now"]));
    home.await_state(&post, "unknown", SOON);
    // The write, and the two look-ups after it: all are of this name.
    assert!(proxy.await_asked("statuses", 3, SOON), "it was not looked up");
    let told = soundpost_tests::live::poll::until("the look-up is settled", SOON, || {
        let story = home.story(&post);
        story.contains("please look yourself").then_some(story)
    });
    assert!(told.contains("the answer was lost"), "{told}");
    assert_eq!(
        (home.delivery(&post)["state"].as_str(), mock.texts().len()),
        (Some("unknown"), 0)
    );
    assert_ne!(home.run(&["retry", &post]).code, 0, "nobody has looked");
    assert_eq!(
        proxy.asked("statuses"),
        3,
        "nothing is sent without a person's word"
    );

    home.ok(&["retry", &post, "--not-there"]);
    home.await_state(&post, "published", SOON);
    assert_eq!(mock.texts(), [text]);
}

#[test]
fn a_503_is_looked_up_not_seen_and_waits_for_a_person() {
    let effect = json!({ "type": "status", "status": 503, "body": { "error": "down" } });
    waits_for_a_person(&effect, "once after a 503");
}

#[test]
fn half_an_answer_is_looked_up_not_seen_and_waits_for_a_person() {
    waits_for_a_person(&json!({ "type": "malformed" }), "once after half an answer");
}

#[test]
fn a_server_that_never_answers_is_looked_up_and_waits_for_a_person() {
    let Some(mock) = Mock::alone() else { return };
    let (home, _folder) = queue_at(&mock.url(), "publish_deadline_s = 5\n", &[]);
    mock.fault(&json!({ "type": "timeout" }));
    let _daemon = home.daemon();
    let post = id_of(&home.ok(&["post", "into the void", "--to", "shop", "--at", "now"]));
    home.await_state(&post, "unknown", SOON);
    soundpost_tests::live::poll::until("the look-up is settled", SOON, || {
        home.story(&post).contains("please look yourself").then_some(())
    });
    assert_eq!(mock.texts(), Vec::<String>::new());
    home.ok(&["retry", &post, "--not-there"]);
    home.await_state(&post, "published", SOON);
    assert_eq!(mock.texts(), ["into the void"]);
}

#[test]
fn a_slow_server_is_waited_for_and_one_slower_than_the_deadline_is_looked_up() {
    let Some(mock) = Mock::alone() else { return };
    // The server gives up a request whose client has gone; the proxy stays.
    let proxy = Proxy::start(mock.address()).unwrap();
    let (home, _folder) = queue_at(&proxy.url(), "publish_deadline_s = 5\n", &[]);
    let _daemon = home.daemon();
    for (text, delay_ms, found) in [("slow", 1500, false), ("slower", 7500, true)] {
        mock.fault(&json!({ "type": "latency", "delay_ms": delay_ms }));
        let post = id_of(&home.ok(&["post", text, "--to", "shop", "--at", "now"]));
        home.await_state(&post, "published", SOON);
        let story = home.story(&post);
        assert_eq!(story.contains("found at the network"), found, "{story}");
    }
    assert_eq!(mock.texts(), ["slow", "slower"]);
}

#[test]
fn a_post_whose_answer_was_lost_is_found_by_what_it_says_and_not_sent_again() {
    let Some(mock) = Mock::alone() else { return };
    let proxy = Proxy::start(mock.address()).unwrap();
    let (home, folder) = queue_at(&proxy.url(), "publish_deadline_s = 5\n", &[]);
    let file = folder.path().join("a.png");
    fs::write(&file, png(8, 8)).unwrap();
    let _daemon = home.daemon();
    for (text, mode) in [
        ("lost to a 500 🎻 https://example.com", Mode::Answer500),
        ("lost to time", Mode::Delay(Duration::from_secs(8))),
    ] {
        proxy.treat("statuses", 0, 1, mode);
        let mut arguments = vec!["post", text, "--to", "shop", "--at", "now"];
        arguments.extend(["--image", file.to_str().unwrap(), "--alt", "grey"]);
        let post = id_of(&home.ok(&arguments));
        let published = home.await_state(&post, "published", SOON);
        let arrived = mock.with_text(text);
        assert_eq!(published["urls"], json!([arrived["url"]]));
        let story = home.story(&post);
        assert!(story.contains("found at the network"), "{story}");
    }
    assert_eq!(mock.texts().len(), 2);
}

#[test]
fn a_rate_limit_is_waited_for() {
    let Some(mock) = Mock::alone() else { return };
    let (home, _folder) = queue_at(&mock.url(), "", &[]);
    mock.fault(&json!({ "type": "ratelimit", "headers": { "Retry-After": "2" } }));
    let _daemon = home.daemon();
    let post = id_of(&home.ok(&["post", "patience", "--to", "shop", "--at", "now"]));
    let waiting = home.await_state(&post, "retry_at", SOON);
    assert!(waiting["note"][0].as_str().unwrap().contains("429"), "{waiting}");
    home.await_state(&post, "published", SOON);
    assert_eq!(mock.texts(), ["patience"]);
}

//! The imitation of Mastodon is faithful while it does not lie: two clients that are not ours drive it. They run where
//! `SOUNDPOST_TEST_PEERS` names the folder `tests/peers`. What it lies about it does on order, and says what it does
//! not model.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use soundpost_fixtures::mastodon::{Imitation, Lie, Manners, TOKEN};
use soundpost_tests::live::peer::{new_folder, peers};
use soundpost_tests::live::picture::png;

fn lying(lies: &[Lie]) -> Manners {
    Manners {
        lies: lies.iter().copied().collect(),
        ..Manners::default()
    }
}

/// What a client that is not ours made of it.
fn driven_by(script: &str) -> Option<(Value, Imitation)> {
    let scripts = peers()?;
    let folder = new_folder();
    let picture = folder.path().join("grey.png");
    fs::write(&picture, png(60, 20)).unwrap();
    let manners = Manners {
        processing_looks: 1,
        ..Manners::default()
    };
    let imitation = Imitation::start(&folder.path().join("server"), manners).unwrap();
    let ran = Command::new(scripts.join(script))
        .args(["drive", &imitation.url(), TOKEN])
        .arg(&picture)
        .output()
        .unwrap();
    let (said, complaint) = (&ran.stdout, String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{script}: {complaint}");
    Some((serde_json::from_slice(said).unwrap(), imitation))
}

/// Both clients do the same, and must see the same.
#[track_caller]
fn assert_faithful(script: &str) {
    let Some((seen, imitation)) = driven_by(script) else {
        return;
    };
    let p = |words: &str| format!("<p>{words}</p>");
    let expected = json!({
        "limits": [500, 23, 4, 1500],
        "me": "alice",
        "first": ["unlisted", "de", "", "<p>first</p>"],
        "context": [[true], [true]],
        "picture": [["image", "grey, \"wide\" 🐘"]],
        "usedTwice": 422,
        "warned": ["the end", true],
        "keyed": [true, "<p>keyed</p>"],
        "gone": "keyed",
        "goneTwice": 404,
        "tooLong": 422,
        "noSuchParent": 404,
        "kept": ["later", false],
        "pages": [
            [p("the gardener"), p("with a picture")],
            [p("third"), p("second")],
            [p("first")],
        ],
        "since": [p("the gardener"), p("with a picture")],
        "min": [p("third"), p("second")],
    });
    assert_eq!(seen, expected, "{seen:#}");
    assert_eq!(imitation.unmodelled(), Vec::<String>::new());
    assert_eq!(
        imitation.texts(),
        ["first", "second", "third", "with a picture", "the gardener"]
    );
}

#[test]
fn masto_finds_what_it_knows_of_mastodon() {
    assert_faithful("mastodon-masto.sh");
}

#[test]
fn mastodon_py_finds_what_it_knows_of_mastodon() {
    assert_faithful("mastodon-py.sh");
}

/// Asks the imitation by `curl`: the status, and the answer. Status 0 = no answer.
fn asked(imitation: &Imitation, path: &str, more: &[&str]) -> (u16, String, String) {
    let ran = Command::new("curl")
        .args([
            "--silent",
            "--include",
            "--max-time",
            "2",
            "--oauth2-bearer",
            TOKEN,
        ])
        .args(more)
        .arg(format!("{}{path}", imitation.url()))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (
        status.unwrap_or_default(),
        head.to_ascii_lowercase(),
        body.to_owned(),
    )
}

const POST: &str = "/api/v1/statuses";

#[test]
fn after_each_lie_about_the_answer_the_post_is_public() {
    for (lie, status, counted) in [
        (Lie::DropAnswer, 0, false),
        (Lie::KeepAnswer, 0, false),
        (Lie::Answer500, 500, true),
        (Lie::Answer503, 503, false),
        (Lie::Answer429, 429, false),
    ] {
        let folder = new_folder();
        let imitation = Imitation::start(folder.path(), lying(&[lie])).unwrap();
        let (said, head, _) = asked(&imitation, POST, &["--data", "status=hello"]);
        assert_eq!(
            (said, head.contains("x-ratelimit-limit")),
            (status, counted),
            "{lie}"
        );
        assert_eq!(imitation.texts(), ["hello"], "{lie}");
    }
}

#[test]
fn what_is_public_and_the_keys_survive_a_restart_unless_it_lies_about_keys() {
    for (lies, copies) in [
        (&[][..], 1),
        (&[Lie::ForgetKeysAtRestart], 2),
        (&[Lie::IgnoreKeys], 2),
    ] {
        let folder = new_folder();
        let mut imitation = Imitation::start(folder.path(), lying(lies)).unwrap();
        let more = ["--data", "status=hello", "--header", "idempotency-key: k"];
        assert_eq!(asked(&imitation, POST, &more).0, 200);
        imitation = imitation.restart().unwrap();
        assert_eq!(imitation.texts(), ["hello"]);
        assert_eq!(asked(&imitation, POST, &more).0, 200);
        assert_eq!(imitation.texts().len(), copies, "{lies:?}");
    }
}

#[test]
fn a_list_that_lags_and_a_server_that_does_not_keep_until_later() {
    let folder = new_folder();
    let lies = lying(&[Lie::ListLags, Lie::IgnoreScheduledAt]);
    let imitation = Imitation::start(folder.path(), lies).unwrap();
    let later = ["--data", "status=hello&scheduled_at=2099-01-01T00:00:00Z"];
    assert_eq!(asked(&imitation, POST, &later).0, 200);
    assert_eq!(imitation.texts(), ["hello"]);
    let list = "/api/v1/accounts/110000000000000001/statuses";
    assert_eq!(asked(&imitation, list, &[]).2, "[]");
}

#[test]
fn its_own_limit_is_counted_and_makes_nothing() {
    let folder = new_folder();
    let manners = Manners {
        posts_max: 1,
        ..Manners::default()
    };
    let imitation = Imitation::start(folder.path(), manners).unwrap();
    assert_eq!(asked(&imitation, POST, &["--data", "status=one"]).0, 200);
    let (status, head, body) = asked(&imitation, POST, &["--data", "status=two"]);
    assert_eq!(
        (status, body.as_str()),
        (429, "{\"error\":\"Too many requests\"}")
    );
    assert!(head.contains("x-ratelimit-remaining: 0"), "{head}");
    assert_eq!(imitation.texts(), ["one"]);
}

#[test]
fn what_it_does_not_model_it_refuses_loudly() {
    let folder = new_folder();
    let imitation = Imitation::start(folder.path(), Manners::default()).unwrap();
    for (path, more) in [
        (POST, &["--data", "status=x&poll[multiple]=true"][..]),
        ("/api/v1/timelines/home", &[]),
        (POST, &["--header", "content-type: text/plain", "--data", "x"]),
    ] {
        let (status, _, body) = asked(&imitation, path, more);
        assert_eq!(status, 501, "{path}: {body}");
    }
    assert_eq!(imitation.unmodelled().len(), 3, "{:?}", imitation.unmodelled());
    assert!(imitation.texts().is_empty());
    let wrong = asked(&imitation, POST, &["--oauth2-bearer", "wrong"]).0;
    assert_eq!(wrong, 401);
}

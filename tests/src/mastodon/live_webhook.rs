//! The real program and a receiver that verifies signatures with a library that is not ours.

use serde_json::{Value, json};
use soundpost_tests::live::peer::new_folder;
use soundpost_tests::live::program::Home;
use soundpost_tests::live::scene::{id_of, write_secret};
use tempfile::TempDir;

use super::peer::Receiver;

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A receiver that knows one secret, and a queue whose account signs with these.
fn scene(knows: &str, signs_with: &str, path: &str) -> Option<(Receiver, Home, TempDir)> {
    let folder = new_folder();
    let (known, own) = (folder.path().join("known"), folder.path().join("own"));
    write_secret(&known, knows);
    write_secret(&own, signs_with);
    let receiver = Receiver::start(&known)?;
    let home = Home::init(folder.path().join("home"), "");
    let (server, credential) = (receiver.url(path), format!("file:{}", own.display()));
    let mut arguments = vec!["account", "add", "webhook", "hook", "--server", &server];
    arguments.extend(["--credential", &credential, "--set", "allow_private=true"]);
    home.ok(&arguments);
    Some((receiver, home, folder))
}

/// Sends at once, whatever becomes of it, and gives the post's id and the delivery.
#[track_caller]
fn send(home: &Home, text: &str) -> (String, Value) {
    let ran = home.run(&["post", text, "--part", "and more", "--to", "hook", "--now"]);
    let post = id_of(&ran.answer);
    let delivery = home.delivery(&post);
    (post, delivery)
}

#[test]
fn another_library_verifies_each_part_and_reads_what_was_posted() {
    let Some((receiver, home, _folder)) = scene(OLD, OLD, "/hook") else {
        return;
    };
    let (post, delivery) = send(&home, "Grüße 🎻 an \"alle\"");
    assert_eq!(
        (&delivery["state"], &delivery["public"]),
        (&json!("published"), &json!(2))
    );
    let seen = receiver.seen();
    assert_eq!(seen.len(), 2);
    assert!(
        seen.iter().all(|one| one["why"] == "" && one["status"] == 200),
        "{seen:#?}"
    );
    assert_ne!(seen[0]["headers"]["webhook-id"], seen[1]["headers"]["webhook-id"]);
    for (at, text) in ["Grüße 🎻 an \"alle\"", "and more"].into_iter().enumerate() {
        let body: Value = serde_json::from_str(seen[at]["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["type"], "post.published");
        let data = &body["data"];
        assert_eq!(
            (&data["text"], &data["part"], &data["parts"]),
            (&json!(text), &json!(at + 1), &json!(2))
        );
        assert_eq!(
            (&data["account"], &data["delivery"]),
            (&json!("hook"), &json!(format!("{post}.1")))
        );
    }
}

#[test]
fn while_a_secret_is_changed_either_receiver_verifies() {
    let both = format!("{NEW} {OLD}");
    for knows in [OLD, NEW] {
        let Some((receiver, home, _folder)) = scene(knows, &both, "/hook") else {
            return;
        };
        assert_eq!(send(&home, "changing").1["state"], "published");
        assert!(receiver.seen().iter().all(|one| one["why"] == ""));
    }
}

#[test]
fn a_wrong_secret_is_refused_and_a_disabled_endpoint_asks_for_a_person() {
    let Some((receiver, home, _folder)) = scene(OLD, NEW, "/hook") else {
        return;
    };
    let (_, refused) = send(&home, "who says so?");
    assert_eq!(refused["state"], "failed", "{refused}");
    assert_eq!(receiver.seen().len(), 1, "the second part waits for the first");

    let Some((receiver, home, _folder)) = scene(OLD, OLD, "/gone") else {
        return;
    };
    let (_, gone) = send(&home, "anyone there?");
    assert_eq!(gone["state"], "failed", "{gone}");
    assert!(
        gone["note"].to_string().contains("the endpoint is disabled"),
        "{gone}"
    );
    assert_eq!(receiver.seen().len(), 1);
}

#[test]
fn a_busy_receiver_is_asked_again_with_the_same_id_and_a_broken_one_is_not() {
    let Some((receiver, home, _folder)) = scene(OLD, OLD, "/busy") else {
        return;
    };
    let _daemon = home.daemon();
    let post = id_of(&home.ok(&["post", "busy?", "--to", "hook", "--at", "now"]));
    home.await_state(&post, "published", std::time::Duration::from_secs(30));
    let seen = receiver.seen();
    assert_eq!(
        seen.iter().map(|one| &one["status"]).collect::<Vec<_>>(),
        [429, 200]
    );
    assert_eq!(seen[0]["headers"]["webhook-id"], seen[1]["headers"]["webhook-id"]);
    let data = |at: usize| {
        serde_json::from_str::<Value>(seen[at]["body"].as_str().unwrap()).unwrap()["data"].clone()
    };
    assert_eq!(data(0), data(1));
    assert!(seen.iter().all(|one| one["why"] == ""), "{seen:#?}");

    let Some((receiver, home, _folder)) = scene(OLD, OLD, "/broken") else {
        return;
    };
    let (_, lost) = send(&home, "did it arrive?");
    assert_eq!(lost["state"], "unknown", "{lost}");
    assert_eq!(receiver.seen().len(), 1);
}

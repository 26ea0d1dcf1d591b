//! What is queued is what others read: texts, links, mentions, hashtags, pictures, threads and cards.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use soundpost_core::frozen::sha256_hex;
use soundpost_fixtures::proxy::Mode;
use soundpost_tests::live::picture::png;
use soundpost_tests::live::scene::{PUT, Scene, id_of};

const SOON: Duration = Duration::from_secs(60);

/// The post with this text.
#[track_caller]
fn with_text<'a>(posts: &'a [Value], text: &str) -> &'a Value {
    let found = posts.iter().find(|post| post["value"]["text"] == text);
    found.unwrap_or_else(|| panic!("no post says {text:?}: {posts:#?}"))
}

/// What a reader's client makes of a text, without what it makes nothing of.
fn meant(post: &Value) -> Vec<(String, Value)> {
    let segments = post["segments"].as_array().cloned().unwrap_or_default();
    let mut meant = Vec::new();
    for segment in segments {
        let mut fields = segment.as_object().cloned().unwrap_or_default();
        let text = fields.remove("text").unwrap_or_default();
        if !fields.is_empty() {
            meant.push((text.as_str().unwrap_or_default().to_owned(), fields.into()));
        }
    }
    meant
}

#[test]
fn links_mentions_and_hashtags_after_emoji_mean_what_they_say() {
    let Some(scene) = Scene::new("alice", "") else {
        return;
    };
    let bob = scene.pds.account("bob");
    let text = "👩‍👩‍👧 Grüße 🎉 an @bob.test: https://example.com/ä?b=c, #Größe 🇪🇺 #2026 und mail@bob.test";
    let _daemon = scene.home.daemon();
    let post = id_of(
        &scene
            .home
            .ok(&["post", text, "--to", "shop", "--at", "+2s", "--language", "de"]),
    );
    let published = scene.home.await_state(&post, "published", SOON);

    let posts = scene.pds.posts(&scene.member);
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0]["value"]["text"], text);
    assert_eq!(posts[0]["value"]["langs"], json!(["de"]));
    let expected = [
        ("@bob.test", json!({ "mention": bob.did })),
        (
            "https://example.com/ä?b=c",
            json!({ "link": "https://example.com/%C3%A4?b=c" }),
        ),
        ("#Größe", json!({ "tag": "Größe" })),
    ];
    assert_eq!(
        meant(&posts[0]),
        expected.map(|(text, means)| (text.to_owned(), means))
    );
    let key = posts[0]["uri"]
        .as_str()
        .and_then(|uri| uri.rsplit('/').next())
        .unwrap();
    let url = format!("https://bsky.app/profile/alice.test/post/{key}");
    assert_eq!(published["urls"], json!([url]));
    assert_eq!(published["account"], "shop");
}

#[test]
fn a_picture_arrives_byte_for_byte_with_its_alt_text_and_shape() {
    let Some(scene) = Scene::new("two-pictures", "") else {
        return;
    };
    let (wide, high) = (png(60, 20), png(16, 32));
    let file = |name: &str, bytes: &[u8]| {
        let path = scene.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (wide_file, high_file) = (file("wide.png", &wide), file("high.png", &high));
    let mut arguments = vec!["post", "Two pictures", "--to", "shop", "--now"];
    arguments.extend(["--image", &wide_file, "--alt", "grey, wide 🐘"]);
    arguments.extend(["--image", &high_file, "--alt", "grey and high"]);
    // Without a daemon, the command itself sends.
    let posted = scene.home.ok(&arguments);
    assert_eq!(
        posted["posted"]["deliveries"][0]["state"], "published",
        "{posted}"
    );

    let posts = scene.pds.posts(&scene.member);
    let images = &posts[0]["value"]["embed"]["images"];
    let expected = [
        (&wide, "grey, wide 🐘", json!({ "width": 60, "height": 20 })),
        (&high, "grey and high", json!({ "width": 16, "height": 32 })),
    ];
    assert_eq!(images.as_array().map(Vec::len), Some(expected.len()));
    for (at, (bytes, alt, shape)) in expected.into_iter().enumerate() {
        let image = &images[at];
        assert_eq!((&image["alt"], &image["aspectRatio"]), (&json!(alt), &shape));
        let cid = image["image"]["ref"]["$link"].as_str().unwrap();
        let blob = scene.pds.blob(&scene.member.did, cid);
        let hash = sha256_hex(bytes);
        assert_eq!(
            blob,
            json!({ "bytes": bytes.len(), "sha256": hash, "mime": "image/png" })
        );
    }
}

#[test]
fn the_parts_of_a_thread_answer_each_other_in_order() {
    let Some(scene) = Scene::new("thread-of-three", "") else {
        return;
    };
    let _daemon = scene.home.daemon();
    let arguments = [
        "post", "first", "--part", "second", "--part", "third", "--to", "shop", "--now",
    ];
    let posted = scene.home.ok(&arguments);
    let shown = scene.home.delivery(&id_of(&posted));
    assert_eq!(
        (&shown["state"], &shown["public"], &shown["parts"]),
        (&json!("published"), &json!(3), &json!(3))
    );

    let posts = scene.pds.posts(&scene.member);
    assert_eq!(posts.len(), 3);
    let [first, second, third] = ["first", "second", "third"].map(|text| with_text(&posts, text));
    let name = |post: &Value| json!({ "uri": post["uri"], "cid": post["cid"] });
    assert_eq!(first["value"].get("reply"), None);
    assert_eq!(
        second["value"]["reply"],
        json!({ "root": name(first), "parent": name(first) })
    );
    assert_eq!(
        third["value"]["reply"],
        json!({ "root": name(first), "parent": name(second) })
    );
    let key = |post: &Value| {
        post["uri"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    let urls: Vec<String> = [first, second, third]
        .map(|post| format!("https://bsky.app/profile/thread-of-three.test/post/{}", key(post)))
        .to_vec();
    assert_eq!(shown["urls"], json!(urls));
}

#[test]
fn a_card_is_shown_as_it_was_described_and_a_retracted_post_is_gone() {
    let Some(scene) = Scene::new("cards", "") else {
        return;
    };
    let _daemon = scene.home.daemon();
    let mut arguments = vec!["post", "Read this", "--to", "shop", "--now"];
    arguments.extend(["--card", "https://example.com/story", "--card-title", "A story"]);
    arguments.extend(["--card-description", "Of a bell"]);
    let post = id_of(&scene.home.ok(&arguments));
    let kept = id_of(&scene.home.ok(&["post", "This stays", "--to", "shop", "--now"]));

    let posts = scene.pds.posts(&scene.member);
    let external = &with_text(&posts, "Read this")["value"]["embed"]["external"];
    let described =
        json!({ "uri": "https://example.com/story", "title": "A story", "description": "Of a bell" });
    assert_eq!(external, &described);

    scene.home.ok(&["retract", &post, "--reason", "not our story"]);
    let gone = scene.home.await_state(&post, "gone", SOON);
    assert_eq!(gone["public"], 0);
    assert_eq!(scene.texts(), ["This stays"]);
    assert_eq!(scene.home.delivery(&kept)["state"], "published");
}

#[test]
fn a_retracted_thread_is_gone_with_all_its_parts() {
    let Some(scene) = Scene::new("retracts", "") else {
        return;
    };
    let _daemon = scene.home.daemon();
    let post = id_of(
        &scene
            .home
            .ok(&["post", "one", "--part", "two", "--to", "shop", "--now"]),
    );
    assert_eq!(scene.texts(), ["one", "two"]);
    // The answer to the first deletion is lost: it is asked again, and what is not there is gone.
    scene
        .proxy
        .treat("com.atproto.repo.deleteRecord", 0, 1, Mode::Answer500);
    scene.home.ok(&["retract", &post]);
    scene.home.await_state(&post, "gone", SOON);
    assert_eq!(scene.texts(), Vec::<String>::new());
    assert_eq!(scene.proxy.asked(PUT), 2);
}

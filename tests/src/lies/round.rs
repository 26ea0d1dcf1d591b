//! One round: posts are queued at a lying server, the daemon is killed twice, then everything settles, and a person
//! says what is true of what is left.

use std::time::Duration;

use serde_json::Value;
use soundpost_fixtures::mastodon::Lie;

use super::scene::{Lying, is_settled};
use crate::crash::dice::Dice;
use crate::live::poll::until;
use crate::live::program::Daemon;

const SOON: Duration = Duration::from_secs(3);
const SETTLED: Duration = Duration::from_secs(60);
/// How long the list lags: the first look-up does not see the post, the second does.
const LAG: Duration = Duration::from_secs(5);
/// How often a daemon is killed in a round.
const KILLS: u64 = 2;

/// A post of a round, and the words of its parts.
struct Told {
    id: String,
    parts: Vec<String>,
}

/// Plays a round with these lies.
///
/// # Panics
/// When something is public twice, or something that is public is reported as failed or missed, or does not end.
pub fn play(lies: &[Lie], dice: &mut Dice) {
    let mut scene = Lying::new(lies, LAG);
    let later = scene
        .home
        .ok(&["post", "for later", "--to", "shop", "--at", "+1h"]);
    let mut daemon = scene.home.daemon();
    let told = queue(&scene);
    for _ in 0..KILLS {
        await_moment(&scene, dice);
        daemon.kill();
        if lies.contains(&Lie::ForgetKeysAtRestart) || dice.percent(20) {
            scene.restart_server();
        }
        daemon = scene.home.daemon();
    }
    settle(&scene, &told);
    for one in &told {
        assert_honest(&scene, one, &["published", "unknown", "held"]);
    }
    end(&scene, &told);
    for one in &told {
        assert_honest(&scene, one, &["published"]);
        for text in &one.parts {
            assert_eq!(scene.copies(text), 1, "{text}");
        }
    }
    assert_eq!(scene.copies("for later"), 0, "{later}");
    assert_eq!(scene.server().unmodelled(), Vec::<String>::new());
    Daemon::kill(daemon);
}

fn queue(scene: &Lying) -> Vec<Told> {
    let posts: [(&[&str], bool); 3] = [
        (&["with a picture"], true),
        (&["words alone"], false),
        (&["a thread", "and more"], false),
    ];
    let told = posts.map(|(parts, has_picture)| Told {
        id: scene.post(parts, has_picture),
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
    });
    told.into()
}

/// An awkward moment: when a post is asked for, when one was made, when it is looked for, or any other.
fn await_moment(scene: &Lying, dice: &mut Dice) {
    let server = scene.server();
    let count = usize::try_from(1 + dice.below(2)).expect("it is 1 or 2");
    // Whether it came or not: any moment will do.
    let _ = match dice.below(5) {
        0 => server.await_asked(count, SOON),
        1 | 2 => server.await_made(count, SOON),
        3 => server.await_listed(count, SOON),
        // Nothing lists so often.
        _ => server.await_listed(usize::MAX, dice.span_ms(1, 2500)),
    };
}

fn settle(scene: &Lying, told: &[Told]) {
    until("everything has settled", SETTLED, || {
        let all = told.iter().map(|one| scene.home.delivery(&one.id));
        all.into_iter()
            .all(|delivery| is_settled(&delivery))
            .then_some(())
    });
}

/// No part is public twice, and the state is one of these.
#[track_caller]
fn assert_honest(scene: &Lying, one: &Told, states: &[&str]) {
    let delivery = scene.home.delivery(&one.id);
    let story = || format!("{delivery:#}\n{}", scene.home.story(&one.id));
    for text in &one.parts {
        let copies = scene.copies(text);
        assert!(copies <= 1, "'{text}' is public {copies} times: {}", story());
    }
    let state = delivery["state"].as_str().unwrap_or_default();
    assert!(states.contains(&state), "{}", story());
    let receipts = delivery["public"].as_u64().unwrap_or_default();
    let public = one.parts.iter().filter(|text| scene.copies(text) == 1).count();
    assert!(receipts <= public as u64, "a receipt without a post: {}", story());
}

/// A person looks at what waits for one, and says what is true, until all of it is public.
fn end(scene: &Lying, told: &[Told]) {
    for one in told {
        until(&format!("'{}' is public", one.parts[0]), SETTLED, || {
            let delivery = scene.home.delivery(&one.id);
            if is_settled(&delivery) {
                say_what_is_true(scene, one, &delivery);
            }
            (delivery["state"] == "published").then_some(())
        });
    }
}

fn say_what_is_true(scene: &Lying, one: &Told, delivery: &Value) {
    let next = delivery["public"]
        .as_u64()
        .and_then(|public| usize::try_from(public).ok());
    let url = next
        .and_then(|next| one.parts.get(next))
        .and_then(|text| scene.url_of(text));
    match (delivery["state"].as_str(), url) {
        (Some("unknown"), Some(url)) => drop(scene.home.ok(&["found", &one.id, "--url", &url])),
        (Some("unknown"), None) => drop(scene.home.ok(&["retry", &one.id, "--not-there"])),
        (Some("held"), _) => drop(scene.home.ok(&["release", &one.id])),
        _ => {}
    }
}

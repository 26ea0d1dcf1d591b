//! After `pause` has confirmed, nothing more reaches the server, and what was under way is named (promises S1 and
//! S3).

use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use soundpost_fixtures::proxy::Mode;
use soundpost_tests::live::poll::until;
use soundpost_tests::live::program::{Home, Ran};
use soundpost_tests::live::scene::{IMPATIENT, PUT, Scene};

const SOON: Duration = Duration::from_secs(60);

/// Starts `pause`, and returns when the daemon knows of it.
fn begin_pause(home: &Home) -> Child {
    let mut command = home.command(&["pause", "an earthquake"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let pausing = command.spawn().unwrap();
    until("the daemon knows of the pause", SOON, || {
        let status = home.ok(&["status"]);
        let halts = status["status"]["halts"].as_array()?.len();
        (halts > 0).then_some(())
    });
    pausing
}

fn end_pause(pausing: Child) -> Ran {
    Ran::of(pausing.wait_with_output().unwrap())
}

/// Whether a thread stands held after this many of its parts, for good.
#[track_caller]
fn assert_broken_after(held: &Value, public: usize) {
    assert_eq!(held["public"], json!(public), "{held}");
    let note = held["note"].to_string();
    assert!(note.contains("the thread stopped in the middle"), "{note}");
    assert!(note.contains("an earthquake"), "{note}");
}

#[test]
fn pause_waits_for_the_write_under_way_and_lets_no_further_part_out() {
    let Some(scene) = Scene::new("paused", "") else {
        return;
    };
    scene.proxy.treat(PUT, 1, 1, Mode::Withhold);
    let daemon = scene.home.daemon();
    let post = scene.queue(&["part a", "part b", "part c"]);
    assert!(scene.proxy.await_accepted(PUT, 2, SOON), "part 2 was not sent");
    let mut pausing = begin_pause(&scene.home);
    assert!(
        pausing.try_wait().unwrap().is_none(),
        "pause did not wait for the write"
    );
    scene.proxy.let_go();
    let ran = end_pause(pausing);
    assert_eq!(ran.code, 0, "{ran:?}");
    let at_confirmation = scene.proxy.asked(PUT);
    let paused = &ran.answer["paused"];
    assert_eq!(paused["proven"], true, "{paused}");
    let under_way = paused["under_way"].as_array().unwrap();
    assert_eq!(under_way.len(), 1, "{paused}");
    assert_eq!(under_way[0]["part"], 2);
    assert!(
        under_way[0]["became"].as_str().unwrap().contains("public"),
        "{paused}"
    );

    assert_broken_after(&scene.home.await_state(&post, "held", SOON), 2);
    // Whatever else asks to go is held as well, in this process and the next.
    let now = scene.home.run(&["post", "me too", "--to", "shop", "--now"]);
    assert_eq!(now.code, 6, "{now:?}");
    daemon.kill();
    let _daemon = scene.home.daemon();
    let now = scene.home.run(&["post", "and me", "--to", "shop", "--now"]);
    assert_eq!(now.code, 6, "{now:?}");
    assert_broken_after(&scene.home.delivery(&post), 2);
    assert_eq!((at_confirmation, scene.proxy.asked(PUT)), (2, 2));
    assert_eq!(scene.texts(), ["part a", "part b"]);
}

#[test]
fn pause_says_of_a_write_whose_answer_never_comes_that_it_may_be_public() {
    let Some(scene) = Scene::new("unanswered", IMPATIENT) else {
        return;
    };
    scene.proxy.treat(PUT, 1, usize::MAX, Mode::Withhold);
    let _daemon = scene.home.daemon();
    let post = scene.queue(&["part a", "part b", "part c"]);
    assert!(scene.proxy.await_accepted(PUT, 2, SOON), "part 2 was not sent");
    let ran = end_pause(begin_pause(&scene.home));
    let paused = &ran.answer["paused"];
    assert_eq!((ran.code, &paused["proven"]), (0, &json!(true)), "{ran:?}");
    let became = paused["under_way"][0]["became"].as_str().unwrap();
    assert!(became.contains("not known"), "{paused}");

    // The look-up goes on while paused, and what it finds does not set the thread going.
    assert_broken_after(&scene.home.await_state(&post, "held", SOON), 2);
    assert_eq!(scene.proxy.asked(PUT), 2);
    assert_eq!(scene.texts(), ["part a", "part b"]);
}

#[test]
fn pause_names_a_post_whose_answer_was_lost_before() {
    let Some(scene) = Scene::new("lost-before", IMPATIENT) else {
        return;
    };
    scene.proxy.treat(PUT, 0, 1, Mode::Withhold);
    scene
        .proxy
        .treat("com.atproto.repo.getRecord", 0, usize::MAX, Mode::DropBefore);
    let daemon = scene.home.daemon();
    let post = scene.queue(&["who knows"]);
    scene.home.await_state(&post, "unknown", SOON);
    assert_unknown(&scene.home.ok(&["pause", "an earthquake"])["paused"]);
    daemon.kill();
    assert_unknown(&scene.home.ok(&["pause", "still shaking"])["paused"]);
}

/// Whether one write is named, of which nothing is known.
#[track_caller]
fn assert_unknown(paused: &Value) {
    let under_way = &paused["under_way"];
    assert_eq!(under_way.as_array().map(Vec::len), Some(1), "{paused}");
    let became = under_way[0]["became"].as_str().unwrap();
    assert!(became.contains("not known"), "{paused}");
}

#[test]
fn a_post_that_comes_due_while_paused_waits_for_a_person() {
    let Some(scene) = Scene::new("waits", "") else {
        return;
    };
    let _daemon = scene.home.daemon();
    scene.home.ok(&["pause", "an earthquake"]);
    let post = scene.queue(&["not now"]);
    scene.home.await_state(&post, "held", SOON);
    // The preparation at the server does not start either.
    assert_eq!(
        (
            scene.proxy.asked(PUT),
            scene.proxy.asked("com.atproto.repo.uploadBlob")
        ),
        (0, 0)
    );
    assert_eq!(scene.texts(), Vec::<String>::new());
}

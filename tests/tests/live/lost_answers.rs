//! Whatever happens to an answer or to the daemon, a post is public once, and has its receipt (promises D1, D2, D5
//! and D7).

use std::time::Duration;

use serde_json::{Value, json};
use soundpost_fixtures::proxy::Mode;
use soundpost_tests::live::peer::{Pds, new_folder, peers};
use soundpost_tests::live::program::Home;
use soundpost_tests::live::scene::{self, IMPATIENT, PUT, Scene};

const SOON: Duration = Duration::from_secs(60);
/// Two look-ups that find nothing are ten seconds apart.
const AFTER_LOOKS: Duration = Duration::from_secs(90);

#[track_caller]
fn assert_receipted(delivery: &Value, parts: usize) {
    assert_eq!(delivery["public"], json!(parts), "{delivery}");
    assert_eq!(
        delivery["urls"].as_array().map(Vec::len),
        Some(parts),
        "{delivery}"
    );
}

/// Sends while the first visible write is treated so, and proves that it went out once and how that was learnt.
#[track_caller]
fn sends_once(name: &str, mode: Mode, writes: usize, learnt: &str) {
    let Some(scene) = Scene::new(name, IMPATIENT) else {
        return;
    };
    scene.proxy.treat(PUT, 0, 1, mode);
    let _daemon = scene.home.daemon();
    let post = scene.queue(&["once"]);
    let published = scene.home.await_state(&post, "published", AFTER_LOOKS);
    assert_receipted(&published, 1);
    assert_eq!(scene.texts(), ["once"]);
    assert_eq!((scene.proxy.asked(PUT), scene.proxy.accepted(PUT)), (writes, 1));
    let story = scene.home.story(&post);
    assert!(
        story.contains("the answer was lost") && story.contains(learnt),
        "{story}"
    );
}

#[test]
fn an_error_after_the_server_accepted_is_looked_up_and_not_sent_again() {
    sends_once("err", Mode::Answer500, 1, "found at the network");
}

#[test]
fn an_answer_after_the_deadline_is_looked_up_and_not_sent_again() {
    sends_once(
        "slow",
        Mode::Delay(Duration::from_secs(8)),
        1,
        "found at the network",
    );
}

#[test]
fn a_connection_that_ends_before_the_server_saw_it_is_sent_again_once_absence_is_proven() {
    sends_once("dropped", Mode::DropBefore, 2, "the network confirmed");
}

#[test]
fn a_daemon_killed_after_the_server_accepted_finds_the_post_and_does_not_repeat_it() {
    let Some(scene) = Scene::new("killed", "") else {
        return;
    };
    scene.proxy.treat(PUT, 0, 1, Mode::Withhold);
    let daemon = scene.home.daemon();
    let post = scene.queue(&["only one"]);
    assert!(scene.proxy.await_accepted(PUT, 1, SOON), "nothing was sent");
    daemon.kill();
    assert_eq!(scene.texts(), ["only one"]);

    let _daemon = scene.home.daemon();
    let published = scene.home.await_state(&post, "published", SOON);
    assert_receipted(&published, 1);
    assert_eq!(scene.proxy.asked(PUT), 1);
    assert_eq!(scene.texts(), ["only one"]);
    let story = scene.home.story(&post);
    assert!(story.contains("found at the network"), "{story}");
}

#[test]
fn a_daemon_killed_before_the_server_saw_the_post_sends_it_once() {
    let Some(scene) = Scene::new("unseen", "") else {
        return;
    };
    scene.proxy.treat(PUT, 0, 1, Mode::DropBefore);
    let daemon = scene.home.daemon();
    let post = scene.queue(&["still one"]);
    assert!(scene.proxy.await_asked(PUT, 1, SOON), "nothing was sent");
    daemon.kill();
    assert_eq!(scene.texts(), Vec::<String>::new());

    let _daemon = scene.home.daemon();
    let published = scene.home.await_state(&post, "published", AFTER_LOOKS);
    assert_receipted(&published, 1);
    assert_eq!((scene.proxy.asked(PUT), scene.proxy.accepted(PUT)), (2, 1));
    assert_eq!(scene.texts(), ["still one"]);
}

/// Queues a thread of three, and kills the daemon when the server has the second part and nobody knows it.
fn killed_after_two_of_three(scene: &Scene) -> String {
    scene.proxy.treat(PUT, 1, 1, Mode::Withhold);
    let daemon = scene.home.daemon();
    let post = scene.queue(&["part a", "part b", "part c"]);
    assert!(scene.proxy.await_accepted(PUT, 2, SOON), "part 2 was not sent");
    daemon.kill();
    post
}

#[test]
fn a_thread_whose_daemon_is_killed_in_the_middle_is_completed_with_each_part_once() {
    let Some(scene) = Scene::new("midthread", "") else {
        return;
    };
    let post = killed_after_two_of_three(&scene);
    assert_eq!(scene.texts(), ["part a", "part b"]);

    let _daemon = scene.home.daemon();
    let published = scene.home.await_state(&post, "published", SOON);
    assert_receipted(&published, 3);
    assert_eq!(scene.proxy.asked(PUT), 3);
    let posts = scene.pds.posts(&scene.member);
    assert_eq!(scene::texts(&posts), ["part a", "part b", "part c"]);
    let named = |text: &str| posts.iter().find(|post| post["value"]["text"] == text).unwrap();
    let parent = &named("part c")["value"]["reply"]["parent"];
    assert_eq!(
        parent,
        &json!({ "uri": named("part b")["uri"], "cid": named("part b")["cid"] })
    );
}

#[test]
fn a_thread_whose_first_part_was_deleted_at_the_network_goes_no_further() {
    let Some(scene) = Scene::new("beheaded", "") else {
        return;
    };
    let post = killed_after_two_of_three(&scene);
    scene.pds.delete(&scene.member, "part a");

    let _daemon = scene.home.daemon();
    let failed = scene.home.await_state(&post, "failed", SOON);
    let note = failed["note"].to_string();
    assert!(
        note.contains("an earlier part of the thread has been deleted"),
        "{note}"
    );
    assert_eq!(failed["public"], json!(2), "{failed}");
    assert_eq!(scene.proxy.asked(PUT), 2);
    assert_eq!(scene.texts(), ["part b"]);
}

#[test]
fn a_server_that_is_away_at_the_due_time_gets_the_post_once_when_it_is_back() {
    let Some(scripts) = peers() else { return };
    let (data, folder) = (new_folder(), new_folder());
    // Not the shared server: this one is stopped.
    let pds = Pds::start(&scripts, data.path());
    let member = pds.account("away");
    let password_file = folder.path().join("app-password");
    scene::write_secret(&password_file, &member.app_password);
    let home = Home::init(folder.path().join("home"), "");
    scene::add_account(&home, &pds.url(), &member, &password_file, &[]);

    let stopped = pds.stop();
    let _daemon = home.daemon();
    let post = scene::queue(&home, &["late, once"], "now");
    let waiting = home.await_state(&post, "retry_at", SOON);
    assert!(
        waiting["note"][0].as_str().unwrap().contains("cannot reach"),
        "{waiting}"
    );

    let pds = Pds::start_again(stopped, data.path());
    let published = home.await_state(&post, "published", SOON);
    assert_receipted(&published, 1);
    assert_eq!(scene::texts(&pds.posts(&member)), ["late, once"]);
}

//! A login that does not work stops its account only, and one command makes it go on (promise D8).

use std::time::Duration;

use soundpost_fixtures::proxy::Mode;
use soundpost_tests::live::scene::{PUT, Scene};

const SOON: Duration = Duration::from_secs(60);

#[test]
fn a_wrong_app_password_stops_the_account_until_somebody_signs_in() {
    let Some(scene) = Scene::without_account("wrong", "") else {
        return;
    };
    scene.write_password("abcd-efgh-ijkl-mnop");
    scene.add_account(&["--no-verify"]);
    let _daemon = scene.home.daemon();
    let post = scene.queue(&["after the login"]);
    let failed = scene.home.await_state(&post, "failed", SOON);
    let note = failed["note"][0].as_str().unwrap();
    assert!(note.starts_with("login:"), "{note}");

    let accounts = scene.home.ok(&["account", "list"]);
    let status = accounts["accounts"][0]["status"].as_str().unwrap();
    assert!(status.contains("login"), "{accounts}");
    let stopped = scene.home.ok(&["status"])["status"]["accounts_stopped"][0]["name"].clone();
    assert_eq!(stopped, "shop");
    let refused = scene.home.run(&["account", "login", "shop"]);
    assert_eq!(refused.code, 11, "{refused:?}");
    assert_eq!(scene.proxy.asked(PUT), 0);

    scene.write_password(&scene.member.app_password);
    scene.home.ok(&["account", "login", "shop"]);
    scene.home.await_state(&post, "published", SOON);
    assert_eq!(scene.texts(), ["after the login"]);
    let accounts = scene.home.ok(&["account", "list"]);
    assert_eq!(accounts["accounts"][0]["status"], "active");
}

#[test]
fn a_wrong_app_password_is_refused_when_the_account_is_added() {
    let Some(scene) = Scene::without_account("refused", "") else {
        return;
    };
    scene.write_password("abcd-efgh-ijkl-mnop");
    let credential = format!("file:{}", scene.password_file().display());
    let url = scene.proxy.url();
    let mut arguments = vec!["account", "add", "bluesky", "shop", "--server", &url];
    arguments.extend([
        "--as",
        "refused.test",
        "--credential",
        &credential,
        "--set",
        "allow_private=true",
    ]);
    let refused = scene.home.run(&arguments);
    assert_eq!(refused.code, 11, "{refused:?}");
    assert!(!refused.stderr.contains("abcd-efgh"), "{}", refused.stderr);
    let accounts = scene.home.ok(&["account", "list"]);
    assert_eq!(accounts["accounts"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_session_that_has_ended_is_renewed_and_the_post_goes_once() {
    let Some(scene) = Scene::new("renewed", "") else {
        return;
    };
    let body = r#"{"error":"ExpiredToken","message":"Token has expired"}"#;
    scene.proxy.treat(PUT, 0, 1, Mode::Instead { status: 400, body });
    let _daemon = scene.home.daemon();
    let post = scene.queue(&["with a new session"]);
    scene.home.await_state(&post, "published", SOON);
    // Renewed by its refresh token: the password was sent once, by `account add`.
    assert_eq!(scene.proxy.accepted("com.atproto.server.refreshSession"), 1);
    assert_eq!(scene.proxy.asked("com.atproto.server.createSession"), 1);
    assert_eq!((scene.proxy.asked(PUT), scene.proxy.accepted(PUT)), (2, 1));
    assert_eq!(scene.texts(), ["with a new session"]);
}

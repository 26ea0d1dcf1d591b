//! A login that does not work stops its account only, and one command makes it go on (promise D8).

use std::time::Duration;

use soundpost_tests::live::scene::{PUT, Scene};

const SOON: Duration = Duration::from_secs(20);

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

    scene.write_password(&scene.pds.app_password(&scene.member));
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

//! Secrets never reach a screen, a log or the queue: the real program at servers that repeat them, and a search through
//! all that is left behind. Needs `cargo build --bin soundpost` before.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::sync::Arc;

use serde_json::json;
use soundpost_cli::args::Cli;
use soundpost_cli::args::clap::Parser as _;
use soundpost_cli::control::protocol::Ask;
use soundpost_core::account::{Account, CredentialRef};
use soundpost_core::actor::Actor;
use soundpost_core::address::Address;
use soundpost_core::port::store::{Request, Store as _, Write};
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Method};
use soundpost_core::port::vault::Secret;
use soundpost_tests::cli::bench::poll;
use soundpost_tests::secrets::needles::{WAYS, written};
use soundpost_tests::secrets::parrot::{Parrot, TRICKS};
use soundpost_tests::secrets::scene::Scene;
use soundpost_tests::secrets::search::files;

const NETWORKS: [&str; 3] = ["sky", "masto", "hook"];

/// Every command that a person would type on such a day.
fn look_everywhere(scene: &Scene) {
    for arguments in [
        &["status"][..],
        &["queue", "--state", "all"],
        &["account", "list"],
        &["account", "networks"],
        &["check", "refuse, a cat", "--to", "@all"],
        &["doctor"],
        &["resume"],
        &["event", "list"],
        &["log"],
        &["recent"],
        &["today"],
        &["review"],
        &["receipts"],
    ] {
        scene.look(arguments);
    }
    for delivery in scene.bench.queue() {
        let id = delivery["id"].as_str().unwrap();
        scene.run(&["why", id]);
        scene.run(&["show", id, "--json"]);
    }
}

/// Logins that fail, each in another way.
fn fail_to_sign_in(scene: &Scene) {
    let url = scene.sky.url().to_owned();
    let hook = scene.hook_address();
    // A server that this account is new to: what it heard from another account is not this one's secret.
    let other = Parrot::start(&[]);
    let login = url.replace("//", "//me:mAstodon-Token_9f8e7d6c5b4a39281706f5e4d3c2b1a0@");
    scene.secret_file("open", "pass\"w/rd & 4711-qwertz", 0o644);
    let token = "mAstodon-Token_9f8e7d6c5b4a39281706f5e4d3c2b1a0";
    let path = "T0ps3cretPathOfTheHook";
    for (what, server, credential) in [
        ("bluesky w1 --as wrong.test", other.url(), "file:password"),
        ("bluesky w2 --as shop.test", &url, "file:open"),
        ("bluesky w3 --as shop.test", &login, "file:password"),
        ("mastodon w4", &url, "file:open"),
        ("webhook w5", &hook, token),
        ("webhook w6", path, "file:key"),
        ("webhook hook", &hook, "file:key"),
    ] {
        let mut arguments = vec!["account", "add", "--json", "--set", "allow_private=true"];
        arguments.extend(what.split(' '));
        arguments.extend(["--server", server, "--credential", credential]);
        assert_ne!(scene.run(&arguments).code, 0, "{what}");
    }
    assert!(
        scene.said().contains("chmod 600"),
        "what is open to others is refused"
    );
}

fn everything_that_goes_wrong(scene: &Scene) {
    fail_to_sign_in(scene);
    for trick in TRICKS {
        for network in NETWORKS {
            let words = format!("{trick} @nobody.test");
            scene.run(&["post", &words, "--to", network, "--now"]);
            scene.run(&["account", "login", network]);
        }
    }
    look_everywhere(scene);
}

fn a_day_with_the_daemon(scene: &Scene) {
    let daemon = scene.bench.daemon();
    for trick in TRICKS {
        scene.run(&["post", &format!("{trick} by day"), "--to", "@all", "--at", "now"]);
    }
    // Some deliveries wait for long: it is enough that each network was asked for each trick.
    poll("the posts", || {
        let parrots = [
            (&scene.sky, "putRecord"),
            (&scene.masto, "statuses"),
            (&scene.hook, "/hooks/"),
        ];
        parrots
            .iter()
            .all(|(parrot, write)| parrot.asked(write) >= TRICKS.len())
    });
    scene.run(&["pause", "--reason", "enough"]);
    look_everywhere(scene);
    assert!(!daemon.log().contains("panicked"));
}

fn nothing_leaked(scene: &Scene) {
    let leaks = scene.leaks();
    let first: Vec<&String> = leaks.iter().take(20).collect();
    assert!(leaks.is_empty(), "{} leaks, such as {first:#?}", leaks.len());
}

#[test]
fn no_secret_is_left_anywhere_whatever_servers_repeat() {
    for log in ["pretty", "json"] {
        let scene = Scene::new(log);
        if log == "pretty" {
            everything_that_goes_wrong(&scene);
            nothing_leaked(&scene);
        }
        a_day_with_the_daemon(&scene);
        nothing_leaked(&scene);
        assert!(
            scene.said().contains("[secret]"),
            "the servers did repeat secrets"
        );
        let log = fs::read_to_string(scene.bench.folder().join("daemon.log")).unwrap();
        assert!(
            log.contains("visible write"),
            "the log was looked through:\n{log}"
        );
        let kept = files(&scene.secrets_folder(), &[]);
        assert!(kept.len() >= 2, "a session and an address are kept: {kept:?}");
    }
}

#[test]
fn a_planted_secret_is_found_wherever_it_is() {
    let scene = Scene::new("pretty");
    nothing_leaked(&scene);
    let secrets = scene.secrets();
    assert!(
        secrets.len() >= 7,
        "passwords, keys and tokens: {}",
        secrets.len()
    );
    let home = scene.bench.home();
    let segment = home.join("journal/00000001.seg");
    let whole = fs::read(&segment).unwrap();
    let search = scene.search();
    for secret in &secrets {
        for way in 0..WAYS {
            let text = written(secret, way);
            let line = format!("INFO said {text}\n");
            assert!(!search.within(line.as_bytes()).is_empty(), "{way}: {text}");
        }
        let mut changed = whole.clone();
        changed[70_000..70_000 + secret.len()].copy_from_slice(secret.as_bytes());
        fs::write(&segment, changed).unwrap();
        assert!(
            scene.leaks().iter().any(|leak| leak.contains("00000001.seg")),
            "{secret}"
        );
        fs::write(&segment, &whole).unwrap();
    }
    let planted = written(&secrets[0], 1);
    let places = [
        scene.bench.folder().join("daemon.log"),
        home.join("sled/copy"),
        home.join(&planted),
    ];
    for place in places {
        fs::write(&place, format!("INFO {planted}")).unwrap();
        assert!(!scene.leaks().is_empty(), "{}", place.display());
        fs::remove_file(&place).unwrap();
    }
    scene.run(&["check", &planted, "--to", "box"]);
    scene.ok(&["post", &planted, "--to", "box", "--at", "+2h"]);
    assert!(
        scene.leaks().iter().any(|leak| leak.contains("journal")),
        "what a person posts is stored"
    );
}

/// Every type that has a secret in it, as a developer would print it.
#[test]
fn debug_prints_no_secret() {
    let secret = "s3cret-of-some-length";
    let address = format!("https://example.com/{secret}?key={secret}");
    let mut request = HttpRequest::new(Method::Post, &address)
        .header("x-key", secret)
        .bearer(&Secret::new(secret));
    request.body = secret.into();
    let response = HttpResponse {
        status: 200,
        headers: [("set-cookie".to_owned(), secret.to_owned())].into(),
        body: secret.into(),
    };
    let arguments = [
        "soundpost",
        "account",
        "add",
        "webhook",
        "hook",
        "--server",
        &address,
    ];
    let typed = Cli::try_parse_from(arguments).unwrap();
    let again = Cli::try_parse_from(["soundpost", "account", "login", "hook", "--server", &address]).unwrap();
    let ask = Ask::AccountLogin {
        name: "hook".to_owned(),
        server: Some(Address::new(&*address)),
    };
    let account = account(&address);
    let shown = format!("{request:#?} {response:#?} {typed:#?} {again:#?} {ask:#?} {account:#?}");
    let shown = format!("{shown} {:?} {:?}", Secret::new(secret), Address::new(&*address));
    assert!(!shown.contains(secret), "{shown}");
    assert!(
        shown.contains("https://example.com/…") && shown.contains("set-cookie"),
        "{shown}"
    );
}

/// An account of an old store, with all of its address.
fn account(address: &str) -> Account {
    serde_json::from_value(json!({
        "id": "01m8aayc4k0dtfdy6skybmmp0n", "name": "old", "network": "webhook", "server": address, "identity": null,
        "credential": { "kind": "file", "at": "/key" }, "zone": "UTC", "language": null, "category": null,
        "settings": { "allow_private": "true" }, "status": { "kind": "active" }, "added_at": "2026-01-01T00:00:00Z",
    }))
    .unwrap()
}

#[tokio::test]
async fn an_old_store_works_is_named_by_doctor_and_moved_by_a_login() {
    let scene = Scene::new("pretty");
    let home = scene.bench.home();
    let mut old = account(&scene.hook_address());
    old.credential = CredentialRef::File(scene.bench.folder().join("key").display().to_string());
    write_account(&home, old).await;
    scene.ok(&["post", "hello", "--to", "old", "--now"]);
    let doctor = scene.bench.run(&["doctor"]);
    assert!(
        doctor.out.contains("the journal holds the address of 'old'"),
        "{doctor:?}"
    );
    let login = scene.bench.run(&["account", "login", "old"]).well();
    assert!(
        login.out.contains("Older entries of the journal still hold it"),
        "{login:?}"
    );
    let doctor = scene.bench.run(&["doctor"]).well();
    assert!(doctor.out.contains("secrets: closed to others"), "{doctor:?}");
    scene.ok(&["post", "hello again", "--to", "old", "--now"]);
    assert_eq!(
        scene
            .hook
            .asked("/hooks/T0ps3cretPathOfTheHook?key=qu3ryTokenOfTheHook"),
        2
    );
}

#[test]
fn a_lost_address_asks_for_it_and_is_given_anew() {
    let scene = Scene::new("pretty");
    for file in files(&scene.secrets_folder(), &[]) {
        if file.extension().is_some_and(|end| end == "address") {
            fs::remove_file(file).unwrap();
        }
    }
    let lost = scene.run(&["post", "hello", "--to", "hook", "--now"]);
    assert_ne!(lost.code, 0);
    let words: Vec<&str> = lost.out.split_whitespace().collect();
    let remedy = "soundpost account login hook --server URL";
    assert!(words.join(" ").contains(remedy), "{lost:?}");
    assert_ne!(
        scene
            .run(&["account", "login", "masto", "--server", &scene.hook_address()])
            .code,
        0
    );
    scene.ok(&["account", "login", "hook", "--server", &scene.hook_address()]);
    scene.ok(&["post", "hello again", "--to", "hook", "--now"]);
    scene.ok(&["account", "remove", "box"]);
    nothing_leaked(&scene);
}

async fn write_account(home: &std::path::Path, account: Account) {
    let (store, _) = soundpost_store::open::open(home, Arc::default()).unwrap();
    let request = Request {
        at: account.added_at,
        by: Actor::Person("anna".to_owned()),
        reason: String::new(),
        write: Write::SetAccount {
            account: Box::new(account),
            steps: Vec::new(),
        },
    };
    store.write(request).await.unwrap();
    store.close();
}

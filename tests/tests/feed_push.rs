//! Feeds whose source sends by itself: what is signed is taken, and nothing else. The sender signs with the reference
//! implementation of Standard Webhooks. It drives `target/debug/soundpost`: `cargo build` first.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use soundpost_tests::live::peer::{new_folder, peers};
use soundpost_tests::live::program::{Daemon, Home};
use soundpost_tests::live::scene::write_secret;
use tempfile::TempDir;

/// Base64 of nothing.
const SECRET: &str = "whsec_c291bmRwb3N0LXN0b3J5LXNlY3JldC0zMi1ieXRlcw==";
const OTHER_SECRET: &str = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcw==";

/// Where the daemon listens, as it logged.
fn address_in(log: &str) -> SocketAddr {
    let line = log.lines().find(|line| line.contains("pushed feeds are taken"));
    let line = line.unwrap_or_else(|| panic!("it does not listen: {log}"));
    let address = line.rsplit("address=").next().unwrap_or_default();
    address.trim().parse().expect("it logs an address")
}

/// A queue whose daemon takes messages, with the pushed feed `desk`.
struct Inbox {
    home: Home,
    address: SocketAddr,
    folder: TempDir,
    _daemon: Daemon,
}

impl Inbox {
    fn open(policy: &[&str]) -> Inbox {
        let folder = new_folder();
        let secret = folder.path().join("events-secret");
        write_secret(&secret, SECRET);
        let secret = secret.display();
        let config = format!("events_listen = \"127.0.0.1:0\"\nevents_secret = \"file:{secret}\"\n");
        let home = Home::init(folder.path().join("home"), &config);
        home.ok(&[&["feed", "add", "desk", "push:"], policy].concat());
        home.ok(&["account", "add", "outbox", "shop", "--country", "NO"]);
        let daemon = home.daemon();
        Inbox {
            address: address_in(&daemon.log()),
            _daemon: daemon,
            home,
            folder,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Signs and sends a message; the status and the words of the answer.
    fn send(&self, scripts: &Path, path: &str, secret: &str, message: &Value, minutes_ago: i64) -> String {
        let body = self.folder.path().join("body.json");
        fs::write(&body, message.to_string()).expect("the folder can be written");
        let mut command = Command::new(scripts.join("webhook-send.sh"));
        command
            .args([&self.url(path), secret])
            .arg(&body)
            .arg(minutes_ago.to_string());
        let ran = command.output().expect("the script is there");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).trim().to_owned()
    }

    /// Sends bytes as they are; the first line of the answer.
    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        let limited = stream.set_read_timeout(Some(Duration::from_secs(30)));
        limited.expect("a socket takes a timeout");
        // Who is turned away may find the connection closed while it writes.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// The titles of all events, with their state.
    fn events(&self) -> Vec<(String, String)> {
        let listed = self.home.ok(&["event", "list"]);
        let events = listed["events"].as_array().cloned().unwrap_or_default();
        let text = |event: &Value, key: &str| event[key].as_str().unwrap_or_default().to_owned();
        events
            .iter()
            .map(|event| (text(event, "title"), text(event, "state")))
            .collect()
    }
}

fn fire(severity: &str) -> Value {
    json!({ "soundpost_events": "1", "title": "news desk", "events": [
        { "id": "117", "title": "Fire in the harbour", "kind": "fire", "severity": severity, "countries": ["NO"] }
    ]})
}

#[test]
fn a_signed_message_proposes_and_what_is_not_signed_does_not() {
    let Some(scripts) = peers() else { return };
    let inbox = Inbox::open(&[]);
    for (path, secret, minutes_ago, status) in [
        ("/feeds/desk", OTHER_SECRET, 0, "401"),
        ("/feeds/desk", SECRET, 6, "401"),
        ("/feeds/desk", SECRET, -6, "401"),
        ("/feeds/nobody", SECRET, 0, "404"),
        ("/", SECRET, 0, "404"),
    ] {
        let said = inbox.send(&scripts, path, secret, &fire("high"), minutes_ago);
        assert!(said.starts_with(status), "{path} {minutes_ago}: {said}");
    }
    assert_eq!(inbox.events(), []);
    let said = inbox.send(&scripts, "/feeds/desk", SECRET, &fire("high"), 0);
    assert!(said.starts_with("200"), "{said}");
    assert_eq!(
        inbox.events(),
        [("Fire in the harbour".to_owned(), "proposed".to_owned())]
    );
    let again = inbox.send(&scripts, "/feeds/desk", SECRET, &fire("high"), 1);
    assert!(again.starts_with("200"), "{again}");
    assert_eq!(inbox.events().len(), 1, "the same event");
    let unread = inbox.send(&scripts, "/feeds/desk", SECRET, &json!({"hello": 1}), 0);
    assert!(unread.starts_with("422"), "{unread}");
}

#[test]
fn by_policy_a_signed_message_flags_and_holds() {
    let Some(scripts) = peers() else { return };
    let inbox = Inbox::open(&["--policy", "flag", "--flag-from", "high"]);
    let sale = [
        "post",
        "Half price, today only",
        "--to",
        "shop",
        "--at",
        "+2h",
        "--category",
        "promo",
    ];
    inbox.home.ok(&sale);
    let said = inbox.send(&scripts, "/feeds/desk", SECRET, &fire("high"), 0);
    assert!(said.starts_with("200"), "{said}");
    let held = inbox.home.ok(&["queue", "--state", "held"]);
    assert_eq!(held["deliveries"].as_array().map(Vec::len), Some(1), "{held}");
}

#[test]
fn strangers_are_turned_away_whatever_they_send() {
    let inbox = Inbox::open(&[]);
    let long = format!(
        "POST /feeds/desk HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        300_000
    );
    let long = [long.into_bytes(), vec![b' '; 300_000]].concat();
    for (bytes, status) in [
        (&b"GET /feeds/desk HTTP/1.1\r\nhost: x\r\n\r\n"[..], "405"),
        (
            b"POST /feeds/desk HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}",
            "401",
        ),
        (
            b"POST /feeds/nobody HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}",
            "401",
        ),
        (&long, "413"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", "400"),
    ] {
        let said = inbox.raw(bytes);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert!(said.contains(status), "{shown}: {said}");
    }
    assert_eq!(inbox.events(), []);
    assert_eq!(inbox.home.ok(&["status"])["status"]["daemon"], true);
}

#[test]
fn without_its_secret_the_daemon_does_not_begin_to_listen() {
    let folder = new_folder();
    let home = Home::init(folder.path().join("home"), "events_listen = \"127.0.0.1:0\"\n");
    let ran = home.run(&["run"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stderr.contains("events_secret"), "{ran:?}");
}

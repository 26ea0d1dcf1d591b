//! An imitation of a Mastodon server and a receiver of webhooks, neither of them ours: the scripts of `tests/peers`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};
use soundpost_tests::live::peer::{new_folder, peers};
use soundpost_tests::live::program::Home;
use soundpost_tests::live::scene::write_secret;
use tempfile::TempDir;

/// Runs a server until the pipe to this script breaks, however the test ends, and then removes its folder.
const GUARD: &str = r#"folder=$1; shift
"$@" </dev/null & server=$!
cat >/dev/null
kill -KILL "$server"; wait "$server" 2>/dev/null
rm -rf -- "$folder""#;

const TOKEN: &str = "mock_token";

/// A running script. When it is dropped it is killed.
struct Script {
    guard: Child,
    address: SocketAddr,
}

impl Script {
    /// Starts it with its data in `data`, which is gone when it ends.
    fn start(script: &Path, data: &Path, more: &[&Path]) -> Script {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        drop(listener);
        let mut guard = Command::new("bash")
            .args(["-c", GUARD, "bash"])
            .arg(data)
            .arg(script)
            .arg(data)
            .arg(address.port().to_string())
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("bash is there");
        let said = guard.stdout.take().expect("it is a pipe");
        let mut lines = BufReader::new(said).lines().map_while(Result::ok);
        assert!(
            lines.any(|line| line.starts_with("READY")),
            "{} did not start",
            script.display()
        );
        Script { guard, address }
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// An imitation of a Mastodon server with one account, `@testuser`.
pub(crate) struct Mock {
    script: Script,
}

impl Mock {
    /// The server of all tests that order no mistakes; none when tests against real servers are not wanted.
    pub(crate) fn shared() -> Option<&'static Mock> {
        static SHARED: OnceLock<Mock> = OnceLock::new();
        let scripts = peers()?;
        Some(SHARED.get_or_init(|| Mock::start(&scripts)))
    }

    /// A server of one's own, to order mistakes of.
    pub(crate) fn alone() -> Option<Mock> {
        Some(Mock::start(&peers()?))
    }

    fn start(scripts: &Path) -> Mock {
        let data = new_folder().keep();
        Mock {
            script: Script::start(&scripts.join("mastodon-mock.sh"), &data, &[]),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.script.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Makes the next visible write go wrong like this, before the post is made.
    pub(crate) fn fault(&self, effect: &Value) {
        let rule = json!({
            "match": { "methods": ["POST"], "path": "/api/v1/statuses" }, "effect": effect, "count": 1,
        });
        let made = self.ask("/api/v1/_mock/faults", &["--json", &rule.to_string()]);
        assert_eq!(made["remaining"], 1, "{made}");
    }

    /// Every post of the account, the oldest first.
    pub(crate) fn posts(&self) -> Vec<Value> {
        let account = self.ask("/api/v1/accounts/verify_credentials", &[]);
        let id = account["id"].as_str().expect("it has an id");
        let listed = self.ask(&format!("/api/v1/accounts/{id}/statuses?limit=40"), &[]);
        let mut posts = listed.as_array().expect("posts are a list").clone();
        posts.sort_by_key(|post| post["id"].as_str().map(str::to_owned));
        posts
    }

    /// The post with this source.
    pub(crate) fn with_text(&self, text: &str) -> Value {
        let posts = self.posts();
        let found = posts.iter().find(|post| self.source(post) == text);
        found
            .unwrap_or_else(|| panic!("no post says {text:?}: {posts:#?}"))
            .clone()
    }

    /// The sources of all posts, sorted.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = self.posts().iter().map(|post| self.source(post)).collect();
        texts.sort();
        texts
    }

    fn source(&self, post: &Value) -> String {
        let id = post["id"].as_str().expect("it has an id");
        let source = self.ask(&format!("/api/v1/statuses/{id}/source"), &[]);
        source["text"].as_str().expect("a source has a text").to_owned()
    }

    fn ask(&self, path: &str, more: &[&str]) -> Value {
        let ran = Command::new("curl")
            .args(["--silent", "--fail-with-body", "--oauth2-bearer", TOKEN])
            .args(more)
            .arg(format!("{}{path}", self.url()))
            .output()
            .expect("curl is there");
        assert!(
            ran.status.success(),
            "{path}: {}",
            String::from_utf8_lossy(&ran.stdout)
        );
        serde_json::from_slice(&ran.stdout).expect("the server speaks JSON")
    }
}

/// A queue whose account `shop` is at this server, and the folder that it is in.
pub(crate) fn queue_at(server: &str, config: &str, settings: &[&str]) -> (Home, TempDir) {
    let folder = new_folder();
    let file = folder.path().join("token");
    write_secret(&file, TOKEN);
    let home = Home::init(folder.path().join("home"), config);
    let credential = format!("file:{}", file.display());
    let mut arguments = vec!["account", "add", "mastodon", "shop", "--server", server];
    arguments.extend(["--credential", &credential, "--set", "allow_private=true"]);
    arguments.extend(settings.iter().flat_map(|setting| ["--set", setting]));
    let added = home.ok(&arguments);
    assert_eq!(added["account"]["verified"], "@testuser@127.0.0.1", "{added}");
    (home, folder)
}

/// A receiver of webhooks that verifies each signature with a library that is not ours.
pub(crate) struct Receiver {
    script: Script,
    data: PathBuf,
}

impl Receiver {
    /// A receiver that knows the secrets in this file; none when tests against real servers are not wanted.
    pub(crate) fn start(secrets: &Path) -> Option<Receiver> {
        let scripts = peers()?;
        let data = new_folder().keep();
        let script = Script::start(&scripts.join("webhook-verify.sh"), &data, &[secrets]);
        Some(Receiver { script, data })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.script.address)
    }

    /// What came so far: path, status, why it was not verified, headers, body.
    pub(crate) fn seen(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.data.join("seen.jsonl")).unwrap_or_default();
        let lines = text.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().expect("each line is JSON")
    }
}

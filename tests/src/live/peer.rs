//! A Bluesky server on this machine, and a client of it that is not ours: the scripts of `tests/peers`.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// Runs a server until the pipe to this script breaks, however the test ends, and then removes its folder.
const GUARD: &str = r#"folder=$1; shift
"$@" </dev/null & server=$!
cat >/dev/null
kill -KILL "$server"; wait "$server" 2>/dev/null
[ "$folder" = keep ] || rm -rf -- "$folder""#;

/// Where the scripts are; none, with a reason on standard error, when tests against real servers are not wanted.
pub fn peers() -> Option<PathBuf> {
    let found = env::var_os("SOUNDPOST_TEST_PEERS").map(PathBuf::from);
    if found.is_none() {
        eprintln!("not run: SOUNDPOST_TEST_PEERS is not set (tests/run sets it, tests/run --quick does not)");
    }
    found
}

/// Two ports that were free a moment ago.
fn free_ports() -> (u16, u16) {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    let listeners = (listen(), listen());
    let port = |listener: &TcpListener| listener.local_addr().expect("it is bound").port();
    (port(&listeners.0), port(&listeners.1))
}

/// A running server. When it is dropped it is killed.
#[derive(Debug)]
pub struct Pds {
    guard: Child,
    ports: (u16, u16),
    scripts: PathBuf,
}

impl Pds {
    /// The server that all tests of one process share.
    pub fn shared(scripts: &Path) -> &'static Pds {
        static SHARED: OnceLock<Pds> = OnceLock::new();
        SHARED.get_or_init(|| {
            // Nobody drops it: the guard ends the server and removes the folder when this process ends.
            let folder = new_folder().keep();
            Pds::launch(scripts, &folder, free_ports(), &folder)
        })
    }

    /// A server of one's own, to be stopped and started, with its data in `folder`.
    pub fn start(scripts: &Path, folder: &Path) -> Pds {
        Pds::launch(scripts, folder, free_ports(), Path::new("keep"))
    }

    /// The same server on the same ports with the same data, after [`Pds::stop`].
    pub fn start_again(stopped: Stopped, folder: &Path) -> Pds {
        Pds::launch(&stopped.scripts, folder, stopped.ports, Path::new("keep"))
    }

    /// Ends it; what it was asked to keep is in its folder.
    pub fn stop(mut self) -> Stopped {
        self.end();
        Stopped {
            ports: self.ports,
            scripts: self.scripts.clone(),
        }
    }

    fn launch(scripts: &Path, folder: &Path, ports: (u16, u16), removes: &Path) -> Pds {
        let mut guard = Command::new("bash")
            .args(["-c", GUARD, "bash"])
            .arg(removes)
            .arg(scripts.join("bluesky-pds.sh"))
            .arg(folder)
            .args([ports.0.to_string(), ports.1.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash is there");
        let said = guard.stdout.take().expect("it is a pipe");
        let mut lines = BufReader::new(said).lines().map_while(Result::ok);
        assert!(
            lines.any(|line| line.starts_with("READY")),
            "the server did not start"
        );
        Pds {
            guard,
            ports,
            scripts: scripts.to_path_buf(),
        }
    }

    fn end(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports.0).into()
    }

    /// The same as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Makes the account `<name>.test`.
    pub fn account(&self, name: &str) -> Member {
        let handle = format!("{name}.test");
        let password = format!("{name}-own-password");
        let email = format!("{name}@example.test");
        let made = self.client(&["create-account", &self.url(), &handle, &email, &password]);
        let text = |field: &str| made[field].as_str().expect("the client gives it").to_owned();
        Member {
            did: text("did"),
            handle,
            password,
            app_password: text("appPassword"),
        }
    }

    /// Every post of an account, as the other client reads it.
    pub fn posts(&self, member: &Member) -> Vec<Value> {
        let found = self.client(&["posts", &self.url(), &member.handle, &member.password]);
        found.as_array().expect("posts are a list").clone()
    }

    /// Deletes the post of this text, as its owner would in another program.
    pub fn delete(&self, member: &Member, text: &str) {
        let url = self.url();
        let said = self.client(&["delete-post", &url, &member.handle, &member.password, text]);
        assert_eq!(said["deleted"], 1, "{said}");
    }

    /// Size, hash and type of an upload, as anyone gets it.
    pub fn blob(&self, did: &str, cid: &str) -> Value {
        self.client(&["blob", &self.url(), did, cid])
    }

    fn client(&self, arguments: &[&str]) -> Value {
        let ran = Command::new(self.scripts.join("bluesky-client.sh"))
            .args(arguments)
            .output()
            .expect("the client's script is there");
        assert!(
            ran.status.success(),
            "{}: {}",
            arguments[0],
            String::from_utf8_lossy(&ran.stderr)
        );
        serde_json::from_slice(&ran.stdout).expect("the client prints JSON")
    }
}

impl Drop for Pds {
    fn drop(&mut self) {
        self.end();
    }
}

/// What is left of a server that was stopped.
#[derive(Debug)]
pub struct Stopped {
    ports: (u16, u16),
    scripts: PathBuf,
}

/// An account at the server.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its permanent name.
    pub did: String,
    /// Its handle.
    pub handle: String,
    /// Its own password, which Soundpost never gets.
    pub password: String,
    /// An app password, which Soundpost gets.
    pub app_password: String,
}

/// A new folder for a test.
pub fn new_folder() -> TempDir {
    tempfile::Builder::new()
        .prefix("soundpost-live-")
        .tempdir()
        .expect("the temporary folder can be written")
}

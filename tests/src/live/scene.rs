//! What most tests need: an account at the shared server, a proxy before it, and a queue that sends through it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use soundpost_fixtures::proxy::Proxy;
use tempfile::TempDir;

use super::peer::{Member, Pds, new_folder, peers};
use super::program::Home;

/// The visible write.
pub const PUT: &str = "com.atproto.repo.putRecord";

/// The configuration of a queue that does not wait long for an answer.
pub const IMPATIENT: &str = "publish_deadline_s = 5\n";

/// An account, a proxy and a queue.
pub struct Scene {
    /// The server.
    pub pds: &'static Pds,
    /// The account.
    pub member: Member,
    /// What stands before the server.
    pub proxy: Proxy,
    /// The queue; its account is called `shop`.
    pub home: Home,
    /// A folder for files; the password is in it.
    pub folder: TempDir,
}

impl Scene {
    /// A scene with the account `<name>.test`, signed in with an app password; none when tests against real servers
    /// are not wanted.
    pub fn new(name: &str, config: &str) -> Option<Scene> {
        let scene = Scene::without_account(name, config)?;
        scene.write_password(&scene.member.app_password);
        let added = scene.add_account(&[]);
        assert_eq!(added["account"]["verified"], scene.member.handle, "{added}");
        Some(scene)
    }

    /// The same before `account add`, without a password file.
    pub fn without_account(name: &str, config: &str) -> Option<Scene> {
        let pds = Pds::shared(&peers()?);
        let folder = new_folder();
        Some(Scene {
            pds,
            member: pds.account(name),
            proxy: Proxy::start(pds.address()).expect("loopback has a free port"),
            home: Home::init(folder.path().join("home"), config),
            folder,
        })
    }

    /// Where the password lies.
    pub fn password_file(&self) -> PathBuf {
        self.folder.path().join("app-password")
    }

    /// Writes the password as an owner would keep it.
    pub fn write_password(&self, password: &str) {
        write_secret(&self.password_file(), password);
    }

    /// `account add` of the account `shop`, with further arguments.
    #[track_caller]
    pub fn add_account(&self, more: &[&str]) -> Value {
        add_account(
            &self.home,
            &self.proxy.url(),
            &self.member,
            &self.password_file(),
            more,
        )
    }

    /// Queues a post that is due now, and gives its id. It does not wait for the outcome.
    #[track_caller]
    pub fn queue(&self, parts: &[&str]) -> String {
        queue(&self.home, parts, "now")
    }

    /// What is in the texts of all posts at the server, in order of their text.
    pub fn texts(&self) -> Vec<String> {
        texts(&self.pds.posts(&self.member))
    }
}

/// Writes a file that only its owner can read.
pub fn write_secret(file: &Path, secret: &str) {
    fs::write(file, format!("{secret}\n")).expect("the folder can be written");
    fs::set_permissions(file, Permissions::from_mode(0o600)).expect("it is ours");
}

/// `account add` of the account `shop`.
#[track_caller]
pub fn add_account(home: &Home, server: &str, member: &Member, password_file: &Path, more: &[&str]) -> Value {
    let credential = format!("file:{}", password_file.display());
    let mut arguments = vec!["account", "add", "bluesky", "shop", "--server", server];
    arguments.extend(["--as", &member.handle, "--credential", &credential]);
    arguments.extend(["--set", "allow_private=true"]);
    arguments.extend(more);
    home.ok(&arguments)
}

/// Queues a post of these parts, and gives its id.
#[track_caller]
pub fn queue(home: &Home, parts: &[&str], at: &str) -> String {
    let mut arguments = vec!["post", parts[0], "--to", "shop", "--at", at];
    for part in &parts[1..] {
        arguments.extend(["--part", part]);
    }
    id_of(&home.ok(&arguments))
}

/// The id in the answer to `post`.
#[track_caller]
pub fn id_of(posted: &Value) -> String {
    let id = posted["posted"]["post"].as_str();
    id.unwrap_or_else(|| panic!("not an answer to `post`: {posted}"))
        .to_owned()
}

/// The texts of posts, sorted.
pub fn texts(posts: &[Value]) -> Vec<String> {
    let text = |post: &Value| post["value"]["text"].as_str().unwrap_or_default().to_owned();
    let mut all: Vec<String> = posts.iter().map(text).collect();
    all.sort();
    all
}

//! A lying server, and a queue whose account is there.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use soundpost_fixtures::mastodon::{Imitation, Lie, Manners, TOKEN};
use tempfile::TempDir;

use crate::live::peer::new_folder;
use crate::live::picture::png;
use crate::live::program::Home;
use crate::live::scene::{id_of, write_secret};

/// How long an answer is waited for: some never come.
const CONFIG: &str = "publish_deadline_s = 5\nbacklog_gap_s = 0\n";

/// A lying server and a queue.
pub struct Lying {
    /// The queue; its account is called `shop`.
    pub home: Home,
    /// What it posts to. None only while it is started again.
    server: Option<Imitation>,
    folder: TempDir,
}

impl Lying {
    /// A server that tells these lies, and an account there. `list_lag` is for [`Lie::ListLags`].
    ///
    /// # Panics
    /// When they cannot be made.
    pub fn new(lies: &[Lie], list_lag: Duration) -> Lying {
        let folder = new_folder();
        let manners = Manners {
            lies: lies.iter().copied().collect(),
            list_lag,
            processing_looks: 1,
            ..Manners::default()
        };
        let server = Imitation::start(&folder.path().join("server"), manners).expect("it starts");
        let token = folder.path().join("token");
        write_secret(&token, TOKEN);
        fs::write(folder.path().join("grey.png"), png(8, 8)).expect("the folder can be written");
        let home = Home::init(folder.path().join("home"), CONFIG);
        let (url, credential) = (server.url(), format!("file:{}", token.display()));
        let mut arguments = vec!["account", "add", "mastodon", "shop", "--server", &url];
        arguments.extend(["--credential", &credential, "--set", "allow_private=true"]);
        home.ok(&arguments);
        Lying {
            home,
            server: Some(server),
            folder,
        }
    }

    /// The server.
    ///
    /// # Panics
    /// Never: it is there between calls.
    pub fn server(&self) -> &Imitation {
        self.server.as_ref().expect("it is there between calls")
    }

    /// Ends the server and starts it again.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn restart_server(&mut self) {
        let server = self.server.take().expect("it is there between calls");
        self.server = Some(server.restart().expect("it starts again"));
    }

    /// Queues a post that is due now, and gives its id.
    #[track_caller]
    pub fn post(&self, parts: &[&str], has_picture: bool) -> String {
        let picture = self.picture();
        let mut arguments = vec!["post", parts[0], "--to", "shop", "--at", "now"];
        for part in &parts[1..] {
            arguments.extend(["--part", part]);
        }
        if has_picture {
            let picture = picture.to_str().expect("a temporary path is plain");
            arguments.extend(["--image", picture, "--alt", "grey"]);
        }
        id_of(&self.home.ok(&arguments))
    }

    fn picture(&self) -> PathBuf {
        self.folder.path().join("grey.png")
    }

    /// How often the public sees these words.
    pub fn copies(&self, text: &str) -> usize {
        self.server().texts().iter().filter(|seen| *seen == text).count()
    }

    /// The address of the post with these words.
    pub fn url_of(&self, text: &str) -> Option<String> {
        let post = self
            .server()
            .public()
            .into_iter()
            .find(|post| post.text == text)?;
        Some(format!("{}/@alice/{}", self.server().url(), post.id))
    }
}

/// True when nothing more happens to a delivery by itself.
pub fn is_settled(delivery: &Value) -> bool {
    let waits_for_a_person = delivery["next"].as_array().is_some_and(|next| !next.is_empty());
    match delivery["state"].as_str().unwrap_or_default() {
        "unknown" => waits_for_a_person,
        state => matches!(state, "published" | "failed" | "missed" | "held"),
    }
}

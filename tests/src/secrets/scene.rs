//! A queue with an account on each network, each at a [`Parrot`] of its own, at its most talkative; everything that it prints
//! is kept.

use std::cell::RefCell;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::needles::needles;
use super::parrot::Parrot;
use super::search::Search;
use crate::cli::bench::{Bench, Ran};

const PASSWORD: &str = "pass\"w/rd & 4711-qwertz";
const MASTODON_TOKEN: &str = "mAstodon-Token_9f8e7d6c5b4a39281706f5e4d3c2b1a0";
const SIGNING_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SECRET_PATH: &str = "T0ps3cretPathOfTheHook";
const SECRET_QUERY: &str = "qu3ryTokenOfTheHook";

/// The queue, and what it printed.
#[derive(Debug)]
pub struct Scene {
    /// The program and its home.
    pub bench: Bench,
    /// The server of `sky`.
    pub sky: Parrot,
    /// The server of `masto`.
    pub masto: Parrot,
    /// The receiver of `hook`.
    pub hook: Parrot,
    said: RefCell<Vec<(String, String)>>,
}

impl Scene {
    /// A queue with the accounts `sky`, `masto`, `hook` and `box`, all in the group `all`.
    ///
    /// # Panics
    /// When one cannot be added.
    #[must_use]
    pub fn new(log: &str) -> Scene {
        let scene = Scene {
            bench: Bench::empty(),
            sky: Parrot::start(&[PASSWORD]),
            masto: Parrot::start(&[MASTODON_TOKEN]),
            hook: Parrot::start(&[SECRET_PATH, SECRET_QUERY, SIGNING_KEY]),
            said: RefCell::default(),
        };
        scene.ok(&["init"]);
        let config = format!("log = \"{log}\"\nlog_level = \"trace\"\npublish_deadline_s = 5\n");
        fs::write(scene.bench.home().join("config.toml"), config).expect("the home can be written");
        for (name, secret) in [
            ("password", PASSWORD),
            ("token", MASTODON_TOKEN),
            ("key", SIGNING_KEY),
        ] {
            scene.secret_file(name, secret, 0o600);
        }
        let (sky, masto, hook) = (scene.sky.url(), scene.masto.url(), scene.hook_address());
        scene.add(
            "bluesky",
            "sky",
            &[
                "--server",
                sky,
                "--as",
                "shop.test",
                "--credential",
                "file:password",
            ],
        );
        scene.add(
            "mastodon",
            "masto",
            &["--server", masto, "--credential", "file:token"],
        );
        scene.add(
            "webhook",
            "hook",
            &["--server", &hook, "--credential", "file:key"],
        );
        scene.ok(&["account", "add", "outbox", "box", "--group", "all", "--tz", "UTC"]);
        scene
    }

    /// The address of the webhook, with its secrets.
    #[must_use]
    pub fn hook_address(&self) -> String {
        format!("{}/hooks/{SECRET_PATH}?key={SECRET_QUERY}", self.hook.url())
    }

    /// `account add`, for an account on this machine.
    pub fn add(&self, network: &str, name: &str, more: &[&str]) {
        let mut arguments = vec!["account", "add", network, name, "--group", "all", "--tz", "UTC"];
        arguments.extend(["--set", "allow_private=true"]);
        arguments.extend(more);
        self.ok(&arguments);
    }

    /// Writes a file with a secret, outside of the home.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn secret_file(&self, name: &str, secret: &str, mode: u32) {
        let path = self.bench.folder().join(name);
        fs::write(&path, format!("{secret}\n")).expect("the folder can be written");
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("it is ours");
    }

    /// Runs a command, for people and for programs, and keeps what it says.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let ran = self.bench.run(arguments);
        assert!(
            ran.code >= 0 && !ran.err.contains("panicked"),
            "{arguments:?}: {ran:?}"
        );
        let whose = format!("{arguments:?}");
        self.said
            .borrow_mut()
            .push((whose, format!("{}\n{}", ran.out, ran.err)));
        ran
    }

    /// The same in both forms, for commands that only look.
    pub fn look(&self, arguments: &[&str]) {
        self.run(arguments);
        let with_json = [arguments, &["--json"]].concat();
        self.run(&with_json);
    }

    /// The same for a command that must end well.
    ///
    /// # Panics
    /// When it does not.
    pub fn ok(&self, arguments: &[&str]) {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
    }

    /// All secrets that any server has met.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let parrots = [&self.sky, &self.masto, &self.hook];
        parrots.into_iter().flat_map(Parrot::secrets).collect()
    }

    /// The search for every secret that anybody has met so far.
    #[must_use]
    pub fn search(&self) -> Search {
        let secrets = self.secrets();
        Search::for_all(secrets.iter().flat_map(|secret| needles(secret)))
    }

    /// The folder in which secrets may be.
    #[must_use]
    pub fn secrets_folder(&self) -> PathBuf {
        self.bench.home().join("secrets")
    }

    /// Every place where a secret is and must not be: files of the home, the daemon's log, what was printed.
    #[must_use]
    pub fn leaks(&self) -> Vec<String> {
        let search = self.search();
        let mut found = search.below(&self.bench.home(), &[self.secrets_folder()]);
        let log = fs::read(self.bench.folder().join("daemon.log")).unwrap_or_default();
        found.extend(search.said("the log", &log));
        for (whose, said) in self.said.borrow().iter() {
            found.extend(search.said(whose, said.as_bytes()));
        }
        found
    }

    /// All that was printed so far, as one text.
    #[must_use]
    pub fn said(&self) -> String {
        let said = self.said.borrow();
        said.iter()
            .map(|(_, said)| said.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

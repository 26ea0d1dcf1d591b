//! Other users of this machine, who run the real program: only numbers, no accounts. Whoever runs the tests must be
//! root to become them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use soundpost_cli::daemon::doors::closed_above;

use super::bench::{Bench, Ran, program, ran};

/// The group that may pause.
pub const PRESS: u32 = 54_300;
/// The group that may also resume.
pub const LEADS: u32 = 54_301;

/// Another user.
#[derive(Debug, Clone, Copy)]
pub struct User {
    /// The number.
    pub uid: u32,
    groups: &'static [u32],
}

/// Of the group that may pause.
pub const PRESSMAN: User = User {
    uid: 54_310,
    groups: &[PRESS],
};
/// Of both groups.
pub const LEAD: User = User {
    uid: 54_311,
    groups: &[PRESS, LEADS],
};
/// Of no group.
pub const STRANGER: User = User {
    uid: 54_312,
    groups: &[],
};

/// A queue of root's, and other users beside it.
#[derive(Debug)]
pub struct Town {
    /// The queue, as its owner uses it.
    pub bench: Bench,
    program: PathBuf,
}

impl Town {
    /// A queue without a group; none, with a printed reason, where nobody can become another user.
    #[must_use]
    pub fn new() -> Option<Town> {
        if let Some(why) = why_not() {
            println!("skipped: {why}");
            return None;
        }
        let bench = Bench::with_accounts();
        fs::set_permissions(bench.folder(), fs::Permissions::from_mode(0o711)).expect("it is ours");
        let program = reachable(&bench);
        Some(Town { bench, program })
    }

    /// The same, opened to [`PRESS`] by its configuration.
    #[must_use]
    pub fn with_press() -> Option<Town> {
        let town = Town::new()?;
        town.configure(&format!("switch_group = \"{PRESS}\"\n"));
        drop(town.bench.daemon());
        Some(town)
    }

    /// Writes the configuration.
    ///
    /// # Panics
    /// When the home cannot be written.
    pub fn configure(&self, text: &str) {
        fs::write(self.bench.home().join("config.toml"), text).expect("the home can be written");
    }

    /// Runs the program as another user.
    #[must_use]
    pub fn run_as(&self, user: User, arguments: &[&str]) -> Ran {
        let mut command = self.bench.command(Path::new("setpriv"));
        let groups: Vec<String> = user.groups.iter().map(u32::to_string).collect();
        let groups = match groups.is_empty() {
            true => "--clear-groups".to_owned(),
            false => format!("--groups={}", groups.join(",")),
        };
        command
            .arg(format!("--reuid={}", user.uid))
            .arg(format!("--regid={}", user.uid))
            .args([&groups, "--"])
            .arg(&self.program)
            .args(arguments);
        ran(&mut command)
    }

    /// The state of the one delivery.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn state(&self) -> String {
        let queue = self.bench.queue();
        queue[0]["state"].as_str().expect("a text").to_owned()
    }
}

/// Why nobody can become another user here.
fn why_not() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root can become another user");
    }
    let found = Command::new("setpriv").arg("--version").output();
    found.err().map(|_| "there is no setpriv (util-linux)")
}

/// The program where everybody can run it.
fn reachable(bench: &Bench) -> PathBuf {
    let program = program();
    if closed_above(&program).is_none() {
        return program;
    }
    let copy = bench.folder().join("soundpost");
    fs::copy(&program, &copy).expect("the temporary folder can be written");
    copy
}

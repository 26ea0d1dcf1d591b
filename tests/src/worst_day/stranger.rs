//! Another user: one who owns nothing, and what root is allowed to do.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, lchown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::cli::bench::{Bench, Ran, program, ran};

/// The number of the user, and of its group.
pub const STRANGER: u32 = 65534;

/// True when this test may become another user. Else it says that it is skipped.
#[must_use]
pub fn is_possible() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        println!("skipped: becoming another user needs root");
    }
    root
}

/// Runs `soundpost` as the stranger, to its end.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn run(bench: &Bench, arguments: &[&str]) -> Ran {
    ran(command(bench).args(arguments))
}

/// The command as the stranger runs it; it can reach the bench's folder, and no more than that.
///
/// # Panics
/// When the program cannot be copied to where all may run it.
#[must_use]
pub fn command(bench: &Bench) -> Command {
    fs::set_permissions(bench.folder(), Permissions::from_mode(0o711)).expect("the folder is ours");
    let mut command = bench.command(for_all());
    // Without the groups of whoever runs the test: the standard library drops them for root.
    command.uid(STRANGER).gid(STRANGER).current_dir("/");
    command
}

/// Gives a folder with all that is in it to the stranger.
///
/// # Panics
/// When that is not allowed.
pub fn give(path: &Path) {
    lchown(path, Some(STRANGER), Some(STRANGER)).expect("root may");
    if path.is_dir() && !path.is_symlink() {
        for item in fs::read_dir(path).expect("a folder is read") {
            give(&item.expect("an item is read").path());
        }
    }
}

/// A copy of the program in a folder that everybody may enter.
fn for_all() -> &'static Path {
    static COPY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, copy) = COPY.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let copy = folder.path().join("soundpost");
        // By a process of its own: this one has threads that start others, which would inherit the open file.
        let copied = Command::new("cp").arg(program()).arg(&copy).status();
        assert!(
            copied.is_ok_and(|status| status.success()),
            "the program is copied"
        );
        for path in [folder.path(), &copy] {
            fs::set_permissions(path, Permissions::from_mode(0o755)).expect("it is ours");
        }
        (folder, copy)
    });
    copy
}

//! Which package depends on which, and what the workspace manifest asks for.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::process::Command;

use super::files::root;

/// How far down the tree to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Only what the package itself names.
    Direct,
    /// That, and what those need in turn.
    All,
}

/// The names of the packages that `package` is built from, without itself. Tests and build scripts
/// do not count.
///
/// # Panics
///
/// When cargo fails: the lock file is out of date, or a package is not on this machine yet.
#[must_use]
pub fn dependencies(package: &str, reach: Reach) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let depth = if reach == Reach::Direct { "1" } else { "1000" };
    let tree = Command::new(cargo)
        .args([
            "tree",
            "--offline",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}", "--depth", depth, "--package", package])
        .current_dir(root())
        .output()
        .expect("cargo runs this test, so it can be run");
    assert!(
        tree.status.success(),
        "cargo tree: {}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let listed = String::from_utf8_lossy(&tree.stdout);
    let names = listed.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != package).map(str::to_owned).collect()
}

/// The packages of this workspace, from the lines `name = { path = ".." }` of its manifest.
#[must_use]
pub fn our_packages(manifest: &str) -> BTreeSet<String> {
    workspace_dependencies(manifest)
        .filter(|(_, value)| value.contains("path ="))
        .map(named)
        .collect()
}

/// The packages that the workspace takes from outside.
#[must_use]
pub fn external_packages(manifest: &str) -> BTreeSet<String> {
    workspace_dependencies(manifest)
        .filter(|(_, value)| !value.contains("path ="))
        .map(named)
        .collect()
}

fn named((name, _): (&str, &str)) -> String {
    name.to_owned()
}

/// Name and value of each line in the table of workspace dependencies.
fn workspace_dependencies(manifest: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let lines = lines.filter(|line| !line.starts_with([' ', '#', ']']));
    lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value))
}

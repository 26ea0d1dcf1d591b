//! The files of the workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders that hold our Rust code.
pub const CODE_FOLDERS: [&str; 5] = ["scheduler", "adapters", "cli", "fixtures", "tests"];

/// A Rust source file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Where it is, from the workspace root, with `/` between folders.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl SourceFile {
    /// Whether the whole file is test code, by where it is.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path
            .split('/')
            .any(|part| part == "tests" || part == "tests.rs")
    }

    /// Whether the file is part of the house rules, which have to spell out what they forbid.
    #[must_use]
    pub fn is_house_rule(&self) -> bool {
        self.path == "tests/tests/house.rs" || self.path.starts_with("tests/src/house/")
    }
}

/// The workspace root.
///
/// # Panics
///
/// When this package has been moved out of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package
        .parent()
        .expect("this package is a folder of the workspace")
        .to_path_buf()
}

/// Every Rust file in [`CODE_FOLDERS`], in the order of their paths. Build output is left out.
///
/// # Panics
///
/// When a folder or a file cannot be read.
#[must_use]
pub fn rust_files() -> Vec<SourceFile> {
    let root = root();
    let mut found = Vec::new();
    for folder in CODE_FOLDERS {
        collect(&root, &root.join(folder), &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<SourceFile>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder can be listed to its end").path();
        if path.is_dir() {
            if path
                .file_name()
                .is_some_and(|name| name != "target" && name != "node_modules")
            {
                collect(root, &path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text =
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let path = path.strip_prefix(root).expect("the walk began at the root");
            found.push(SourceFile {
                path: path.to_string_lossy().into_owned(),
                text,
            });
        }
    }
}

/// The paths of all files that are in git, or would be after `git add --all`; empty where the
/// workspace is not a git checkout.
///
/// # Panics
///
/// When git is there and fails.
#[must_use]
pub fn files_for_git() -> Vec<String> {
    let root = root();
    if !root.join(".git").exists() {
        return Vec::new();
    }
    let listed = Command::new("git")
        // A checkout that another user made is still ours to read.
        .args([
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(&root)
        .output()
        .expect("git is installed where there is a checkout");
    assert!(
        listed.status.success(),
        "git ls-files: {}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let names = String::from_utf8_lossy(&listed.stdout);
    names.split_terminator('\0').map(str::to_owned).collect()
}

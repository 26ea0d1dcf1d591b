//! The data folder: whose it is, who may enter, what lies in it that nobody needs, and how much room is left.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use soundpost_store::examine;

use super::Patient;
use super::finding::{Finding, or_ok, size};

const WHAT: &str = "data folder";
/// What Soundpost makes for its owner alone.
const PRIVATE: [&str; 7] = [
    "store.json",
    "journal",
    "bodies",
    "sled",
    "media",
    "secrets",
    "owner.lock",
];
/// Below this the disk counts as nearly full: a new segment of the journal, a batch of pictures and sled want room.
const LOW_BYTES: u64 = 256 * 1024 * 1024;
/// How many files of one folder are named.
const NAMED_MAX: usize = 5;

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let home = patient.home;
    let mut findings = Vec::new();
    match fs::metadata(home) {
        Err(error) => {
            let finding = Finding::damage("home_unreadable", WHAT, format!("cannot be looked at: {error}"));
            return vec![
                finding
                    .at(home)
                    .next("name the right folder with --home, or mend its rights"),
            ];
        }
        Ok(found) => findings.extend(mode(home, &found)),
    }
    for name in PRIVATE {
        findings.extend(private(&home.join(name)));
    }
    findings.extend(network(home));
    findings.extend(room(home));
    findings.extend(leftovers(home));
    or_ok(
        findings,
        Finding::ok(WHAT, format!("{}, for its owner alone", home.display())),
    )
}

fn us() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn mode(home: &Path, found: &Metadata) -> Vec<Finding> {
    let mode = found.permissions().mode() & 0o777;
    let mut findings: Vec<Finding> = owner(home, found).into_iter().collect();
    if mode & 0o066 != 0 || mode & 0o700 != 0o700 {
        let finding = Finding::warning(
            "home_mode",
            WHAT,
            format!("has mode {mode:04o}, and should have 0711"),
        );
        findings.push(
            finding
                .at(home)
                .means("others may see what is queued, or change it")
                .next(format!("chmod 0711 {}", home.display())),
        );
    }
    findings
}

fn owner(path: &Path, found: &Metadata) -> Option<Finding> {
    let (theirs, us) = (found.uid(), us());
    if theirs == us || us == 0 && theirs != 0 {
        return None;
    }
    let finding = Finding::damage(
        "foreign_owner",
        WHAT,
        format!("belongs to user {theirs}, and this is user {us}"),
    );
    Some(
        finding
            .at(path)
            .means("this user cannot keep the promises of this queue")
            .next(format!(
                "run it as user {theirs}, or:  chown -R {us} {}",
                path.display()
            )),
    )
}

/// One file or folder with what lies in it, that nobody else is to read.
fn private(path: &Path) -> Vec<Finding> {
    let Ok(found) = fs::symlink_metadata(path) else {
        return Vec::new();
    };
    let mut all = vec![(path.to_owned(), found)];
    let items = fs::read_dir(path).into_iter().flatten().flatten();
    all.extend(items.filter_map(|item| Some((item.path(), item.metadata().ok()?))));
    let open: Vec<&PathBuf> = all
        .iter()
        .filter(|(_, found)| is_open(found))
        .map(|(path, _)| path)
        .collect();
    let mut findings: Vec<Finding> = all
        .iter()
        .filter_map(|(path, found)| owner(path, found))
        .take(NAMED_MAX)
        .collect();
    if let Some(first) = open.first() {
        let others = if open.len() > 1 {
            format!(" (and {} more)", open.len() - 1)
        } else {
            String::new()
        };
        let finding = Finding::warning("mode", WHAT, format!("may be read by others{others}")).at(first);
        findings.push(
            finding
                .means("what is queued, or a login, is not private; a login that others may read is not used")
                .next(format!("chmod -R go= {}", path.display())),
        );
    }
    findings
}

fn is_open(found: &Metadata) -> bool {
    !found.file_type().is_symlink() && found.permissions().mode() & 0o077 != 0
}

fn network(home: &Path) -> Option<Finding> {
    let kind = examine::network(home).ok().flatten()?;
    let finding = Finding::damage(
        "network_disk",
        WHAT,
        format!("is on {kind}, a network file system"),
    );
    Some(
        finding
            .at(home)
            .means("its locks and syncs promise too little: the program refuses to start here")
            .next("stop it everywhere, move the folder to a local disk, then:  soundpost doctor --adopt"),
    )
}

fn room(home: &Path) -> Option<Finding> {
    let found = rustix::fs::statvfs(home).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    if free >= LOW_BYTES {
        return None;
    }
    let finding = Finding::warning(
        "disk_low",
        WHAT,
        format!("only {} are free on its disk", size(free)),
    );
    Some(
        finding
            .at(home)
            .means("when it is full, nothing is queued and nothing is sent; a pause still works, and nothing is lost")
            .next("make room"),
    )
}

/// What mending and interrupted work left. Nothing of it is read any more.
fn leftovers(home: &Path) -> Vec<Finding> {
    let items = fs::read_dir(home).into_iter().flatten().flatten();
    let mut left: Vec<PathBuf> = items
        .map(|item| item.path())
        .filter(|path| is_leftover(path))
        .collect();
    left.sort();
    let note = |path: &PathBuf| {
        let found = format!("{} in all, which nothing reads any more", size(weight(path)));
        Finding::note("leftover", WHAT, found)
            .at(path)
            .next("when nobody wants to look into it any more, remove it")
    };
    left.iter().map(note).collect()
}

fn is_leftover(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = name
        .strip_prefix("journal.")
        .or_else(|| name.strip_prefix("sled."));
    aside.is_some() || name == "store.json.part" || name.starts_with(".draft-")
}

fn weight(path: &Path) -> u64 {
    let Ok(found) = fs::symlink_metadata(path) else {
        return 0;
    };
    let inside = fs::read_dir(path).into_iter().flatten().flatten();
    let inside: u64 = inside.map(|item| weight(&item.path())).sum();
    if found.is_file() { found.len() } else { inside }
}

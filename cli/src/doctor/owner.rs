//! Who owns the queue, and whether it answers: the lock, the process that it names, the control socket.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::Duration;

use soundpost_store::owner::{Owner, process_started, read_owner};
use tokio::time::timeout;

use super::Patient;
use super::finding::{Finding, or_ok};
use crate::control::client::{NoAnswer, ask_daemon};
use crate::control::protocol::{Answer, Ask, Reply, Status};
use crate::wire_up::socket_path;

const OWNER: &str = "owner";
const SOCKET: &str = "control socket";
const DAEMON: &str = "daemon";
const ANSWER_MAX: Duration = Duration::from_secs(10);

pub(super) async fn look(patient: &Patient<'_>, who: &str) -> Vec<Finding> {
    let path = patient.path("owner.lock");
    if let Err(error) = read_owner(patient.home) {
        let finding = Finding::damage(
            "lock_unreadable",
            OWNER,
            format!("its lock cannot be looked at: {error}"),
        );
        return vec![
            finding
                .at(&path)
                .means("nobody can tell whether something sends")
                .next("mend the rights of that file; it may be empty"),
        ];
    }
    let socket = socket_path(patient.home);
    match &patient.owner {
        None => nobody(patient, &path, &socket),
        Some(owner) => somebody(patient, owner, &path, who).await,
    }
}

fn nobody(patient: &Patient<'_>, path: &Path, socket: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Ok(was) = serde_json::from_slice::<Owner>(&patient.lock_words) {
        let found = format!(
            "process {} ended without a word, and left its name in the lock's file",
            was.pid
        );
        findings.push(
            Finding::note("lock_stale", OWNER, found)
                .at(path)
                .means("the lock ended with it: the words mean nothing"),
        );
    }
    findings.push(Finding::ok(OWNER, "nobody: no daemon runs"));
    match fs::symlink_metadata(socket) {
        Ok(found) if found.is_dir() => findings.push(
            Finding::damage("socket_blocked", SOCKET, "a folder is in its place")
                .at(socket)
                .means("the daemon does not start")
                .next("move it away"),
        ),
        Ok(_) => findings.push(
            Finding::note("socket_stale", SOCKET, "was left by a process that is gone")
                .at(socket)
                .means("the next start replaces it"),
        ),
        Err(_) => {}
    }
    if socket.parent() != Some(patient.home) {
        findings.push(elsewhere(socket));
    }
    findings
}

fn elsewhere(socket: &Path) -> Finding {
    let found = format!(
        "stands at {}, because its path in the data folder is too long",
        socket.display()
    );
    Finding::note("socket_elsewhere", SOCKET, found).at(socket)
}

async fn somebody(patient: &Patient<'_>, owner: &Owner, path: &Path, who: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pid = owner.pid;
    if pid != 0 && process_started(pid) != owner.started {
        let found =
            format!("the lock is held, and process {pid}, which it names, is not the one that took it");
        findings.push(
            Finding::warning("lock_foreign", OWNER, found)
                .at(path)
                .means("the holder is a child of that process, or runs where its number cannot be seen: stop cannot end it")
                .next("find who holds it:  fuser -v owner.lock"),
        );
    }
    if owner.socket.as_os_str().is_empty() {
        let found = format!("process {pid}, a command, since {}", owner.since);
        return or_ok(findings, Finding::ok(OWNER, found));
    }
    let good = Finding::ok(OWNER, format!("process {pid}, a daemon, since {}", owner.since));
    let mut findings = or_ok(findings, good);
    findings.extend(socket(&owner.socket));
    if owner.socket.parent() != Some(patient.home) {
        findings.push(elsewhere(&owner.socket));
    }
    findings.extend(daemon(&owner.socket, who).await);
    findings
}

fn socket(path: &Path) -> Option<Finding> {
    let unreachable =
        "commands cannot reach the daemon; a pause still counts, because the daemon reads the switch itself";
    let restart = "restart the daemon";
    let finding = match fs::symlink_metadata(path) {
        Err(error) => Finding::damage("socket_missing", SOCKET, format!("cannot be looked at: {error}"))
            .means(unreachable)
            .next(restart),
        Ok(found) if !found.file_type().is_socket() => {
            Finding::damage("socket_blocked", SOCKET, "something else is in its place")
                .means(unreachable)
                .next(restart)
        }
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            Finding::warning("socket_mode", SOCKET, "may be opened by others")
                .means("the daemon answers its own user only, all the same")
                .next(format!("chmod 600 {}", path.display()))
        }
        Ok(_) => return None,
    };
    Some(finding.at(path))
}

async fn daemon(socket: &Path, who: &str) -> Vec<Finding> {
    let asked = timeout(ANSWER_MAX, ask_daemon(socket, who, &Ask::Status)).await;
    match asked {
        Ok(Ok(Reply::Answer(answer))) => match *answer {
            Answer::Status(status) => answers(&status),
            _ => Vec::new(),
        },
        Ok(Ok(Reply::Error(error))) => vec![
            Finding::damage(
                "daemon_troubled",
                DAEMON,
                format!("answers with an error: {error}"),
            )
            .next("look at its log, then restart it"),
        ],
        Err(_) | Ok(Err(NoAnswer::Hung | NoAnswer::Lost)) => vec![
            Finding::damage("daemon_silent", DAEMON, "owns the queue and does not answer")
                .means("nothing is lost; what is under way may still become public")
                .next("soundpost stop   (pauses, and kills it if it stays silent)"),
        ],
        Ok(Err(_)) => {
            vec![Finding::note("daemon_starting", DAEMON, "does not listen (yet)").next("ask again")]
        }
    }
}

fn answers(status: &Status) -> Vec<Finding> {
    let good = Finding::ok(DAEMON, "answers");
    let Some(why) = &status.store_trouble else {
        return vec![good];
    };
    let finding = Finding::damage("not_writing", DAEMON, why.clone())
        .means("nothing acknowledged is lost; nothing is sent and nothing is queued")
        .next("a full disk: make room, and it goes on by itself")
        .next("any other failure: look at the disk, then restart the daemon");
    vec![finding]
}

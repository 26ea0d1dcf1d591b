//! The kill switch's file: whether it can be read, both copies, who may pause, and whether it agrees with the journal.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use soundpost_core::halt::SwitchState;
use soundpost_core::port::store::Store as _;
use soundpost_core::port::switch::Switch as _;

use super::Patient;
use super::finding::{Finding, count_of, or_ok};
use crate::daemon::doors::closed_above;
use crate::os::switch_file::{FILE_BYTES, SwitchFile};
use crate::os::users::group_id;
use crate::output::visible;

const WHAT: &str = "kill switch";
const GROUP: &str = "group that may pause";
const RESTORE: &str = "stop the daemon, then:  soundpost doctor --restore-switch";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let file = SwitchFile::open(patient.home, patient.store_id());
    let state = file.read();
    let mut findings = rights(patient, file.path());
    let good = match &state {
        SwitchState::Unreadable(why) => {
            findings.push(unreadable(why, &file));
            return findings;
        }
        SwitchState::Running => "off: posts may go".to_owned(),
        SwitchState::Halted(orders) => format!("on: {}", count_of(orders.len(), "order", "orders")),
    };
    if file.has_torn_copy() {
        findings.push(
            Finding::warning(
                "switch_torn",
                WHAT,
                format!("one of its two copies is damaged; the other says: {good}"),
            )
            .at(file.path())
            .means("what is in force stays in force; damage to the other copy too would count as on")
            .next(RESTORE),
        );
    }
    findings.extend(length(file.path()));
    findings.extend(unfinished(patient, &state, file.path()));
    or_ok(findings, Finding::ok(WHAT, good))
}

fn unreadable(why: &str, file: &SwitchFile) -> Finding {
    let code = match fs::symlink_metadata(file.path()) {
        Err(_) => "switch_missing",
        Ok(found) if found.is_file() && found.len() < FILE_BYTES => "switch_cut_off",
        Ok(_) if why.contains("belongs to") => "switch_foreign",
        Ok(_) => "switch_damaged",
    };
    let path = file.path().display().to_string();
    let why = why.strip_prefix(&path).unwrap_or(why).trim_start();
    Finding::damage(code, WHAT, why.to_owned())
        .at(file.path())
        .means("it counts as on: nothing is sent, whatever was ordered before")
        .next(RESTORE)
        .next("soundpost resume")
}

fn length(path: &Path) -> Option<Finding> {
    let len = fs::metadata(path).ok()?.len();
    (len > FILE_BYTES).then(|| {
        let found = format!("has {len} bytes, {} more than it should", len - FILE_BYTES);
        Finding::note("switch_long", WHAT, found)
            .at(path)
            .means("what is behind its two copies is never read")
    })
}

/// A resume writes the journal first. When it was broken off there, the file still has its orders.
fn unfinished(patient: &Patient<'_>, state: &SwitchState, path: &Path) -> Option<Finding> {
    let SwitchState::Halted(orders) = state else {
        return None;
    };
    let world = patient.journal.store.world();
    let closed = orders
        .iter()
        .filter(|order| world.lifted.contains(&order.id))
        .count();
    (closed > 0).then(|| {
        let found = format!("a resume was broken off: {closed} of its orders are lifted in the journal");
        Finding::warning("resume_unfinished", WHAT, found)
            .at(path)
            .means("it stays paused; nothing is lost")
            .next("finish it:  soundpost resume")
    })
}

fn rights(patient: &Patient<'_>, path: &Path) -> Vec<Finding> {
    let Some(folder) = path.parent() else {
        return Vec::new();
    };
    let mut findings = for_group(patient, path);
    for (path, own, shared) in [(folder, 0o700, 0o2770), (path, 0o600, 0o660)] {
        if let Ok(found) = fs::symlink_metadata(path) {
            let mode = found.permissions().mode() & 0o7777;
            // `init --group` may share it without a word in the configuration.
            let wanted = if mode == shared { shared } else { own };
            let is_shared_soon = patient.config.switch_group.is_some() && mode == own;
            findings.extend(right(path, mode, wanted).filter(|_| !is_shared_soon));
        }
    }
    findings
}

/// Whether the group that the configuration names can pause; nothing when it names none.
fn for_group(patient: &Patient<'_>, path: &Path) -> Vec<Finding> {
    let Some(name) = &patient.config.switch_group else {
        return Vec::new();
    };
    let Ok(number) = group_id(name) else {
        // Said where the configuration is looked at.
        return Vec::new();
    };
    let name = visible(name);
    if SwitchFile::open(patient.home, None).group() != Some(number) {
        let found = format!("config.toml names '{name}', and the switch is not open to it");
        let finding = Finding::damage("switch_group", GROUP, found).at(path);
        return vec![
            finding
                .means("members of the group cannot pause")
                .next("the next 'soundpost run' opens it"),
        ];
    }
    let closed = closed_above(patient.home).map(|folder| {
        let found = format!("only some users may pass through {}", folder.display());
        Finding::warning("switch_out_of_reach", GROUP, found)
            .at(&folder)
            .means(format!(
                "members of '{name}' cannot get to the switch, so they cannot pause"
            ))
            .next(format!("chmod o+x {}", folder.display()))
    });
    or_ok(closed.into_iter().collect(), Finding::ok(GROUP, name))
}

fn right(path: &Path, mode: u32, wanted: u32) -> Option<Finding> {
    (mode != wanted).then(|| {
        Finding::warning(
            "switch_mode",
            WHAT,
            format!("has mode {mode:04o}, and should have {wanted:04o}"),
        )
        .at(path)
        .means("somebody who should be able to pause cannot, or somebody can who should not")
        .next(format!("chmod {wanted:04o} {}", path.display()))
    })
}

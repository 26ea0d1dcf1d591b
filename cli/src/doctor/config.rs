//! `config.toml`: everything in it that is not understood, each with its line; and whether the system has the zones and
//! the groups that it needs.

use std::fs;

use super::Patient;
use super::finding::{Finding, or_ok};
use crate::config::{Config, path_in};
use crate::os::users::group_id;
use crate::os::zones;
use crate::output::visible;

const WHAT: &str = "config.toml";
/// How many lines that are not understood are named.
const LINES_MAX: usize = 20;

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let mut findings = not_understood(patient);
    findings.extend(groups(patient));
    let found = if path_in(patient.home).exists() {
        "understood"
    } else {
        "not there: all settings have their defaults"
    };
    let mut findings = or_ok(findings, Finding::ok(WHAT, found));
    findings.extend(zone_database());
    findings
}

/// The groups that it names and the system does not know.
fn groups(patient: &Patient<'_>) -> Vec<Finding> {
    let config = &patient.config;
    let named = [
        ("switch_group", &config.switch_group, "pause"),
        ("resume_group", &config.resume_group, "resume"),
    ];
    let unknown = |(setting, group, may): (&str, &Option<String>, &str)| {
        let why = group_id(group.as_deref()?).err()?;
        let found = format!("{setting} {}", visible(&why));
        let finding = Finding::damage("group_unknown", WHAT, found).at(&path_in(patient.home));
        Some(
            finding
                .means(format!("nobody of it can {may}; the owner of the queue can"))
                .next("make the group, or write another one"),
        )
    };
    named.into_iter().filter_map(unknown).collect()
}

/// Reading stops at the first fault; so each line that has one is taken out, and the rest read again.
fn not_understood(patient: &Patient<'_>) -> Vec<Finding> {
    let path = path_in(patient.home);
    let bad = |why: String| {
        Finding::damage("config_bad", WHAT, why)
            .at(&path)
            .means("the daemon does not start; a pause works all the same, and nothing is lost")
            .next("mend that line, then start again:  soundpost run")
    };
    let mut text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => return vec![bad(format!("cannot be read: {error}"))],
    };
    let mut findings = Vec::new();
    while let Err(error) = Config::parse(&path, &text) {
        findings.push(bad(error.in_words()));
        let Some((number, _)) = error.line.filter(|_| findings.len() < LINES_MAX) else {
            break;
        };
        let without = |(n, line): (usize, &str)| {
            if n + 1 == number {
                String::new()
            } else {
                line.to_owned()
            }
        };
        let rest = text
            .lines()
            .enumerate()
            .map(without)
            .collect::<Vec<_>>()
            .join("\n");
        if rest == text {
            break;
        }
        text = rest;
    }
    findings
}

fn zone_database() -> Vec<Finding> {
    match zones::database() {
        Ok(_) => vec![Finding::ok("time zones", "known")],
        Err(why) => vec![
            Finding::damage("zones_missing", "time zones", why)
                .means("no wall time can be turned into an instant: the program does not start")
                .next("install the package tzdata, or set TZDIR to a folder of zones"),
        ],
    }
}

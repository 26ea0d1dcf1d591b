//! Accounts: whether each has a network, a zone and a credential. A credential itself is never shown.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::de::IgnoredAny;
use soundpost_core::account::{Account, AccountStatus, CredentialRef};
use soundpost_core::port::store::Store as _;
use soundpost_core::port::vault::Vault as _;

use super::Patient;
use super::finding::{Finding, or_ok};
use crate::app::accounts::in_the_open;
use crate::os::vault::{FileVault, open_secrets};
use crate::os::zones;
use crate::output::visible;
use crate::wire_up::adapters;

const WHAT: &str = "accounts";
const SECRETS: &str = "secrets";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let world = patient.journal.store.world();
    let accounts: Vec<&Account> = world
        .accounts
        .values()
        .filter(|account| account.exists())
        .collect();
    let vault = FileVault::open(patient.home);
    let mut findings = Vec::new();
    for account in &accounts {
        findings.extend(network(account));
        findings.extend(zone(account));
        findings.extend(credential(account, &vault));
        findings.extend(login(account));
    }
    let good = Finding::ok(WHAT, format!("{}, each with what it needs", accounts.len()));
    let mut findings = or_ok(findings, good);
    let mut secrets: Vec<Finding> = accounts
        .iter()
        .filter_map(|account| address(account, &vault))
        .collect();
    secrets.extend(kept(patient, &accounts));
    // The modes are looked at with those of all other folders.
    if open_secrets(patient.home).is_empty() {
        secrets = or_ok(secrets, Finding::ok(SECRETS, "closed to others"));
    }
    findings.extend(secrets);
    findings
}

fn network(account: &Account) -> Option<Finding> {
    if adapters().get(&account.network).is_some() {
        return None;
    }
    let name = visible(&account.name);
    let found = format!(
        "account {name} is of the network '{}', which this program does not know",
        visible(&account.network)
    );
    Some(
        Finding::damage("account_network", WHAT, found)
            .means("its posts fail and do not go out")
            .next("use the program that knows it"),
    )
}

fn zone(account: &Account) -> Option<Finding> {
    let known = zones::database().ok()?.get(&account.zone).is_ok();
    let found = || {
        let zone = visible(&account.zone);
        format!(
            "account {} is in the zone '{zone}', which the system does not know",
            visible(&account.name)
        )
    };
    (!known).then(|| {
        Finding::warning("account_zone", WHAT, found())
            .means("nothing can be queued for it by a time of day")
            .next("install the newest package tzdata")
    })
}

fn credential(account: &Account, vault: &FileVault) -> Option<Finding> {
    let why = vault.credential(account).err()?;
    if matches!(account.credential, CredentialRef::Env(_)) {
        let finding = Finding::note("credential_elsewhere", WHAT, visible(&why).into_owned());
        return Some(finding.means("this command does not see it; what counts is the process that sends"));
    }
    Some(
        Finding::warning("credential", WHAT, visible(&why).into_owned())
            .means("what is due for that account does not go out; nothing is lost")
            .next(format!(
                "mend that, then:  soundpost account login {}",
                visible(&account.name)
            )),
    )
}

fn login(account: &Account) -> Option<Finding> {
    let AccountStatus::LoginNeeded { why, .. } = &account.status else {
        return None;
    };
    let found = format!(
        "account {} needs a new login: {}",
        visible(&account.name),
        visible(why)
    );
    Some(
        Finding::warning("login_needed", WHAT, found)
            .means("its posts wait as failed; what is still fresh goes on after the login")
            .next(format!("soundpost account login {}", visible(&account.name))),
    )
}

/// Addresses that are secret: kept in a file of their own, or still in the journal.
fn address(account: &Account, vault: &FileVault) -> Option<Finding> {
    let name = visible(&account.name);
    let is_open = adapters()
        .get(&account.network)
        .is_some_and(|network| in_the_open(network.describe(), account));
    if is_open {
        let found = format!("the journal holds the address of '{name}'");
        return Some(
            Finding::warning("address_in_journal", SECRETS, found)
                .means("who can read the journal can post there")
                .next(format!("move it into secrets/:  soundpost account login {name}")),
        );
    }
    let why = account.server_is_kept().then(|| vault.address(account))?.err()?;
    Some(
        Finding::warning("address_unreadable", SECRETS, visible(&why).into_owned())
            .means("what is due for that account does not go out; nothing is lost")
            .next(format!("soundpost account login {name} --server URL")),
    )
}

/// What is kept in the folder of secrets.
fn kept(patient: &Patient<'_>, accounts: &[&Account]) -> Vec<Finding> {
    let folder = patient.path("secrets");
    let items = match fs::read_dir(&folder) {
        Ok(items) => items,
        Err(error) if error.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            let found = format!("cannot be looked at: {error}");
            return vec![
                Finding::warning("secrets_unreadable", SECRETS, found)
                    .at(&folder)
                    .means("each start signs in again, which networks limit")
                    .next(format!("chmod 0700 {}", folder.display())),
            ];
        }
    };
    let paths = items.flatten().map(|item| item.path());
    paths.filter_map(|path| one_kept(&path, accounts)).collect()
}

/// A file that cannot be used, or that belongs to nobody.
fn one_kept(path: &Path, accounts: &[&Account]) -> Option<Finding> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    if !accounts.iter().any(|account| stem == account.id.to_string()) {
        let finding = Finding::note("secret_orphan", SECRETS, "a file of no account").at(path);
        return Some(finding.means("nothing reads it").next("it may be removed"));
    }
    let is_session = path.extension().is_some_and(|end| end == "json");
    let text = fs::read(path).ok();
    let is_json = text.is_some_and(|text| serde_json::from_slice::<IgnoredAny>(&text).is_ok());
    (is_session && !is_json).then(|| {
        let finding =
            Finding::warning("session_unreadable", SECRETS, "session tokens cannot be read").at(path);
        finding
            .means("the next call signs in again")
            .next("remove that file")
    })
}

//! Credentials from the environment or from private files, and session tokens in the home.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use soundpost_core::account::{Account, CredentialRef};
use soundpost_core::port::vault::{Secret, Vault};

use super::durable;

const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Credentials by reference; session tokens under `secrets/` in the home, a file for each account.
#[derive(Debug, Clone)]
pub struct FileVault {
    secrets: PathBuf,
}

impl FileVault {
    /// The vault of this home. The folder is made when the first token is saved.
    pub fn open(home: &Path) -> FileVault {
        FileVault {
            secrets: home.join("secrets"),
        }
    }

    fn session_name(account: &Account) -> String {
        format!("{}.json", account.id)
    }
}

impl Vault for FileVault {
    fn credential(&self, account: &Account) -> Result<Secret, String> {
        let found = match &account.credential {
            CredentialRef::None => Ok(Secret::new("")),
            CredentialRef::Env(name) => from_environment(name),
            CredentialRef::File(path) => from_file(Path::new(path)),
        };
        found.map_err(|why| format!("the credential of account '{}': {why}", account.name))
    }

    fn session(&self, account: &Account) -> Option<Secret> {
        let path = self.secrets.join(Self::session_name(account));
        path.exists().then(|| read_private(&path)).and_then(|read| {
            read.map_err(|why| tracing::warn!(account = %account.name, "session tokens are not used: {why}"))
                .ok()
                .map(Secret::new)
        })
    }

    fn save_session(&self, account: &Account, session: &Secret) -> Result<(), String> {
        let name = Self::session_name(account);
        durable::private_folder(&self.secrets)
            .and_then(|()| durable::replace(&self.secrets, &name, session.reveal().as_bytes()))
            .map_err(|error| {
                let folder = self.secrets.display();
                format!(
                    "the session of account '{}' cannot be saved in {folder}: {error}",
                    account.name
                )
            })
    }
}

fn from_environment(name: &str) -> Result<Secret, String> {
    match env::var(name) {
        Ok(text) if !text.trim().is_empty() => Ok(Secret::new(trimmed(&text))),
        Ok(_) => Err(format!(
            "the variable {name} is empty: set it for the process that sends"
        )),
        Err(env::VarError::NotPresent) => Err(format!(
            "the variable {name} is not set: set it for the process that sends"
        )),
        Err(env::VarError::NotUnicode(_)) => Err(format!("the variable {name} is not text")),
    }
}

fn from_file(path: &Path) -> Result<Secret, String> {
    let shown = path.display();
    if path.is_relative() {
        return Err(format!("{shown} must be a full path, from /"));
    }
    let text = read_private(path)?;
    match trimmed(&text) {
        "" => Err(format!("{shown} is empty: write the credential into it")),
        text => Ok(Secret::new(text)),
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_end_matches(['\n', '\r'])
}

/// The text of a file that nobody else may read.
fn read_private(path: &Path) -> Result<String, String> {
    let shown = path.display();
    // Without waiting, for a pipe in its place would never open.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(|error| format!("{shown} cannot be opened: {error}"))?;
    check_private(&file, path)?;
    let mut text = String::new();
    let read = file.take(SECRET_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|error| format!("{shown} cannot be read as text: {}", error.kind()))?;
    if text.len() as u64 > SECRET_BYTES_MAX {
        return Err(format!("{shown} is too large for a credential"));
    }
    Ok(text)
}

fn check_private(file: &File, path: &Path) -> Result<(), String> {
    let shown = path.display();
    let found = file
        .metadata()
        .map_err(|error| format!("{shown} cannot be looked at: {error}"))?;
    let us = rustix::process::geteuid().as_raw();
    if !found.is_file() {
        return Err(format!("{shown} is not a file"));
    }
    if found.uid() != us {
        let theirs = found.uid();
        return Err(format!(
            "{shown} belongs to user {theirs}, not to {us}: run `chown {us} {shown}`"
        ));
    }
    if found.mode() & 0o077 != 0 {
        return Err(format!("{shown} may be read by others: run `chmod 600 {shown}`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;

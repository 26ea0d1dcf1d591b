//! Credentials from the environment or from private files; session tokens and secret addresses in the home.

use std::env;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use soundpost_core::account::{Account, CredentialRef};
use soundpost_core::port::vault::{Secret, Vault};

use super::durable;

const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Credentials by reference; session tokens and secret addresses under `secrets/` in the home, files for each account.
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

    fn address_name(account: &Account) -> String {
        format!("{}.address", account.id)
    }

    fn save(&self, what: &str, account: &Account, name: &str, secret: &Secret) -> Result<(), String> {
        durable::private_folder(&self.secrets)
            .and_then(|()| close(&self.secrets))
            .and_then(|()| durable::replace(&self.secrets, name, secret.reveal().as_bytes()))
            .map_err(|error| {
                let folder = self.secrets.display();
                format!(
                    "the {what} of account '{}' cannot be saved in {folder}: {error}",
                    account.name
                )
            })
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
        self.save("session", account, &Self::session_name(account), session)
    }

    fn address(&self, account: &Account) -> Result<Secret, String> {
        let read = read_private(&self.secrets.join(Self::address_name(account)));
        read.map(Secret::new).map_err(|why| {
            let name = &account.name;
            format!(
                "the address of account '{name}' is kept in a file of its own: {why}. To give it anew: \
                 soundpost account login {name} --server URL"
            )
        })
    }

    fn save_address(&self, account: &Account, address: &Secret) -> Result<(), String> {
        self.save("address", account, &Self::address_name(account), address)
    }

    fn forget(&self, account: &Account) -> Result<(), String> {
        for name in [Self::session_name(account), Self::address_name(account)] {
            let path = self.secrets.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(format!("{} cannot be removed: {error}", path.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Closes a folder that others may enter: it was made by somebody else, or copied.
fn close(folder: &Path) -> io::Result<()> {
    let open = fs::metadata(folder)?.mode() & 0o077 != 0;
    if open {
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// What is wrong with the folder of secrets of this home: who else may read what. Empty when all is well.
pub fn open_secrets(home: &Path) -> Vec<String> {
    let folder = home.join("secrets");
    let Ok(entries) = fs::read_dir(&folder) else {
        return Vec::new();
    };
    let files = entries.flatten().map(|entry| entry.path());
    let modes = [(folder.clone(), 0o700)]
        .into_iter()
        .chain(files.map(|file| (file, 0o600)));
    let wrong = modes.filter_map(|(path, wanted)| {
        let open = fs::symlink_metadata(&path).ok()?.mode() & 0o077 != 0;
        let path = path.display();
        open.then(|| format!("{path} may be read by others: run `chmod {wanted:o} {path}`"))
    });
    wrong.collect()
}

/// The secret of this name: `env:NAME` or `file:PATH`.
///
/// # Errors
/// A sentence for people, without the secret.
pub fn named(reference: &str) -> Result<Secret, String> {
    match reference.split_once(':') {
        Some(("env", name)) => from_environment(name),
        Some(("file", path)) => from_file(Path::new(path)),
        _ => Err("a secret is named as env:NAME or file:/PATH, and never written out".to_owned()),
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

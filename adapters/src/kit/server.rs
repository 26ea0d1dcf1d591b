//! Where an account's server is, and the settings that are on or off.

use soundpost_core::account::Account;
use soundpost_core::port::vault::Vault;
use url::Url;

/// The setting that lets an account reach a server on this machine or network.
pub const ALLOW_PRIVATE: &str = "allow_private";

/// A setting that is `true` or `false`; `false` unless given.
///
/// # Errors
/// A sentence for people when it is neither.
pub fn flag(account: &Account, name: &str) -> Result<bool, String> {
    match account.settings.get(name).map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(format!("{name} is true or false, not '{other}'")),
    }
}

/// The account's server as a URL. Secrets do not go over an open line to the internet: `http` needs the setting
/// [`ALLOW_PRIVATE`].
///
/// # Errors
/// A sentence for people about what is wrong with the account. It shows no path and no query: they may be secret.
pub fn url(account: &Account, what: &str) -> Result<Url, String> {
    let allow_private = flag(account, ALLOW_PRIVATE)?;
    let server = account
        .server
        .as_deref()
        .ok_or_else(|| format!("the account does not say {what}"))?;
    at(server, allow_private, what)
}

/// The account's server, whole, where a part of it is kept in the vault.
///
/// # Errors
/// As [`url`]; and when it was kept and is not there, or is not of the origin that the account names.
pub fn kept_url(account: &Account, vault: &dyn Vault, what: &str) -> Result<Url, String> {
    let open = url(account, what)?;
    if !account.server_is_kept() {
        return Ok(open);
    }
    let kept = vault.address(account)?;
    let whole = at(kept.reveal(), flag(account, ALLOW_PRIVATE)?, what)?;
    if whole.origin() != open.origin() {
        return Err(format!(
            "{what} that is kept for account '{name}' is not at {}: give it anew with soundpost account login {name} \
             --server URL",
            open.origin().ascii_serialization(),
            name = account.name
        ));
    }
    Ok(whole)
}

fn at(server: &str, allow_private: bool, what: &str) -> Result<Url, String> {
    let url = Url::parse(server).map_err(|error| format!("{what} is not a URL: {error}"))?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && allow_private);
    if !safe || url.host().is_none() {
        return Err(format!(
            "{what} must begin with https:// (http:// needs the setting {ALLOW_PRIVATE} = true)"
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{what} may have no user name or password in it"));
    }
    Ok(url)
}

//! The address of a server, of which path and query may be a secret.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What stands in place of all that may be secret in an address. No address that works has it at its end.
pub const KEPT: &str = "/…";

/// An address as a person gave it. `Debug` shows its origin only, and it has no `Display`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Address {
        Address(text.into())
    }

    /// The whole text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&open_part(&self.0))
    }
}

impl FromStr for Address {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Address, Infallible> {
        Ok(Address::new(text))
    }
}

/// Scheme and authority of a URL, and what follows them.
fn split(address: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = address.split_once("://")?;
    let plain = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric());
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    plain.then_some((scheme, authority, tail))
}

/// The origin of an address, with `/…` for all that may be secret in it: name and password, path, query, fragment.
/// Of what is no URL nothing is left.
pub fn origin(address: &str) -> String {
    let Some((scheme, authority, _)) = split(address) else {
        return "…".to_owned();
    };
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{KEPT}")
}

/// The address itself when it is a folder, or has nothing behind its origin; else its [`origin`].
pub fn open_part(address: &str) -> String {
    match split(address) {
        None if !address.contains("://") => address.to_owned(),
        Some((_, authority, "" | "/")) if !authority.contains('@') => address.to_owned(),
        _ => origin(address),
    }
}

/// True when an address has a scheme and a host.
pub fn is_url(address: &str) -> bool {
    split(address).is_some_and(|(_, authority, _)| !authority.is_empty())
}

/// True when an address has a user name or a password in it.
pub fn has_login(address: &str) -> bool {
    split(address).is_some_and(|(_, authority, _)| authority.contains('@'))
}

/// The pieces of an address that may be secret, whole and one by one: name and password, path, query, fragment.
pub fn secret_parts(address: &str) -> Vec<&str> {
    let Some((_, authority, tail)) = split(address).filter(|(_, _, tail)| *tail != KEPT) else {
        return Vec::new();
    };
    let login = authority.rsplit_once('@').map_or("", |(login, _)| login);
    let whole = tail.trim_start_matches(['/', '\\', '?', '#']);
    let pieces = tail.split(['/', '\\', '?', '#', '&', '=']);
    let all = [whole].into_iter().chain(pieces).chain(login.split(':'));
    all.filter(|piece| !piece.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_secret_address_only_the_origin_is_shown() {
        for (address, shown) in [
            ("https://example.com/hooks/s3cret", "https://example.com/…"),
            ("https://example.com:84?key=s3cret", "https://example.com:84/…"),
            ("https://me:s3cret@example.com/#s3cret", "https://example.com/…"),
            ("https://me:s3cret@example.com", "https://example.com/…"),
            ("https://example.com\\s3cret@x", "https://example.com/…"),
            ("http://[::1]:80/s3cret", "http://[::1]:80/…"),
            ("s3cret?u=https://example.com/s3cret", "…"),
        ] {
            assert_eq!(origin(address), shown);
            assert_eq!(format!("{:?}", Address::new(address)), shown);
        }
        assert_eq!(origin("example.com/s3cret"), "…");
    }

    #[test]
    fn an_origin_alone_and_a_folder_are_open() {
        for open in ["https://example.com", "https://example.com/", "/srv/outbox"] {
            assert_eq!(open_part(open), open);
        }
        assert!(is_url("https://example.com") && !is_url("https://") && !is_url("example.com/a"));
        assert!(has_login("https://me@example.com/") && !has_login("https://example.com/@me"));
    }

    #[test]
    fn each_part_that_may_be_secret_is_named() {
        assert_eq!(
            secret_parts("https://me:pass@example.com/hooks/s3cret?key=t0ken#x"),
            [
                "hooks/s3cret?key=t0ken#x",
                "hooks",
                "s3cret",
                "key",
                "t0ken",
                "x",
                "me",
                "pass"
            ]
        );
        assert!(secret_parts("https://example.com/…").is_empty());
        assert!(secret_parts("/srv/outbox").is_empty());
    }
}

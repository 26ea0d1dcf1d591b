//! Credentials and session tokens, by account.

use std::fmt;

use crate::account::Account;

/// A secret text. It is never printed: `Debug` hides it, and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself, for the request that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Where credentials and session tokens are kept.
pub trait Vault: Send + Sync {
    /// The account's credential, such as an app password.
    ///
    /// # Errors
    /// A sentence for people, without the secret: which variable or file is missing or too open.
    fn credential(&self, account: &Account) -> Result<Secret, String>;

    /// What the adapter saved last for this account, such as session tokens.
    fn session(&self, account: &Account) -> Option<Secret>;

    /// Saves session tokens, durably, before they are used.
    ///
    /// # Errors
    /// A sentence for people.
    fn save_session(&self, account: &Account, session: &Secret) -> Result<(), String>;

    /// The whole address of the account's server, where it is kept here because parts of it are secret.
    ///
    /// # Errors
    /// A sentence for people, without the address: it is not there, or cannot be read.
    fn address(&self, account: &Account) -> Result<Secret, String> {
        Err(format!("no address of account '{}' is kept", account.name))
    }

    /// Keeps the whole address of the account's server, durably.
    ///
    /// # Errors
    /// A sentence for people, without the address.
    fn save_address(&self, account: &Account, address: &Secret) -> Result<(), String> {
        let _ = address;
        Err(format!(
            "addresses, such as that of account '{}', are not kept here",
            account.name
        ))
    }

    /// Forgets all that was saved for an account. What is not there is forgotten.
    ///
    /// # Errors
    /// A sentence for people.
    fn forget(&self, account: &Account) -> Result<(), String> {
        let _ = account;
        Ok(())
    }
}

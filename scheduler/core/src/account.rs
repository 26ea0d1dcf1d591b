//! One identity on one network.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::address::{self, KEPT};
use crate::guard::rules::settings::AccountRules;
use crate::id::AccountId;
use crate::post::{Audience, Category};

/// Where an account's credential is found. The credential itself never stands in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case")]
pub enum CredentialRef {
    /// None is needed.
    None,
    /// An environment variable of the process that sends.
    Env(String),
    /// A file that only its owner may read.
    File(String),
}

impl fmt::Display for CredentialRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CredentialRef::None => f.write_str("none"),
            CredentialRef::Env(name) => write!(f, "env:{name}"),
            CredentialRef::File(path) => write!(f, "file:{path}"),
        }
    }
}

/// Whether an account may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AccountStatus {
    /// It may.
    Active,
    /// The network wants a new login; deliveries wait as failed.
    LoginNeeded {
        /// What the network said.
        why: String,
        /// Since when.
        since: Timestamp,
    },
    /// It was removed; its receipts stay.
    Removed {
        /// When.
        at: Timestamp,
    },
}

/// One identity on one network.
/// `Debug` shows no more of the server's address than its origin: accounts of old stores have all of it here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name inside the store; never changes.
    pub id: AccountId,
    /// The label that people type; unique among the accounts that are not removed.
    pub name: String,
    /// The network's name in the table of adapters.
    pub network: String,
    /// Base URL of the server or folder, where the network has more than one. Of an address that may hold a secret
    /// only the origin stands here, with [`KEPT`] at its end; the vault has the rest.
    pub server: Option<String>,
    /// The handle or user name to sign in with.
    pub identity: Option<String>,
    /// Where the credential is found.
    pub credential: CredentialRef,
    /// IANA name of the zone in which its wall times are meant.
    pub zone: String,
    /// Whom it speaks to.
    #[serde(default)]
    pub audience: Audience,
    /// The language it speaks, as BCP 47.
    pub language: Option<String>,
    /// The category of posts that name none.
    pub category: Option<Category>,
    /// Groups it belongs to, without the `@`.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Settings that only its adapter knows.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// When it is silent, and how much it says.
    #[serde(default, skip_serializing_if = "AccountRules::is_empty")]
    pub rules: AccountRules,
    /// Whether it may send.
    pub status: AccountStatus,
    /// When it was added.
    pub added_at: Timestamp,
    /// Since when the guard only watches over it, and who wanted that; none = the guard holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<Shadow>,
}

/// Who wanted that the guard only watches over an account: it tells what it would hold, and holds nothing but for
/// critical events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadow {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// True for what may be the label of an account: letters, digits, `-`, `_` and `.`.
pub fn is_label(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.chars().all(fits)
}

impl Account {
    /// True when the whole address of its server is in the vault.
    pub fn server_is_kept(&self) -> bool {
        self.server
            .as_deref()
            .is_some_and(|server| server.ends_with(KEPT))
    }

    /// True until it is removed.
    pub fn exists(&self) -> bool {
        !matches!(self.status, AccountStatus::Removed { .. })
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("network", &self.network)
            .field("server", &self.server.as_deref().map(address::open_part))
            .field("identity", &self.identity)
            .field("credential", &self.credential)
            .field("zone", &self.zone)
            .field("audience", &self.audience)
            .field("language", &self.language)
            .field("category", &self.category)
            .field("groups", &self.groups)
            .field("settings", &self.settings)
            .field("rules", &self.rules)
            .field("status", &self.status)
            .field("added_at", &self.added_at)
            .finish()
    }
}

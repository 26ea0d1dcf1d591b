//! What is set: for one account, and by the configuration for all of them and for campaigns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::windows::Windows;

/// The rules of one account. What it does not say, the configuration says, and else the defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountRules {
    /// When it says nothing.
    #[serde(skip_serializing_if = "Windows::is_empty")]
    pub windows: Windows,
}

impl AccountRules {
    /// True when it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == AccountRules::default()
    }
}

/// The rules of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSettings {
    /// When no account says anything.
    pub windows: Windows,
    /// When the posts of a campaign do not go out, by its name.
    pub campaigns: BTreeMap<String, Windows>,
}

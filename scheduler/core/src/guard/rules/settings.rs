//! What is set: for one account, and by the configuration for all of them and for campaigns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::limits::{Caps, Limits, Profile};
use super::windows::Windows;

/// The rules of one account. What it does not say, the configuration says, and else the defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountRules {
    /// When it says nothing.
    #[serde(skip_serializing_if = "Windows::is_empty")]
    pub windows: Windows,
    /// How much it says.
    #[serde(skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
    /// Whose voice it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// What a post beyond a limit meets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caps: Option<Caps>,
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
    /// How much every account says.
    pub limits: Limits,
    /// At most so many posts a day, by network.
    pub posts_per_day: BTreeMap<String, u32>,
    /// What a post beyond a limit meets.
    pub caps: Option<Caps>,
    /// Whether the same words for several accounts are told; none = they are.
    pub same_text: Option<bool>,
}

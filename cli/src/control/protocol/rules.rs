//! Questions about the rules of accounts, and their answers.

use serde::{Deserialize, Serialize};
use soundpost_core::guard::rules::limits::{Caps, Limits, Profile};
use soundpost_core::guard::rules::windows::{Blackout, Quiet};

use super::DeliveryView;

/// What is to be changed in the rules of an account; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRulesAsk {
    /// Its label.
    pub name: String,
    /// Windows to add.
    #[serde(default)]
    pub blackouts: Vec<Blackout>,
    /// True = forget those that there are.
    #[serde(default)]
    pub no_blackout: bool,
    /// Other quiet hours.
    #[serde(default)]
    pub quiet: Option<Quiet>,
    /// True = forget its quiet hours.
    #[serde(default)]
    pub no_quiet: bool,
    /// Other limits; 0 = none.
    #[serde(default)]
    pub limits: Limits,
    /// Another profile.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// What a post beyond a limit shall meet.
    #[serde(default)]
    pub caps: Option<Caps>,
    /// True = first forget its limits, its profile and what a post beyond them meets.
    #[serde(default)]
    pub defaults: bool,
}

impl AccountRulesAsk {
    /// True when it asks for nothing.
    pub fn changes_nothing(&self) -> bool {
        let nothing = AccountRulesAsk {
            name: self.name.clone(),
            ..AccountRulesAsk::default()
        };
        *self == nothing
    }
}

/// One rule that is in force for an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    /// Its name, as in `docs/guard.md`.
    pub rule: String,
    /// What it says.
    pub says: String,
    /// What it does: `hold`, `warn`, `later` (the post gets a later time), `off`.
    pub does: String,
    /// Who set it: `default`, `configuration`, `account`, `campaign NAME`.
    pub source: String,
}

/// The rules in force for one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesView {
    /// Its label.
    pub account: String,
    /// Its network.
    pub network: String,
    /// The zone of its wall times.
    pub zone: String,
    /// In the order in which they are asked.
    pub rules: Vec<RuleView>,
}

/// The answer to `account set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesChanged {
    /// The rules as they are now.
    pub rules: RulesView,
    /// Held now, and not before.
    pub held: Vec<DeliveryView>,
    /// Goes again.
    pub released: Vec<DeliveryView>,
}

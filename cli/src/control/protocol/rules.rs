//! Questions about the rules of accounts, and their answers.

use serde::{Deserialize, Serialize};
use soundpost_core::guard::rules::windows::{Blackout, Quiet};

use super::DeliveryView;

/// What is to be changed in the rules of an account; what is not named stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
}

/// One rule that is in force for an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    /// Its name, as in `docs/guard.md`.
    pub rule: String,
    /// What it says.
    pub says: String,
    /// `hold` or `warn`: what it does.
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

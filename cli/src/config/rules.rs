//! `[rules]` and `[campaigns.NAME]`: when nothing goes out.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};
use soundpost_core::guard::rules::settings::RuleSettings;
use soundpost_core::guard::rules::windows::{Blackout, Quiet, Windows};

/// `[rules]`: for all accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    #[serde(deserialize_with = "each")]
    blackout: Vec<Blackout>,
    #[serde(deserialize_with = "one")]
    quiet: Option<Quiet>,
}

/// `[campaigns.NAME]`: for one campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Campaign {
    #[serde(deserialize_with = "each")]
    blackout: Vec<Blackout>,
    #[serde(deserialize_with = "one")]
    quiet: Option<Quiet>,
}

/// What the guard works with.
pub(super) fn settings(rules: &Rules, campaigns: &BTreeMap<String, Campaign>) -> RuleSettings {
    let campaign = |(name, its): (&String, &Campaign)| (name.clone(), windows(&its.blackout, its.quiet));
    RuleSettings {
        windows: windows(&rules.blackout, rules.quiet),
        campaigns: campaigns.iter().map(campaign).collect(),
    }
}

fn windows(blackouts: &[Blackout], quiet: Option<Quiet>) -> Windows {
    let mut blackouts = blackouts.to_vec();
    blackouts.sort_unstable();
    Windows { blackouts, quiet }
}

fn one<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(de::Error::custom)
}

fn each<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    let parsed = texts.iter().map(|text| text.parse());
    parsed.collect::<Result<_, _>>().map_err(de::Error::custom)
}

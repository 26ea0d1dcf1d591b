//! `[rules]` and `[campaigns.NAME]`: when nothing goes out, and how much does.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};
use soundpost_core::guard::rules::limits::{Caps, Limits};
use soundpost_core::guard::rules::settings::RuleSettings;
use soundpost_core::guard::rules::windows::{Blackout, Quiet, Windows};

use super::parse::between;

/// `[rules]`: for all accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    #[serde(deserialize_with = "each")]
    blackout: Vec<Blackout>,
    #[serde(deserialize_with = "one")]
    quiet: Option<Quiet>,
    #[serde(deserialize_with = "up_to::<_, 10>")]
    sells_in_ten: Option<u32>,
    #[serde(deserialize_with = "up_to::<_, 1000>")]
    humor_per_week: Option<u32>,
    #[serde(deserialize_with = "up_to::<_, 1440>")]
    gap_min: Option<u32>,
    posts_per_day: BTreeMap<String, u32>,
    #[serde(deserialize_with = "one")]
    caps: Option<Caps>,
    same_text: Option<bool>,
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
        limits: Limits {
            sells_in_ten: rules.sells_in_ten,
            humor_per_week: rules.humor_per_week,
            posts_per_day: None,
            gap_min: rules.gap_min,
        },
        posts_per_day: rules.posts_per_day.clone(),
        caps: rules.caps,
        same_text: rules.same_text,
    }
}

fn windows(blackouts: &[Blackout], quiet: Option<Quiet>) -> Windows {
    let mut blackouts = blackouts.to_vec();
    blackouts.sort_unstable();
    Windows { blackouts, quiet }
}

fn up_to<'de, D, const MAX: u32>(deserializer: D) -> Result<Option<u32>, D::Error>
where
    D: Deserializer<'de>,
{
    between::<D, 0, MAX>(deserializer).map(Some)
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

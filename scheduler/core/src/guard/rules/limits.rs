//! How much an account says: the limits, the practitioners' defaults, and which of them is in force.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::settings::RuleSettings;
use crate::account::Account;
use crate::delivery::{RuleName, RuleSource};

/// At most so many of ten posts in a row sell. Who sells more is not read for long.
pub const SELLS_IN_TEN: u32 = 1;
/// At most so many jokes in a week: a joke wears off.
pub const HUMOR_PER_WEEK: u32 = 1;
/// At least so many minutes between two posts: the second would take the first its readers.
pub const GAP_MIN: u32 = 30;

/// What is set about the amount; 0 = no limit, none = whatever else says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// At most so many of ten posts in a row sell (`promo`, `product`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sells_in_ten: Option<u32>,
    /// At most so many posts of humour in a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub humor_per_week: Option<u32>,
    /// At most so many posts a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posts_per_day: Option<u32>,
    /// At least so many minutes between two posts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap_min: Option<u32>,
}

impl Limits {
    /// True when nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Limits::default()
    }
}

/// What a post beyond a limit meets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caps {
    /// A warning, when it is queued.
    #[default]
    Warn,
    /// A hold, when it would go.
    Hold,
}

impl fmt::Display for Caps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Caps::Warn => "warn",
            Caps::Hold => "hold",
        })
    }
}

impl FromStr for Caps {
    type Err = String;

    fn from_str(text: &str) -> Result<Caps, String> {
        match text {
            "warn" => Ok(Caps::Warn),
            "hold" => Ok(Caps::Hold),
            _ => Err(format!("'{text}' is neither warn nor hold")),
        }
    }
}

/// Whose voice an account is, where that tells how often it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// The page of a community: three to five updates a day.
    Community,
    /// A bank, or whoever else is read for being sober: one or two a day.
    Bank,
}

impl Profile {
    fn posts_per_day(self) -> u32 {
        match self {
            Profile::Community => 5,
            Profile::Bank => 2,
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Profile::Community => "community",
            Profile::Bank => "bank",
        })
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Profile, String> {
        match text {
            "community" => Ok(Profile::Community),
            "bank" => Ok(Profile::Bank),
            _ => Err(format!("'{text}' is not a profile: use community or bank")),
        }
    }
}

/// The most posts a day on a network; 0 = no limit.
pub fn posts_per_day_on(network: &str) -> u32 {
    match network {
        // One to five.
        "facebook" => 5,
        "x" => 10,
        // Read like X: what is short is soon gone.
        "bluesky" => 10,
        // In order of time, without ranking: whoever posts much pushes all others away.
        "mastodon" => 5,
        // Who reads behind an outbox or a webhook is not known here.
        _ => 0,
    }
}

/// A limit, and who set it; 0 = none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The number.
    pub max: u32,
    /// Who set it.
    pub source: RuleSource,
}

/// The limits in force for one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// What a post beyond them meets.
    pub caps: Caps,
    limits: BTreeMap<RuleName, Limit>,
}

impl InForce {
    /// What the account says, else the configuration, else the defaults.
    pub fn of(account: &Account, settings: &RuleSettings) -> InForce {
        let (own, all) = (&account.rules.limits, &settings.limits);
        let by_profile = account.rules.profile.map(Profile::posts_per_day);
        let per_day = own.posts_per_day.or(by_profile);
        let on_network = settings.posts_per_day.get(&account.network).copied();
        let all_per_day = on_network.or(all.posts_per_day);
        let limits = [
            (
                RuleName::PostsPerDay,
                limit(per_day, all_per_day, posts_per_day_on(&account.network)),
            ),
            (
                RuleName::SellsInTen,
                limit(own.sells_in_ten, all.sells_in_ten, SELLS_IN_TEN),
            ),
            (
                RuleName::HumorPerWeek,
                limit(own.humor_per_week, all.humor_per_week, HUMOR_PER_WEEK),
            ),
            (RuleName::Gap, limit(own.gap_min, all.gap_min, GAP_MIN)),
        ];
        InForce {
            caps: account.rules.caps.or(settings.caps).unwrap_or_default(),
            limits: limits.into(),
        }
    }

    /// The limit of a rule; none when there is none.
    pub fn limit(&self, rule: RuleName) -> Option<&Limit> {
        self.limits.get(&rule).filter(|limit| limit.max > 0)
    }

    /// The number of a rule that is switched off, and who did.
    pub fn off(&self, rule: RuleName) -> Option<&RuleSource> {
        let limit = self.limits.get(&rule).filter(|limit| limit.max == 0);
        limit.map(|limit| &limit.source)
    }
}

fn limit(own: Option<u32>, config: Option<u32>, default: u32) -> Limit {
    let set = own.map(|max| (max, RuleSource::Account));
    let set = set.or(config.map(|max| (max, RuleSource::Config)));
    let (max, source) = set.unwrap_or((default, RuleSource::Default));
    Limit { max, source }
}

/// A limit in words.
pub fn in_words(rule: RuleName, max: u32) -> String {
    match rule {
        RuleName::PostsPerDay => format!("at most {max} {} a day", one_or_more(max, "post")),
        RuleName::SellsInTen => format!("at most {max} of 10 posts in a row {}", verb(max, "sell")),
        RuleName::HumorPerWeek => format!("at most {max} {} in a week", one_or_more(max, "joke")),
        RuleName::Gap => format!("at least {max} min between two posts"),
        other => format!("{other} {max}"),
    }
}

fn one_or_more(n: u32, noun: &str) -> String {
    if n == 1 {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}

fn verb(n: u32, verb: &str) -> String {
    if n == 1 {
        format!("{verb}s")
    } else {
        verb.to_owned()
    }
}

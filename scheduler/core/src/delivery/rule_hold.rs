//! The evidence of a rule that is not about an event: a window, a limit, a trend.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A rule that needs no event; see `docs/guard.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleName {
    /// A window without posts.
    Blackout,
    /// Hours without posts, each day.
    QuietHours,
    /// Posts a day.
    PostsPerDay,
    /// Posts that sell, of ten in a row.
    SellsInTen,
    /// Posts of humour in a week.
    HumorPerWeek,
    /// Minutes between two posts.
    Gap,
    /// The same words for several accounts.
    SameText,
    /// A hashtag that rises.
    Trend,
}

impl RuleName {
    /// All of them, in the order in which they are asked.
    pub const ALL: [RuleName; 8] = [
        RuleName::Blackout,
        RuleName::QuietHours,
        RuleName::PostsPerDay,
        RuleName::SellsInTen,
        RuleName::HumorPerWeek,
        RuleName::Gap,
        RuleName::SameText,
        RuleName::Trend,
    ];
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            RuleName::Blackout => "blackout",
            RuleName::QuietHours => "quiet_hours",
            RuleName::PostsPerDay => "posts_per_day",
            RuleName::SellsInTen => "sells_in_ten",
            RuleName::HumorPerWeek => "humor_per_week",
            RuleName::Gap => "gap",
            RuleName::SameText => "same_text",
            RuleName::Trend => "trend",
        })
    }
}

/// Who set a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RuleSource {
    /// Nobody: it is the default.
    Default,
    /// The configuration, for all accounts.
    Config,
    /// The account.
    Account,
    /// The configuration, for a campaign.
    Campaign {
        /// Its name.
        name: String,
    },
    /// A list of hashtags that rise.
    Trends {
        /// Its name.
        name: String,
    },
}

impl fmt::Display for RuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleSource::Default => f.pad("default"),
            RuleSource::Config => f.pad("configuration"),
            RuleSource::Account => f.pad("account"),
            RuleSource::Campaign { name } => write!(f, "campaign {name}"),
            RuleSource::Trends { name } => write!(f, "trends {name}"),
        }
    }
}

/// A rule that holds a delivery, or has something to say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleHold {
    /// Which rule.
    pub rule: RuleName,
    /// Who set it.
    pub source: RuleSource,
    /// The limit or window, in words.
    pub limit: String,
    /// What was counted or found, in words; empty when the limit says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub found: String,
    /// When it ends by itself; none = it needs a person, or other posts.
    pub until: Option<Timestamp>,
}

impl RuleHold {
    /// What an approval remembers: another window or limit is not approved with it.
    pub fn key(&self) -> String {
        format!("{} {} {}", self.rule, self.source, self.limit)
    }
}

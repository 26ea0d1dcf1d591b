//! Questions about lists of hashtags that rise, and their answers.

use serde::{Deserialize, Serialize};

use super::DeliveryView;

/// What is asked about lists of hashtags.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrendsAsk {
    /// Set one.
    Set {
        /// Its name.
        name: String,
        /// The hashtags, one a line or as a JSON list.
        text: String,
    },
    /// Watch one at an address.
    Add(TrendsAdd),
    /// List all.
    List,
    /// Ask for the watched ones now.
    Refresh {
        /// Which; none = all.
        name: Option<String>,
    },
    /// Forget one.
    Remove {
        /// Its name.
        name: String,
    },
}

/// A list of hashtags to watch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrendsAdd {
    /// Its name.
    pub name: String,
    /// Where it is read.
    pub url: String,
    /// How often it is asked, in minutes.
    pub every_min: u32,
    /// True when it may lie at a private address.
    pub allow_private: bool,
}

/// One list of hashtags that rise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendsView {
    /// Its name.
    pub name: String,
    /// The hashtags, without their sign, in lower case and without accents.
    pub tags: Vec<String>,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: String,
    /// The same for people.
    pub set_shown: String,
    /// Where it is read; none when a person sets it.
    pub watched: Option<TrendsWatched>,
    /// When it is too old to hold anything, for people; none when it was never read.
    pub old_shown: Option<String>,
    /// True when it is.
    pub is_old: bool,
}

/// How reading a list goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendsWatched {
    /// Where it is read.
    pub url: String,
    /// How often it is asked, in minutes.
    pub every_min: u32,
    /// True when it may lie at a private address.
    pub allow_private: bool,
    /// When it was last read well.
    pub read_at: Option<String>,
    /// The same for people.
    pub read_shown: Option<String>,
    /// When it is asked again, for people.
    pub next: Option<String>,
    /// How often it has failed since it was last read.
    pub failures: u32,
    /// Since when it fails, for people.
    pub failing_since: Option<String>,
    /// What went wrong last.
    pub trouble: Option<String>,
    /// What was read last, in a few words.
    pub said: String,
}

/// The answer to `trends set`; also what asking for one list came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendsSet {
    /// The list.
    pub list: TrendsView,
    /// Held now, and not before.
    pub held: Vec<DeliveryView>,
}

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
    /// List all.
    List,
    /// Forget one.
    Remove {
        /// Its name.
        name: String,
    },
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
    /// When it is too old to hold anything, for people.
    pub old_shown: String,
    /// True when it is.
    pub is_old: bool,
}

/// The answer to `trends set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendsSet {
    /// The list.
    pub list: TrendsView,
    /// Held now, and not before.
    pub held: Vec<DeliveryView>,
}

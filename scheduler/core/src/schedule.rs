//! When: from what a person types to an instant, with the zone's gaps and folds stated.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// A wall time that the zone does not have, or has twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Adjusted {
    /// The clocks skip it: the later reading is used.
    Gap {
        /// What was asked for.
        asked: DateTime,
    },
    /// The clocks show it twice: the earlier one is used.
    Fold {
        /// The other one.
        later: Timestamp,
    },
}

/// A due time: wall time and zone are the truth, the instant follows from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The instant.
    pub at: Timestamp,
    /// The wall time in the zone.
    pub wall: DateTime,
    /// The IANA name of the zone.
    pub zone: String,
    /// Said when the wall time had to be read in a special way.
    #[serde(default)]
    pub adjusted: Option<Adjusted>,
}

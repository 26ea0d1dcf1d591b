//! Who did something: every journal entry names one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who caused a change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Actor {
    /// A person, by the name of their login.
    Person(String),
    /// The scheduler while it handled a due delivery.
    Lane,
    /// A housekeeping duty, by its name.
    Duty(String),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Person(name) => f.write_str(name),
            Actor::Lane => f.write_str("soundpost"),
            Actor::Duty(name) => write!(f, "soundpost ({name})"),
        }
    }
}

//! The answer to `rewrite`: before and after, and what the guard says.

use serde::{Deserialize, Serialize};

use super::{DeliveryView, MarkedText, VerdictView};

/// One delivery that was rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewrittenView {
    /// The delivery as it is now.
    pub delivery: DeliveryView,
    /// The text of each part before, with the words that touch an event which would hold it.
    pub before: Vec<MarkedText>,
    /// The same as it is now.
    pub after: Vec<MarkedText>,
    /// What the networks and the guard say of it now.
    pub verdict: VerdictView,
    /// True when it goes at its time without anybody's word.
    pub goes_by_itself: bool,
    /// Whether it goes now by itself, or what it needs, in a sentence.
    pub goes: String,
}

/// The answer to `rewrite`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewritten {
    /// The number of the new revision.
    pub revision: u32,
    /// The deliveries that were rewritten.
    pub deliveries: Vec<RewrittenView>,
    /// What was not, and why.
    pub left: Vec<String>,
}

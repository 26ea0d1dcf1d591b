//! Proof that a part is public.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Proof that one part of a delivery is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which part, from 1.
    pub part: u16,
    /// The network's name for it.
    pub remote_id: String,
    /// Where people can see it, if the network has such a thing.
    pub url: Option<String>,
    /// The network's own time of it.
    pub server_time: Option<Timestamp>,
    /// When we learnt of it.
    pub at: Timestamp,
    /// SHA-256 of the frozen bytes that were sent, in hex.
    pub body_sha256: String,
    /// What the guard said before the send, in words.
    pub verdict: String,
    /// What later parts need, such as the hash that a reply must quote.
    #[serde(default)]
    pub anchors: BTreeMap<String, String>,
    /// True when the answer was lost and a look-up found it.
    #[serde(default)]
    pub found_by_look_up: bool,
    /// When we took it back, or found it gone.
    #[serde(default)]
    pub gone_at: Option<Timestamp>,
}

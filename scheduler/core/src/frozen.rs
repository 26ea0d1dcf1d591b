//! The bytes of one visible write, fixed before the fence.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::SendKey;

/// SHA-256 of some bytes, in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What one visible write will send: no headers, no credentials. It stands in the fence, and `publish` and
/// `look_up` work from it alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Which part, from 1.
    pub part: u16,
    /// The body as it goes over the wire.
    pub body: String,
    /// Small facts beside the body that address it, such as a record key. No secrets.
    #[serde(default)]
    pub address: BTreeMap<String, String>,
    /// The part's own send key.
    pub send_key: SendKey,
    /// When it was composed.
    pub composed_at: Timestamp,
}

impl Frozen {
    /// SHA-256 of the body, in hex.
    pub fn body_sha256(&self) -> String {
        sha256_hex(self.body.as_bytes())
    }
}

/// What an adapter prepared at the network before the visible write, such as uploaded pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staging {
    /// What `compose` needs of it, in the adapter's own shape. No secrets.
    pub data: serde_json::Value,
    /// When it was made.
    pub at: Timestamp,
    /// When the network may forget it.
    pub expires_at: Option<Timestamp>,
    /// Things the person should know, such as a link card that could not be fetched.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// The record that a visible write may be under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fence {
    /// Which part, from 1.
    pub part: u16,
    /// Which attempt at this part, from 1.
    pub attempt: u32,
    /// When the fence was written.
    pub at: Timestamp,
    /// What is being sent.
    pub frozen: Frozen,
    /// What the guard said, in words.
    pub verdict: String,
}

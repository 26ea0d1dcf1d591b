//! Where feeds come from.

use async_trait::async_trait;

use crate::feed::FeedState;

/// Where to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// An address of http or https.
    pub url: &'a str,
    /// True when it may lie at a private address.
    pub allow_private: bool,
}

/// What a feed's server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// It is what was read before.
    Unchanged,
    /// It is this.
    Body {
        /// Its bytes.
        bytes: Vec<u8>,
        /// Its media type, as the server has it.
        content_type: Option<String>,
        /// The server's mark of it.
        etag: Option<String>,
        /// The server's time of it.
        last_modified: Option<String>,
    },
}

/// Why there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct FetchError {
    /// A sentence for people, without paths and queries, which may hold secrets.
    pub why: String,
    /// How long the server wants to be left alone, in seconds.
    pub retry_after_s: Option<u64>,
}

/// Feeds from outside.
///
/// 1. A call ends within a few seconds, and brings at most the bytes that a reader takes.
/// 2. A private address is asked only when it is allowed, whatever a server redirects to.
/// 3. What was read before is asked for by its marks, and not brought again.
#[async_trait]
pub trait FeedSource: Send + Sync {
    /// Asks for what stands there; `state` has the marks of what was read before.
    ///
    /// # Errors
    /// [`FetchError`].
    async fn fetch(&self, asked: Asked<'_>, state: &FeedState) -> Result<Fetched, FetchError>;
}

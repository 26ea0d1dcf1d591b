//! The bytes of pictures and films.

/// Reads media that intake has put aside under the hash of their bytes.
pub trait MediaSource: Send + Sync {
    /// The bytes of the media with this SHA-256 (lower-case hex).
    ///
    /// # Errors
    /// A sentence for people when the file is missing, unreadable, or its bytes no longer have that hash.
    fn read(&self, sha256: &str) -> Result<Vec<u8>, String>;
}

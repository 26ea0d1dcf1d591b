//! Randomness.

/// Randomness from outside.
pub trait Entropy: Send + Sync {
    /// 64 random bits.
    fn u64(&self) -> u64;
}

//! The ports: everything outside comes in through these traits, each promise numbered in its doc.

pub mod adapter;
pub mod clock;
pub mod entropy;
pub mod feed_source;
pub mod media;
pub mod store;
pub mod switch;
pub mod transport;
pub mod vault;

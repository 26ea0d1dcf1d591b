//! Secrets that are known, servers that repeat them in every form, and a search through all that is left behind.

pub mod needles;
pub mod parrot;
pub mod scene;
pub mod search;

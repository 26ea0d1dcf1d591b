//! What the tests of `doctor` work with: a queue in which there is some of everything, and ways to damage it.

pub mod damage;
pub mod patient;

//! What the tests of the command line work with: the real program in a home of its own.

pub mod bench;
pub mod docs;
pub mod errors;
pub mod picture;
pub mod public;
pub mod shape;
pub mod snapshot;
pub mod tour;
pub mod users;
pub mod walk;

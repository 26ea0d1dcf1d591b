//! A scheduler in memory with the service behind all commands, for the stories that the promises tell.

pub mod disk;
pub mod office;
pub mod samples;
pub mod unrelated;

//! What the house rules of `tests/tests/house.rs` look at: the files of the workspace, the code in
//! them, and the packages between them.

pub mod code;
pub mod files;
pub mod functions;
pub mod packages;

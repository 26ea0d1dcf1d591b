//! What more than one network needs.

pub mod address;
pub mod card;
pub mod check;
pub mod count;
pub mod reply;
pub mod server;

//! How commands and the daemon talk: JSON lines over a local socket.

pub mod client;
pub mod door;
pub mod guests;
pub mod protocol;
pub mod server;

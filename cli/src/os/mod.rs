//! What is asked of the operating system: files, clocks, randomness, processes, users and zones. Nothing here
//! knows what a delivery is.

pub mod clock;
pub mod durable;
pub mod entropy;
pub mod local_socket;
pub mod media;
pub mod process;
pub mod role;
pub mod switch_file;
pub mod systemd;
pub mod users;
pub mod vault;
pub mod zones;

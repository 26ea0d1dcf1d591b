//! What drives the real program against real servers on this machine. Everything here fails by a panic that says
//! what the other side said.

pub mod peer;
pub mod picture;
pub mod poll;
pub mod program;
pub mod scene;

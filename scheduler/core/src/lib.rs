//! The pure heart of Soundpost: posts and deliveries, the state machine, the guard, and the ports through
//! which everything outside comes in.
//!
//! Nothing here reads a clock, a random source, a file, a socket or the environment; the lints of this package
//! forbid it. `ARCHITECTURE.md` at the top of the repository walks a post's path through these files.

pub mod account;
pub mod actor;
pub mod adapter_table;
pub mod address;
pub mod change;
pub mod clock_doubt;
pub mod delivery;
pub mod dispatch;
pub mod duty;
pub mod environment;
pub mod event;
pub mod feed;
pub mod frozen;
pub mod gate;
pub mod guard;
pub mod halt;
pub mod id;
pub mod import;
pub mod intake;
pub mod lane;
pub mod limits;
pub mod login;
pub mod pace;
pub mod plan;
pub mod port;
pub mod post;
pub mod quota;
pub mod receipt;
pub mod reconcile;
pub mod retry;
pub mod schedule;
pub mod settle;
pub mod stage;
pub mod statement;
pub mod trends;
pub mod world;

//! Crashes: processes are killed at random moments, and what they had acknowledged must be there.
//!
//! The seed of each run is printed; `SOUNDPOST_CRASH_SEED` repeats its choices (not the machine's timing), and
//! `SOUNDPOST_CRASH_ROUNDS` makes more rounds, and has each suite say its figures in one line.

pub mod daemon_rounds;
pub mod dice;
pub mod ledger;
pub mod lost_answer;
pub mod outbox;
pub mod pauses;
pub mod posters;
pub mod program;
pub mod store_audit;
pub mod store_rounds;
pub mod victim;
pub mod webhook_rounds;
pub mod writer;

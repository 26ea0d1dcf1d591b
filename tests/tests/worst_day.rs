//! The kill switch on its worst day, by the real program: a daemon that hangs in the middle of a burst or dies, a full
//! disk, a broken configuration, a store in pieces, a switch in pieces, other users, odd places (promises S1, S2, S3).
//!
//! They drive `target/debug/soundpost`: run `cargo build` first. What only root may do is skipped with a reason.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of these tests fail like the tests"
)]

#[path = "worst_day/broken_config.rs"]
mod broken_config;
#[path = "worst_day/broken_store.rs"]
mod broken_store;
#[path = "worst_day/broken_switch.rs"]
mod broken_switch;
#[path = "worst_day/disks.rs"]
mod disks;
#[path = "worst_day/mid_burst.rs"]
mod mid_burst;
#[path = "worst_day/places.rs"]
mod places;
#[path = "worst_day/together.rs"]
mod together;

//! The real program against a real Bluesky server (PDS) on this machine, read back by a client that is not ours.
//!
//! They run where `SOUNDPOST_TEST_PEERS` names the folder `tests/peers`, which `tests/run` does, and need
//! `cargo build --bin soundpost` before.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of these tests fail like the tests"
)]

#[path = "live/lost_answers.rs"]
mod lost_answers;
#[path = "live/posting.rs"]
mod posting;
#[path = "live/signing_in.rs"]
mod signing_in;
#[path = "live/silence.rs"]
mod silence;

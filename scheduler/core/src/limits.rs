//! Limits of the scheduler itself.

use jiff::SignedDuration;

/// The most deliveries that one post may have.
pub const DELIVERIES_MAX: usize = 1000;
/// The most parts of a thread, whatever the network allows.
pub const PARTS_MAX: usize = 100;
/// The longest text of one part, in bytes of UTF-8, whatever the network allows.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// How far ahead staging may start.
pub const STAGE_AHEAD: SignedDuration = SignedDuration::from_mins(10);

//! The real program against a server that lies, while its daemon is killed. Whatever happens, no post is public twice,
//! and none that is public is reported as failed or missed.
//!
//! `SOUNDPOST_LIES_ROUNDS` makes more rounds of each lie, `SOUNDPOST_CRASH_SEED` repeats their choices.

pub mod round;
pub mod scene;

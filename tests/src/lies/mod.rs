//! The real program against a server that lies, while its daemon is killed. Whatever happens, no post is public twice,
//! and none that is public is reported as failed or missed.
//!
//! The server is the imitation of Mastodon in `soundpost_fixtures::mastodon`, which says what each lie is.
//! `SOUNDPOST_LIES_ROUNDS` makes more rounds of each lie, `SOUNDPOST_CRASH_SEED` repeats their choices.

pub mod round;
pub mod scene;

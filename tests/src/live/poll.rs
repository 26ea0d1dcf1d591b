//! Waiting for what another process does.

use std::thread;
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_millis(50);

/// Asks again and again until there is an answer, for `within` at most.
///
/// # Panics
/// When there is none in time; `what` says what was waited for.
#[track_caller]
pub fn until<T>(what: &str, within: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + within;
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "{what}: not within {} s",
            within.as_secs()
        );
        // polls: what the caller names, until the deadline
        thread::sleep(EVERY);
    }
}

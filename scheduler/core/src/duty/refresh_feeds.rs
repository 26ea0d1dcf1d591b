//! Asking a feed once: what it says, what that comes to, and when to ask again.

use jiff::{SignedDuration, Timestamp};

use crate::environment::Environment;
use crate::feed::{Feed, FeedState};
use crate::guard::feed::{Proposal, Refusal, read};
use crate::port::feed_source::{FeedSource, FetchError, Fetched};

/// The longest time between two tries of a feed that fails.
const BACK_OFF_MAX: SignedDuration = SignedDuration::from_hours(6);
/// The longest time that a server's wish to be left alone is granted.
const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24);
/// How often the time between tries doubles.
const DOUBLINGS_MAX: u32 = 6;

/// What asking a feed once came to.
#[derive(Debug)]
pub struct Looked {
    /// How the feed is doing now.
    pub state: FeedState,
    /// What it says; empty when it says nothing new.
    pub proposals: Vec<Proposal>,
}

/// The feeds that are to be asked now; `states` are newer than what the store has.
pub fn due<'a>(
    feeds: impl IntoIterator<Item = &'a Feed>,
    state: impl Fn(&Feed) -> FeedState,
    now: Timestamp,
) -> Vec<Feed> {
    let is_due = |feed: &&Feed| !feed.is_pushed() && state(feed).next_at.is_none_or(|at| at <= now);
    feeds.into_iter().filter(is_due).cloned().collect()
}

/// Asks a feed once. Nothing is written: whoever asks brings the proposals together with the events of that moment,
/// writes what follows, and then the state.
pub async fn look(env: &Environment, source: &dyn FeedSource, feed: &Feed, known: &FeedState) -> Looked {
    take(env, feed, known, source.fetch(feed.asked(), known).await)
}

/// What an answer of a feed, or a message that it sent, comes to.
pub fn take(
    env: &Environment,
    feed: &Feed,
    known: &FeedState,
    fetched: Result<Fetched, FetchError>,
) -> Looked {
    let (state, proposals) = told(env, feed.every_min, known, fetched, |bytes, content_type| {
        let reading = read(bytes, content_type, "en")?;
        Ok((said(&reading.format, reading.proposals.len()), reading.proposals))
    });
    Looked {
        state,
        proposals: proposals.unwrap_or_default(),
    }
}

/// How what is asked this often is doing after an answer, and what it says; none when that is nothing new, or not
/// readable. `read` gives the answer in words, and what it comes to.
pub(super) fn told<T>(
    env: &Environment,
    every_min: u32,
    known: &FeedState,
    fetched: Result<Fetched, FetchError>,
    read: impl FnOnce(&[u8], Option<&str>) -> Result<(String, T), Refusal>,
) -> (FeedState, Option<T>) {
    let now = env.clock.now();
    let mut state = known.clone();
    let told = fetched.and_then(|answer| {
        let Fetched::Body {
            bytes,
            content_type,
            etag,
            last_modified,
        } = answer
        else {
            return Ok(None);
        };
        let (said, told) = read(&bytes, content_type.as_deref()).map_err(|refusal| FetchError {
            why: refusal.to_string(),
            retry_after_s: None,
        })?;
        (state.said, state.etag, state.last_modified) = (said, etag, last_modified);
        Ok(Some(told))
    });
    match told {
        Ok(told) => {
            succeeded(every_min, &mut state, now);
            (state, told)
        }
        Err(error) => {
            failing(every_min, &mut state, &error, now, env.entropy.u64());
            (state, None)
        }
    }
}

fn said(format: &str, proposals: usize) -> String {
    match proposals {
        1 => format!("{format}: 1 proposal"),
        n => format!("{format}: {n} proposals"),
    }
}

fn every(every_min: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(every_min.max(1)))
}

/// Takes note that what is asked this often was read.
fn succeeded(every_min: u32, state: &mut FeedState, now: Timestamp) {
    state.last_ok_at = Some(now);
    state.failures = 0;
    state.failing_since = None;
    state.trouble = String::new();
    state.next_at = now.checked_add(every(every_min)).ok();
}

/// Twice the time after each failure, spread a little, so that many feeds of one server do not come back at once.
pub(super) fn failing(every_min: u32, state: &mut FeedState, error: &FetchError, now: Timestamp, dice: u64) {
    if state.failures == 0 {
        state.failing_since = Some(now);
    }
    state.failures = state.failures.saturating_add(1);
    state.trouble = error.why.clone();
    let doublings = state.failures.saturating_sub(1).min(DOUBLINGS_MAX);
    let plain = (every(every_min) * 2_i32.pow(doublings)).min(BACK_OFF_MAX);
    let spread_ms = plain.as_millis() / 5;
    let spread_ms = i64::try_from(spread_ms).unwrap_or(0).max(1);
    let jitter = i64::try_from(dice % spread_ms.unsigned_abs()).unwrap_or(0);
    let wished = error
        .retry_after_s
        .and_then(|s| i64::try_from(s).ok())
        .map_or(SignedDuration::ZERO, SignedDuration::from_secs)
        .min(RETRY_AFTER_MAX);
    let wait = (plain + SignedDuration::from_millis(jitter)).max(wished);
    state.next_at = now.checked_add(wait).ok();
}

/// True when what changed is worth a durable write: anything but the times, or a time that is old enough to matter for
/// whether the feed is stale, or the list old.
pub fn is_worth_writing(stale_after_min: u32, stored: Option<&FeedState>, state: &FeedState) -> bool {
    let Some(stored) = stored else {
        return true;
    };
    let quiet = FeedState {
        last_ok_at: state.last_ok_at,
        next_at: state.next_at,
        ..stored.clone()
    };
    let quarter = SignedDuration::from_mins(i64::from(stale_after_min)) / 4;
    let is_old = match (stored.last_ok_at, state.last_ok_at) {
        (Some(then), Some(now)) => now.duration_since(then) >= quarter,
        (then, now) => then != now,
    };
    quiet != *state || is_old
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait_min(failures: u32, retry_after_s: Option<u64>, dice: u64) -> i64 {
        let mut state = FeedState {
            failures: failures - 1,
            ..FeedState::default()
        };
        let error = FetchError {
            why: "no".to_owned(),
            retry_after_s,
        };
        failing(10, &mut state, &error, Timestamp::UNIX_EPOCH, dice);
        state.next_at.unwrap().as_second() / 60
    }

    #[test]
    fn the_wait_doubles_to_a_limit_and_is_spread() {
        let waits: Vec<i64> = (1..=9).map(|n| wait_min(n, None, 0)).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 360, 360, 360]);
        assert!((10..12).contains(&wait_min(1, None, u64::MAX - 7)));
        assert!(wait_min(1, None, 60_000) > wait_min(1, None, 0));
    }

    #[test]
    fn a_servers_wish_to_be_left_alone_is_granted_within_reason() {
        assert_eq!(wait_min(1, Some(3600), 0), 60);
        assert_eq!(wait_min(1, Some(5), 0), 10);
        assert_eq!(wait_min(1, Some(u64::MAX), 0), 10);
        assert_eq!(wait_min(1, Some(365 * 24 * 3600), 0), 24 * 60);
    }

    #[test]
    fn unchanged_feeds_are_written_a_few_times_an_hour_only() {
        let at = |min: i64| Timestamp::from_second(min * 60).ok();
        let stored = FeedState {
            last_ok_at: at(0),
            next_at: at(10),
            ..FeedState::default()
        };
        let later = |min: i64| FeedState {
            last_ok_at: at(min),
            next_at: at(min + 10),
            ..stored.clone()
        };
        assert!(!is_worth_writing(60, Some(&stored), &later(10)));
        assert!(is_worth_writing(60, Some(&stored), &later(15)));
        assert!(is_worth_writing(60, None, &later(1)));
        let failed = FeedState {
            failures: 1,
            ..later(0)
        };
        assert!(is_worth_writing(60, Some(&stored), &failed));
    }
}

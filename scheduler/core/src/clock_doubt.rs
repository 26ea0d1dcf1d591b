//! Clock doubt: when the wall clock and the clock that counts suspend move apart, nothing is sent, and nothing is
//! missed, until somebody has looked.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::port::clock::Clock;

/// How far the clocks may move apart.
pub const DOUBT_MS: i64 = 10 * 60 * 1000;
/// Who gives the order when the clocks are in doubt.
pub const HALTED_BY: &str = "soundpost (clock)";
/// A difference below this, over [`REST_AFTER`], is drift and is forgotten.
const DRIFT_MS: i64 = 60 * 1000;
const REST_AFTER: Duration = Duration::from_secs(60 * 60);

/// One reading of both clocks.
type Reading = (Timestamp, Duration);

/// Compares both clocks with a reading that was trusted. Many small jumps add up.
#[derive(Debug, Default)]
pub struct ClockDoubt(Mutex<Option<Reading>>);

impl ClockDoubt {
    /// What is doubtful about the clocks now, if anything.
    pub fn look(&self, clock: &dyn Clock) -> Option<String> {
        let now = (clock.now(), clock.monotonic());
        let mut trusted = self.lock();
        let Some(before) = *trusted else {
            *trusted = Some(now);
            return None;
        };
        let apart_ms = apart_ms(before, now);
        if apart_ms.abs() <= DOUBT_MS {
            if apart_ms.abs() < DRIFT_MS && now.1.saturating_sub(before.1) > REST_AFTER {
                *trusted = Some(now);
            }
            return None;
        }
        let minutes = apart_ms.abs() / 60_000;
        let way = if apart_ms > 0 { "forward" } else { "back" };
        Some(format!(
            "the clock jumped {way} by {minutes} min: is it right now? Then resume"
        ))
    }

    /// Trusts the clocks as they are now. Call it when everything has been halted.
    pub fn trust(&self, clock: &dyn Clock) {
        *self.lock() = Some((clock.now(), clock.monotonic()));
    }

    fn lock(&self) -> MutexGuard<'_, Option<Reading>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much further the wall clock went than the other one.
fn apart_ms(before: Reading, after: Reading) -> i64 {
    let wall_ms = after.0.as_millisecond() - before.0.as_millisecond();
    let real_ms = i64::try_from(after.1.saturating_sub(before.1).as_millis()).unwrap_or(i64::MAX);
    wall_ms.saturating_sub(real_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;

    struct Fixed(i64, u64);

    #[async_trait]
    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0).unwrap()
        }

        fn monotonic(&self) -> Duration {
            Duration::from_secs(self.1)
        }

        async fn sleep_until(&self, _at: Timestamp) {}
    }

    #[test]
    fn clocks_that_go_together_are_trusted() {
        let doubt = ClockDoubt::default();
        assert_eq!(doubt.look(&Fixed(1_000, 0)), None);
        assert_eq!(doubt.look(&Fixed(90_000, 89_000)), None);
    }

    #[test]
    fn a_jump_is_doubted_until_somebody_trusts_again() {
        let doubt = ClockDoubt::default();
        doubt.look(&Fixed(1_000, 0));
        assert!(doubt.look(&Fixed(90_000, 1)).unwrap().contains("forward"));
        assert!(doubt.look(&Fixed(90_001, 2)).is_some());
        doubt.trust(&Fixed(90_002, 3));
        assert_eq!(doubt.look(&Fixed(90_003, 4)), None);
        assert!(doubt.look(&Fixed(1_000, 5)).unwrap().contains("back"));
    }

    #[test]
    fn small_jumps_add_up() {
        let doubt = ClockDoubt::default();
        doubt.look(&Fixed(0, 0));
        assert_eq!(doubt.look(&Fixed(400, 1)), None);
        assert!(doubt.look(&Fixed(800, 2)).is_some());
    }
}

//! The system's clocks.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use soundpost_core::port::clock::Clock;

const SLEEP_MAX: Duration = Duration::from_secs(1);

/// The system's clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The clock that never goes back and counts suspend. On macOS the one called monotonic does count it.
#[cfg(target_os = "linux")]
const COUNTS_SUSPEND: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const COUNTS_SUSPEND: ClockId = ClockId::Monotonic;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        let time = clock_gettime(COUNTS_SUSPEND);
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
    }

    async fn sleep_until(&self, at: Timestamp) {
        tokio::time::sleep(nap(self.now(), at)).await;
    }
}

/// How long to sleep before looking at the wall clock again.
fn nap(now: Timestamp, at: Timestamp) -> Duration {
    let left = Duration::try_from(at.duration_since(now)).unwrap_or_default();
    left.min(SLEEP_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_ends_at_the_instant_or_after_one_second() {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap();
        assert_eq!(nap(at(0), at(250)), Duration::from_millis(250));
        assert_eq!(nap(at(0), at(86_400_000)), SLEEP_MAX);
        assert_eq!(nap(at(250), at(0)), Duration::ZERO);
    }

    #[test]
    fn the_monotonic_clock_runs_and_never_goes_back() {
        let first = SystemClock.monotonic();
        assert!(first > Duration::ZERO && SystemClock.monotonic() >= first);
    }
}

//! Time, with the wall and the monotonic clock told apart.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// Time from outside.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The wall clock. It may jump in either direction.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment; never goes back, counts suspend.
    fn monotonic(&self) -> Duration;

    /// Sleeps until the wall clock may have reached this instant, for one second at most: a jump of the wall
    /// clock is noticed within that second.
    async fn sleep_until(&self, at: Timestamp);
}

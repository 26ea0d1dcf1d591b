//! Spreads what is late: after a start with a backlog, or after a network came back, the overdue posts of an account
//! go one after another with a gap between them, never in a burst. One account's backlog does not delay another.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::id::AccountId;

/// From how late on a post counts as overdue.
pub const LATE_FROM: SignedDuration = SignedDuration::from_secs(60);

/// The gap between two overdue posts of one account.
#[derive(Debug)]
pub struct Pace {
    gap: SignedDuration,
    next_at: Mutex<BTreeMap<AccountId, Timestamp>>,
}

impl Pace {
    /// A pace with this gap.
    pub fn new(gap: SignedDuration) -> Pace {
        Pace {
            gap,
            next_at: Mutex::default(),
        }
    }

    /// None = it may go now. Otherwise the instant to come back at.
    pub fn wait_until(
        &self,
        account: AccountId,
        promised_at: Timestamp,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if now.duration_since(promised_at) < LATE_FROM {
            return None;
        }
        let mut next_at = self.next_at.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that jumped back must not hold the queue for longer than one gap.
        next_at.retain(|_, at| now < *at && at.duration_since(now) <= self.gap);
        if let Some(at) = next_at.get(&account) {
            return Some(*at);
        }
        next_at.insert(account, now.checked_add(self.gap).unwrap_or(Timestamp::MAX));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn account(n: u128) -> AccountId {
        AccountId(crate::id::Id::from_u128(n))
    }

    #[test]
    fn one_accounts_backlog_does_not_delay_another() {
        let pace = Pace::new(SignedDuration::from_secs(15));
        assert_eq!(pace.wait_until(account(1), at(0), at(1000)), None);
        assert_eq!(pace.wait_until(account(2), at(0), at(1000)), None);
    }

    #[test]
    fn what_is_on_time_never_waits() {
        let pace = Pace::new(SignedDuration::from_secs(15));
        assert_eq!(pace.wait_until(account(1), at(1000), at(1059)), None);
        assert_eq!(pace.wait_until(account(1), at(1000), at(1059)), None);
    }

    #[test]
    fn overdue_posts_keep_a_gap() {
        let pace = Pace::new(SignedDuration::from_secs(15));
        assert_eq!(pace.wait_until(account(1), at(0), at(1000)), None);
        assert_eq!(pace.wait_until(account(1), at(0), at(1001)), Some(at(1015)));
        assert_eq!(pace.wait_until(account(1), at(0), at(1015)), None);
    }

    #[test]
    fn a_clock_that_jumps_back_does_not_hold_the_queue() {
        let pace = Pace::new(SignedDuration::from_secs(15));
        assert_eq!(pace.wait_until(account(1), at(0), at(100_000)), None);
        assert_eq!(pace.wait_until(account(1), at(0), at(1000)), None);
    }
}

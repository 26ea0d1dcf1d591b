//! When to try again. The adapter never decides this.

use jiff::{SignedDuration, Timestamp};

/// The waits after the first, second, ... attempt, in seconds; the last one repeats.
const WAITS_S: [i64; 6] = [5, 15, 45, 120, 300, 600];
/// The waits between look-ups, in seconds; the last one repeats.
const LOOKS_S: [i64; 6] = [2, 10, 20, 60, 300, 600];
/// How long to wait when the network said later without a time, in seconds.
const LATER_S: i64 = 60;

fn pick(waits: &[i64], n: u32) -> i64 {
    let last = waits.len().saturating_sub(1);
    waits.get((n as usize).min(last)).copied().unwrap_or(LATER_S)
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

/// When to try again after `attempts` attempts, with up to a quarter more by `luck`, so that many do not come back
/// at one instant.
pub fn again_at(now: Timestamp, attempts: u32, luck: u64) -> Timestamp {
    let wait_s = pick(&WAITS_S, attempts.saturating_sub(1));
    let extra_ms = luck % (wait_s.unsigned_abs() * 250 + 1);
    let extra = SignedDuration::from_millis(i64::try_from(extra_ms).unwrap_or(0));
    after(now, wait_s).checked_add(extra).unwrap_or(Timestamp::MAX)
}

/// When to look again after `looks` look-ups.
pub fn look_at(now: Timestamp, looks: u32) -> Timestamp {
    after(now, pick(&LOOKS_S, looks))
}

/// When to try again what has not even been prepared: the later it is, the longer the wait.
pub fn prepare_again_at(now: Timestamp, promised_at: Timestamp) -> Timestamp {
    let late_s = now.duration_since(promised_at).as_secs();
    after(now, (late_s / 4).clamp(WAITS_S[0], WAITS_S[3]))
}

/// When to come back after a "later" without a time.
pub fn later_at(now: Timestamp) -> Timestamp {
    after(now, LATER_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_then_stay() {
        let now = Timestamp::UNIX_EPOCH;
        let waits: Vec<i64> = (1..9).map(|n| again_at(now, n, 0).as_second()).collect();
        assert_eq!(waits, [5, 15, 45, 120, 300, 600, 600, 600]);
    }

    #[test]
    fn luck_adds_a_quarter_at_most() {
        let now = Timestamp::UNIX_EPOCH;
        for luck in [1, 777, 1250, u64::MAX] {
            let ms = again_at(now, 1, luck).as_millisecond();
            assert!((5000..=6250).contains(&ms), "{ms}");
        }
    }
}

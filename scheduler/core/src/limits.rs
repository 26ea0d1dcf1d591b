//! Limits of the scheduler itself, and the honest answer to "when will it really go?".

use jiff::{SignedDuration, Timestamp};

/// The most deliveries that one post may have.
pub const DELIVERIES_MAX: usize = 1000;
/// The most parts of a thread, whatever the network allows.
pub const PARTS_MAX: usize = 100;
/// The longest text of one part, in bytes of UTF-8, whatever the network allows.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// How far ahead staging may start.
pub const STAGE_AHEAD: SignedDuration = SignedDuration::from_mins(10);

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// How many writes in an hour automation may plan of a limit of `per_hour_max`: a tenth, at least one, is kept for
/// what people send by hand. A limit of one is not divided; 0 = no limit is known.
pub fn planned_per_hour_max(per_hour_max: u32) -> u32 {
    match per_hour_max {
        0 | 1 => per_hour_max,
        max => max - max.div_ceil(10),
    }
}

/// The earliest instant at or after `due_at` at which one more write keeps an account within `per_hour_max` writes in
/// any hour, given the promised times of its other posts (sorted). 0 = no limit is known.
pub fn expected_at(due_at: Timestamp, promised: &[Timestamp], per_hour_max: u32) -> Timestamp {
    let room = per_hour_max as usize;
    if room == 0 {
        return due_at;
    }
    let mut at = due_at;
    loop {
        let from = at.checked_sub(HOUR).unwrap_or(Timestamp::MIN);
        let begin = promised.partition_point(|t| *t <= from);
        let end = promised.partition_point(|t| *t <= at);
        if end - begin < room {
            return at;
        }
        // Room appears an hour after the oldest write that still counts.
        match promised[end - room].checked_add(HOUR) {
            Ok(next) if next > at => at = next,
            _ => return at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_tenth_is_kept_for_people() {
        let planned: Vec<u32> = [0, 1, 2, 10, 11, 300].map(planned_per_hour_max).to_vec();
        assert_eq!(planned, [0, 1, 1, 9, 9, 270]);
    }

    #[test]
    fn without_a_limit_it_is_the_due_time() {
        assert_eq!(expected_at(at(10), &[at(10); 99], 0), at(10));
    }

    #[test]
    fn the_third_of_two_an_hour_waits_an_hour() {
        assert_eq!(expected_at(at(100), &[at(50), at(100)], 2), at(3650));
        assert_eq!(expected_at(at(100), &[at(50)], 2), at(100));
    }

    #[test]
    fn a_full_hour_behind_a_full_hour_waits_two() {
        let promised = [at(0), at(0), at(3600), at(3600)];
        assert_eq!(expected_at(at(0), &promised, 2), at(7200));
    }
}

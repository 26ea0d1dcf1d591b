//! Record keys of posts (TIDs): 13 characters that sort by time. Syntax: <https://atproto.com/specs/tid>.

use soundpost_core::id::SendKey;

const ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
const CHARS: usize = 13;
const CLOCK_BITS: u32 = 10;
const MICROS_BITS: u32 = 53;
/// How many random bits are added to the microseconds: they move the key's time by about a second at most, and
/// with the clock bits make two keys of the same millisecond differ in all but one of 2^30 cases.
const SPREAD_BITS: u32 = 20;

/// The record key of the part with this send key. The same send key always gives the same record key.
pub(super) fn record_key(send_key: SendKey) -> String {
    let bits = send_key.0.as_u128();
    let millis = (bits >> 80) as u64;
    let clock = low_bits(bits as u64, CLOCK_BITS);
    let spread = low_bits((bits >> CLOCK_BITS) as u64, SPREAD_BITS);
    let micros = low_bits(millis.wrapping_mul(1000).wrapping_add(spread), MICROS_BITS);
    encode(micros << CLOCK_BITS | clock)
}

fn low_bits(number: u64, count: u32) -> u64 {
    number & ((1 << count) - 1)
}

fn encode(number: u64) -> String {
    (0..CHARS)
        .rev()
        .map(|place| char::from(ALPHABET[(number >> (5 * place)) as usize & 31]))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use soundpost_core::id::Id;

    use super::*;

    fn key(bits: u128) -> String {
        record_key(SendKey(Id::from_u128(bits)))
    }

    proptest! {
        #[test]
        fn every_send_key_gives_a_valid_record_key(bits: u128) {
            let key = key(bits);
            prop_assert_eq!(key.len(), 13);
            prop_assert!(key.bytes().all(|c| ALPHABET.contains(&c)), "{}", key);
            prop_assert!("234567abcdefghij".contains(&key[..1]), "{}", key);
        }

        #[test]
        fn record_keys_sort_by_the_time_of_the_send_key(millis in 1_600_000_000_000_u64..4_000_000_000_000, a: u64, b: u64) {
            let at = |millis: u64, tail: u64| key(u128::from(millis) << 80 | u128::from(tail));
            prop_assert!(at(millis, a) < at(millis + 2000, b));
        }
    }

    #[test]
    fn keys_made_in_one_millisecond_differ() {
        let mut state = 0x1234_5678_9abc_def0_u64;
        let mut tail = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            u128::from(state >> 16)
        };
        let keys: BTreeSet<_> = (0..1000).map(|_| key(1_790_000_000_000 << 80 | tail())).collect();
        assert_eq!(keys.len(), 1000);
    }

    #[test]
    fn the_known_example_is_written_as_others_write_it() {
        // 2024-01-01T00:00:00Z with clock 0, as computed by hand from the specification.
        assert_eq!(encode(1_704_067_200_000_000 << 10), "3khuwc44c2222");
    }
}

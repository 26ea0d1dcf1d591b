//! Key 8: a calendar's own words. Written when it is set; removed with the calendar.

use super::Key;

/// Where a calendar stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CalendarKey(pub(crate) String);

impl Key for CalendarKey {
    const ORDINAL: u8 = 8;

    fn tail(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<CalendarKey> {
        String::from_utf8(tail.to_vec()).ok().map(CalendarKey)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_text(a: String, b: String) {
            let (a, b) = (CalendarKey(a), CalendarKey(b));
            prop_assert_eq!(CalendarKey::from_bytes(&a.bytes()), Some(a.clone()));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

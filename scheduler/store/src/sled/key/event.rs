//! Key 7: an event. Written whenever it is set; stays.

use soundpost_core::id::{EventId, Id};

use super::Key;

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EventKey(pub(crate) EventId);

impl Key for EventKey {
    const ORDINAL: u8 = 7;

    fn tail(&self) -> Vec<u8> {
        self.0.0.to_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<EventKey> {
        let bytes = tail.try_into().ok()?;
        Some(EventKey(EventId(Id::from_bytes(bytes))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_id(a: u128, b: u128) {
            let (a, b) = (EventKey(EventId(Id::from_u128(a))), EventKey(EventId(Id::from_u128(b))));
            prop_assert_eq!(EventKey::from_bytes(&a.bytes()), Some(a));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

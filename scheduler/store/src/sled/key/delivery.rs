//! Key 3: a delivery. Written when it is made and at each move; stays.

use soundpost_core::id::DeliveryId;

use super::Key;

/// Where a delivery stands. The deliveries of one post are neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DeliveryKey(pub(crate) DeliveryId);

impl Key for DeliveryKey {
    const ORDINAL: u8 = 3;

    fn tail(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<DeliveryKey> {
        Some(DeliveryKey(DeliveryId::from_bytes(tail.try_into().ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use soundpost_core::id::{Id, PostId};

    use super::*;

    fn key(post: u128, n: u16) -> DeliveryKey {
        DeliveryKey(DeliveryId {
            post: PostId(Id::from_u128(post)),
            n,
        })
    }

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_id(a: (u128, u16), b: (u128, u16)) {
            let (a, b) = (key(a.0, a.1), key(b.0, b.1));
            prop_assert_eq!(DeliveryKey::from_bytes(&a.bytes()), Some(a));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

//! Key 6: an order of the kill switch. Written when it is given or lifted; stays, so that a lifted order is
//! known and never comes back.

use soundpost_core::id::{Id, OrderId};

use super::Key;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct HaltKey(pub(crate) OrderId);

impl Key for HaltKey {
    const ORDINAL: u8 = 6;

    fn tail(&self) -> Vec<u8> {
        self.0.0.to_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<HaltKey> {
        let bytes = tail.try_into().ok()?;
        Some(HaltKey(OrderId(Id::from_bytes(bytes))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_id(a: u128, b: u128) {
            let (a, b) = (HaltKey(OrderId(Id::from_u128(a))), HaltKey(OrderId(Id::from_u128(b))));
            prop_assert_eq!(HaltKey::from_bytes(&a.bytes()), Some(a));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

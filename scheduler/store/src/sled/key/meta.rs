//! Key 1: facts about the store as a whole. Written with every batch (`AppliedSeq`), or once (`StoreId`).

use super::Key;

/// Where a fact about the store stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MetaKey {
    /// The newest journal entry that sled has; there from the first batch on.
    AppliedSeq,
    /// The store that this is a copy of; there from the first batch on.
    StoreId,
}

impl Key for MetaKey {
    const ORDINAL: u8 = 1;

    fn tail(&self) -> Vec<u8> {
        match self {
            MetaKey::AppliedSeq => vec![0],
            MetaKey::StoreId => vec![1],
        }
    }

    fn from_tail(tail: &[u8]) -> Option<MetaKey> {
        match tail {
            [0] => Some(MetaKey::AppliedSeq),
            [1] => Some(MetaKey::StoreId),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back(first: bool) {
            let key = if first { MetaKey::AppliedSeq } else { MetaKey::StoreId };
            prop_assert_eq!(MetaKey::from_bytes(&key.bytes()), Some(key));
        }

        #[test]
        fn any_bytes_are_a_key_or_none(bytes: Vec<u8>) {
            let read = MetaKey::from_bytes(&bytes);
            prop_assert!(read.is_none_or(|key| key.bytes() == bytes));
        }
    }
}

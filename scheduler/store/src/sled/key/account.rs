//! Key 5: an account. Written whenever it is set; stays when it is removed, with that status.

use soundpost_core::id::{AccountId, Id};

use super::Key;

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AccountKey(pub(crate) AccountId);

impl Key for AccountKey {
    const ORDINAL: u8 = 5;

    fn tail(&self) -> Vec<u8> {
        self.0.0.to_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<AccountKey> {
        let bytes = tail.try_into().ok()?;
        Some(AccountKey(AccountId(Id::from_bytes(bytes))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_id(a: u128, b: u128) {
            let (a, b) = (AccountKey(AccountId(Id::from_u128(a))), AccountKey(AccountId(Id::from_u128(b))));
            prop_assert_eq!(AccountKey::from_bytes(&a.bytes()), Some(a));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

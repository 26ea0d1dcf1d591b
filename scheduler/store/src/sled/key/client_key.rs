//! Key 4: the post that was queued with a caller's own key. Written with the post when it has one; stays.

use super::Key;

/// Where a client key stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientKey(pub(crate) String);

impl Key for ClientKey {
    const ORDINAL: u8 = 4;

    fn tail(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<ClientKey> {
        String::from_utf8(tail.to_vec()).ok().map(ClientKey)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_text(a: String, b: String) {
            let (a, b) = (ClientKey(a), ClientKey(b));
            prop_assert_eq!(ClientKey::from_bytes(&a.bytes()), Some(a.clone()));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

//! Key 9: a feed that is watched. Written when it is set; removed with the feed.

use super::Key;

/// Where a feed stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FeedKey(pub(crate) String);

impl Key for FeedKey {
    const ORDINAL: u8 = 9;

    fn tail(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<FeedKey> {
        String::from_utf8(tail.to_vec()).ok().map(FeedKey)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_text(a: String, b: String) {
            let (a, b) = (FeedKey(a), FeedKey(b));
            prop_assert_eq!(FeedKey::from_bytes(&a.bytes()), Some(a.clone()));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

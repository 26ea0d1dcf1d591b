//! Key 10: how a feed is doing. Written often, so it stands apart from the feed; removed with it.

use super::Key;

/// Where the state of a feed stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FeedStateKey(pub(crate) String);

impl Key for FeedStateKey {
    const ORDINAL: u8 = 10;

    fn tail(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<FeedStateKey> {
        String::from_utf8(tail.to_vec()).ok().map(FeedStateKey)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_text(a: String, b: String) {
            let (a, b) = (FeedStateKey(a), FeedStateKey(b));
            prop_assert_eq!(FeedStateKey::from_bytes(&a.bytes()), Some(a.clone()));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

//! Key 11: a list of hashtags that rise. Written when it is set; removed with the list.

use super::Key;

/// Where a list of hashtags stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TrendsKey(pub(crate) String);

impl Key for TrendsKey {
    const ORDINAL: u8 = 11;

    fn tail(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<TrendsKey> {
        String::from_utf8(tail.to_vec()).ok().map(TrendsKey)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_text(a: String, b: String) {
            let (a, b) = (TrendsKey(a), TrendsKey(b));
            prop_assert_eq!(TrendsKey::from_bytes(&a.bytes()), Some(a.clone()));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

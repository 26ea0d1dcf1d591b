//! Key 2: a post with its revisions. Written when it is queued or revised; stays.

use soundpost_core::id::{Id, PostId};

use super::Key;

/// Where a post stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PostKey(pub(crate) PostId);

impl Key for PostKey {
    const ORDINAL: u8 = 2;

    fn tail(&self) -> Vec<u8> {
        self.0.0.to_bytes().to_vec()
    }

    fn from_tail(tail: &[u8]) -> Option<PostKey> {
        let bytes = tail.try_into().ok()?;
        Some(PostKey(PostId(Id::from_bytes(bytes))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_sorts_as_its_id(a: u128, b: u128) {
            let (a, b) = (PostKey(PostId(Id::from_u128(a))), PostKey(PostId(Id::from_u128(b))));
            prop_assert_eq!(PostKey::from_bytes(&a.bytes()), Some(a));
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }
    }
}

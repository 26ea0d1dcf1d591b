//! The keys in sled: one kind a file. A key begins with the ordinal of its kind, which never changes; numbers
//! and ids follow big-endian, so that the order of the keys is the order of the things.

mod account;
mod calendar;
mod client_key;
mod delivery;
mod event;
mod feed;
mod feed_state;
mod halt;
mod meta;
mod post;
mod trends;

pub(crate) use account::AccountKey;
pub(crate) use calendar::CalendarKey;
pub(crate) use client_key::ClientKey;
pub(crate) use delivery::DeliveryKey;
pub(crate) use event::EventKey;
pub(crate) use feed::FeedKey;
pub(crate) use feed_state::FeedStateKey;
pub(crate) use halt::HaltKey;
pub(crate) use meta::MetaKey;
pub(crate) use post::PostKey;
pub(crate) use trends::TrendsKey;

/// A kind of key.
pub(crate) trait Key: Sized {
    /// The first byte of all keys of this kind. Never change or reuse one.
    const ORDINAL: u8;

    /// What follows the ordinal.
    fn tail(&self) -> Vec<u8>;

    /// The key with this tail; none when it is not one.
    fn from_tail(tail: &[u8]) -> Option<Self>;

    /// The whole key.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![Self::ORDINAL];
        bytes.extend(self.tail());
        bytes
    }

    /// The key with these bytes; none when it is of another kind, or broken.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (ordinal, tail) = bytes.split_first()?;
        (*ordinal == Self::ORDINAL).then(|| Self::from_tail(tail))?
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_kinds_share_an_ordinal() {
        let ordinals = [
            MetaKey::ORDINAL,
            PostKey::ORDINAL,
            DeliveryKey::ORDINAL,
            ClientKey::ORDINAL,
            AccountKey::ORDINAL,
            HaltKey::ORDINAL,
            EventKey::ORDINAL,
            CalendarKey::ORDINAL,
            FeedKey::ORDINAL,
            FeedStateKey::ORDINAL,
            TrendsKey::ORDINAL,
        ];
        assert_eq!(ordinals, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        assert_eq!(
            ordinals.into_iter().collect::<BTreeSet<_>>().len(),
            ordinals.len()
        );
    }
}

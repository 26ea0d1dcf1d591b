//! Identifiers: ordered by time, with a random tail, so that the last characters tell two of them apart.
//!
//! An id is 128 bits: 48 bits of milliseconds since 1970, then 80 random bits, written as 26 characters of
//! Crockford's base 32 in lower case. People see and type a unique ending of at least [`ENDING_CHARS_MIN`].

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::port::entropy::Entropy;

/// How many characters an id has when written in full.
pub const ID_CHARS: usize = 26;
/// The shortest ending of an id that is shown or accepted.
pub const ENDING_CHARS_MIN: usize = 4;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A 128-bit identifier, ordered by the time it was made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u128);

impl Id {
    /// Makes an id for this instant; instants before 1970 count as 1970.
    pub fn new(at: Timestamp, entropy: &dyn Entropy) -> Id {
        let millis = at.as_millisecond().max(0) as u128 & ((1 << 48) - 1);
        let tail = u128::from(entropy.u64()) << 64 | u128::from(entropy.u64());
        Id(millis << 80 | tail & ((1 << 80) - 1))
    }

    /// An id from its raw bits.
    pub const fn from_u128(bits: u128) -> Id {
        Id(bits)
    }

    /// The raw bits.
    pub const fn as_u128(self) -> u128 {
        self.0
    }

    /// Big-endian bytes: their order is the order of the ids.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The id with these big-endian bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Id {
        Id(u128::from_be_bytes(bytes))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; ID_CHARS];
        for (i, slot) in text.iter_mut().rev().enumerate() {
            *slot = ALPHABET[(self.0 >> (5 * i)) as usize & 31];
        }
        f.pad(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an id in full.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an id: 26 letters and digits are expected")]
pub struct NotAnId(pub String);

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Id, NotAnId> {
        let wrong = || NotAnId(text.to_owned());
        if text.len() != ID_CHARS {
            return Err(wrong());
        }
        let mut bits: u128 = 0;
        for (i, byte) in text.bytes().enumerate() {
            let lower = byte.to_ascii_lowercase();
            let digit = ALPHABET.iter().position(|&c| c == lower).ok_or_else(wrong)?;
            if i == 0 && digit > 7 {
                return Err(wrong());
            }
            bits = bits << 5 | digit as u128;
        }
        Ok(Id(bits))
    }
}

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Id);

        impl $name {
            /// Makes a new one for this instant.
            pub fn new(at: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(Id::new(at, entropy))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.parse().map(Self)
            }
        }
    };
}

id_type!(
    /// Names a post.
    PostId
);
id_type!(
    /// Names an account; its label may change, this never does.
    AccountId
);
id_type!(
    /// Names an event.
    EventId
);
id_type!(
    /// Names an order of the kill switch.
    OrderId
);
id_type!(
    /// Names a store; the kill switch's file carries it too.
    StoreId
);

/// Names a delivery: the post, and which of its deliveries (from 1). Written `<post>.<n>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId {
    /// The post that is delivered.
    pub post: PostId,
    /// Which delivery of that post, from 1.
    pub n: u16,
}

impl DeliveryId {
    /// Big-endian bytes: their order is the order of the ids.
    pub fn to_bytes(self) -> [u8; 18] {
        let mut bytes = [0; 18];
        bytes[..16].copy_from_slice(&self.post.0.to_bytes());
        bytes[16..].copy_from_slice(&self.n.to_be_bytes());
        bytes
    }

    /// The id with these big-endian bytes.
    pub fn from_bytes(bytes: [u8; 18]) -> DeliveryId {
        let (mut post, mut n) = ([0; 16], [0; 2]);
        post.copy_from_slice(&bytes[..16]);
        n.copy_from_slice(&bytes[16..]);
        DeliveryId {
            post: PostId(Id::from_bytes(post)),
            n: u16::from_be_bytes(n),
        }
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.post, self.n)
    }
}

impl fmt::Debug for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for DeliveryId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<DeliveryId, NotAnId> {
        let wrong = || NotAnId(text.to_owned());
        let (post, n) = text.split_once('.').ok_or_else(wrong)?;
        Ok(DeliveryId {
            post: post.parse()?,
            n: n.parse().map_err(|_| wrong())?,
        })
    }
}

impl Serialize for DeliveryId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeliveryId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<DeliveryId, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The key that a network may use to recognise a repeated send: 128 random bits made at intake, one a part.
/// Adapters derive a record key, a UUID or a transaction id from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendKey(pub Id);

impl SendKey {
    /// Makes a key; its time part is the intake time.
    pub fn new(at: Timestamp, entropy: &dyn Entropy) -> SendKey {
        SendKey(Id::new(at, entropy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_reads_back_as_written(bits: u128) {
            let id = Id::from_u128(bits);
            prop_assert_eq!(id.to_string().parse::<Id>().unwrap(), id);
            prop_assert_eq!(Id::from_bytes(id.to_bytes()), id);
        }

        #[test]
        fn written_ids_sort_as_their_bits(a: u128, b: u128) {
            let (a, b) = (Id::from_u128(a), Id::from_u128(b));
            prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
        }

        #[test]
        fn a_delivery_id_reads_back(bits: u128, n: u16) {
            let id = DeliveryId { post: PostId(Id::from_u128(bits)), n };
            prop_assert_eq!(id.to_string().parse::<DeliveryId>().unwrap(), id);
            prop_assert_eq!(DeliveryId::from_bytes(id.to_bytes()), id);
        }

        #[test]
        fn any_text_is_an_id_or_an_error(text: String) {
            let _ = text.parse::<DeliveryId>();
        }
    }
}

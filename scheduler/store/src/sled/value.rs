//! The values in sled: JSON with the version of its shape. A long one stands in a file of its own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use soundpost_core::halt::HaltOrder;
use soundpost_core::port::store::StoreError;
use soundpost_core::post::Post;

use crate::bodies::{Bodies, SPILL_BYTES};

/// The version of the values that this code writes.
const VALUE_VERSION: u32 = 1;

/// A post, and where its story begins in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredPost {
    /// The entry that added it.
    pub(crate) first_seq: u64,
    /// The post.
    pub(crate) post: Post,
}

/// What is known of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HaltNote {
    /// The order; none when the journal saw only its end.
    pub(crate) order: Option<HaltOrder>,
    /// True when it was lifted.
    pub(crate) lifted: bool,
}

#[derive(Serialize)]
struct Out<'a, T> {
    v: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    is: Option<&'a T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spilled: Option<String>,
}

#[derive(Deserialize)]
struct In<T> {
    v: u32,
    #[serde(default = "none")]
    is: Option<T>,
    #[serde(default)]
    spilled: Option<String>,
}

fn none<T>() -> Option<T> {
    None
}

/// The bytes of a value; a long one is put into a file.
pub(crate) fn encode<T: Serialize>(value: &T, bodies: &Bodies) -> Result<Vec<u8>, StoreError> {
    let whole = json(&Out {
        v: VALUE_VERSION,
        is: Some(value),
        spilled: None,
    })?;
    if whole.len() <= SPILL_BYTES {
        return Ok(whole);
    }
    let spilled = Some(bodies.put(&json(value)?)?);
    json(&Out::<T> {
        v: VALUE_VERSION,
        is: None,
        spilled,
    })
}

/// The value with these bytes.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], bodies: &Bodies) -> Result<T, StoreError> {
    let damaged = |what: String| StoreError::Damaged(format!("a value in sled: {what}"));
    let value: In<T> = serde_json::from_slice(bytes).map_err(|e| damaged(e.to_string()))?;
    if value.v > VALUE_VERSION {
        return Err(damaged(format!("version {} is newer than this program", value.v)));
    }
    match (value.is, value.spilled) {
        (Some(is), _) => Ok(is),
        (None, Some(name)) => serde_json::from_slice(&bodies.get(&name)?).map_err(|e| damaged(e.to_string())),
        (None, None) => Err(damaged("it is empty".to_owned())),
    }
}

/// The file in which the value with these bytes stands, if it is a long one.
pub(crate) fn spilled_in(bytes: &[u8]) -> Option<String> {
    let value: In<serde::de::IgnoredAny> = serde_json::from_slice(bytes).ok()?;
    value.spilled
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|e| StoreError::Io(format!("cannot write as JSON: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_values_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let bodies = Bodies::new(dir.path().join("bodies"));
        for length in [0, 10, SPILL_BYTES, 100_000] {
            let text = "y".repeat(length);
            let bytes = encode(&text, &bodies).unwrap();
            assert!(bytes.len() <= SPILL_BYTES);
            assert_eq!(decode::<String>(&bytes, &bodies).unwrap(), text);
        }
    }

    #[test]
    fn the_first_version_is_still_read() {
        let bodies = Bodies::new(std::path::PathBuf::new());
        let read: HaltNote = decode(br#"{"v":1,"is":{"order":null,"lifted":true}}"#, &bodies).unwrap();
        assert_eq!(
            read,
            HaltNote {
                order: None,
                lifted: true
            }
        );
    }

    #[test]
    fn a_newer_version_is_refused() {
        let bodies = Bodies::new(std::path::PathBuf::new());
        let read = decode::<u64>(br#"{"v":2,"is":1}"#, &bodies);
        assert!(matches!(read, Err(StoreError::Damaged(_))));
    }
}

//! A journal entry as the line that stands in the journal. The change of an entry that is too long stands in a
//! file of its own; the line then names it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use soundpost_core::actor::Actor;
use soundpost_core::change::{Change, ENTRY_VERSION, Entry};
use soundpost_core::port::store::StoreError;

use crate::bodies::{Bodies, SPILL_BYTES};

const SPILLED: &[u8] = b"\"change\":{\"kind\":\"spilled\"";

/// An entry whose change stands elsewhere.
#[derive(Debug, Serialize, Deserialize)]
struct Spilled {
    v: u32,
    seq: u64,
    at: Timestamp,
    by: Actor,
    #[serde(default)]
    reason: String,
    change: Elsewhere,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Elsewhere {
    Spilled { sha256: String },
}

/// The line of an entry; a long change is put into a file first.
///
/// # Errors
/// `Io`.
pub(crate) fn encode(entry: &Entry, bodies: &Bodies) -> Result<Vec<u8>, StoreError> {
    let line = json(entry)?;
    if line.len() <= SPILL_BYTES {
        return Ok(line);
    }
    let sha256 = bodies.put(&json(&entry.change)?)?;
    json(&Spilled {
        v: entry.v,
        seq: entry.seq,
        at: entry.at,
        by: entry.by.clone(),
        reason: entry.reason.clone(),
        change: Elsewhere::Spilled { sha256 },
    })
}

/// The entry of a line that stands at this place.
///
/// # Errors
/// `Damaged`, `Io`.
pub(crate) fn decode(seq: u64, line: &[u8], bodies: &Bodies) -> Result<Entry, StoreError> {
    let damaged = |what: String| StoreError::Damaged(format!("journal entry {seq}: {what}"));
    let entry: Entry = match spilled(line) {
        Some(line) => unspill(line, bodies)?,
        None => serde_json::from_slice(line).map_err(|e| damaged(e.to_string()))?,
    };
    if entry.v > ENTRY_VERSION {
        return Err(damaged(format!("version {} is newer than this program", entry.v)));
    }
    if entry.seq != seq {
        return Err(damaged(format!("it says that it is entry {}", entry.seq)));
    }
    Ok(entry)
}

/// The name of the file in which the change of this line stands, if it stands in one.
pub(crate) fn spilled_name(line: &[u8]) -> Option<String> {
    let Elsewhere::Spilled { sha256 } = spilled(line)?.change;
    Some(sha256)
}

fn spilled(line: &[u8]) -> Option<Spilled> {
    let may_be = line.windows(SPILLED.len()).any(|window| window == SPILLED);
    may_be.then(|| serde_json::from_slice(line).ok())?
}

fn unspill(line: Spilled, bodies: &Bodies) -> Result<Entry, StoreError> {
    let Spilled {
        v,
        seq,
        at,
        by,
        reason,
        change,
    } = line;
    let Elsewhere::Spilled { sha256 } = change;
    let damaged =
        |e: serde_json::Error| StoreError::Damaged(format!("journal entry {seq}, file {sha256}: {e}"));
    let change: Change = serde_json::from_slice(&bodies.get(&sha256)?).map_err(damaged)?;
    Ok(Entry {
        v,
        seq,
        at,
        by,
        reason,
        change,
    })
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|e| StoreError::Io(format!("cannot write as JSON: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: String) -> Entry {
        let change = Change::CalendarSet {
            name: "days".to_owned(),
            text,
        };
        let at = Timestamp::UNIX_EPOCH;
        Entry {
            v: ENTRY_VERSION,
            seq: 7,
            at,
            by: Actor::Lane,
            reason: String::new(),
            change,
        }
    }

    #[test]
    fn short_and_long_entries_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let bodies = Bodies::new(dir.path().join("bodies"));
        for text in [
            String::from_utf8_lossy(SPILLED).into_owned(),
            "x".repeat(SPILL_BYTES),
        ] {
            let entry = entry(text);
            let line = encode(&entry, &bodies).unwrap();
            assert!(line.len() <= SPILL_BYTES && !line.contains(&b'\n'));
            assert_eq!(decode(7, &line, &bodies).unwrap(), entry);
            assert!(matches!(decode(8, &line, &bodies), Err(StoreError::Damaged(_))));
        }
    }
}

//! One of the two slots of the switch's file: how it is written, and what counts as whole.

use soundpost_core::id::{Id, StoreId};

use super::payload::Payload;

/// Size of a slot.
pub(super) const SLOT_BYTES: usize = 32 * 1024;

const MAGIC: &[u8; 8] = b"SNDPSWCH";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 44;
const CRC_AT: usize = 40;

/// What stands in a slot that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// The store that the switch belongs to.
    pub(super) store: StoreId,
    /// Rises with each write; the slot with the higher one is the newer.
    pub(super) counter: u64,
    /// The orders.
    pub(super) payload: Payload,
}

/// Why a slot cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It is torn or was overwritten: the other slot decides.
    Damaged,
    /// It was written by a newer version of the program: nothing else in the file decides.
    Newer(u32),
}

/// The whole slot as bytes; `None` when the orders do not fit.
///
/// Layout, integers little-endian: magic 8, version 4, store id 16, counter 8, length of the payload 4, CRC32C 4 of
/// all that stands before and of the payload, payload, zeros.
pub(super) fn encode(slot: &Slot) -> Option<Vec<u8>> {
    let json = serde_json::to_vec(&slot.payload).ok()?;
    if HEADER_BYTES + json.len() > SLOT_BYTES {
        return None;
    }
    let mut bytes = Vec::with_capacity(SLOT_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&slot.store.0.to_bytes());
    bytes.extend_from_slice(&slot.counter.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(json.len()).ok()?.to_le_bytes());
    let crc = crc32c::crc32c_append(crc32c::crc32c(&bytes), &json);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes.extend_from_slice(&json);
    bytes.resize(SLOT_BYTES, 0);
    Some(bytes)
}

/// Reads a slot back.
pub(super) fn decode(bytes: &[u8]) -> Result<Slot, Flaw> {
    let head: [u8; 12] = array(bytes, 0)?;
    if head[..8] != MAGIC[..] {
        return Err(Flaw::Damaged);
    }
    let version = u32::from_le_bytes(array(bytes, 8)?);
    if version > VERSION {
        return Err(Flaw::Newer(version));
    }
    let length = u32::from_le_bytes(array(bytes, 36)?) as usize;
    let end = HEADER_BYTES.checked_add(length).ok_or(Flaw::Damaged)?;
    let json = bytes.get(HEADER_BYTES..end).ok_or(Flaw::Damaged)?;
    let crc = crc32c::crc32c_append(crc32c::crc32c(&bytes[..CRC_AT]), json);
    if version != VERSION || crc != u32::from_le_bytes(array(bytes, CRC_AT)?) {
        return Err(Flaw::Damaged);
    }
    Ok(Slot {
        store: StoreId(Id::from_bytes(array(bytes, 12)?)),
        counter: u64::from_le_bytes(array(bytes, 28)?),
        payload: serde_json::from_slice(json).map_err(|_| Flaw::Damaged)?,
    })
}

fn array<const N: usize>(bytes: &[u8], from: usize) -> Result<[u8; N], Flaw> {
    let part = bytes.get(from..from + N).ok_or(Flaw::Damaged)?;
    part.try_into().map_err(|_| Flaw::Damaged)
}

/// What is wrong with each of the two slots of a file, if anything.
pub(super) fn flaws(bytes: &[u8]) -> [Option<Flaw>; 2] {
    let slot = |place: usize| {
        let end = bytes.len().min((place + 1) * SLOT_BYTES);
        decode(&bytes[end.min(place * SLOT_BYTES)..end]).err()
    };
    [slot(0), slot(1)]
}

/// The two slots of a file, of which at least one is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Newest {
    /// Place of the newer whole slot: 0 or 1.
    pub(super) place: usize,
    /// What stands in it.
    pub(super) slot: Slot,
}

/// Picks the newer whole slot.
///
/// # Errors
/// A fragment that says what is wrong with the file.
pub(super) fn newest(bytes: &[u8]) -> Result<Newest, String> {
    if bytes.len() < 2 * SLOT_BYTES {
        return Err(format!("is cut off after {} bytes", bytes.len()));
    }
    let (first, second) = (
        decode(&bytes[..SLOT_BYTES]),
        decode(&bytes[SLOT_BYTES..2 * SLOT_BYTES]),
    );
    let (place, slot) = match (first, second) {
        (Err(Flaw::Newer(version)), _) | (_, Err(Flaw::Newer(version))) => {
            return Err(format!("was written by a newer soundpost (format {version})"));
        }
        (Err(Flaw::Damaged), Err(Flaw::Damaged)) => return Err("is damaged".to_owned()),
        (Ok(slot), Err(Flaw::Damaged)) => (0, slot),
        (Err(Flaw::Damaged), Ok(slot)) => (1, slot),
        (Ok(a), Ok(b)) if a.store != b.store => return Err("belongs to two stores at once".to_owned()),
        (Ok(a), Ok(b)) if a.counter == b.counter => return Err("says two things at once".to_owned()),
        (Ok(a), Ok(b)) if a.counter > b.counter => (0, a),
        (Ok(_), Ok(b)) => (1, b),
    };
    Ok(Newest { place, slot })
}

//! One frame: the bytes of one group commit. Knows nothing of files.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::error::JournalError;
use super::segment::SECTOR;

const MAGIC: [u8; 8] = *b"SPJFRAM1";
const VERSION: u32 = 1;
const CRC_AT: usize = 68;
const HEADER_BYTES: usize = 72;

/// SHA-256 of a frame, shown as lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub(super) [u8; 32]);

impl Hash {
    /// The raw 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the first frame of a journal names as the hash before it.
    pub(super) fn genesis(store_id: &[u8; 16]) -> Self {
        let mut sha = Sha256::new();
        sha.update(b"soundpost journal 1\0");
        sha.update(store_id);
        Self(sha.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Hash {
    type Err = ();

    fn from_str(text: &str) -> Result<Hash, ()> {
        let mut raw = [0; 32];
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(());
        }
        for (byte, digits) in raw.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| ())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| ())?;
        }
        Ok(Hash(raw))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a frame stands: in which life of which file, and after what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) generation: u64,
    pub(super) first_seq: u64,
    pub(super) prev_hash: Hash,
}

/// A frame whose checksum, generation and entry count are right. Place in the chain is not yet checked.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) first_seq: u64,
    pub(super) count: u32,
    pub(super) prev_hash: Hash,
    raw: &'a [u8],
}

/// Why no frame stands at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing, something else, a frame of another generation, or a damaged frame.
    Absent,
    /// A whole frame of a version that this program does not know.
    Version(u32),
}

impl<'a> Frame<'a> {
    /// Reads the frame at the start of `bytes`, which may run on beyond it.
    pub(super) fn decode(bytes: &'a [u8], generation: u64) -> Result<Self, Fault> {
        let header = bytes.get(..HEADER_BYTES).ok_or(Fault::Absent)?;
        if header[..8] != MAGIC || u64_at(header, 16) != generation {
            return Err(Fault::Absent);
        }
        let payload_len = usize::try_from(u32_at(header, 32)).map_err(|_| Fault::Absent)?;
        let len = HEADER_BYTES.checked_add(payload_len).ok_or(Fault::Absent)?;
        let raw = bytes.get(..len).ok_or(Fault::Absent)?;
        if checksum(raw) != u32_at(raw, CRC_AT) {
            return Err(Fault::Absent);
        }
        Self::checked(raw)
    }

    fn checked(raw: &'a [u8]) -> Result<Self, Fault> {
        match u32_at(raw, 8) {
            VERSION => {}
            other => return Err(Fault::Version(other)),
        }
        let mut prev_hash = [0; 32];
        prev_hash.copy_from_slice(&raw[36..CRC_AT]);
        let frame = Self {
            first_seq: u64_at(raw, 24),
            count: u32_at(raw, 12),
            prev_hash: Hash(prev_hash),
            raw,
        };
        let lines = frame.entries().count();
        let counted = u64::try_from(lines).is_ok_and(|lines| lines == u64::from(frame.count));
        // The sequence after the last one must exist too.
        let in_range = frame.first_seq > 0 && frame.first_seq.checked_add(u64::from(frame.count)).is_some();
        if counted && in_range {
            Ok(frame)
        } else {
            Err(Fault::Absent)
        }
    }

    /// The entries, in the order in which they were appended.
    pub(super) fn entries(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.raw[HEADER_BYTES..].split(|&byte| byte == b'\n')
    }

    /// The hash that the next frame names.
    pub(super) fn hash(&self) -> Hash {
        hash(self.raw)
    }

    /// Bytes that the frame takes in the segment, up to the start of the next.
    pub(super) fn space(&self) -> usize {
        self.raw.len().next_multiple_of(SECTOR)
    }
}

/// Bytes that a frame of these entries takes, up to the start of the next.
///
/// # Errors
/// `InvalidEntry` for an empty batch, a line feed inside an entry, or more than 4 GiB in all.
pub(super) fn space_for(entries: &[Vec<u8>]) -> Result<usize, JournalError> {
    let invalid = |index, reason| Err(JournalError::InvalidEntry { index, reason });
    if entries.is_empty() {
        return invalid(0, "a batch needs at least one entry");
    }
    let mut payload_len = entries.len() - 1;
    for (index, entry) in entries.iter().enumerate() {
        if entry.contains(&b'\n') {
            return invalid(index, "contains a line feed");
        }
        payload_len = payload_len.saturating_add(entry.len());
    }
    if u32::try_from(payload_len).is_err() {
        return invalid(0, "the batch is larger than 4 GiB");
    }
    Ok((HEADER_BYTES + payload_len).next_multiple_of(SECTOR))
}

/// Writes the frame of a batch that [`space_for`] has accepted, padded with zeros to `space`; with its hash.
pub(super) fn encode(entries: &[Vec<u8>], place: &Place, space: usize) -> (Vec<u8>, Hash) {
    let count = u32::try_from(entries.len()).expect("a batch within 4 GiB has fewer than 2^32 entries");
    let payload = entries.join(&b'\n');
    let payload_len = u32::try_from(payload.len()).expect("space_for refused batches over 4 GiB");
    let mut raw = Vec::with_capacity(space + SECTOR);
    raw.extend_from_slice(&MAGIC);
    raw.extend_from_slice(&VERSION.to_le_bytes());
    raw.extend_from_slice(&count.to_le_bytes());
    raw.extend_from_slice(&place.generation.to_le_bytes());
    raw.extend_from_slice(&place.first_seq.to_le_bytes());
    raw.extend_from_slice(&payload_len.to_le_bytes());
    raw.extend_from_slice(&place.prev_hash.0);
    raw.extend_from_slice(&[0; 4]);
    raw.extend_from_slice(&payload);
    let crc = checksum(&raw);
    raw[CRC_AT..HEADER_BYTES].copy_from_slice(&crc.to_le_bytes());
    let hash = hash(&raw);
    raw.resize(space, 0);
    (raw, hash)
}

fn hash(raw: &[u8]) -> Hash {
    Hash(Sha256::digest(raw).into())
}

/// CRC32C of header and payload, without the place of the checksum itself.
fn checksum(raw: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&raw[..CRC_AT]), &raw[HEADER_BYTES..])
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut out = [0; 4];
    out.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(out)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut out = [0; 8];
    out.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(out)
}

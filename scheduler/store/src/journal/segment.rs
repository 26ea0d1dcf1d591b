//! A segment file: its names, its header, and reading it whole.

use std::io;

use super::disk::Disk;
use super::error::JournalError;
use super::frame::{Hash, u32_at, u64_at};

/// The unit that a disk writes whole or not at all; everything in a segment is aligned to it.
pub(super) const SECTOR: usize = 512;
/// Frames begin behind the header.
pub(super) const HEADER_BYTES: usize = SECTOR;

const MAGIC: [u8; 8] = *b"SPJSEGM1";
const FIELDS_END: usize = 80;
const CRC_AT: usize = 508;

/// The first sector of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    pub(super) store_id: [u8; 16],
    /// Which life of the file this is; 0 for a spare that was never used.
    pub(super) generation: u64,
    pub(super) number: u64,
    /// Sequence of the first entry in this segment, or that it will have.
    pub(super) first_seq: u64,
    /// Hash of the last frame of the segment before.
    pub(super) prev_hash: Hash,
}

impl SegmentHeader {
    /// The header of a spare that was never used.
    pub(super) fn blank(store_id: [u8; 16]) -> Self {
        Self {
            store_id,
            generation: 0,
            number: 0,
            first_seq: 0,
            prev_hash: Hash([0; 32]),
        }
    }

    /// The header and the empty sector behind it that marks a segment without frames.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut raw = Vec::with_capacity(2 * SECTOR);
        raw.extend_from_slice(&MAGIC);
        raw.extend_from_slice(&self.store_id);
        raw.extend_from_slice(&self.generation.to_le_bytes());
        raw.extend_from_slice(&self.number.to_le_bytes());
        raw.extend_from_slice(&self.first_seq.to_le_bytes());
        raw.extend_from_slice(&self.prev_hash.0);
        raw.resize(CRC_AT, 0);
        raw.extend_from_slice(&crc32c::crc32c(&raw).to_le_bytes());
        raw.resize(2 * SECTOR, 0);
        raw
    }

    fn decode(raw: &[u8]) -> Option<Self> {
        let raw = raw.get(..HEADER_BYTES)?;
        if raw[..8] != MAGIC || crc32c::crc32c(&raw[..CRC_AT]) != u32_at(raw, CRC_AT) {
            return None;
        }
        let mut store_id = [0; 16];
        store_id.copy_from_slice(&raw[8..24]);
        let mut prev_hash = [0; 32];
        prev_hash.copy_from_slice(&raw[48..FIELDS_END]);
        Some(Self {
            store_id,
            generation: u64_at(raw, 24),
            number: u64_at(raw, 32),
            first_seq: u64_at(raw, 40),
            prev_hash: Hash(prev_hash),
        })
    }
}

/// A segment in memory. The file may be growing meanwhile.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) header: SegmentHeader,
    /// Whole sectors, header included.
    pub(super) bytes: Vec<u8>,
}

impl Segment {
    /// Reads a whole segment.
    ///
    /// # Errors
    /// `Io`, `BrokenHeader`, or `Retired` when the file went away or became another segment meanwhile.
    pub(super) fn load(disk: &dyn Disk, number: u64) -> Result<Self, JournalError> {
        let gone = JournalError::Retired { segment: number };
        let Some(header) = read_header(disk, number)? else {
            return Err(gone);
        };
        let Some(bytes) =
            read_sectors(disk, &segment_name(number)).map_err(JournalError::io("read a segment"))?
        else {
            return Err(gone);
        };
        // The owner writes the new header of a recycled file before anything else, and a number is never used
        // twice: if the name still leads to the same header, the bytes are of this segment too.
        match read_header(disk, number)? {
            Some(still) if still == header && bytes.len() >= HEADER_BYTES => Ok(Self { header, bytes }),
            _ => Err(gone),
        }
    }
}

/// Reads the header of segment `number`; `None` if there is no such file.
///
/// # Errors
/// `Io`, or `BrokenHeader` if it cannot be read or is not the header of this number.
pub(super) fn read_header(disk: &dyn Disk, number: u64) -> Result<Option<SegmentHeader>, JournalError> {
    let name = segment_name(number);
    let fits = |header: &SegmentHeader| header.number == number && header.first_seq > 0;
    let mut header = header_of(disk, &name);
    if header
        .as_ref()
        .is_ok_and(|found| !found.as_ref().is_some_and(fits))
    {
        // It may have been retired and used again between finding the name and reading.
        header = header_of(disk, &name);
    }
    match header {
        Ok(Some(header)) if fits(&header) => Ok(Some(header)),
        Ok(_) => Err(JournalError::BrokenHeader { segment: number }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(JournalError::Io {
            action: "read a segment header",
            source,
        }),
    }
}

/// Reads whatever header the file `name` has; `None` if it is not valid.
pub(super) fn header_of(disk: &dyn Disk, name: &str) -> io::Result<Option<SegmentHeader>> {
    let mut raw = [0; HEADER_BYTES];
    let read = disk.read_at(name, 0, &mut raw)?;
    Ok(SegmentHeader::decode(&raw[..read]))
}

fn read_sectors(disk: &dyn Disk, name: &str) -> io::Result<Option<Vec<u8>>> {
    let read = || -> io::Result<Vec<u8>> {
        let len = usize::try_from(disk.len(name)?).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let mut bytes = vec![0; len];
        let read = disk.read_at(name, 0, &mut bytes)?;
        bytes.truncate(read - read % SECTOR);
        Ok(bytes)
    };
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// Numbers of all segments in the folder, ascending and without a gap. Empty if there are none.
///
/// # Errors
/// `Io`, or `MissingSegment`.
pub(super) fn segment_numbers(disk: &dyn Disk) -> Result<Vec<u64>, JournalError> {
    let names = disk.list().map_err(JournalError::io("list the folder"))?;
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| segment_number(name)).collect();
    numbers.sort_unstable();
    match numbers.windows(2).find(|pair| pair[1] - pair[0] > 1) {
        Some(pair) => Err(JournalError::MissingSegment { segment: pair[0] + 1 }),
        None => Ok(numbers),
    }
}

/// File name of a segment.
pub(super) fn segment_name(number: u64) -> String {
    format!("{number:08}.seg")
}

/// The number in a segment's file name.
pub(crate) fn segment_number(name: &str) -> Option<u64> {
    let number = name.strip_suffix(".seg")?.parse().ok()?;
    (number > 0 && number < u64::MAX && segment_name(number) == name).then_some(number)
}

/// File name of a spare.
pub(super) fn spare_name(serial: u64) -> String {
    format!("spare-{serial:08}.seg")
}

/// The serial of a spare's file name.
pub(super) fn spare_serial(name: &str) -> Option<u64> {
    let serial = name.strip_prefix("spare-")?.strip_suffix(".seg")?.parse().ok()?;
    (spare_name(serial) == name).then_some(serial)
}

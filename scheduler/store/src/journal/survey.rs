//! A look at a journal that may be damaged, changing nothing: how far it can be read, why no further, and what whole
//! frames still stand behind that place.

use std::path::Path;

use super::disk::{Disk, RealDisk};
use super::error::JournalError;
use super::frame::{Fault, Frame, u64_at};
use super::reader::Head;
use super::recover::Cut;
use super::segment::{self, HEADER_BYTES, SECTOR};
use super::walk::Walk;

/// What was found.
#[derive(Debug, Default)]
pub struct Survey {
    /// How many segments there are.
    pub segments: usize,
    /// What they and the spares take on the disk.
    pub bytes: u64,
    /// The store that the first readable segment names.
    pub store_id: Option<[u8; 16]>,
    /// Sequence of the oldest entry that can be read; 0 when none can.
    pub first_seq: u64,
    /// The end of what can be read.
    pub head: Option<Head>,
    /// A torn tail, which the next open cuts.
    pub torn: Option<Cut>,
    /// Why it cannot be read to its end, if so.
    pub fault: Option<JournalError>,
    /// What stands at that place, in words.
    pub detail: Option<String>,
    /// Entries in whole frames behind that place: they are there, and nothing leads to them.
    pub stranded: Option<Stranded>,
    /// Files in the folder that are no part of a journal.
    pub strange: Vec<String>,
}

/// Entries that can be read, and that nothing leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranded {
    /// How many.
    pub entries: u64,
    /// The first, with its sequence.
    pub first: (u64, Vec<u8>),
    /// The last, with its sequence.
    pub last: (u64, Vec<u8>),
}

/// Looks at the journal in a folder, and hands out each entry that can be read, in order.
pub fn survey(dir: &Path, each: impl FnMut(u64, &[u8])) -> Survey {
    survey_on(&RealDisk::open(dir), each)
}

fn survey_on(disk: &dyn Disk, mut each: impl FnMut(u64, &[u8])) -> Survey {
    let mut found = Survey::default();
    let numbers = match list(disk, &mut found) {
        Ok(numbers) => numbers,
        Err(error) => {
            found.fault = Some(error);
            return found;
        }
    };
    let Some(&first) = numbers.first() else {
        found.fault = Some(JournalError::NoJournal);
        return found;
    };
    let mut at = first;
    match Walk::start(disk, first) {
        Ok(mut walk) => {
            found.fault = follow(disk, &mut walk, &mut found, &mut each).err();
            at = walk.header().number;
            let gap = numbers.iter().any(|number| *number > at);
            if found.fault.is_none() && gap {
                found.fault = Some(JournalError::MissingSegment { segment: at + 1 });
                found.torn = None;
            }
        }
        Err(error) => found.fault = Some(error),
    }
    explain(disk, &numbers, at, &mut found);
    found
}

/// The numbers of the segments, ascending, gaps and all.
fn list(disk: &dyn Disk, found: &mut Survey) -> Result<Vec<u64>, JournalError> {
    let names = disk.list().map_err(JournalError::io("list the folder"))?;
    let mut numbers = Vec::new();
    for name in names {
        found.bytes += disk.len(&name).unwrap_or(0);
        match segment::segment_number(&name) {
            Some(number) => numbers.push(number),
            None if segment::spare_serial(&name).is_some() => {}
            None => found.strange.push(name),
        }
    }
    numbers.sort_unstable();
    found.strange.sort_unstable();
    found.segments = numbers.len();
    Ok(numbers)
}

fn follow(
    disk: &dyn Disk,
    walk: &mut Walk,
    found: &mut Survey,
    each: &mut impl FnMut(u64, &[u8]),
) -> Result<(), JournalError> {
    found.store_id = Some(walk.header().store_id);
    found.first_seq = walk.next_seq();
    loop {
        found.head = Some(Head {
            last_seq: walk.next_seq() - 1,
            hash: walk.prev_hash(),
        });
        let Some(frame) = walk.next_frame(disk)? else {
            break;
        };
        for (seq, line) in (frame.first_seq..).zip(frame.entries()) {
            each(seq, line);
        }
    }
    let bytes = walk.torn_bytes();
    found.torn = (bytes > 0).then(|| Cut {
        segment: walk.header().number,
        offset: walk.offset(),
        bytes,
    });
    Ok(())
}

/// Says what stands at the fault, and looks for what stands behind it.
fn explain(disk: &dyn Disk, numbers: &[u64], at: u64, found: &mut Survey) {
    let next_seq = found.head.map_or(1, |head| head.last_seq + 1);
    let (segment, offset) = match &found.fault {
        None => return,
        Some(JournalError::BrokenHeader { segment }) => {
            found.detail = Some(header_words(disk, *segment, found.store_id));
            (*segment, 0)
        }
        Some(
            JournalError::BrokenFrame { segment, offset, .. }
            | JournalError::ChainMismatch { segment, offset, .. }
            | JournalError::UnknownVersion { segment, offset, .. },
        ) => (*segment, *offset),
        Some(JournalError::MissingSegment { segment }) => (*segment, 0),
        Some(_) => (at, 0),
    };
    if offset > 0 {
        found.detail = Some(frame_words(disk, segment, offset, next_seq));
    }
    let behind = numbers.iter().filter(|number| **number >= segment);
    for number in behind {
        let from = if *number == segment { offset } else { 0 };
        gather(disk, *number, from, next_seq, &mut found.stranded);
    }
}

/// Takes note of the whole frames of a segment from this byte on.
fn gather(disk: &dyn Disk, number: u64, from: u64, next_seq: u64, stranded: &mut Option<Stranded>) {
    let name = segment::segment_name(number);
    let Ok(bytes) = whole(disk, &name) else { return };
    let generation = segment::header_of(disk, &name)
        .ok()
        .flatten()
        .map(|header| header.generation);
    let mut at = usize::try_from(from).unwrap_or(usize::MAX).max(HEADER_BYTES);
    while at < bytes.len() {
        let space = match frame_at(&bytes[at..], generation) {
            Some(frame) if frame.first_seq >= next_seq => {
                note(&frame, stranded);
                frame.space()
            }
            _ => SECTOR,
        };
        at += space;
    }
}

fn note(frame: &Frame<'_>, stranded: &mut Option<Stranded>) {
    let mut entries = (frame.first_seq..).zip(frame.entries().map(<[u8]>::to_vec));
    let Some(first) = entries.next() else { return };
    let last = entries.last().unwrap_or_else(|| first.clone());
    match stranded {
        None => {
            *stranded = Some(Stranded {
                entries: u64::from(frame.count),
                first,
                last,
            });
        }
        // What an earlier life of the file left would go back in the sequence.
        Some(known) if frame.first_seq > known.last.0 => {
            known.entries += u64::from(frame.count);
            known.last = last;
        }
        Some(_) => {}
    }
}

/// The frame at the start of these bytes: of this generation, or of its own where the header does not say.
fn frame_at(bytes: &[u8], generation: Option<u64>) -> Option<Frame<'_>> {
    let own = || Some(u64_at(bytes.get(..24)?, 16));
    Frame::decode(bytes, generation.or_else(own)?).ok()
}

fn whole(disk: &dyn Disk, name: &str) -> std::io::Result<Vec<u8>> {
    let len = usize::try_from(disk.len(name)?).map_err(|_| std::io::ErrorKind::FileTooLarge)?;
    let mut bytes = vec![0; len];
    let read = disk.read_at(name, 0, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

fn header_words(disk: &dyn Disk, number: u64, store_id: Option<[u8; 16]>) -> String {
    let name = segment::segment_name(number);
    let bytes = match whole(disk, &name) {
        Ok(bytes) => bytes,
        Err(error) => return format!("the file cannot be read: {error}"),
    };
    match segment::header_of(disk, &name) {
        _ if bytes.is_empty() => "the file is empty".to_owned(),
        _ if bytes.len() < HEADER_BYTES => format!("the file has only {} bytes", bytes.len()),
        Ok(Some(header)) if store_id.is_some_and(|id| id != header.store_id) => {
            "it belongs to another store".to_owned()
        }
        Ok(Some(header)) => format!("it says that it is segment {}", header.number),
        Err(error) => format!("it cannot be read: {error}"),
        Ok(None) if bytes[..HEADER_BYTES].iter().all(|byte| *byte == 0) => {
            "zeros stand where its header should be".to_owned()
        }
        Ok(None) => "its header was changed: the checksum is wrong".to_owned(),
    }
}

fn frame_words(disk: &dyn Disk, number: u64, offset: u64, next_seq: u64) -> String {
    let name = segment::segment_name(number);
    let bytes = whole(disk, &name).unwrap_or_default();
    let rest = usize::try_from(offset).ok().and_then(|at| bytes.get(at..));
    let Some(rest) = rest.filter(|rest| rest.len() >= SECTOR) else {
        return "the file is cut off there".to_owned();
    };
    let own = u64_at(rest, 16);
    let generation = segment::header_of(disk, &name)
        .ok()
        .flatten()
        .map(|h| h.generation);
    match Frame::decode(rest, own) {
        Ok(_) if generation.is_some_and(|wanted| wanted != own) => {
            "the frame there is of an earlier life of the file (its generation is wrong)".to_owned()
        }
        Ok(frame) if frame.first_seq != next_seq => {
            format!("the frame there begins with entry {}", frame.first_seq)
        }
        Ok(_) => "the frame there is whole, but names another frame before it (the hash chain is broken)"
            .to_owned(),
        Err(Fault::Version(version)) => format!("the frame there has version {version}"),
        Err(Fault::Absent) if rest[..SECTOR].iter().all(|byte| *byte == 0) => "zeros stand there".to_owned(),
        Err(Fault::Absent) if rest.starts_with(b"SPJFRAM1") => {
            "the frame there was changed: its checksum is wrong".to_owned()
        }
        Err(Fault::Absent) => "no frame begins there".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::journal::{FaultyDisk, Journal, JournalOptions};

    fn three_segments() -> (Arc<FaultyDisk>, Head) {
        let disk = Arc::new(FaultyDisk::new());
        let options = JournalOptions {
            segment_bytes: 4096,
            ..JournalOptions::default()
        };
        let shared: Arc<dyn Disk> = Arc::<FaultyDisk>::clone(&disk);
        let mut journal = Journal::create_on(shared, [7; 16], options).unwrap();
        while journal.health().segments < 3 {
            journal.append(&[vec![b'x'; 900]]).unwrap();
        }
        (disk, journal.head())
    }

    fn surveyed(disk: &FaultyDisk) -> (Survey, Vec<u64>) {
        let mut seen = Vec::new();
        let found = survey_on(disk, |seq, _| seen.push(seq));
        (found, seen)
    }

    fn changed(disk: &FaultyDisk, number: u64, change: impl FnOnce(&mut Vec<u8>)) -> Survey {
        let name = segment::segment_name(number);
        let mut bytes = disk.contents(&name).unwrap();
        change(&mut bytes);
        disk.replace(&name, bytes);
        surveyed(disk).0
    }

    #[test]
    fn a_whole_journal_is_read_to_its_end() {
        let (disk, head) = three_segments();
        let (found, seen) = surveyed(&disk);
        assert_eq!((found.head, found.segments), (Some(head), 3));
        assert!(found.fault.is_none() && found.torn.is_none() && found.stranded.is_none());
        assert_eq!(seen, (1..=head.last_seq).collect::<Vec<_>>());
    }

    #[test]
    fn what_stands_behind_a_broken_frame_is_counted() {
        let (disk, head) = three_segments();
        let found = changed(&disk, 1, |bytes| bytes[1700] ^= 1);
        assert!(matches!(
            found.fault,
            Some(JournalError::BrokenFrame { seq_expected: 2, .. })
        ));
        assert!(found.detail.unwrap().contains("checksum"));
        let stranded = found.stranded.unwrap();
        assert_eq!((stranded.first.0, stranded.last.0), (3, head.last_seq));
        assert_eq!(stranded.entries, head.last_seq - 2);
    }

    #[test]
    fn each_kind_of_broken_header_is_told_apart() {
        type Change = fn(&mut Vec<u8>);
        let cases: [(Change, &str); 4] = [
            (|bytes| bytes.clear(), "is empty"),
            (|bytes| bytes.truncate(100), "only 100 bytes"),
            (|bytes| bytes[10] ^= 1, "checksum"),
            (|bytes| bytes[..512].fill(0), "zeros"),
        ];
        for (change, words) in cases {
            let (disk, _) = three_segments();
            let found = changed(&disk, 2, change);
            assert!(
                matches!(found.fault, Some(JournalError::BrokenHeader { segment: 2 })),
                "{found:?}"
            );
            assert!(found.detail.as_deref().unwrap().contains(words), "{found:?}");
            assert!(found.stranded.is_some());
        }
    }

    #[test]
    fn a_missing_segment_and_a_foreign_one_are_named() {
        let (disk, _) = three_segments();
        disk.remove(&segment::segment_name(2)).unwrap();
        let (found, _) = surveyed(&disk);
        assert!(matches!(
            found.fault,
            Some(JournalError::MissingSegment { segment: 2 })
        ));
        assert!(found.stranded.is_some());
        let (disk, _) = three_segments();
        let other = segment::SegmentHeader {
            number: 2,
            first_seq: 4,
            generation: 1,
            ..segment::SegmentHeader::blank([9; 16])
        };
        let found = changed(&disk, 2, |bytes| {
            bytes[..512].copy_from_slice(&other.encode()[..512])
        });
        assert!(found.detail.unwrap().contains("another store"));
    }

    #[test]
    fn frames_of_another_generation_are_named() {
        let (disk, _) = three_segments();
        let name = segment::segment_name(1);
        let header = segment::header_of(disk.as_ref(), &name).unwrap().unwrap();
        let later = segment::SegmentHeader {
            generation: header.generation + 1,
            ..header
        };
        let found = changed(&disk, 1, |bytes| {
            bytes[..512].copy_from_slice(&later.encode()[..512])
        });
        assert!(matches!(
            found.fault,
            Some(JournalError::BrokenFrame { seq_expected: 1, .. })
        ));
        assert!(found.detail.unwrap().contains("generation is wrong"));
    }

    #[test]
    fn a_torn_tail_is_measured_and_left_alone() {
        let (disk, head) = three_segments();
        let name = segment::segment_name(3);
        let before = disk.contents(&name).unwrap();
        let mut bytes = before.clone();
        bytes[600] ^= 1;
        disk.replace(&name, bytes.clone());
        let (found, seen) = surveyed(&disk);
        assert_eq!(found.torn.unwrap().offset, 512);
        assert_eq!(seen.last().copied(), Some(head.last_seq - 1));
        assert_eq!(disk.contents(&name).unwrap(), bytes);
    }
}

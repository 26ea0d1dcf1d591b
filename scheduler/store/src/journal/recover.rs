//! Opening a journal for writing: verify all of it, cut a torn tail, gather the spares.

use std::collections::VecDeque;

use super::disk::Disk;
use super::error::JournalError;
use super::reader::Head;
use super::segment::{self, SegmentHeader};
use super::walk::Walk;
use super::writer::JournalOptions;

const ZEROS_BYTES: u64 = 256 * 1024;

/// What was found at open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenReport {
    /// Sequence of the oldest entry that is kept; one more than the last if there is none.
    pub first_seq: u64,
    /// Sequence and hash of the end.
    pub head: Head,
    /// Number of entries, all verified.
    pub entries: u64,
    /// The torn tail that was cut, if any. No acknowledged batch is in it, unless the disk lied or decayed.
    pub cut: Option<Cut>,
}

/// A torn tail, cut at open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Number of the segment.
    pub segment: u64,
    /// Byte in the segment at which it began.
    pub offset: u64,
    /// Its length, up to the next empty sector.
    pub bytes: u64,
}

/// A segment in use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) number: u64,
    pub(super) first_seq: u64,
}

/// A file of the constant size that waits to become a segment.
#[derive(Clone, Debug)]
pub(super) struct Spare {
    pub(super) name: String,
    /// That of its last life.
    pub(super) generation: u64,
}

/// The segment that is being written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Current {
    pub(super) number: u64,
    pub(super) generation: u64,
    pub(super) bytes: u64,
    /// Where the next frame goes.
    pub(super) offset: u64,
}

/// All that a writer needs to go on.
#[derive(Debug)]
pub(super) struct Recovered {
    pub(super) store_id: [u8; 16],
    pub(super) segments: VecDeque<Span>,
    pub(super) current: Current,
    pub(super) spares: Vec<Spare>,
    pub(super) report: OpenReport,
}

/// Verifies the journal and makes it ready for writing. Changes nothing on disk unless it succeeds, but for
/// spares that cannot be used.
pub(super) fn recover(disk: &dyn Disk, options: &JournalOptions) -> Result<Recovered, JournalError> {
    let numbers = segment::segment_numbers(disk)?;
    let (Some(&first), Some(&last)) = (numbers.first(), numbers.last()) else {
        return Err(JournalError::NoJournal);
    };
    settle(disk, last)?;
    let mut walk = Walk::start(disk, first)?;
    while walk.next_frame(disk)?.is_some() {}
    let segments = spans(disk, &numbers)?;
    let store_id = walk.header().store_id;
    let report = report(&segments, &walk);
    check_applied(options, report.head.last_seq)?;
    if let Some(cut) = report.cut {
        neutralise(disk, &cut, walk.segment_bytes())?;
        tracing::warn!(
            segment = cut.segment,
            offset = cut.offset,
            bytes = cut.bytes,
            "cut a torn journal tail"
        );
    }
    let spares = gather_spares(disk, &store_id, options.segment_bytes)?;
    disk.sync_dir().map_err(JournalError::io("sync the folder"))?;
    let SegmentHeader {
        number, generation, ..
    } = *walk.header();
    let current = Current {
        number,
        generation,
        bytes: walk.segment_bytes(),
        offset: walk.offset(),
    };
    Ok(Recovered {
        store_id,
        segments,
        current,
        spares,
        report,
    })
}

/// Makes what is read from the last segment the same as what is on the device: after `kill -9` a frame may be
/// in memory only and is written out; after a failed sync it may be in memory only for ever and is forgotten.
fn settle(disk: &dyn Disk, number: u64) -> Result<(), JournalError> {
    let name = segment::segment_name(number);
    disk.sync_data(&name)
        .map_err(JournalError::io("sync the last segment"))?;
    disk.forget_cached(&name)
        .map_err(JournalError::io("reread the last segment"))
}

fn spans(disk: &dyn Disk, numbers: &[u64]) -> Result<VecDeque<Span>, JournalError> {
    let span = |&number: &u64| {
        let header =
            segment::read_header(disk, number)?.ok_or(JournalError::MissingSegment { segment: number })?;
        Ok(Span {
            number,
            first_seq: header.first_seq,
        })
    };
    numbers.iter().map(span).collect()
}

fn report(segments: &VecDeque<Span>, walk: &Walk) -> OpenReport {
    let first_seq = segments
        .front()
        .map_or(walk.next_seq(), |oldest| oldest.first_seq);
    let bytes = walk.torn_bytes();
    OpenReport {
        first_seq,
        head: Head {
            last_seq: walk.next_seq() - 1,
            hash: walk.prev_hash(),
        },
        entries: walk.next_seq() - first_seq,
        cut: (bytes > 0).then(|| Cut {
            segment: walk.header().number,
            offset: walk.offset(),
            bytes,
        }),
    }
}

fn check_applied(options: &JournalOptions, last_seq: u64) -> Result<(), JournalError> {
    match options.applied_seq {
        Some(applied_seq) if applied_seq > last_seq => Err(JournalError::LostBeyondApplied {
            applied_seq,
            last_seq,
        }),
        _ => Ok(()),
    }
}

/// Writes zeros from the cut to the end of the segment, so that nothing there can ever be read as a frame.
fn neutralise(disk: &dyn Disk, cut: &Cut, segment_bytes: u64) -> Result<(), JournalError> {
    let name = segment::segment_name(cut.segment);
    let mut offset = cut.offset;
    while offset < segment_bytes {
        let part = usize::try_from((segment_bytes - offset).min(ZEROS_BYTES)).unwrap_or(segment::SECTOR);
        disk.write_at(&name, offset, &vec![0; part])
            .map_err(JournalError::io("clear a torn tail"))?;
        offset += part as u64;
    }
    disk.sync_data(&name)
        .map_err(JournalError::io("clear a torn tail"))
}

/// Lists the spares that can be used and removes those that a crash left half made, or of another size.
fn gather_spares(disk: &dyn Disk, store_id: &[u8; 16], bytes: u64) -> Result<Vec<Spare>, JournalError> {
    let failed = || JournalError::io("look at the spare segments");
    let mut spares = Vec::new();
    for name in disk.list().map_err(failed())? {
        if segment::spare_serial(&name).is_none() {
            continue;
        }
        match segment::header_of(disk, &name).map_err(failed())? {
            Some(header) if header.store_id == *store_id && disk.len(&name).map_err(failed())? == bytes => {
                spares.push(Spare {
                    name,
                    generation: header.generation,
                });
            }
            _ => disk.remove(&name).map_err(failed())?,
        }
    }
    Ok(spares)
}

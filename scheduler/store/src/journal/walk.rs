//! Walks along the chain of frames, checking each link. Shared by recovery and by reading beside the owner.

use super::disk::Disk;
use super::error::JournalError;
use super::frame::{Fault, Frame, Hash};
use super::segment::{self, HEADER_BYTES, SECTOR, Segment, SegmentHeader};

/// A position in the chain, with the segment around it in memory.
#[derive(Debug)]
pub(super) struct Walk {
    segment: Segment,
    offset: usize,
    next_seq: u64,
    prev_hash: Hash,
}

impl Walk {
    /// Stands before the first frame of a segment.
    ///
    /// # Errors
    /// `Io`, `BrokenHeader`, `Retired`; `ChainMismatch` if the very first segment does not follow the store id.
    pub(super) fn start(disk: &dyn Disk, number: u64) -> Result<Self, JournalError> {
        let segment = Segment::load(disk, number)?;
        let SegmentHeader {
            first_seq, prev_hash, ..
        } = segment.header;
        if first_seq == 1 && prev_hash != Hash::genesis(&segment.header.store_id) {
            return Err(JournalError::ChainMismatch {
                segment: number,
                offset: 0,
                seq: 1,
            });
        }
        Ok(Self {
            segment,
            offset: HEADER_BYTES,
            next_seq: first_seq,
            prev_hash,
        })
    }

    pub(super) fn header(&self) -> &SegmentHeader {
        &self.segment.header
    }

    /// Byte in the segment at which the next frame belongs.
    pub(super) fn offset(&self) -> u64 {
        self.offset as u64
    }

    pub(super) fn segment_bytes(&self) -> u64 {
        self.segment.bytes.len() as u64
    }

    pub(super) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// Hash of the last frame passed.
    pub(super) fn prev_hash(&self) -> Hash {
        self.prev_hash
    }

    /// Passes the next frame and returns it, going on to the next segment where needed. `None` at the end of
    /// the journal, be it clean or torn.
    ///
    /// # Errors
    /// `BrokenFrame`, `ChainMismatch`, `UnknownVersion`, and those of reading a segment.
    pub(super) fn next_frame(&mut self, disk: &dyn Disk) -> Result<Option<Frame<'_>>, JournalError> {
        // What looks broken may be a segment that grew while it was read: it is believed at the second look.
        let mut looked_again = false;
        while !self.at_frame()? {
            match self.beyond(disk)? {
                Beyond::Nothing => return Ok(None),
                Beyond::Segment(next) => {
                    *self = next;
                    looked_again = false;
                }
                Beyond::Contradiction(error) if looked_again => return Err(error),
                Beyond::Contradiction(_) => {
                    self.segment = Segment::load(disk, self.segment.header.number)?;
                    looked_again = true;
                }
            }
        }
        self.pass_frame().map(Some)
    }

    /// Reads the segment anew: its owner may have written more.
    ///
    /// # Errors
    /// As [`Segment::load`].
    pub(super) fn reload(&mut self, disk: &dyn Disk) -> Result<(), JournalError> {
        self.segment = Segment::load(disk, self.segment.header.number)?;
        Ok(())
    }

    fn at_frame(&self) -> Result<bool, JournalError> {
        match Frame::decode(
            &self.segment.bytes[self.offset.min(self.segment.bytes.len())..],
            self.generation(),
        ) {
            Ok(_) => Ok(true),
            Err(Fault::Absent) => Ok(false),
            Err(Fault::Version(version)) => {
                let (segment, offset) = self.place();
                Err(JournalError::UnknownVersion {
                    segment,
                    offset,
                    version,
                })
            }
        }
    }

    fn pass_frame(&mut self) -> Result<Frame<'_>, JournalError> {
        let (segment, offset) = self.place();
        let broken = JournalError::BrokenFrame {
            segment,
            offset,
            seq_expected: self.next_seq,
        };
        let generation = self.generation();
        let Ok(frame) = Frame::decode(&self.segment.bytes[self.offset..], generation) else {
            return Err(broken);
        };
        if frame.first_seq != self.next_seq {
            return Err(broken);
        }
        if frame.prev_hash != self.prev_hash {
            return Err(JournalError::ChainMismatch {
                segment,
                offset,
                seq: frame.first_seq,
            });
        }
        self.offset += frame.space();
        self.next_seq += u64::from(frame.count);
        self.prev_hash = frame.hash();
        Ok(frame)
    }

    /// What follows a place where no frame stands.
    fn beyond(&self, disk: &dyn Disk) -> Result<Beyond, JournalError> {
        let (segment, offset) = self.place();
        let broken = JournalError::BrokenFrame {
            segment,
            offset,
            seq_expected: self.next_seq,
        };
        let Some(next) = segment::read_header(disk, segment + 1)? else {
            // Segments are retired from the oldest on: if ours is still there, the next was not retired.
            if segment::read_header(disk, segment)?.is_none() {
                return Err(JournalError::Retired { segment });
            }
            let later = self.later_frame();
            return Ok(if later {
                Beyond::Contradiction(broken)
            } else {
                Beyond::Nothing
            });
        };
        if next.store_id != self.segment.header.store_id {
            return Err(JournalError::BrokenHeader { segment: segment + 1 });
        }
        if next.first_seq != self.next_seq {
            return Ok(Beyond::Contradiction(broken));
        }
        if next.prev_hash != self.prev_hash {
            let seq = next.first_seq;
            return Ok(Beyond::Contradiction(JournalError::ChainMismatch {
                segment: segment + 1,
                offset: 0,
                seq,
            }));
        }
        Walk::start(disk, segment + 1).map(Beyond::Segment)
    }

    /// Whether a valid frame of this generation with a later sequence stands behind this place.
    fn later_frame(&self) -> bool {
        (self.offset + SECTOR..self.segment.bytes.len())
            .step_by(SECTOR)
            .any(
                |offset| match Frame::decode(&self.segment.bytes[offset..], self.generation()) {
                    Ok(frame) => frame.first_seq > self.next_seq,
                    Err(fault) => fault != Fault::Absent,
                },
            )
    }

    /// Length of what was left of a torn frame here, up to the next empty sector; 0 at a clean end.
    pub(super) fn torn_bytes(&self) -> u64 {
        let rest = &self.segment.bytes[self.offset.min(self.segment.bytes.len())..];
        let sectors = rest
            .chunks(SECTOR)
            .take_while(|sector| sector.iter().any(|&byte| byte != 0))
            .count();
        (sectors * SECTOR) as u64
    }

    fn generation(&self) -> u64 {
        self.segment.header.generation
    }

    fn place(&self) -> (u64, u64) {
        (self.segment.header.number, self.offset())
    }
}

/// What [`Walk::beyond`] found.
enum Beyond {
    /// The journal ends here.
    Nothing,
    /// The next segment continues the chain.
    Segment(Walk),
    /// Something later exists that does not fit.
    Contradiction(JournalError),
}

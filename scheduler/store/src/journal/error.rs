//! What can go wrong with a journal.

use std::io;

/// Why the journal refused, with the place where that helps.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The disk refused an operation.
    #[error("journal: cannot {action}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The answer of the system.
        #[source]
        source: io::Error,
    },
    /// An earlier write failed: nothing is accepted until the journal is opened again.
    #[error("journal is closed for writing after an error: {cause}")]
    Poisoned {
        /// The first failure.
        cause: String,
    },
    /// An entry, or the batch as a whole, cannot be stored. Nothing was written.
    #[error("journal entry {index}: {reason}")]
    InvalidEntry {
        /// Place of the entry in the batch, from 0.
        index: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An option is out of range.
    #[error("journal option: {reason}")]
    InvalidOption {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The folder holds no segment.
    #[error("no journal in this folder")]
    NoJournal,
    /// The folder already holds a journal.
    #[error("a journal already exists in this folder")]
    AlreadyExists,
    /// A segment between two others is not there.
    #[error("journal segment {segment} is missing")]
    MissingSegment {
        /// Number of the missing segment.
        segment: u64,
    },
    /// The header of a segment cannot be read, or belongs to another journal or segment.
    #[error("journal segment {segment} has a broken header")]
    BrokenHeader {
        /// Number of the segment.
        segment: u64,
    },
    /// A frame cannot be read although later frames can.
    #[error("journal segment {segment} is broken at byte {offset}, where entry {seq_expected} should begin")]
    BrokenFrame {
        /// Number of the segment.
        segment: u64,
        /// Byte in the segment file at which the frame should begin.
        offset: u64,
        /// Sequence of the first entry that should stand there.
        seq_expected: u64,
    },
    /// A whole frame does not continue the one before it: something was changed, removed or put in.
    #[error("journal segment {segment}, byte {offset}: entry {seq} does not follow the frame before it")]
    ChainMismatch {
        /// Number of the segment.
        segment: u64,
        /// Byte in the segment file.
        offset: u64,
        /// First sequence of the frame.
        seq: u64,
    },
    /// A frame was written by a newer version of this program.
    #[error("journal segment {segment}, byte {offset}: format version {version} is not known")]
    UnknownVersion {
        /// Number of the segment.
        segment: u64,
        /// Byte in the segment file.
        offset: u64,
        /// The version that the frame names.
        version: u32,
    },
    /// Entries are missing that the caller has already applied elsewhere. Nothing was changed.
    #[error("journal ends at entry {last_seq}, but entry {applied_seq} has already been applied")]
    LostBeyondApplied {
        /// What the caller said it had applied.
        applied_seq: u64,
        /// Last entry that can be read.
        last_seq: u64,
    },
    /// The owner retired this segment while it was being read: begin again from a later entry.
    #[error("journal segment {segment} was retired while being read")]
    Retired {
        /// Number of the segment.
        segment: u64,
    },
}

impl JournalError {
    /// The segment, and the byte in it, at which a journal stops to be readable; none for what is no damage of a place.
    #[must_use]
    pub fn place(&self) -> Option<(u64, u64)> {
        match *self {
            Self::MissingSegment { segment } | Self::BrokenHeader { segment } => Some((segment, 0)),
            Self::BrokenFrame { segment, offset, .. } | Self::ChainMismatch { segment, offset, .. } => {
                Some((segment, offset))
            }
            _ => None,
        }
    }

    /// Makes the adapter for `map_err` that says what was tried.
    pub(super) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}

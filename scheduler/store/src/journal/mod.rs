//! The journal: an append-only log of byte entries that survives loss of power.
//!
//! It is the truth of the store. An entry is a line of bytes (by convention JSON) that the journal never looks
//! into; the crate around it decides what entries mean. The journal takes no lock: whoever opens a [`Journal`]
//! owns the folder by a lock of the store. A [`JournalReader`] needs no lock and may run beside the owner.
//!
//! # On disk
//!
//! The folder holds segments, `00000001.seg` and so on, of one constant size, written with zeros before use so
//! that a commit overwrites blocks that the file already has. Segments no longer needed become `spare-*.seg`
//! and are used again; at most two are kept. Each use of a file has its own *generation*.
//!
//! | bytes | segment header (512 bytes) | | bytes | frame |
//! | --- | --- | --- | --- | --- |
//! | 0 | magic `SPJSEGM1` | | 0 | magic `SPJFRAM1` |
//! | 8 | store id, 16 bytes | | 8 | format version, u32 |
//! | 24 | generation, u64 | | 12 | number of entries, u32 |
//! | 32 | segment number, u64 | | 16 | generation, u64 |
//! | 40 | first sequence, u64 | | 24 | first sequence, u64 |
//! | 48 | hash of the frame before, 32 bytes | | 32 | payload length, u32 |
//! | 80 | zeros | | 36 | hash of the frame before, 32 bytes |
//! | 508 | CRC32C of all before, u32 | | 68 | CRC32C of header and payload, u32 |
//! | | | | 72 | payload: entries joined by line feeds |
//!
//! Numbers are little-endian. One group commit is one frame. A frame starts on a sector (512 bytes) of its own,
//! so that writing it never touches a sector whose content was acknowledged, and is followed by one empty
//! sector, the mark of a clean end. The hash of a frame is SHA-256 of its header and payload; the very first
//! frame follows a hash made from the store id.
//!
//! # Damage
//!
//! A bad frame is a torn tail, cut at open and reported, only if nothing valid of the same generation follows.
//! Otherwise it is an error that names it, and nothing is changed on disk. Nobody but a caller that knows
//! [`JournalOptions::applied_seq`] can tell a torn tail from a last frame that decayed later: pass it.

mod disk;
mod error;
mod faulty_disk;
mod frame;
mod reader;
mod recover;
mod segment;
mod survey;
mod walk;
mod writer;

#[cfg(test)]
mod tests;

pub use disk::{Disk, RealDisk};
pub use error::JournalError;
pub use faulty_disk::{CrashMode, FaultyDisk, Lie};
pub use frame::Hash;
pub use reader::{Chain, Entries, Head, JournalReader, Numbered};
pub use recover::{Cut, OpenReport};
pub(crate) use segment::segment_number;
pub use survey::{Stranded, Survey, survey};
pub use writer::{Appended, Health, Journal, JournalOptions, SEGMENT_BYTES};

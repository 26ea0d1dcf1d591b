//! The owner's side: append, roll over to new segments, retire old ones, take back what a full disk cut off.

mod undo;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use super::disk::{Disk, RealDisk};
use super::error::JournalError;
use super::frame::{self, Hash, Place};
use super::reader::{Entries, Head};
use super::recover::{self, Current, OpenReport, Recovered, Span, Spare};
use super::segment::{self, HEADER_BYTES, SECTOR, SegmentHeader};
use undo::Undo;

/// Size of a segment unless the options say otherwise: 8 MiB.
pub const SEGMENT_BYTES: u64 = 8 * 1024 * 1024;

const MAKE_SEGMENT: &str = "make a segment";
const WRITE_HEADER: &str = "write a segment header";
const WRITE_FRAME: &str = "write a frame";
const SPARES_MAX: usize = 2;
/// After failing to make a spare ahead, the next attempt waits for this part of a segment to be written.
const RETRY_PART: u64 = 16;

/// How to create or open a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalOptions {
    /// Size of new segments: a multiple of 512, at least 2048. A batch that does not fit gets a segment of its
    /// own size. May differ from one open to the next. Default [`SEGMENT_BYTES`].
    pub segment_bytes: u64,
    /// Last entry that the caller has applied elsewhere. A journal that ends before it is refused. Not used by
    /// create. Default none.
    pub applied_seq: Option<u64>,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self {
            segment_bytes: SEGMENT_BYTES,
            applied_seq: None,
        }
    }
}

impl JournalOptions {
    fn check(&self) -> Result<(), JournalError> {
        let sector = SECTOR as u64;
        if self.segment_bytes >= 4 * sector && self.segment_bytes.is_multiple_of(sector) {
            return Ok(());
        }
        Err(JournalError::InvalidOption {
            reason: "segment_bytes must be a multiple of 512, at least 2048",
        })
    }
}

/// The sequences that a batch was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// That of the first entry.
    pub first_seq: u64,
    /// That of the last entry.
    pub last_seq: u64,
}

/// How the journal fares, for status and alarms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// The error after which nothing is accepted, if any.
    pub poisoned: Option<String>,
    /// Why no segment could be made ahead, if so: the disk is probably full, and appending will soon fail.
    pub no_space_ahead: Option<String>,
    /// Segments in use.
    pub segments: usize,
    /// Segments that wait to be used.
    pub spares: usize,
}

/// A journal opened for writing. Only one may exist for a folder at a time; the caller holds the lock.
#[derive(Debug)]
pub struct Journal {
    disk: Arc<dyn Disk>,
    segment_bytes: u64,
    store_id: [u8; 16],
    segments: VecDeque<Span>,
    current: Current,
    spares: Vec<Spare>,
    next_seq: u64,
    head_hash: Hash,
    /// Fill of the current segment from which on a spare is wanted.
    prepare_at: u64,
    poisoned: Option<String>,
    undo: Option<Undo>,
    no_space_ahead: Option<String>,
}

impl Journal {
    /// Makes a journal in a folder, which is made too unless it is there.
    ///
    /// # Errors
    /// `AlreadyExists`, `InvalidOption`, `Io`.
    pub fn create(dir: &Path, store_id: [u8; 16], options: JournalOptions) -> Result<Self, JournalError> {
        let disk = RealDisk::create(dir).map_err(JournalError::io("make the folder"))?;
        Self::create_on(Arc::new(disk), store_id, options)
    }

    /// Makes a journal on any disk.
    ///
    /// # Errors
    /// `AlreadyExists`, `InvalidOption`, `Io`.
    pub fn create_on(
        disk: Arc<dyn Disk>,
        store_id: [u8; 16],
        options: JournalOptions,
    ) -> Result<Self, JournalError> {
        options.check()?;
        if !segment::segment_numbers(disk.as_ref())?.is_empty() {
            return Err(JournalError::AlreadyExists);
        }
        remove_spares(disk.as_ref())?;
        let mut journal = Self {
            disk,
            segment_bytes: options.segment_bytes,
            store_id,
            segments: VecDeque::new(),
            current: Current {
                number: 0,
                generation: 0,
                bytes: 0,
                offset: 0,
            },
            spares: Vec::new(),
            next_seq: 1,
            head_hash: Hash::genesis(&store_id),
            prepare_at: 0,
            poisoned: None,
            undo: None,
            no_space_ahead: None,
        };
        journal.roll_over(0)?;
        Ok(journal)
    }

    /// Opens the journal in a folder, verifies all of it, and cuts a torn tail.
    ///
    /// # Errors
    /// `NoJournal`, `InvalidOption`, `Io`, `LostBeyondApplied`, and those of a broken journal:
    /// `MissingSegment`, `BrokenHeader`, `BrokenFrame`, `ChainMismatch`, `UnknownVersion`.
    pub fn open(dir: &Path, options: JournalOptions) -> Result<(Self, OpenReport), JournalError> {
        if !dir.is_dir() {
            return Err(JournalError::NoJournal);
        }
        Self::open_on(Arc::new(RealDisk::open(dir)), options)
    }

    /// Opens the journal on any disk, as [`open`](Self::open) does.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_on(disk: Arc<dyn Disk>, options: JournalOptions) -> Result<(Self, OpenReport), JournalError> {
        options.check()?;
        let Recovered {
            store_id,
            segments,
            current,
            spares,
            report,
        } = recover::recover(disk.as_ref(), &options)?;
        let journal = Self {
            disk,
            segment_bytes: options.segment_bytes,
            store_id,
            segments,
            current,
            spares,
            next_seq: report.head.last_seq + 1,
            head_hash: report.head.hash,
            prepare_at: current.bytes / 2,
            poisoned: None,
            undo: None,
            no_space_ahead: None,
        };
        Ok((journal, report))
    }

    /// Appends a batch as one frame: all of it or nothing. It is durable when this returns. Entries hold any
    /// bytes but line feeds.
    ///
    /// After an `Io` error the batch may or may not be durable, and the journal accepts nothing more: a later
    /// sync that succeeds would prove nothing about bytes that an earlier one failed to write. Open it again to
    /// learn what is there. A full disk is the exception: see [`undo`](Self::undo).
    ///
    /// # Errors
    /// `InvalidEntry` (nothing changed), `Io` (poisons), `Poisoned`.
    pub fn append(&mut self, entries: &[Vec<u8>]) -> Result<Appended, JournalError> {
        self.check_poison()?;
        let space = frame::space_for(entries)?;
        let result = self.write_frame(entries, space);
        if let Err(error) = &result {
            self.undo = self.undo_of(error, space as u64);
        }
        let appended = self.poisoning(result)?;
        self.prepare_ahead();
        Ok(appended)
    }

    /// Iterates over the entries from sequence `seq` on, or from the oldest that is kept, reading from disk.
    #[must_use]
    pub fn entries_from(&self, seq: u64) -> Entries {
        Entries::new(Arc::clone(&self.disk), seq)
    }

    /// The end of the journal as of the last append.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            last_seq: self.next_seq - 1,
            hash: self.head_hash,
        }
    }

    /// The id given at create.
    #[must_use]
    pub fn store_id(&self) -> [u8; 16] {
        self.store_id
    }

    /// Sequence of the oldest entry that is kept; one more than the last if there is none.
    #[must_use]
    pub fn first_seq(&self) -> u64 {
        self.segments
            .front()
            .map_or(self.next_seq, |oldest| oldest.first_seq)
    }

    /// How the journal fares.
    #[must_use]
    pub fn health(&self) -> Health {
        Health {
            poisoned: self.poisoned.clone(),
            no_space_ahead: self.no_space_ahead.clone(),
            segments: self.segments.len(),
            spares: self.spares.len(),
        }
    }

    /// Gives up whole segments whose entries all come before `seq`, and says how many. At most two are kept to
    /// be used again. The segment being written always stays.
    ///
    /// # Errors
    /// `Io` (poisons, because the names in the folder are then uncertain), `Poisoned`.
    pub fn retire_before(&mut self, seq: u64) -> Result<usize, JournalError> {
        self.check_poison()?;
        let mut retired = 0;
        while self.segments.get(1).is_some_and(|second| second.first_seq <= seq) {
            let result = self.retire_oldest();
            self.poisoning(result)?;
            retired += 1;
        }
        Ok(retired)
    }

    fn write_frame(&mut self, entries: &[Vec<u8>], space: usize) -> Result<Appended, JournalError> {
        if self.current.offset + space as u64 > self.current.bytes {
            self.roll_over(space as u64)?;
        }
        let Current {
            number,
            generation,
            bytes,
            offset,
        } = self.current;
        let place = Place {
            generation,
            first_seq: self.next_seq,
            prev_hash: self.head_hash,
        };
        let (mut raw, hash) = frame::encode(entries, &place, space);
        let end = offset + space as u64;
        if end < bytes {
            raw.resize(space + SECTOR, 0);
        }
        let name = segment::segment_name(number);
        self.disk
            .write_at(&name, offset, &raw)
            .map_err(JournalError::io(WRITE_FRAME))?;
        self.disk
            .sync_data(&name)
            .map_err(JournalError::io("sync a frame"))?;
        let first_seq = self.next_seq;
        self.next_seq += entries.len() as u64;
        self.head_hash = hash;
        self.current.offset = end;
        Ok(Appended {
            first_seq,
            last_seq: self.next_seq - 1,
        })
    }

    /// Begins a new segment that has room for a frame of `space` bytes. The header is durable before the file
    /// gets the name of a segment, so a segment with a bad header is damage and never the trace of a crash.
    fn roll_over(&mut self, space: u64) -> Result<(), JournalError> {
        let own_size = HEADER_BYTES as u64 + space;
        let (spare, bytes) = if own_size > self.segment_bytes {
            (self.make_spare(own_size)?, own_size)
        } else if let Some(spare) = self.spares.pop() {
            (spare, self.segment_bytes)
        } else {
            (self.make_spare(self.segment_bytes)?, self.segment_bytes)
        };
        let number = self.current.number + 1;
        let generation = spare.generation.saturating_add(1);
        let (store_id, first_seq, prev_hash) = (self.store_id, self.next_seq, self.head_hash);
        let header = SegmentHeader {
            store_id,
            generation,
            number,
            first_seq,
            prev_hash,
        }
        .encode();
        if let Err(source) = self.disk.write_at(&spare.name, 0, &header) {
            // It has no number yet, so the journal is as it was.
            drop(self.disk.remove(&spare.name));
            let action = WRITE_HEADER;
            return Err(JournalError::Io { action, source });
        }
        self.disk
            .sync_data(&spare.name)
            .map_err(JournalError::io("sync a segment header"))?;
        let name = segment::segment_name(number);
        self.disk
            .rename(&spare.name, &name)
            .map_err(JournalError::io("name a segment"))?;
        self.disk
            .sync_dir()
            .map_err(JournalError::io("sync the folder"))?;
        self.segments.push_back(Span { number, first_seq });
        self.current = Current {
            number,
            generation,
            bytes,
            offset: HEADER_BYTES as u64,
        };
        self.prepare_at = bytes / 2;
        Ok(())
    }

    /// Makes sure that a spare exists once the current segment is half full. A failure is only noted.
    fn prepare_ahead(&mut self) {
        if self.current.offset < self.prepare_at || !self.spares.is_empty() {
            return;
        }
        match self.make_spare(self.segment_bytes) {
            Ok(spare) => {
                self.spares.push(spare);
                self.no_space_ahead = None;
            }
            Err(error) => {
                if self.no_space_ahead.is_none() {
                    tracing::warn!(%error, "no journal segment could be made ahead");
                }
                self.no_space_ahead = Some(error.to_string());
                self.prepare_at = self.current.offset + self.segment_bytes / RETRY_PART;
            }
        }
    }

    /// Makes a durable file of zeros with a blank header. Leaves nothing behind when it fails.
    fn make_spare(&self, bytes: u64) -> Result<Spare, JournalError> {
        let name = segment::spare_name(self.free_serial()?);
        let header = SegmentHeader::blank(self.store_id).encode();
        let make = || {
            self.disk.create_preallocated(&name, bytes)?;
            self.disk.write_at(&name, 0, &header[..HEADER_BYTES])?;
            self.disk.sync_data(&name)?;
            self.disk.sync_dir()
        };
        if let Err(source) = make() {
            // Its space is worth more than its bytes. If this fails too, the next open removes it.
            drop(self.disk.remove(&name));
            return Err(JournalError::Io {
                action: MAKE_SEGMENT,
                source,
            });
        }
        Ok(Spare { name, generation: 0 })
    }

    fn free_serial(&self) -> Result<u64, JournalError> {
        let names = self.disk.list().map_err(JournalError::io("list the folder"))?;
        let highest = names.iter().filter_map(|name| segment::spare_serial(name)).max();
        Ok(highest.map_or(1, |serial| serial.saturating_add(1)))
    }

    fn retire_oldest(&mut self) -> Result<(), JournalError> {
        let Some(oldest) = self.segments.front().copied() else {
            return Ok(());
        };
        let name = segment::segment_name(oldest.number);
        let bytes = self
            .disk
            .len(&name)
            .map_err(JournalError::io("look at an old segment"))?;
        let header = segment::read_header(self.disk.as_ref(), oldest.number)?;
        match header {
            Some(header) if bytes == self.segment_bytes && self.spares.len() < SPARES_MAX => {
                let spare = Spare {
                    name: segment::spare_name(self.free_serial()?),
                    generation: header.generation,
                };
                self.disk
                    .rename(&name, &spare.name)
                    .map_err(JournalError::io("retire a segment"))?;
                self.spares.push(spare);
            }
            _ => self
                .disk
                .remove(&name)
                .map_err(JournalError::io("remove a segment"))?,
        }
        // One by one, so that no crash leaves a gap between the segments that stay.
        self.disk
            .sync_dir()
            .map_err(JournalError::io("sync the folder"))?;
        self.segments.pop_front();
        Ok(())
    }

    fn check_poison(&self) -> Result<(), JournalError> {
        match &self.poisoned {
            Some(cause) => Err(JournalError::Poisoned { cause: cause.clone() }),
            None => Ok(()),
        }
    }

    fn poisoning<T>(&mut self, result: Result<T, JournalError>) -> Result<T, JournalError> {
        if let Err(error) = &result {
            self.poisoned = Some(error.to_string());
        }
        result
    }
}

/// Removes what an interrupted create has left.
fn remove_spares(disk: &dyn Disk) -> Result<(), JournalError> {
    let names = disk.list().map_err(JournalError::io("list the folder"))?;
    for name in names.iter().filter(|name| segment::spare_serial(name).is_some()) {
        disk.remove(name)
            .map_err(JournalError::io("remove what is left of a journal"))?;
    }
    Ok(())
}

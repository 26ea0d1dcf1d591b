//! Reading the journal without owning it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::vec;

use super::disk::{Disk, RealDisk};
use super::error::JournalError;
use super::frame::Hash;
use super::segment;
use super::walk::Walk;

/// An entry with its sequence.
pub type Numbered = (u64, Vec<u8>);

/// The end of the journal: two journals with equal heads have equal entries. Shown as `<sequence> <hash>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Sequence of the last entry; 0 for none.
    pub last_seq: u64,
    /// Hash of the last frame, in which all before it is contained.
    pub hash: Hash,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.last_seq, self.hash)
    }
}

/// Reads a journal, changing nothing and taking no lock, also while its owner writes.
///
/// It sees a prefix of what the owner has written, perhaps with a last batch that is not yet acknowledged.
#[derive(Clone, Debug)]
pub struct JournalReader {
    disk: Arc<dyn Disk>,
}

impl JournalReader {
    /// Opens the journal in a folder.
    ///
    /// # Errors
    /// `NoJournal`, `Io`, `MissingSegment`.
    pub fn open(dir: &Path) -> Result<Self, JournalError> {
        Self::open_on(Arc::new(RealDisk::open(dir)))
    }

    /// Opens the journal on any disk.
    ///
    /// # Errors
    /// `NoJournal`, `Io`, `MissingSegment`.
    pub fn open_on(disk: Arc<dyn Disk>) -> Result<Self, JournalError> {
        numbers(disk.as_ref())?;
        Ok(Self { disk })
    }

    /// Iterates over the entries from sequence `seq` on, or from the oldest that is kept. Holds one segment in
    /// memory. A torn tail ends it quietly; an error is the last item.
    #[must_use]
    pub fn entries_from(&self, seq: u64) -> Entries {
        Entries::new(Arc::clone(&self.disk), seq)
    }

    /// The first sequence of each segment, ascending. Reads headers only.
    ///
    /// # Errors
    /// `NoJournal`, `Io`, `MissingSegment`, `BrokenHeader`, `Retired`.
    pub fn begins(&self) -> Result<Vec<u64>, JournalError> {
        let disk = self.disk.as_ref();
        let header = |number| {
            let header = segment::read_header(disk, number)?;
            header.ok_or(JournalError::Retired { segment: number })
        };
        let headers = numbers(disk)?.into_iter().map(header);
        headers.map(|header| Ok(header?.first_seq)).collect()
    }

    /// Walks from the oldest frame that is kept to the end, checks every link, and hands over the end of each frame
    /// with its entries. Holds one segment in memory.
    ///
    /// # Errors
    /// Those of a chain that is broken.
    pub fn walk_chain(&self, mut each: impl FnMut(Head, Vec<Numbered>)) -> Result<Chain, JournalError> {
        let disk = self.disk.as_ref();
        let oldest = numbers(disk)?.first().copied().ok_or(JournalError::NoJournal)?;
        let mut walk = Walk::start(disk, oldest)?;
        let (store_id, first_seq) = (walk.header().store_id, walk.next_seq());
        loop {
            let entries: Option<Vec<Numbered>> = walk.next_frame(disk)?.map(|frame| {
                let numbered = (frame.first_seq..).zip(frame.entries());
                numbered.map(|(seq, entry)| (seq, entry.to_vec())).collect()
            });
            let head = Head {
                last_seq: walk.next_seq() - 1,
                hash: walk.prev_hash(),
            };
            match entries {
                Some(entries) => each(head, entries),
                None => {
                    return Ok(Chain {
                        store_id,
                        first_seq,
                        head,
                    });
                }
            }
        }
    }

    /// Finds the end of the journal. Reads the last segment only, so what lies before is not verified.
    ///
    /// # Errors
    /// `Io` and those of a broken last segment.
    pub fn head(&self) -> Result<Head, JournalError> {
        let disk = self.disk.as_ref();
        let last = numbers(disk)?.pop().ok_or(JournalError::NoJournal)?;
        let mut walk = Walk::start(disk, last)?;
        while walk.next_frame(disk)?.is_some() {}
        Ok(Head {
            last_seq: walk.next_seq() - 1,
            hash: walk.prev_hash(),
        })
    }
}

/// The whole chain, checked link by link. From [`JournalReader::walk_chain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The store that the journal says it is of.
    pub store_id: [u8; 16],
    /// Sequence of the oldest entry that is kept.
    pub first_seq: u64,
    /// The end.
    pub head: Head,
}

/// Sequences and bytes of entries, ascending without a gap. From [`JournalReader::entries_from`].
#[derive(Debug)]
pub struct Entries {
    disk: Arc<dyn Disk>,
    from_seq: u64,
    walk: Option<Walk>,
    batch: vec::IntoIter<Numbered>,
    ended: bool,
}

impl Entries {
    pub(super) fn new(disk: Arc<dyn Disk>, from_seq: u64) -> Self {
        Self {
            disk,
            from_seq,
            walk: None,
            batch: Vec::new().into_iter(),
            ended: false,
        }
    }

    /// After the end: goes on with what the owner has written since.
    ///
    /// # Errors
    /// `Io`, or `Retired` when the segment is no longer kept.
    pub fn look_again(&mut self) -> Result<(), JournalError> {
        if let Some(walk) = &mut self.walk {
            walk.reload(self.disk.as_ref())?;
        }
        self.ended = false;
        Ok(())
    }

    /// Reads the entries of the next frame; empty if all of them lie before the start, `None` at the end.
    fn next_batch(&mut self) -> Result<Option<Vec<Numbered>>, JournalError> {
        let disk = self.disk.as_ref();
        let walk = match &mut self.walk {
            Some(walk) => walk,
            slot => slot.insert(Walk::start(disk, segment_with(disk, self.from_seq)?)?),
        };
        let Some(frame) = walk.next_frame(disk)? else {
            return Ok(None);
        };
        let numbered = (frame.first_seq..).zip(frame.entries());
        let wanted = numbered.filter(|(seq, _)| *seq >= self.from_seq);
        Ok(Some(wanted.map(|(seq, entry)| (seq, entry.to_vec())).collect()))
    }
}

impl Iterator for Entries {
    type Item = Result<Numbered, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.batch.next() {
                return Some(Ok(entry));
            }
            if self.ended {
                return None;
            }
            match self.next_batch() {
                Ok(Some(batch)) => self.batch = batch.into_iter(),
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

/// The segments of a journal that may be changing: what looks like a gap is looked at twice, for a folder is
/// not listed in one instant.
fn numbers(disk: &dyn Disk) -> Result<Vec<u64>, JournalError> {
    let numbers = match segment::segment_numbers(disk) {
        Err(JournalError::MissingSegment { .. }) => segment::segment_numbers(disk)?,
        other => other?,
    };
    if numbers.is_empty() {
        Err(JournalError::NoJournal)
    } else {
        Ok(numbers)
    }
}

/// The last segment that begins at or before `seq`, or else the oldest.
fn segment_with(disk: &dyn Disk, seq: u64) -> Result<u64, JournalError> {
    let numbers = numbers(disk)?;
    let oldest = numbers.first().copied().ok_or(JournalError::NoJournal)?;
    for number in numbers.into_iter().rev() {
        match segment::read_header(disk, number)? {
            Some(header) if header.first_seq <= seq => return Ok(number),
            Some(_) => {}
            None => return Err(JournalError::Retired { segment: number }),
        }
    }
    Ok(oldest)
}

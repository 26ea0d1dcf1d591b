//! Taking back what a full disk cut off, so that writing can go on when there is room.

use std::io;

use super::super::error::JournalError;
use super::super::segment::{self, SECTOR};
use super::{Current, Journal, MAKE_SEGMENT, WRITE_FRAME, WRITE_HEADER};

/// What a full disk left, where that can be taken back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Undo {
    /// No segment could be made; none is there.
    Nothing,
    /// Part of a frame, which begins at this byte of the current segment and takes so many.
    Frame { offset: u64, bytes: u64 },
}

impl Journal {
    /// True when the journal is poisoned because the disk was full, and that can perhaps be undone.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.undo.is_some()
    }

    /// Takes back the batch that found the disk full, and accepts batches again. Where part of a frame was written,
    /// zeros are written over it, synced, and read back from the device: that batch is surely not in the journal.
    ///
    /// # Errors
    /// `Poisoned` when there is nothing that can be undone, `Io` when that fails; the journal stays as it is.
    pub fn undo(&mut self) -> Result<(), JournalError> {
        match self.undo {
            None => self.check_poison()?,
            Some(Undo::Nothing) => {}
            Some(Undo::Frame { offset, bytes }) => self.erase(offset, bytes)?,
        }
        (self.undo, self.poisoned) = (None, None);
        Ok(())
    }

    fn erase(&self, offset: u64, bytes: u64) -> Result<(), JournalError> {
        let name = segment::segment_name(self.current.number);
        let failed = || JournalError::io("take a frame back");
        let mut raw = vec![0; usize::try_from(bytes).unwrap_or(SECTOR)];
        self.disk.write_at(&name, offset, &raw).map_err(failed())?;
        self.disk.sync_data(&name).map_err(failed())?;
        self.disk.forget_cached(&name).map_err(failed())?;
        let read = self.disk.read_at(&name, offset, &mut raw).map_err(failed())?;
        if read == raw.len() && raw.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        Err(failed()(io::Error::other("the disk still has other bytes")))
    }

    /// What a failure left, if the disk was full and nothing else.
    pub(super) fn undo_of(&self, error: &JournalError, space: u64) -> Option<Undo> {
        let JournalError::Io { action, source } = error else {
            return None;
        };
        let is_full = matches!(
            source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        );
        match *action {
            MAKE_SEGMENT | WRITE_HEADER if is_full => Some(Undo::Nothing),
            WRITE_FRAME if is_full => {
                let Current { offset, bytes, .. } = self.current;
                let with_mark = (space + SECTOR as u64).min(bytes - offset);
                Some(Undo::Frame {
                    offset,
                    bytes: with_mark,
                })
            }
            _ => None,
        }
    }
}

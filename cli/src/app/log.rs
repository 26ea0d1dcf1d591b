//! `log`: the journal as an audit log. It is read without a lock and without asking anybody, so it says the same with
//! the daemon, without it, and while it hangs. A segment of the journal is in memory at a time, and what is shown.

mod filter;
mod hygiene;
mod names;
mod words;

use std::collections::VecDeque;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use soundpost_core::adapter_table::AdapterTable;
use soundpost_core::change::Entry;
use soundpost_core::port::store::StoreError;
use soundpost_store::audit::{Audit, AuditEntries, Kept};
use soundpost_store::journal::Head;
use soundpost_store::open::OpenError;

use super::error::{AppError, Kind};
use crate::control::protocol::{HeadView, LogAsk, LogEntry, LogView, VerifiedView};
use crate::output::visible;

use filter::Filter;
pub use filter::kinds;
use names::Names;

/// The log of one queue.
pub struct Log {
    audit: Audit,
    surroundings: LogSurroundings,
}

/// What the words of a log need besides the journal.
pub struct LogSurroundings {
    /// The networks, to know which addresses are secret.
    pub adapters: AdapterTable,
    /// The zone database.
    pub zones: TimeZoneDatabase,
    /// The zone for people's eyes.
    pub zone: String,
}

/// Goes on with a log after its end.
pub struct Following<'a> {
    log: &'a Log,
    filter: Filter,
    names: Names<'a>,
    entries: AuditEntries<'a>,
    next_seq: u64,
}

impl Log {
    /// Opens the log of the queue in this home.
    ///
    /// # Errors
    /// [`AppError`] when there is none, or the journal cannot be read.
    pub fn open(home: &Path, surroundings: LogSurroundings) -> Result<Log, AppError> {
        let audit = Audit::open(home).map_err(|error| match error {
            OpenError::NoStore(path) => {
                let error = format!("there is no queue in {}", path.display());
                AppError::new(Kind::NotFound, error)
                    .help("make one:  soundpost init   (or name another folder with --home)")
            }
            other => AppError::new(Kind::Store, other.to_string()),
        })?;
        Ok(Log { audit, surroundings })
    }

    /// The newest entries that were asked for, newest last.
    ///
    /// # Errors
    /// [`AppError`] when the question does not read, or the journal is damaged where it has to be read.
    pub fn newest(&self, ask: &LogAsk, now: Timestamp) -> Result<LogView, AppError> {
        let filter = Filter::new(ask, now, &self.surroundings)?;
        let mut names = Names::new(&self.audit);
        let begins = self.audit.begins()?;
        let (found, is_cut) = self.window(&filter, &mut names, &begins, super::find::limit_of(ask.limit))?;
        let oldest = begins.first().copied().unwrap_or_default();
        let before = found.front().map_or(0, |entry| entry.seq.saturating_sub(oldest));
        Ok(LogView {
            more: match (is_cut, filter.is_none()) {
                (false, _) => Some(0),
                (true, true) => Some(before),
                (true, false) => None,
            },
            narrowed: !filter.is_none(),
            only_in_switch: Vec::new(),
            entries: found
                .iter()
                .map(|entry| self.view(&mut names, entry, now))
                .collect(),
        })
    }

    /// The newest that pass the filter, oldest first, and whether there are more. Reads segments from the newest on,
    /// and no more of them than needed.
    fn window(
        &self,
        filter: &Filter,
        names: &mut Names<'_>,
        begins: &[u64],
        limit: usize,
    ) -> Result<(VecDeque<Entry>, bool), StoreError> {
        let mut found = VecDeque::new();
        let (mut is_cut, mut end) = (false, u64::MAX);
        for &begin in begins.iter().rev() {
            let room = limit.saturating_sub(found.len());
            let mut of_segment = VecDeque::new();
            let mut newest_at = Timestamp::MIN;
            for entry in self.audit.entries_from(begin) {
                let entry = entry?;
                let is_last = entry.seq + 1 >= end;
                newest_at = newest_at.max(entry.at);
                if entry.seq < end && filter.wants(&entry, names) {
                    of_segment.push_back(entry);
                }
                if of_segment.len() > room {
                    of_segment.pop_front();
                    is_cut = true;
                }
                if is_last {
                    break;
                }
            }
            of_segment.append(&mut found);
            found = of_segment;
            // Only a whole segment before the time ends the search: a clock may have jumped.
            if is_cut || filter.is_before(newest_at) && end != begin {
                break;
            }
            end = begin;
        }
        Ok((found, is_cut))
    }

    /// Goes on after the newest entry of this moment.
    ///
    /// # Errors
    /// As [`Log::newest`].
    pub fn follow(&self, ask: &LogAsk, after_seq: u64, now: Timestamp) -> Result<Following<'_>, AppError> {
        Ok(Following {
            log: self,
            filter: Filter::new(ask, now, &self.surroundings)?,
            names: Names::new(&self.audit),
            entries: self.audit.entries_from(after_seq + 1),
            next_seq: after_seq + 1,
        })
    }

    /// The end of the hash chain, to be kept elsewhere.
    ///
    /// # Errors
    /// [`AppError`] when the journal is damaged there.
    pub fn head(&self) -> Result<HeadView, AppError> {
        let head = self.audit.head()?;
        Ok(HeadView {
            store: self.audit.store().to_string(),
            seq: head.last_seq,
            hash: head.hash.to_string(),
            head: shown(&head),
        })
    }

    /// Replays the whole chain, and compares it with a head that was kept.
    ///
    /// # Errors
    /// [`AppError`] when the head does not read, when the chain is broken, or when the head is not part of it.
    pub fn verify(&self, kept: Option<&str>) -> Result<VerifiedView, AppError> {
        let kept = kept.map(read_head).transpose()?;
        let verified = self.audit.verify(kept.as_ref())?;
        let wrong = |what: String| {
            let error = AppError::new(Kind::Store, format!("the journal is not the one of then: {what}"));
            Err(error.help("keep a copy of the folder as it is; what was sent:  soundpost receipts"))
        };
        match (kept, verified.kept) {
            (Some(kept), Some(Kept::Differs { now })) => wrong(format!(
                "entry {} ended in {} and now ends in {now}",
                kept.last_seq, kept.hash
            )),
            (Some(kept), Some(Kept::NoFrame)) => wrong(format!(
                "no group of entries ends with entry {} now",
                kept.last_seq
            )),
            (Some(kept), Some(Kept::Beyond)) => wrong(format!(
                "it ends with entry {}, so {} and what came before it is missing",
                verified.head.last_seq, kept.last_seq
            )),
            _ => Ok(VerifiedView {
                store: self.audit.store().to_string(),
                first_seq: verified.first_seq,
                seq: verified.head.last_seq,
                head: shown(&verified.head),
                compared: kept.as_ref().map(shown),
            }),
        }
    }

    fn view(&self, names: &mut Names<'_>, entry: &Entry, now: Timestamp) -> LogEntry {
        words::view(&self.surroundings, names, entry, now)
    }
}

impl Following<'_> {
    /// What was written since the last call, oldest first.
    ///
    /// # Errors
    /// [`AppError`] when the journal is damaged there.
    pub fn next(&mut self, now: Timestamp) -> Result<Vec<LogEntry>, AppError> {
        if self.entries.look_again().is_err() {
            self.entries = self.log.audit.entries_from(self.next_seq);
        }
        let mut views = Vec::new();
        for entry in self.entries.by_ref() {
            let entry = entry?;
            self.next_seq = entry.seq + 1;
            if self.filter.wants(&entry, &mut self.names) {
                views.push(self.log.view(&mut self.names, &entry, now));
            }
        }
        Ok(views)
    }
}

fn shown(head: &Head) -> String {
    format!("{}:{}", head.last_seq, head.hash)
}

fn read_head(text: &str) -> Result<Head, AppError> {
    let parts = text.trim().split_once(':');
    let head = parts.and_then(|(seq, hash)| {
        Some(Head {
            last_seq: seq.parse().ok()?,
            hash: hash.parse().ok()?,
        })
    });
    head.ok_or_else(|| {
        AppError::bad_input(format!("'{}' is not a head of the log", visible(text)))
            .help("give it as soundpost log --head printed it: a number, a colon, and 64 digits and letters")
    })
}

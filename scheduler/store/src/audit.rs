//! The journal for those who look at what happened: read without a lock, also while its owner writes or hangs, and
//! never more than a segment at a time.

use std::path::Path;

use soundpost_core::account::Account;
use soundpost_core::change::{Change, Entry};
use soundpost_core::id::StoreId;
use soundpost_core::port::store::StoreError;

use crate::bodies::Bodies;
use crate::entry_line;
use crate::journal::{Entries, Hash, Head, JournalError, JournalReader};
use crate::open::{OpenError, bodies, identify, journal_dir};

/// How the change of an account begins in its line. In a text the quotes would be escaped.
const ACCOUNT_SET: &[u8] = b"\"kind\":\"account_set\"";

/// The journal of one store.
#[derive(Debug)]
pub struct Audit {
    reader: JournalReader,
    bodies: Bodies,
    store: StoreId,
}

/// What a head that somebody kept says about the journal of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is part of the chain: nothing up to there was changed.
    Same,
    /// Another frame ends there.
    Differs {
        /// Its hash.
        now: Hash,
    },
    /// No frame ends there.
    NoFrame,
    /// The journal ends before.
    Beyond,
}

/// What replaying the chain came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// The oldest entry that is kept.
    pub first_seq: u64,
    /// The end of the journal.
    pub head: Head,
    /// What the given head says.
    pub kept: Option<Kept>,
}

impl Audit {
    /// Opens the journal in this home.
    ///
    /// # Errors
    /// `NoStore`, `Newer`, `Network`, `Io`, `Journal`.
    pub fn open(home: &Path) -> Result<Audit, OpenError> {
        let identity = identify(home)?;
        Ok(Audit {
            reader: JournalReader::open(&journal_dir(home))?,
            bodies: bodies(home),
            store: identity.store,
        })
    }

    /// Which store it is.
    pub fn store(&self) -> StoreId {
        self.store
    }

    /// The first sequence number of each segment, ascending: parts that can be read one after another.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    pub fn begins(&self) -> Result<Vec<u64>, StoreError> {
        self.reader.begins().map_err(failed)
    }

    /// The entries from this sequence number on. A torn tail ends them quietly; an error is the last item.
    pub fn entries_from(&self, seq: u64) -> AuditEntries<'_> {
        AuditEntries {
            entries: self.reader.entries_from(seq),
            bodies: &self.bodies,
        }
    }

    /// The accounts as they were added or changed, oldest first. Looks into no other entry.
    pub fn accounts(&self) -> impl Iterator<Item = Result<Account, StoreError>> + use<'_> {
        let is_account = |line: &[u8]| {
            line.windows(ACCOUNT_SET.len())
                .any(|window| window == ACCOUNT_SET)
        };
        self.reader.entries_from(1).filter_map(move |item| match item {
            Err(error) => Some(Err(failed(error))),
            Ok((_, line)) if !is_account(&line) => None,
            Ok((seq, line)) => match entry_line::decode(seq, &line, &self.bodies) {
                Err(error) => Some(Err(error)),
                Ok(entry) => match entry.change {
                    Change::AccountSet { account } => Some(Ok(account)),
                    _ => None,
                },
            },
        })
    }

    /// The end of the journal.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    pub fn head(&self) -> Result<Head, StoreError> {
        self.reader.head().map_err(failed)
    }

    /// Replays the whole chain: every link, every entry, and every large value that an entry names by its hash. Says
    /// whether a head that was kept is part of it.
    ///
    /// # Errors
    /// `Damaged` names the first thing that is not as it was written; `Io`.
    pub fn verify(&self, kept: Option<&Head>) -> Result<Verified, StoreError> {
        let mut wrong = None;
        let mut found = None;
        let chain = self.reader.walk_chain(|end, entries| {
            for (seq, line) in entries {
                let decoded = entry_line::decode(seq, &line, &self.bodies);
                wrong = wrong.take().or(decoded.err());
            }
            if kept.is_some_and(|kept| kept.last_seq == end.last_seq) {
                found = Some(end.hash);
            }
        });
        let chain = chain.map_err(failed)?;
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        if chain.store_id != self.store.0.to_bytes() {
            return Err(StoreError::Damaged("the journal is of another store".to_owned()));
        }
        let judge = |kept: &Head| match found {
            Some(now) if now == kept.hash => Kept::Same,
            Some(now) => Kept::Differs { now },
            None if kept.last_seq > chain.head.last_seq => Kept::Beyond,
            None => Kept::NoFrame,
        };
        Ok(Verified {
            first_seq: chain.first_seq,
            head: chain.head,
            kept: kept.map(judge),
        })
    }
}

/// Entries of a journal, ascending. From [`Audit::entries_from`].
#[derive(Debug)]
pub struct AuditEntries<'a> {
    entries: Entries,
    bodies: &'a Bodies,
}

impl AuditEntries<'_> {
    /// After the end: goes on with what the owner has written since.
    ///
    /// # Errors
    /// `Io`, `Damaged`.
    pub fn look_again(&mut self) -> Result<(), StoreError> {
        self.entries.look_again().map_err(failed)
    }
}

impl Iterator for AuditEntries<'_> {
    type Item = Result<Entry, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.entries.next()?.map_err(failed);
        Some(item.and_then(|(seq, line)| entry_line::decode(seq, &line, self.bodies)))
    }
}

fn failed(error: JournalError) -> StoreError {
    match error {
        JournalError::Io { .. } => StoreError::Io(error.to_string()),
        other => StoreError::Damaged(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use soundpost_core::actor::Actor;
    use soundpost_core::change::ENTRY_VERSION;
    use soundpost_core::id::Id;

    use super::*;
    use crate::bodies::SPILL_BYTES;
    use crate::journal::{Journal, JournalOptions};
    use crate::open::create;

    const STORE: StoreId = StoreId(Id::from_u128(7));

    fn calendar(seq: u64, text: String) -> Entry {
        Entry {
            v: ENTRY_VERSION,
            seq,
            at: Timestamp::UNIX_EPOCH,
            by: Actor::Lane,
            reason: String::new(),
            change: Change::CalendarSet {
                name: "days".to_owned(),
                text,
            },
        }
    }

    /// A journal of entry 1 and, in a frame each, 2 to 5; the third is long.
    fn made() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        create(home.path(), STORE, Actor::Lane, Timestamp::UNIX_EPOCH).unwrap();
        append(home.path(), 2..6);
        home
    }

    fn append(home: &Path, seqs: std::ops::Range<u64>) {
        let (mut journal, _) = Journal::open(&journal_dir(home), JournalOptions::default()).unwrap();
        let bodies = bodies(home);
        for seq in seqs {
            let text = if seq == 3 {
                "x".repeat(SPILL_BYTES)
            } else {
                "short".to_owned()
            };
            let line = entry_line::encode(&calendar(seq, text), &bodies).unwrap();
            journal.append(&[line]).unwrap();
        }
    }

    fn seqs<'a>(entries: impl IntoIterator<Item = Result<Entry, StoreError>> + 'a) -> Vec<u64> {
        entries.into_iter().map(|entry| entry.unwrap().seq).collect()
    }

    #[test]
    fn a_head_that_was_kept_is_part_of_the_chain_also_when_more_was_written() {
        let home = made();
        let audit = Audit::open(home.path()).unwrap();
        let kept = audit.head().unwrap();
        assert_eq!(kept.last_seq, 5);
        append(home.path(), 6..8);
        let verified = audit.verify(Some(&kept)).unwrap();
        assert_eq!((verified.first_seq, verified.head.last_seq), (1, 7));
        assert_eq!(verified.kept, Some(Kept::Same));
    }

    #[test]
    fn a_head_of_another_chain_or_from_beyond_the_end_is_told() {
        let (home, other) = (made(), tempfile::tempdir().unwrap());
        let audit = Audit::open(home.path()).unwrap();
        let kept = audit.head().unwrap();
        create(
            other.path(),
            StoreId(Id::from_u128(8)),
            Actor::Lane,
            Timestamp::UNIX_EPOCH,
        )
        .unwrap();
        append(other.path(), 2..6);
        let other = Audit::open(other.path()).unwrap().head().unwrap();
        let said = |head: Head| audit.verify(Some(&head)).unwrap().kept.unwrap();
        assert_eq!(said(other), Kept::Differs { now: kept.hash });
        assert_eq!(said(Head { last_seq: 9, ..kept }), Kept::Beyond);
        assert_eq!(said(Head { last_seq: 0, ..kept }), Kept::NoFrame);
    }

    #[test]
    fn a_large_value_that_was_changed_is_told() {
        let home = made();
        let audit = Audit::open(home.path()).unwrap();
        let body = std::fs::read_dir(home.path().join("bodies"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        std::fs::write(body.path(), "other words").unwrap();
        assert!(matches!(audit.verify(None), Err(StoreError::Damaged(_))));
    }

    #[test]
    fn reading_goes_on_where_it_ended() {
        let home = made();
        let audit = Audit::open(home.path()).unwrap();
        assert_eq!(audit.begins().unwrap(), [1]);
        let mut entries = audit.entries_from(4);
        assert_eq!(seqs(entries.by_ref()), [4, 5]);
        assert!(entries.next().is_none());
        append(home.path(), 6..8);
        entries.look_again().unwrap();
        assert_eq!(seqs(entries), [6, 7]);
    }
}

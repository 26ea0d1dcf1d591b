//! What the journal promises while nothing fails, and helpers for the tests of what fails.

mod damage;
mod power;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;

use super::segment::{SECTOR, segment_name, segment_numbers};
use super::*;

const STORE_ID: [u8; 16] = *b"the store's id..";

/// Segments of 4 KiB, so that a few batches fill one.
fn small() -> JournalOptions {
    JournalOptions {
        segment_bytes: 4096,
        applied_seq: None,
    }
}

fn new_journal(disk: &Arc<FaultyDisk>) -> Journal {
    Journal::create_on(shared(disk), STORE_ID, small()).unwrap()
}

fn reopen(disk: &Arc<FaultyDisk>) -> Result<(Journal, OpenReport), JournalError> {
    Journal::open_on(shared(disk), small())
}

fn shared(disk: &Arc<FaultyDisk>) -> Arc<dyn Disk> {
    Arc::<FaultyDisk>::clone(disk)
}

/// Entry number `seq`, `len` bytes or a little more.
fn entry(seq: u64, len: usize) -> Vec<u8> {
    format!("{{\"v\":1,\"seq\":{seq},\"pad\":\"{}\"}}", "x".repeat(len)).into_bytes()
}

fn all(entries: Entries) -> Vec<(u64, Vec<u8>)> {
    entries.collect::<Result<_, _>>().unwrap()
}

/// Appends `count` batches of one entry of about `len` bytes.
fn fill(journal: &mut Journal, count: usize, len: usize) {
    for _ in 0..count {
        let seq = journal.head().last_seq + 1;
        journal.append(&[entry(seq, len)]).unwrap();
    }
}

fn file_names(dir: &Path) -> Vec<String> {
    let mut names = RealDisk::open(dir).list().unwrap();
    names.sort();
    names
}

#[test]
fn entries_come_back_after_reopening_on_a_real_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("made/journal");
    let mut journal = Journal::create(&path, STORE_ID, small()).unwrap();
    let appended = journal
        .append(&[b"one".to_vec(), Vec::new(), b"three".to_vec()])
        .unwrap();
    assert_eq!(
        appended,
        Appended {
            first_seq: 1,
            last_seq: 3
        }
    );
    fill(&mut journal, 40, 300);
    let head = journal.head();
    drop(journal);
    let (journal, report) = Journal::open(&path, small()).unwrap();
    assert_eq!(
        report,
        OpenReport {
            first_seq: 1,
            head,
            entries: 43,
            cut: None
        }
    );
    let entries = all(journal.entries_from(0));
    assert_eq!(
        entries[..3],
        [(1, b"one".to_vec()), (2, Vec::new()), (3, b"three".to_vec())]
    );
    assert_eq!(entries[42], (43, entry(43, 300)));
    assert_eq!(JournalReader::open(&path).unwrap().head().unwrap(), head);
}

#[test]
fn files_are_for_the_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    fill(&mut Journal::create(&path, STORE_ID, small()).unwrap(), 10, 300);
    for name in file_names(&path) {
        let mode = std::fs::metadata(path.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[test]
fn create_refuses_a_journal_and_open_refuses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("none");
    assert!(matches!(
        Journal::open(&missing, small()),
        Err(JournalError::NoJournal)
    ));
    assert!(matches!(
        Journal::open(dir.path(), small()),
        Err(JournalError::NoJournal)
    ));
    assert!(matches!(
        JournalReader::open(dir.path()),
        Err(JournalError::NoJournal)
    ));
    drop(Journal::create(dir.path(), STORE_ID, small()).unwrap());
    assert!(matches!(
        Journal::create(dir.path(), STORE_ID, small()),
        Err(JournalError::AlreadyExists)
    ));
}

#[test]
fn reading_begins_at_the_sequence_asked_for() {
    let disk = Arc::new(FaultyDisk::new());
    let mut journal = new_journal(&disk);
    for batch in 0..30 {
        journal
            .append(&[entry(2 * batch + 1, 200), entry(2 * batch + 2, 200)])
            .unwrap();
    }
    assert!(journal.health().segments > 3);
    for seq in 1..=60 {
        let found = all(journal.entries_from(seq));
        assert_eq!(found.first(), Some(&(seq, entry(seq, 200))));
        assert_eq!(found.len() as u64, 61 - seq);
    }
    assert!(all(journal.entries_from(61)).is_empty());
}

#[test]
fn a_batch_larger_than_a_segment_gets_its_own() {
    let disk = Arc::new(FaultyDisk::new());
    let mut journal = new_journal(&disk);
    journal.append(&[entry(1, 20_000)]).unwrap();
    fill(&mut journal, 3, 100);
    journal.append(&[entry(5, 5000)]).unwrap();
    fill(&mut journal, 20, 500);
    let (mut journal, report) = reopen(&disk).unwrap();
    assert_eq!((report.entries, report.cut), (25, None));
    assert_eq!(all(journal.entries_from(5))[0], (5, entry(5, 5000)));
    journal.retire_before(15).unwrap();
    let (journal, report) = reopen(&disk).unwrap();
    assert!(report.first_seq > 5 && journal.health().spares <= 2);
}

#[test]
fn recycled_segments_never_give_back_what_they_held() {
    let disk = Arc::new(FaultyDisk::new());
    let mut journal = new_journal(&disk);
    for _ in 0..40 {
        fill(&mut journal, 3, 500);
        let last = journal.head().last_seq;
        journal.retire_before(last).unwrap();
        let (reopened, report) = reopen(&disk).unwrap();
        assert_eq!((report.head.last_seq, report.cut), (last, None));
        let found = all(reopened.entries_from(0));
        assert_eq!(
            found,
            (report.first_seq..=last)
                .map(|seq| (seq, entry(seq, 500)))
                .collect::<Vec<_>>()
        );
        journal = reopened;
    }
    let number = *segment_numbers(disk.as_ref()).unwrap().last().unwrap();
    assert!(
        segment::read_header(disk.as_ref(), number)
            .unwrap()
            .unwrap()
            .generation
            > 3
    );
}

#[test]
fn at_most_two_spares_are_kept() {
    let disk = Arc::new(FaultyDisk::new());
    let mut journal = new_journal(&disk);
    fill(&mut journal, 100, 400);
    let last = journal.head().last_seq;
    assert!(journal.retire_before(last).unwrap() > 5);
    assert!(journal.health().spares <= 2);
    assert!(disk.list().unwrap().len() <= 2 + journal.health().segments);
    assert_eq!(journal.first_seq(), all(journal.entries_from(0))[0].0);
}

#[test]
fn retiring_keeps_every_entry_from_the_sequence_on() {
    let disk = Arc::new(FaultyDisk::new());
    let mut journal = new_journal(&disk);
    fill(&mut journal, 60, 400);
    for seq in 1..=60 {
        journal.retire_before(seq).unwrap();
        assert!(journal.first_seq() <= seq);
        assert_eq!(all(journal.entries_from(seq)).len() as u64, 61 - seq);
    }
}

#[test]
fn entries_that_cannot_be_stored_change_nothing() {
    let disk = Arc::new(FaultyDisk::new());
    let mut journal = new_journal(&disk);
    let line_feed = journal.append(&[b"good".to_vec(), b"two\nlines".to_vec()]);
    assert!(matches!(
        line_feed,
        Err(JournalError::InvalidEntry { index: 1, .. })
    ));
    assert!(matches!(
        journal.append(&[]),
        Err(JournalError::InvalidEntry { .. })
    ));
    assert_eq!(journal.append(&[b"next".to_vec()]).unwrap().first_seq, 1);
}

#[test]
fn a_reader_beside_the_owner_sees_a_prefix() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = Journal::create(&path, STORE_ID, small()).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..400 {
                fill(&mut journal, 1, 700);
            }
            done.store(true, Ordering::Release);
        });
        let reader = JournalReader::open(&path).unwrap();
        let mut seen = 0;
        while !done.load(Ordering::Acquire) {
            let found = all(reader.entries_from(0));
            assert!(
                found
                    .iter()
                    .zip(1..)
                    .all(|(found, seq)| *found == (seq, entry(seq, 700)))
            );
            assert!(found.len() >= seen);
            seen = found.len();
            assert!(reader.head().unwrap().last_seq >= seen as u64);
        }
    });
    assert_eq!(
        all(JournalReader::open(&path).unwrap().entries_from(0)).len(),
        400
    );
}

#[test]
fn a_reader_overtaken_by_retirement_gets_right_entries_or_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = Journal::create(&path, STORE_ID, small()).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..300 {
                fill(&mut journal, 1, 700);
                let last = journal.head().last_seq;
                journal.retire_before(last.saturating_sub(20)).unwrap();
            }
            done.store(true, Ordering::Release);
        });
        let reader = JournalReader::open(&path).unwrap();
        while !done.load(Ordering::Acquire) {
            for item in reader.entries_from(0) {
                match item {
                    Ok((seq, found)) => assert_eq!(found, entry(seq, 700)),
                    Err(error) => assert!(is_overtaken(&error), "{error}"),
                }
            }
        }
    });
}

/// Errors that a reader meets only because the folder changes while it is being listed.
fn is_overtaken(error: &JournalError) -> bool {
    matches!(
        error,
        JournalError::Retired { .. } | JournalError::MissingSegment { .. }
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_batches_come_back(
        batches in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(any::<u8>(), 0..900), 1..6), 0..25),
    ) {
        let disk = Arc::new(FaultyDisk::new());
        let mut journal = new_journal(&disk);
        let mut expected = Vec::new();
        for mut batch in batches {
            batch.iter_mut().flatten().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b' ');
            let appended = journal.append(&batch).unwrap();
            prop_assert_eq!(appended.first_seq, expected.len() as u64 + 1);
            expected.extend(batch);
            prop_assert_eq!(appended.last_seq, expected.len() as u64);
        }
        let (reopened, report) = reopen(&disk).unwrap();
        prop_assert_eq!(report.head, journal.head());
        prop_assert_eq!(report.cut, None);
        let found: Vec<_> = all(reopened.entries_from(1)).into_iter().map(|(_, found)| found).collect();
        prop_assert_eq!(found, expected);
    }
}

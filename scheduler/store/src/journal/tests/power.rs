//! Loss of power at any instant, full disks, and syncs that fail.

use super::*;
use crate::journal::faulty_disk::SplitMix;

/// A journal under fire, and what must be true of it.
struct Fire {
    disk: Arc<FaultyDisk>,
    random: SplitMix,
    /// All entries that must or may be there; entry `n` has sequence `n + 1`.
    known: Vec<Vec<u8>>,
    /// Ends of batches among `known`, 0 included.
    ends: Vec<u64>,
    acknowledged: u64,
    /// Entries before this were given up.
    retired_before: u64,
}

impl Fire {
    fn new(seed: u64) -> Self {
        let disk = Arc::new(FaultyDisk::new());
        drop(new_journal(&disk));
        let random = SplitMix(seed);
        Self {
            disk,
            random,
            known: Vec::new(),
            ends: vec![0],
            acknowledged: 0,
            retired_before: 1,
        }
    }

    /// Appends that many batches, and retires now and then, until something fails.
    fn work(&mut self, journal: &mut Journal, batches: usize) {
        for _ in 0..batches {
            let batch: Vec<_> = (0..=self.random.below(3))
                .map(|place| entry((self.known.len() + place) as u64 + 1, self.random.below(1500)))
                .collect();
            self.known.extend(batch.iter().cloned());
            self.ends.push(self.known.len() as u64);
            let Ok(appended) = journal.append(&batch) else {
                return;
            };
            self.acknowledged = appended.last_seq;
            assert_eq!(appended.last_seq, self.known.len() as u64);
            if self.random.below(4) == 0 {
                self.retired_before = self.acknowledged.saturating_sub(6).max(self.retired_before);
                if journal.retire_before(self.retired_before).is_err() {
                    return;
                }
            }
        }
    }

    /// Opens and compares; then what was not acknowledged but survived counts as known.
    fn check(&mut self, context: &str) -> Journal {
        let options = JournalOptions {
            applied_seq: Some(self.acknowledged),
            ..small()
        };
        let (journal, report) = Journal::open_on(shared(&self.disk), options).expect(context);
        let last = report.head.last_seq;
        assert!(
            last >= self.acknowledged && self.ends.contains(&last),
            "{context}: ends at {last}"
        );
        assert!(report.first_seq <= self.retired_before, "{context}");
        let found = all(journal.entries_from(0));
        let expected = (report.first_seq..).zip(self.known[..at(last)].iter().skip(at(report.first_seq - 1)));
        assert!(
            found.iter().map(|(seq, found)| (*seq, found)).eq(expected),
            "{context}"
        );
        let reader = JournalReader::open_on(shared(&self.disk)).unwrap();
        assert_eq!(reader.head().unwrap(), journal.head(), "{context}");
        self.known.truncate(at(last));
        self.ends.retain(|end| *end <= last);
        self.acknowledged = last;
        journal
    }
}

fn at(seq: u64) -> usize {
    usize::try_from(seq).unwrap()
}

/// Works, loses power and compares, four times over.
fn lose_power(fire: &mut Fire, mode: CrashMode, context: &str) {
    let mut journal = fire.check(context);
    for round in 0..4 {
        let instant = fire.random.below(60) as u64;
        fire.disk.power_off_after(instant);
        fire.work(&mut journal, 15);
        fire.disk.crash(fire.random.next(), mode);
        // Sometimes the power goes off again while the journal is being opened.
        if round % 2 == 1 {
            fire.disk.power_off_after(fire.random.below(5) as u64);
            drop(reopen(&fire.disk));
            fire.disk.crash(fire.random.next(), mode);
        }
        journal = fire.check(&format!("{context}, round {round}, instant {instant}"));
    }
}

/// Lets a sync fail, opens again, works on, and loses power.
fn fail_a_sync(fire: &mut Fire, mode: CrashMode, context: &str) {
    let mut journal = fire.check(context);
    fire.disk.fail_sync(1 + fire.random.below(12) as u64);
    fire.work(&mut journal, 15);
    if journal.health().poisoned.is_some() {
        assert!(matches!(
            journal.append(&[b"x".to_vec()]),
            Err(JournalError::Poisoned { .. })
        ));
    }
    let mut journal = fire.check(context);
    // Few batches, lest the place of the failure is retired before it is looked at.
    let batches = 1 + fire.random.below(3);
    fire.work(&mut journal, batches);
    fire.disk.crash(fire.random.next(), mode);
    drop(fire.check(context));
}

/// Whether any of some runs on a disk that lies ends in a failed comparison.
fn is_caught(lie: Lie, run: fn(&mut Fire, CrashMode, &str)) -> bool {
    (0..60).any(|seed| {
        let mut fire = Fire::new(seed);
        fire.disk.lie_about(lie);
        let run = std::panic::AssertUnwindSafe(|| run(&mut fire, CrashMode::Subset, "lying disk"));
        std::panic::catch_unwind(run).is_err()
    })
}

#[test]
fn these_tests_catch_a_disk_that_lies() {
    assert!(is_caught(Lie::SyncData, lose_power));
    assert!(is_caught(Lie::SyncDir, lose_power));
    assert!(is_caught(Lie::ForgetCached, fail_a_sync));
}

#[test]
fn acknowledged_batches_survive_loss_of_power_at_any_instant() {
    for mode in CrashMode::ALL {
        for seed in 0..200 {
            lose_power(&mut Fire::new(seed), mode, &format!("{mode:?}, seed {seed}"));
        }
    }
}

#[test]
fn a_killed_process_loses_nothing_that_power_loss_after_reopening_would() {
    for seed in 0..100 {
        let mut fire = Fire::new(seed);
        let mut journal = fire.check("fresh");
        fire.disk.power_off_after(fire.random.below(40) as u64);
        fire.work(&mut journal, 15);
        // The process dies, the system goes on: what was written stays visible.
        fire.disk.power_off_after(u64::MAX - 1);
        drop(fire.check("after the kill"));
        fire.disk.crash(seed, CrashMode::Noise);
        drop(fire.check(&format!("seed {seed}")));
    }
}

#[test]
fn a_failed_sync_poisons_and_what_it_lost_is_not_built_upon() {
    for mode in CrashMode::ALL {
        for seed in 0..100 {
            fail_a_sync(&mut Fire::new(seed), mode, &format!("{mode:?}, seed {seed}"));
        }
    }
}

#[test]
fn an_interrupted_create_can_be_repeated() {
    for mode in CrashMode::ALL {
        for instant in 0..10 {
            let disk = Arc::new(FaultyDisk::new());
            disk.power_off_after(instant);
            let created = Journal::create_on(shared(&disk), STORE_ID, small()).is_ok();
            disk.crash(instant, mode);
            let mut journal = match reopen(&disk) {
                Ok((journal, report)) => {
                    assert_eq!(report.entries, 0);
                    journal
                }
                Err(JournalError::NoJournal) if !created => new_journal(&disk),
                Err(error) => panic!("{mode:?}, instant {instant}: {error}"),
            };
            fill(&mut journal, 10, 700);
            assert_eq!(reopen(&disk).unwrap().1.entries, 10);
        }
    }
}

#[test]
fn a_disk_that_fills_is_noticed_before_the_space_is_needed() {
    let disk = Arc::new(FaultyDisk::new());
    let mut journal = new_journal(&disk);
    // Room for the frames of this segment, not for another segment.
    disk.fill_after(3500);
    fill(&mut journal, 2, 900);
    assert!(journal.health().no_space_ahead.is_some());
    assert_eq!(journal.health().poisoned, None);
    disk.make_room();
    fill(&mut journal, 1, 900);
    assert_eq!(
        (journal.health().no_space_ahead, journal.health().spares),
        (None, 1)
    );
}

#[test]
fn a_full_disk_poisons_until_the_journal_is_opened_with_room() {
    for bytes in (0..12_000).step_by(250) {
        let mut fire = Fire::new(bytes);
        let mut journal = fire.check("fresh");
        fire.disk.fill_after(bytes);
        fire.work(&mut journal, 15);
        assert!(journal.health().poisoned.is_some());
        let refused = journal.append(&[b"x".to_vec()]);
        assert!(matches!(refused, Err(JournalError::Poisoned { .. })));
        fire.disk.make_room();
        let context = format!("full after {bytes}");
        let mut journal = fire.check(&context);
        fire.work(&mut journal, 15);
        fire.disk.crash(bytes, CrashMode::Subset);
        drop(fire.check(&context));
    }
}

#[test]
fn a_full_disk_is_undone_when_there_is_room_and_power_loss_shows_no_trace() {
    for mode in CrashMode::ALL {
        for bytes in (0..12_000).step_by(250) {
            let context = format!("{mode:?}, full after {bytes}");
            let mut fire = Fire::new(bytes);
            let mut journal = fire.check("fresh");
            fire.disk.fill_after(bytes);
            fire.work(&mut journal, 15);
            assert!(journal.can_undo(), "{context}");
            fire.disk.make_room();
            journal.undo().expect(&context);
            // What was refused is surely not there: the next batch takes its place.
            fire.known.truncate(at(fire.acknowledged));
            fire.ends.retain(|end| *end <= fire.acknowledged);
            fire.work(&mut journal, 5);
            assert_eq!(journal.health().poisoned, None, "{context}");
            fire.disk.crash(bytes, mode);
            drop(fire.check(&context));
        }
    }
}

#[test]
fn a_failed_sync_cannot_be_undone() {
    let disk = Arc::new(FaultyDisk::new());
    let mut journal = new_journal(&disk);
    disk.fail_sync(1);
    assert!(journal.append(&[b"x".to_vec()]).is_err());
    assert!(!journal.can_undo());
    assert!(matches!(journal.undo(), Err(JournalError::Poisoned { .. })));
}

#[test]
fn a_segment_without_frames_between_others_is_retired_like_them() {
    let disk = Arc::new(FaultyDisk::new());
    // The first segment stays empty: the batch needs one of its own size.
    let mut journal = new_journal(&disk);
    journal.append(&[entry(1, 9000)]).unwrap();
    let (mut journal, _) = reopen(&disk).unwrap();
    fill(&mut journal, 10, 900);
    assert!(journal.retire_before(5).unwrap() >= 2);
    assert!(reopen(&disk).unwrap().1.first_seq > 1);
}

#[test]
fn a_tail_before_what_was_applied_is_an_error() {
    let disk = Arc::new(FaultyDisk::new());
    fill(&mut new_journal(&disk), 2, 100);
    let options = |applied_seq| JournalOptions {
        applied_seq: Some(applied_seq),
        ..small()
    };
    assert!(Journal::open_on(shared(&disk), options(2)).is_ok());
    let found = Journal::open_on(shared(&disk), options(3)).unwrap_err();
    assert!(matches!(
        found,
        JournalError::LostBeyondApplied {
            applied_seq: 3,
            last_seq: 2
        }
    ));
}

mod requests;

use std::sync::Mutex;

use proptest::prelude::*;
use soundpost_core::gate::Epoch;
use soundpost_core::id::{Id, StoreId};
use soundpost_core::port::store::{Claimed, Query, Store as _};

use super::*;
use crate::bodies::Bodies;
use crate::journal::{CrashMode, FaultyDisk, JournalOptions};
use crate::memory::MemoryStore;
use crate::sled::compare::compare;
use crate::sled::replay;
use crate::sled::shelf::Shelf;
use requests::{Op, minute, order, request, round};

fn store_id() -> StoreId {
    StoreId(Id::from_u128(1))
}

struct Bench {
    _dir: tempfile::TempDir,
    disk: Arc<FaultyDisk>,
    engine: Arc<Engine>,
    writer: Writer,
}

fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let bodies = Bodies::new(dir.path().join("bodies"));
    let shelf = Shelf::open(&dir.path().join("sled"), bodies).unwrap();
    let disk = Arc::new(FaultyDisk::new());
    let on: Arc<dyn crate::journal::Disk> = Arc::<FaultyDisk>::clone(&disk);
    let options = JournalOptions {
        segment_bytes: 1024 * 1024,
        applied_seq: None,
    };
    let journal = Journal::create_on(on, store_id().0.to_bytes(), options).unwrap();
    let (book, journal_dir) = (Mutex::default(), dir.path().join("journal"));
    let engine = Engine {
        id: store_id(),
        epoch: Arc::default(),
        shelf,
        book,
        journal: journal_dir,
        trouble: Mutex::default(),
    };
    let engine = Arc::new(engine);
    let writer = Writer::new(Arc::clone(&engine), journal);
    Bench {
        _dir: dir,
        disk,
        engine,
        writer,
    }
}

impl Bench {
    /// Writes all of them as one batch.
    fn write(&mut self, requests: Vec<Request>) -> Vec<Result<Written, StoreError>> {
        let (mut jobs, mut answers) = (Vec::new(), Vec::new());
        for request in requests {
            let (answer, answered) = oneshot::channel();
            jobs.push(Job { request, answer });
            answers.push(answered);
        }
        self.writer.write(jobs);
        answers
            .into_iter()
            .map(|mut answer| answer.try_recv().unwrap())
            .collect()
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is asked in batches of the durable engine is answered as the memory store answers it one by one.
    #[test]
    fn a_batch_answers_as_the_memory_store_does(rounds in prop::collection::vec(round(), 1..12)) {
        let mut bench = bench();
        let epoch = Arc::new(Epoch::default());
        let memory = MemoryStore::new(store_id(), Arc::clone(&epoch));
        for n in 0..3 {
            let request = request(&Op::Account { n, exists: true });
            prop_assert!(bench.write(vec![request.clone()])[0].is_ok());
            now(memory.write(request)).unwrap();
        }
        for round in rounds {
            let epochs = (bench.engine.epoch.now(), epoch.now());
            let requests: Vec<_> = round.writes.iter().map(request).collect();
            let expected: Vec<_> = requests.iter().map(|r| format!("{:?}", now(memory.write(r.clone())))).collect();
            let got: Vec<_> = bench.write(requests).iter().map(|a| format!("{a:?}")).collect();
            prop_assert_eq!(got, expected);
            if let Some((token, until)) = round.abandon {
                now(memory.abandon(token, until.map(minute)));
                lock(&bench.engine.book).abandon(token, until.map(minute));
            }
            let at = minute(round.claim_at);
            let expected = match now(memory.claim(at)).unwrap() {
                Claimed::Due(claim) | Claimed::Check(claim) => format!("{} {:?}", claim.token, claim.delivery.id),
                Claimed::Nothing { wake_at } => format!("{wake_at:?}"),
            };
            let got = match lock(&bench.engine.book).claim(at) {
                crate::lines::Offer::Due { token, delivery } | crate::lines::Offer::Check { token, delivery } => {
                    format!("{token} {delivery:?}")
                }
                crate::lines::Offer::Nothing { wake_at } => format!("{wake_at:?}"),
            };
            prop_assert_eq!(got, expected);
            prop_assert_eq!(bench.engine.list(&Query::default()), now(memory.list(&Query::default())));
            prop_assert_eq!(format!("{:?}", lock(&bench.engine.book).world), format!("{:?}", memory.world()));
            prop_assert_eq!(bench.engine.epoch.now() > epochs.0, epoch.now() > epochs.1);
        }
        let loaded = replay::load(&bench.engine.shelf).unwrap();
        prop_assert_eq!(loaded.seq, memory.seq());
        prop_assert_eq!(loaded.index.select(&Query::default()), lock(&bench.engine.book).index.select(&Query::default()));
    }
}

#[test]
fn d1_after_a_failed_sync_nothing_is_acknowledged_and_nothing_more_is_written() {
    let mut bench = bench();
    let add = |post| {
        request(&Op::Add {
            post,
            account: 1,
            at: 1,
            key: None,
        })
    };
    assert!(bench.write(vec![request(&Op::Account { n: 1, exists: true })])[0].is_ok());
    let epoch = bench.engine.epoch.now();
    bench.disk.fail_sync(1);
    let answers = bench.write(vec![
        add(1),
        request(&Op::Halt(1)),
        request(&Op::Advance { token: 9, which: 0 }),
    ]);
    assert!(matches!(answers[0], Err(StoreError::Io(_))), "{answers:?}");
    assert!(matches!(answers[1], Err(StoreError::Io(_))), "{answers:?}");
    assert!(
        matches!(answers[2], Err(StoreError::ClaimLost { .. })),
        "{answers:?}"
    );
    assert_eq!(bench.engine.list(&Query::default()).unwrap(), []);
    assert_eq!(bench.engine.epoch.now(), epoch);
    let later = bench.write(vec![add(2)]);
    assert!(matches!(later[0], Err(StoreError::Io(_))), "{later:?}");
}

#[test]
fn d1_a_full_disk_is_told_and_writing_goes_on_when_there_is_room() {
    let mut bench = bench();
    let account = request(&Op::Account { n: 1, exists: true });
    assert!(bench.write(vec![account.clone()])[0].is_ok());
    // Half a frame arrives.
    bench.disk.fill_after(100);
    let refused = bench.write(vec![request(&Op::Halt(1))]);
    assert!(matches!(refused[0], Err(StoreError::Io(_))), "{refused:?}");
    let trouble = bench.engine.trouble.lock().unwrap().clone();
    assert!(trouble.unwrap().contains("no storage space"));
    bench.writer.retry_at = None;
    let still = bench.write(vec![request(&Op::Halt(1))]);
    assert!(matches!(still[0], Err(StoreError::Io(_))), "{still:?}");
    bench.disk.make_room();
    bench.writer.retry_at = None;
    let written = bench.write(vec![request(&Op::Halt(2))]);
    assert_eq!(written[0].as_ref().unwrap().seq, 2, "{written:?}");
    assert_eq!(bench.engine.trouble.lock().unwrap().clone(), None);
    let halts = lock(&bench.engine.book).world.halts.clone();
    assert_eq!(halts, vec![order(2)]);
}

#[test]
fn d1_when_power_is_lost_and_sled_with_it_all_that_was_answered_comes_back() {
    for mode in CrashMode::ALL {
        for instant in (0..40).step_by(3) {
            let context = format!("{mode:?}, instant {instant}");
            let mut bench = bench();
            bench.disk.power_off_after(instant);
            let add = |n| request(&Op::Account { n, exists: true });
            let answered = (1..20)
                .take_while(|n| bench.write(vec![add(*n)])[0].is_ok())
                .count();
            bench.disk.crash(instant, mode);
            // sled's folder was never flushed: it is gone whole.
            let dir = tempfile::tempdir().unwrap();
            let shelf =
                Shelf::open(&dir.path().join("sled"), Bodies::new(dir.path().join("bodies"))).unwrap();
            let disk: Arc<dyn crate::journal::Disk> = Arc::<FaultyDisk>::clone(&bench.disk);
            let reader = crate::journal::JournalReader::open_on(Arc::clone(&disk)).expect(&context);
            let (journal, _) = Journal::open_on(disk, JournalOptions::default()).expect(&context);
            replay::replay(&shelf, store_id(), &journal).expect(&context);
            let known = replay::load(&shelf).unwrap().world.accounts.len();
            assert!(
                known == answered || known == answered + 1,
                "{context}: {known} of {answered}"
            );
            let differences = compare(&shelf, &reader).expect(&context);
            assert_eq!(differences.count, 0, "{context}");
        }
    }
}

#[test]
fn a_batch_is_one_step_of_the_journal() {
    let mut bench = bench();
    let mut requests = vec![request(&Op::Account { n: 1, exists: true })];
    requests.extend((1..50).map(|post| {
        request(&Op::Add {
            post,
            account: 1,
            at: 1,
            key: None,
        })
    }));
    let before = bench.disk.operations();
    assert!(bench.write(requests).iter().all(Result::is_ok));
    assert_eq!(bench.disk.operations() - before, 2, "one write and one sync");
}

#[test]
fn d3_in_one_batch_a_fence_bars_a_person_and_a_person_takes_a_claim() {
    let mut bench = bench();
    let add = |n| {
        request(&Op::Add {
            post: n,
            account: n,
            at: 1,
            key: None,
        })
    };
    let accounts = (1..=2).map(|n| request(&Op::Account { n, exists: true }));
    bench.write(accounts.chain((1..=2).map(add)).collect());
    for _ in 0..2 {
        lock(&bench.engine.book).claim(minute(5));
    }
    let fence = |token| request(&Op::Advance { token, which: 6 });
    let hold = |post, version| {
        request(&Op::Move {
            post,
            version,
            which: 0,
        })
    };
    let answers = bench.write(vec![fence(1), hold(1, 2), hold(2, 1), fence(2)]);
    assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
    assert!(matches!(answers[1], Err(StoreError::Illegal(_))), "{answers:?}");
    assert!(
        matches!(answers[3], Err(StoreError::ClaimLost { .. })),
        "{answers:?}"
    );
}

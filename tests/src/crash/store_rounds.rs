//! Rounds of killing a process that writes to a store.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use soundpost_core::id::{Id, StoreId};
use soundpost_store::open::create;

use super::dice::Dice;
use super::ledger::Ledger;
use super::store_audit::audit;
use super::victim::Victim;
use crate::store_promises::build::anna;

/// The variable that makes the test program the writer, with folder, round and seed.
pub const WRITER: &str = "SOUNDPOST_CRASH_WRITER";
/// After so many rounds a new folder is begun, for looking at all of it takes longer with each.
const ROUNDS_PER_FOLDER: u64 = 15;

/// What came of all rounds.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Rounds.
    pub rounds: u64,
    /// Acknowledged writes.
    pub acknowledged: u64,
    /// Rounds in which sled's folder was deleted too.
    pub without_sled: u64,
    /// Rounds that ended in a torn frame.
    pub torn: u64,
    /// Entries that sled had not seen, in all rounds.
    pub replayed: u64,
    /// Fences without an outcome, in all rounds.
    pub attempting: usize,
    /// The most entries that a folder had.
    pub entries_max: usize,
    /// The longest opening.
    pub longest_open: Duration,
    /// Acknowledged and not there.
    pub missing: Vec<String>,
    /// What contradicts itself.
    pub contradictions: Vec<String>,
}

/// Kills a writer so many times, and looks at the store after each.
pub async fn run(exe: &Path, rounds: u64, mut dice: Dice) -> Figures {
    let mut figures = Figures::default();
    let mut folder = None;
    let mut ledger = Ledger::default();
    for round in 0..rounds {
        let in_folder = round % ROUNDS_PER_FOLDER;
        if in_folder == 0 {
            figures.acknowledged += ledger.acknowledged;
            ledger = Ledger::default();
            folder = Some(tempfile::tempdir().expect("a temporary folder"));
        }
        let home = folder
            .as_ref()
            .map(tempfile::TempDir::path)
            .expect("a folder was begun");
        if in_folder == 0 {
            create(home, StoreId(Id::from_u128(0x50)), anna(), Timestamp::UNIX_EPOCH).expect("a new store");
        }
        ledger.take(&killed_writer(exe, home, in_folder, &mut dice));
        let without_sled = dice.percent(35);
        let found = audit(home, &ledger, without_sled).await;
        figures.rounds += 1;
        figures.without_sled += u64::from(without_sled);
        figures.torn += u64::from(found.cut_bytes > 0);
        figures.replayed += found.replayed;
        figures.attempting += found.attempting;
        figures.entries_max = figures.entries_max.max(found.entries);
        figures.longest_open = found
            .opened_in
            .into_iter()
            .fold(figures.longest_open, Duration::max);
        figures.missing.extend(found.missing);
        figures.contradictions.extend(found.contradictions);
        if !figures.missing.is_empty() || !figures.contradictions.is_empty() {
            break;
        }
    }
    figures.acknowledged += ledger.acknowledged;
    figures
}

/// Starts a writer and kills it, in most rounds while it writes, in some while it still opens the store.
fn killed_writer(exe: &Path, home: &Path, round: u64, dice: &mut Dice) -> Vec<String> {
    let mut command = Command::new(exe);
    command.env(WRITER, format!("{round} {} {}", dice.roll(), home.display()));
    let writer = Victim::start(&mut command);
    let while_opening = round > 0 && dice.percent(20);
    if !while_opening {
        writer.await_first_line();
    }
    let span = if while_opening {
        dice.span_ms(1, 120)
    } else {
        dice.span_ms(100, 1000)
    };
    let lived = writer.lives_for(span);
    let lines = writer.kill();
    assert!(lived, "the writer ended by itself: {:?}", lines.last());
    lines
}

//! The kill switch's file: a confirmed order survives whatever happens to the file, and what cannot be read counts
//! as on (promises S1 and S2).

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of these tests fail like the tests"
)]

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::thread;

use jiff::Timestamp;
use rustix::fs::{FlockOperation, flock};
use soundpost_cli::os::switch_file::SwitchFile;
use soundpost_core::halt::{HaltOrder, Scope, SwitchState};
use soundpost_core::id::{Id, OrderId, StoreId};
use soundpost_core::port::switch::Switch;
use soundpost_tests::worst_day::small_disk::SmallDisk;
use tempfile::{TempDir, tempdir};

const FILE_BYTES: usize = 64 * 1024;
const SLOT_BYTES: usize = FILE_BYTES / 2;
/// Tells a child of this test what to do, and where.
const CHILD_HOME: &str = "SOUNDPOST_TEST_SWITCH_HOME";
/// A user and a group that own nothing.
const STRANGER: u32 = 65534;
const GROUP: u32 = 54321;

fn store() -> StoreId {
    StoreId(Id::from_u128(77))
}

fn order_id(n: u128) -> OrderId {
    OrderId(Id::from_u128(n))
}

fn order(n: u128, scope: Scope) -> HaltOrder {
    HaltOrder {
        id: order_id(n),
        scope,
        reason: "an earthquake".to_owned(),
        who: "anna".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        review_at: None,
    }
}

fn campaign(n: u128) -> HaltOrder {
    order(n, Scope::Campaign(format!("campaign {n}")))
}

fn new_switch() -> (TempDir, SwitchFile) {
    let home = tempdir().unwrap();
    let switch = SwitchFile::create(home.path(), store(), None).unwrap();
    (home, switch)
}

fn ids(state: &SwitchState) -> Vec<OrderId> {
    match state {
        SwitchState::Halted(orders) => orders.iter().map(|order| order.id).collect(),
        SwitchState::Running => Vec::new(),
        SwitchState::Unreadable(why) => panic!("unreadable: {why}"),
    }
}

/// Whether the order counts: it is read, or nothing can be read.
fn counts(state: &SwitchState, id: OrderId) -> bool {
    matches!(state, SwitchState::Unreadable(_)) || ids(state).contains(&id)
}

#[track_caller]
fn assert_counts_as_on(switch: &SwitchFile, why_has: &str) {
    match switch.read() {
        SwitchState::Unreadable(why) => {
            assert!(why.contains(why_has) && why.contains("switch/switch"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

// --- orders ---

#[test]
fn an_order_is_read_by_everyone_until_it_is_lifted() {
    let (home, switch) = new_switch();
    assert_eq!(switch.read(), SwitchState::Running);
    let (all, one) = (order(1, Scope::Everything), campaign(2));
    switch.order(&all).unwrap();
    switch.order(&one).unwrap();
    switch.order(&one).unwrap();
    let other = SwitchFile::open(home.path(), Some(store()));
    assert_eq!(other.read(), SwitchState::Halted(vec![all, one.clone()]));
    other.lift(&[order_id(1), order_id(99)]).unwrap();
    assert_eq!(switch.read(), SwitchState::Halted(vec![one]));
    switch.lift(&[order_id(2)]).unwrap();
    assert_eq!(switch.read(), SwitchState::Running);
    assert_eq!(other.lifted(), [order_id(1), order_id(2)]);
}

#[test]
fn a_pause_that_cannot_read_the_store_finds_its_id_in_the_switch() {
    let (home, _) = new_switch();
    let switch = SwitchFile::open(home.path(), None);
    assert_eq!(switch.store_id(), Some(store()));
    switch.order(&campaign(1)).unwrap();
    assert_eq!(
        ids(&SwitchFile::open(home.path(), Some(store())).read()),
        [order_id(1)]
    );
}

#[test]
fn writers_at_the_same_time_lose_no_order() {
    let (home, switch) = new_switch();
    thread::scope(|scope| {
        for writer in 0..4u128 {
            let home = home.path();
            scope.spawn(move || {
                let switch = SwitchFile::open(home, Some(store()));
                for n in 0..8 {
                    switch.order(&campaign(writer * 100 + n + 1)).unwrap();
                    assert!(ids(&switch.read()).contains(&order_id(writer * 100 + n + 1)));
                }
            });
        }
    });
    assert_eq!(ids(&switch.read()).len(), 32);
}

#[test]
fn a_hung_writer_stops_neither_reading_nor_the_answer() {
    let (_home, switch) = new_switch();
    switch.order(&campaign(1)).unwrap();
    let hung = File::open(switch.path()).unwrap();
    flock(&hung, FlockOperation::LockExclusive).unwrap();
    assert_eq!(ids(&switch.read()), [order_id(1)]);
    let why = switch.order(&campaign(2)).unwrap_err().to_string();
    assert!(
        why.contains("locked by another process") && why.contains("soundpost stop"),
        "{why}"
    );
}

// --- damage ---

#[test]
fn damage_to_any_byte_of_either_copy_releases_no_confirmed_order() {
    let (_home, switch) = new_switch();
    switch.order(&order(1, Scope::Everything)).unwrap();
    let whole = fs::read(switch.path()).unwrap();
    let used = |slot: usize| slot * SLOT_BYTES..slot * SLOT_BYTES + 400;
    for at in used(0).chain(used(1)) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(switch.path(), &bytes).unwrap();
        assert!(counts(&switch.read(), order_id(1)), "byte {at}");
    }
}

#[test]
fn a_write_cut_off_at_any_byte_releases_no_earlier_order() {
    let (_home, switch) = new_switch();
    switch.order(&campaign(1)).unwrap();
    let before = fs::read(switch.path()).unwrap();
    for change in [
        |switch: &SwitchFile| switch.order(&campaign(2)),
        |switch: &SwitchFile| switch.lift(&[order_id(2)]),
    ] {
        change(&switch).unwrap();
        let after = fs::read(switch.path()).unwrap();
        for (torn, other) in [(0, &before), (1, &before), (0, &after), (1, &after)] {
            for cut in 0..600 {
                for image in torn_images(&before, &after, other, torn, cut) {
                    fs::write(switch.path(), image).unwrap();
                    assert!(counts(&switch.read(), order_id(1)), "slot {torn}, cut at {cut}");
                }
            }
        }
        fs::write(switch.path(), &after).unwrap();
    }
}

/// The file when slot `torn` is written up to `cut` and the rest is as before, or nought, or noise; the other slot is
/// that of `other`.
fn torn_images(before: &[u8], after: &[u8], other: &[u8], torn: usize, cut: usize) -> [Vec<u8>; 3] {
    let start = torn * SLOT_BYTES;
    let mut old = other.to_vec();
    old[start..start + SLOT_BYTES].copy_from_slice(&before[start..start + SLOT_BYTES]);
    old[start..start + cut].copy_from_slice(&after[start..start + cut]);
    let (mut zeros, mut noise) = (old.clone(), old.clone());
    zeros[start + cut..start + SLOT_BYTES].fill(0);
    let mut seed = cut as u32 | 1;
    noise[start + cut..start + SLOT_BYTES].fill_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    });
    [old, zeros, noise]
}

#[test]
fn an_order_cut_off_brings_no_lifted_order_back() {
    let (_home, switch) = new_switch();
    switch.order(&campaign(1)).unwrap();
    switch.lift(&[order_id(1)]).unwrap();
    let before = fs::read(switch.path()).unwrap();
    switch.order(&campaign(2)).unwrap();
    let after = fs::read(switch.path()).unwrap();
    let counter = |slot: usize| after[slot * SLOT_BYTES + 28..][..8].to_vec();
    let written_first = usize::from(counter(1) < counter(0));
    for cut in 1..200 {
        let [_, zeros, noise] = torn_images(&before, &after, &before, written_first, cut);
        for image in [zeros, noise] {
            fs::write(switch.path(), image).unwrap();
            // Noise where the format's version stands cannot be told from a newer program: then it counts as on.
            let state = switch.read();
            assert!(
                !matches!(state, SwitchState::Halted(_)),
                "cut at {cut}: {state:?}"
            );
        }
    }
}

#[test]
fn a_damaged_copy_is_healed_by_the_next_order() {
    let (_home, switch) = new_switch();
    switch.order(&campaign(1)).unwrap();
    let mut bytes = fs::read(switch.path()).unwrap();
    bytes[SLOT_BYTES + 50] ^= 1;
    fs::write(switch.path(), &bytes).unwrap();
    switch.order(&campaign(2)).unwrap();
    let mut bytes = fs::read(switch.path()).unwrap();
    bytes[..SLOT_BYTES].fill(0);
    fs::write(switch.path(), &bytes).unwrap();
    assert_eq!(ids(&switch.read()), [order_id(1), order_id(2)]);
}

// --- what counts as on ---

#[test]
fn a_deleted_switch_counts_as_on_and_cannot_be_resumed() {
    let (_home, switch) = new_switch();
    fs::remove_file(switch.path()).unwrap();
    assert_counts_as_on(&switch, "is missing");
    for failure in [switch.order(&campaign(1)), switch.lift(&[order_id(1)])] {
        let why = failure.unwrap_err().to_string();
        assert!(
            why.contains("is missing") && why.contains("counts as on"),
            "{why}"
        );
    }
    assert!(!switch.path().exists());
}

#[test]
fn a_home_without_a_switch_counts_as_on() {
    let home = tempdir().unwrap();
    assert_counts_as_on(&SwitchFile::open(home.path(), None), "is missing");
}

#[test]
fn a_zeroed_truncated_or_scribbled_switch_counts_as_on() {
    let (_home, switch) = new_switch();
    let whole = fs::read(switch.path()).unwrap();
    assert_eq!(whole.len(), FILE_BYTES);
    for (content, why) in [
        (vec![0; FILE_BYTES], "is damaged"),
        (Vec::new(), "is cut off after 0 bytes"),
        (whole[..SLOT_BYTES].to_vec(), "is cut off"),
        (whole[..FILE_BYTES - 1].to_vec(), "is cut off"),
        (vec![b'x'; FILE_BYTES], "is damaged"),
    ] {
        fs::write(switch.path(), content).unwrap();
        assert_counts_as_on(&switch, why);
    }
}

#[test]
fn the_switch_of_another_store_or_of_a_newer_program_counts_as_on() {
    let (home, switch) = new_switch();
    let other = SwitchFile::open(home.path(), Some(StoreId(Id::from_u128(78))));
    assert_counts_as_on(&other, "belongs to store");
    assert!(other.order(&campaign(1)).is_err() && other.lift(&[]).is_err());
    let mut bytes = fs::read(switch.path()).unwrap();
    bytes[8] = 2;
    fs::write(switch.path(), bytes).unwrap();
    assert_counts_as_on(&switch, "newer soundpost");
}

#[test]
fn a_folder_a_link_or_a_pipe_in_its_place_counts_as_on() {
    let (home, switch) = new_switch();
    let aside = home.path().join("aside");
    fs::rename(switch.path(), &aside).unwrap();
    fs::create_dir(switch.path()).unwrap();
    assert_counts_as_on(&switch, "is not a file");
    fs::remove_dir(switch.path()).unwrap();
    symlink(&aside, switch.path()).unwrap();
    assert_counts_as_on(&switch, "cannot be opened");
    fs::remove_file(switch.path()).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(switch.path())
            .status()
            .unwrap()
            .success()
    );
    assert_counts_as_on(&switch, "is not a file");
    assert!(switch.order(&campaign(1)).is_err());
}

#[test]
fn a_switch_that_was_replaced_is_the_one_that_is_read() {
    let (_home, switch) = new_switch();
    let (_other_home, other) = new_switch();
    other.order(&campaign(5)).unwrap();
    fs::rename(other.path(), switch.path()).unwrap();
    assert_eq!(ids(&switch.read()), [order_id(5)]);
}

// --- restoring ---

#[test]
fn only_init_makes_a_switch_and_never_a_second_one() {
    let (home, switch) = new_switch();
    switch.order(&campaign(1)).unwrap();
    let why = SwitchFile::create(home.path(), store(), None)
        .unwrap_err()
        .to_string();
    assert!(why.contains("is there already"), "{why}");
    assert_eq!(ids(&switch.read()), [order_id(1)]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(
        (mode(switch.path()), mode(switch.path().parent().unwrap())),
        (0o600, 0o700)
    );
}

#[test]
fn a_lost_switch_is_restored_halted_and_a_whole_one_is_left_alone() {
    let (home, switch) = new_switch();
    let lost = order(9, Scope::Everything);
    assert!(SwitchFile::restore_as_halted(home.path(), store(), None, &lost).is_err());
    assert_eq!(switch.read(), SwitchState::Running);
    let damage: [fn(&Path); 3] = [
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path, "scribble").unwrap(),
        |path| fs::remove_dir_all(path.parent().unwrap()).unwrap(),
    ];
    for damage in damage {
        damage(switch.path());
        SwitchFile::restore_as_halted(home.path(), store(), None, &lost).unwrap();
        assert_eq!(switch.read(), SwitchState::Halted(vec![lost.clone()]));
        assert_eq!(fs::metadata(switch.path()).unwrap().len(), FILE_BYTES as u64);
    }
}

#[test]
fn what_stands_in_the_place_of_a_switch_is_kept_beside_the_restored_one() {
    let (home, switch) = new_switch();
    let folder = switch.path().parent().unwrap().to_owned();
    fs::remove_file(switch.path()).unwrap();
    fs::create_dir(switch.path()).unwrap();
    let restored = |order| SwitchFile::restore_as_halted(home.path(), store(), None, order).unwrap();
    let lost = order(9, Scope::Everything);
    restored(&lost);
    assert_eq!(switch.read(), SwitchState::Halted(vec![lost.clone()]));
    assert!(folder.join("switch.was-1").is_dir());
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "a file").unwrap();
    restored(&lost);
    assert_eq!(switch.read(), SwitchState::Halted(vec![lost]));
    assert_eq!(fs::read(home.path().join("switch.was-1")).unwrap(), b"a file");
}

// --- a full disk ---

#[test]
fn a_pause_works_on_a_full_disk() {
    let folder = tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path(), 256) else {
        return;
    };
    let switch = SwitchFile::create(disk.path(), store(), None).unwrap();
    disk.fill();
    switch.order(&order(1, Scope::Everything)).unwrap();
    assert_eq!(ids(&switch.read()), [order_id(1)]);
    switch.lift(&[order_id(1)]).unwrap();
    assert_eq!(switch.read(), SwitchState::Running);
}

// --- other users ---

/// Runs the test of this name again as another user, in a home where all may look for the switch.
fn as_user(test: &str, home: &Path, uid: u32, gid: u32) {
    fs::set_permissions(home, Permissions::from_mode(0o711)).unwrap();
    let program = home.join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let mut child = Command::new(program);
    child
        .args(["--exact", test, "--nocapture"])
        .env(CHILD_HOME, home)
        .current_dir("/");
    let output = child.uid(uid).gid(gid).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn child_switch() -> Option<SwitchFile> {
    let home = std::env::var_os(CHILD_HOME)?;
    Some(SwitchFile::open(Path::new(&home), None))
}

#[test]
fn a_switch_that_this_user_may_not_read_counts_as_on() {
    if let Some(switch) = child_switch() {
        assert_counts_as_on(&switch, "may not be opened by this user");
        assert!(!switch.is_lost());
        let why = switch.order(&campaign(1)).unwrap_err().to_string();
        // Whoever sends may read it: nothing is claimed.
        return assert!(!why.contains("counts as on"), "{why}");
    }
    if !is_root() {
        return println!("skipped: becoming another user needs root");
    }
    let (home, _switch) = new_switch();
    as_user(
        "a_switch_that_this_user_may_not_read_counts_as_on",
        home.path(),
        STRANGER,
        STRANGER,
    );
}

#[test]
fn a_member_of_the_group_may_pause() {
    if let Some(switch) = child_switch() {
        assert_eq!(switch.read(), SwitchState::Running);
        return switch.order(&campaign(8)).unwrap();
    }
    if !is_root() {
        return println!("skipped: becoming another user needs root");
    }
    let home = tempdir().unwrap();
    let switch = SwitchFile::create(home.path(), store(), Some(&GROUP.to_string())).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(
        (mode(switch.path()), mode(switch.path().parent().unwrap())),
        (0o660, 0o2770)
    );
    as_user("a_member_of_the_group_may_pause", home.path(), STRANGER, GROUP);
    assert_eq!(ids(&switch.read()), [order_id(8)]);
}

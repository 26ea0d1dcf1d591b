//! Damage of sled, which the journal makes anew.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use soundpost_tests::doctor::damage::change;
use soundpost_tests::doctor::patient::Patient;

use super::{Case, copy, first_segment, flip_last, open, rebuild, treat};

#[test]
fn damage_of_sled_is_named_and_mended() {
    let case = |name, damage, severity, code, mend| Case {
        name,
        damage,
        severity,
        code,
        next: (severity == "damage").then_some("doctor --rebuild"),
        mend,
    };
    let other = Patient::new();
    let stash = other.bench.folder().display().to_string();
    treat(
        &Patient::new(),
        &[
            case(
                "it is gone",
                |p| fs::remove_dir_all(p.path("sled")).expect("removed"),
                "note",
                "sled_missing",
                open,
            ),
            case(
                "a file is in its place",
                |p| in_place(&p.path("sled")),
                "damage",
                "sled_no_folder",
                rebuild,
            ),
            case(
                "it is full of noise",
                |p| {
                    change(&p.path("sled/db"), |bytes| {
                        bytes.iter_mut().for_each(|byte| *byte ^= 0x5a)
                    })
                },
                "damage",
                "sled_broken",
                rebuild,
            ),
            case(
                "a snapshot was never finished",
                |p| fs::write(p.path("sled/snap.0000000000001000.generating"), b"half").expect("written"),
                "note",
                "sled_leftover",
                rebuild,
            ),
        ],
    );
    let patient = Patient::new();
    fs::remove_dir_all(patient.path("sled")).expect("removed");
    copy(
        Path::new(&stash).join("home/sled").as_path(),
        &patient.path("sled"),
    );
    assert_eq!(patient.codes("damage"), ["sled_foreign"]);
    rebuild(&patient);
    assert!(patient.codes("damage").is_empty());
}

fn in_place(folder: &Path) {
    fs::remove_dir_all(folder).expect("removed");
    fs::write(folder, b"not a folder").expect("written");
}

#[test]
fn a_rebuild_keeps_the_old_folder_until_the_new_one_stands() {
    let patient = Patient::new();
    rebuild(&patient);
    let asides = || {
        let items = fs::read_dir(patient.bench.home()).expect("read").flatten();
        items
            .filter(|item| item.file_name().to_string_lossy().starts_with("sled."))
            .count()
    };
    assert_eq!(asides(), 0, "nothing is kept when nothing is lost");
    let file = || fs::metadata(patient.path("sled/db")).expect("it is there").ino();
    let before = file();
    change(&first_segment(&patient), |bytes| bytes[2100] ^= 1);
    assert_eq!(patient.run("doctor --rebuild").code, 9);
    assert_eq!(asides(), 0);
    assert_eq!(file(), before, "sled was put back");
    patient.heal();
    flip_last(&patient);
    rebuild(&patient);
    assert_eq!(asides(), 1, "what sled had beyond the journal is kept");
    assert_eq!(patient.codes("note"), ["leftover"]);
}

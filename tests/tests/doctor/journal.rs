//! Damage of the journal: what can still be read, what is lost, and what a cut keeps.

use std::fs;

use soundpost_tests::doctor::damage::{change, last_byte};
use soundpost_tests::doctor::patient::Patient;

use super::{Case, beside, first_segment, flip_last, open, paused_by, rebuild, segment, treat, well};

#[test]
fn damage_of_the_journal_is_named_and_mended() {
    let case = |name, damage, code, next, mend| Case {
        name,
        damage,
        severity: "damage",
        code,
        next: Some(next),
        mend,
    };
    let rebuilt_and_paused = |p: &Patient| {
        rebuild(p);
        assert_eq!(paused_by(p), "soundpost (doctor)");
    };
    let decayed = |p: &Patient| change(&first_segment(p), |bytes| bytes[2100] ^= 1);
    let empty = |p: &Patient| fs::write(first_segment(p), b"").expect("written");
    let gone = |p: &Patient| fs::remove_dir_all(p.path("journal")).expect("removed");
    let no_file = |p: &Patient| {
        fs::remove_file(first_segment(p)).expect("removed");
        fs::create_dir(first_segment(p)).expect("made");
    };
    let cases = [
        case(
            "the last frame decayed",
            flip_last,
            "sled_ahead",
            "doctor --rebuild",
            rebuilt_and_paused,
        ),
        case(
            "a frame in the middle decayed",
            decayed,
            "journal_frame",
            "--cut-journal-at",
            cut,
        ),
        case(
            "the only segment is empty",
            empty,
            "journal_segment",
            "backup",
            Patient::heal,
        ),
        case(
            "the journal's folder is gone",
            gone,
            "journal_missing",
            "backup",
            Patient::heal,
        ),
        case(
            "a folder in place of a segment",
            no_file,
            "journal_unreadable",
            "backup",
            Patient::heal,
        ),
    ];
    treat(&Patient::new(), &cases);
}

#[test]
fn a_torn_journal_without_sled_starts_paused_because_nothing_tells_a_crash_from_decay() {
    let patient = Patient::new();
    flip_last(&patient);
    fs::remove_dir_all(patient.path("sled")).expect("removed");
    assert_eq!(patient.codes("warning"), ["journal_tail_doubtful"]);
    assert_eq!(paused_by(&patient), "soundpost (doctor)");
    assert_eq!(paused_by(&patient), "soundpost (doctor)", "and stays so");
    patient.heal();
    fs::remove_dir_all(patient.path("sled")).expect("removed");
    assert_eq!(paused_by(&patient), "", "a whole journal is enough");
}

#[test]
fn a_torn_journal_with_a_broken_sled_starts_paused_too() {
    let patient = Patient::new();
    let noise = || {
        change(&patient.path("sled/db"), |bytes| {
            bytes.iter_mut().for_each(|byte| *byte ^= 0x5a)
        })
    };
    flip_last(&patient);
    noise();
    assert_eq!(paused_by(&patient), "soundpost (doctor)");
    patient.heal();
    noise();
    assert_eq!(paused_by(&patient), "", "a whole journal is enough");
}

#[test]
fn a_cut_that_was_broken_off_is_taken_back_and_repeated() {
    let patient = Patient::new();
    change(&first_segment(&patient), |bytes| bytes[2100] ^= 1);
    // As after a kill between the two renames.
    let aside = patient.path("journal.20260101T000000Z");
    fs::rename(patient.path("journal"), &aside).expect("renamed");
    fs::create_dir(patient.path("journal.new")).expect("made");
    let (_, findings) = patient.findings();
    assert_eq!(findings[0]["code"], "journal_missing", "{findings:#?}");
    assert!(
        findings[0]["next"]
            .to_string()
            .contains(&format!("mv {}", aside.display())),
        "{findings:#?}"
    );
    fs::rename(&aside, patient.path("journal")).expect("renamed");
    cut(&patient);
    assert!(patient.codes("damage").is_empty(), "{:#?}", patient.findings().1);
}

#[test]
fn traces_in_the_journal_are_noted() {
    let strange = |p: &Patient| fs::write(p.path("journal/notes.txt"), b"mine").expect("written");
    let removed = |p: &Patient| fs::remove_file(p.path("journal/notes.txt")).expect("removed");
    let cases = [
        beside("a torn tail", torn, "note", "journal_torn", open),
        beside("a strange file", strange, "note", "journal_strange_file", removed),
    ];
    treat(&Patient::new(), &cases);
}

fn torn(patient: &Patient) {
    change(&first_segment(patient), |bytes| {
        let at = (last_byte(bytes) + 1).next_multiple_of(512);
        bytes[at..at + 700].fill(0x5a);
    });
}

fn cut(patient: &Patient) {
    let (_, findings) = patient.findings();
    let next = findings[0]["next"].to_string();
    let seq = next
        .split("--cut-journal-at ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    well(
        patient,
        &format!("doctor --cut-journal-at {}", seq.expect("it is suggested")),
    );
    assert_eq!(paused_by(patient), "soundpost (doctor)");
}

fn second_segment(patient: &Patient) -> std::path::PathBuf {
    segment(patient, 2)
}

#[test]
fn damage_of_a_journal_of_several_segments_is_named_and_mended() {
    let case = |name, damage, code| Case {
        name,
        damage,
        severity: "damage",
        code,
        next: Some("--cut-journal-at"),
        mend: cut,
    };
    treat(
        &Patient::long(),
        &[
            case(
                "a segment is missing",
                |p| fs::remove_file(second_segment(p)).expect("removed"),
                "journal_gap",
            ),
            case(
                "a segment is empty",
                |p| fs::write(second_segment(p), b"").expect("written"),
                "journal_segment",
            ),
            case(
                "a header decayed",
                |p| change(&second_segment(p), |bytes| bytes[40] ^= 1),
                "journal_segment",
            ),
            case(
                "a segment is another one",
                |p| {
                    fs::copy(first_segment(p), second_segment(p)).expect("copied");
                },
                "journal_segment",
            ),
            case(
                "a frame decayed",
                |p| change(&second_segment(p), |bytes| bytes[100_000] ^= 1),
                "journal_frame",
            ),
            case(
                "a segment was cut off",
                |p| change(&first_segment(p), |bytes| bytes.truncate(1_000_000)),
                "journal_frame",
            ),
        ],
    );
}

#[test]
fn a_journal_whose_beginning_is_lost_is_never_rebuilt_from() {
    let patient = Patient::long();
    fs::remove_file(first_segment(&patient)).expect("removed");
    assert_eq!(patient.codes("damage"), ["journal_beginning_lost"]);
    let refused = patient.run("doctor --rebuild");
    assert_eq!(refused.code, 9, "{refused:?}");
    // sled is as it was: it is all that is known of the older entries.
    assert_eq!(patient.codes("damage"), ["journal_beginning_lost"]);
    assert_eq!(patient.bench.queue().len(), 5);
}

//! What else is in the data folder: `store.json`, the configuration, files beside the journal, rights, copies.

use std::fs;

use soundpost_tests::cli::bench::Bench;
use soundpost_tests::doctor::damage::{change, files_below};
use soundpost_tests::doctor::patient::Patient;

use super::{Case, adopt, beside, copy, first_segment, mode, open, paused_by, started, treat, well};

#[test]
fn damage_of_store_json_is_named_and_mended() {
    let case = |name, damage, code, next, mend| Case {
        name,
        damage,
        severity: "damage",
        code,
        next: Some(next),
        mend,
    };
    let adopted = "doctor --adopt";
    treat(
        &Patient::new(),
        &[
            case(
                "it is gone",
                |p| fs::remove_file(p.path("store.json")).expect("removed"),
                "store_json_missing",
                adopted,
                adopt,
            ),
            case(
                "it is noise",
                |p| fs::write(p.path("store.json"), b"\x00\xff").expect("written"),
                "store_json_unreadable",
                adopted,
                adopt,
            ),
            case(
                "a newer program wrote it",
                |p| {
                    change(&p.path("store.json"), |bytes| {
                        replace(bytes, "\"v\": 1", "\"v\": 9")
                    })
                },
                "store_json_newer",
                "that program",
                |p| p.heal(),
            ),
            case(
                "it names another store",
                |p| {
                    let text = fs::read_to_string(p.path("store.json")).expect("read");
                    let at = text.find("\"store\": \"").expect("it names one") + 20;
                    change(&p.path("store.json"), |bytes| {
                        bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' }
                    });
                },
                "store_json_foreign",
                adopted,
                |p| {
                    fs::remove_file(p.path("store.json")).expect("removed");
                    adopt(p);
                },
            ),
        ],
    );
}

fn replace(bytes: &mut Vec<u8>, old: &str, new: &str) {
    let text = String::from_utf8_lossy(bytes).replace(old, new);
    *bytes = text.into_bytes();
}

#[test]
fn every_line_of_the_configuration_that_is_not_understood_is_named() {
    let patient = Patient::new();
    fs::write(
        patient.path("config.toml"),
        "lanes = 9000\nlog = \"json\"\nfoo = 1\nlog_level = \"loud\"\n",
    )
    .expect("written");
    let (code, findings) = patient.findings();
    assert_eq!(code, 9);
    let bad: Vec<String> = findings
        .iter()
        .filter(|finding| finding["code"] == "config_bad")
        .map(|finding| finding["trouble"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(bad.len(), 3, "{bad:#?}");
    for line in ["line 1:", "line 3:", "line 4:"] {
        assert!(bad.iter().any(|why| why.starts_with(line)), "{line} {bad:#?}");
    }
    fs::write(patient.path("config.toml"), "log = \"json\"\n").expect("written");
    assert!(patient.codes("damage").is_empty());
}

#[test]
fn damage_of_pictures_and_large_values_is_named_and_mended() {
    let gone = |p: &Patient| fs::remove_file(p.first_of("media")).expect("removed");
    let changed = |p: &Patient| change(&p.first_of("media"), |bytes| bytes[9] ^= 1);
    let media_back = |p: &Patient| p.heal_only(&p.path("media"));
    let draft = |p: &Patient| fs::write(p.path("media/.draft-1-1"), b"half a picture").expect("written");
    let no_draft = |p: &Patient| fs::remove_file(p.path("media/.draft-1-1")).expect("removed");
    let values_gone = |p: &Patient| fs::remove_dir_all(p.path("bodies")).expect("removed");
    let values_changed = |p: &Patient| {
        for path in files_below(&p.path("bodies"), &[]) {
            change(&path, |bytes| bytes[9] ^= 1);
        }
    };
    let values_back = |p: &Patient| p.heal_only(&p.path("bodies"));
    let cases = [
        beside("a picture is gone", gone, "damage", "media_missing", media_back),
        beside(
            "a picture was changed",
            changed,
            "damage",
            "media_changed",
            media_back,
        ),
        beside(
            "a picture that nothing names",
            draft,
            "note",
            "media_orphans",
            no_draft,
        ),
        beside(
            "large values are gone",
            values_gone,
            "damage",
            "value_missing",
            values_back,
        ),
        beside(
            "large values were changed",
            values_changed,
            "damage",
            "value_changed",
            values_back,
        ),
    ];
    treat(&Patient::new(), &cases);
}

#[test]
fn what_processes_left_and_rights_that_are_wrong_are_named_and_mended() {
    let words = |p: &Patient| {
        let words = r#"{"pid":4194000,"started":1,"socket":"/x","since":"2026-01-01T00:00:00Z"}"#;
        fs::write(p.path("owner.lock"), words).expect("written");
    };
    let socket = |p: &Patient| {
        drop(std::os::unix::net::UnixListener::bind(p.path("control.sock")).expect("bound"));
    };
    let start = |p: &Patient| started("a stale socket", p);
    let journal_open = |p: &Patient| mode(&p.path("journal"), 0o755);
    let journal_closed = |p: &Patient| mode(&p.path("journal"), 0o700);
    let home_open = |p: &Patient| mode(&p.bench.home(), 0o755);
    let home_closed = |p: &Patient| mode(&p.bench.home(), 0o711);
    let unpaused = |p: &Patient| well(p, "calendar remove old");
    let cases = [
        beside(
            "words of a process that was killed",
            words,
            "note",
            "lock_stale",
            open,
        ),
        beside(
            "a socket that a process left",
            socket,
            "note",
            "socket_stale",
            start,
        ),
        beside(
            "others may read the journal",
            journal_open,
            "warning",
            "mode",
            journal_closed,
        ),
        beside(
            "others may look into the home",
            home_open,
            "warning",
            "home_mode",
            home_closed,
        ),
        beside(
            "a calendar of old",
            Patient::write_broken_calendar,
            "damage",
            "calendar_broken",
            unpaused,
        ),
    ];
    treat(&Patient::new(), &cases);
}

#[test]
fn a_copy_starts_paused_until_it_is_adopted_and_the_journal_says_who_did() {
    let patient = Patient::new();
    let moved = patient.bench.folder().join("moved");
    fs::rename(patient.bench.home(), &moved).expect("moved");
    copy(&moved, &patient.bench.home());
    assert_eq!(patient.codes("warning"), ["not_at_home"]);
    assert_eq!(paused_by(&patient), "soundpost (store identity)");
    adopt(&patient);
    assert!(patient.codes("warning").is_empty(), "{:#?}", patient.findings().1);
    assert_eq!(
        paused_by(&patient),
        "soundpost (store identity)",
        "it stays paused"
    );
    let journal = fs::read(first_segment(&patient)).expect("read");
    let text = String::from_utf8_lossy(&journal);
    let line = text
        .lines()
        .find(|line| line.contains("\"kind\":\"adopted\""))
        .expect("it is recorded");
    assert!(
        line.contains("\"by\":{\"kind\":\"person\"")
            && line.contains("\"from\":{")
            && line.contains("\"to\":{"),
        "{line}"
    );
}

#[test]
fn the_same_store_identity_is_at_home_everywhere_and_another_is_not() {
    let bench = Bench::empty();
    fs::create_dir(bench.home()).expect("made");
    fs::write(bench.home().join("config.toml"), "store_identity = \"shop\"\n").expect("written");
    let _ = bench.run(&["init"]).well();
    // As in a container: the folder is another one each time, and so may be the machine.
    let elsewhere = bench.folder().join("volume");
    fs::rename(bench.home(), &elsewhere).expect("moved");
    copy(&elsewhere, &bench.home());
    let halts = || {
        bench.json(&["status"])["ok"]["status"]["halts"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(halts(), 0);
    fs::write(bench.home().join("config.toml"), "store_identity = \"club\"\n").expect("written");
    let halted = bench.run(&["status"]);
    assert!(
        halted.out.contains("PAUSED") && halted.out.contains("'club'"),
        "{halted:?}"
    );
    let _ = bench.run(&["doctor", "--adopt"]).well();
    let doctor = bench.json(&["doctor"])["ok"]["doctor"].clone();
    assert!(!doctor.to_string().contains("not_at_home"), "{doctor:#}");
}

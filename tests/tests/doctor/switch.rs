//! Damage of the kill switch, and who may use it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use soundpost_tests::doctor::damage::change;
use soundpost_tests::doctor::patient::Patient;

use super::{Case, mode, paused_by, started, treat, well};

const SWITCH: &str = "switch/switch";

const RESTORE: Option<&str> = Some("--restore-switch");

fn restore_switch(patient: &Patient) {
    well(patient, "doctor --restore-switch");
}

#[test]
fn a_switch_that_cannot_be_read_is_named_and_mended() {
    let case = |name, damage, code| Case {
        name,
        damage,
        severity: "damage",
        code,
        next: RESTORE,
        mend: restore_switch,
    };
    let gone = |p: &Patient| fs::remove_file(p.path(SWITCH)).expect("removed");
    let cut_off = |p: &Patient| change(&p.path(SWITCH), |bytes| bytes.truncate(40_000));
    let both_torn = |p: &Patient| {
        change(&p.path(SWITCH), |bytes| {
            bytes[20] ^= 1;
            bytes[32 * 1024 + 20] ^= 1;
        });
    };
    let cases = [
        case("it is gone", gone, "switch_missing"),
        case("it is cut off", cut_off, "switch_cut_off"),
        case("both copies are torn", both_torn, "switch_damaged"),
    ];
    treat(&Patient::new(), &cases);
}

#[test]
fn the_switch_of_another_queue_is_named_and_mended() {
    let (patient, other) = (Patient::new(), Patient::new());
    fs::copy(other.path(SWITCH), patient.path(SWITCH)).expect("copied");
    assert_eq!(patient.codes("damage"), ["switch_foreign"]);
    restore_switch(&patient);
    assert!(patient.codes("damage").is_empty());
}

#[test]
fn a_switch_that_is_not_quite_right_is_named_and_mended() {
    let case = |name, damage, severity, code, next, mend| Case {
        name,
        damage,
        severity,
        code,
        next,
        mend,
    };
    let torn = |p: &Patient| change(&p.path(SWITCH), |bytes| bytes[20] ^= 1);
    let as_before = |p: &Patient| {
        restore_switch(p);
        assert_eq!(paused_by(p), "", "it says what it said before");
    };
    let long = |p: &Patient| change(&p.path(SWITCH), |bytes| bytes.extend([1; 9]));
    let shorter = |p: &Patient| change(&p.path(SWITCH), |bytes| bytes.truncate(64 * 1024));
    let open_to_all = |p: &Patient| mode(&p.path("switch"), 0o755);
    let closed = |p: &Patient| mode(&p.path("switch"), 0o700);
    let cases = [
        case(
            "one copy is torn",
            torn,
            "warning",
            "switch_torn",
            RESTORE,
            as_before,
        ),
        case("it is too long", long, "note", "switch_long", None, shorter),
        case(
            "others may enter",
            open_to_all,
            "warning",
            "switch_mode",
            Some("chmod 0700"),
            closed,
        ),
    ];
    treat(&Patient::new(), &cases);
}

#[test]
fn a_group_that_cannot_pause_is_named() {
    let patient = Patient::new();
    let configure = |text: &str| fs::write(patient.path("config.toml"), text).expect("written");
    configure("switch_group = \"nobody knows\"\nresume_group = \"nobody knows\"\n");
    assert_eq!(patient.codes("damage"), ["group_unknown", "group_unknown"]);
    let own = fs::metadata(patient.bench.home()).expect("it is there").gid();
    configure(&format!("switch_group = \"{own}\"\n"));
    assert_eq!(patient.codes("damage"), ["switch_group"]);
    mode(patient.bench.folder(), 0o700);
    started("the switch is opened to the group", &patient);
    assert_eq!(patient.codes("damage"), [""; 0]);
    assert_eq!(patient.codes("warning"), ["switch_out_of_reach"]);
    mode(patient.bench.folder(), 0o711);
    let (_, findings) = patient.findings();
    let folder = patient.bench.folder().display().to_string();
    let is_named = findings.iter().any(|finding| finding["place"] == folder);
    assert!(!is_named, "others may pass through it now: {findings:#?}");
}

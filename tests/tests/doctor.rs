//! `doctor` with real files that were damaged: it names the damage, what it suggests mends it, and afterwards it is
//! content. And whatever the damage, nothing panics and nothing goes out twice.

#[path = "doctor/folder.rs"]
mod folder;
#[path = "doctor/index.rs"]
mod index;
#[path = "doctor/journal.rs"]
mod journal;
#[path = "doctor/random.rs"]
mod random;
#[path = "doctor/switch.rs"]
mod switch;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use soundpost_tests::cli::bench::{Bench, Ran, poll, program};
use soundpost_tests::doctor::damage::{change, last_byte};
use soundpost_tests::doctor::patient::Patient;

/// What was done, what `doctor` says, and what mends it.
struct Case {
    name: &'static str,
    damage: fn(&Patient),
    severity: &'static str,
    code: &'static str,
    /// Words that one of its suggestions must hold; none = nothing is to be done.
    next: Option<&'static str>,
    mend: fn(&Patient),
}

/// Damages, looks, mends and looks again, case by case.
fn treat(patient: &Patient, cases: &[Case]) {
    for case in cases {
        patient.heal();
        (case.damage)(patient);
        let (code, findings) = patient.findings();
        let found = findings.iter().find(|finding| finding["code"] == case.code);
        let found = found.unwrap_or_else(|| panic!("{}: {findings:#?}", case.name));
        assert_eq!(found["severity"], case.severity, "{}: {found:#}", case.name);
        let is_damage = findings.iter().any(|finding| finding["severity"] == "damage");
        assert_eq!(code, if is_damage { 9 } else { 0 }, "{}", case.name);
        assert_eq!(
            is_damage,
            case.severity == "damage",
            "{}: {findings:#?}",
            case.name
        );
        if let Some(next) = case.next {
            assert!(
                found["next"].to_string().contains(next),
                "{}: {found:#}",
                case.name
            );
        }
        (case.mend)(patient);
        assert!(
            patient.codes("damage").is_empty(),
            "{}: {:#?}",
            case.name,
            patient.findings().1
        );
        assert!(
            !patient.codes(case.severity).contains(&case.code.to_owned()),
            "{}",
            case.name
        );
    }
}

fn well(patient: &Patient, line: &str) {
    let ran = patient.run(line);
    assert_eq!(ran.code, 0, "{line}: {ran:?}");
}

fn rebuild(patient: &Patient) {
    well(patient, "doctor --rebuild");
}

fn adopt(patient: &Patient) {
    well(patient, "doctor --adopt");
}

/// Any command opens the queue.
fn open(patient: &Patient) {
    well(patient, "status");
}

fn paused_by(patient: &Patient) -> String {
    let status = patient.bench.json(&["status"]);
    status["ok"]["status"]["halts"][0]["who"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn segment(patient: &Patient, number: u32) -> std::path::PathBuf {
    patient.path(&format!("journal/{number:08}.seg"))
}

fn first_segment(patient: &Patient) -> std::path::PathBuf {
    segment(patient, 1)
}

#[test]
fn a_healthy_queue_is_said_in_one_line_each() {
    let patient = Patient::new();
    let (code, findings) = patient.findings();
    assert_eq!(code, 0);
    assert!(
        findings.iter().all(|finding| finding["severity"] == "ok"),
        "{findings:#?}"
    );
    let screen = patient.run("doctor");
    assert_eq!(
        screen.out.lines().filter(|line| line.starts_with("ok  ")).count(),
        findings.len()
    );
    assert!(screen.out.ends_with("No damage.\n"), "{screen:?}");
}

#[test]
fn doctor_looks_beside_a_running_daemon_and_does_not_disturb_it() {
    let patient = Patient::new();
    let daemon = patient.bench.daemon();
    let (code, findings) = patient.findings();
    assert_eq!(code, 0, "{findings:#?}");
    let has = |code: &str| findings.iter().any(|finding| finding["code"] == code);
    assert!(has("sled_not_looked_at"), "{findings:#?}");
    let answers = findings
        .iter()
        .any(|finding| finding["what"] == "daemon" && finding["ok"] == true);
    assert!(answers, "{findings:#?}");
    for line in [
        "doctor --rebuild",
        "doctor --adopt",
        "doctor --restore-switch",
        "doctor --cut-journal-at 3",
    ] {
        let refused = patient.run(line);
        assert_eq!(refused.code, 5, "{refused:?}");
        assert!(refused.err.contains("stop the daemon"), "{refused:?}");
    }
    daemon.freeze();
    assert_eq!(patient.codes("damage"), ["daemon_silent"]);
    daemon.thaw();
    let status = patient.bench.json(&["status"]);
    assert_eq!(status["ok"]["status"]["daemon"], true);
    assert_eq!(status["ok"]["status"]["halts"].as_array().map(Vec::len), Some(0));
}

#[test]
fn where_there_is_no_queue_doctor_says_so() {
    let ran = Bench::empty().run(&["doctor"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("soundpost init"), "{ran:?}");
}

fn flip_last(patient: &Patient) {
    change(&first_segment(patient), |bytes| flip_last_of(bytes));
}

fn flip_last_of(bytes: &mut [u8]) {
    let at = last_byte(bytes);
    bytes[at] ^= 1;
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    fs::set_permissions(to, fs::metadata(from).expect("it is there").permissions()).expect("set");
    for item in fs::read_dir(from).expect("read").flatten() {
        let there = to.join(item.file_name());
        if item.path().is_dir() {
            copy(&item.path(), &there);
        } else {
            fs::copy(item.path(), there).expect("copied");
        }
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode is set");
}

/// Files beside the journal: nothing is suggested as a command.
fn beside(
    name: &'static str,
    damage: fn(&Patient),
    severity: &'static str,
    code: &'static str,
    mend: fn(&Patient),
) -> Case {
    Case {
        name,
        damage,
        severity,
        code,
        next: None,
        mend,
    }
}

/// No panic, and an error is one that says what is wrong.
fn calm(context: &str, line: &str, ran: &Ran) {
    assert!(!ran.err.contains("panicked"), "{context}: {line}: {ran:?}");
    assert!(
        (0..=11).contains(&ran.code) && ran.code != 1,
        "{context}: {line}: {ran:?}"
    );
    let says = ran.code == 0 || !ran.out.trim().is_empty() || ran.err.contains("error");
    assert!(says, "{context}: {line}: {ran:?}");
}

/// Starts the daemon: it answers, or says why it does not start.
fn started(context: &str, patient: &Patient) {
    let log = fs::File::create(patient.bench.folder().join("start.log")).expect("a log");
    let mut command = patient.bench.command(&program());
    let child = command
        .arg("run")
        .stdout(std::process::Stdio::null())
        .stderr(log)
        .spawn();
    let mut child = child.expect("it starts");
    let mut ended = None;
    poll("the daemon, or its end", || {
        ended = child.try_wait().expect("it can be waited for");
        let status = || patient.run("status --json");
        ended.is_some() || patient.path("control.sock").exists() && status().out.contains("\"daemon\":true")
    });
    let text = || fs::read_to_string(patient.bench.folder().join("start.log")).unwrap_or_default();
    if let Some(status) = ended {
        let ran = Ran {
            code: status.code().unwrap_or(-1),
            out: String::new(),
            err: text(),
        };
        calm(context, "run", &ran);
        return;
    }
    let pid = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    rustix::process::kill_process(pid.expect("it has a number"), rustix::process::Signal::TERM)
        .expect("told to end");
    let status = child.wait().expect("it ends");
    assert!(
        status.success() && !text().contains("panicked"),
        "{context}: {}",
        text()
    );
}

//! Pauses that meet each other, a `stop`, a resume, a signal, or a reader that goes away.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use soundpost_cli::os::switch_file::SwitchFile;
use soundpost_core::port::switch::Switch as _;
use soundpost_tests::cli::bench::{Bench, poll, program};

fn begin(bench: &Bench, arguments: &[&str]) -> Child {
    let mut command = bench.command(&program());
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn code(child: Child) -> Option<i32> {
    child.wait_with_output().unwrap().status.code()
}

/// The reasons of the orders in force, sorted.
fn reasons(bench: &Bench) -> Vec<String> {
    let status = bench.json(&["status"]);
    let halts = status["ok"]["status"]["halts"].as_array().cloned();
    let mut all: Vec<String> = halts
        .unwrap_or_default()
        .iter()
        .map(|order| order["reason"].as_str().unwrap().to_owned())
        .collect();
    all.sort();
    all
}

#[test]
fn s1_two_pauses_one_after_the_other_both_stand() {
    let bench = Bench::with_accounts();
    let _daemon = bench.daemon();
    let _ = bench.run(&["pause", "one"]).well();
    let _ = bench.run(&["pause", "two"]).well();
    assert_eq!(reasons(&bench), ["one", "two"]);
}

#[test]
fn s1_pauses_at_the_same_instant_all_stand() {
    let bench = Bench::with_accounts();
    for daemon in [None, Some(bench.daemon())] {
        let said = if daemon.is_some() { "with" } else { "without" };
        let all: Vec<Child> = (0..4)
            .map(|n| begin(&bench, &["pause", &format!("{said} {n}")]))
            .collect();
        for pause in all {
            assert_eq!(code(pause), Some(0), "{said}");
        }
        let all: Vec<String> = (0..4).map(|n| format!("{said} {n}")).collect();
        let stand = reasons(&bench);
        assert!(all.iter().all(|reason| stand.contains(reason)), "{stand:?}");
    }
}

#[test]
fn s1_a_pause_while_a_stop_kills_stands_too() {
    let bench = Bench::with_accounts();
    let mut daemon = bench.daemon();
    daemon.freeze();
    let stop = begin(&bench, &["stop", "kill it"]);
    let pause = begin(&bench, &["pause", "be silent"]);
    assert_eq!(code(stop), Some(0));
    assert_eq!(code(pause), Some(0));
    assert!(daemon.has_ended());
    assert_eq!(reasons(&bench), ["be silent", "kill it"]);
}

#[test]
fn s1_a_pause_together_with_a_resume_stands() {
    let bench = Bench::with_accounts();
    let _daemon = bench.daemon();
    for round in 0..4 {
        let _ = bench.run(&["pause", "first"]).well();
        let plan = bench.json(&["resume"]);
        let number = plan["ok"]["plan"]["number"].as_str().unwrap().to_owned();
        let resume = ["resume", "--apply", "--plan", &number];
        let second = format!("second {round}");
        let pause = ["pause", second.as_str()];
        let lines: [&[&str]; 2] = if round % 2 == 0 {
            [&resume, &pause]
        } else {
            [&pause, &resume]
        };
        let both = lines.map(|line| begin(&bench, line));
        for child in both {
            let ended = child.wait_with_output().unwrap();
            // Done, or the plan is void.
            assert!(matches!(ended.status.code(), Some(0 | 5)), "{ended:?}");
        }
        assert!(reasons(&bench).contains(&second), "{:?}", reasons(&bench));
        assert_eq!(bench.run(&["post", "hello", "--to", "shop", "--now"]).code, 6);
    }
}

#[test]
fn s1_s5_a_plan_that_was_shown_lifts_no_order_that_stands_in_the_file_alone() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["pause", "first"]).well();
    let plan = bench.json(&["resume"]);
    let number = plan["ok"]["plan"]["number"].as_str().unwrap().to_owned();
    let mut second = soundpost_tests::store_promises::build::order(2);
    second.reason = "second".to_owned();
    SwitchFile::open(&bench.home(), None).order(&second).unwrap();
    let refused = bench.run(&["resume", "--apply", "--plan", &number]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert_eq!(reasons(&bench), ["first", "second"]);
}

#[test]
fn s1_a_pause_that_is_interrupted_after_set_stands() {
    let bench = Bench::with_accounts();
    let daemon = bench.daemon();
    daemon.freeze();
    let mut pause = begin(&bench, &["pause", "trouble"]);
    let mut first = String::new();
    BufReader::new(pause.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.starts_with("Set."), "{first}");
    let pid = Pid::from_raw(i32::try_from(pause.id()).unwrap()).unwrap();
    // Not SIGINT, which a job in the background ignores together with all that it starts.
    kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(code(pause), None, "the signal ended it");
    daemon.thaw();
    poll("the daemon", || bench.run(&["status"]).code == 0);
    assert_eq!(reasons(&bench), ["trouble"]);
    assert_eq!(bench.run(&["post", "hello", "--to", "shop", "--now"]).code, 6);
}

#[test]
fn s1_a_reader_that_goes_away_keeps_no_order_from_being_set() {
    let bench = Bench::with_accounts();
    let mut pause = begin(&bench, &["pause", "nobody reads"]);
    drop(pause.stdout.take());
    drop(pause.stderr.take());
    assert_eq!(pause.wait().unwrap().code(), Some(0));
    let mut shell: Command = bench.command(std::path::Path::new("sh"));
    shell.args(["-c", "exec soundpost pause 'nothing is open' <&- >&- 2>&-"]);
    assert_eq!(shell.status().unwrap().code(), Some(0));
    assert_eq!(reasons(&bench), ["nobody reads", "nothing is open"]);
}

#[test]
fn s1_a_daemon_outlives_whoever_reads_its_log() {
    let bench = Bench::with_accounts();
    let mut command = bench.command(&program());
    let mut daemon = command.arg("run").stderr(Stdio::piped()).spawn().unwrap();
    drop(daemon.stderr.take());
    poll("the daemon", || {
        bench.json(&["status"])["ok"]["status"]["daemon"] == true
    });
    assert_eq!(bench.run(&["post", "hello", "--to", "shop", "--now"]).code, 0);
    let _ = bench.run(&["pause", "trouble"]).well();
    let pid = Pid::from_raw(i32::try_from(daemon.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(daemon.wait().unwrap().code(), Some(0));
}

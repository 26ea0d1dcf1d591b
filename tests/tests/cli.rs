//! The command line as people and scripts meet it: the real program, in homes of its own.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use soundpost_cli::args::Cli;
use soundpost_cli::args::clap::Parser as _;
use soundpost_tests::cli::bench::{Bench, folders, poll, program, ran};
use soundpost_tests::cli::errors::{LONG, MISTAKES, SECRET};
use soundpost_tests::cli::shape::{documented, keys, shape};
use soundpost_tests::cli::snapshot;
use soundpost_tests::cli::walk::{all_commands, commands, delivery, far, replaced, story};
use soundpost_tests::cli::{docs, picture, public, tour};
use soundpost_tests::house::files::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

// --- the README and the demo ---

#[test]
fn the_tour_of_the_readme_does_what_it_says() {
    let steps = tour::steps(&read("README.md"));
    assert!(steps.len() > 20, "the tour has {} steps", steps.len());
    let bench = Bench::empty();
    std::os::unix::fs::symlink(root().join("fixtures"), bench.folder().join("fixtures")).unwrap();
    let codes = bench.folder().join("codes.txt");
    let mut shell = bench.command("sh".as_ref());
    let ran = ran(shell.args(["-c", &tour::script(&steps)]).env("CODES", &codes));
    let found = fs::read_to_string(codes).unwrap_or_default();
    let mut wrong = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let code = format!("{number} {}", step.code);
        if !found.lines().any(|line| line == code) {
            wrong.push(format!("{} does not exit {}", step.command, step.code));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\n{}\n{}", ran.out, ran.err);
    let overlong: Vec<&str> = ran
        .out
        .lines()
        .filter(|l| l.chars().count() > 80 && !l.contains('/'))
        .collect();
    assert!(overlong.is_empty(), "{overlong:#?}");
}

#[test]
fn the_demo_ends_well_in_less_than_a_minute_and_leaves_its_folders() {
    let bench = Bench::empty();
    let began = std::time::Instant::now();
    let demo = bench.run(&["demo", "--folder", "demo"]).well();
    assert!(began.elapsed().as_secs() < 60);
    let outbox = bench.folder().join("demo/outbox");
    assert_eq!(folders(&outbox.join("shop")).len(), 4);
    assert_eq!(folders(&outbox.join("club")).len(), 2);
    for words in [
        "held now: 1",
        "STOPPED: everything",
        "nothing went out",
        "RESUMED",
    ] {
        assert!(
            demo.out.contains(words),
            "the demo does not say {words}:\n{}",
            demo.out
        );
    }
    let again = bench.run(&["demo", "--folder", "demo"]);
    assert_eq!(again.code, 5);
    let json = bench.run(&["demo", "--folder", "other", "--json"]).well();
    assert!(
        json.out
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok()),
        "{}",
        json.out
    );
}

#[test]
fn the_picture_shows_the_demo() {
    let bench = Bench::empty();
    let mut command = bench.command(&program());
    let folder = "/tmp/soundpost-demo";
    let demo = ran(command
        .args(["demo", "--folder", "demo"])
        .env("CLICOLOR_FORCE", "1"))
    .well();
    let shown = demo
        .out
        .replace(&bench.folder().join("demo").display().to_string(), folder);
    let who = ran(std::process::Command::new("id").arg("-un")).out;
    let shown = shown
        .replace(&format!("by {}", who.trim()), "by ada")
        .replace(&format!("\u{1b}[2m{}\u{1b}", who.trim()), "\u{1b}[2mada\u{1b}");
    if docs::updating() {
        fs::write(root().join("docs/pictures/demo.svg"), picture::picture(&shown)).unwrap();
    }
    let kept = read("docs/pictures/demo.svg");
    let acts = shown
        .lines()
        .map(picture::plain)
        .filter(|line| line.chars().next().is_some_and(|c| c.is_ascii_digit()));
    let acts: Vec<String> = acts.filter(|line| line.get(1..3) == Some(". ")).collect();
    assert_eq!(acts.len(), 6);
    for act in acts {
        assert!(
            kept.contains(&act),
            "docs/pictures/make draws it anew; it lacks: {act}"
        );
    }
}

// --- mistakes ---

fn bench_for_mistakes() -> Bench {
    let bench = Bench::with_accounts();
    let news = [
        "account",
        "add",
        "bluesky",
        "news",
        "--as",
        "a.bsky.social",
        "--credential",
        "env:NOT_SET",
    ];
    let _ = bench.run(&[&news[..], &["--no-verify"]].concat()).well();
    bench.file("text.png", b"this is no picture");
    bench.file("not-utf8.txt", &[0xff, 0xfe, 0x00]);
    bench.file("broken.ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nnonsense\r\n");
    fs::create_dir(bench.folder().join("folder")).expect("a new folder");
    let _ = bench
        .run(&["post", "used", "--to", "shop", "--at", &far(), "--key", "used"])
        .well();
    bench
}

#[test]
fn every_mistake_gets_one_clear_screen_its_exit_code_and_changes_nothing() {
    let bench = bench_for_mistakes();
    let before = bench.json(&["status"])["ok"]["status"]["seq"].clone();
    let mut wrong = Vec::new();
    for mistake in MISTAKES {
        let ran = bench.run(mistake.typed);
        let said = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        let long = ran.err.lines().count() > 24
            || mistake.code != 2 && ran.err.lines().any(|l| l.chars().count() > 80);
        let silent = mistake.says.iter().any(|words| !said.contains(words));
        let leaks = ran.err.contains(SECRET) || ran.out.contains(SECRET);
        if ran.code != mistake.code || long || silent || leaks || !ran.out.is_empty() {
            wrong.push(format!(
                "{:?}: {} {}{}",
                mistake.typed, ran.code, ran.out, ran.err
            ));
        }
        if mistake.code != 2 {
            let error = bench.json(mistake.typed);
            assert_eq!(error["exit_code"], mistake.code, "{error}");
            assert_eq!(keys(&error["error"]), documented(&read("docs/json.md"), "error"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert_eq!(
        bench.json(&["status"])["ok"]["status"]["seq"],
        before,
        "something was written"
    );
}

#[test]
fn without_a_queue_every_command_says_how_to_make_one() {
    let bench = Bench::empty();
    for command in [
        &["status"][..],
        &["queue"],
        &["pause"],
        &["post", "x", "--to", "shop", "--at", "+2h"],
    ] {
        let ran = bench.run(command);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(
            ran.err.contains("there is no queue") && ran.err.contains("--home"),
            "{ran:?}"
        );
    }
    assert!(!bench.home().join("store.json").exists());
}

#[test]
fn the_answer_to_too_long_a_text_is_the_same_on_a_narrow_screen() {
    let bench = bench_for_mistakes().columns(45);
    let ran = bench.run(&["post", LONG, "--to", "news", "--at", "+2h"]);
    assert!(
        ran.err.lines().all(|line| line.chars().count() <= 45),
        "{}",
        ran.err
    );
}

#[test]
fn a_second_daemon_is_refused_and_says_who_is_there() {
    let bench = Bench::with_accounts();
    let daemon = bench.daemon();
    let second = bench.run(&["run"]);
    assert_eq!(second.code, 5, "{second:?}\n{}", daemon.log());
    assert!(
        second.err.contains("another soundpost owns this queue"),
        "{second:?}"
    );
}

#[test]
fn an_ending_is_a_whole_post_and_three_characters_are_too_few() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["post", "x", "--to", "@all", "--at", &far()]).well();
    let queue = bench.queue();
    let id = queue[0]["id"]
        .as_str()
        .unwrap()
        .split('.')
        .next()
        .unwrap()
        .to_owned();
    let held = bench.json(&["hold", &id[id.len() - 4..]]);
    assert_eq!(held["ok"]["moved"]["deliveries"].as_array().unwrap().len(), 2);
    assert_eq!(bench.run(&["hold", &id[id.len() - 3..]]).code, 3);
    assert_eq!(bench.run(&["hold", &format!("{id}.9")]).code, 4);
}

// --- sending by hand ---

#[test]
fn post_now_without_a_daemon_sends_that_post_and_nothing_else() {
    let bench = Bench::with_accounts();
    let late = bench
        .run(&["post", "due at once", "--to", "shop", "--at", "now"])
        .well();
    assert!(
        late.out.contains("Nothing is running that would send it"),
        "{}",
        late.out
    );
    assert!(late.out.contains("soundpost run"), "{}", late.out);
    let sent = bench.run(&["post", "by hand", "--to", "club", "--now"]).well();
    assert!(sent.out.contains("published"), "{}", sent.out);
    assert_eq!(
        (bench.published("club").len(), bench.published("shop").len()),
        (1, 0)
    );
    let states: BTreeSet<(String, String)> = bench
        .queue()
        .iter()
        .map(|d| {
            (
                d["excerpt"].as_str().unwrap().to_owned(),
                d["state"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    assert!(
        states.contains(&("due at once".to_owned(), "scheduled".to_owned())),
        "{states:?}"
    );
    let _ = bench.run(&["pause", "silence"]).well();
    let held = bench.run(&["post", "by hand, paused", "--to", "club", "--now"]);
    assert_eq!((held.code, bench.published("club").len()), (6, 1), "{held:?}");
}

#[test]
fn the_daemon_sends_what_is_due() {
    let bench = Bench::with_accounts();
    let _daemon = bench.daemon();
    let now = bench.run(&["post", "by hand", "--to", "shop", "--now"]).well();
    assert!(now.out.contains("published"), "{now:?}");
    let _ = bench
        .run(&["post", "one", "--part", "two", "--to", "shop", "--at", "now"])
        .well();
    poll("the thread", || bench.published("shop").len() == 3);
}

#[test]
fn times_that_the_clocks_skip_or_show_twice_are_said() {
    let bench = Bench::with_accounts();
    let year = jiff::Zoned::now().year() + 1;
    let last_sunday = |month: i8| {
        let last = jiff::civil::date(year, month, 31);
        last.checked_sub(jiff::ToSpan::days(i64::from(
            last.weekday().to_sunday_zero_offset(),
        )))
        .unwrap()
    };
    let skipped = bench
        .run(&[
            "post",
            "x",
            "--to",
            "shop",
            "--at",
            &format!("{} 02:30", last_sunday(3)),
        ])
        .well();
    assert!(
        skipped
            .out
            .replace("\n       ", " ")
            .contains("the clocks skip 02:30 that day"),
        "{}",
        skipped.out
    );
    assert!(skipped.out.contains("03:30"), "{}", skipped.out);
    let twice = bench
        .run(&[
            "post",
            "x",
            "--to",
            "shop",
            "--at",
            &format!("{} 02:30", last_sunday(10)),
        ])
        .well();
    assert!(
        twice
            .out
            .replace("\n       ", " ")
            .contains("show 02:30 twice, this is the first"),
        "{}",
        twice.out
    );
}

// --- with the daemon and without ---

#[test]
fn every_command_answers_alike_with_the_daemon_and_without_and_as_documented() {
    let alone = Bench::with_accounts();
    let without = all_commands(&alone);
    let doctor = alone.json(&["doctor"]);
    assert_eq!(
        keys(&doctor["ok"]["doctor"]),
        documented(&read("docs/json.md"), "doctor")
    );
    let served = Bench::with_accounts();
    let daemon = served.daemon();
    let with = all_commands(&served);
    assert_eq!(without.len(), with.len());
    let document = read("docs/json.md");
    for ((name, a), (_, b)) in without.iter().zip(&with) {
        assert_eq!(shape(a), shape(b), "{name}\n{a}\n{b}\n{}", daemon.log());
        let (page, value) = match name.as_str() {
            "said" => continue,
            "deliveries" => ("delivery", a),
            "accounts" => ("account", a),
            "events" => ("event", a),
            "calendars" => ("calendar_imported", a),
            "feeds" => ("feed_added", a),
            "trends" => ("trends_added", a),
            "trends_refreshed" => ("trends_set", a),
            name => (name, a),
        };
        assert_eq!(
            keys(value),
            documented(&document, page),
            "docs/json.md about {page}: {value}"
        );
    }
}

// --- what reaches the terminal ---

const EVIL: &str = "sale \u{1b}[31mred\u{1b}]0;x\u{7} \u{202e}gnp.exe\u{202c} \u{9b}2J\u{200b}end";

#[test]
fn nothing_in_a_text_reaches_the_terminal_raw() {
    let bench = Bench::with_accounts();
    let posted = bench.json(&["post", EVIL, "--to", "shop", "--at", &far()]);
    let id = delivery(&posted);
    let flag = [
        "event",
        "flag",
        EVIL,
        "--place",
        EVIL,
        "--tag",
        EVIL,
        "--severity",
        "critical",
    ];
    let mut screens = vec![bench.run(&flag)];
    let shown: [&[&str]; 10] = [
        &["queue"],
        &["review"],
        &["show", &id],
        &["why", &id],
        &["event", "list"],
        &["check", EVIL, "--to", "shop", "--at", "+2h"],
        &["hold", &id, "--reason", EVIL],
        &["pause", EVIL],
        &["status"],
        &["resume"],
    ];
    for arguments in shown {
        screens.push(bench.run(arguments));
        screens.push(bench.run(&[arguments, &["--json"]].concat()));
    }
    screens.push(bench.run(&["post", "x", "--to", EVIL, "--at", EVIL, "--tz", EVIL]));
    screens.push(bench.run(&["post", "x", "--to", "shop", "--at", "+2h", "--image", EVIL]));
    screens.push(bench.run(&["why", EVIL]));
    screens.push(bench.run(&["event", "flag", "x", "--severity", EVIL]));
    let raw = |c: &char| c.is_control() && *c != '\n' || "\u{202e}\u{202c}\u{200b}\u{9b}".contains(*c);
    for screen in screens {
        let found: Vec<char> = screen.out.chars().chain(screen.err.chars()).filter(raw).collect();
        assert!(found.is_empty(), "{found:?} in {screen:?}");
    }
}

#[test]
fn colour_needs_a_terminal_or_a_wish() {
    let bench = Bench::with_accounts();
    let plain = bench.run(&["status"]).well();
    assert!(!plain.out.contains('\u{1b}'));
    let wished = ran(bench.command(&program()).arg("status").env("CLICOLOR_FORCE", "1")).well();
    assert!(wished.out.contains('\u{1b}'));
    let json = ran(bench
        .command(&program())
        .args(["status", "--json"])
        .env("CLICOLOR_FORCE", "1"))
    .well();
    assert!(!json.out.contains('\u{1b}'));
}

#[test]
fn the_screens_are_as_they_were_and_fit() {
    let mut asked = BTreeSet::new();
    let mut wrong = Vec::new();
    for columns in [45, 100] {
        let bench = Bench::with_accounts().columns(columns);
        let other = Bench::with_accounts().columns(columns);
        let (screens, others) = (story(&bench), public::reading(&other));
        let (mine, others_own) = (replaced(&bench), public::replaced(&other));
        let screens = screens.into_iter().map(|screen| (screen, &mine));
        for ((name, ran), replaced) in screens.chain(others.into_iter().map(|screen| (screen, &others_own))) {
            let fits = |line: &&str| line.chars().count() <= columns || line.contains("://");
            let wide = ran.out.lines().filter(|line| !fits(line));
            wrong.extend(wide.map(|line| format!("{name} at {columns}: too wide: {line}")));
            let name = format!("{name}-{columns}");
            wrong.extend(snapshot::compare(&name, &snapshot::filtered(&ran.out, replaced)).err());
            asked.insert(name);
        }
    }
    let stale = snapshot::stale(&asked);
    wrong.extend(
        stale
            .iter()
            .map(|name| format!("no test asks for tests/snapshots/{name}")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_that_a_screen_offers_can_be_typed_as_it_stands() {
    for columns in [45, 100] {
        let bench = Bench::with_accounts().columns(columns);
        let other = Bench::with_accounts().columns(columns);
        let mut offered = 0;
        for (name, ran) in story(&bench).into_iter().chain(public::reading(&other)) {
            for line in commands(&ran.out) {
                offered += 1;
                let parsed = Cli::try_parse_from(&line);
                assert!(parsed.is_ok(), "{name} at {columns} offers {line:?}");
            }
        }
        assert!(offered > 15, "only {offered} commands were found");
    }
}

// --- pages made from the program ---

#[test]
fn the_pages_are_what_the_program_says() {
    docs::compare("docs/exit-codes.md", &docs::exit_codes());
    docs::compare("docs/cli.md", &docs::commands());
}

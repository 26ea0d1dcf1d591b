//! Looking back with the real program: what became public and how it comes down, the proof of it, and the log, with the
//! daemon, without it, and while it hangs.

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use soundpost_tests::cli::bench::{Bench, Ran, poll, program};
use soundpost_tests::cli::walk::far;

fn sent(bench: &Bench, text: &str, to: &str) -> String {
    let _ = bench.run(&["post", text, "--to", to, "--now"]).well();
    newest_post(bench)
}

fn newest_post(bench: &Bench) -> String {
    let recent = bench.json(&["recent"]);
    let id = &recent["ok"]["recent"]["posts"][0]["delivery"]["id"];
    id.as_str().expect("an id is text")[..26].to_owned()
}

fn flag(bench: &Bench) {
    let flag = [
        "event",
        "flag",
        "Fire in Oslo",
        "--kind",
        "fire",
        "--place",
        "Oslo",
        "--country",
        "*",
        "--severity",
        "high",
        "--until",
        "+800d",
    ];
    let _ = bench.run(&flag).well();
}

fn posts(answer: &Value) -> &Vec<Value> {
    answer["ok"]["recent"]["posts"].as_array().expect("a list")
}

fn entries(answer: &Value) -> &Vec<Value> {
    answer["ok"]["log"]["entries"].as_array().expect("a list")
}

fn head(bench: &Bench) -> String {
    let head = bench.json(&["log", "--head"]);
    head["ok"]["head"]["head"]
        .as_str()
        .expect("a head is text")
        .to_owned()
}

#[test]
fn today_says_that_nothing_goes_while_all_is_paused() {
    let bench = Bench::with_accounts();
    let day = far();
    let date = day.split(' ').next().expect("a date and a clock").to_owned();
    for account in ["shop", "club"] {
        let _ = bench
            .run(&["post", "Half price", "--to", account, "--at", &day])
            .well();
    }
    let today = |bench: &Bench| bench.run(&["today", "--date", &date]).well().out;
    assert!(today(&bench).contains("goes that day: 2"), "{}", today(&bench));
    let _ = bench.run(&["pause", "a look", "--account", "shop"]).well();
    let narrow = today(&bench);
    assert!(narrow.contains("goes that day: 1"), "{narrow}");
    assert!(narrow.contains("paused, and does not go: 1"), "{narrow}");
    let _ = bench.run(&["pause", "all"]).well();
    let all = today(&bench);
    assert!(
        all.contains("it is paused, and nothing goes; would go that day: 2"),
        "{all}"
    );
    assert!(
        !all.lines().any(|line| line.starts_with("goes that day")),
        "{all}"
    );
}

#[test]
fn recent_offers_one_command_that_takes_back_all_that_touches_and_it_works_while_paused() {
    let bench = Bench::with_accounts();
    let _ = sent(&bench, "Party in Oslo", "@all");
    let _ = sent(&bench, "Care for your bow", "club");
    flag(&bench);
    let _daemon = bench.daemon();
    let _ = bench.run(&["pause", "look first"]).well();
    let recent = bench.json(&["recent"]);
    let touching: Vec<bool> = posts(&recent).iter().map(|p| p["touches"] == true).collect();
    assert_eq!(touching, [false, true, true], "newest first: {recent}");
    assert_eq!(posts(&recent)[1]["events"][0]["words"][0], "Oslo");
    let offered = recent["ok"]["recent"]["take_back_touching"]
        .as_str()
        .expect("it is offered");
    let offered = offered.replace("WHY", "trouble");
    let _ = bench.run(&offered.split(' ').collect::<Vec<_>>()).well();
    poll("the retraction", || {
        posts(&bench.json(&["recent"]))
            .iter()
            .filter(|p| p["delivery"]["state"] == "gone")
            .count()
            == 2
    });
    let after = bench.json(&["recent"]);
    assert!(after["ok"]["recent"]["take_back_touching"].is_null(), "{after}");
    assert!(posts(&after)[1]["take_back"].is_null());
    assert!(
        !posts(&after)[0]["take_back"].is_null(),
        "the other is left public"
    );
}

#[test]
fn retract_takes_what_is_public_of_a_post_and_names_what_is_not() {
    let bench = Bench::with_accounts();
    let out = sent(&bench, "Two accounts", "shop");
    let queued = bench.json(&["post", "later", "--to", "@all", "--at", &far()]);
    let queued = queued["ok"]["posted"]["post"]
        .as_str()
        .expect("an id is text")
        .to_owned();
    let preview = bench.json(&["retract", &out, &queued, "--preview"]);
    assert_eq!(
        preview["ok"]["moved"]["deliveries"]
            .as_array()
            .expect("a list")
            .len(),
        1
    );
    assert_eq!(
        preview["ok"]["moved"]["left"].as_array().expect("a list").len(),
        2
    );
    assert!(
        posts(&bench.json(&["recent"]))[0]["standing"] == "public",
        "a preview changes nothing"
    );
    let moved = bench.run(&["retract", &out, &queued, "--reason", "no"]).well();
    assert!(
        moved.out.contains("nothing of it is public (scheduled)"),
        "{}",
        moved.out
    );
    assert!(
        moved.out.contains("soundpost run"),
        "nothing runs that would do it: {}",
        moved.out
    );
    let none = bench.run(&["retract", &queued]);
    assert_eq!(none.code, 5, "{none:?}");
    assert!(none.err.contains("nothing was changed"), "{none:?}");
    let states: Vec<Value> = bench.queue().iter().map(|d| d["state"].clone()).collect();
    assert_eq!(
        states.iter().filter(|s| *s == "scheduled").count(),
        2,
        "{states:?}"
    );
}

#[test]
fn what_recent_cannot_read_is_refused_and_an_empty_list_says_what_it_means() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["post", "hello", "--to", "shop", "--now"]).well();
    let nothing = bench.run(&["recent", "--account", "nobody"]);
    assert_eq!(nothing.code, 4);
    assert!(nothing.err.contains("there are: club, shop"), "{nothing:?}");
    assert_eq!(bench.run(&["recent", "--network", "myspace"]).code, 4);
    let empty = bench.run(&["recent", "--account", "club"]).well();
    assert!(
        empty.out.contains("Nothing of that became public"),
        "{}",
        empty.out
    );
    assert_eq!(bench.run(&["recent", "--since", "soon"]).code, 3);
    assert_eq!(bench.run(&["recent", "--since", "2999-01-01"]).code, 3);
}

#[test]
fn a_list_that_goes_on_says_how_many_more() {
    let bench = Bench::with_accounts();
    for text in ["one", "two", "three"] {
        let _ = bench.run(&["post", text, "--to", "shop", "--at", &far()]).well();
    }
    let listed = bench.run(&["queue", "--limit", "1"]).well();
    assert!(
        listed.out.ends_with("2 more; --limit 0 shows all\n"),
        "{}",
        listed.out
    );
    assert_eq!(bench.json(&["queue", "--limit", "1"])["ok"]["more"], 2);
    assert!(!bench.run(&["queue", "--limit", "3"]).out.contains("more;"));
    let none = bench.run(&["queue", "--state", "unknown"]).well();
    assert!(none.out.contains("Nothing of that waits"), "{}", none.out);
    let log = bench.run(&["log", "--limit", "2"]).well();
    assert!(
        log.out.starts_with("7 earlier entries; --limit 0 shows all\n"),
        "{}",
        log.out
    );
    assert!(bench.json(&["log", "--limit", "2", "--kind", "intake"])["ok"]["log"]["more"].is_null());
    assert_eq!(
        bench.json(&["log", "--limit", "3", "--kind", "intake"])["ok"]["log"]["more"],
        0
    );
}

#[test]
fn the_table_of_receipts_has_a_line_for_each_part_and_is_not_cut() {
    let bench = Bench::with_accounts();
    let _ = bench
        .run(&[
            "post",
            "a \"quoted\", text",
            "--part",
            "two",
            "--to",
            "shop",
            "--now",
        ])
        .well();
    let _ = sent(&bench, "=1+1", "club");
    let table = bench.run(&["receipts", "--csv"]).well().out;
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(lines.len(), 5, "names, three parts, and the end: {table}");
    assert!(
        lines[0].starts_with("network,account,remote_id,url,server_time,recorded_at,body_sha256,verdict,")
    );
    assert!(
        lines[1].contains(",'=1+1,"),
        "a spreadsheet must not calculate: {table}"
    );
    assert!(lines[3].contains("\"a \"\"quoted\"\", text\""), "{table}");
    assert_eq!(bench.run(&["receipts", "--csv", "--json"]).code, 3);
    let json = bench.json(&["receipts", "--id", &newest_post(&bench)]);
    assert_eq!(
        json["ok"]["receipts"]["receipts"]
            .as_array()
            .expect("a list")
            .len(),
        1
    );
    let earlier = bench.json(&["receipts", "--to", "yesterday"]);
    assert_eq!(
        earlier["ok"]["receipts"]["receipts"]
            .as_array()
            .expect("a list")
            .len(),
        0
    );
}

#[test]
fn the_log_says_the_same_with_the_daemon_without_it_and_while_it_hangs() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["pause", "first", "--account", "shop"]).well();
    let alone = bench.json(&["log", "--limit", "0"]);
    let daemon = bench.daemon();
    let served = bench.json(&["log", "--limit", "0"]);
    daemon.freeze();
    let began = Instant::now();
    let hung = bench.json(&["log", "--limit", "0"]);
    let took = began.elapsed();
    daemon.thaw();
    let numbers = |answer: &Value| {
        entries(answer)
            .iter()
            .map(|e| e["seq"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(&alone), [1, 2, 3, 4]);
    assert_eq!(numbers(&served)[..4], numbers(&alone)[..]);
    assert_eq!(numbers(&hung), numbers(&served));
    assert!(took < Duration::from_secs(4), "it asks nobody: {took:?}");
    assert_eq!(
        entries(&hung)[3]["what"][0]
            .as_str()
            .map(|w| w.starts_with("PAUSED: account shop: first")),
        Some(true)
    );
}

#[test]
fn the_log_shows_a_pause_that_stands_in_the_switch_alone() {
    let bench = Bench::with_accounts();
    let alone = |arguments: &[&str]| bench.json(arguments)["ok"]["log"]["only_in_switch"].clone();
    let _ = bench.run(&["pause", "in both", "--account", "club"]).well();
    assert_eq!(alone(&["log"]), Value::Array(Vec::new()));
    let daemon = bench.daemon();
    daemon.freeze();
    assert_eq!(bench.run(&["pause", "the journal sleeps"]).code, 7);
    let only = alone(&["log"]);
    assert_eq!(only.as_array().map(Vec::len), Some(1), "{only}");
    assert!(
        only[0]["what"].as_str().unwrap().contains("the journal sleeps"),
        "{only}"
    );
    assert_eq!(alone(&["log", "--kind", "halt_ordered"]), only);
    assert_eq!(alone(&["log", "--kind", "created"]), Value::Array(Vec::new()));
    let screen = bench.run(&["log"]).well().out;
    assert!(screen.contains("in the switch's file alone"), "{screen}");
    daemon.thaw();
}

#[test]
fn the_log_filters_by_person_kind_account_and_id() {
    let bench = Bench::with_accounts();
    let post = sent(&bench, "hello", "shop");
    let who = bench.json(&["log", "--kind", "created"]);
    let who = entries(&who)[0]["by"]
        .as_str()
        .expect("a name is text")
        .to_owned();
    let kinds = |arguments: &[&str]| {
        let answer = bench.json(&[&["log"], arguments].concat());
        let kind = |e: &Value| e["by_move"].as_str().or(e["kind"].as_str()).map(str::to_owned);
        entries(&answer).iter().filter_map(kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&["--actor", "soundpost"]), ["fence", "part_published"]);
    assert_eq!(kinds(&["--actor", &who, "--id", &post]), ["post_added", "intake"]);
    assert_eq!(kinds(&["--account", "club"]), ["account_set"]);
    assert_eq!(
        kinds(&["--account", "shop", "--kind", "moved"]),
        ["intake", "fence", "part_published"]
    );
    assert_eq!(kinds(&["--until", "1h ago"]), Vec::<String>::new());
    assert_eq!(kinds(&["--since", "1h ago", "--limit", "1"]), ["part_published"]);
    assert_eq!(bench.run(&["log", "--kind", "nonsense"]).code, 3);
    assert_eq!(bench.run(&["log", "--id", "x"]).code, 3);
}

#[test]
fn the_log_shows_no_secret_address() {
    let bench = Bench::with_accounts();
    bench.file("secret", b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let file = bench.folder().join("secret");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&file, mode).expect("the file is ours");
    let credential = format!("file:{}", file.display());
    let server = "https://hooks.example.com/s3cret?key=s3cret";
    let add = [
        "account",
        "add",
        "webhook",
        "hook",
        "--server",
        server,
        "--credential",
        &credential,
    ];
    let _ = bench
        .run(&[&add[..], &["--no-verify", "--tz", "Europe/Oslo"]].concat())
        .well();
    for form in [&["log"][..], &["log", "--json"]] {
        let said = bench.run(form).well().out;
        assert!(said.contains("https://hooks.example.com/…"), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[test]
fn a_head_that_was_kept_is_compared_and_a_changed_journal_is_noticed() {
    let bench = Bench::with_accounts();
    let kept = head(&bench);
    let _ = sent(&bench, "hello", "shop");
    let well = bench.run(&["log", "--verify", &kept]).well();
    assert!(
        well.out.contains("the head that you kept is part of it"),
        "{}",
        well.out
    );
    let _ = bench.run(&["log", "--verify"]).well();
    let later = head(&bench).replacen(':', "9:", 1);
    assert_eq!(
        bench.run(&["log", "--verify", &later]).code,
        9,
        "it ends before that"
    );
    let other = Bench::with_accounts();
    let theirs = bench.run(&["log", "--verify", &head(&other)]);
    assert_eq!(theirs.code, 9, "{theirs:?}");
    assert_eq!(bench.run(&["log", "--verify", "what"]).code, 3);
    let segment = bench.home().join("journal/00000001.seg");
    let mut bytes = std::fs::read(&segment).expect("the first segment");
    let at = bytes
        .windows(4)
        .position(|w| w == b"shop")
        .expect("the account stands there");
    bytes[at] = b'S';
    std::fs::write(&segment, bytes).expect("the first segment");
    let changed = bench.run(&["log", "--verify", &kept]);
    assert_eq!(changed.code, 9, "{changed:?}");
}

#[test]
fn following_prints_each_entry_as_it_comes_and_ends_well() {
    let bench = Bench::with_accounts();
    let mut command = bench.command(&program());
    let log = std::fs::File::create(bench.folder().join("log.txt")).expect("a file");
    let mut child = command
        .args(["log", "--follow", "--limit", "1", "--json"])
        .stdout(log)
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let written = || std::fs::read_to_string(bench.folder().join("log.txt")).unwrap_or_default();
    poll("the newest entry", || written().lines().count() == 1);
    let _ = bench.run(&["pause", "look"]).well();
    poll("the pause", || written().contains("PAUSED: everything: look"));
    assert_eq!(written().lines().count(), 2, "{}", written());
    let ended = interrupted(&mut child);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
}

fn interrupted(child: &mut Child) -> Ran {
    let pid = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    rustix::process::kill_process(pid.expect("it runs"), rustix::process::Signal::INT).expect("it runs");
    let code = child.wait().expect("it ends").code().unwrap_or(-1);
    let mut err = String::new();
    if let Some(stderr) = &mut child.stderr {
        stderr.read_to_string(&mut err).expect("text");
    }
    Ran {
        code,
        out: String::new(),
        err,
    }
}

#[test]
fn a_day_has_what_went_what_goes_and_what_needs_a_person() {
    let bench = Bench::with_accounts();
    let _ = sent(&bench, "hello", "shop");
    let far = far();
    let day = &far[..10];
    let _ = bench
        .run(&[
            "post",
            "In Oslo",
            "--to",
            "club",
            "--at",
            &far,
            "--category",
            "info",
        ])
        .well();
    let tips = [
        "post",
        "Ten tips",
        "--to",
        "club",
        "--at",
        &far,
        "--category",
        "info",
    ];
    let _ = bench.run(&tips).well();
    flag(&bench);
    let today = bench.json(&["today"])["ok"]["today"].clone();
    let counts = |day: &Value| {
        let count = |name: &str| day[name].as_array().map_or(0, Vec::len);
        (
            count("went_out"),
            count("goes"),
            count("needs_person"),
            day["needs_person_later"].clone(),
        )
    };
    assert_eq!(counts(&today), (1, 0, 0, 1.into()), "{today}");
    let then = bench.json(&["today", "--date", day])["ok"]["today"].clone();
    assert_eq!(counts(&then), (0, 1, 1, 0.into()), "{then}");
    let tokyo = bench.json(&["today", "--date", day, "--tz", "Asia/Tokyo"])["ok"]["today"].clone();
    assert_eq!(
        tokyo["goes"][0]["at_shown"].as_str().map(|at| &at[..5]),
        Some("17:00"),
        "{tokyo}"
    );
    assert_eq!(bench.run(&["today", "--date", "someday"]).code, 3);
    assert_eq!(bench.run(&["today", "--tz", "Oslo/Europe"]).code, 3);
    let _ = bench.run(&["pause", "quiet"]).well();
    let paused = bench.json(&["today", "--date", day])["ok"]["today"].clone();
    assert_eq!(paused["goes"][0]["remark"], "paused: it will not go", "{paused}");
    assert_eq!(paused["halts_shown"].as_array().map(Vec::len), Some(1));
}

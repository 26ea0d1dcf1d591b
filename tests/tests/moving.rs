//! Moving a queue: what is exported comes back, nothing goes twice, and no file does harm.
// long file: each test is short; together they are one story of a queue that moves, read from top to bottom.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::sync::Arc;

use serde_json::{Value, json};
use soundpost_cli::moving::unpack::unpack;
use soundpost_cli::os::media::MediaFolder;
use soundpost_core::delivery::StateName;
use soundpost_core::frozen::sha256_hex;
use soundpost_core::id::{Id, StoreId};
use soundpost_core::import::Import;
use soundpost_core::port::store::{Query, Store, Write};
use soundpost_store::memory::MemoryStore;
use soundpost_tests::cli::bench::{Bench, poll, program, ran};
use soundpost_tests::cli::walk::far;
use soundpost_tests::crash::dice::Dice;
use soundpost_tests::house::files::root;
use soundpost_tests::moving::{ADDRESS, PICTURE, exported, fill, gathered, gathered_under, sealed};
use soundpost_tests::store_promises::build::{anna, minute, write};
use tempfile::TempDir;

const FIXTURE: &str = "fixtures/stored/export-v1.jsonl";

fn fixture() -> String {
    fs::read_to_string(root().join(FIXTURE)).expect("it is kept")
}

fn memory(n: u128) -> MemoryStore {
    MemoryStore::new(StoreId(Id::from_u128(n)), Arc::default())
}

/// An export of a store with some of everything.
async fn rich(with_addresses: bool) -> (String, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let media = MediaFolder::open(folder.path());
    let store = memory(7);
    fill(&store, &media, folder.path()).await;
    (exported(&store, &media, with_addresses).await.0, folder)
}

async fn take_in(store: &dyn Store, import: Import) {
    let import = Box::new(import);
    write(store, Write::Import { import }).await;
}

/// The lines but for the first and the last, and without what an import adds or changes on purpose.
fn content(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.pop();
    lines.remove(0);
    lines.retain(|line| !line.contains("that one may still be sending"));
    lines
}

// --- there and back ---

#[tokio::test]
async fn what_is_exported_comes_back_in_both_stores() {
    let (text, folder) = rich(true).await;
    let home = tempfile::tempdir().expect("a folder");
    soundpost_store::open::create(home.path(), StoreId(Id::from_u128(8)), anna(), minute(0))
        .expect("a store");
    let (sled, _) = soundpost_store::open::open(home.path(), Arc::default()).expect("it opens");
    let stores: [Arc<dyn Store>; 2] = [Arc::new(memory(8)), sled];
    for store in stores {
        let there = gathered(text.as_bytes()).expect("a good file");
        assert_eq!(there.in_flight.len(), 1);
        take_in(&*store, there.import).await;
        let media = MediaFolder::open(folder.path());
        let (back, _) = exported(&*store, &media, true).await;
        let (before, after) = (content(&text), content(&back));
        assert_eq!(before.len(), after.len());
        let changed: Vec<_> = before.iter().zip(&after).filter(|(a, b)| a != b).collect();
        assert_eq!(
            changed.len(),
            1,
            "only what was being sent may differ: {changed:#?}"
        );
        assert!(changed[0].0.contains("\"attempting\"") && changed[0].1.contains("\"unknown\""));
        // A second time nothing is in flight, and nothing differs.
        let again = gathered_under(98, back.as_bytes()).expect("a good file");
        let second = memory(9);
        take_in(&second, again.import).await;
        assert_eq!(content(&exported(&second, &media, true).await.0), after);
    }
}

#[tokio::test]
async fn media_come_back_with_their_bytes() {
    let (text, _folder) = rich(true).await;
    let there = gathered(text.as_bytes()).expect("a good file");
    let home = tempfile::tempdir().expect("a folder");
    let media = MediaFolder::open(home.path());
    unpack(&mut std::io::Cursor::new(text.as_bytes()), &there.media, &media).expect("unpacked");
    let kept = fs::read(home.path().join("media").join(sha256_hex(PICTURE))).expect("it is there");
    assert_eq!(kept, PICTURE);
    // Once more, as after an import that was broken off.
    unpack(&mut std::io::Cursor::new(text.as_bytes()), &there.media, &media).expect("unpacked");
    assert_eq!(
        fs::read_dir(home.path().join("media")).expect("a folder").count(),
        1
    );
}

#[tokio::test]
async fn a_picture_that_is_lost_or_damaged_is_told_and_not_in_it() {
    for damaged in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let media = MediaFolder::open(folder.path());
        let store = memory(7);
        fill(&store, &media, folder.path()).await;
        let file = folder.path().join("media").join(sha256_hex(PICTURE));
        if damaged {
            fs::write(&file, b"other bytes").expect("written");
        } else {
            fs::remove_file(&file).expect("it was there");
        }
        let (text, told) = exported(&store, &media, true).await;
        assert_eq!(told.missing.len(), 1);
        assert!(told.missing[0].needed);
        let there = gathered(text.as_bytes()).expect("a good file");
        assert_eq!(there.missing, [sha256_hex(PICTURE)]);
        assert!(there.media.is_empty());
    }
}

#[tokio::test]
async fn an_address_that_is_a_secret_is_left_out() {
    let (text, _folder) = rich(false).await;
    assert!(!text.contains("very-secret"), "the address stands in the export");
    assert!(text.contains("address_withheld"));
    let there = gathered(text.as_bytes()).expect("a good file");
    assert_eq!(there.withheld.len(), 1);
    assert!(rich(true).await.0.contains(ADDRESS));
}

// --- files that are wrong ---

#[tokio::test]
async fn any_changed_byte_is_noticed() {
    let (text, _folder) = rich(true).await;
    let mut dice = Dice::announced("any_changed_byte_is_noticed");
    for _ in 0..400 {
        let mut bytes = text.clone().into_bytes();
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << dice.below(8);
        assert!(gathered(&bytes).is_err(), "byte {at} was changed");
    }
}

#[tokio::test]
async fn any_cut_is_noticed() {
    let (text, _folder) = rich(true).await;
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    let mut cuts: Vec<usize> = ends.flat_map(|at| [at, at - 1]).collect();
    cuts.extend((0..text.len()).step_by(37));
    for cut in cuts.into_iter().filter(|cut| *cut < text.len()) {
        let error = gathered(&text.as_bytes()[..cut]).expect_err("it was cut");
        assert!(error.line >= 1);
    }
    // Whole lines only: nothing but the last line tells it.
    let without_end: String = text
        .lines()
        .rev()
        .skip(1)
        .map(|l| format!("{l}\n"))
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let error = gathered(without_end.as_bytes()).expect_err("it has no end");
    assert!(error.what.contains("cut off"), "{error}");
}

/// One line of a whole file is changed; the error must name the line and say these words.
struct Wrong {
    name: &'static str,
    /// Begins the line that is changed.
    kind: &'static str,
    change: fn(&mut Value),
    says: &'static str,
}

const fn wrong(name: &'static str, kind: &'static str, change: fn(&mut Value), says: &'static str) -> Wrong {
    Wrong {
        name,
        kind,
        change,
        says,
    }
}

const WRONG: &[Wrong] = &[
    wrong(
        "newer",
        "export",
        |l| l["export"]["version"] = json!(2),
        "newer program",
    ),
    wrong(
        "version 0",
        "export",
        |l| l["export"]["version"] = json!(0),
        "has version 0",
    ),
    wrong(
        "no version",
        "export",
        |l| l["export"]["version"] = json!("one"),
        "no version",
    ),
    wrong(
        "another file",
        "export",
        |l| l["export"]["format"] = json!("tar"),
        "no export",
    ),
    wrong(
        "counts",
        "export",
        |l| l["export"]["counts"]["posts"] = json!(u64::MAX),
        "posts, and there are",
    ),
    wrong(
        "unknown field",
        "account",
        |l| l["account"]["color"] = json!("red"),
        "'account.color'",
    ),
    wrong(
        "deep unknown field",
        "delivery",
        |l| l["delivery"]["state"]["x"] = json!(1),
        "'delivery.state.x'",
    ),
    wrong(
        "unknown kind",
        "event",
        |l| *l = json!({"evnt": {}}),
        "unknown variant",
    ),
    wrong("two kinds", "event", |l| l["halt"] = json!({}), "expected"),
    wrong("a list", "event", |l| *l = json!([1, 2]), "expected"),
    wrong(
        "a label",
        "account",
        |l| l["account"]["name"] = json!("a\u{1b}[2J"),
        "a label has letters",
    ),
    wrong(
        "an id",
        "account",
        |l| l["account"]["id"] = json!("../../etc"),
        "not an id",
    ),
    wrong(
        "a state",
        "delivery",
        |l| l["delivery"]["state"]["name"] = json!("sent"),
        "unknown variant",
    ),
    wrong(
        "no account",
        "delivery",
        |l| l["delivery"]["account"] = json!("7zzzzzzzzzzzzzzzzzzzzzzzzz"),
        "no account",
    ),
    wrong(
        "no post",
        "delivery",
        |l| l["delivery"]["id"] = json!("7zzzzzzzzzzzzzzzzzzzzzzzzz.1"),
        "no post",
    ),
    wrong(
        "number 0",
        "delivery",
        |l| l["delivery"]["id"] = json!("00000000000000000000000000.0"),
        "deliveries 1 to",
    ),
    wrong(
        "a network",
        "delivery",
        |l| l["delivery"]["network"] = json!("bluesky"),
        "on outbox",
    ),
    wrong(
        "a revision",
        "delivery",
        |l| l["delivery"]["revision"] = json!(9),
        "no revision 9",
    ),
    wrong(
        "many parts",
        "delivery",
        |l| l["delivery"]["parts_total"] = json!(60000),
        "send keys",
    ),
    wrong(
        "no parts",
        "delivery",
        |l| l["delivery"]["parts_total"] = json!(0),
        "send keys",
    ),
    wrong(
        "a negative part",
        "delivery",
        |l| l["delivery"]["parts_total"] = json!(-1),
        "expected u16",
    ),
    wrong(
        "no receipt",
        "delivery",
        |l| l["delivery"]["state"] = json!({"name": "published"}),
        "no receipt",
    ),
    wrong(
        "no version",
        "delivery",
        |l| l["delivery"]["version"] = json!(0),
        "begins with 1",
    ),
    wrong(
        "after nothing",
        "delivery",
        |l| l["delivery"]["after"] = json!("7zzzzzzzzzzzzzzzzzzzzzzzzz.1"),
        "not there",
    ),
    wrong(
        "after itself",
        "delivery",
        |l| l["delivery"]["after"] = l["delivery"]["id"].clone(),
        "waits for itself",
    ),
    wrong(
        "a time",
        "delivery",
        |l| l["delivery"]["written_at"] = json!("yesterday"),
        "year",
    ),
    wrong(
        "no revisions",
        "post",
        |l| l["post"]["revisions"] = json!([]),
        "no revision",
    ),
    wrong(
        "revision 7",
        "post",
        |l| l["post"]["revisions"][0]["number"] = json!(7),
        "revision 7",
    ),
    wrong(
        "no content",
        "post",
        |l| l["post"]["revisions"][0]["content"]["parts"] = json!([]),
        "1 to 100 parts",
    ),
    wrong(
        "a path",
        "media",
        |l| l["media"]["sha256"] = json!("../../../etc/passwd"),
        "no post before it",
    ),
    wrong(
        "a size",
        "media",
        |l| l["media"]["bytes"] = json!(u64::MAX),
        "its post says",
    ),
    wrong("other bytes", "bytes", |l| l["bytes"] = json!("AAAA"), "bytes"),
    wrong("no base 64", "bytes", |l| l["bytes"] = json!("%%%"), "base 64"),
    wrong(
        "no country",
        "event",
        |l| l["event"]["countries"] = json!([]),
        "no country",
    ),
];

#[tokio::test]
async fn what_is_wrong_is_told_with_its_line() {
    let (text, _folder) = rich(true).await;
    let mut failures = Vec::new();
    for case in WRONG {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.pop();
        let begin = format!("{{\"{}\":", case.kind);
        let at = lines
            .iter()
            .position(|line| line.starts_with(&begin))
            .expect("there is one");
        let mut line: Value = serde_json::from_str(&lines[at]).expect("JSON");
        (case.change)(&mut line);
        lines[at] = line.to_string();
        match gathered(sealed(&lines).as_bytes()) {
            Ok(_) => failures.push(format!("{}: taken", case.name)),
            Err(error) if error.line != at as u64 + 1 && !case.name.contains("bytes") => {
                failures.push(format!(
                    "{}: line {} instead of {}: {error}",
                    case.name,
                    error.line,
                    at + 1
                ));
            }
            Err(error) if !error.what.contains(case.says) => failures.push(format!("{}: {error}", case.name)),
            Err(_) => {}
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test]
async fn what_stands_twice_or_at_a_wrong_place_is_told() {
    let (text, _folder) = rich(true).await;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.pop();
    for kind in ["account", "event", "calendar", "feed", "halt", "post", "delivery"] {
        let begin = format!("{{\"{kind}\":");
        let at = lines
            .iter()
            .position(|line| line.starts_with(&begin))
            .expect("there is one");
        let mut twice = lines.clone();
        twice.insert(at + 1, lines[at].clone());
        let error = gathered(sealed(&twice).as_bytes()).expect_err("it stands twice");
        assert_eq!(error.line, at as u64 + 2, "{error}");
        let mut without = lines.clone();
        without.remove(at);
        assert!(
            gathered(sealed(&without).as_bytes()).is_err(),
            "a {kind} is missing"
        );
    }
    let mut second = lines.clone();
    second.push(lines[0].clone());
    let error = gathered(sealed(&second).as_bytes()).expect_err("a second beginning");
    assert!(error.what.contains("second beginning"), "{error}");
    let after = format!("{}{}\n", sealed(&lines), lines[1]);
    let error = gathered(after.as_bytes()).expect_err("something follows");
    assert!(error.what.contains("follows"), "{error}");
}

#[tokio::test]
async fn text_that_is_no_text_and_nesting_without_end_are_told() {
    let (text, _folder) = rich(true).await;
    let head = text.lines().next().expect("a first line");
    let cases: [(Vec<u8>, &str); 6] = [
        (Vec::new(), "empty"),
        (b"\n".to_vec(), "not JSON"),
        (b"PK\x03\x04\xff\xfe\n".to_vec(), "not UTF-8"),
        ("[".repeat(1_000_000).into_bytes(), "does not end"),
        (format!("{}\n", "[".repeat(1_000_000)).into_bytes(), "recursion"),
        (
            format!("{head}\n{}\n", "{\"a\":".repeat(100_000)).into_bytes(),
            "recursion",
        ),
    ];
    for (bytes, says) in cases {
        let error = gathered(&bytes).expect_err("it is no export");
        assert!(error.what.contains(says), "{error}");
    }
    let long = format!("{head}\n{}", "x".repeat(70 * 1024 * 1024));
    let error = gathered(long.as_bytes()).expect_err("the line is too long");
    assert_eq!(
        (error.line, error.what.contains("longer than")),
        (2, true),
        "{error}"
    );
}

// --- every version ---

#[tokio::test]
async fn the_first_version_still_loads() {
    if std::env::var_os("UPDATE_DOCS").is_some() && !root().join(FIXTURE).exists() {
        fs::create_dir_all(root().join("fixtures/stored")).expect("a folder");
        fs::write(root().join(FIXTURE), rich(false).await.0).expect("written");
    }
    let there = gathered(fixture().as_bytes()).expect("version 1 is read");
    assert_eq!((there.header.version, there.in_flight.len()), (1, 1));
    let store = memory(8);
    take_in(&store, there.import).await;
    let all = store.list(&Query::default()).await.expect("read");
    let states: std::collections::BTreeSet<_> = all.iter().map(|d| d.state_name()).collect();
    let wanted = StateName::ALL.into_iter().filter(|s| *s != StateName::Attempting);
    assert_eq!(states, wanted.collect());
    assert_eq!(store.world().accounts.len(), 3);
    assert!(store.post_with_key("key-4").await.expect("read").is_some());
}

// --- the command ---

fn bench_with_posts() -> Bench {
    let bench = Bench::with_accounts();
    let now = ["post", "out already", "--to", "shop", "--now", "--key", "first"];
    let _ = bench.run(&now).well();
    let later = [
        "post",
        "still to come",
        "--to",
        "club",
        "--at",
        &far(),
        "--key",
        "second",
    ];
    let _ = bench.run(&later).well();
    bench
}

fn empty() -> Bench {
    let bench = Bench::empty();
    let _ = bench.run(&["init"]).well();
    bench
}

fn move_to(from: &Bench, to: &Bench) -> String {
    let file = to.folder().join("moved.jsonl").display().to_string();
    let _ = from.run(&["export", &file]).well();
    file
}

#[test]
fn a_file_is_for_its_owner_and_is_not_written_over() {
    let bench = bench_with_posts();
    let first = bench.json(&["export", "all.jsonl"]);
    assert_eq!(first["ok"]["exported"]["counts"]["deliveries"], 2, "{first}");
    let file = bench.folder().join("all.jsonl");
    let mode = fs::metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = fs::read(&file).expect("read");
    let again = bench.run(&["export", "all.jsonl"]);
    assert_eq!(again.code, 5, "{again:?}");
    assert_eq!(fs::read(&file).expect("read"), kept);
    let _ = bench.run(&["export", "all.jsonl", "--force"]).well();
    let names: Vec<_> = soundpost_tests::cli::bench::folders(bench.folder());
    assert!(!names.iter().any(|name| name.contains("draft")), "{names:?}");
    assert_eq!(Bench::empty().run(&["export", "x.jsonl"]).code, 4);
}

#[test]
fn standard_output_gets_the_export_alone() {
    let bench = bench_with_posts();
    let piped = bench.run(&["export", "-"]).well();
    assert!(gathered(piped.out.as_bytes()).is_ok(), "{}", piped.out);
    assert!(piped.err.contains("Exported to standard output"), "{}", piped.err);
}

#[test]
fn a_daemon_that_runs_or_hangs_is_no_hindrance() {
    let bench = bench_with_posts();
    let daemon = bench.daemon();
    let _ = bench.run(&["export", "running.jsonl"]).well();
    daemon.freeze();
    let _ = bench.run(&["export", "frozen.jsonl"]).well();
    daemon.thaw();
    let both =
        ["running.jsonl", "frozen.jsonl"].map(|f| fs::read_to_string(bench.folder().join(f)).expect("read"));
    assert_eq!(content(&both[0]), content(&both[1]));
}

#[test]
fn d2_a_moved_queue_sends_nothing_again_and_nothing_unasked() {
    let (old, new) = (bench_with_posts(), empty());
    let due = ["post", "due very soon", "--to", "shop", "--at", "+1s"];
    let _ = old.run(&due).well();
    let file = move_to(&old, &new);
    let imported = new.json(&["import", &file]);
    assert_eq!(imported["ok"]["imported"]["counts"]["receipts"], 1, "{imported}");
    let daemon = new.daemon();
    poll("the due post to be held", || {
        new.queue()
            .iter()
            .any(|d| d["excerpt"] == "due very soon" && d["state"] == "held")
    });
    assert!(new.published("shop").is_empty());
    let repeat = ["post", "out already", "--to", "shop", "--now", "--key", "first"];
    let repeat = new.json(&repeat);
    assert_eq!(repeat["ok"]["posted"]["repeated"], true, "{repeat}");
    assert!(new.published("shop").is_empty());
    let other = new.run(&["post", "else", "--to", "shop", "--at", &far(), "--key", "second"]);
    assert_eq!(other.code, 5, "{other:?}");
    let plan = new.json(&["resume"]);
    assert_eq!(
        plan["ok"]["plan"]["lines"].as_array().map(Vec::len),
        Some(1),
        "{plan}"
    );
    drop(daemon);
}

#[test]
fn a_queue_that_is_not_empty_or_in_use_takes_no_import() {
    let (old, new) = (bench_with_posts(), empty());
    let file = move_to(&old, &new);
    let dry = new.json(&["import", &file, "--dry-run"]);
    assert_eq!(dry["ok"]["imported"]["dry_run"], true, "{dry}");
    assert_eq!(new.json(&["status"])["ok"]["status"]["seq"], 1);
    let daemon = new.daemon();
    let used = new.run(&["import", &file]);
    assert_eq!(used.code, 5, "{used:?}");
    assert!(used.err.contains("stop the daemon"), "{used:?}");
    drop(daemon);
    let _ = new.run(&["import", &file]).well();
    for arguments in [&["import", &file][..], &["import", &file, "--dry-run"]] {
        let second = new.run(arguments);
        assert_eq!(second.code, 13, "{second:?}");
        assert!(second.err.contains("not empty"), "{second:?}");
    }
}

#[test]
fn a_wrong_file_changes_nothing() {
    let (old, new) = (bench_with_posts(), empty());
    let file = move_to(&old, &new);
    let text = fs::read_to_string(&file).expect("read");
    new.file("cut.jsonl", &text.as_bytes()[..text.len() - 10]);
    new.file("zeros", &[0; 4096]);
    fs::create_dir(new.folder().join("folder")).expect("a folder");
    for (name, says) in [
        ("cut.jsonl", "line"),
        ("zeros", "line 1"),
        ("folder", "not a file"),
        ("none", "cannot be read"),
    ] {
        let refused = new.run(&["import", name]);
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(refused.err.contains(says), "{refused:?}");
    }
    assert_eq!(new.json(&["status"])["ok"]["status"]["seq"], 1);
    assert!(!new.home().join("media").exists());
}

#[test]
fn an_import_that_is_killed_leaves_an_empty_queue_or_a_whole_one_that_is_paused() {
    let old = bench_with_posts();
    let mut film = vec![0; 2 * 1024 * 1024];
    film[..12].copy_from_slice(b"\0\0\0\x18ftypmp42");
    old.file("film.mp4", &film);
    let post = [
        "post",
        "a film",
        "--to",
        "shop",
        "--image",
        "film.mp4",
        "--alt",
        "a film",
        "--at",
        &far(),
    ];
    let _ = old.run(&post).well();
    let mut found = [0, 0];
    for round in 0..4_u32 {
        let new = empty();
        let file = move_to(&old, &new);
        let mut command = new.command(&program());
        let mut child = command
            .args(["import", &file])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        // Early in it, or when the film is unpacked.
        poll("the import to begin", || new.home().join("media").exists());
        if round % 2 == 1 {
            poll("the film to be there", || {
                fs::read_dir(new.home().join("media"))
                    .is_ok_and(|mut d| d.any(|f| f.is_ok_and(|f| f.file_name().len() == 64)))
            });
        }
        let _ = child.kill();
        let _ = child.wait();
        let status = new.json(&["status"]);
        let again = new.run(&["import", &file]);
        if again.code == 13 {
            found[1] += 1;
            assert_eq!(
                status["ok"]["status"]["halts"].as_array().map(Vec::len),
                Some(1),
                "{status}"
            );
            assert_eq!(new.queue().len(), 3);
        } else {
            found[0] += 1;
            assert_eq!(
                (again.code, &status["ok"]["status"]["seq"]),
                (0, &json!(1)),
                "{again:?}"
            );
        }
        let doctor = new.run(&["doctor"]);
        assert_eq!(doctor.code, 0, "{doctor:?}");
    }
    println!("killed before it was written: {}, after: {}", found[0], found[1]);
}

#[test]
fn no_secret_stands_in_an_export() {
    let bench = bench_with_posts();
    let secrets = [
        "app-password-4711",
        "whsec_c2VjcmV0LXNlY3JldA==",
        "session-token-0815",
        "hooks/private-path",
    ];
    bench.file("password", secrets[0].as_bytes());
    bench.file("signing", secrets[1].as_bytes());
    for name in ["password", "signing"] {
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(bench.folder().join(name), private).expect("set");
    }
    let news = [
        "account",
        "add",
        "bluesky",
        "news",
        "--as",
        "a.bsky.social",
        "--credential",
        "file:password",
        "--no-verify",
    ];
    let _ = bench.run(&news).well();
    let address = format!("https://example.com/{}", secrets[3]);
    let hook = [
        "account",
        "add",
        "webhook",
        "hook",
        "--server",
        &address,
        "--credential",
        "file:signing",
        "--no-verify",
    ];
    let _ = bench.run(&hook).well();
    let sessions = bench.home().join("secrets");
    fs::create_dir_all(&sessions).expect("a folder");
    for account in bench.json(&["account", "list"])["ok"]["accounts"]
        .as_array()
        .expect("a list")
    {
        let name = account["name"].as_str().expect("a name");
        fs::write(sessions.join(format!("{name}.json")), secrets[2]).expect("written");
    }
    for to in ["news", "hook"] {
        let _ = bench.run(&["post", "hello", "--to", to, "--at", &far()]).well();
    }
    let told = bench.run(&["export", "all.jsonl"]).well();
    let mut text = fs::read_to_string(bench.folder().join("all.jsonl")).expect("read");
    text.push_str(&told.out);
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} stands in the export");
    }
    let new = empty();
    let file = bench.folder().join("all.jsonl").display().to_string();
    let asked = new.run(&["import", &file]);
    assert_eq!(asked.code, 3, "{asked:?}");
    assert!(asked.err.contains("--server hook=ADDRESS"), "{asked:?}");
    let given = new
        .run(&["import", &file, "--server", &format!("hook={address}")])
        .well();
    assert!(!given.out.contains(secrets[3]), "{given:?}");
}

#[test]
fn a_cut_pipe_is_no_export() {
    let bench = bench_with_posts();
    let mut shell = bench.command("sh".as_ref());
    let line = "soundpost export - | head -c 100 > cut.jsonl; soundpost import cut.jsonl";
    let cut = ran(shell.args(["-c", line]));
    assert_ne!(cut.code, 0);
}

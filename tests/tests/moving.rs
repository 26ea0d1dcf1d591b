//! Moving a queue: what is exported comes back, nothing goes twice, and no file does harm.
// long file: what may be wrong with an export is a list, and stands together

use std::fs;
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
use soundpost_tests::crash::dice::Dice;
use soundpost_tests::house::files::root;
use soundpost_tests::moving::{ADDRESS, PICTURE, content, exported, fill, gathered, gathered_under, sealed};
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
    for kind in [
        "account", "event", "calendar", "feed", "trends", "halt", "post", "delivery",
    ] {
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

/// What an older version exported of a list of hashtags that rise.
const OLDER_LIST: &str = r#"{"feed":{"name":"radar","url":"","policy":{"kind":"propose"},"countries":[],"every_min":0,"stale_after_min":360,"when_stale":"report","allow_private":false,"added_by":"anna","added_at":"2026-11-23T08:00:00Z","trends":["metoo","pizza"]}}"#;

#[tokio::test]
async fn a_list_of_hashtags_that_stands_among_the_feeds_is_taken_in() {
    let (text, _folder) = rich(true).await;
    let older = |line: &str| match line.starts_with("{\"trends\":") {
        true => OLDER_LIST.to_owned(),
        false => line.replace(r#""feeds":1,"trends":1"#, r#""feeds":2"#),
    };
    let mut lines: Vec<String> = text.lines().map(older).collect();
    lines.pop();
    let store = memory(8);
    take_in(
        &store,
        gathered(sealed(&lines).as_bytes()).expect("it is read").import,
    )
    .await;
    let world = store.world();
    assert_eq!((world.feeds.len(), world.trends["radar"].tags.len()), (1, 2));
}

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

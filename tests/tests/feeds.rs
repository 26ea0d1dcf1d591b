//! Every sample of a feed, alert or calendar is read, or refused with a reason, quickly and without a panic.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use soundpost_core::guard::calendar::Calendar;
use soundpost_core::guard::feed::{BYTES_MAX, Refusal, read};
use soundpost_tests::house::files::root;

/// Generous: a debug build on a busy machine.
const FILE_MAX: Duration = Duration::from_secs(5);

/// Those that must not be read, and what is said of each.
const REFUSED: &[(&str, &str)] = &[
    ("feedrs-xml_sample_2.xml", "root element"),
    ("fp-enco-utf-32be-bom.xml", "UTF-32"),
    ("fp-enco-utf-16be-bom.xml", "without a channel"),
    ("fp-enco-big5.xml", "without a channel"),
    ("goog-xee.atom", "entities of its own"),
];

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of samples").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(files_under(&path));
        } else if path.extension().is_some_and(|e| e != "md" && e != "tsv") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn name(file: &Path) -> String {
    file.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// What reading this file comes to, in a line.
fn told(file: &Path) -> Result<String, String> {
    let bytes = fs::read(file).expect("a sample");
    let began = Instant::now();
    let told = if file.extension().is_some_and(|e| e == "ics") {
        let text = String::from_utf8_lossy(&bytes);
        let calendar = Calendar::parse("sample", &text).map_err(|e| e.to_string());
        calendar.map(|c| format!("calendar: {} days", c.day_count()))
    } else {
        let reading = read(&bytes, None, "en").map_err(|refusal: Refusal| refusal.to_string());
        reading.map(|r| format!("{}: {} proposals", r.format, r.proposals.len()))
    };
    assert!(
        began.elapsed() < FILE_MAX,
        "{} took {:?}",
        file.display(),
        began.elapsed()
    );
    told
}

fn walk(folder: &Path) -> usize {
    let files = files_under(folder);
    for file in &files {
        match told(file) {
            Ok(said) => println!("{}: {said}", name(file)),
            Err(why) => {
                println!("{}: refused: {why}", name(file));
                assert!(why.len() > 8, "{}: {why}", file.display());
            }
        }
    }
    files.len()
}

#[test]
fn every_fixture_is_read_or_refused_with_a_reason() {
    let folder = root().join("fixtures/feeds");
    assert!(walk(&folder) >= 30);
    for file in files_under(&folder) {
        let wanted = REFUSED.iter().find(|(refused, _)| *refused == name(&file));
        match (wanted, told(&file)) {
            (Some((_, says)), told) => {
                let why = told.expect_err("it must be refused");
                assert!(why.contains(says), "{}: {why}", file.display());
            }
            (None, Err(why)) => panic!("{}: {why}", file.display()),
            (None, Ok(_)) => {}
        }
    }
}

#[test]
fn every_shared_sample_is_read_or_refused_with_a_reason() {
    let folder = root().join("../shared/feeds");
    if !folder.is_dir() {
        println!("skipped: ../shared/feeds is not there");
        return;
    }
    let count = walk(&folder);
    assert!(count > 200, "{count} samples");
}

#[test]
fn what_is_built_to_hurt_is_refused_quickly() {
    let laughs: String = (1..30)
        .map(|n| format!("<!ENTITY a{n} '&a{0};&a{0};&a{0};'>", n - 1))
        .collect();
    let bomb = format!(
        "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a0 'ha'>{laughs}]><rss version='2.0'>&a29;</rss>"
    );
    let attributes = format!(
        "<rss {}/>",
        (0..200_000).map(|n| format!("a{n}='x' ")).collect::<String>()
    );
    let spaces = format!("<rss version='2.0'>{}", "<a xmlns:b='c'>".repeat(1000));
    let inside =
        |what: &str, n: usize| format!("<rss version='2.0'><channel>{}</channel></rss>", what.repeat(n));
    let cases = [
        ("an entity bomb", bomb.into_bytes()),
        ("100 MB", vec![b'<'; 100 * 1024 * 1024]),
        ("a deep tree", inside("<item>", 1_000_000 / 6).into_bytes()),
        ("a wide tree", inside("<item/>", BYTES_MAX / 8).into_bytes()),
        ("many attributes", attributes.into_bytes()),
        ("many namespaces", spaces.into_bytes()),
        (
            "deep JSON",
            format!("{{\"features\":{}", "[".repeat(BYTES_MAX / 2)).into_bytes(),
        ),
        ("invalid UTF-8", b"<rss version='2.0'>\xc3\x28</rss>".to_vec()),
        (
            "a title without an end",
            format!("<rss><channel><title>{}", "x".repeat(BYTES_MAX / 2)).into_bytes(),
        ),
        ("half a tag", b"<rss version='2.0'><channel><item><title".to_vec()),
    ];
    for (what, bytes) in cases {
        let began = Instant::now();
        let refusal = read(&bytes, None, "en").expect_err(what);
        assert!(began.elapsed() < FILE_MAX, "{what} took {:?}", began.elapsed());
        assert!(refusal.why.len() < 300, "{what}: {refusal}");
    }
}

#[test]
fn long_texts_and_wide_lists_within_the_limits_are_read_in_time() {
    let item = format!(
        "<item><title>flood {0}</title><link>http://a.example/</link><description>&lt;b&gt;{0}</description></item>",
        "x".repeat(1500)
    );
    let feed = format!(
        "<rss version='2.0'><channel><title>t</title>{}</channel></rss>",
        item.repeat(1000)
    );
    let began = Instant::now();
    let reading = read(feed.as_bytes(), None, "en").expect("it is within the limits");
    assert_eq!(reading.proposals.len(), 1000);
    assert!(
        reading
            .proposals
            .iter()
            .all(|p| p.title.chars().count() <= 200 && p.summary.chars().count() <= 600)
    );
    assert!(began.elapsed() < 4 * FILE_MAX, "{:?}", began.elapsed());
}

#[test]
fn no_cut_or_changed_byte_makes_the_readers_panic() {
    for file in files_under(&root().join("fixtures/feeds")) {
        let whole = fs::read(&file).expect("a sample");
        let whole = &whole[..whole.len().min(3000)];
        for at in (0..whole.len()).step_by(41) {
            let _ = read(&whole[..at], None, "en");
            let mut changed = whole.to_vec();
            changed[at] = changed[at].wrapping_add(97);
            let _ = read(&changed, None, "en");
        }
    }
}

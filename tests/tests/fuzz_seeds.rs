//! Every seed of the fuzz targets, and what they once found, is tried: nothing panics, and what is said of the results in
//! `tests/fuzz/paths.rs` is true. `tests/fuzz/run` looks for more.

#[path = "../fuzz/paths.rs"]
mod paths;

use std::fs;
use std::path::Path;

use soundpost_tests::cli::bench::Bench;

/// Calls `path` with every file in this folder; how many there were.
fn each(folder: &str, path: fn(&[u8])) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let bytes = files.map(|file| fs::read(file.expect("it is listed").path()).expect("it can be read"));
    bytes.map(|bytes| path(&bytes)).count()
}

#[test]
fn feeds_of_any_bytes_are_read_or_refused() {
    assert!(each("fuzz/seeds/feed", paths::feed) > 0);
    assert!(each("../fixtures/feeds", paths::feed) > 0);
}

#[test]
fn calendars_of_any_bytes_are_read_or_refused() {
    assert!(each("fuzz/seeds/calendar", paths::calendar) > 0);
}

#[test]
fn texts_of_any_bytes_are_judged() {
    assert!(each("fuzz/seeds/text", paths::text) > 0);
}

/// The library that reads feeds gives up on this one in the middle of a letter, and shows what it had read of it.
#[test]
fn a_feed_on_which_its_reader_gives_up_is_refused_in_words_that_do_no_harm() {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/feed/reader-panics.xml");
    let ran = Bench::empty().run(&["guard", "read", seed.to_str().unwrap()]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let shown = format!("{}{}", ran.out, ran.err);
    assert!(shown.contains("gave up on it"), "{shown}");
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
}

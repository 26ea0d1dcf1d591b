//! Every seed of the fuzz targets, and what they once found, is tried: nothing panics, and what is said of the results in
//! `tests/fuzz/paths.rs` is true. `tests/fuzz/run` looks for more.

#[path = "../fuzz/paths.rs"]
mod paths;

use std::fs;
use std::path::Path;

/// Calls `path` with every file in this folder; how many there were.
fn each(folder: &str, path: fn(&[u8])) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let bytes = files.map(|file| fs::read(file.unwrap().path()).unwrap());
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

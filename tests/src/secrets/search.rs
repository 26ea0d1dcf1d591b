//! Looks through files and texts, byte by byte, for many needles at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every needle has at least as many bytes.
const HEAD_BYTES: usize = 8;

/// Needles that are looked for.
#[derive(Debug, Default)]
pub struct Search {
    /// By their first bytes.
    needles: BTreeMap<[u8; HEAD_BYTES], Vec<String>>,
    /// Whether a needle begins with these two bytes.
    begins: Vec<bool>,
}

impl Search {
    /// A search for these; each must have 8 bytes.
    ///
    /// # Panics
    /// When one is shorter.
    #[must_use]
    pub fn for_all(needles: impl IntoIterator<Item = String>) -> Search {
        let mut search = Search {
            needles: BTreeMap::new(),
            begins: vec![false; 1 << 16],
        };
        for needle in needles {
            let head = *needle.as_bytes().first_chunk().expect("a needle has 8 bytes");
            search.begins[two(needle.as_bytes())] = true;
            search.needles.entry(head).or_default().push(needle);
        }
        search
    }

    /// The needles that are in these bytes, with where.
    #[must_use]
    pub fn within(&self, bytes: &[u8]) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        for at in 0..bytes.len().saturating_sub(HEAD_BYTES - 1) {
            let rest = &bytes[at..];
            if !self.begins[two(rest)] {
                continue;
            }
            let head: [u8; HEAD_BYTES] = *rest
                .first_chunk()
                .expect("the range ends before the last 8 bytes");
            let known = self.needles.get(&head).into_iter().flatten();
            let here = known.filter(|needle| rest.starts_with(needle.as_bytes()));
            found.extend(here.map(|needle| (at, needle.as_str())));
        }
        found
    }

    /// Every place below a folder where a needle stands: in the content of a file or in a name. The folders in `but`
    /// are left out, and what is no file.
    ///
    /// # Panics
    /// When a file cannot be read.
    #[must_use]
    pub fn below(&self, folder: &Path, but: &[PathBuf]) -> Vec<String> {
        let mut found = Vec::new();
        for file in files(folder, but) {
            let name = file.display().to_string();
            let bytes = fs::read(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
            found.extend(self.said(&format!("the name {name}"), name.as_bytes()));
            found.extend(self.said(&name, &bytes));
        }
        found
    }

    /// The same for one text that somebody could read.
    #[must_use]
    pub fn said(&self, whose: &str, bytes: &[u8]) -> Vec<String> {
        let around = |at: usize| {
            let near = &bytes[at.saturating_sub(60)..bytes.len().min(at + 60)];
            String::from_utf8_lossy(near).into_owned()
        };
        let found = self.within(bytes).into_iter();
        found
            .map(|(at, needle)| format!("{whose}, byte {at}: '{needle}' in: {}", around(at)))
            .collect()
    }
}

fn two(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// All files below a folder.
///
/// # Panics
/// When a folder cannot be read.
#[must_use]
pub fn files(folder: &Path, but: &[PathBuf]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries.flatten() {
            let (path, kind) = (entry.path(), entry.file_type().expect("it was listed"));
            if kind.is_dir() && !but.contains(&path) {
                folders.push(path);
            } else if kind.is_file() {
                all.push(path);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found_and_nothing_else() {
        let search = Search::for_all(["needle-1".to_owned(), "needle-22".to_owned()]);
        assert_eq!(
            search.within(b"\0\xffneedle-1needle-22"),
            [(2, "needle-1"), (10, "needle-22")]
        );
        assert_eq!(search.within(b"needle-2 needle-"), []);
    }
}

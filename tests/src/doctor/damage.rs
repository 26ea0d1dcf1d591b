//! Ways to damage a file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::crash::dice::Dice;

/// Changes the bytes of a file.
///
/// # Panics
/// When it cannot be read or written.
pub fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    change(&mut bytes);
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Where the last byte that is not zero stands.
#[must_use]
pub fn last_byte(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0)
}

/// All files below a folder that are not among `but`.
#[must_use]
pub fn files_below(folder: &Path, but: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = item.path();
        let name = item.file_name().to_string_lossy().into_owned();
        if but.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            found.extend(files_below(&path, but));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Damages one file as disks, crashes and people do; says how.
pub fn at_random(dice: &mut Dice, path: &Path) -> String {
    let name = path.display();
    let len = fs::metadata(path).map_or(0, |found| found.len());
    let used = fs::read(path)
        .map_or(0, |bytes| last_byte(&bytes) as u64 + 1)
        .min(len);
    let at = usize::try_from(dice.below(used.max(1))).unwrap_or(0);
    match dice.below(10) {
        0 => {
            let _ = fs::remove_file(path);
            format!("{name} was removed")
        }
        1 => {
            change(path, |bytes| bytes.truncate(at));
            format!("{name} was cut at {at}")
        }
        2 => {
            change(path, |bytes| fill(bytes, at, 512, || 0));
            format!("{name} has zeros at {at}")
        }
        3 => {
            change(path, |bytes| {
                fill(bytes, at, 512, || dice.roll().to_le_bytes()[0])
            });
            format!("{name} has noise at {at}")
        }
        _ => {
            let bit = dice.below(8);
            change(path, |bytes| {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            });
            format!("{name} has bit {bit} of byte {at} flipped")
        }
    }
}

fn fill(bytes: &mut [u8], at: usize, count: usize, mut with: impl FnMut() -> u8) {
    let end = bytes.len().min(at + count);
    bytes[at.min(end)..end].fill_with(&mut with);
}

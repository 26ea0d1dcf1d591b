//! Screens that are kept as files: `tests/snapshots/<name>.txt`. `UPDATE_SNAPSHOTS=1` writes them anew.
//!
//! Ids, times, paths and the person's name are replaced first. Their lengths differ from run to run, and so do line
//! breaks: words are compared, and what is kept shows the layout of one run. Widths have a test of their own.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::house::files::root;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// What differs from run to run, with what stands in its place.
pub type Replaced = Vec<(String, String)>;

/// Wherever this person is named, also where a line was broken before the name.
#[must_use]
pub fn person(who: &str) -> Replaced {
    let gaps = (0..8).map(|indent| format!("\n{}", " ".repeat(indent)));
    let gaps: Vec<String> = std::iter::once(" ".to_owned()).chain(gaps).collect();
    let words = ["by", "for"].into_iter();
    let mut all: Replaced = words
        .flat_map(|word| {
            let gaps = gaps.iter();
            gaps.map(move |gap| (format!("{word}{gap}{who}"), format!("{word}{gap}somebody")))
        })
        .collect();
    all.push((format!("  {who}\n"), "  somebody\n".to_owned()));
    all
}

/// Whether snapshots are written instead of compared.
#[must_use]
pub fn updating() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some()
}

fn folder() -> PathBuf {
    root().join("tests/snapshots")
}

/// The screen without what differs from run to run.
#[must_use]
pub fn filtered(screen: &str, replaced: &Replaced) -> String {
    let mut text = screen.to_owned();
    for (found, shown) in replaced {
        text = text.replace(found, shown);
    }
    let mut words = words(&text);
    for at in 0..words.len() {
        filter_time(&mut words, at);
    }
    words.into_iter().map(|(word, gap)| word + &gap).collect()
}

/// Words, each with the white space behind it.
fn words(text: &str) -> Vec<(String, String)> {
    let mut words: Vec<(String, String)> = Vec::new();
    for c in text.chars() {
        match words.last_mut() {
            Some((_, gap)) if c.is_whitespace() => gap.push(c),
            Some((word, gap)) if gap.is_empty() => word.push(c),
            _ if c.is_whitespace() => words.push((String::new(), c.to_string())),
            _ => words.push((c.to_string(), String::new())),
        }
    }
    words
}

/// `Sun 22 Nov 23:13:10, 2 s ago` becomes `DAY CLOCK, now`, and `in 118 d` `in N d`.
fn filter_time(words: &mut [(String, String)], at: usize) {
    let word = words[at].0.clone();
    if !word.is_empty() && word.chars().all(|c| c == '─') {
        "─".clone_into(&mut words[at].0);
    }
    if DAYS.contains(&word.as_str()) && words.len() > at + 3 {
        "DAY".clone_into(&mut words[at].0);
        let has_year = words[at + 3].0.len() == 4 && words[at + 3].0.starts_with("20");
        let clock = at + 3 + usize::from(has_year);
        for blank in &mut words[at + 1..clock] {
            "-".clone_into(&mut blank.0);
        }
        // A time with a year is one that the test chose.
        if let Some((clock, _)) = words.get_mut(clock).filter(|_| !has_year) {
            let tail = clock.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
            *clock = format!("CLOCK{tail}");
        }
    }
    let digits = word.chars().all(|c| c.is_ascii_digit());
    let next = words
        .get(at + 1)
        .map(|(next, _)| next.clone())
        .unwrap_or_default();
    if digits && next.trim_end_matches(|c: char| !c.is_alphanumeric()) == "d" {
        "N".clone_into(&mut words[at].0);
    }
    let then = words
        .get(at + 2)
        .map(|(then, _)| then.clone())
        .unwrap_or_default();
    // A time of day that has just been, as in a list of one day.
    let is_clock = word.contains(':') && word.chars().all(|c| c.is_ascii_digit() || ":,".contains(c));
    if is_clock && (then == "s" || next == "now") {
        "CLOCK,".clone_into(&mut words[at].0);
    }
    // A hash, or a piece of one at the end of a line.
    if word.len() >= 8
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    {
        words[at].0.clear();
    }
    if digits && next == "s" && words.get(at + 2).is_some_and(|(ago, _)| ago.starts_with("ago")) {
        let tail = words[at + 2].0.split_off(3);
        words[at].0.clear();
        words[at].1.clear();
        words[at + 1].0.clear();
        words[at + 1].1.clear();
        words[at + 2].0 = format!("now{tail}");
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Compares a filtered screen with its snapshot, or writes it.
///
/// # Errors
/// Says what differs.
///
/// # Panics
/// When the folder cannot be written.
pub fn compare(name: &str, filtered: &str) -> Result<(), String> {
    let path = folder().join(format!("{name}.txt"));
    if updating() {
        let lines: Vec<&str> = filtered.trim_end().lines().map(str::trim_end).collect();
        fs::write(&path, lines.join("\n") + "\n").expect("tests/snapshots can be written");
        return Ok(());
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    if plain(&kept) == plain(filtered) {
        return Ok(());
    }
    Err(format!(
        "{name} differs (UPDATE_SNAPSHOTS=1 writes it anew)\n--- kept ---\n{kept}\n--- now ---\n{filtered}"
    ))
}

/// Snapshots that no test has asked for.
///
/// # Panics
/// When the folder cannot be read, or a stale file not be removed while updating.
#[must_use]
pub fn stale(asked: &BTreeSet<String>) -> Vec<String> {
    let entries = fs::read_dir(folder())
        .expect("tests/snapshots is there")
        .flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let stale: Vec<String> = names
        .filter(|name| !name.strip_suffix(".txt").is_some_and(|name| asked.contains(name)))
        .collect();
    if updating() {
        for name in &stale {
            fs::remove_file(folder().join(name)).expect("a stale snapshot can be removed");
        }
        return Vec::new();
    }
    stale
}

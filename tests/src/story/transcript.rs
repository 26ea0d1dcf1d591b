//! What a person typed and saw, one screen after another, kept as a file.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::cli::snapshot::updating;
use crate::house::files::root;

/// A transcript that grows.
#[derive(Debug, Default)]
pub struct Transcript(String);

impl Transcript {
    /// A line of the teller.
    pub fn say(&mut self, words: &str) {
        let _ = writeln!(self.0, "\n== {words}\n");
    }

    /// A command as it was typed, and what it answered.
    pub fn typed(&mut self, command: &str, screen: &str) {
        let lines = screen.trim_end().lines().map(str::trim_end);
        let screen: Vec<&str> = lines.collect();
        let _ = writeln!(self.0, "$ {command}\n{}\n", screen.join("\n"));
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.trim_start()
    }
}

/// Where the transcript at this width is kept.
#[must_use]
pub fn kept_file(columns: usize) -> PathBuf {
    root().join(format!("tests/story/a-bad-night-{columns}.txt"))
}

/// Compares a transcript with the one that is kept, or writes it when `UPDATE_SNAPSHOTS` is set. Words are compared:
/// the person's name and the temporary folder have other lengths elsewhere, and so lines break elsewhere.
///
/// # Errors
/// The first place where they differ.
///
/// # Panics
/// When the file cannot be written.
pub fn compare(columns: usize, now: &str) -> Result<(), String> {
    let file = kept_file(columns);
    if updating() {
        fs::write(&file, now).expect("tests/story can be written");
        return Ok(());
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (kept, now) = (words(&kept), words(now));
    let same = kept.iter().zip(&now).take_while(|(a, b)| a == b).count();
    if kept.len() == now.len() && same == now.len() {
        return Ok(());
    }
    let from = same.saturating_sub(12);
    let part = |words: &[String]| {
        words
            .iter()
            .skip(from)
            .take(40)
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    };
    Err(format!(
        "the story at {columns} columns differs (UPDATE_SNAPSHOTS=1 writes it anew)\n--- kept ---\n{}\n--- now ---\n{}",
        part(&kept),
        part(&now)
    ))
}

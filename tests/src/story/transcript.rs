//! What a person typed and saw, one screen after another, kept as a file.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::office::Office;
use crate::cli::bench::Ran;
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

    /// Types a command and keeps its screen.
    ///
    /// # Panics
    /// When it ends with another code.
    pub fn type_in(&mut self, office: &Office, arguments: &[&str], code: i32) -> Ran {
        let ran = office.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {ran:?}");
        let typed: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        let screen = office.filtered(&format!("{}{}", ran.out, ran.err));
        self.typed(&format!("soundpost {}", typed.join(" ")), &screen);
        ran
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.trim_start()
    }
}

/// Where the transcript of a story at this width is kept.
#[must_use]
pub fn kept_file(story: &str, columns: usize) -> PathBuf {
    root().join(format!("tests/story/{story}-{columns}.txt"))
}

/// Compares a transcript with the one that is kept, or writes it when `UPDATE_SNAPSHOTS` is set. Words are compared:
/// the person's name and the temporary folder have other lengths elsewhere, and so lines break elsewhere.
///
/// # Errors
/// The first place where they differ.
///
/// # Panics
/// When the file cannot be written.
pub fn compare(story: &str, columns: usize, now: &str) -> Result<(), String> {
    let file = kept_file(story, columns);
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
        "the story {story} at {columns} columns differs (UPDATE_SNAPSHOTS=1 writes it anew)\n--- kept ---\n{}\n--- now ---\n{}",
        part(&kept),
        part(&now)
    ))
}

/// Looks whether the excerpts in a section of the README, this many at least, stand in a kept transcript.
///
/// # Errors
/// What of it does not.
///
/// # Panics
/// When a file cannot be read.
pub fn assert_told(section: &str, excerpts_min: usize, kept: &Path) -> Result<(), String> {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README is there");
    let kept = fs::read_to_string(kept).expect("the story is kept");
    let (_, told) = readme
        .split_once(&format!("\n## {section}\n"))
        .ok_or_else(|| format!("the README has no section '{section}'"))?;
    let told = told.split("\n## ").next().unwrap_or_default();
    let blocks: Vec<&str> = told.split("```").skip(1).step_by(2).collect();
    if blocks.len() < excerpts_min {
        return Err(format!("{} excerpts", blocks.len()));
    }
    let lines = blocks.iter().flat_map(|block| block.lines().skip(1));
    let lines = lines.filter(|line| !line.trim().is_empty() && line.trim() != "...");
    let missing: Vec<&str> = lines
        .filter(|line| !kept.lines().any(|kept| kept == *line))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("not in the story: {missing:#?}"))
}

/// As a person types it in a shell.
fn quoted(word: &str) -> String {
    if word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-./@:=_".contains(c))
    {
        return word.to_owned();
    }
    format!("\"{word}\"")
}

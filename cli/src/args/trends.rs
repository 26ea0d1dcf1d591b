//! `trends`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `trends`.
#[derive(Debug, Subcommand)]
pub enum TrendsCommand {
    /// Set a list of hashtags that rise: posts with one of them wait for a person; after 6 hours it holds nothing
    Set(TrendsSet),
    /// List them, and how old they are
    List,
    /// Forget a list; what it held waits for a person
    Remove(TrendsName),
}

/// `trends set`.
#[derive(Debug, Args)]
pub struct TrendsSet {
    /// Its name
    pub name: String,
    /// The file, one hashtag a line or a JSON list; - for standard input
    pub file: PathBuf,
}

/// `trends remove`.
#[derive(Debug, Args)]
pub struct TrendsName {
    /// Its name
    pub name: String,
}

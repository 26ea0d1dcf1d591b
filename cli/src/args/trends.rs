//! `trends`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `trends`.
#[derive(Debug, Subcommand)]
pub enum TrendsCommand {
    /// Set a list of hashtags that rise: posts with one of them wait for a person; after 6 hours it holds nothing
    Set(TrendsSet),
    /// Watch a list at an address: the daemon reads it again and again (docs/guard.md tells which forms)
    Add(TrendsAdd),
    /// List them, how old they are, and how reading them goes
    List,
    /// Ask for the watched lists now
    Refresh(TrendsRefresh),
    /// Forget a list; what it held waits for a person
    Remove(TrendsName),
}

/// `trends set`.
#[derive(Debug, Args)]
pub struct TrendsSet {
    /// Its name
    pub name: String,
    /// The file, one hashtag a line, a JSON list or another of the forms of `trends add`; - for standard input
    pub file: PathBuf,
}

/// `trends add`.
#[derive(Debug, Args)]
pub struct TrendsAdd {
    /// Its name
    pub name: String,
    /// Where it is, such as https://SERVER/api/v1/trends/tags of a Mastodon server
    pub url: String,
    /// How often to ask for it
    #[arg(long, value_name = "MINUTES", default_value_t = 15)]
    pub every: u32,
    /// It may lie at a private address, such as this machine's
    #[arg(long)]
    pub allow_private: bool,
}

/// `trends refresh`.
#[derive(Debug, Args)]
pub struct TrendsRefresh {
    /// Its name [default: all]
    pub name: Option<String>,
}

/// `trends remove`.
#[derive(Debug, Args)]
pub struct TrendsName {
    /// Its name
    pub name: String,
}

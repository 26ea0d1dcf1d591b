//! Making, running and mending a queue.

use std::path::PathBuf;

use clap::Args;

/// `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where to make the demo's store and outbox [default: a new folder under the temporary folder]
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// A group of this system whose members may pause
    #[arg(long, value_name = "GROUP")]
    pub group: Option<String>,
}

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// How to write the log: pretty or json [default: the configuration's, else pretty]
    #[arg(long, value_name = "FORM")]
    pub log: Option<String>,
}

/// `doctor`.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct Doctor {
    /// This folder was moved or copied on purpose, and the other copy no longer sends
    #[arg(long)]
    pub adopt: bool,
    /// Set sled's folder aside and make it anew from the journal
    #[arg(long)]
    pub rebuild: bool,
    /// Make a lost or damaged kill switch anew; it comes back on. One damaged copy of two is written again as it was
    #[arg(long)]
    pub restore_switch: bool,
    /// Give up a damaged journal from this entry on. Everything is kept aside, and everything is paused
    #[arg(long, value_name = "SEQ")]
    pub cut_journal_at: Option<u64>,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "FOLDER")]
    pub all: Option<PathBuf>,
}

//! `guard`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `guard`.
#[derive(Debug, Subcommand)]
pub enum GuardCommand {
    /// Read a feed, an alert, a calendar or a list of hashtags from a file, and say what it would propose; nothing is changed
    Read(GuardRead),
    /// Measure the guard on a file of labelled cases (docs/guard.md); needs no queue
    Eval(GuardEval),
    /// Show the words of harm, places and pictures of a text, and why each is listed; needs no queue
    Words(GuardWords),
    /// Imagine a critical event over the real queue: what would be held, how soon, and what would still go; nothing is changed
    Drill(GuardDrill),
    /// Show what became of the holds of each event, and which were too wide; read from the journal
    Hygiene(GuardHygiene),
    /// Let the guard only watch: it tells what it would hold, and holds nothing but for critical events
    Shadow(GuardShadow),
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Turn {
    /// The guard only watches
    On,
    /// The guard holds
    Off,
}

/// `guard shadow`.
#[derive(Debug, Args)]
pub struct GuardShadow {
    /// Switch it on or off; without this, show where it is on
    #[arg(value_enum)]
    pub turn: Option<Turn>,
    /// Only this account [default: all that there are]
    #[arg(long, value_name = "NAME", requires = "turn")]
    pub account: Vec<String>,
    /// With "on": also let go what events that are not critical hold from before
    #[arg(long, requires = "turn")]
    pub release: bool,
    /// Why, for the log
    #[arg(long, value_name = "WHY", requires = "turn")]
    pub reason: Option<String>,
}

/// `guard read`.
#[derive(Debug, Args)]
pub struct GuardRead {
    /// The file
    pub file: PathBuf,
    /// Which language to show where a text comes in several
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub language: String,
    /// What a server would say of it, such as "text/xml; charset=iso-8859-1"
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
}

/// `guard eval`.
#[derive(Debug, Args)]
pub struct GuardEval {
    /// The file, one case a line as JSON; - for standard input
    pub file: PathBuf,
}

/// `guard words`.
#[derive(Debug, Args)]
pub struct GuardWords {
    /// The text; - for standard input
    pub text: String,
    /// Only the words of this kind of event, such as shooting
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// The language of the text, such as de [default: what it seems to be]
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
}

/// `guard hygiene`.
#[derive(Debug, Args)]
pub struct GuardHygiene {
    /// So many days back
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub days: u16,
}

/// `guard drill`.
#[derive(Debug, Args)]
pub struct GuardDrill {
    /// The title of the event, such as "bombing in Berlin" [default: an event everywhere]
    pub title: Option<String>,
}

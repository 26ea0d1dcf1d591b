//! `guard`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `guard`.
#[derive(Debug, Subcommand)]
pub enum GuardCommand {
    /// Read a feed, an alert or a calendar from a file, and say what it would propose; nothing is changed
    Read(GuardRead),
    /// Measure the guard on a file of labelled cases (docs/guard.md); needs no queue
    Eval(GuardEval),
    /// Show the words of harm, places and pictures of a text, and why each is listed; needs no queue
    Words(GuardWords),
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

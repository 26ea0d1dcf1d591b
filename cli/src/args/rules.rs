//! `rules`.

use clap::Args;

/// `rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// Only this account
    #[arg(value_name = "ACCOUNT")]
    pub account: Option<String>,
}

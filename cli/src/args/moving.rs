//! Moving a queue to another folder or machine.

use std::path::PathBuf;

use clap::Args;

/// `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The file to write; - is standard output
    pub file: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
    /// Also write addresses that are secrets, such as those of webhooks
    #[arg(long)]
    pub with_addresses: bool,
}

/// `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The file that `export` wrote
    pub file: PathBuf,
    /// Read the whole file and say what would be done; change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The address of an account whose address is not in the file; repeat it for each
    #[arg(long = "server", value_name = "NAME=ADDRESS")]
    pub servers: Vec<String>,
}

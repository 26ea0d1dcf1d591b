//! `pause`, `stop` and `resume`.

use std::path::PathBuf;

use clap::Args;

/// `pause` and `stop`.
#[derive(Debug, Args)]
pub struct Pause {
    /// Why; shown with every hold
    #[arg(default_value = "no reason given")]
    pub reason: String,
    /// Only this network
    #[arg(long, value_name = "NETWORK", conflicts_with_all = ["account", "campaign"])]
    pub network: Option<String>,
    /// Only this account
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "campaign")]
    pub account: Option<String>,
    /// Only this campaign
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// Remind people from then on that it is paused; nothing starts by itself
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
}

/// `resume`.
#[derive(Debug, Args)]
pub struct Resume {
    /// Only the pauses of this network
    #[arg(long, value_name = "NETWORK", conflicts_with_all = ["account", "campaign", "order"])]
    pub network: Option<String>,
    /// Only the pauses of this account
    #[arg(long, value_name = "ACCOUNT", conflicts_with_all = ["campaign", "order"])]
    pub account: Option<String>,
    /// Only the pauses of this campaign
    #[arg(long, value_name = "NAME", conflicts_with = "order")]
    pub campaign: Option<String>,
    /// Only this pause, by the ending of its id as status shows it; may be given again
    #[arg(long, value_name = "ID")]
    pub order: Vec<String>,
    /// Open the plan in $EDITOR, then ask whether to apply it
    #[arg(long, conflicts_with_all = ["apply", "plan"])]
    pub edit: bool,
    /// End the pause and carry out a plan: the one shown (with --plan), or a file that --save wrote and you edited
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub apply: Option<Option<PathBuf>>,
    /// The number of the plan that was shown; it is refused when the queue changed since
    #[arg(long, value_name = "NUMBER", requires = "apply")]
    pub plan: Option<String>,
    /// Write the plan to a file, to edit it and then --apply it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["edit", "apply", "plan"])]
    pub save: Option<PathBuf>,
}

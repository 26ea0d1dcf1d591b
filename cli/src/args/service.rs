//! Keeping the daemon running.

use clap::{Args, Subcommand};

/// `service`.
#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// Write the unit file by which systemd keeps the daemon running
    Install(ServiceInstall),
    /// Remove the unit file
    Uninstall(ServiceUninstall),
    /// Say where the unit file is, and whether it is as install would write it
    Show(ServicePlace),
}

/// Whose service.
#[derive(Debug, Args)]
pub struct ServicePlace {
    /// A service of the system, not of your own; writing it needs an administrator
    #[arg(long)]
    pub system: bool,
    /// The user that a service of the system runs as, who must own the queue
    #[arg(long, value_name = "NAME", requires = "system")]
    pub user: Option<String>,
}

/// `service install`.
#[derive(Debug, Args)]
pub struct ServiceInstall {
    /// Whose.
    #[command(flatten)]
    pub place: ServicePlace,
    /// Only print the unit file
    #[arg(long, conflicts_with_all = ["enable", "force"])]
    pub print: bool,
    /// Also have systemctl enable and start it now
    #[arg(long)]
    pub enable: bool,
    /// Write over a unit file that somebody else wrote or edited
    #[arg(long)]
    pub force: bool,
}

/// `service uninstall`.
#[derive(Debug, Args)]
pub struct ServiceUninstall {
    /// Whose.
    #[command(flatten)]
    pub place: ServicePlace,
    /// Also have systemctl stop and disable it now
    #[arg(long)]
    pub disable: bool,
    /// Remove a unit file that somebody else wrote or edited
    #[arg(long)]
    pub force: bool,
}

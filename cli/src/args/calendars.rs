//! `calendar`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `calendar`.
#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// List the calendars in force, or those that come with the program
    List(CalendarList),
    /// Put calendars that come with the program in force
    Add(CalendarAdd),
    /// Take the newer versions of added calendars that come with this program
    Update(CalendarUpdate),
    /// Show a calendar's days, or the days of a date: why, how much, where, and who says so
    Show(CalendarShow),
    /// Import an iCalendar file of your own, or a new version of it
    Import(CalendarImport),
    /// Remove a calendar
    Remove(CalendarName),
}

/// `calendar list`.
#[derive(Debug, Args)]
pub struct CalendarList {
    /// Those that come with the program
    #[arg(long)]
    pub available: bool,
}

/// `calendar add`.
#[derive(Debug, Args)]
pub struct CalendarAdd {
    /// Their names, such as de, us, religious
    #[arg(required_unless_present = "for_accounts")]
    pub names: Vec<String>,
    /// Those that fit the readers of your accounts, and the one for all
    #[arg(long)]
    pub for_accounts: bool,
}

/// `calendar update`.
#[derive(Debug, Args)]
pub struct CalendarUpdate {
    /// Only these
    pub names: Vec<String>,
}

/// `calendar show`.
#[derive(Debug, Args)]
pub struct CalendarShow {
    /// A calendar's name, a date such as 2026-11-09, or words of a day
    #[arg(value_name = "NAME|DAY")]
    pub what: String,
}

/// `calendar import`.
#[derive(Debug, Args)]
pub struct CalendarImport {
    /// The .ics file, or an address, which is read once, now
    #[arg(value_name = "FILE|URL")]
    pub file: PathBuf,
    /// Its name [default: the file's]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The address may be in a private network
    #[arg(long)]
    pub allow_private: bool,
}

/// `calendar remove`.
#[derive(Debug, Args)]
pub struct CalendarName {
    /// Its name
    pub name: String,
}

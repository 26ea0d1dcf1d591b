//! `event` and `calendar`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use soundpost_core::event::Severity;

use super::OneId;

/// `event`.
#[derive(Debug, Subcommand)]
pub enum EventCommand {
    /// Flag an event; the answer lists what is held now
    Flag(Box<EventFlag>),
    /// List events
    List(EventList),
    /// End an event; what it held and is still fresh goes again
    End(OneId),
}

/// `event flag`.
#[derive(Debug, Args)]
pub struct EventFlag {
    /// What people call it, such as "shooting in Oslo"
    pub title: String,
    /// How much it silences: critical (everything to the area), high (also selling, joking, greeting), watch (only
    /// what touches it)
    #[arg(long, value_name = "SEVERITY", default_value = "critical")]
    pub severity: Severity,
    /// Which words of harm belong to it, such as shooting, fire, flood; unknown = only its own words
    #[arg(long, value_name = "KIND", default_value = "unknown")]
    pub kind: String,
    /// A topic word or hashtag; may be repeated
    #[arg(long = "tag", value_name = "WORD")]
    pub tags: Vec<String>,
    /// A place; may be repeated
    #[arg(long = "place", value_name = "NAME")]
    pub places: Vec<String>,
    /// A person, company or thing; may be repeated
    #[arg(long = "name", value_name = "NAME")]
    pub entities: Vec<String>,
    /// A country (ISO 3166-1); may be repeated; none = everywhere
    #[arg(long = "country", value_name = "CODE")]
    pub countries: Vec<String>,
    /// A region (ISO 3166-2); may be repeated
    #[arg(long = "region", value_name = "CODE")]
    pub regions: Vec<String>,
    /// Only this account; may be repeated
    #[arg(long = "account", value_name = "ACCOUNT")]
    pub accounts: Vec<String>,
    /// When it begins to count [default: now]
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// When it stops to count [default: until somebody ends it]
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
}

/// `event list`.
#[derive(Debug, Args)]
pub struct EventList {
    /// Also those that are over
    #[arg(long)]
    pub all: bool,
}

/// `calendar`.
#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// Import an iCalendar file, or a new version of it
    Import(CalendarImport),
    /// List calendars with their next days
    List,
    /// Remove a calendar
    Remove(CalendarName),
}

/// `calendar import`.
#[derive(Debug, Args)]
pub struct CalendarImport {
    /// The .ics file
    pub file: PathBuf,
    /// Its name [default: the file's]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// `calendar remove`.
#[derive(Debug, Args)]
pub struct CalendarName {
    /// Its name
    pub name: String,
}

//! `event`.

use clap::{Args, Subcommand};
use soundpost_core::event::Severity;

use super::OneId;

/// `event`.
#[derive(Debug, Subcommand)]
pub enum EventCommand {
    /// Flag an event; the answer lists what is held now
    Flag(Box<EventFlag>),
    /// Propose an event: it holds nothing until somebody accepts it
    Propose(Box<EventFlag>),
    /// Accept a proposal, with changes if you like; the answer lists what is held now
    Accept(Box<EventAccept>),
    /// Change an open event in place; the answer lists what is held now and what goes again
    Change(Box<EventChange>),
    /// Say that a proposal or a false alarm is nothing
    Dismiss(EventDismiss),
    /// Show an event with all that it holds, or would hold
    Show(EventShow),
    /// List events
    List(EventList),
    /// Say that an event is still what it was: it does not get milder yet
    Confirm(OneId),
    /// Give an event another end, or another time to look at it
    Extend(EventExtend),
    /// End an event; what it held and is still fresh goes again
    End(OneId),
}

/// `event flag` and `event propose`.
#[derive(Debug, Args)]
pub struct EventFlag {
    /// What people call it, such as "shooting in Oslo"
    pub title: String,
    /// How much it silences: critical (everything to the area), high (also selling, joking, greeting), watch (only
    /// what touches it) [default: by its kind]
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<Severity>,
    /// Which words of harm belong to it, such as shooting, fire, flood; unknown = only its own words [default: what
    /// the title says]
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// A topic word or hashtag; may be repeated
    #[arg(long = "tag", value_name = "WORD")]
    pub tags: Vec<String>,
    /// A place; may be repeated [default: those in the title]
    #[arg(long = "place", value_name = "NAME")]
    pub places: Vec<String>,
    /// A person, company or thing; may be repeated
    #[arg(long = "name", value_name = "NAME")]
    pub entities: Vec<String>,
    /// A country (ISO 3166-1); may be repeated; * = everywhere [default: where its places lie, else everywhere]
    #[arg(long = "country", value_name = "CODE")]
    pub countries: Vec<String>,
    /// A region (ISO 3166-2); may be repeated [default: where its places lie, unless you name a country]
    #[arg(long = "region", value_name = "CODE")]
    pub regions: Vec<String>,
    /// Only this account; may be repeated
    #[arg(long = "account", value_name = "ACCOUNT")]
    pub accounts: Vec<String>,
    /// When it begins to count [default: now]
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// When it stops to count [default: it gets milder step by step, and is over after 7 days, unless confirmed]
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// When somebody should look at it again; never = nobody is asked [default: after an hour, if it is critical]
    #[arg(long, value_name = "WHEN")]
    pub review: Option<String>,
    /// Where people can read about it
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// Take it as typed: read nothing from the title
    #[arg(long)]
    pub as_typed: bool,
    /// Say what would be held and what is public already, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `event accept`.
#[derive(Debug, Args)]
pub struct EventAccept {
    /// The ending of its id, at least 4 characters
    #[arg(value_name = "ID")]
    pub id: String,
    /// Another title
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
    /// Another severity: critical, high or watch
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<Severity>,
    /// Another kind, such as shooting, fire, flood
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// One more topic word or hashtag; may be repeated
    #[arg(long = "tag", value_name = "WORD")]
    pub tags: Vec<String>,
    /// One more place; may be repeated
    #[arg(long = "place", value_name = "NAME")]
    pub places: Vec<String>,
    /// One more person, company or thing; may be repeated
    #[arg(long = "name", value_name = "NAME")]
    pub entities: Vec<String>,
    /// The country (ISO 3166-1) in place of those it has; may be repeated; * = everywhere
    #[arg(long = "country", value_name = "CODE")]
    pub countries: Vec<String>,
    /// The region (ISO 3166-2) in place of those it has; may be repeated
    #[arg(long = "region", value_name = "CODE")]
    pub regions: Vec<String>,
    /// Only this account; may be repeated
    #[arg(long = "account", value_name = "ACCOUNT")]
    pub accounts: Vec<String>,
    /// When it stops to count; open = no end of its own
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// When somebody should look at it again; never = nobody is asked
    #[arg(long, value_name = "WHEN")]
    pub review: Option<String>,
}

/// `event change`. Words and areas replace those that the event has.
#[derive(Debug, Args)]
pub struct EventChange {
    /// The ending of its id, at least 4 characters
    #[arg(value_name = "ID")]
    pub id: String,
    /// Another title; nothing is read from it
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
    /// Another severity: critical, high or watch; it counts from now on, like a confirmation
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<Severity>,
    /// Another kind, such as shooting, fire, flood
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// The topic word or hashtag in place of those it has; may be repeated; '' = none
    #[arg(long = "tag", value_name = "WORD")]
    pub tags: Vec<String>,
    /// The place in place of those it has; may be repeated; '' = none
    #[arg(long = "place", value_name = "NAME")]
    pub places: Vec<String>,
    /// The person, company or thing in place of those it has; may be repeated; '' = none
    #[arg(long = "name", value_name = "NAME")]
    pub entities: Vec<String>,
    /// The country (ISO 3166-1) in place of its area, all of it unless you name regions; may be repeated
    #[arg(long = "country", value_name = "CODE")]
    pub countries: Vec<String>,
    /// The region (ISO 3166-2) in place of those it has; may be repeated; '' = all of its countries
    #[arg(long = "region", value_name = "CODE")]
    pub regions: Vec<String>,
    /// In every country; the same as --country '*'
    #[arg(long, conflicts_with_all = ["countries", "regions"])]
    pub everywhere: bool,
    /// Only this account, in place of those it has; may be repeated; '' = all accounts
    #[arg(long = "account", value_name = "ACCOUNT")]
    pub accounts: Vec<String>,
    /// When it begins to count
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// When it stops to count; open = no end of its own
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// When somebody should look at it again; never = nobody is asked
    #[arg(long, value_name = "WHEN")]
    pub review: Option<String>,
    /// Where people can read about it; '' = nowhere
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// Why; kept in the log
    #[arg(long, value_name = "WHY", default_value = "", hide_default_value = true)]
    pub reason: String,
    /// Say what would be other, held and let go, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `event dismiss`.
#[derive(Debug, Args)]
pub struct EventDismiss {
    /// The ending of its id, at least 4 characters
    #[arg(value_name = "ID")]
    pub id: String,
    /// Why it is nothing; kept and shown
    #[arg(long, value_name = "WHY")]
    pub reason: String,
}

/// `event show`.
#[derive(Debug, Args)]
pub struct EventShow {
    /// The ending of its id, at least 4 characters
    #[arg(value_name = "ID")]
    pub id: String,
    /// Also what it would hold if it counted from now on; always shown for a proposal
    #[arg(long)]
    pub would: bool,
}

/// `event extend`.
#[derive(Debug, Args)]
pub struct EventExtend {
    /// The ending of its id, at least 4 characters
    #[arg(value_name = "ID")]
    pub id: String,
    /// When it stops to count; open = no end of its own
    #[arg(long, value_name = "WHEN", required_unless_present = "review")]
    pub until: Option<String>,
    /// When somebody should look at it again; never = nobody is asked
    #[arg(long, value_name = "WHEN")]
    pub review: Option<String>,
}

/// `event list`.
#[derive(Debug, Args)]
pub struct EventList {
    /// Also those that are over or dismissed
    #[arg(long)]
    pub all: bool,
}

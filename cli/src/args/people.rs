//! What people do to deliveries.

use clap::Args;

use super::Words;

/// Names one post or delivery.
#[derive(Debug, Args)]
pub struct OneId {
    /// The ending of a post's id, or ID.N for one delivery
    pub id: String,
}

/// Ids and a reason.
#[derive(Debug, Args)]
pub struct WithReason {
    /// Endings of ids, or ID.N
    #[arg(required = true)]
    pub ids: Vec<String>,
    /// Why
    #[arg(long, value_name = "WHY", default_value = "")]
    pub reason: String,
}

/// What selects many deliveries in place of ids.
const SELECTS: [&str; 3] = ["all_of", "held_by", "states"];

/// Many deliveries at once, in place of ids: they are shown, and nothing is changed until that is confirmed.
#[derive(Debug, Args)]
pub struct Selection {
    /// All that this event holds, and what waits and it would hold; lists them first
    #[arg(long, value_name = "EVENT", conflicts_with_all = ["ids", "held_by"])]
    pub all_of: Option<String>,
    /// All that this event holds now; lists them first
    #[arg(long, value_name = "EVENT", conflicts_with = "ids")]
    pub held_by: Option<String>,
    /// All in this state; may be repeated; lists them first
    #[arg(long = "state", value_name = "STATE", conflicts_with = "ids")]
    pub states: Vec<String>,
    /// Of these only those of this account
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "ids")]
    pub account: Option<String>,
    /// Do what was listed, by the code that stood there; it is refused when anything changed since
    #[arg(long, value_name = "CODE", conflicts_with = "ids")]
    pub apply: Option<String>,
}

impl Selection {
    /// True when ids are not what names the deliveries.
    pub fn is_used(&self) -> bool {
        self.all_of.is_some() || self.held_by.is_some() || !self.states.is_empty()
    }
}

/// `cancel`.
#[derive(Debug, Args)]
pub struct Cancel {
    /// Endings of ids, or ID.N
    #[arg(required_unless_present_any = SELECTS)]
    pub ids: Vec<String>,
    /// Which, when they are many.
    #[command(flatten)]
    pub of: Selection,
    /// Why
    #[arg(long, value_name = "WHY", default_value = "")]
    pub reason: String,
}

/// `retract`.
#[derive(Debug, Args)]
pub struct Retract {
    /// Endings of ids, or ID.N
    #[arg(required = true)]
    pub ids: Vec<String>,
    /// Why
    #[arg(long, value_name = "WHY", default_value = "")]
    pub reason: String,
    /// Only list what would be taken back
    #[arg(long)]
    pub preview: bool,
}

/// `release`.
#[derive(Debug, Args)]
pub struct Release {
    /// Endings of ids, or ID.N
    #[arg(required_unless_present_any = SELECTS)]
    pub ids: Vec<String>,
    /// Which, when they are many.
    #[command(flatten)]
    pub of: Selection,
    /// A new due time; needed when it is past the time it stays fresh
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
    /// Why
    #[arg(long, value_name = "WHY", default_value = "")]
    pub reason: String,
}

/// `approve`.
#[derive(Debug, Args)]
pub struct Approve {
    /// Endings of ids, or ID.N
    #[arg(required_unless_present_any = SELECTS)]
    pub ids: Vec<String>,
    /// Which, when they are many.
    #[command(flatten)]
    pub of: Selection,
    /// A new due time; needed when it is past the time it stays fresh
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
    /// Why it may go in spite of the event
    #[arg(long, value_name = "WHY")]
    pub reason: String,
    /// Only in spite of this event, by the ending of its id [default: of all that are open]
    #[arg(long, value_name = "EVENT")]
    pub event: Option<String>,
    /// For how many hours it is good, at most 24 [default: 24]
    #[arg(long = "for", value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=24))]
    pub hours: Option<u32>,
}

/// `reschedule`.
#[derive(Debug, Args)]
pub struct Reschedule {
    /// Endings of ids, or ID.N
    #[arg(required_unless_present_any = SELECTS)]
    pub ids: Vec<String>,
    /// Which, when they are many.
    #[command(flatten)]
    pub of: Selection,
    /// When
    #[arg(long, value_name = "WHEN")]
    pub at: String,
    /// The zone for --at [default: the delivery's own]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
}

/// `edit` and `rewrite`.
#[derive(Debug, Args)]
pub struct Edit {
    /// The ending of a post's id, or ID.N for one delivery
    pub id: String,
    /// What it says instead; media and card are replaced too.
    #[command(flatten)]
    pub words: Words,
}

/// `retry`.
#[derive(Debug, Args)]
pub struct Retry {
    /// Endings of ids, or ID.N
    #[arg(required = true)]
    pub ids: Vec<String>,
    /// You have looked: what is unknown is not public
    #[arg(long)]
    pub not_there: bool,
}

/// `found`.
#[derive(Debug, Args)]
pub struct Found {
    /// The ending of a post's id, or ID.N for one delivery
    pub id: String,
    /// Where it is public; of a thread, the part whose answer was lost
    #[arg(long, value_name = "URL")]
    pub url: String,
}

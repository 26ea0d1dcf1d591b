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
    #[arg(required = true)]
    pub ids: Vec<String>,
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
    #[arg(required = true)]
    pub ids: Vec<String>,
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
    #[arg(required = true)]
    pub ids: Vec<String>,
    /// When
    #[arg(long, value_name = "WHEN")]
    pub at: String,
    /// The zone for --at [default: the delivery's own]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
}

/// `edit`.
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

//! `recent`, `receipts`, `today`, `review`, `log`: what people read who look back, at a day, or at what needs them.

use clap::Args;

/// `recent`.
#[derive(Debug, Args)]
pub struct Recent {
    /// How far to look back, in hours [default: 24]
    #[arg(long, value_name = "N", conflicts_with = "since")]
    pub hours: Option<u32>,
    /// From when on: "2h ago", "yesterday 9:00", mon, 2026-11-23
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Only this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Only this network
    #[arg(long, value_name = "NETWORK")]
    pub network: Option<String>,
    /// At most so many; 0 = all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

/// `receipts`.
#[derive(Debug, Args)]
pub struct Receipts {
    /// Only this post, or ID.N for one delivery; may be repeated
    #[arg(long = "id", value_name = "ID")]
    pub ids: Vec<String>,
    /// How far to look back, in hours [default: all that there is]
    #[arg(long, value_name = "N", conflicts_with = "from")]
    pub hours: Option<u32>,
    /// From when on: "2h ago", "yesterday 9:00", mon, 2026-11-23
    #[arg(long, value_name = "WHEN", visible_alias = "since")]
    pub from: Option<String>,
    /// Until when
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
    /// Only this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Only this network
    #[arg(long, value_name = "NETWORK")]
    pub network: Option<String>,
    /// At most so many; 0 = all [default: 50, with --csv all]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Print a table for other programs, as comma-separated values
    #[arg(long)]
    pub csv: bool,
}

/// `today`.
#[derive(Debug, Args)]
pub struct Today {
    /// Another day: tomorrow, yesterday, mon, 2026-11-23
    #[arg(long, value_name = "DAY")]
    pub date: Option<String>,
    /// The zone of the day and its times [default: the configuration's, else the system's]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
}

/// `review`.
#[derive(Debug, Args)]
pub struct Review {
    /// Only this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Only what this event holds, or would hold, by the ending of its id
    #[arg(long, value_name = "EVENT")]
    pub event: Option<String>,
    /// At most so many of each reason; 0 = all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
}

/// `log`.
#[derive(Debug, Args)]
pub struct Log {
    /// From when on: "2h ago", "yesterday 9:00", mon, 2026-11-23
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Until when
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Only this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Only this post, ID.N for one delivery, or this pause or event
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Only what this person did; soundpost = what no person did
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// Only this kind of entry, such as moved, hold, approve, halt_ordered, event_set
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// The newest so many; 0 = all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Go on as entries are written, until Ctrl-C
    #[arg(long, conflicts_with_all = ["until", "head", "verify"])]
    pub follow: bool,
    /// Print the head of the hash chain, to keep it elsewhere
    #[arg(long, conflicts_with = "verify")]
    pub head: bool,
    /// Replay the hash chain; compare it with a head that you kept
    #[arg(long, value_name = "SEQ:HASH", num_args = 0..=1)]
    pub verify: Option<Option<String>>,
}

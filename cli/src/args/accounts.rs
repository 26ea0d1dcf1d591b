//! `account`.

use clap::{Args, Subcommand, value_parser};
use soundpost_core::address::Address;
use soundpost_core::guard::rules::limits::{Caps, Profile};
use soundpost_core::guard::rules::windows::{Blackout, Quiet};
use soundpost_core::post::Category;

/// `account`.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add an account, after asking the network whose it is
    Add(Box<AccountAdd>),
    /// List accounts
    List,
    /// Remove an account; its receipts stay
    Remove(AccountName),
    /// Sign in again, after the credential was renewed
    Login(AccountLogin),
    /// Set when an account is silent, and how much it says
    Set(AccountSet),
    /// List the networks and what they need
    Networks,
}

/// Names an account.
#[derive(Debug, Args)]
pub struct AccountName {
    /// Its label
    pub name: String,
}

/// `account login`.
#[derive(Debug, Args)]
pub struct AccountLogin {
    /// Its label
    pub name: String,
    /// Its address, where that is a secret (webhook) and was lost or has changed
    #[arg(long, value_name = "URL")]
    pub server: Option<Address>,
}

/// `account add`.
#[derive(Debug, Args)]
pub struct AccountAdd {
    /// The network, such as bluesky or outbox
    pub network: String,
    /// The label that you will type
    pub name: String,
    /// The server's address, or the folder of an outbox
    #[arg(long, value_name = "URL")]
    pub server: Option<Address>,
    /// The handle or user name to sign in with
    #[arg(long = "as", value_name = "HANDLE")]
    pub identity: Option<String>,
    /// Where the credential is found: env:NAME or file:PATH
    #[arg(long, value_name = "WHERE")]
    pub credential: Option<String>,
    /// The zone in which its wall times are meant, such as Europe/Berlin [default: the system's]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// A group it belongs to; may be repeated
    #[arg(long = "group", value_name = "NAME")]
    pub groups: Vec<String>,
    /// A country it speaks to (ISO 3166-1, such as DE); may be repeated; none = the whole world
    #[arg(long = "country", value_name = "CODE")]
    pub countries: Vec<String>,
    /// A region it speaks to (ISO 3166-2, such as US-CO); may be repeated
    #[arg(long = "region", value_name = "CODE")]
    pub regions: Vec<String>,
    /// The language it speaks, such as de
    #[arg(long, value_name = "LANG")]
    pub language: Option<String>,
    /// The category of posts that name none
    #[arg(long, value_name = "CATEGORY")]
    pub category: Option<Category>,
    /// A setting of the network, as KEY=VALUE; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
    /// Do not ask the network whose account it is
    #[arg(long)]
    pub no_verify: bool,
}

/// `account set`.
#[derive(Debug, Args)]
pub struct AccountSet {
    /// Its label
    pub name: String,
    /// A window without posts, such as "2026-12-24 18:00..2026-12-27 08:00", or "2026-12-24..2026-12-26" for whole days; may be
    /// repeated; is added to those that there are
    #[arg(long = "blackout", value_name = "WINDOW")]
    pub blackouts: Vec<Blackout>,
    /// Forget its blackout windows
    #[arg(long)]
    pub no_blackout: bool,
    /// Hours without posts on each day, such as 22:00-07:00, in the account's zone
    #[arg(long, value_name = "HOURS")]
    pub quiet: Option<Quiet>,
    /// Forget its quiet hours
    #[arg(long, conflicts_with = "quiet")]
    pub no_quiet: bool,
    /// At most so many posts a day; 0 = no limit
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(0..=1000))]
    pub posts_per_day: Option<u32>,
    /// At most so many of ten posts in a row sell; 0 = no limit
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(0..=10))]
    pub sells_in_ten: Option<u32>,
    /// At most so many jokes in a week; 0 = no limit
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(0..=1000))]
    pub humor_per_week: Option<u32>,
    /// At least so many minutes between two posts: a post that is too close gets a later time; 0 = no gap
    #[arg(long, value_name = "MINUTES", value_parser = value_parser!(u32).range(0..=1440))]
    pub gap: Option<u32>,
    /// Whose voice it is, which says how many posts a day: community (5), bank (2)
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<Profile>,
    /// What a post beyond a limit meets: warn (when it is queued) or hold (when it would go)
    #[arg(long, value_name = "WHAT")]
    pub caps: Option<Caps>,
    /// Forget its limits, its profile and --caps
    #[arg(long)]
    pub defaults: bool,
}

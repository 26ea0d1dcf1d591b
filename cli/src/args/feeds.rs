//! `feed`.

use clap::{Args, Subcommand, ValueEnum};
use soundpost_core::event::Severity;
use soundpost_core::feed::WhenStale;

/// `feed`.
#[derive(Debug, Subcommand)]
pub enum FeedCommand {
    /// Watch a feed: RSS, Atom, JSON Feed, CAP, GDACS, USGS, NWS
    Add(Box<FeedAdd>),
    /// List feeds and how they are doing
    List,
    /// Watch a feed no longer; its events stay
    Remove(FeedName),
    /// Ask a feed, or all, now
    Refresh(FeedRefresh),
}

/// What a feed may do by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FeedPolicy {
    /// Propose; a person accepts.
    Propose,
    /// Flag what is bad enough.
    Flag,
}

/// `feed add`.
#[derive(Debug, Args)]
pub struct FeedAdd {
    /// Its name
    pub name: String,
    /// Its address; or push: when its source sends signed messages to the daemon (docs/guard.md)
    pub url: String,
    /// What it may do by itself: propose, or flag what is bad enough and names a country
    #[arg(
        long,
        value_name = "POLICY",
        default_value = "propose",
        hide_possible_values = true
    )]
    pub policy: FeedPolicy,
    /// With --policy flag: from which severity on [default: critical]
    #[arg(long, value_name = "SEVERITY")]
    pub flag_from: Option<Severity>,
    /// The country (ISO 3166-1) of what names none itself, and whose posts wait when it is stale; may be repeated
    #[arg(long = "country", value_name = "CODE")]
    pub countries: Vec<String>,
    /// How often to ask it
    #[arg(long, value_name = "MINUTES", default_value_t = 5)]
    pub every: u32,
    /// When it counts as stale, after it was last read [default: 12 times --every, at least 60]
    #[arg(long, value_name = "MINUTES")]
    pub stale_after: Option<u32>,
    /// What happens then: report it, or hold posts too
    #[arg(long, value_name = "REPORT|HOLD", default_value = "report")]
    pub stale: WhenStale,
    /// It may lie at a private address, such as this machine's
    #[arg(long)]
    pub allow_private: bool,
}

/// `feed remove`.
#[derive(Debug, Args)]
pub struct FeedName {
    /// Its name
    pub name: String,
}

/// `feed refresh`.
#[derive(Debug, Args)]
pub struct FeedRefresh {
    /// Its name [default: all]
    pub name: Option<String>,
}

//! `post`, `check`, `queue`, and what they share.

use std::path::PathBuf;

use clap::Args;
use soundpost_core::post::Category;

/// What a post says; shared by `post`, `check` and `edit`.
#[derive(Debug, Args)]
pub struct Words {
    /// The text; '-' reads it from standard input
    pub text: Option<String>,
    /// A further part of a thread; may be repeated
    #[arg(long = "part", value_name = "TEXT")]
    pub parts: Vec<String>,
    /// Read text, parts and all from a file; a line of --- begins the next part
    #[arg(long, value_name = "FILE", conflicts_with_all = ["text", "parts"])]
    pub file: Option<PathBuf>,
    /// A picture for the first part; may be repeated; PART:FILE puts it into another part
    #[arg(long = "image", value_name = "FILE")]
    pub images: Vec<String>,
    /// What the picture shows; once for each --image, in the same order
    #[arg(long = "alt", value_name = "TEXT")]
    pub alts: Vec<String>,
    /// A link to show as a card under the first part
    #[arg(long, value_name = "URL")]
    pub card: Option<String>,
    /// The card's title, instead of the page's own
    #[arg(long, value_name = "TEXT", requires = "card")]
    pub card_title: Option<String>,
    /// The card's description, instead of the page's own
    #[arg(long, value_name = "TEXT", requires = "card")]
    pub card_description: Option<String>,
    /// Other words for a network or account, as NAME=TEXT; may be repeated
    #[arg(long = "variant", value_name = "NAME=TEXT")]
    pub variants: Vec<String>,
}

/// Where, when and for whom; shared by `post` and `check`.
#[derive(Debug, Args)]
pub struct Target {
    /// An account, or a group as @NAME; may be repeated
    #[arg(long = "to", value_name = "ACCOUNT")]
    pub to: Vec<String>,
    /// When: "tomorrow 9:00", "fri 17:30", "2026-11-23 09:00", "+2h", now
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
    /// The zone for --at [default: each account's own]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// What it is for: promo, product, humor, greeting, info, condolence, support
    #[arg(long, value_name = "CATEGORY")]
    pub category: Option<Category>,
    /// The campaign it belongs to
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// The language of the text, such as de
    #[arg(long, value_name = "LANG")]
    pub language: Option<String>,
    /// A country it is for; may be repeated; replaces the account's audience
    #[arg(long = "country", value_name = "CODE")]
    pub countries: Vec<String>,
    /// A region it is for; may be repeated
    #[arg(long = "region", value_name = "CODE")]
    pub regions: Vec<String>,
    /// That several accounts get the same words is meant
    #[arg(long)]
    pub same_text: bool,
    /// How many minutes late it may go [default: 60; greetings 15]
    #[arg(long, value_name = "MINUTES")]
    pub fresh: Option<u32>,
    /// A delivery that must be public before, as ID.N
    #[arg(long, value_name = "ID")]
    pub after: Option<String>,
}

/// `post`.
#[derive(Debug, Args)]
pub struct Post {
    /// What it says.
    #[command(flatten)]
    pub words: Words,
    /// Where and when.
    #[command(flatten)]
    pub target: Target,
    /// Send it at once, and wait for the outcome
    #[arg(long, conflicts_with = "at")]
    pub now: bool,
    /// Queue it as a draft that does not go out
    #[arg(long, conflicts_with = "now")]
    pub draft: bool,
    /// Send it although it is paused: the official statement. One account, these words, once, after you confirm it
    #[arg(long, requires_all = ["now", "reason"])]
    pub through_pause: bool,
    /// Why it goes out through the pause
    #[arg(long, value_name = "WHY", requires = "through_pause")]
    pub reason: Option<String>,
    /// Confirm without a terminal: the code that was shown
    #[arg(long, value_name = "CODE", requires = "through_pause")]
    pub confirm: Option<String>,
    /// Your own key: queueing the same again under it adds nothing
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// A queued post, instead of a new text
    #[arg(long, value_name = "ID", conflicts_with_all = ["text", "file", "to"])]
    pub id: Option<String>,
    /// What it says.
    #[command(flatten)]
    pub words: Words,
    /// Where and when.
    #[command(flatten)]
    pub target: Target,
}

/// `queue`.
#[derive(Debug, Args)]
pub struct Queue {
    /// Only this state; may be repeated; 'all' = also what is at its end
    #[arg(long = "state", value_name = "STATE")]
    pub states: Vec<String>,
    /// Only this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// At most so many; 0 = all
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub limit: usize,
}

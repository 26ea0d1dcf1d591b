//! What people type. The words of the help live here; what the commands do lives in [`crate::command`].
#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help that people read in a terminal: no backticks"
)]

use std::path::PathBuf;

pub use clap;
use clap::{Parser, Subcommand};

mod accounts;
mod calendars;
mod crisis;
mod events;
mod feeds;
mod guard;
mod moving;
mod people;
mod posting;
mod reading;
mod rules;
mod service;
mod trends;
mod upkeep;

pub use accounts::*;
pub use calendars::*;
pub use crisis::*;
pub use events::*;
pub use feeds::*;
pub use guard::*;
pub use moving::*;
pub use people::*;
pub use posting::*;
pub use reading::*;
pub use rules::*;
pub use service::*;
pub use trends::*;
pub use upkeep::*;

/// A social-media post scheduler that knows when to be silent.
#[derive(Debug, Parser)]
#[command(
    name = "soundpost",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Stop everything now:  soundpost pause\nSee what waits:       soundpost queue\n\
                        Try it out:           soundpost demo"
)]
pub struct Cli {
    /// The folder with the queue [default: $SOUNDPOST_HOME, else ~/.local/share/soundpost]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub home: Option<PathBuf>,
    /// Print the answer as JSON (docs/json.md)
    #[arg(long, global = true)]
    pub json: bool,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// All commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the main job in one minute, without any account
    Demo(Demo),
    /// Make a new, empty queue
    Init(Init),
    /// Add, list or remove accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Queue a post
    Post(Post),
    /// Say what the networks and the guard think of a post, without queueing it
    Check(Check),
    /// List what waits
    Queue(Queue),
    /// Show a post with its text and deliveries
    Show(OneId),
    /// Tell the whole story of a delivery
    Why(OneId),
    /// Tell who did what, when and why: the journal as an audit log
    Log(Log),
    /// Keep deliveries back until somebody releases them
    Hold(WithReason),
    /// Let deliveries go that were held, missed or drafted
    Release(Release),
    /// Let deliveries through that an event holds, in your name
    Approve(Approve),
    /// Take deliveries back before they go
    Cancel(Cancel),
    /// Give deliveries another due time
    Reschedule(Reschedule),
    /// Give a post another text
    Edit(Edit),
    /// Give a post another text, and say whether it goes now: what it was, what it is, and what the guard says
    Rewrite(Edit),
    /// Try failed or unknown deliveries again
    Retry(Retry),
    /// Say that an unknown delivery is public: you looked, and found it
    Found(Found),
    /// Take back what is public
    Retract(Retract),
    /// List what became public lately, what of it touches an event, and how to take it back
    Recent(Recent),
    /// Print the proof of what is public
    Receipts(Receipts),
    /// Show a day at a glance: what went out, what still goes, what needs you
    Today(Today),
    /// List the rules in force for each account: when it is silent, how much it says, and who said so
    Rules(Rules),
    /// List all that needs you, by reason, the most urgent first, with what you can do about it
    Review(Review),
    /// Flag what happens in the world
    #[command(subcommand)]
    Event(EventCommand),
    /// Calendars of sensitive days
    #[command(subcommand)]
    Calendar(CalendarCommand),
    /// Watch feeds that tell of events
    #[command(subcommand)]
    Feed(FeedCommand),
    /// Hashtags that rise: posts with one of them wait for a person
    #[command(subcommand)]
    Trends(TrendsCommand),
    /// What the guard makes of files
    #[command(subcommand)]
    Guard(GuardCommand),
    /// Stop all automation now
    Pause(Pause),
    /// Stop all automation now; kill the daemon if it does not answer within 3 s
    Stop(Pause),
    /// Show the plan for what piled up, and end the pause with it
    Resume(Resume),
    /// Say where everything stands
    Status,
    /// Run the daemon that sends what is due
    Run(Run),
    /// Have systemd keep the daemon running
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Write the whole queue into one file, without credentials; works while the daemon runs
    Export(Export),
    /// Take an export into an empty queue, which then starts paused
    Import(Import),
    /// Print completions for a shell, to be loaded by it
    Completions(Completions),
    /// Print the man page, or write one page for each command into a folder
    Man(Man),
    /// Look for damage, say what to do, and mend what you tell it to
    Doctor(Doctor),
}

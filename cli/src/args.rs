//! What people type. The words of the help live here; what the commands do lives in [`crate::command`].
#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help that people read in a terminal: no backticks"
)]

use std::path::PathBuf;

pub use clap;
use clap::{Args, Parser, Subcommand};
use soundpost_core::event::Severity;
use soundpost_core::post::Category;

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
    /// Keep deliveries back until somebody releases them
    Hold(WithReason),
    /// Let deliveries go that were held, missed or drafted
    Release(Release),
    /// Let deliveries through that an event holds, in your name
    Approve(Approve),
    /// Take deliveries back before they go
    Cancel(WithReason),
    /// Give deliveries another due time
    Reschedule(Reschedule),
    /// Give a post another text
    Edit(Edit),
    /// Try failed or unknown deliveries again
    Retry(Retry),
    /// Take back what is public
    Retract(WithReason),
    /// Flag what happens in the world
    #[command(subcommand)]
    Event(EventCommand),
    /// Sensitive days from iCalendar files
    #[command(subcommand)]
    Calendar(CalendarCommand),
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
    /// Look for damage, say what to do, and mend what you tell it to
    Doctor(Doctor),
}

/// `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where to make the demo's store and outbox [default: a new folder under the temporary folder]
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// A group of this system whose members may pause
    #[arg(long, value_name = "GROUP")]
    pub group: Option<String>,
}

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
    Login(AccountName),
    /// List the networks and what they need
    Networks,
}

/// Names an account.
#[derive(Debug, Args)]
pub struct AccountName {
    /// Its label
    pub name: String,
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
    pub server: Option<String>,
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
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub limit: usize,
}

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

/// `pause` and `stop`.
#[derive(Debug, Args)]
pub struct Pause {
    /// Why; shown with every hold
    #[arg(default_value = "no reason given")]
    pub reason: String,
}

/// `resume`.
#[derive(Debug, Args)]
pub struct Resume {
    /// Open the plan in $EDITOR, then ask whether to apply it
    #[arg(long, conflicts_with_all = ["apply", "plan"])]
    pub edit: bool,
    /// End the pause and carry out a plan: the one shown (with --plan), or a file that --save wrote and you edited
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub apply: Option<Option<PathBuf>>,
    /// The number of the plan that was shown; it is refused when the queue changed since
    #[arg(long, value_name = "NUMBER", requires = "apply")]
    pub plan: Option<u64>,
    /// Write the plan to a file, to edit it and then --apply it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["edit", "apply", "plan"])]
    pub save: Option<PathBuf>,
}

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// How to write the log: pretty or json [default: the configuration's, else pretty]
    #[arg(long, value_name = "FORM")]
    pub log: Option<String>,
}

/// `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// This folder was moved or copied on purpose, and the other copy no longer sends
    #[arg(long, conflicts_with_all = ["rebuild", "restore_switch"])]
    pub adopt: bool,
    /// Drop sled's folder and make it anew from the journal
    #[arg(long, conflicts_with = "restore_switch")]
    pub rebuild: bool,
    /// Make a lost or damaged kill switch anew; it comes back on
    #[arg(long)]
    pub restore_switch: bool,
}

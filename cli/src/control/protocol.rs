//! The questions that commands ask, and the answers. `--json` prints an answer as it stands here; `docs/json.md`
//! describes the shapes.

use serde::{Deserialize, Serialize};
use soundpost_core::account::CredentialRef;
use soundpost_core::address::Address;
use soundpost_core::halt::HaltOrder;
use soundpost_core::id::DeliveryId;
use soundpost_core::intake::Draft;
use soundpost_core::plan::Plan;
use soundpost_core::post::{Audience, Category, Content};

use crate::app::error::AppError;

mod bulk;
mod calendars;
mod events;
mod feeds;
mod guard;
mod log;
mod reading;
mod review;
mod rewrite;
mod rules;
mod trends;
mod views;
pub use bulk::*;
pub use calendars::*;
pub use events::*;
pub use feeds::*;
pub use guard::*;
pub use log::*;
pub use reading::*;
pub use review::*;
pub use rewrite::*;
pub use rules::*;
pub use trends::*;
pub use views::*;

/// The version of the protocol. `pause` and `status` never change their form.
pub const PROTOCOL: u32 = 1;

/// The first line from both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The protocol's version.
    pub protocol: u32,
    /// The program's version.
    pub version: String,
    /// The store, as its id in full; empty when not known.
    pub store: String,
}

/// The second line: who asks what.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Question {
    /// The login name of the person.
    pub who: String,
    /// What is asked.
    pub ask: Ask,
}

/// The answering line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// It was done.
    Answer(Box<Answer>),
    /// It was not.
    Error(AppError),
}

/// A post to queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PostAsk {
    /// What, where and when.
    pub draft: Draft,
    /// True = send at once; held when the guard or a halt says so.
    pub now: bool,
}

/// A statement to send through a pause.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatementAsk {
    /// What, and to which one account.
    pub draft: Draft,
    /// Why it goes out through the pause.
    pub reason: String,
    /// The code of what was shown; none = only show it.
    pub confirmed: Option<String>,
}

/// What to check.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckAsk {
    /// A post that is not queued.
    Draft(Box<Draft>),
    /// One that is, by the ending of its id.
    Id(String),
}

/// Which deliveries to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct QueueAsk {
    /// Only these states, by name; empty = all that is not at its end.
    pub states: Vec<String>,
    /// Only this account.
    pub account: Option<String>,
    /// At most so many; 0 = all.
    pub limit: usize,
}

/// An account to add.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountAsk {
    /// The network.
    pub network: String,
    /// Its label.
    pub name: String,
    /// The server or folder.
    pub server: Option<Address>,
    /// The handle or user name.
    pub identity: Option<String>,
    /// Where the credential is found.
    pub credential: CredentialRef,
    /// Its zone.
    pub zone: String,
    /// Whom it speaks to.
    pub audience: Audience,
    /// Its language.
    pub language: Option<String>,
    /// The category of posts that name none.
    pub category: Option<Category>,
    /// Its groups.
    pub groups: Vec<String>,
    /// Settings of its adapter.
    pub settings: Vec<(String, String)>,
    /// False = do not ask the network whose account it is.
    pub verify: bool,
}

/// Which pauses to end; with nothing named, all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeAsk {
    /// Those of this network alone.
    pub network: Option<String>,
    /// Those of this account alone, by its label.
    pub account: Option<String>,
    /// Those of this campaign alone.
    pub campaign: Option<String>,
    /// These, by the endings of their ids.
    pub orders: Vec<String>,
}

/// What to let through in a person's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApproveAsk {
    /// Which, as typed.
    pub ids: Vec<String>,
    /// A new due time, as typed.
    pub at: Option<String>,
    /// Why it may go.
    pub why: String,
    /// The one event that it is for, by the ending of its id; none = all that are open.
    #[serde(default)]
    pub event: Option<String>,
    /// How long it lasts, in hours; none = as long as can be.
    #[serde(default)]
    pub hours: Option<u32>,
}

/// A question.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is the command of its name; ids are endings as typed"
)]
pub enum Ask {
    Status,
    Pause(HaltOrder),
    Post(Box<PostAsk>),
    Statement(Box<StatementAsk>),
    Check(CheckAsk),
    Queue(QueueAsk),
    Show {
        id: String,
    },
    Why {
        id: String,
    },
    Hold {
        ids: Vec<String>,
        why: String,
    },
    Release {
        ids: Vec<String>,
        at: Option<String>,
        why: String,
    },
    Approve(ApproveAsk),
    Bulk(Box<BulkAsk>),
    Cancel {
        ids: Vec<String>,
        why: String,
    },
    Reschedule {
        ids: Vec<String>,
        at: String,
        zone: Option<String>,
    },
    Edit {
        id: String,
        content: Box<Content>,
    },
    Rewrite {
        id: String,
        content: Box<Content>,
    },
    Retry {
        ids: Vec<String>,
        not_there: bool,
    },
    Found {
        id: String,
        url: String,
    },
    Retract {
        ids: Vec<String>,
        why: String,
        #[serde(default)]
        preview: bool,
    },
    Recent(PublicAsk),
    Receipts(PublicAsk),
    Today(TodayAsk),
    Review(ReviewAsk),
    EventFlag(Box<EventAsk>),
    EventPropose(Box<EventAsk>),
    EventAccept {
        id: String,
        change: Box<EventChange>,
    },
    EventChange(Box<EventEdit>),
    EventDismiss {
        id: String,
        why: String,
    },
    EventExtend {
        id: String,
        until: Option<String>,
        review: Option<String>,
    },
    EventConfirm {
        id: String,
    },
    EventShow {
        id: String,
        would: bool,
    },
    EventList {
        all: bool,
    },
    EventEnd {
        id: String,
    },
    Calendar(CalendarAsk),
    FeedAdd(Box<FeedAsk>),
    FeedList,
    FeedRemove {
        name: String,
    },
    FeedRefresh {
        name: Option<String>,
    },
    GuardShadow(ShadowAsk),
    GuardDrill(DrillAsk),
    AccountAdd(Box<AccountAsk>),
    AccountList,
    Trends(TrendsAsk),
    AccountSet(Box<AccountRulesAsk>),
    Rules {
        name: Option<String>,
    },
    AccountRemove {
        name: String,
    },
    AccountLogin {
        name: String,
        #[serde(default)]
        server: Option<Address>,
    },
    ResumePlan(ResumeAsk),
    ResumeApply {
        plan: Box<Plan>,
    },
    Deliveries {
        ids: Vec<DeliveryId>,
    },
}

/// An answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is documented at its type")]
pub enum Answer {
    Status(Status),
    Paused(Paused),
    Posted(Posted),
    Statement(StatementView),
    Checked(Vec<VerdictView>),
    Deliveries(Vec<DeliveryView>),
    Listed(Listed),
    Shown(Shown),
    Story(Story),
    Recent(Recent),
    Receipts(Receipts),
    Today(Today),
    Review(Review),
    Log(LogView),
    LogEntry(LogEntry),
    Head(HeadView),
    Verified(VerifiedView),
    Moved(Moved),
    Bulk(BulkView),
    Rewritten(Rewritten),
    EventChanged(EventChanged),
    EventShown(EventShown),
    Events(Vec<EventView>),
    CalendarImported(CalendarView),
    Calendars(Vec<CalendarView>),
    CalendarOffers(Vec<CalendarOffer>),
    CalendarsChanged(CalendarsChanged),
    CalendarShown(CalendarShown),
    FeedAdded(FeedView),
    Feeds(Vec<FeedView>),
    FeedsRefreshed(Vec<FeedRefreshed>),
    Shadow(ShadowView),
    Drill(Drill),
    Hygiene(Hygiene),
    Account(AccountView),
    Accounts(Vec<AccountView>),
    Rules(Vec<RulesView>),
    RulesChanged(RulesChanged),
    Trends(Vec<TrendsView>),
    TrendsSet(TrendsSet),
    TrendsAdded(TrendsView),
    TrendsRefreshed(Vec<TrendsSet>),
    Plan(PlanView),
    Resumed(Resumed),
    Said(String),
}

impl Ask {
    /// True for what may be asked twice without harm: questions, pauses, and posts under a key.
    pub fn may_repeat(&self) -> bool {
        match self {
            Ask::Post(ask) => ask.draft.key.is_some(),
            Ask::Statement(ask) => ask.draft.key.is_some(),
            Ask::Status
            | Ask::Pause(_)
            | Ask::Check(_)
            | Ask::Queue(_)
            | Ask::Show { .. }
            | Ask::Why { .. } => true,
            Ask::EventList { .. } | Ask::EventShow { .. } => true,
            Ask::Calendar(ask) => ask.is_a_question(),
            Ask::FeedList | Ask::AccountList | Ask::Rules { .. } | Ask::Trends(TrendsAsk::List) => true,
            Ask::GuardShadow(ask) => ask.turn.is_none(),
            Ask::GuardDrill(_) => true,
            Ask::ResumePlan(_) | Ask::Deliveries { .. } => true,
            Ask::Recent(_) | Ask::Receipts(_) | Ask::Today(_) | Ask::Review(_) => true,
            Ask::Retract { preview, .. } => *preview,
            Ask::Bulk(ask) => ask.confirmed.is_none(),
            Ask::EventChange(ask) => ask.dry_run,
            _ => false,
        }
    }
}

//! One post to one account at one due time: the unit of scheduling, holding, sending and receipts.
//!
//! A delivery's state changes only through [`moves`]; `docs/state-machine.md` draws them and a test keeps the
//! drawing true.

pub mod moves;
pub mod table;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Severity;
use crate::frozen::{Fence, Staging};
use crate::halt::{HaltCause, Subject};
use crate::id::{AccountId, DeliveryId, EventId, SendKey};
use crate::post::Category;
use crate::receipt::Receipt;
use crate::schedule::Due;

/// Why a delivery failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailKind {
    /// The network refused the content.
    Refused,
    /// The account needs a new login.
    Login,
    /// The adapter cannot do what the post asks.
    Unsupported,
    /// A media file is missing or damaged here.
    MediaGone,
}

impl fmt::Display for FailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            FailKind::Refused => "refused",
            FailKind::Login => "login",
            FailKind::Unsupported => "unsupported",
            FailKind::MediaGone => "media gone",
        })
    }
}

/// What in a post's words met an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// `place`, `tag`, `hashtag`, `entity` or `harm`.
    pub kind: String,
    /// The word of the event.
    pub word: String,
    /// The words as they stand in the post.
    pub found: String,
    /// Which part of the post, from 1.
    pub part: u16,
    /// `text`, `alt`, `link` or `card`.
    pub field: String,
    /// Byte range in that field.
    pub span: (usize, usize),
}

/// The guard's rule that decided; see `docs/guard.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Before or after the event's window: allow.
    OutOfWindow,
    /// The event is about other accounts: allow.
    OtherAccount,
    /// Audience and area do not meet: allow.
    NoAreaOverlap,
    /// A person read it after the flag and let it through: allow.
    ApprovedByPerson,
    /// Critical: everything to the area waits.
    ScopeAll,
    /// High: this category waits.
    Category,
    /// The words touch the event.
    Topic,
    /// Nothing of the above: allow.
    NoTopic,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Rule::OutOfWindow => "out_of_window",
            Rule::OtherAccount => "other_account",
            Rule::NoAreaOverlap => "no_area_overlap",
            Rule::ApprovedByPerson => "approved_by_person",
            Rule::ScopeAll => "scope_all",
            Rule::Category => "category",
            Rule::Topic => "topic",
            Rule::NoTopic => "no_topic",
        })
    }
}

/// The evidence of one event that holds a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventHold {
    /// The event.
    pub event: EventId,
    /// Its title, as it was.
    pub title: String,
    /// Its severity, as it was.
    pub severity: Severity,
    /// Where the event came from, in words.
    pub source: String,
    /// The rule that held.
    pub rule: Rule,
    /// The words that met it; may be empty for rules that look at no words.
    pub touches: Vec<Touch>,
    /// The area both share, in words.
    pub area: String,
    /// When the event ends by itself.
    pub until: Option<Timestamp>,
}

/// One reason why a delivery is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HoldReason {
    /// The kill switch.
    Halt(HaltCause),
    /// An event or a sensitive day.
    Event(EventHold),
    /// A person stopped it.
    Person {
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// A thread that stopped in the middle: only a person finishes, retracts or leaves it.
    BrokenThread {
        /// What stopped it.
        why: String,
    },
    /// A feed or calendar could not be read, and the account's policy is to wait.
    StaleSource {
        /// Which source, and what is wrong.
        why: String,
    },
    /// The clock cannot be trusted.
    ClockDoubt {
        /// What was seen.
        why: String,
    },
    /// The delivery that it must follow (`--after`) is not public.
    Waits {
        /// The delivery before it.
        after: DeliveryId,
        /// What became of that one.
        why: String,
    },
}

impl HoldReason {
    /// True for reasons that end by themselves, so that the guard may let the delivery go again.
    pub fn ends_by_itself(&self) -> bool {
        matches!(self, HoldReason::Event(_))
    }
}

/// A person's word that this delivery may go in spite of these events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: String,
    /// The typed reason.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Hash over text, media, audience and account: other bytes void it.
    pub content_sha256: String,
    /// The events that were open, each with a digest of what would void the approval when it changes.
    pub events: BTreeMap<EventId, String>,
}

/// The wish to take back what is public, repeated until the network says it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retract {
    /// Who asked.
    pub by: String,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
    /// When to try next.
    pub next_at: Timestamp,
    /// What the last try said.
    pub last: Option<String>,
}

/// Where a delivery stands. Each state says who moves it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// Not to be sent. A person moves it out.
    Draft,
    /// Waits for its due time. Due moves it out.
    Scheduled,
    /// Media uploaded; nothing public yet. Dispatch moves it out, or back to scheduled when the staging expires.
    Staged,
    /// The fence is on disk; the one visible write may be under way. Settle moves it out, or rescue after a crash.
    Attempting {
        /// The fence.
        fence: Fence,
    },
    /// All parts have receipts. Moves to gone by retract or a look-up.
    Published,
    /// Surely not sent, or the network said later. Due moves it out.
    RetryAt {
        /// When to try again.
        at: Timestamp,
        /// Why it did not go.
        why: String,
    },
    /// Stopped by the guard, a halt, or a person. A person moves it out, or the guard when every reason has ended
    /// and it is still fresh.
    Held {
        /// Why.
        reasons: Vec<HoldReason>,
        /// When to look again.
        review_after: Option<Timestamp>,
        /// Since when.
        since: Timestamp,
    },
    /// Its freshness window passed. A person moves it out.
    Missed {
        /// What made it late.
        why: String,
    },
    /// A visible write may have happened and no answer came. Reconcile moves it out, or a person.
    Unknown {
        /// What was being sent.
        fence: Fence,
        /// What happened.
        why: String,
        /// When to look next; none = a person decides.
        look_at: Option<Timestamp>,
        /// How often we looked.
        looks: u32,
        /// When a look-up first said that it is not there.
        absent_since: Option<Timestamp>,
    },
    /// The network refused, or the account needs a login. A person moves it out.
    Failed {
        /// Which kind.
        kind: FailKind,
        /// What was said.
        why: String,
    },
    /// A person took it back. End; receipts of public parts stay and can be retracted.
    Cancelled {
        /// Why.
        why: String,
    },
    /// It was public and is no longer. End.
    Gone {
        /// Why.
        why: String,
    },
}

/// The names of the states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name is documented at State")]
pub enum StateName {
    Draft,
    Scheduled,
    Staged,
    Attempting,
    Published,
    RetryAt,
    Held,
    Missed,
    Unknown,
    Failed,
    Cancelled,
    Gone,
}

impl StateName {
    /// All of them, in the order of the documentation.
    pub const ALL: [StateName; 12] = [
        StateName::Draft,
        StateName::Scheduled,
        StateName::Staged,
        StateName::Attempting,
        StateName::Published,
        StateName::RetryAt,
        StateName::Held,
        StateName::Missed,
        StateName::Unknown,
        StateName::Failed,
        StateName::Cancelled,
        StateName::Gone,
    ];

    /// The word that people read.
    pub fn name(self) -> &'static str {
        match self {
            StateName::Draft => "draft",
            StateName::Scheduled => "scheduled",
            StateName::Staged => "staged",
            StateName::Attempting => "attempting",
            StateName::Published => "published",
            StateName::RetryAt => "retry_at",
            StateName::Held => "held",
            StateName::Missed => "missed",
            StateName::Unknown => "unknown",
            StateName::Failed => "failed",
            StateName::Cancelled => "cancelled",
            StateName::Gone => "gone",
        }
    }

    /// True for scheduled, staged and waiting for a retry: it goes out by itself when its time comes.
    pub fn waits(self) -> bool {
        matches!(
            self,
            StateName::Scheduled | StateName::Staged | StateName::RetryAt
        )
    }

    /// True for held, missed, unknown and failed: somebody should look.
    pub fn needs_person(self) -> bool {
        matches!(
            self,
            StateName::Held | StateName::Missed | StateName::Unknown | StateName::Failed
        )
    }

    /// True when nothing moves it any more by itself.
    pub fn is_end(self) -> bool {
        matches!(
            self,
            StateName::Published | StateName::Cancelled | StateName::Gone
        )
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl State {
    /// Its name.
    pub fn name(&self) -> StateName {
        match self {
            State::Draft => StateName::Draft,
            State::Scheduled => StateName::Scheduled,
            State::Staged => StateName::Staged,
            State::Attempting { .. } => StateName::Attempting,
            State::Published => StateName::Published,
            State::RetryAt { .. } => StateName::RetryAt,
            State::Held { .. } => StateName::Held,
            State::Missed { .. } => StateName::Missed,
            State::Unknown { .. } => StateName::Unknown,
            State::Failed { .. } => StateName::Failed,
            State::Cancelled { .. } => StateName::Cancelled,
            State::Gone { .. } => StateName::Gone,
        }
    }
}

/// One post to one account at one due time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its name.
    pub id: DeliveryId,
    /// The account it goes to.
    pub account: AccountId,
    /// That account's network; an account never changes it.
    pub network: String,
    /// The campaign, for halts.
    pub campaign: Option<String>,
    /// The category, for the guard and for freshness.
    pub category: Category,
    /// The revision of the post that it sends.
    pub revision: u32,
    /// How many parts it has, at least 1.
    pub parts_total: u16,
    /// When it is due.
    pub due: Due,
    /// The promised time: lateness counts from here. The due time, or the expected time that was shown.
    pub promised_at: Timestamp,
    /// How late it may go, in seconds.
    pub freshness_s: u32,
    /// When it was queued; a resume plan lists what was written before the pause.
    pub written_at: Timestamp,
    /// The delivery that must be public before this one goes.
    pub after: Option<DeliveryId>,
    /// When the adapter may begin to stage; none = only when due.
    pub stage_from: Option<Timestamp>,
    /// One key a part.
    pub send_keys: Vec<SendKey>,
    /// Counts up with every change; edits compare it.
    pub version: u64,
    /// Attempts at the current part that were fenced and cost something.
    pub attempts: u32,
    /// Proof of the parts that are public.
    pub receipts: Vec<Receipt>,
    /// What was prepared at the network.
    pub staging: Option<Staging>,
    /// A person's override.
    pub approval: Option<Approval>,
    /// The wish to take it back.
    pub retract: Option<Retract>,
    state: State,
}

/// All that intake decides about a new delivery.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of Delivery")]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub account: AccountId,
    pub network: String,
    pub campaign: Option<String>,
    pub category: Category,
    pub due: Due,
    pub freshness_s: u32,
    pub written_at: Timestamp,
    pub after: Option<DeliveryId>,
    pub stage_from: Option<Timestamp>,
    pub send_keys: Vec<SendKey>,
    pub draft: bool,
}

impl Delivery {
    /// A delivery as intake makes it: scheduled, or a draft.
    pub fn new(new: NewDelivery) -> Delivery {
        Delivery {
            id: new.id,
            account: new.account,
            network: new.network,
            campaign: new.campaign,
            category: new.category,
            revision: 1,
            parts_total: u16::try_from(new.send_keys.len()).unwrap_or(u16::MAX).max(1),
            promised_at: new.due.at,
            due: new.due,
            freshness_s: new.freshness_s,
            written_at: new.written_at,
            after: new.after,
            stage_from: new.stage_from,
            send_keys: new.send_keys,
            version: 1,
            attempts: 0,
            receipts: Vec::new(),
            staging: None,
            approval: None,
            retract: None,
            state: if new.draft { State::Draft } else { State::Scheduled },
        }
    }

    /// Where it stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The name of where it stands.
    pub fn state_name(&self) -> StateName {
        self.state.name()
    }

    /// What halts look at.
    pub fn subject(&self) -> Subject {
        Subject {
            network: self.network.clone(),
            account: self.account,
            campaign: self.campaign.clone(),
        }
    }

    /// The part that is to be sent next, from 1.
    pub fn next_part(&self) -> u16 {
        u16::try_from(self.receipts.len())
            .unwrap_or(u16::MAX)
            .saturating_add(1)
    }

    /// True when some parts are public and others are not.
    pub fn is_mid_thread(&self) -> bool {
        !self.receipts.is_empty() && self.receipts.len() < usize::from(self.parts_total)
    }

    /// Its place in the account's line.
    pub fn order_at(&self) -> Timestamp {
        self.promised_at
    }

    /// When a lane may take it up by itself: to send it, or to stage it ahead. None when it does not wait.
    pub fn ready_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Scheduled if self.staging.is_none() => {
                Some(self.stage_from.unwrap_or(self.due.at).min(self.due.at))
            }
            State::Scheduled | State::Staged => Some(self.due.at),
            State::RetryAt { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// When a lane should look at it although it does not wait: a look-up, the end of a hold, or a retract.
    pub fn check_at(&self) -> Option<Timestamp> {
        let own = match &self.state {
            State::Unknown { look_at, .. } => *look_at,
            State::Held { review_after, .. } => *review_after,
            _ => None,
        };
        let retract = self
            .retract
            .as_ref()
            .filter(|_| self.has_public_parts())
            .map(|r| r.next_at);
        own.into_iter().chain(retract).min()
    }

    /// True while a part is public.
    pub fn has_public_parts(&self) -> bool {
        self.receipts.iter().any(|r| r.gone_at.is_none())
    }

    /// The instant after which the next part may no longer go by itself. Later parts of a thread count from the
    /// receipt before them.
    pub fn fresh_until(&self) -> Timestamp {
        let from = self
            .receipts
            .last()
            .map_or(self.promised_at, |r| r.at.max(self.promised_at));
        let window = jiff::SignedDuration::from_secs(i64::from(self.freshness_s));
        from.checked_add(window).unwrap_or(Timestamp::MAX)
    }
}

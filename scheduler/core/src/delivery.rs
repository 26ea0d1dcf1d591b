//! One post to one account at one due time: the unit of scheduling, holding, sending and receipts.
//!
//! A delivery's state changes only through [`moves`]; `docs/state-machine.md` draws them and a test keeps the
//! drawing true.

pub mod moves;
mod reason;
mod rule_hold;
mod state;
pub mod table;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::frozen::{Frozen, Staging};
use crate::halt::Subject;
use crate::id::{AccountId, DeliveryId, SendKey};
use crate::post::{Audience, Category};
use crate::receipt::Receipt;
use crate::schedule::Due;
use crate::statement::Statement;

pub use reason::{Approval, EventHold, FailKind, HoldReason, Retract, Rule, Touch};
pub use rule_hold::{RuleHold, RuleName, RuleSource};
pub use state::{State, StateName};

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
    /// Whom it is for, so that a change in the world need not read the posts that it cannot concern.
    #[serde(default, skip_serializing_if = "MeantFor::is_untold")]
    pub meant_for: MeantFor,
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
    /// When the next part was fenced for the first time: a network honours our key from then on.
    #[serde(default)]
    pub first_fenced_at: Option<Timestamp>,
    /// The bytes of an attempt whose fate was unknown until a look-up proved its absence: a repeat sends the same, so
    /// that a straggler cannot become a second post.
    #[serde(default)]
    pub resend: Option<Frozen>,
    /// A person's override.
    pub approval: Option<Approval>,
    /// A person's order that it goes out through a pause.
    #[serde(default)]
    pub statement: Option<Statement>,
    /// The wish to take it back.
    pub retract: Option<Retract>,
    state: State,
}

/// Whom a delivery is for, as far as that is told without its post.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeantFor {
    /// Only the post tells: a version that did not note it queued the delivery.
    #[default]
    Untold,
    /// Whomever the account speaks to.
    Account,
    /// The audience of the post.
    Own(Audience),
}

impl MeantFor {
    /// What a post with this audience of its own, or without one, is meant for.
    pub fn of(audience: Option<&Audience>) -> MeantFor {
        match audience {
            Some(own) => MeantFor::Own(own.clone()),
            None => MeantFor::Account,
        }
    }

    fn is_untold(&self) -> bool {
        *self == MeantFor::Untold
    }
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
            meant_for: MeantFor::default(),
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
            first_fenced_at: None,
            resend: None,
            approval: None,
            statement: None,
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

    /// What halts look at, without any exception.
    pub fn subject(&self) -> Subject {
        Subject {
            network: self.network.clone(),
            account: self.account,
            campaign: self.campaign.clone(),
            through: BTreeSet::new(),
        }
    }

    /// What halts look at when this content goes out at this instant: a confirmed statement passes its orders.
    pub fn subject_of(&self, content_sha256: &str, at: Timestamp) -> Subject {
        let statement = self.statement.as_ref();
        let through = statement.map(|statement| statement.passes(content_sha256, at));
        Subject {
            through: through.unwrap_or_default(),
            ..self.subject()
        }
    }

    /// The part that is to be sent next, from 1.
    pub fn next_part(&self) -> u16 {
        u16::try_from(self.receipts.len())
            .unwrap_or(u16::MAX)
            .saturating_add(1)
    }

    /// True when a person sent it at the moment at which it was written (`--now`).
    pub fn is_by_hand(&self) -> bool {
        self.due.at <= self.written_at
    }

    /// How many parts are still to be sent.
    pub fn parts_left(&self) -> usize {
        usize::from(self.parts_total).saturating_sub(self.receipts.len())
    }

    /// True when some parts are public and others are not.
    pub fn is_mid_thread(&self) -> bool {
        !self.receipts.is_empty() && self.receipts.len() < usize::from(self.parts_total)
    }

    /// Its place in the account's line; a statement stands first.
    pub fn order_at(&self) -> Timestamp {
        match self.statement {
            Some(_) => Timestamp::MIN,
            None => self.promised_at,
        }
    }

    /// When it goes out: the due time, or the later time that limits made of it.
    pub fn goes_at(&self) -> Timestamp {
        self.promised_at.max(self.due.at)
    }

    /// When a lane may take it up by itself: to send it, or to stage it ahead. None when it does not wait.
    pub fn ready_at(&self) -> Option<Timestamp> {
        match &self.state {
            // Before all that is due, of every account.
            State::Scheduled | State::Staged if self.statement.is_some() => Some(Timestamp::MIN),
            State::Scheduled if self.staging.is_none() => {
                Some(self.stage_from.unwrap_or(self.goes_at()).min(self.goes_at()))
            }
            State::Scheduled | State::Staged => Some(self.goes_at()),
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

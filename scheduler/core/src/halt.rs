//! The kill switch's orders: what they cover, and which are in force.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrderId};

/// What an order silences.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Scope {
    /// All automation.
    Everything,
    /// One network.
    Network(String),
    /// One account.
    Account(AccountId),
    /// One campaign.
    Campaign(String),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Everything => f.write_str("everything"),
            Scope::Network(name) => write!(f, "network {name}"),
            Scope::Account(id) => write!(f, "account {id}"),
            Scope::Campaign(name) => write!(f, "campaign {name}"),
        }
    }
}

/// What a visible write is about, as far as halts care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The network's name.
    pub network: String,
    /// The account.
    pub account: AccountId,
    /// The campaign, if any.
    pub campaign: Option<String>,
    /// The orders that a person's statement may pass; empty for everything else.
    #[serde(default)]
    pub through: BTreeSet<OrderId>,
}

impl Scope {
    /// True when the order silences this subject.
    pub fn covers(&self, subject: &Subject) -> bool {
        match self {
            Scope::Everything => true,
            Scope::Network(name) => *name == subject.network,
            Scope::Account(id) => *id == subject.account,
            Scope::Campaign(name) => subject.campaign.as_ref() == Some(name),
        }
    }
}

/// One order of the kill switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HaltOrder {
    /// Its name; file and journal know the order by it.
    pub id: OrderId,
    /// What it silences.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// Who.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// When somebody wants to be reminded of it. It ends nothing by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_at: Option<Timestamp>,
}

impl HaltOrder {
    /// True when somebody wanted to look at it before this instant.
    pub fn wants_review(&self, now: Timestamp) -> bool {
        self.review_at.is_some_and(|at| at <= now)
    }
}

/// What the switch's file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchState {
    /// No order is in force.
    Running,
    /// These orders are.
    Halted(Vec<HaltOrder>),
    /// Missing, damaged or from another store: counts as on, for everything.
    Unreadable(String),
}

/// Why a write may not go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum HaltCause {
    /// An order covers it.
    Order(HaltOrder),
    /// The switch cannot be read.
    SwitchUnreadable {
        /// What is wrong with it.
        why: String,
    },
}

impl fmt::Display for HaltCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HaltCause::Order(order) => write!(f, "paused by {}: {}", order.who, order.reason),
            HaltCause::SwitchUnreadable { why } => {
                write!(f, "the kill switch cannot be read, so it counts as on: {why}")
            }
        }
    }
}

/// What silences this subject, if anything: the union of the switch's file and the journal's open orders.
pub fn halted(subject: &Subject, switch: &SwitchState, journal_orders: &[HaltOrder]) -> Option<HaltCause> {
    let from_file: &[HaltOrder] = match switch {
        SwitchState::Unreadable(why) => return Some(HaltCause::SwitchUnreadable { why: why.clone() }),
        SwitchState::Halted(orders) => orders,
        SwitchState::Running => &[],
    };
    let mut orders = journal_orders.iter().chain(from_file);
    orders
        .find(|order| order.scope.covers(subject) && !subject.through.contains(&order.id))
        .cloned()
        .map(HaltCause::Order)
}

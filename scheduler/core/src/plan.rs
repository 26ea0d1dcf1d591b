//! The plan of a resume: what piled up and what comes next, what a person decides about each, and the steps that
//! follow. Nothing is sent by a resume itself.

mod lifting;
mod text;

use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::delivery::moves::Move;
use crate::delivery::{Delivery, EventHold, HoldReason, State};
use crate::frozen::sha256_hex;
use crate::halt::{HaltCause, HaltOrder};
use crate::id::{AccountId, DeliveryId, OrderId};
use crate::port::store::Step;
use crate::post::Category;
use crate::quota::{Quotas, Share};
use crate::schedule::{self, Due, WhenError};

use lifting::is_by_event;
pub use lifting::{Lifting, PLAN_AHEAD};
pub use text::{number_in, orders_in};

/// After the first released delivery, how long until the next: time to see that the first one is right.
pub const FIRST_ALONE: SignedDuration = SignedDuration::from_mins(2);
/// The gap between the released deliveries after that.
pub const RELEASE_GAP: SignedDuration = SignedDuration::from_secs(30);

/// What happens to one delivery of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "when", rename_all = "snake_case")]
pub enum Choice {
    /// What piled up goes out soon, paced; what is still to come goes out as planned.
    Send,
    /// It gets another due time, as typed.
    At(String),
    /// It waits until somebody has rewritten it.
    Rewrite,
    /// It does not go out.
    Drop,
    /// It was missed: a person decides later.
    Miss,
    /// It stays as it is, held.
    Keep,
}

/// One delivery of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its number in the plan, from 1.
    pub number: usize,
    /// The delivery.
    pub delivery: DeliveryId,
    /// The account that it goes to.
    pub account: AccountId,
    /// How many parts are still to be sent.
    pub parts_left: usize,
    /// The version that was read.
    pub version: u64,
    /// When it was or is due.
    pub due: Due,
    /// When it was or is expected: the due time, or a later one that limits made of it.
    pub promised_at: Timestamp,
    /// True when its time has passed.
    pub piled_up: bool,
    /// True when it is held: then it must be released, also when its time is still to come (a clock was set back).
    #[serde(default)]
    pub held: bool,
    /// True when it is past its freshness.
    pub past_fresh: bool,
    /// True for a greeting whose time has passed.
    pub stale_greeting: bool,
    /// True when an event or a calendar holds it: sending it means that the guard is asked again.
    #[serde(default)]
    pub by_event: bool,
    /// The events that would hold what a halt had held, if it went.
    #[serde(default)]
    pub guarded: Vec<EventHold>,
    /// The order that goes on silencing it after this resume.
    #[serde(default)]
    pub still: Option<HaltOrder>,
    /// True when some parts are public already.
    pub mid_thread: bool,
    /// What happens unless a person says otherwise.
    pub choice: Choice,
}

/// The plan of a resume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The store's sequence number when it was made; refused when anything was written since.
    pub seq: u64,
    /// The orders that it lifts.
    pub orders: Vec<OrderId>,
    /// True when the sequence number does not say which orders these are: it ends some of several, or one that only
    /// the switch's file has. Then the plan's number tells them too.
    #[serde(default)]
    pub is_named: bool,
    /// What it decides.
    pub items: Vec<Item>,
}

/// Why a plan cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A line does not read.
    #[error("line {line}: {why}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong and what to do.
        why: String,
    },
    /// A number stands twice or is not in the plan, or one is missing.
    #[error("{0}")]
    Numbers(String),
    /// Another order goes on silencing what is to be sent.
    #[error(
        "item {number} stays paused by {who}: it can be kept, dropped, rewritten or given another time, not sent"
    )]
    StaysPaused {
        /// Which item.
        number: usize,
        /// Who gave the order.
        who: String,
    },
    /// A due time does not read.
    #[error("item {number}: {error}")]
    When {
        /// Which item.
        number: usize,
        /// What is wrong.
        error: WhenError,
    },
}

/// A delivery that a plan decides about, and what the guard says of it now.
#[derive(Debug, Clone)]
pub struct Concerned {
    /// The delivery.
    pub delivery: Delivery,
    /// The events that would hold it if it went.
    pub guarded: Vec<EventHold>,
}

/// Makes the plan with its defaults: what another order covers, the middle of a thread and what an event holds = keep;
/// past its freshness = drop, or missed when nothing but a doubtful clock had stopped it; else send.
pub fn make(
    seq: u64,
    lifting: &Lifting,
    is_named: bool,
    mut concerned: Vec<Concerned>,
    now: Timestamp,
) -> Plan {
    concerned.sort_by_key(|c| (c.delivery.due.at, c.delivery.id));
    let items = concerned
        .into_iter()
        .enumerate()
        .map(|(i, concerned)| item(i + 1, concerned, lifting, now))
        .collect();
    Plan {
        seq,
        orders: lifting.ended.iter().map(|order| order.id).collect(),
        is_named,
        items,
    }
}

fn item(number: usize, concerned: Concerned, lifting: &Lifting, now: Timestamp) -> Item {
    let Concerned { delivery, guarded } = concerned;
    let piled_up = delivery.due.at <= now;
    let past_fresh = now > delivery.fresh_until();
    let mid_thread = delivery.is_mid_thread();
    let by_event = is_by_event(&delivery) || !guarded.is_empty();
    let still = lifting.still_covered_by(&delivery).cloned();
    let choice = if mid_thread || still.is_some() {
        Choice::Keep
    } else if past_fresh && lifting.is_clock_doubt(&delivery) {
        Choice::Miss
    } else if past_fresh {
        Choice::Drop
    } else if by_event {
        Choice::Keep
    } else {
        Choice::Send
    };
    Item {
        number,
        delivery: delivery.id,
        account: delivery.account,
        parts_left: delivery.parts_left(),
        version: delivery.version,
        due: delivery.due.clone(),
        promised_at: delivery.goes_at(),
        piled_up,
        held: matches!(delivery.state(), State::Held { .. }),
        past_fresh,
        by_event,
        guarded,
        still,
        stale_greeting: piled_up && delivery.category == Category::Greeting,
        mid_thread,
        choice,
    }
}

impl Plan {
    /// What people call it: refused when it is not the same any more.
    pub fn number(&self) -> String {
        if !self.is_named {
            return self.seq.to_string();
        }
        let mut orders: Vec<String> = self.orders.iter().map(ToString::to_string).collect();
        orders.sort();
        format!("{}-{}", self.seq, &sha256_hex(orders.join(" ").as_bytes())[..4])
    }

    /// The moves that carry the plan out.
    ///
    /// # Errors
    /// [`PlanError::When`] when a due time does not read.
    pub fn steps(
        &self,
        now: Timestamp,
        by: &str,
        zones: &TimeZoneDatabase,
        quotas: &mut Quotas,
    ) -> Result<Vec<Step>, PlanError> {
        let mut steps = Vec::new();
        let mut times = Times {
            now,
            zones,
            quotas,
            released: 0,
        };
        for item in &self.items {
            if let Some(mv) = step(item, by, &mut times)? {
                steps.push(Step {
                    delivery: item.delivery,
                    expects_version: item.version,
                    mv,
                });
            }
        }
        Ok(steps)
    }
}

/// The times that a plan gives: what is released goes one after another, and no account beyond its limit.
struct Times<'a> {
    now: Timestamp,
    zones: &'a TimeZoneDatabase,
    quotas: &'a mut Quotas,
    released: i32,
}

impl Times<'_> {
    fn expected(&mut self, item: &Item, at: Timestamp, typed: Option<&str>) -> Option<Timestamp> {
        let share = Share::of(typed);
        self.quotas.later(item.account, at, item.parts_left, share)
    }

    /// What piled up and is released: soon, paced.
    fn soon(&mut self, item: &Item) -> Move {
        let at = release_at(self.now, self.released);
        self.released += 1;
        Move::Reschedule {
            due: schedule::due_at(at, &item.due.zone, self.zones),
            promised_at: self.expected(item, at, None),
        }
    }

    fn typed(&mut self, item: &Item, when: &str) -> Result<Move, PlanError> {
        let due = schedule::resolve(when, self.now, &item.due.zone, self.zones);
        let due = due.map_err(|error| PlanError::When {
            number: item.number,
            error,
        })?;
        Ok(Move::Reschedule {
            promised_at: self.expected(item, due.at, Some(when)),
            due,
        })
    }
}

fn step(item: &Item, by: &str, times: &mut Times<'_>) -> Result<Option<Move>, PlanError> {
    Ok(match (&item.choice, &item.still) {
        (Choice::Send, Some(order)) => {
            return Err(PlanError::StaysPaused {
                number: item.number,
                who: order.who.clone(),
            });
        }
        (Choice::Send, None) if item.piled_up => Some(times.soon(item)),
        (Choice::Send, None) => item.held.then(|| Move::Release {
            due: None,
            promised_at: times.expected(item, item.promised_at, None),
        }),
        (Choice::At(when), _) => Some(times.typed(item, when)?),
        (Choice::Rewrite, _) => Some(hold(item, by, "to be rewritten, as decided at resume")),
        (Choice::Keep, _) => keep(item, by),
        (Choice::Miss, _) => Some(Move::Miss {
            why: format!("its time passed while it was paused; left as missed at resume by {by}"),
        }),
        (Choice::Drop, _) => Some(Move::Cancel {
            why: format!("dropped at resume by {by}"),
        }),
    })
}

/// Kept: the order or the event that goes on holding it is the reason from now on; else the person is.
fn keep(item: &Item, by: &str) -> Option<Move> {
    if let Some(order) = &item.still {
        let cause = HaltCause::Order(order.clone());
        return Some(hold_for(item, vec![HoldReason::Halt(cause)]));
    }
    // The event goes on holding it, and lets it go when it ends. What a halt held waits for a person, event or not.
    let by_event_alone = item.by_event && item.guarded.is_empty();
    (!by_event_alone).then(|| hold(item, by, "kept at resume"))
}

fn hold(item: &Item, by: &str, why: &str) -> Move {
    let reason = HoldReason::Person {
        by: by.to_owned(),
        why: why.to_owned(),
    };
    let events = item.guarded.iter().cloned().map(HoldReason::Event);
    hold_for(item, std::iter::once(reason).chain(events).collect())
}

fn hold_for(item: &Item, mut reasons: Vec<HoldReason>) -> Move {
    if item.mid_thread {
        reasons.push(HoldReason::BrokenThread {
            why: "some parts are public, others are not".to_owned(),
        });
    }
    Move::Hold {
        reasons,
        review_after: None,
    }
}

/// When the nth released delivery goes: the first at once and alone, the others after it with a gap.
fn release_at(now: Timestamp, n: i32) -> Timestamp {
    if n == 0 {
        return now;
    }
    let wait = FIRST_ALONE + RELEASE_GAP * (n - 1);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

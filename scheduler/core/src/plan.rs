//! The plan of a resume: what piled up and what comes next, what a person decides about each, and the steps that
//! follow. Nothing is sent by a resume itself.

use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::delivery::moves::Move;
use crate::delivery::{Delivery, HoldReason, State};
use crate::id::{DeliveryId, OrderId};
use crate::port::store::Step;
use crate::post::Category;
use crate::schedule::{self, Due, WhenError};

/// How far ahead a plan looks.
pub const PLAN_AHEAD: SignedDuration = SignedDuration::from_hours(72);
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
    /// The version that was read.
    pub version: u64,
    /// When it was or is due.
    pub due: Due,
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
    /// A due time does not read.
    #[error("item {number}: {error}")]
    When {
        /// Which item.
        number: usize,
        /// What is wrong.
        error: WhenError,
    },
}

/// True when a resume must ask about it: halted, or waiting and due before the horizon and written before the pause.
/// What an event holds is asked about when it came due since the pause, or is still to come.
pub fn concerns(delivery: &Delivery, paused_at: Timestamp, now: Timestamp) -> bool {
    match delivery.state() {
        State::Held { reasons, .. } if reasons.iter().any(|r| matches!(r, HoldReason::Halt(_))) => true,
        State::Held { .. } => {
            is_by_event(delivery) && delivery.due.at >= paused_at && comes_soon(delivery, paused_at, now)
        }
        state => state.name().waits() && comes_soon(delivery, paused_at, now),
    }
}

fn comes_soon(delivery: &Delivery, paused_at: Timestamp, now: Timestamp) -> bool {
    let horizon = now.checked_add(PLAN_AHEAD).unwrap_or(Timestamp::MAX);
    delivery.written_at <= paused_at && delivery.due.at <= horizon
}

/// True when events or calendars hold it, and nothing else does.
fn is_by_event(delivery: &Delivery) -> bool {
    match delivery.state() {
        State::Held { reasons, .. } => reasons.iter().all(|r| matches!(r, HoldReason::Event(_))),
        _ => false,
    }
}

/// Makes the plan with its defaults: past its freshness = drop; the middle of a thread = keep for a person;
/// what an event holds = keep; else send.
pub fn make(seq: u64, orders: Vec<OrderId>, mut concerned: Vec<Delivery>, now: Timestamp) -> Plan {
    concerned.sort_by_key(|d| (d.due.at, d.id));
    let items = concerned
        .iter()
        .enumerate()
        .map(|(i, delivery)| item(i + 1, delivery, now))
        .collect();
    Plan { seq, orders, items }
}

fn item(number: usize, delivery: &Delivery, now: Timestamp) -> Item {
    let piled_up = delivery.due.at <= now;
    let past_fresh = now > delivery.fresh_until();
    let mid_thread = delivery.is_mid_thread();
    let by_event = is_by_event(delivery);
    let choice = match (mid_thread, past_fresh) {
        (true, _) => Choice::Keep,
        (false, true) => Choice::Drop,
        (false, false) if by_event => Choice::Keep,
        (false, false) => Choice::Send,
    };
    Item {
        number,
        delivery: delivery.id,
        version: delivery.version,
        due: delivery.due.clone(),
        piled_up,
        held: matches!(delivery.state(), State::Held { .. }),
        past_fresh,
        by_event,
        stale_greeting: piled_up && delivery.category == Category::Greeting,
        mid_thread,
        choice,
    }
}

impl Plan {
    /// The plan as lines that a person edits; `about` describes one delivery.
    pub fn to_text(&self, about: impl Fn(&Item) -> String) -> String {
        let mut text = String::from(
            "# What happens to each post when you resume. Change the first word of a line:\n\
             #   send      goes out: soon and paced if its time has passed, else as planned\n\
             #   at WHEN   goes out at another time:  at \"tomorrow 9:00\"\n\
             #   rewrite   waits until you have edited and released it\n\
             #   keep      stays held\n\
             #   drop      does not go out\n\
             # Lines that begin with # are ignored. Do not change the numbers.\n",
        );
        text.push_str(&format!("plan {}\n", self.seq));
        for item in &self.items {
            text.push_str(&format!(
                "{} {} # {}\n",
                word(&item.choice),
                item.number,
                about(item)
            ));
        }
        text
    }

    /// The plan with the choices of an edited text.
    ///
    /// # Errors
    /// [`PlanError`] names the line.
    pub fn with_text(&self, text: &str) -> Result<Plan, PlanError> {
        let mut plan = self.clone();
        let mut seen = vec![false; plan.items.len()];
        for (i, raw) in text.lines().enumerate() {
            let line = raw.split('#').next().unwrap_or("").trim();
            if line.is_empty() {
                continue;
            }
            if let Some(seq) = line.strip_prefix("plan ") {
                plan.seq = seq
                    .trim()
                    .parse()
                    .map_err(|_| at_line(i, "the number of the plan does not read"))?;
                continue;
            }
            let (choice, number) = read_line(line).map_err(|why| at_line(i, &why))?;
            let slot = number.checked_sub(1).and_then(|at| seen.get_mut(at));
            match slot {
                Some(slot) if !*slot => *slot = true,
                Some(_) => return Err(PlanError::Numbers(format!("number {number} stands twice"))),
                None => return Err(PlanError::Numbers(format!("number {number} is not in the plan"))),
            }
            plan.items[number - 1].choice = choice;
        }
        match seen.iter().position(|seen| !seen) {
            Some(missing) => {
                let number = missing + 1;
                Err(PlanError::Numbers(format!(
                    "number {number} is missing: a plan decides about every post"
                )))
            }
            None => Ok(plan),
        }
    }

    /// The moves that carry the plan out.
    ///
    /// # Errors
    /// [`PlanError::When`] when a due time does not read.
    pub fn steps(&self, now: Timestamp, by: &str, zones: &TimeZoneDatabase) -> Result<Vec<Step>, PlanError> {
        let mut steps = Vec::new();
        let mut released = 0;
        for item in &self.items {
            if let Some(mv) = self.step(item, now, by, zones, &mut released)? {
                steps.push(Step {
                    delivery: item.delivery,
                    expects_version: item.version,
                    mv,
                });
            }
        }
        Ok(steps)
    }

    fn step(
        &self,
        item: &Item,
        now: Timestamp,
        by: &str,
        zones: &TimeZoneDatabase,
        released: &mut i32,
    ) -> Result<Option<Move>, PlanError> {
        let hold = |why: &str| hold(item, by, why);
        Ok(match &item.choice {
            Choice::Send if !item.piled_up => item.held.then_some(Move::Release { due: None }),
            Choice::Send => {
                let at = release_at(now, *released);
                *released += 1;
                Some(Move::Reschedule {
                    due: schedule::due_at(at, &item.due.zone, zones),
                })
            }
            Choice::At(when) => {
                let due = schedule::resolve(when, now, &item.due.zone, zones);
                let due = due.map_err(|error| PlanError::When {
                    number: item.number,
                    error,
                })?;
                Some(Move::Reschedule { due })
            }
            Choice::Rewrite => Some(hold("to be rewritten, as decided at resume")),
            // The event goes on holding it, and lets it go when it ends.
            Choice::Keep if item.by_event => None,
            Choice::Keep => Some(hold("kept at resume")),
            Choice::Drop => Some(Move::Cancel {
                why: format!("dropped at resume by {by}"),
            }),
        })
    }
}

fn hold(item: &Item, by: &str, why: &str) -> Move {
    let mut reasons = vec![HoldReason::Person {
        by: by.to_owned(),
        why: why.to_owned(),
    }];
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

fn at_line(i: usize, why: &str) -> PlanError {
    PlanError::Line {
        line: i + 1,
        why: why.to_owned(),
    }
}

fn word(choice: &Choice) -> String {
    match choice {
        Choice::Send => "send".to_owned(),
        Choice::At(when) => format!("at \"{when}\""),
        Choice::Rewrite => "rewrite".to_owned(),
        Choice::Drop => "drop".to_owned(),
        Choice::Keep => "keep".to_owned(),
    }
}

fn read_line(line: &str) -> Result<(Choice, usize), String> {
    let (words, number) = line
        .rsplit_once(' ')
        .ok_or("a line is a word and a number, such as 'send 3'")?;
    let number = number
        .parse()
        .map_err(|_| format!("'{number}' is not a number of the plan"))?;
    let words = words.trim();
    let choice = match words {
        "send" => Choice::Send,
        "rewrite" => Choice::Rewrite,
        "drop" => Choice::Drop,
        "keep" => Choice::Keep,
        _ => match words.strip_prefix("at ") {
            Some(when) => Choice::At(when.trim().trim_matches('"').to_owned()),
            None => return Err(format!("'{words}' is not send, at WHEN, rewrite, keep or drop")),
        },
    };
    Ok((choice, number))
}

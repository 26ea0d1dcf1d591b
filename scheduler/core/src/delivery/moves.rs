//! Every move of a delivery, as pure functions. A move that the table does not allow changes nothing.

use jiff::Timestamp;

use super::table::{MoveName, targets};
use super::{Approval, Delivery, FailKind, HoldReason, Retract, State, StateName};
use crate::frozen::{Fence, Staging};
use crate::id::SendKey;
use crate::receipt::Receipt;
use crate::schedule::Due;

/// A move that may be asked of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// A person queues a draft.
    Queue {
        /// A new due time; the promise counts from there.
        due: Option<Due>,
        /// When it is expected, where limits make that later; the promise counts from there.
        promised_at: Option<Timestamp>,
    },
    /// The adapter has prepared the network.
    Stage(Staging),
    /// The preparation expired or was lost.
    Unstage,
    /// The one visible write is about to start.
    Fence(Fence),
    /// Proof that a part is public.
    PartPublished(Receipt),
    /// Surely not sent; try again.
    NotSent {
        /// What stopped it.
        why: String,
        /// When to try again.
        again_at: Timestamp,
        /// Whether it counts as an attempt; holds, halts and rate limits do not.
        costs_attempt: bool,
    },
    /// It will not go as it is.
    Refuse {
        /// Which kind.
        kind: FailKind,
        /// What was said.
        why: String,
    },
    /// A visible write may have happened and no answer came.
    LoseTrack {
        /// What happened.
        why: String,
        /// When to look; none = a person decides.
        look_at: Option<Timestamp>,
        /// True when the network refused what was staged: it is staged anew before anything is sent again.
        staging_refused: bool,
    },
    /// A look-up did not decide.
    LookAgain {
        /// What it said.
        why: String,
        /// When to look next; none = a person decides.
        look_at: Option<Timestamp>,
        /// True when it said that the part is not there.
        absent: bool,
    },
    /// Stop it.
    Hold {
        /// Why.
        reasons: Vec<HoldReason>,
        /// When to look again.
        review_after: Option<Timestamp>,
    },
    /// Its freshness window passed.
    Miss {
        /// What made it late.
        why: String,
    },
    /// Let it go again.
    Release {
        /// A new due time; the promise counts from there.
        due: Option<Due>,
        /// When it is expected, where limits make that later.
        promised_at: Option<Timestamp>,
    },
    /// Give it another due time.
    Reschedule {
        /// The new due time.
        due: Due,
        /// When it is expected, where limits make that later.
        promised_at: Option<Timestamp>,
    },
    /// Send another revision.
    Edit {
        /// Its number.
        revision: u32,
        /// One key a part.
        send_keys: Vec<SendKey>,
    },
    /// A person lets it through.
    Approve {
        /// The approval.
        approval: Approval,
        /// A new due time, when the old one is past.
        due: Option<Due>,
        /// When it is expected, where limits make that later.
        promised_at: Option<Timestamp>,
    },
    /// Take it back before it goes.
    Cancel {
        /// Why.
        why: String,
    },
    /// Take back what is public, or try that again.
    BeginRetract(Retract),
    /// A part is no longer public.
    PartGone {
        /// Which, from 1.
        part: u16,
        /// Why.
        why: String,
    },
}

impl Move {
    /// Its name.
    pub fn name(&self) -> MoveName {
        match self {
            Move::Queue { .. } => MoveName::Queue,
            Move::Stage(_) => MoveName::Stage,
            Move::Unstage => MoveName::Unstage,
            Move::Fence(_) => MoveName::Fence,
            Move::PartPublished(_) => MoveName::PartPublished,
            Move::NotSent { .. } => MoveName::NotSent,
            Move::Refuse { .. } => MoveName::Refuse,
            Move::LoseTrack { .. } => MoveName::LoseTrack,
            Move::LookAgain { .. } => MoveName::LookAgain,
            Move::Hold { .. } => MoveName::Hold,
            Move::Miss { .. } => MoveName::Miss,
            Move::Release { .. } => MoveName::Release,
            Move::Reschedule { .. } => MoveName::Reschedule,
            Move::Edit { .. } => MoveName::Edit,
            Move::Approve { .. } => MoveName::Approve,
            Move::Cancel { .. } => MoveName::Cancel,
            Move::BeginRetract(_) => MoveName::BeginRetract,
            Move::PartGone { .. } => MoveName::PartGone,
        }
    }
}

/// The state does not allow the move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a delivery that is {from} cannot {by}: {why}")]
pub struct IllegalMove {
    /// Where it stands.
    pub from: StateName,
    /// What was asked.
    pub by: &'static str,
    /// What to know.
    pub why: String,
}

impl Delivery {
    /// The delivery after this move at this instant.
    ///
    /// # Errors
    /// [`IllegalMove`] when the state does not allow it, or when the move's own facts contradict the delivery
    /// (a receipt for another part, an edit of a thread that is partly public).
    pub fn after_move(&self, mv: Move, at: Timestamp) -> Result<Delivery, IllegalMove> {
        let from = self.state_name();
        let by = mv.name();
        let allowed = targets(from, by);
        let illegal = |why: &str| IllegalMove {
            from,
            by: by.name(),
            why: why.to_owned(),
        };
        if allowed.is_empty() {
            return Err(illegal("see docs/state-machine.md for what each state allows"));
        }
        let mut next = self.clone();
        next.version += 1;
        if ends_statement(by) {
            next.statement = None;
        }
        next.make(mv, at).map_err(|why| illegal(&why))?;
        debug_assert!(
            allowed.contains(&next.state_name()),
            "{from} by {by:?} led to {}",
            next.state_name()
        );
        Ok(next)
    }

    fn make(&mut self, mv: Move, at: Timestamp) -> Result<(), String> {
        match mv {
            Move::Queue { due, promised_at } | Move::Release { due, promised_at } => {
                self.release(due, promised_at)
            }
            Move::Stage(staging) => {
                self.staging = Some(staging);
                self.resend = None;
                self.state = State::Staged;
            }
            Move::Unstage => self.back_to_scheduled(),
            Move::Fence(fence) => self.fence(fence)?,
            Move::PartPublished(receipt) => self.part_published(receipt)?,
            Move::NotSent {
                why,
                again_at,
                costs_attempt,
            } => self.not_sent(why, again_at, costs_attempt),
            Move::Refuse { kind, why } => self.state = State::Failed { kind, why },
            Move::LoseTrack {
                why,
                look_at,
                staging_refused,
            } => self.lose_track(why, look_at, staging_refused),
            Move::LookAgain { why, look_at, absent } => self.look_again(why, look_at, absent, at),
            Move::Hold {
                reasons,
                review_after,
            } => self.hold(reasons, review_after, at),
            Move::Miss { why } => self.state = State::Missed { why },
            Move::Reschedule { due, promised_at } => self.reschedule(due, promised_at),
            Move::Edit { revision, send_keys } => self.edit(revision, send_keys)?,
            Move::Approve {
                approval,
                due,
                promised_at,
            } => {
                self.approval = Some(approval);
                self.release(due, promised_at);
            }
            Move::Cancel { why } => self.state = State::Cancelled { why },
            Move::BeginRetract(retract) => self.begin_retract(retract),
            Move::PartGone { part, why } => self.part_gone(part, why, at)?,
        }
        Ok(())
    }

    fn back_to_scheduled(&mut self) {
        self.staging = None;
        self.resend = None;
        self.state = State::Scheduled;
    }

    fn fence(&mut self, fence: Fence) -> Result<(), String> {
        if fence.part != self.next_part() {
            return Err(format!(
                "the next part is {}, not {}",
                self.next_part(),
                fence.part
            ));
        }
        self.attempts += 1;
        self.first_fenced_at = self.first_fenced_at.or(Some(fence.at));
        self.state = State::Attempting { fence };
        Ok(())
    }

    fn part_published(&mut self, receipt: Receipt) -> Result<(), String> {
        if receipt.part != self.next_part() {
            return Err(format!(
                "a receipt for part {} came when part {} was next",
                receipt.part,
                self.next_part()
            ));
        }
        self.receipts.push(receipt);
        self.first_fenced_at = None;
        self.resend = None;
        self.attempts = 0;
        let all = self.receipts.len() >= usize::from(self.parts_total);
        self.state = if all { State::Published } else { State::Scheduled };
        Ok(())
    }

    fn not_sent(&mut self, why: String, again_at: Timestamp, costs_attempt: bool) {
        if let State::Unknown { fence, .. } = &self.state {
            self.resend = Some(fence.frozen.clone());
        }
        let fenced = matches!(self.state, State::Attempting { .. } | State::Unknown { .. });
        if fenced && !costs_attempt {
            self.attempts = self.attempts.saturating_sub(1);
        }
        self.state = State::RetryAt { at: again_at, why };
    }

    fn lose_track(&mut self, why: String, look_at: Option<Timestamp>, staging_refused: bool) {
        if staging_refused {
            self.staging = None;
        }
        if let State::Attempting { fence } = &self.state {
            let fence = fence.clone();
            self.state = State::Unknown {
                fence,
                why,
                look_at,
                looks: 0,
                absent_since: None,
            };
        }
    }

    fn look_again(&mut self, said: String, next: Option<Timestamp>, absent: bool, at: Timestamp) {
        if let State::Unknown {
            why,
            look_at,
            looks,
            absent_since,
            ..
        } = &mut self.state
        {
            *why = said;
            *look_at = next;
            *looks += 1;
            *absent_since = if absent { absent_since.or(Some(at)) } else { None };
        }
    }

    fn hold(&mut self, reasons: Vec<HoldReason>, review_after: Option<Timestamp>, at: Timestamp) {
        let since = match &self.state {
            State::Held { since, .. } => *since,
            _ => at,
        };
        self.state = State::Held {
            reasons,
            review_after,
            since,
        };
    }

    fn release(&mut self, due: Option<Due>, promised_at: Option<Timestamp>) {
        if let Some(due) = due {
            self.promised_at = due.at;
            self.due = due;
        }
        self.promised_at = promised_at.unwrap_or(self.promised_at);
        self.attempts = 0;
        self.state = State::Scheduled;
    }

    fn reschedule(&mut self, due: Due, promised_at: Option<Timestamp>) {
        // Staging keeps its lead.
        let lead = self.stage_from.map(|from| self.due.at.duration_since(from));
        self.stage_from = lead.and_then(|lead| due.at.checked_sub(lead).ok());
        self.promised_at = promised_at.unwrap_or(due.at);
        self.due = due;
        self.attempts = 0;
        self.staging = None;
        if !matches!(self.state, State::Draft) {
            self.state = State::Scheduled;
        }
    }

    fn edit(&mut self, revision: u32, send_keys: Vec<SendKey>) -> Result<(), String> {
        if !self.receipts.is_empty() {
            return Err("some of it is public already: retract it instead".to_owned());
        }
        self.revision = revision;
        self.parts_total = u16::try_from(send_keys.len()).unwrap_or(u16::MAX).max(1);
        self.send_keys = send_keys;
        self.first_fenced_at = None;
        self.resend = None;
        self.staging = None;
        self.approval = None;
        if self.state_name().waits() {
            self.state = State::Scheduled;
        }
        Ok(())
    }

    /// What is not public yet of a thread is left.
    fn begin_retract(&mut self, retract: Retract) {
        if !self.state_name().is_end() {
            self.state = State::Cancelled {
                why: format!("taken back by {}", retract.by),
            };
        }
        self.retract = Some(retract);
    }

    fn part_gone(&mut self, part: u16, why: String, at: Timestamp) -> Result<(), String> {
        let receipt = self.receipts.iter_mut().find(|r| r.part == part);
        receipt
            .ok_or_else(|| format!("part {part} has no receipt"))?
            .gone_at = Some(at);
        if !self.has_public_parts() {
            self.retract = None;
            self.state = State::Gone { why };
        }
        Ok(())
    }
}

/// A statement is for these bytes, once, and now: whatever holds, moves or changes the delivery ends it.
fn ends_statement(by: MoveName) -> bool {
    matches!(
        by,
        MoveName::Hold
            | MoveName::Miss
            | MoveName::Refuse
            | MoveName::Queue
            | MoveName::Release
            | MoveName::Reschedule
            | MoveName::Edit
            | MoveName::Approve
            | MoveName::Cancel
    )
}

//! When the world changes: what is held now that was not, and what may go again.
//!
//! A change of one event judges only what it can reach ([`Reach`]): what is due while it counts, in its area and of its
//! accounts, and what it holds. A change of a calendar judges everything that waits or is held.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use soundpost_core::actor::Actor;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, HoldReason, State, StateName};
use soundpost_core::duty::review::may_release_itself;
use soundpost_core::guard::reach::{Meets, Reach};
use soundpost_core::guard::{self, Verdict, shadow};
use soundpost_core::id::{AccountId, DeliveryId};
use soundpost_core::port::store::{Query, Step, StoreError, Write};
use soundpost_core::quota::{Quotas, Share};
use soundpost_core::world::World;

use super::App;
use super::error::AppError;
use crate::control::protocol::DeliveryView;

/// How often a change of the world is tried again when the queue moved under it.
const TRIES: usize = 20;

/// What a change of the world did to the queue.
#[derive(Debug, Default)]
pub struct Effect {
    /// Held now, and not before.
    pub held: Vec<DeliveryView>,
    /// Goes again.
    pub released: Vec<DeliveryView>,
    /// Would be held, and goes, for the guard only watches over its account.
    pub watched: Vec<DeliveryView>,
    /// What it cost to find that out.
    pub cost: Cost,
}

/// What of the queue is judged anew.
#[derive(Debug, Clone, Copy)]
pub enum Span<'a> {
    /// All that waits or is held.
    Whole,
    /// What a change of an event can reach.
    Within(&'a Reach<'a>),
    /// All that waits or is held of one account.
    Account(AccountId),
    /// What waits and is due until then, and all that is held.
    DueUntil(Timestamp),
}

/// How much work it was to judge the queue anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Posts that were read and compared with the one event that changed.
    pub compared: usize,
    /// Posts that were judged by the whole world.
    pub judged: usize,
}

/// What follows from a change of the world.
#[derive(Debug, Default)]
pub(super) struct Rejudged {
    /// The deliveries that move, as they are.
    before: Vec<Delivery>,
    /// Their moves, in the same order.
    steps: Vec<Step>,
    /// What only shadow lets go.
    watched: Vec<Delivery>,
    /// What it cost.
    pub(super) cost: Cost,
}

impl Rejudged {
    /// What goes again by these moves, as it is.
    pub(super) fn let_go(&self) -> Vec<Delivery> {
        let both = self.before.iter().zip(&self.steps);
        both.filter(|(_, step)| matches!(step.mv, Move::Release { .. }))
            .map(|(delivery, _)| delivery.clone())
            .collect()
    }

    /// What is held by these moves and is not held now, each with why.
    pub(super) fn newly_held(self) -> Vec<(Delivery, Vec<HoldReason>)> {
        let both = self.before.into_iter().zip(self.steps);
        let held = both.filter_map(|(delivery, step)| {
            let was_held = delivery.state_name() == StateName::Held;
            match step.mv {
                Move::Hold { reasons, .. } if !was_held => Some((delivery, reasons)),
                _ => None,
            }
        });
        held.collect()
    }
}

/// What follows for one delivery.
enum Follows {
    Nothing,
    /// It would be held, and goes, for the guard only watches.
    Watched,
    Move(Box<Move>),
}

impl App {
    /// Writes a person's change of the world, for which everything is judged anew; see [`App::change_world_by`].
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub async fn change_world(
        &self,
        who: &str,
        world: &World,
        write: impl Fn(Vec<Step>) -> Write,
    ) -> Result<Effect, AppError> {
        let by = Actor::Person(who.to_owned());
        self.change_world_by(&by, "", world, Span::Whole, write).await
    }

    /// Writes a change of the world together with the moves that follow from it, in one step.
    ///
    /// `world` is the world after the change; `span` says what is judged anew; `write` makes the write from the moves.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub async fn change_world_by(
        &self,
        by: &Actor,
        reason: &str,
        world: &World,
        span: Span<'_>,
        write: impl Fn(Vec<Step>) -> Write,
    ) -> Result<Effect, AppError> {
        let mut tries = 0;
        loop {
            let mut rejudged = self.rejudge(world, span).await?;
            let steps = std::mem::take(&mut rejudged.steps);
            match self.write_by(by, reason, write(steps)).await {
                Ok(written) => return self.effect(&rejudged, &written.deliveries).await,
                Err(error) if tries < TRIES && error.kind == super::error::Kind::Conflict => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// What would be held if the world were like this, and is not held now; each with why.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub(super) async fn would_newly_hold(
        &self,
        world: &World,
        reach: &Reach<'_>,
    ) -> Result<Vec<(Delivery, Vec<HoldReason>)>, AppError> {
        let rejudged = self.rejudge(world, Span::Within(reach)).await?;
        Ok(rejudged.newly_held())
    }

    /// What waits or is held, and may move by this change; each with whether its words decide. By due time.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub(super) async fn within(
        &self,
        world: &World,
        span: Span<'_>,
    ) -> Result<Vec<(Delivery, Meets)>, AppError> {
        let mut waiting = Some(Query::waiting());
        let mut all = self.held().await?;
        match span {
            Span::Whole => {}
            Span::Within(reach) => {
                waiting = reach.due_times().map(|times| Query {
                    due_from: times.from,
                    due_until: times.until,
                    ..Query::waiting()
                });
            }
            Span::DueUntil(until) => {
                waiting = waiting.map(|query| Query {
                    // A query ends before its end.
                    due_until: until.checked_add(SignedDuration::from_nanos(1)).ok(),
                    ..query
                });
            }
            Span::Account(account) => {
                all.retain(|delivery| delivery.account == account);
                waiting = waiting.map(|query| Query {
                    account: Some(account),
                    ..query
                });
            }
        }
        if let Some(query) = waiting {
            all.extend(self.env.store.list(&query).await?);
        }
        let met = all.into_iter().filter_map(|delivery| {
            let account = world.accounts.get(&delivery.account)?;
            let meets = match span {
                Span::Within(reach) => reach.meets(&delivery, account),
                Span::Whole | Span::Account(_) | Span::DueUntil(_) => Meets::Surely,
            };
            (meets != Meets::Not).then_some((delivery, meets))
        });
        let mut met: Vec<_> = met.collect();
        met.sort_by_key(|(delivery, _)| (delivery.due.at, delivery.id));
        // What moved between the two lists is in both; its version tells when it is written.
        met.dedup_by_key(|(delivery, _)| delivery.id);
        Ok(met)
    }

    /// The moves that follow when the world is like this.
    pub(super) async fn rejudge(&self, world: &World, span: Span<'_>) -> Result<Rejudged, AppError> {
        let met = self.within(world, span).await?;
        let is_held = |d: &Delivery| d.state_name() == StateName::Held;
        let mut quotas = Quotas::default();
        if met.iter().any(|(delivery, _)| is_held(delivery)) {
            quotas = self.quotas_without(&self.held().await?).await?;
        }
        let mut rejudged = Rejudged::default();
        for (delivery, meets) in met {
            let alone = match span {
                Span::Within(reach) if meets == Meets::ByItsWords && !is_held(&delivery) => Some(reach),
                _ => None,
            };
            let follows = self.follows(world, alone, &delivery, &mut quotas, &mut rejudged.cost);
            match follows.await? {
                Follows::Nothing => {}
                Follows::Watched => rejudged.watched.push(delivery),
                Follows::Move(mv) => {
                    rejudged.steps.push(Step {
                        delivery: delivery.id,
                        expects_version: delivery.version,
                        mv: *mv,
                    });
                    rejudged.before.push(delivery);
                }
            }
        }
        Ok(rejudged)
    }

    /// The move that follows for one delivery. With `alone` nothing does unless that event alone holds it.
    async fn follows(
        &self,
        world: &World,
        alone: Option<&Reach<'_>>,
        delivery: &Delivery,
        quotas: &mut Quotas,
        cost: &mut Cost,
    ) -> Result<Follows, StoreError> {
        let now = self.now();
        let is_held = matches!(delivery.state(), State::Held { .. });
        let is_by_person = is_held_by_person(delivery);
        if (is_held && !is_by_person && !may_release_itself(delivery, now)) || delivery.is_mid_thread() {
            return Ok(Follows::Nothing);
        }
        let post = self.env.store.post(delivery.id.post).await?;
        let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
            return Ok(Follows::Nothing);
        };
        let at = delivery.due.at.max(now);
        let input = self.env.guard_input(delivery, account, &post, at);
        if let Some(reach) = alone {
            cost.compared += 1;
            if !guard::holds_back(guard::judge_event(&input, reach.event()).0) {
                return Ok(Follows::Nothing);
            }
        }
        cost.judged += 1;
        let verdict = shadow::verdict(delivery, &input, world, &self.env.zones);
        if is_by_person {
            return Ok(beside_a_person(delivery, verdict));
        }
        Ok(match (verdict, delivery.state()) {
            (Verdict::Allow { .. } | Verdict::Warn { .. }, State::Held { .. }) => {
                let at = delivery.goes_at().max(now);
                let left = delivery.parts_left();
                Follows::Move(Box::new(Move::Release {
                    due: None,
                    promised_at: quotas.later(delivery.account, at, left, Share::Planned),
                }))
            }
            (Verdict::Allow { evidence }, _) if shadow::is_told(&evidence) => Follows::Watched,
            (Verdict::Allow { .. } | Verdict::Warn { .. }, _) => Follows::Nothing,
            (
                Verdict::Hold {
                    reasons,
                    review_after,
                },
                state,
            ) => match state {
                State::Held { reasons: old, .. } if *old == reasons => Follows::Nothing,
                _ => Follows::Move(Box::new(Move::Hold {
                    reasons,
                    review_after,
                })),
            },
        })
    }

    async fn effect(&self, rejudged: &Rejudged, after: &[Delivery]) -> Result<Effect, AppError> {
        let before = rejudged.before.iter();
        let were_held: BTreeSet<DeliveryId> = before
            .filter(|d| d.state_name() == StateName::Held)
            .map(|d| d.id)
            .collect();
        let was_held = |d: &Delivery| were_held.contains(&d.id);
        let is_held = |d: &&Delivery| d.state_name() == StateName::Held;
        let held: Vec<Delivery> = after
            .iter()
            .filter(is_held)
            .filter(|d| !was_held(d))
            .cloned()
            .collect();
        let released: Vec<Delivery> = after.iter().filter(|d| !is_held(d)).cloned().collect();
        Ok(Effect {
            held: self.views(&held).await?,
            released: self.views(&released).await?,
            watched: self.views(&rejudged.watched).await?,
            cost: rejudged.cost,
        })
    }
}

fn is_held_by_person(delivery: &Delivery) -> bool {
    let State::Held { reasons, .. } = delivery.state() else {
        return false;
    };
    let is_person = |reason: &HoldReason| matches!(reason, HoldReason::Person { .. });
    reasons.iter().any(is_person)
}

/// What a person holds stays held; the events among its reasons are those that hold it by now.
fn beside_a_person(delivery: &Delivery, verdict: Verdict) -> Follows {
    let State::Held { reasons: old, .. } = delivery.state() else {
        return Follows::Nothing;
    };
    let is_event = |reason: &HoldReason| matches!(reason, HoldReason::Event(_));
    let mut reasons: Vec<HoldReason> = old.iter().filter(|reason| !is_event(reason)).cloned().collect();
    reasons.extend(verdict.into_reasons().into_iter().filter(is_event));
    if *old == reasons {
        return Follows::Nothing;
    }
    Follows::Move(Box::new(Move::Hold {
        reasons,
        review_after: None,
    }))
}

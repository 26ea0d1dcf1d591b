//! When the world changes: what is held now that was not, and what may go again.
//!
//! A change of one event judges only what it can reach ([`Reach`]): what is due while it counts, in its area and of its
//! accounts, and what it holds. A change of a calendar judges everything that waits or is held.

use std::collections::BTreeSet;

use soundpost_core::actor::Actor;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, HoldReason, State, StateName};
use soundpost_core::dispatch::guard_input;
use soundpost_core::duty::review::may_release_itself;
use soundpost_core::guard::reach::{Meets, Reach};
use soundpost_core::guard::{self, Verdict};
use soundpost_core::id::DeliveryId;
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
    /// What it cost to find that out.
    pub cost: Cost,
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
struct Rejudged {
    /// The deliveries that move, as they are.
    before: Vec<Delivery>,
    /// Their moves, in the same order.
    steps: Vec<Step>,
    cost: Cost,
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
        self.change_world_by(&Actor::Person(who.to_owned()), "", world, None, write)
            .await
    }

    /// Writes a change of the world together with the moves that follow from it, in one step.
    ///
    /// `world` is the world after the change; `reach` says what it can concern (none = everything); `write` makes the
    /// write from the moves.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub async fn change_world_by(
        &self,
        by: &Actor,
        reason: &str,
        world: &World,
        reach: Option<&Reach<'_>>,
        write: impl Fn(Vec<Step>) -> Write,
    ) -> Result<Effect, AppError> {
        let mut tries = 0;
        loop {
            let Rejudged { before, steps, cost } = self.rejudge(world, reach).await?;
            match self.write_by(by, reason, write(steps)).await {
                Ok(written) => return self.effect(&before, &written.deliveries, cost).await,
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
        let rejudged = self.rejudge(world, Some(reach)).await?;
        let both = rejudged.before.into_iter().zip(rejudged.steps);
        let held = both.filter_map(|(delivery, step)| {
            let was_held = delivery.state_name() == StateName::Held;
            match step.mv {
                Move::Hold { reasons, .. } if !was_held => Some((delivery, reasons)),
                _ => None,
            }
        });
        Ok(held.collect())
    }

    /// What waits or is held, and may move by this change; each with whether its words decide. By due time.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub(super) async fn within(
        &self,
        world: &World,
        reach: Option<&Reach<'_>>,
    ) -> Result<Vec<(Delivery, Meets)>, AppError> {
        let mut waiting = Some(Query::waiting());
        if let Some(reach) = reach {
            waiting = reach.due_times().map(|times| Query {
                due_from: times.from,
                due_until: times.until,
                ..Query::waiting()
            });
        }
        let mut all = self.held().await?;
        if let Some(query) = waiting {
            all.extend(self.env.store.list(&query).await?);
        }
        let met = all.into_iter().filter_map(|delivery| {
            let account = world.accounts.get(&delivery.account)?;
            let meets = reach.map_or(Meets::Surely, |reach| reach.meets(&delivery, account));
            (meets != Meets::Not).then_some((delivery, meets))
        });
        let mut met: Vec<_> = met.collect();
        met.sort_by_key(|(delivery, _)| (delivery.due.at, delivery.id));
        // What moved between the two lists is in both; its version tells when it is written.
        met.dedup_by_key(|(delivery, _)| delivery.id);
        Ok(met)
    }

    /// The moves that follow when the world is like this.
    async fn rejudge(&self, world: &World, reach: Option<&Reach<'_>>) -> Result<Rejudged, AppError> {
        let met = self.within(world, reach).await?;
        let is_held = |d: &Delivery| d.state_name() == StateName::Held;
        let mut quotas = Quotas::default();
        if met.iter().any(|(delivery, _)| is_held(delivery)) {
            quotas = self.quotas_without(&self.held().await?).await?;
        }
        let mut rejudged = Rejudged::default();
        for (delivery, meets) in met {
            let event = reach.filter(|_| meets == Meets::ByItsWords && !is_held(&delivery));
            let follows = self.follows(world, event, &delivery, &mut quotas, &mut rejudged.cost);
            if let Some(mv) = follows.await? {
                rejudged.steps.push(Step {
                    delivery: delivery.id,
                    expects_version: delivery.version,
                    mv,
                });
                rejudged.before.push(delivery);
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
    ) -> Result<Option<Move>, StoreError> {
        let now = self.now();
        let is_held = matches!(delivery.state(), State::Held { .. });
        if (is_held && !may_release_itself(delivery, now)) || delivery.is_mid_thread() {
            return Ok(None);
        }
        let post = self.env.store.post(delivery.id.post).await?;
        let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
            return Ok(None);
        };
        let parts = post.revision(delivery.revision).content.for_account(account);
        let input = guard::Input {
            scene: Some(self.env.scene(delivery)),
            ..guard_input(delivery, account, &post, parts, delivery.due.at.max(now))
        };
        if let Some(reach) = alone {
            cost.compared += 1;
            if !guard::holds_back(guard::judge_event(&input, reach.event()).0) {
                return Ok(None);
            }
        }
        cost.judged += 1;
        let verdict = guard::judge(&input, world, &self.env.zones);
        Ok(match (verdict, delivery.state()) {
            (Verdict::Allow { .. }, State::Held { .. }) => {
                let at = delivery.goes_at().max(now);
                let left = delivery.parts_left();
                Some(Move::Release {
                    due: None,
                    promised_at: quotas.later(delivery.account, at, left, Share::Planned),
                })
            }
            (Verdict::Allow { .. }, _) => None,
            (
                Verdict::Hold {
                    reasons,
                    review_after,
                },
                state,
            ) => {
                let same = matches!(state, State::Held { reasons: old, .. } if *old == reasons);
                (!same).then_some(Move::Hold {
                    reasons,
                    review_after,
                })
            }
        })
    }

    async fn effect(&self, before: &[Delivery], after: &[Delivery], cost: Cost) -> Result<Effect, AppError> {
        let were_held: BTreeSet<DeliveryId> = before
            .iter()
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
            cost,
        })
    }
}

//! When the world changes: what is held now that was not, and what may go again.

use soundpost_core::actor::Actor;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, HoldReason, State, StateName};
use soundpost_core::dispatch::guard_input;
use soundpost_core::duty::review::may_release_itself;
use soundpost_core::guard::{self, Verdict};
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
}

impl App {
    /// Writes a person's change of the world; see [`App::change_world_by`].
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub async fn change_world(
        &self,
        who: &str,
        world: &World,
        write: impl Fn(Vec<Step>) -> Write,
    ) -> Result<Effect, AppError> {
        self.change_world_by(&Actor::Person(who.to_owned()), "", world, write)
            .await
    }

    /// Writes a change of the world together with the moves that follow from it, in one step.
    ///
    /// `world` is the world after the change; `write` makes the write from the moves.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub async fn change_world_by(
        &self,
        by: &Actor,
        reason: &str,
        world: &World,
        write: impl Fn(Vec<Step>) -> Write,
    ) -> Result<Effect, AppError> {
        let mut tries = 0;
        loop {
            let (before, steps) = self.rejudge(world).await?;
            match self.write_by(by, reason, write(steps)).await {
                Ok(written) => return self.effect(&before, &written.deliveries).await,
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
    ) -> Result<Vec<(Delivery, Vec<HoldReason>)>, AppError> {
        let (before, steps) = self.rejudge(world).await?;
        let held = before.into_iter().zip(steps).filter_map(|(delivery, step)| {
            let was_held = delivery.state_name() == StateName::Held;
            match step.mv {
                Move::Hold { reasons, .. } if !was_held => Some((delivery, reasons)),
                _ => None,
            }
        });
        Ok(held.collect())
    }

    /// The moves that follow when the world is like this.
    async fn rejudge(&self, world: &World) -> Result<(Vec<Delivery>, Vec<Step>), StoreError> {
        let may_move = StateName::ALL
            .into_iter()
            .filter(|s| s.waits() || *s == StateName::Held);
        let all = self.env.store.list(&Query::in_states(may_move)).await?;
        let held = all.iter().filter(|d| d.state_name() == StateName::Held);
        let held: Vec<Delivery> = held.cloned().collect();
        let mut quotas = self.quotas_without(&held).await?;
        let mut before = Vec::new();
        let mut steps = Vec::new();
        for delivery in all {
            if let Some(mv) = self.follows(world, &delivery, &mut quotas).await? {
                steps.push(Step {
                    delivery: delivery.id,
                    expects_version: delivery.version,
                    mv,
                });
                before.push(delivery);
            }
        }
        Ok((before, steps))
    }

    async fn follows(
        &self,
        world: &World,
        delivery: &Delivery,
        quotas: &mut Quotas,
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
        let verdict = guard::judge(&input, world, &self.env.zones);
        Ok(match (verdict, delivery.state()) {
            (Verdict::Allow { .. } | Verdict::Warn { .. }, State::Held { .. }) => {
                let at = delivery.goes_at().max(now);
                let left = delivery.parts_left();
                Some(Move::Release {
                    due: None,
                    promised_at: quotas.later(delivery.account, at, left, Share::Planned),
                })
            }
            (Verdict::Allow { .. } | Verdict::Warn { .. }, _) => None,
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

    async fn effect(&self, before: &[Delivery], after: &[Delivery]) -> Result<Effect, AppError> {
        let was_held = |d: &Delivery| {
            before
                .iter()
                .any(|b| b.id == d.id && b.state_name() == StateName::Held)
        };
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
        })
    }
}

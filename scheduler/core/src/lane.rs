//! A lane: takes up one delivery at a time. The daemon runs several, and that is all the concurrency there is.

use std::sync::Arc;

use jiff::Timestamp;

use crate::delivery::State;
use crate::dispatch::{Work, send};
use crate::duty::{review, take_back};
use crate::environment::Environment;
use crate::id::DeliveryId;
use crate::port::store::{Claim, Claimed, StoreError};
use crate::{reconcile, retry};

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It worked on this delivery; there may be more.
    Worked(DeliveryId),
    /// Nothing is ready before this instant, or before the store changes.
    Idle {
        /// When the next delivery is ready, if any waits.
        wake_at: Option<Timestamp>,
    },
}

/// One worker of the queue.
#[derive(Clone)]
pub struct Lane {
    env: Arc<Environment>,
}

impl Lane {
    /// A lane in this environment.
    pub fn new(env: Arc<Environment>) -> Lane {
        Lane { env }
    }

    /// Works on at most one delivery.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot write.
    pub async fn step(&self) -> Result<Step, StoreError> {
        if self.env.gate.clock_doubt().look(&*self.env.clock).is_some() {
            // Neither sent nor missed: whoever watches the clocks halts everything, and a person looks.
            return Ok(Step::Idle { wake_at: None });
        }
        match self.env.store.claim(self.env.clock.now()).await? {
            Claimed::Nothing { wake_at } => Ok(Step::Idle { wake_at }),
            Claimed::Due(claim) => {
                let id = claim.delivery.id;
                send(&self.env, claim).await?;
                Ok(Step::Worked(id))
            }
            Claimed::Check(claim) => {
                let id = claim.delivery.id;
                self.check(claim).await?;
                Ok(Step::Worked(id))
            }
        }
    }

    async fn check(&self, claim: Claim) -> Result<(), StoreError> {
        let token = claim.token;
        let state = claim.delivery.state().clone();
        let work = Work::on(&self.env, claim);
        let done = match state {
            State::Unknown { .. } => reconcile::look(&self.env, work).await.map(|()| None),
            State::Held { .. } => review::look_again(&self.env, work).await,
            _ => take_back::try_once(&self.env, work).await.map(|()| None),
        };
        let not_before = match &done {
            Ok(not_before) => *not_before,
            Err(_) => Some(retry::later_at(self.env.clock.now())),
        };
        self.env.store.abandon(token, not_before).await;
        match done {
            Ok(_) | Err(StoreError::ClaimLost { .. } | StoreError::Stale { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

//! After a crash: every fence without an outcome becomes unknown, never a blind resend.

use crate::actor::Actor;
use crate::delivery::{Delivery, StateName};
use crate::environment::Environment;
use crate::port::adapter::Capabilities;
use crate::port::store::{Query, Request, Step, StoreError, Write};
use crate::settle::lose_track;

/// Makes every attempting delivery unknown, so that it is looked up. Run it once, before any lane runs.
///
/// # Errors
/// [`StoreError`].
pub async fn rescue(env: &Environment) -> Result<Vec<Delivery>, StoreError> {
    let found = env.store.list(&Query::in_states([StateName::Attempting])).await?;
    if found.is_empty() {
        return Ok(found);
    }
    let steps = found.iter().map(|delivery| step(env, delivery)).collect();
    let request = Request {
        by: Actor::Duty("rescue".to_owned()),
        at: env.clock.now(),
        reason: "the process ended between the fence and the receipt".to_owned(),
        write: Write::Move { steps },
    };
    Ok(env.store.write(request).await?.deliveries)
}

fn step(env: &Environment, delivery: &Delivery) -> Step {
    let adapter = env.adapters.get(&delivery.network);
    let capabilities = adapter.map_or_else(Capabilities::default, |a| a.describe().capabilities.clone());
    let why = "soundpost ended while it was being sent: it may have arrived".to_owned();
    let mv = lose_track(&capabilities, why, env.clock.now());
    Step {
        delivery: delivery.id,
        expects_version: delivery.version,
        mv,
    }
}

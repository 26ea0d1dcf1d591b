//! After a crash: every fence without an outcome becomes unknown, never a blind resend.

use crate::actor::Actor;
use crate::delivery::{Delivery, State, StateName};
use crate::environment::Environment;
use crate::port::adapter::{Capabilities, capabilities_for};
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
    let capabilities = capabilities(env, delivery).unwrap_or_default();
    let why = "soundpost ended while it was being sent: it may have arrived".to_owned();
    let mv = lose_track(&capabilities, why, env.clock.now());
    Step {
        delivery: delivery.id,
        expects_version: delivery.version,
        mv,
    }
}

fn capabilities(env: &Environment, delivery: &Delivery) -> Option<Capabilities> {
    let State::Attempting { fence } = delivery.state() else {
        return None;
    };
    let world = env.store.world();
    let account = world.accounts.get(&delivery.account)?;
    let adapter = env.adapters.get(&delivery.network)?;
    Some(capabilities_for(adapter.as_ref(), account, &fence.frozen))
}

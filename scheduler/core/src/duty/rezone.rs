//! When the zone database changes, wall time and zone stay true: the instants of what waits are computed anew.

use crate::actor::Actor;
use crate::delivery::Delivery;
use crate::delivery::moves::Move;
use crate::environment::Environment;
use crate::port::store::{Query, Request, Step, StoreError, Write};
use crate::schedule;

/// Moves every waiting delivery whose wall time is another instant by the zone database of today. Run it once, before
/// any lane runs.
///
/// # Errors
/// [`StoreError`].
pub async fn rezone(env: &Environment) -> Result<Vec<Delivery>, StoreError> {
    let waiting = env.store.list(&Query::waiting()).await?;
    let steps: Vec<Step> = waiting
        .iter()
        .filter_map(|delivery| step(env, delivery))
        .collect();
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let request = Request {
        by: Actor::Duty("rezone".to_owned()),
        at: env.clock.now(),
        reason: "the rules of its time zone changed; its wall time stays".to_owned(),
        write: Write::Move { steps },
    };
    Ok(env.store.write(request).await?.deliveries)
}

fn step(env: &Environment, delivery: &Delivery) -> Option<Step> {
    if delivery.is_mid_thread() {
        return None;
    }
    let due = schedule::recompute(&delivery.due, &env.zones).ok()?;
    let moved = due.at != delivery.due.at;
    moved.then_some(Step {
        delivery: delivery.id,
        expects_version: delivery.version,
        // Limits have made it later by so much.
        mv: Move::Reschedule {
            promised_at: due
                .at
                .checked_add(delivery.promised_at.duration_since(delivery.due.at))
                .ok(),
            due,
        },
    })
}

//! A held delivery whose reasons may have ended.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::delivery::moves::Move;
use crate::delivery::{Delivery, HoldReason, State};
use crate::dispatch::Work;
use crate::environment::Environment;
use crate::guard::{Verdict, shadow};
use crate::halt::halted;
use crate::port::store::StoreError;
use crate::quota::{Share, quotas};

/// True when the guard may let it go once the events are over: all its reasons end by themselves, no part is
/// public, and it is still fresh.
pub fn may_release_itself(delivery: &Delivery, now: Timestamp) -> bool {
    let State::Held { reasons, .. } = delivery.state() else {
        return false;
    };
    !reasons.is_empty()
        && reasons.iter().all(HoldReason::ends_by_itself)
        && delivery.receipts.is_empty()
        && now <= delivery.fresh_until()
}

/// An event still counts at the instant of its end: who looks just then looks once more a little later.
fn soon(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(1))
        .unwrap_or(Timestamp::MAX)
}

/// How long a review waits while everything is paused.
const PAUSED_WAIT: SignedDuration = SignedDuration::from_secs(30);

/// Looks at a held delivery again and writes what follows: released, held with new reasons, or left to a person.
/// While it is halted nothing follows; then the answer says when to come back.
///
/// # Errors
/// [`StoreError`].
pub async fn look_again(env: &Environment, mut work: Work<'_>) -> Result<Option<Timestamp>, StoreError> {
    let world = env.store.world();
    if halted(&work.delivery.subject(), &env.gate.switch_state(), &world.halts).is_some() {
        return Ok(env.clock.now().checked_add(PAUSED_WAIT).ok());
    }
    let mv = verdict(env, &work.delivery).await?;
    if let Some(mv) = mv {
        work.advance(mv, "the events that held it were looked at again")
            .await?;
    }
    Ok(None)
}

/// What follows for this held delivery now; none when nothing does.
///
/// # Errors
/// [`StoreError`].
pub async fn verdict(env: &Environment, delivery: &Delivery) -> Result<Option<Move>, StoreError> {
    let State::Held { reasons, .. } = delivery.state() else {
        return Ok(None);
    };
    let to_person = || {
        Some(Move::Hold {
            reasons: reasons.clone(),
            review_after: None,
        })
    };
    let now = env.clock.now();
    let world = env.store.world();
    if !may_release_itself(delivery, now) {
        return Ok(to_person());
    }
    let post = env.store.post(delivery.id.post).await?;
    let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
        return Ok(to_person());
    };
    let input = env.guard_input(delivery, account, &post, now.max(delivery.due.at));
    Ok(Some(
        match shadow::verdict(delivery, &input, &world, &env.zones) {
            Verdict::Allow { .. } | Verdict::Warn { .. } => Move::Release {
                due: None,
                promised_at: expected(env, delivery).await?,
            },
            Verdict::Hold {
                reasons,
                review_after,
            } => Move::Hold {
                reasons,
                review_after: review_after.map(|end| end.max(soon(now))),
            },
        },
    ))
}

/// When it is expected, where limits make that later than it was promised or than now.
async fn expected(env: &Environment, delivery: &Delivery) -> Result<Option<Timestamp>, StoreError> {
    let without = BTreeSet::from([delivery.id]);
    let mut quotas = quotas(env, BTreeSet::from([delivery.account]), &without).await?;
    let at = delivery.goes_at().max(env.clock.now());
    Ok(quotas.later(delivery.account, at, delivery.parts_left(), Share::Planned))
}

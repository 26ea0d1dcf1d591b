//! Taking back what is public: repeated until the network says it is not there, last part first.

use jiff::Timestamp;

use crate::delivery::moves::Move;
use crate::delivery::{Delivery, Retract};
use crate::dispatch::Work;
use crate::environment::Environment;
use crate::port::adapter::Retracted;
use crate::port::store::StoreError;
use crate::receipt::Receipt;
use crate::retry;

/// Asks the network once to take back the last public part.
///
/// # Errors
/// [`StoreError`].
pub async fn try_once(env: &Environment, mut work: Work<'_>) -> Result<(), StoreError> {
    while let Some(receipt) = last_public(&work.delivery) {
        let said = ask(env, &work.delivery, &receipt).await;
        let gone = matches!(said, Retracted::Gone);
        let Some(mv) = after(&work.delivery, &receipt, said, env.clock.now()) else {
            return Ok(());
        };
        work.advance(mv, "retract").await?;
        if !gone {
            break;
        }
    }
    Ok(())
}

fn last_public(delivery: &Delivery) -> Option<Receipt> {
    delivery.retract.as_ref()?;
    delivery
        .receipts
        .iter()
        .rev()
        .find(|r| r.gone_at.is_none())
        .cloned()
}

async fn ask(env: &Environment, delivery: &Delivery, receipt: &Receipt) -> Retracted {
    let world = env.store.world();
    let account = world.accounts.get(&delivery.account);
    let adapter = env.adapters.get(&delivery.network);
    match (account, adapter) {
        (Some(account), Some(adapter)) => adapter.retract(&env.context(account), receipt).await,
        _ => Retracted::Unsupported,
    }
}

fn after(delivery: &Delivery, receipt: &Receipt, said: Retracted, now: Timestamp) -> Option<Move> {
    let again = |said: String, next_at: Timestamp| {
        let retract = delivery.retract.clone()?;
        Some(Move::BeginRetract(Retract {
            last: Some(said),
            next_at,
            ..retract
        }))
    };
    match said {
        Retracted::Gone => Some(Move::PartGone {
            part: receipt.part,
            why: "retracted".to_owned(),
        }),
        Retracted::Later(why) => again(why, retry::look_at(now, 2)),
        Retracted::Refused(why) => again(format!("the network refused: {why}"), Timestamp::MAX),
        Retracted::Unsupported => again(
            "this network offers no way to take a post back: do it there by hand".to_owned(),
            Timestamp::MAX,
        ),
    }
}

//! A send whose answer was lost: look before anything else.

use jiff::{SignedDuration, Timestamp};

use crate::delivery::moves::Move;
use crate::delivery::{Delivery, State};
use crate::dispatch::Work;
use crate::environment::Environment;
use crate::frozen::Fence;
use crate::login::login_needed;
use crate::port::adapter::{Capabilities, Dedupe, LookUp, LookUpPower, capabilities_for};
use crate::port::store::{Query, StoreError};
use crate::retry;
use crate::settle::receipt;

/// How far two look-ups that say "not there" must be apart before they prove it.
pub const ABSENCE_GAP: SignedDuration = SignedDuration::from_secs(10);

/// How often a network is asked where "not there" proves nothing, before it is left to a person: lists lag.
const LOOKS_BEFORE_A_PERSON: u32 = 2;

/// What is known when a look-up's answer is judged.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// How often we looked before.
    pub looks: u32,
    /// When this part was fenced for the first time, which is when the network first saw our key.
    pub first_fenced_at: Timestamp,
    /// When a look-up first said that it is not there, without a contrary answer since.
    pub absent_since: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

/// Looks up the fenced part of an unknown delivery and writes what it learnt.
///
/// # Errors
/// [`StoreError`].
pub async fn look(env: &Environment, mut work: Work<'_>) -> Result<(), StoreError> {
    let State::Unknown {
        fence,
        looks,
        absent_since,
        ..
    } = work.delivery.state().clone()
    else {
        return Ok(());
    };
    let world = env.store.world();
    let account = world.accounts.get(&work.delivery.account);
    let adapter = account.and_then(|a| env.adapters.get(&a.network));
    let (Some(account), Some(adapter)) = (account, adapter) else {
        let why = "its account or network is not there any more".to_owned();
        return work
            .advance(
                Move::LookAgain {
                    why,
                    look_at: None,
                    absent: false,
                },
                "",
            )
            .await;
    };
    let first_fenced_at = work.delivery.first_fenced_at.unwrap_or(fence.at);
    let said = adapter
        .look_up(&env.context(account), &fence.frozen, first_fenced_at)
        .await;
    if let LookUp::LoginNeeded(why) = &said {
        login_needed(env, account, why).await?;
    }
    let said = unless_receipted(env, &work.delivery, said).await?;
    let known = Known {
        first_fenced_at,
        looks,
        absent_since,
        now: env.clock.now(),
    };
    let capabilities = capabilities_for(adapter.as_ref(), account, &fence.frozen);
    let mv = judge(said, &fence, &capabilities, known);
    work.advance(mv, "look-up").await
}

/// A match must not be one that another part or delivery has a receipt for.
async fn unless_receipted(env: &Environment, unknown: &Delivery, said: LookUp) -> Result<LookUp, StoreError> {
    let LookUp::Found(found) = &said else {
        return Ok(said);
    };
    let query = Query {
        account: Some(unknown.account),
        published_since: Some(Timestamp::MIN),
        ..Query::default()
    };
    let receipted = env.store.list(&query).await?;
    let taken = receipted
        .iter()
        .any(|d| d.receipts.iter().any(|r| r.remote_id == found.remote_id));
    if taken {
        return Ok(LookUp::CannotTell(
            "the look-up found a post that has a receipt already".to_owned(),
        ));
    }
    Ok(said)
}

/// What a look-up's answer means. Pure.
pub fn judge(said: LookUp, fence: &Fence, capabilities: &Capabilities, known: Known) -> Move {
    match said {
        LookUp::Found(found) => Move::PartPublished(receipt(fence, *found, known.now, true)),
        LookUp::NotThere => not_there(capabilities, known),
        LookUp::CannotTell(_) if key_still_honoured(capabilities, known) && cannot_look(capabilities) => {
            resend(
                "the network recognises a repeated send, so it is safe to repeat",
                known.now,
            )
        }
        LookUp::CannotTell(why) if cannot_look(capabilities) => Move::LookAgain {
            why,
            look_at: None,
            absent: false,
        },
        LookUp::CannotTell(why) => look_later(why, known, false),
        LookUp::LoginNeeded(why) => look_later(format!("cannot look without a login: {why}"), known, false),
    }
}

fn not_there(capabilities: &Capabilities, known: Known) -> Move {
    if capabilities.look_up != LookUpPower::ProvesAbsence {
        if key_still_honoured(capabilities, known) {
            return resend("not seen, and the network recognises a repeated send", known.now);
        }
        if known.looks + 1 < LOOKS_BEFORE_A_PERSON {
            let why = "it was not seen, which on this network proves nothing; looking once more".to_owned();
            return look_later(why, known, true);
        }
        let why = "it was not seen, which on this network proves nothing: please look yourself".to_owned();
        return Move::LookAgain {
            why,
            look_at: None,
            absent: true,
        };
    }
    match known.absent_since {
        Some(since) if known.now.duration_since(since) >= ABSENCE_GAP => {
            resend("the network says twice that it is not there", known.now)
        }
        _ => {
            let look_at = known.now.checked_add(ABSENCE_GAP).unwrap_or(Timestamp::MAX);
            let why = "the network says that it is not there; asking once more".to_owned();
            Move::LookAgain {
                why,
                look_at: Some(look_at),
                absent: true,
            }
        }
    }
}

fn resend(why: &str, now: Timestamp) -> Move {
    Move::NotSent {
        why: why.to_owned(),
        again_at: now,
        costs_attempt: true,
    }
}

fn look_later(why: String, known: Known, absent: bool) -> Move {
    Move::LookAgain {
        why,
        look_at: Some(retry::look_at(known.now, known.looks + 1)),
        absent,
    }
}

fn cannot_look(capabilities: &Capabilities) -> bool {
    capabilities.look_up == LookUpPower::None
}

fn key_still_honoured(capabilities: &Capabilities, known: Known) -> bool {
    match capabilities.dedupe {
        Dedupe::None => false,
        Dedupe::ByKey { honoured_s } => {
            known.now.duration_since(known.first_fenced_at).as_secs() < i64::from(honoured_s)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::frozen::Frozen;
    use crate::id::{Id, SendKey};

    fn fence() -> Fence {
        let frozen = Frozen {
            part: 1,
            body: "hello".to_owned(),
            address: BTreeMap::new(),
            send_key: SendKey(Id::from_u128(1)),
            composed_at: Timestamp::UNIX_EPOCH,
        };
        Fence {
            part: 1,
            attempt: 1,
            at: Timestamp::UNIX_EPOCH,
            frozen,
            verdict: String::new(),
        }
    }

    fn not_there_again_after(seconds: i64) -> Move {
        let capabilities = Capabilities {
            look_up: LookUpPower::ProvesAbsence,
            ..Capabilities::default()
        };
        let since = Timestamp::UNIX_EPOCH;
        let known = Known {
            first_fenced_at: fence().at,
            looks: 1,
            absent_since: Some(since),
            now: since + SignedDuration::from_secs(seconds),
        };
        judge(LookUp::NotThere, &fence(), &capabilities, known)
    }

    #[test]
    fn d2_two_look_ups_too_close_together_prove_nothing() {
        let early = not_there_again_after(ABSENCE_GAP.as_secs() - 1);
        assert!(
            matches!(
                early,
                Move::LookAgain {
                    absent: true,
                    look_at: Some(_),
                    ..
                }
            ),
            "{early:?}"
        );
        let late = not_there_again_after(ABSENCE_GAP.as_secs());
        assert!(matches!(late, Move::NotSent { .. }), "{late:?}");
    }
}

//! What an outcome of a visible write means for its delivery. Pure.

use jiff::Timestamp;

use crate::delivery::moves::Move;
use crate::delivery::{Delivery, FailKind};
use crate::frozen::Fence;
use crate::port::adapter::{Accepted, Capabilities, Dedupe, LookUpPower, NotSent, Outcome};
use crate::receipt::Receipt;
use crate::retry;

/// A staging that is gone sooner than this, at a repeated attempt, is not made again.
const RESTAGE_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// What to write after a visible write, and what else follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The moves, in order.
    pub moves: Vec<Move>,
    /// Set when the account cannot send until somebody signs in again.
    pub login_needed: Option<String>,
}

impl Settled {
    fn by(mv: Move) -> Settled {
        Settled {
            moves: vec![mv],
            login_needed: None,
        }
    }
}

/// The receipt of an accepted part.
pub fn receipt(fence: &Fence, accepted: Accepted, at: Timestamp, found_by_look_up: bool) -> Receipt {
    Receipt {
        part: fence.part,
        remote_id: accepted.remote_id,
        url: accepted.url,
        server_time: accepted.server_time,
        at,
        body_sha256: fence.frozen.body_sha256(),
        verdict: fence.verdict.clone(),
        anchors: accepted.anchors,
        found_by_look_up,
        gone_at: None,
    }
}

/// What an outcome means.
///
/// `admitted` is the gate's own word: when the gate did not admit the write, nothing left, whatever the adapter
/// believes. `luck` spreads retries.
pub fn settle(
    delivery: &Delivery,
    fence: &Fence,
    outcome: Outcome,
    admitted: bool,
    capabilities: &Capabilities,
    now: Timestamp,
    luck: u64,
) -> Settled {
    let settled = settle_this(delivery, fence, outcome, admitted, capabilities, now, luck);
    if may_be_public_already(delivery, fence, capabilities) {
        return doubted(settled);
    }
    settled
}

/// True when the answer to an earlier attempt at this part was lost, and nothing has proven since that it came to
/// nothing.
fn may_be_public_already(delivery: &Delivery, fence: &Fence, capabilities: &Capabilities) -> bool {
    let repeats = delivery
        .resend
        .as_ref()
        .is_some_and(|frozen| frozen.part == fence.part);
    repeats && capabilities.look_up != LookUpPower::ProvesAbsence
}

/// A repeat that is refused or too late says nothing about the attempt before it: a person decides.
fn doubted(settled: Settled) -> Settled {
    let doubt = |mv| match mv {
        Move::Refuse { why, .. } | Move::Miss { why } => Move::LoseTrack {
            why: format!("an earlier attempt may be public, and the repeat did not go: {why}"),
            look_at: None,
            staging_refused: false,
        },
        other => other,
    };
    Settled {
        moves: settled.moves.into_iter().map(doubt).collect(),
        ..settled
    }
}

/// What an outcome means as far as this attempt alone goes.
fn settle_this(
    delivery: &Delivery,
    fence: &Fence,
    outcome: Outcome,
    admitted: bool,
    capabilities: &Capabilities,
    now: Timestamp,
    luck: u64,
) -> Settled {
    match outcome {
        Outcome::Accepted(accepted) => {
            Settled::by(Move::PartPublished(receipt(fence, *accepted, now, false)))
        }
        Outcome::Unknown { why } | Outcome::StagingRefused { why } if !admitted => {
            retry_later(delivery, why, now, luck)
        }
        Outcome::Unknown { why } => Settled::by(lose_track(capabilities, why, now)),
        Outcome::StagingRefused { why } => Settled::by(Move::LoseTrack {
            why,
            look_at: look_first_at(capabilities, now),
            staging_refused: true,
        }),
        Outcome::NotSent(NotSent::Stopped) => Settled::by(Move::NotSent {
            why: "stopped before its first byte".to_owned(),
            again_at: now,
            costs_attempt: false,
        }),
        Outcome::NotSent(NotSent::Network(why)) => retry_later(delivery, why, now, luck),
        Outcome::NotSent(NotSent::MediaGone(why)) => media_gone(delivery, why, now),
        Outcome::Refused { why, field } => Settled::by(Move::Refuse {
            kind: FailKind::Refused,
            why: field.map_or(why.clone(), |field| format!("{field}: {why}")),
        }),
        Outcome::Later { at, why } => {
            Settled::by(later(delivery, at.unwrap_or_else(|| retry::later_at(now)), &why))
        }
        Outcome::LoginNeeded { why } => Settled {
            moves: vec![Move::Refuse {
                kind: FailKind::Login,
                why: why.clone(),
            }],
            login_needed: Some(why),
        },
    }
}

/// What follows when a visible write may have happened: look, if the network can be asked or recognises our key.
pub fn lose_track(capabilities: &Capabilities, why: String, now: Timestamp) -> Move {
    Move::LoseTrack {
        why,
        look_at: look_first_at(capabilities, now),
        staging_refused: false,
    }
}

fn look_first_at(capabilities: &Capabilities, now: Timestamp) -> Option<Timestamp> {
    let can_decide = capabilities.look_up != LookUpPower::None || capabilities.dedupe != Dedupe::None;
    can_decide.then(|| retry::look_at(now, 0))
}

/// A "later" inside the freshness window waits and costs nothing; one that reaches past it is missed at once.
pub fn later(delivery: &Delivery, again_at: Timestamp, why: &str) -> Move {
    if again_at > delivery.fresh_until() {
        return Move::Miss {
            why: format!("the network said later, past the time this post stays fresh: {why}"),
        };
    }
    Move::NotSent {
        why: why.to_owned(),
        again_at,
        costs_attempt: false,
    }
}

fn retry_later(delivery: &Delivery, why: String, now: Timestamp, luck: u64) -> Settled {
    let again_at = retry::again_at(now, delivery.attempts, luck);
    if again_at > delivery.fresh_until() {
        let why = format!("it could not be sent while it was fresh: {why}");
        return Settled::by(Move::Miss { why });
    }
    Settled::by(Move::NotSent {
        why,
        again_at,
        costs_attempt: true,
    })
}

fn media_gone(delivery: &Delivery, why: String, now: Timestamp) -> Settled {
    // Once for each staging: what was prepared a moment ago and is gone already will not get better.
    let prepared_at = delivery.staging.as_ref().map(|staging| staging.at);
    let was_fresh = prepared_at.is_some_and(|at| now.duration_since(at) < RESTAGE_AFTER);
    if was_fresh && delivery.attempts > 1 {
        return Settled::by(Move::Refuse {
            kind: FailKind::MediaGone,
            why,
        });
    }
    let again = Move::NotSent {
        why,
        again_at: now,
        costs_attempt: true,
    };
    Settled {
        moves: vec![again, Move::Unstage],
        login_needed: None,
    }
}

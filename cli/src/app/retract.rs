//! Taking back what is public. It is allowed while paused; the daemon repeats it until the network says that it is not
//! there (`duty/take_back.rs`).

use jiff::Timestamp;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, Retract};

use super::App;
use super::error::AppError;
use crate::control::protocol::Moved;

/// What a person does where Soundpost cannot.
const BY_HAND: &str = "this network offers no way to take a post back: do it there by hand";
/// The same where a receipt has no name of the network's.
const NAMELESS: &str = "only its address is known, so it cannot be taken back from here: do it there by hand";

/// What stands against taking a delivery back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// Nothing of it is public.
    NotPublic,
    /// Only a person can, at the network.
    ByHand(&'static str),
}

impl App {
    /// Takes back what is public of these. What cannot be taken back is told, each by its name; with `preview` nothing
    /// is changed.
    ///
    /// # Errors
    /// [`AppError`] when one is not there, or when none of them can be taken back.
    pub async fn retract(
        &self,
        who: &str,
        ids: &[String],
        why: &str,
        preview: bool,
    ) -> Result<Moved, AppError> {
        let (found, left) = self.sorted_out(self.find_all(ids).await?);
        if found.is_empty() {
            return Err(none_goes(left));
        }
        let mut moved = if preview {
            let (what, deliveries) = ("would be taken back".to_owned(), self.views(&found).await?);
            let hints = vec!["nothing was changed; the same without --preview takes them back".to_owned()];
            Moved {
                what,
                deliveries,
                left: Vec::new(),
                hints,
            }
        } else {
            self.begin_retract(who, why, &found).await?
        };
        moved.left = left;
        Ok(moved)
    }

    async fn begin_retract(&self, who: &str, why: &str, found: &[Delivery]) -> Result<Moved, AppError> {
        let at = self.now();
        let retract = |_: &Delivery| {
            let (by, why) = (who.to_owned(), why.to_owned());
            Move::BeginRetract(Retract {
                by,
                why,
                at,
                next_at: at,
                last: None,
            })
        };
        let mut moved = self
            .move_all(who, why, "being taken back", found, retract)
            .await?;
        moved.hints.push(if self.is_daemon {
            "soundpost recent shows what became of it".to_owned()
        } else {
            "nothing is running that would take it back. Start the daemon; while it is paused it sends nothing, \
             and takes back all the same:  soundpost run"
                .to_owned()
        });
        Ok(moved)
    }

    /// What can be taken back; and what stands against the others. A broken thread is ended also where the network
    /// offers no way.
    fn sorted_out(&self, all: Vec<Delivery>) -> (Vec<Delivery>, Vec<String>) {
        let (mut found, mut left) = (Vec::new(), Vec::new());
        for delivery in all {
            match self.obstacle(&delivery) {
                None => found.push(delivery),
                Some(Obstacle::NotPublic) => {
                    let state = delivery.state_name();
                    left.push(format!("{}: nothing of it is public ({state})", delivery.id));
                }
                Some(Obstacle::ByHand(why)) => {
                    let urls: Vec<&str> = delivery
                        .receipts
                        .iter()
                        .filter_map(|r| r.url.as_deref())
                        .collect();
                    left.push(
                        format!("{}: {why} {}", delivery.id, urls.join(" "))
                            .trim_end()
                            .to_owned(),
                    );
                    if delivery.is_mid_thread() {
                        found.push(delivery);
                    }
                }
            }
        }
        (found, left)
    }

    /// What stands against taking it back, if anything.
    pub(super) fn obstacle(&self, delivery: &Delivery) -> Option<Obstacle> {
        let mut public = delivery
            .receipts
            .iter()
            .filter(|r| r.gone_at.is_none())
            .peekable();
        if public.peek().is_none() {
            return Some(Obstacle::NotPublic);
        }
        let adapter = self.env.adapters.get(&delivery.network);
        if !adapter.is_some_and(|a| a.describe().capabilities.retract) {
            return Some(Obstacle::ByHand(BY_HAND));
        }
        public
            .any(|r| r.remote_id.is_empty())
            .then_some(Obstacle::ByHand(NAMELESS))
    }
}

/// True while the daemon goes on trying.
pub(super) fn is_being_taken_back(delivery: &Delivery) -> bool {
    let tries = |retract: &Retract| retract.next_at < Timestamp::MAX;
    delivery.retract.as_ref().is_some_and(tries)
}

fn none_goes(mut left: Vec<String>) -> AppError {
    let help = "soundpost recent lists what became public, and how to take each back; nothing was changed";
    if left.len() == 1 {
        return AppError::conflict(left.remove(0)).help(help);
    }
    let mut error = AppError::conflict("none of these can be taken back");
    error.details = left;
    error.help(help)
}

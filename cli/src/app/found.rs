//! `found`: a person looked, and what was unknown is public.

use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, HoldReason, State};
use soundpost_core::frozen::Fence;
use soundpost_core::port::store::{Step, Write};
use soundpost_core::receipt::Receipt;

use super::App;
use super::error::AppError;
use crate::control::protocol::Moved;
use crate::output::visible;

impl App {
    /// Records that the part of an unknown delivery whose answer was lost is public there. What follows of a thread
    /// waits for a person.
    ///
    /// # Errors
    /// [`AppError`] when the id names more than one delivery, when that one is not unknown, or when the address is
    /// none.
    pub async fn found(&self, who: &str, id: &str, url: &str) -> Result<Moved, AppError> {
        let found = self.find(id).await?;
        let [delivery] = &found[..] else {
            let error = format!("'{id}' names {} deliveries", found.len());
            return Err(AppError::bad_input(error).help("name one, as ID.N"));
        };
        let State::Unknown { fence, .. } = delivery.state() else {
            let error = format!("{} is {}, not unknown", delivery.id, delivery.state_name());
            return Err(
                AppError::conflict(error).help("nothing was changed; soundpost why ID tells its story")
            );
        };
        if !is_address(url) {
            let error = format!("'{}' is not the address of a public post", visible(url));
            return Err(AppError::bad_input(error).help("give it as https://..."));
        }
        let mut steps = vec![step(
            delivery,
            0,
            Move::PartPublished(self.receipt_of(who, delivery, fence, url)),
        )];
        if delivery.next_part() < delivery.parts_total {
            let why = format!(
                "{who} found part {} of {} at the network",
                fence.part, delivery.parts_total
            );
            let reasons = vec![HoldReason::BrokenThread { why }];
            let hold = Move::Hold {
                reasons,
                review_after: None,
            };
            steps.push(step(delivery, 1, hold));
        }
        let written = self
            .write(who, "a person looked: it is public", Write::Move { steps })
            .await?;
        let mut deliveries = self.views(&written.deliveries).await?;
        deliveries.truncate(1);
        Ok(Moved {
            what: "recorded as public".to_owned(),
            deliveries,
            left: Vec::new(),
            hints: Vec::new(),
        })
    }

    /// The network's own name of it is taken from the address where the adapter knows how; else it stays empty, and
    /// Soundpost cannot take it back.
    fn receipt_of(&self, who: &str, delivery: &Delivery, fence: &Fence, url: &str) -> Receipt {
        let adapter = self.env.adapters.get(&delivery.network);
        let remote_id = adapter.and_then(|a| a.remote_id_of(url));
        Receipt {
            part: fence.part,
            remote_id: remote_id.unwrap_or_default(),
            url: Some(url.to_owned()),
            server_time: None,
            at: self.now(),
            body_sha256: fence.frozen.body_sha256(),
            verdict: format!("{}; found public by {who}", fence.verdict),
            anchors: Default::default(),
            found_by_look_up: true,
            gone_at: None,
        }
    }
}

fn step(delivery: &Delivery, moves_before: u64, mv: Move) -> Step {
    Step {
        delivery: delivery.id,
        expects_version: delivery.version + moves_before,
        mv,
    }
}

fn is_address(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace) && url.len() <= 2048)
}

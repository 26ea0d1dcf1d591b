//! `why`: the whole story of one delivery, in plain words, from the journal.

use soundpost_core::change::{Change, Entry};
use soundpost_core::delivery::{Delivery, EventHold, HoldReason, State};

use super::App;
use super::error::{AppError, Kind};
use super::explain::Teller;
use super::letting_go::lets_go;
use super::marks::marks;
use crate::control::protocol::{Story, StoryLine};
use crate::output::visible;

/// The most entries of one story.
const ENTRIES_MAX: usize = 10_000;

impl App {
    /// The story of one delivery.
    ///
    /// # Errors
    /// [`AppError`] when there is no such delivery, or a post has several and none was named.
    pub async fn why(&self, typed: &str) -> Result<Story, AppError> {
        let found = self.find(typed).await?;
        let [delivery] = found.as_slice() else {
            let mut error = AppError::bad_input(format!("post '{typed}' has {} deliveries", found.len()));
            error.details = self
                .views(&found)
                .await?
                .iter()
                .map(|v| format!("{} ({})", v.id, v.account))
                .collect();
            return Err(error.help("name one, such as ID.1"));
        };
        let entries = self.env.store.entries(1, ENTRIES_MAX, Some(delivery.id)).await?;
        let post = self.env.store.post(delivery.id.post).await?;
        let post = post.ok_or_else(|| AppError::new(Kind::NotFound, "its post is not there"))?;
        let world = self.env.store.world();
        let zone = world
            .accounts
            .get(&delivery.account)
            .map_or(self.zone.as_str(), |a| a.zone.as_str());
        let teller = self.teller(zone);
        let lines = entries
            .iter()
            .filter_map(|e| line(&teller, e, delivery))
            .collect();
        let parts = world
            .accounts
            .get(&delivery.account)
            .map(|account| post.revision(delivery.revision).content.for_account(account));
        let holds = holds(delivery);
        let touches = holds.iter().flat_map(|hold| &hold.touches);
        let account = world.accounts.get(&delivery.account);
        let gaps = account.map_or_else(Vec::new, |a| self.approval_gaps(delivery, &post, a));
        let watched = self.told_in_shadow(delivery).await?;
        let watched = watched.map(|said| format!("the guard only watches over its account ({said})"));
        Ok(Story {
            delivery: self.view(delivery, Some(&post)),
            lines,
            marked: marks(parts.unwrap_or_default(), touches),
            lets_go: gaps
                .into_iter()
                .chain(lets_go(&teller, &world, delivery))
                .chain(watched)
                .collect(),
        })
    }
}

/// The events that hold it.
fn holds(delivery: &Delivery) -> Vec<&EventHold> {
    let State::Held { reasons, .. } = delivery.state() else {
        return Vec::new();
    };
    let events = reasons.iter().filter_map(|reason| match reason {
        HoldReason::Event(hold) => Some(hold),
        _ => None,
    });
    events.collect()
}

fn line(teller: &Teller<'_>, entry: &Entry, about: &Delivery) -> Option<StoryLine> {
    let mut what = match &entry.change {
        Change::PostAdded { .. } => return None,
        Change::PostRevised { revision, .. } => vec![format!("revision {} was written", revision.number)],
        Change::Moved { by, delivery } if delivery.id == about.id => moved(teller, by, delivery),
        _ => return None,
    };
    if !entry.reason.is_empty() {
        what.push(format!("because: {}", visible(&entry.reason)));
    }
    Some(StoryLine {
        seq: entry.seq,
        at: entry.at.to_string(),
        at_shown: teller.instant(entry.at),
        by: visible(&entry.by.to_string()).into_owned(),
        what,
    })
}

/// What a move did, in plain words.
pub(super) fn moved(teller: &Teller<'_>, by: &str, after: &Delivery) -> Vec<String> {
    let mut what = vec![headline(teller, by, after)];
    if matches!(after.state(), State::Attempting { fence } if !fence.verdict.is_empty()) {
        if let State::Attempting { fence } = after.state() {
            what.push(format!("the guard said: {}", visible(&fence.verdict)));
        }
    } else {
        what.extend(teller.note(after));
    }
    what
}

fn headline(teller: &Teller<'_>, by: &str, after: &Delivery) -> String {
    let parts = after.parts_total;
    match by {
        "intake" => format!("queued for {}", teller.instant(after.due.at)),
        "import" => format!("came with an import, {}", after.state_name()),
        "queue" => "queued".to_owned(),
        "stage" => "prepared at the network (nothing public yet)".to_owned(),
        "unstage" => "the preparation was dropped".to_owned(),
        "fence" => format!(
            "part {} of {parts}: about to send; recorded first",
            after.next_part()
        ),
        "part_published" => published(after),
        "not_sent" => "surely not sent; will be tried again".to_owned(),
        "refuse" => "will not go as it is".to_owned(),
        "lose_track" => "the answer was lost: it may be public".to_owned(),
        "look_again" => "looked at the network".to_owned(),
        "hold" => "held".to_owned(),
        "miss" => "missed".to_owned(),
        "release" => format!("released, due {}", teller.instant(after.due.at)),
        "reschedule" => format!("rescheduled to {}", teller.instant(after.due.at)),
        "edit" => format!("now sends revision {}", after.revision),
        "approve" => approved(after),
        "cancel" => "cancelled".to_owned(),
        "begin_retract" => "to be taken back".to_owned(),
        "part_gone" => "a part is no longer public".to_owned(),
        other => other.to_owned(),
    }
}

fn published(after: &Delivery) -> String {
    let Some(receipt) = after.receipts.last() else {
        return "published".to_owned();
    };
    let how = if receipt.found_by_look_up {
        "found at the network"
    } else {
        "the network confirmed"
    };
    let at = receipt.url.as_deref().unwrap_or(&receipt.remote_id);
    format!(
        "part {} of {} is public, {how}: {}",
        receipt.part,
        after.parts_total,
        visible(at)
    )
}

fn approved(after: &Delivery) -> String {
    match &after.approval {
        Some(approval) => format!(
            "approved by {}: {}",
            visible(&approval.by),
            visible(&approval.reason)
        ),
        None => "approved".to_owned(),
    }
}

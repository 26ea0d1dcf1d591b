//! What names an event and is not held, for its readers are elsewhere: a person wants to see it all the same.

use jiff::{SignedDuration, Timestamp};
use soundpost_core::dispatch::guard_input;
use soundpost_core::event::{Event, Severity};
use soundpost_core::guard::title::UNKNOWN;
use soundpost_core::guard::{self, Input, area};
use soundpost_core::port::store::Query;

use super::App;
use super::error::AppError;
use super::explain::touches;
use super::understanding::EVERYWHERE;
use super::view::audience;
use crate::control::protocol::DeliveryView;
use crate::output::visible;

/// How far ahead it is looked.
const LOOK_AHEAD: SignedDuration = SignedDuration::from_hours(72);
/// How many posts are read at most, the next ones first: an answer to a flag must be there soon.
const READ_MAX: usize = 1000;
/// How many are shown.
const SHOWN_MAX: usize = 5;

impl App {
    /// What is due in the next days, has a place or word of the event, and only other readers: the first of it, and how
    /// much it is. Words of harm do not count here, for they may mean anything.
    pub(super) async fn named_elsewhere(
        &self,
        event: &Event,
    ) -> Result<(Vec<DeliveryView>, usize), AppError> {
        let now = self.now();
        let has_words = [&event.places, &event.tags, &event.entities];
        if event.is_over_at(now) || has_words.into_iter().all(Vec::is_empty) {
            return Ok((Vec::new(), 0));
        }
        let query = Query {
            due_until: Some(now.checked_add(LOOK_AHEAD).unwrap_or(Timestamp::MAX)),
            limit: READ_MAX,
            ..Query::waiting()
        };
        // By its words alone, wherever somebody reads.
        let anywhere = Event {
            kind: UNKNOWN.to_owned(),
            countries: vec![EVERYWHERE.to_owned()],
            regions: Vec::new(),
            severity: Severity::Watch,
            ..event.clone()
        };
        let world = self.env.store.world();
        let (mut shown, mut count) = (Vec::new(), 0);
        for delivery in self.env.store.list(&query).await? {
            let post = self.env.store.post(delivery.id.post).await?;
            let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
                continue;
            };
            let readers = post.audience.as_ref().unwrap_or(&account.audience);
            if area::overlaps(event, readers) {
                continue;
            }
            let input = Input {
                approval: None,
                ..guard_input(&delivery, account, &post, delivery.due.at.max(now))
            };
            let (_, met) = guard::judge_event(&input, &anywhere);
            if met.is_empty() {
                continue;
            }
            count += 1;
            if shown.len() < SHOWN_MAX {
                let mut view = self.view(&delivery, Some(&post));
                let readers = audience(readers);
                view.note = vec![format!("{}; its readers: {}", touches(&met), visible(&readers))];
                shown.push(view);
            }
        }
        Ok((shown, count))
    }
}

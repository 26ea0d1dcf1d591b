//! What an event holds, would hold, and came too late for.

use jiff::{SignedDuration, Timestamp};
use soundpost_core::dispatch::guard_input;
use soundpost_core::event::{Event, Stage};
use soundpost_core::guard::reach::Reach;
use soundpost_core::guard::{self, Input};
use soundpost_core::port::store::Query;
use soundpost_core::world::World;

use super::App;
use super::error::AppError;
use super::events::events_of;
use super::rejudge::Span;
use super::retract::{Obstacle, is_being_taken_back};
use crate::control::protocol::{DeliveryView, EventShown};

/// How far back an event looks for what is already public.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(72);

impl App {
    /// An event with all that it holds; for a proposal, or with `would`, also what it would hold.
    ///
    /// # Errors
    /// [`AppError`] when there is no such event.
    pub async fn event_show(&self, typed: &str, would: bool) -> Result<EventShown, AppError> {
        let event = self.event_named(typed)?;
        let mut held = self.held().await?;
        held.retain(|d| events_of(d).contains(&event.id));
        let simulated = match event.stage {
            _ if would => Some(from_now_on(&event, self.now())),
            Stage::Proposed => Some(event.clone()),
            Stage::Open | Stage::Dismissed { .. } => None,
        };
        Ok(EventShown {
            event: self.event_view(&event, held.len()),
            held: self.views(&held).await?,
            would: match simulated {
                Some(event) => Some(self.would_be_held(&event).await?),
                None => None,
            },
            public: self.already_public(&event).await?,
        })
    }

    /// What would be held if this event were open, each with why. What something holds already is among it.
    pub(super) async fn would_be_held(&self, event: &Event) -> Result<Vec<DeliveryView>, AppError> {
        let open = Event {
            stage: Stage::Open,
            ..event.clone()
        };
        let alone = World {
            events: [open.clone()].into_iter().collect(),
            ..World::default()
        };
        let reach = Reach::new(None, &open, self.now());
        let world = self.env.store.world();
        let mut views = Vec::new();
        for (delivery, _) in self.within(&world, Span::Within(&reach)).await? {
            let post = self.env.store.post(delivery.id.post).await?;
            let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
                continue;
            };
            let input = guard_input(&delivery, account, &post, delivery.due.at.max(self.now()));
            let events = guard::judge_events(&input, &alone, &self.env.zones).holds;
            if !events.is_empty() {
                let teller = self.teller(&account.zone);
                let mut view = self.view(&delivery, Some(&post));
                view.note = events.iter().map(|hold| teller.event(hold)).collect();
                views.push(view);
            }
        }
        Ok(views)
    }

    /// What became public in the last days and touches the event.
    pub(super) async fn already_public(&self, event: &Event) -> Result<Vec<DeliveryView>, AppError> {
        let since = self.now().checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
        let query = Query {
            published_since: Some(since),
            ..Query::default()
        };
        let event = from_now_on(event, self.now());
        let world = self.env.store.world();
        let mut touching = Vec::new();
        for delivery in self.env.store.list(&query).await? {
            let post = self.env.store.post(delivery.id.post).await?;
            let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
                continue;
            };
            // That a person let it through does not count: this person is to see it.
            let input = Input {
                approval: None,
                ..guard_input(&delivery, account, &post, self.now())
            };
            let (_, touches) = guard::judge_event(&input, &event);
            if delivery.has_public_parts() && !touches.is_empty() {
                touching.push(delivery);
            }
        }
        let mut views = self.views(&touching).await?;
        for (view, delivery) in views.iter_mut().zip(&touching) {
            match self.obstacle(delivery) {
                None if !is_being_taken_back(delivery) => {
                    view.next = vec![format!("retract {} --reason WHY", delivery.id)];
                }
                Some(Obstacle::ByHand(why)) => view.note.push(why.to_owned()),
                _ => {}
            }
        }
        Ok(views)
    }
}

/// The event as though it were open and had begun.
fn from_now_on(event: &Event, now: Timestamp) -> Event {
    Event {
        stage: Stage::Open,
        starts_at: event.starts_at.min(now),
        ends_at: event.ends_at.filter(|end| *end > now),
        ended_at: None,
        ..event.clone()
    }
}

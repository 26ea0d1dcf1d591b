//! Flagging what happens in the world, and ending it.

use jiff::{SignedDuration, Timestamp};
use soundpost_core::delivery::{Delivery, HoldReason, State, StateName};
use soundpost_core::dispatch::guard_input;
use soundpost_core::event::{Event, Source};
use soundpost_core::guard;
use soundpost_core::guard::area::wrong_code;
use soundpost_core::guard::words::all_kinds;
use soundpost_core::id::EventId;
use soundpost_core::port::store::{Query, Write};
use soundpost_core::schedule;

use super::App;
use super::error::{AppError, Kind};
use crate::control::protocol::{DeliveryView, EventAsk, EventChanged, EventView};
use crate::output::visible;

/// How far back a new event looks for what is already public.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(72);

impl App {
    /// Flags an event; the answer lists what is held now, and what is public and touches it.
    ///
    /// # Errors
    /// [`AppError`] when its words or its window do not read.
    pub async fn event_flag(&self, who: &str, ask: EventAsk) -> Result<EventChanged, AppError> {
        let event = self.event(who, ask)?;
        let effect = self.set_event(who, &event).await?;
        let public = self.already_public(&event).await?;
        Ok(EventChanged {
            event: self.event_view(&event, effect.held.len()),
            held: effect.held,
            released: effect.released,
            public,
        })
    }

    /// Ends an event; the answer lists what goes again.
    ///
    /// # Errors
    /// [`AppError`] when there is no such event, or it has ended.
    pub async fn event_end(&self, who: &str, typed: &str) -> Result<EventChanged, AppError> {
        let id = self.find_event(typed)?;
        let world = self.env.store.world();
        let event = world.events.get(&id).cloned();
        let mut event =
            event.ok_or_else(|| AppError::new(Kind::NotFound, format!("there is no event '{typed}'")))?;
        if event.ended_at.is_some() {
            return Err(AppError::conflict(format!(
                "\"{}\" has ended already",
                event.title
            )));
        }
        event.ended_at = Some(self.now());
        let effect = self.set_event(who, &event).await?;
        Ok(EventChanged {
            event: self.event_view(&event, self.holds_of(&id).await?),
            held: effect.held,
            released: effect.released,
            public: Vec::new(),
        })
    }

    /// The events that count or will count; with `all` also those that are over.
    pub fn event_list(&self, all: bool) -> Vec<EventView> {
        let now = self.now();
        let world = self.env.store.world();
        let over = |e: &Event| e.ended_at.or(e.ends_at).is_some_and(|at| at < now);
        world
            .events
            .values()
            .filter(|e| all || !over(e))
            .map(|e| self.event_view(e, 0))
            .collect()
    }

    async fn set_event(&self, who: &str, event: &Event) -> Result<super::rejudge::Effect, AppError> {
        let mut world = (*self.env.store.world()).clone();
        world.events.set(event.clone());
        let write = |steps| Write::SetEvent {
            event: Box::new(event.clone()),
            steps,
        };
        self.change_world(who, &world, write).await
    }

    fn event(&self, who: &str, ask: EventAsk) -> Result<Event, AppError> {
        let now = self.now();
        if ask.title.trim().is_empty() {
            return Err(AppError::bad_input("an event needs a title"));
        }
        let starts_at = self.instant(ask.from.as_deref())?.unwrap_or(now);
        let ends_at = self.instant(ask.until.as_deref())?;
        if ends_at.is_some_and(|end| end <= starts_at) {
            return Err(AppError::bad_input("the event would end before it begins"));
        }
        self.check_accounts(&ask.accounts)?;
        check_words(&ask)?;
        let countries = if ask.countries.is_empty() {
            vec!["*".to_owned()]
        } else {
            upper(ask.countries)
        };
        Ok(Event {
            id: EventId::new(now, &*self.env.entropy),
            title: ask.title,
            kind: ask.kind,
            summary: String::new(),
            tags: ask.tags,
            places: ask.places,
            entities: ask.entities,
            countries,
            regions: upper(ask.regions),
            accounts: ask.accounts,
            severity: ask.severity,
            starts_at,
            ends_at,
            review_at: None,
            source: Source::Person { name: who.to_owned() },
            flagged_at: now,
            ended_at: None,
        })
    }

    fn instant(&self, typed: Option<&str>) -> Result<Option<Timestamp>, AppError> {
        let Some(typed) = typed else {
            return Ok(None);
        };
        let due = schedule::resolve_any(typed, self.now(), &self.zone, &self.env.zones);
        due.map(|d| Some(d.at))
            .map_err(|error| AppError::bad_input(error.to_string()))
    }

    fn check_accounts(&self, labels: &[String]) -> Result<(), AppError> {
        let world = self.env.store.world();
        match labels.iter().find(|l| world.account_named(l).is_none()) {
            Some(label) => Err(AppError::new(
                Kind::NotFound,
                format!("there is no account '{label}'"),
            )),
            None => Ok(()),
        }
    }

    /// How many deliveries an event holds now.
    async fn holds_of(&self, id: &EventId) -> Result<usize, AppError> {
        let query = Query::in_states([StateName::Held]);
        let held = self.env.store.list(&query).await?;
        Ok(held.iter().filter(|d| is_held_by(d, id)).count())
    }

    /// What became public in the last days and touches the event.
    async fn already_public(&self, event: &Event) -> Result<Vec<DeliveryView>, AppError> {
        let since = self.now().checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
        let query = Query {
            published_since: Some(since),
            ..Query::default()
        };
        let world = self.env.store.world();
        let mut touching = Vec::new();
        for delivery in self.env.store.list(&query).await? {
            let post = self.env.store.post(delivery.id.post).await?;
            let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
                continue;
            };
            let parts = post.revision(delivery.revision).content.for_account(account);
            let input = guard_input(&delivery, account, &post, parts, self.now());
            let (_, touches) = guard::judge_event(&input, event);
            if delivery.has_public_parts() && !touches.is_empty() {
                touching.push(delivery);
            }
        }
        self.views(&touching).await
    }
}

/// A kind or a code that does not exist would silently let posts through.
fn check_words(ask: &EventAsk) -> Result<(), AppError> {
    let kinds = all_kinds();
    if !kinds.contains(ask.kind.as_str()) {
        let known: Vec<&str> = kinds.into_iter().collect();
        let error = AppError::bad_input(format!("'{}' is not a kind of event", visible(&ask.kind)));
        return Err(error.help(format!("use one of: {}", known.join(", "))));
    }
    let countries = upper(ask.countries.clone());
    match wrong_code(&countries, &upper(ask.regions.clone())) {
        Some(wrong) => Err(AppError::bad_input(visible(&wrong))),
        None => Ok(()),
    }
}

fn is_held_by(delivery: &Delivery, event: &EventId) -> bool {
    let State::Held { reasons, .. } = delivery.state() else {
        return false;
    };
    reasons
        .iter()
        .any(|r| matches!(r, HoldReason::Event(hold) if hold.event == *event))
}

fn upper(codes: Vec<String>) -> Vec<String> {
    codes.into_iter().map(|c| c.to_ascii_uppercase()).collect()
}

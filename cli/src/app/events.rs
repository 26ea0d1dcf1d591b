//! Flagging and proposing what happens in the world, and listing it.

use std::collections::BTreeMap;

use jiff::{Timestamp, Zoned};
use soundpost_core::actor::Actor;
use soundpost_core::delivery::{Delivery, HoldReason, State, StateName};
use soundpost_core::event::{Event, Source, Stage};
use soundpost_core::guard::area::wrong_code;
use soundpost_core::guard::reach::Reach;
use soundpost_core::guard::words::all_kinds;
use soundpost_core::id::EventId;
use soundpost_core::port::store::{Query, Write};
use soundpost_core::schedule;

use super::App;
use super::error::{AppError, Kind};
use super::rejudge::{Effect, Span};
use super::understanding::Facts;
use crate::control::protocol::{AccountCount, DeliveryView, EventAsk, EventChanged, EventView};
use crate::output::visible;

impl App {
    /// Flags an event; the answer says how it is understood, what is held now, and what is public and touches it. A dry
    /// run changes nothing, and says the same.
    ///
    /// # Errors
    /// [`AppError`] when its words or its window do not read.
    pub async fn event_flag(&self, who: &str, ask: EventAsk) -> Result<EventChanged, AppError> {
        self.new_event(who, &ask, Stage::Open).await
    }

    /// Proposes an event: it holds nothing. The answer lists what it would hold.
    ///
    /// # Errors
    /// As [`App::event_flag`].
    pub async fn event_propose(&self, who: &str, ask: EventAsk) -> Result<EventChanged, AppError> {
        self.new_event(who, &ask, Stage::Proposed).await
    }

    async fn new_event(&self, who: &str, ask: &EventAsk, stage: Stage) -> Result<EventChanged, AppError> {
        let facts = Facts::of(ask);
        let event = self.event(who, ask, &facts, stage)?;
        let what = if event.stage == Stage::Proposed {
            "proposed"
        } else {
            "flagged"
        };
        let changed = if ask.dry_run {
            self.event_tried(what, &event).await?
        } else {
            let effect = self.set_event(who, "", &event).await?;
            self.event_changed(what, &event, effect).await?
        };
        Ok(EventChanged {
            understood: self.understandings(ask, &facts, &event),
            ..changed
        })
    }

    /// What an event would do that nobody has flagged.
    async fn event_tried(&self, what: &str, event: &Event) -> Result<EventChanged, AppError> {
        let tried = self
            .event_changed(&format!("would be {what}"), event, Effect::default())
            .await?;
        let mut would = tried.would;
        if event.stage == Stage::Open {
            let mut world = (*self.env.store.world()).clone();
            world.events.set(event.clone());
            let reach = Reach::new(None, event, self.now());
            let holds = self.would_newly_hold(&world, &reach).await?;
            would = self.views_of_holds(holds).await?;
        }
        Ok(EventChanged {
            dry_run: true,
            counts: counts(&would),
            would,
            ..tried
        })
    }

    /// Deliveries that would be held, each with why.
    pub(super) async fn views_of_holds(
        &self,
        holds: Vec<(Delivery, Vec<HoldReason>)>,
    ) -> Result<Vec<DeliveryView>, AppError> {
        let (deliveries, reasons): (Vec<Delivery>, Vec<Vec<HoldReason>>) = holds.into_iter().unzip();
        let world = self.env.store.world();
        let mut views = self.views(&deliveries).await?;
        for ((view, delivery), reasons) in views.iter_mut().zip(&deliveries).zip(reasons) {
            let account = world.accounts.get(&delivery.account);
            let teller = self.teller(account.map_or(self.zone.as_str(), |a| a.zone.as_str()));
            view.note = reasons.iter().map(|reason| teller.reason(reason)).collect();
        }
        Ok(views)
    }

    /// The events that count, will count, or wait for a person; with `all` also those that are over or dismissed.
    ///
    /// # Errors
    /// [`AppError`] when the store cannot be read.
    pub async fn event_list(&self, all: bool) -> Result<Vec<EventView>, AppError> {
        let now = self.now();
        let world = self.env.store.world();
        let holds = self.holds().await?;
        let is_done = |e: &Event| e.is_over_at(now) || matches!(e.stage, Stage::Dismissed { .. });
        let shown = world.events.values().filter(|e| all || !is_done(e));
        Ok(shown
            .map(|e| self.event_view(e, holds.get(&e.id).copied().unwrap_or_default()))
            .collect())
    }

    /// What a change of an event came to, for the answer.
    pub(super) async fn event_changed(
        &self,
        what: &str,
        event: &Event,
        effect: Effect,
    ) -> Result<EventChanged, AppError> {
        let is_proposal = event.stage == Stage::Proposed;
        let holds = self.holds().await?.get(&event.id).copied().unwrap_or_default();
        let public = if is_proposal || event.counts_at(self.now()) {
            self.already_public(event).await?
        } else {
            Vec::new()
        };
        let (elsewhere, elsewhere_count) = match event.stage {
            Stage::Open => self.named_elsewhere(event).await?,
            Stage::Proposed | Stage::Dismissed { .. } => (Vec::new(), 0),
        };
        let would = if is_proposal {
            self.would_be_held(event).await?
        } else {
            effect.watched
        };
        Ok(EventChanged {
            what: what.to_owned(),
            dry_run: false,
            event: self.event_view(event, holds),
            understood: Vec::new(),
            changes: Vec::new(),
            counts: counts(if is_proposal { &would } else { &effect.held }),
            held: effect.held,
            released: effect.released,
            would,
            public,
            elsewhere,
            elsewhere_count,
        })
    }

    /// Writes an event, and in the same step what follows for the queue.
    pub(super) async fn set_event(&self, who: &str, why: &str, event: &Event) -> Result<Effect, AppError> {
        self.set_event_by(&Actor::Person(who.to_owned()), why, event)
            .await
    }

    /// The same for a duty.
    pub async fn set_event_by(&self, by: &Actor, why: &str, event: &Event) -> Result<Effect, AppError> {
        let mut world = (*self.env.store.world()).clone();
        let before = world.events.get(&event.id).cloned();
        let was_open = before.as_ref().is_some_and(|e| e.stage == Stage::Open);
        if !was_open && event.stage != Stage::Open {
            // What holds nothing before and after moves nothing.
            let write = Write::SetEvent {
                event: Box::new(event.clone()),
                steps: Vec::new(),
            };
            self.write_by(by, why, write).await?;
            return Ok(Effect::default());
        }
        world.events.set(event.clone());
        let write = |steps| Write::SetEvent {
            event: Box::new(event.clone()),
            steps,
        };
        let reach = Reach::new(before.as_ref(), event, self.now());
        self.change_world_by(by, why, &world, Span::Within(&reach), write)
            .await
    }

    pub(super) fn event(
        &self,
        who: &str,
        ask: &EventAsk,
        facts: &Facts,
        stage: Stage,
    ) -> Result<Event, AppError> {
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
        check_words(&facts.kind, &facts.countries, &facts.regions)?;
        Ok(Event {
            id: EventId::new(now, &*self.env.entropy),
            title: ask.title.clone(),
            kind: facts.kind.clone(),
            summary: String::new(),
            tags: ask.tags.clone(),
            places: facts.places.clone(),
            entities: ask.entities.clone(),
            countries: facts.countries.clone(),
            regions: facts.regions.clone(),
            accounts: ask.accounts.clone(),
            severity: facts.severity(),
            starts_at,
            ends_at,
            review_at: self.review_of(ask, facts.severity(), starts_at, ends_at)?,
            source: Source::Person { name: who.to_owned() },
            flagged_at: now,
            ended_at: None,
            stage,
            sources: Vec::new(),
            external_ids: Vec::new(),
            link: ask.link.clone(),
            decided_by: None,
            told: None,
            decays_from: ends_at.is_none().then_some(now),
            narrowed: None,
        })
    }

    /// An instant as typed.
    pub(super) fn instant(&self, typed: Option<&str>) -> Result<Option<Timestamp>, AppError> {
        let Some(typed) = typed else {
            return Ok(None);
        };
        let due = schedule::resolve_any(typed, self.now(), &self.zone, &self.env.zones);
        due.map(|d| Some(d.at))
            .map_err(|error| AppError::bad_input(error.to_string()))
    }

    pub(super) fn check_accounts(&self, labels: &[String]) -> Result<(), AppError> {
        let world = self.env.store.world();
        match labels.iter().find(|l| world.account_named(l).is_none()) {
            Some(label) => Err(AppError::new(
                Kind::NotFound,
                format!("there is no account '{label}'"),
            )),
            None => Ok(()),
        }
    }

    /// How many deliveries each event holds now.
    async fn holds(&self) -> Result<BTreeMap<EventId, usize>, AppError> {
        let mut holds = BTreeMap::new();
        for delivery in self.held().await? {
            for event in events_of(&delivery) {
                *holds.entry(event).or_default() += 1;
            }
        }
        Ok(holds)
    }

    /// All that is held.
    pub(super) async fn held(&self) -> Result<Vec<Delivery>, AppError> {
        Ok(self.env.store.list(&Query::in_states([StateName::Held])).await?)
    }
}

/// A kind or a code that does not exist would silently let posts through.
///
/// # Errors
/// [`AppError`] that names the first of them.
pub fn check_words(kind: &str, countries: &[String], regions: &[String]) -> Result<(), AppError> {
    let kinds = all_kinds();
    if !kinds.contains(kind) {
        let known: Vec<&str> = kinds.into_iter().collect();
        let error = AppError::bad_input(format!("'{}' is not a kind of event", visible(kind)));
        return Err(error.help(format!("use one of: {}", known.join(", "))));
    }
    match wrong_code(countries, regions) {
        Some(wrong) => Err(AppError::bad_input(visible(&wrong))),
        None => Ok(()),
    }
}

/// The events that hold this delivery.
pub(super) fn events_of(delivery: &Delivery) -> Vec<EventId> {
    let State::Held { reasons, .. } = delivery.state() else {
        return Vec::new();
    };
    let event = |reason: &HoldReason| match reason {
        HoldReason::Event(hold) => Some(hold.event),
        _ => None,
    };
    reasons.iter().filter_map(event).collect()
}

/// How many of these each account has, the most first, and when the first of them is due.
pub(super) fn counts(views: &[DeliveryView]) -> Vec<AccountCount> {
    let due = |view: &DeliveryView| view.due.parse::<Zoned>().map(|due| due.timestamp()).ok();
    let mut by_account: BTreeMap<&str, Vec<&DeliveryView>> = BTreeMap::new();
    for view in views {
        by_account.entry(&view.account).or_default().push(view);
    }
    let counts = by_account.into_iter().filter_map(|(account, of)| {
        let first = of.iter().min_by_key(|view| due(view))?;
        Some(AccountCount {
            account: account.to_owned(),
            deliveries: of.len(),
            first_due: first.due.clone(),
            first_due_shown: first.due_shown.clone(),
        })
    });
    let mut counts: Vec<AccountCount> = counts.collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.deliveries));
    counts
}

pub(super) fn upper(codes: Vec<String>) -> Vec<String> {
    codes.into_iter().map(|c| c.to_ascii_uppercase()).collect()
}

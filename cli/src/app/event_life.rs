//! What becomes of an event: accepted, dismissed, extended, ended. Each change looks at the whole queue anew.

use soundpost_core::event::{Event, Stage};
use soundpost_core::guard::approval::note_narrowing;

use super::App;
use super::approvals::says_why;
use super::error::{AppError, Kind};
use super::events::{check_words, upper};
use super::understanding::NEVER;
use crate::control::protocol::{EventChange, EventChanged};
use crate::output::visible;

/// The word for an event that has no end of its own.
const OPEN: &str = "open";

impl App {
    /// Accepts a proposal, or takes over what a feed flagged by itself; with changes.
    ///
    /// # Errors
    /// [`AppError`] when it is no proposal, or a change does not read.
    pub async fn event_accept(
        &self,
        who: &str,
        typed: &str,
        change: EventChange,
    ) -> Result<EventChanged, AppError> {
        let mut event = self.event_named(typed)?;
        let before = event.clone();
        if event.stage != Stage::Proposed && !(event.is_a_feeds_own() && event.stage == Stage::Open) {
            let error = AppError::conflict(format!("\"{}\" is no proposal", visible(&event.title)));
            return Err(error.help("an open event is changed by:  soundpost event change ID"));
        }
        self.apply(&mut event, change)?;
        if event.is_over_at(self.now()) {
            let error = AppError::conflict(format!("\"{}\" is over already", visible(&event.title)));
            return Err(error.help("give it a new end:  --until \"tomorrow 9:00\", or --until open"));
        }
        event.stage = Stage::Open;
        event.decided_by = Some(who.to_owned());
        event.decays_from = event.ends_at.is_none().then(|| self.now());
        note_narrowing(&before, &mut event);
        let effect = self.set_event(who, "accepted", &event).await?;
        self.event_changed("accepted", &event, effect).await
    }

    /// Says that a proposal or a false alarm is nothing; the answer lists what goes again.
    ///
    /// # Errors
    /// [`AppError`] without a reason, or when it is over.
    pub async fn event_dismiss(&self, who: &str, typed: &str, why: &str) -> Result<EventChanged, AppError> {
        says_why(why, "a dismissal")?;
        let mut event = self.event_named(typed)?;
        self.refuse_if_done(&event)?;
        event.stage = Stage::Dismissed {
            by: who.to_owned(),
            why: why.to_owned(),
            at: self.now(),
        };
        event.decided_by = Some(who.to_owned());
        let effect = self.set_event(who, why, &event).await?;
        self.event_changed("dismissed", &event, effect).await
    }

    /// Says that an event is still what it was: its schedule of getting milder begins anew.
    ///
    /// # Errors
    /// [`AppError`] when it does not count any more, is only proposed, or has an end of its own.
    pub async fn event_confirm(&self, who: &str, typed: &str) -> Result<EventChanged, AppError> {
        let mut event = self.event_named(typed)?;
        self.refuse_if_done(&event)?;
        let title = visible(&event.title).into_owned();
        if event.stage == Stage::Proposed {
            let error = AppError::conflict(format!("\"{title}\" is only proposed"));
            return Err(error.help("soundpost event accept ID makes it count"));
        }
        if event.decays_from.is_none() {
            let error = AppError::conflict(format!(
                "\"{title}\" does not get milder: there is nothing to confirm"
            ));
            return Err(error.help("event extend gives it another end"));
        }
        event.decays_from = Some(self.now());
        event.decided_by = Some(who.to_owned());
        let effect = self.set_event(who, "confirmed", &event).await?;
        self.event_changed("confirmed", &event, effect).await
    }

    /// Gives an event another end, or another time to look at it.
    ///
    /// # Errors
    /// [`AppError`] when it was ended by hand, or the times do not read or have passed.
    pub async fn event_extend(
        &self,
        who: &str,
        typed: &str,
        until: Option<&str>,
        review: Option<&str>,
    ) -> Result<EventChanged, AppError> {
        let mut event = self.event_named(typed)?;
        if event.ended_at.is_some() || matches!(event.stage, Stage::Dismissed { .. }) {
            let error = AppError::conflict(format!("somebody has ended \"{}\"", visible(&event.title)));
            return Err(error.help("flag a new one:  soundpost event flag"));
        }
        self.set_times(&mut event, until, review)?;
        if event.is_a_feeds_own() && event.stage == Stage::Open {
            event.decided_by = Some(who.to_owned());
        }
        let effect = self.set_event(who, "extended", &event).await?;
        self.event_changed("extended", &event, effect).await
    }

    /// Ends an event; the answer lists what goes again.
    ///
    /// # Errors
    /// [`AppError`] when there is no such event, or it has ended.
    pub async fn event_end(&self, who: &str, typed: &str) -> Result<EventChanged, AppError> {
        let mut event = self.event_named(typed)?;
        if event.stage == Stage::Proposed {
            let error = AppError::conflict(format!("\"{}\" is only proposed", visible(&event.title)));
            return Err(error.help("soundpost event dismiss ID --reason \"why it is nothing\""));
        }
        if event.ended_at.is_some() || matches!(event.stage, Stage::Dismissed { .. }) {
            return Err(AppError::conflict(format!(
                "\"{}\" has ended already",
                visible(&event.title)
            )));
        }
        event.ended_at = Some(self.now());
        event.decided_by = Some(who.to_owned());
        let effect = self.set_event(who, "", &event).await?;
        self.event_changed("ended", &event, effect).await
    }

    /// The event whose id ends like this.
    pub(super) fn event_named(&self, typed: &str) -> Result<Event, AppError> {
        let id = self.find_event(typed)?;
        let event = self.env.store.world().events.get(&id).cloned();
        event.ok_or_else(|| AppError::new(Kind::NotFound, format!("there is no event '{}'", visible(typed))))
    }

    pub(super) fn refuse_if_done(&self, event: &Event) -> Result<(), AppError> {
        let title = visible(&event.title);
        match event.stage {
            Stage::Dismissed { .. } => Err(AppError::conflict(format!("\"{title}\" is dismissed already"))),
            Stage::Open if event.is_over_at(self.now()) => {
                Err(AppError::conflict(format!("\"{title}\" is over already")))
            }
            Stage::Proposed | Stage::Open => Ok(()),
        }
    }

    fn apply(&self, event: &mut Event, change: EventChange) -> Result<(), AppError> {
        self.check_accounts(&change.accounts)?;
        event.title = change.title.unwrap_or_else(|| event.title.clone());
        if event.title.trim().is_empty() {
            return Err(AppError::bad_input("an event needs a title"));
        }
        event.severity = change.severity.unwrap_or(event.severity);
        event.kind = change.kind.unwrap_or_else(|| event.kind.clone());
        add(&mut event.tags, change.tags);
        add(&mut event.places, change.places);
        add(&mut event.entities, change.entities);
        replace(&mut event.countries, upper(change.countries));
        replace(&mut event.regions, upper(change.regions));
        replace(&mut event.accounts, change.accounts);
        check_words(&event.kind, &event.countries, &event.regions)?;
        if change.until.is_some() || change.review.is_some() {
            self.set_times(event, change.until.as_deref(), change.review.as_deref())?;
        }
        Ok(())
    }

    pub(super) fn set_times(
        &self,
        event: &mut Event,
        until: Option<&str>,
        review: Option<&str>,
    ) -> Result<(), AppError> {
        let now = self.now();
        let passed = |what: &str| AppError::bad_input(format!("that {what} has passed: it must lie ahead"));
        match until {
            None => {}
            Some(OPEN) => {
                event.ends_at = None;
                event.decays_from = Some(now);
            }
            some => {
                let ends_at = self.instant(some)?;
                if ends_at.is_some_and(|at| at <= now.max(event.starts_at)) {
                    return Err(passed("end").help("to end it now:  soundpost event end ID"));
                }
                event.ends_at = ends_at;
                event.decays_from = None;
            }
        }
        if review == Some(NEVER) {
            event.review_at = None;
        } else if review.is_some() {
            event.review_at = self.instant(review)?;
            if event.review_at.is_some_and(|at| at <= now) {
                return Err(passed("time to look at it"));
            }
        }
        Ok(())
    }
}

fn add(list: &mut Vec<String>, more: Vec<String>) {
    for word in more {
        if !list.contains(&word) {
            list.push(word);
        }
    }
}

fn replace(list: &mut Vec<String>, by: Vec<String>) {
    if !by.is_empty() {
        *list = by;
    }
}

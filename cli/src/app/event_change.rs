//! `event change`: an open event gets another severity, area, window or other words, in place. Approvals and what became
//! of its holds stay with it; what a change makes worse or wider is looked at anew.

use jiff::Timestamp;
use soundpost_core::event::{Event, Severity, Source, Stage};
use soundpost_core::guard::approval::note_narrowing;
use soundpost_core::guard::reach::Reach;
use soundpost_core::guard::title::REVIEW_AFTER;

use super::App;
use super::error::AppError;
use super::event_difference::differences;
use super::events::{check_words, counts, upper};
use super::rejudge::{Effect, Span};
use super::understanding::{EVERYWHERE, countries_of};
use crate::control::protocol::{EventChanged, EventEdit, FieldChange};
use crate::output::visible;

impl App {
    /// Changes an open event; the answer says what is other, what is held now and what goes again. A dry run changes
    /// nothing, and says the same.
    ///
    /// # Errors
    /// [`AppError`] when it is not open, or a change does not read.
    pub async fn event_change(&self, who: &str, edit: EventEdit) -> Result<EventChanged, AppError> {
        let before = self.event_named(&edit.id)?;
        self.refuse_unless_open(&before)?;
        let mut after = self.edited(&before, &edit)?;
        if matches!(after.source, Source::Feed { .. }) {
            // From now on its feeds leave it as this person said.
            after.decided_by = Some(who.to_owned());
        }
        note_narrowing(&before, &mut after);
        let changes = differences(&before, &after, &self.teller(&self.zone), self.now());
        if changes.is_empty() {
            return self
                .event_changed("left as it was", &before, Effect::default())
                .await;
        }
        if edit.dry_run {
            return self.change_tried(&before, &after, changes).await;
        }
        let effect = self.set_event(who, &edit.why, &after).await?;
        Ok(EventChanged {
            changes,
            ..self.event_changed("changed", &after, effect).await?
        })
    }

    /// What a change would do that nobody has made.
    async fn change_tried(
        &self,
        before: &Event,
        after: &Event,
        changes: Vec<FieldChange>,
    ) -> Result<EventChanged, AppError> {
        let mut world = (*self.env.store.world()).clone();
        world.events.set(after.clone());
        let reach = Reach::new(Some(before), after, self.now());
        let rejudged = self.rejudge(&world, Span::Within(&reach)).await?;
        let released = self.views(&rejudged.let_go()).await?;
        let would = self.views_of_holds(rejudged.newly_held()).await?;
        let tried = self.event_changed("would be changed", after, Effect::default());
        Ok(EventChanged {
            dry_run: true,
            changes,
            counts: counts(&would),
            released,
            would,
            ..tried.await?
        })
    }

    fn refuse_unless_open(&self, event: &Event) -> Result<(), AppError> {
        if event.stage == Stage::Proposed {
            let error = AppError::conflict(format!("\"{}\" is only proposed", visible(&event.title)));
            return Err(error.help("event accept ID takes changes, too, and makes it count"));
        }
        let help = if event.stage == Stage::Open && event.ended_at.is_none() {
            "give it a new end first:  soundpost event extend ID --until WHEN"
        } else {
            "flag a new one:  soundpost event flag"
        };
        self.refuse_if_done(event).map_err(|error| error.help(help))
    }

    fn edited(&self, before: &Event, edit: &EventEdit) -> Result<Event, AppError> {
        let mut event = before.clone();
        if let Some(title) = &edit.title {
            event.title.clone_from(title);
        }
        if event.title.trim().is_empty() {
            return Err(AppError::bad_input("an event needs a title"));
        }
        if let Some(kind) = &edit.kind {
            event.kind.clone_from(kind);
        }
        if let Some(link) = &edit.link {
            event.link = Some(link.clone()).filter(|link| !link.is_empty());
        }
        let lists = [
            (&mut event.tags, &edit.tags),
            (&mut event.places, &edit.places),
            (&mut event.entities, &edit.entities),
            (&mut event.accounts, &edit.accounts),
        ];
        for (list, by) in lists {
            if let Some(by) = by {
                *list = once(by);
            }
        }
        self.check_accounts(edit.accounts.as_deref().unwrap_or_default())?;
        set_area(&mut event, edit)?;
        check_words(&event.kind, &event.countries, &event.regions)?;
        self.set_window(&mut event, edit)?;
        Ok(event)
    }

    /// Severity and times. Another severity counts from now on, like a confirmation.
    fn set_window(&self, event: &mut Event, edit: &EventEdit) -> Result<(), AppError> {
        let now = self.now();
        let by_now = event.severity_at(now);
        let is_other = |s: &Severity| *s != event.severity || *s != by_now;
        let severity = edit.severity.filter(is_other);
        if let Some(severity) = severity {
            event.severity = severity;
            event.decays_from = event.decays_from.map(|_| now);
        }
        if let Some(starts_at) = self.instant(edit.from.as_deref())? {
            event.starts_at = starts_at;
        }
        self.set_times(event, edit.until.as_deref(), edit.review.as_deref())?;
        if event.ends_at.is_some_and(|end| end <= event.starts_at) {
            return Err(AppError::bad_input("the event would end before it begins"));
        }
        let asks_nobody = edit.review.is_none() && event.review_at.is_none();
        if severity == Some(Severity::Critical) && asks_nobody {
            event.review_at = review_of(event, now);
        }
        Ok(())
    }
}

/// When somebody should look at an event that has become critical: as at a new one, after an hour, unless it ends before.
fn review_of(event: &Event, now: Timestamp) -> Option<Timestamp> {
    let at = event.starts_at.max(now).checked_add(REVIEW_AFTER).ok()?;
    Some(at).filter(|at| event.ends_at.is_none_or(|end| *at < end))
}

/// Countries that are named stand for all of them, unless regions are named with them.
fn set_area(event: &mut Event, edit: &EventEdit) -> Result<(), AppError> {
    if let Some(countries) = &edit.countries {
        event.countries = once(&upper(countries.clone()));
        event.regions.clear();
    }
    if let Some(regions) = &edit.regions {
        event.regions = once(&upper(regions.clone()));
        if edit.countries.is_none() && is_everywhere(&event.countries) {
            event.countries = countries_of(&event.regions);
        }
    }
    if is_everywhere(&event.countries) {
        event.countries = vec![EVERYWHERE.to_owned()];
    }
    let is_outside = |region: &&String| {
        let country = region.split_once('-').map_or("", |(country, _)| country);
        edit.regions.is_some() && !event.countries.iter().any(|c| c == country)
    };
    // A code that is none has an error of its own.
    match event.regions.iter().find(is_outside) {
        Some(region) if region.contains('-') => {
            let (region, countries) = (visible(region), event.countries.join(", "));
            let error = format!("'{region}' lies in none of the event's countries ({countries})");
            Err(AppError::bad_input(error).help("name its country as well:  --country CODE"))
        }
        _ => Ok(()),
    }
}

fn is_everywhere(countries: &[String]) -> bool {
    countries.is_empty() || countries.iter().any(|c| c == EVERYWHERE)
}

/// Each word once, in the order in which they were typed.
fn once(words: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for word in words {
        if !all.contains(word) {
            all.push(word.clone());
        }
    }
    all
}

//! Sensitive days from iCalendar files.

use std::sync::Arc;

use soundpost_core::guard::calendar::Calendar;
use soundpost_core::port::store::Write;

use super::App;
use super::error::{AppError, Kind};
use crate::control::protocol::CalendarView;
use crate::output::visible;

/// How many of the next days are shown.
const NEXT_SHOWN: usize = 5;

impl App {
    /// Imports a calendar, or a new version of one; the answer lists what is held now.
    ///
    /// # Errors
    /// [`AppError`] when the file does not read; then nothing changes.
    pub async fn calendar_import(
        &self,
        who: &str,
        name: String,
        text: String,
    ) -> Result<CalendarView, AppError> {
        let calendar = Calendar::parse(&name, &text)
            .map_err(|error| AppError::bad_input(visible(&error.to_string())).help("nothing was changed"))?;
        let calendar = Arc::new(calendar);
        let mut world = (*self.env.store.world()).clone();
        world.calendars.insert(name.clone(), Arc::clone(&calendar));
        let write = |steps| Write::SetCalendar {
            name: name.clone(),
            text: text.clone(),
            steps,
        };
        let effect = self.change_world(who, &world, write).await?;
        Ok(CalendarView {
            held: effect.held,
            ..self.calendar_view(&calendar)
        })
    }

    /// All calendars with their next days.
    pub fn calendar_list(&self) -> Vec<CalendarView> {
        let world = self.env.store.world();
        world.calendars.values().map(|c| self.calendar_view(c)).collect()
    }

    /// Removes a calendar. What only it held, and is still fresh, goes again.
    ///
    /// # Errors
    /// [`AppError`] when there is no such calendar.
    pub async fn calendar_remove(&self, who: &str, name: String) -> Result<String, AppError> {
        if !self.env.store.world().calendars.contains_key(&name) {
            return Err(AppError::new(
                Kind::NotFound,
                format!("there is no calendar '{}'", visible(&name)),
            ));
        }
        let shown = visible(&name).into_owned();
        self.write(who, "", Write::RemoveCalendar { name }).await?;
        let world = self.env.store.world();
        let effect = self
            .change_world(who, &world, |steps| Write::Move { steps })
            .await?;
        Ok(format!(
            "calendar '{shown}' removed; {} posts go again",
            effect.released.len()
        ))
    }

    fn calendar_view(&self, calendar: &Calendar) -> CalendarView {
        let days = calendar.next(self.now(), NEXT_SHOWN, &self.zone, &self.env.zones);
        let teller = self.teller(&self.zone);
        let say = |e: &soundpost_core::event::Event| {
            let area = super::view::area(e);
            format!(
                "{}: {} ({}, {area})",
                teller.instant(e.starts_at),
                visible(&e.title),
                e.severity
            )
        };
        CalendarView {
            name: visible(&calendar.name).into_owned(),
            next: days.iter().map(say).collect(),
            held: Vec::new(),
        }
    }
}

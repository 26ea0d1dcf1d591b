//! Sensitive days: calendars that somebody imports, lists and removes. Those that come with the program:
//! `shipped_calendars.rs`.

use std::sync::Arc;

use jiff::civil::Date;
use soundpost_adapters::feeds::HttpFeeds;
use soundpost_core::event::Event;
use soundpost_core::feed::FeedState;
use soundpost_core::guard::calendar::shipped::Origin;
use soundpost_core::guard::calendar::{Calendar, Coming, Viewpoint};
use soundpost_core::port::feed_source::{Asked, FeedSource as _, Fetched};
use soundpost_core::port::store::Write;
use soundpost_core::schedule;

use super::App;
use super::error::{AppError, Kind};
use super::feeds::check_url;
use super::rejudge::Effect;
use crate::control::protocol::{Answer, CalendarAsk, CalendarView};
use crate::output::visible;

/// How many of the next days are shown.
const NEXT_SHOWN: usize = 5;
/// How many notes of one sort are shown.
const NOTES_SHOWN: usize = 5;

impl App {
    /// Answers what is asked about calendars.
    ///
    /// # Errors
    /// [`AppError`]; then nothing changes.
    pub async fn calendar(&self, who: &str, ask: CalendarAsk) -> Result<Answer, AppError> {
        match ask {
            CalendarAsk::Import { name, text } => self
                .calendar_import(who, name, text)
                .await
                .map(Answer::CalendarImported),
            CalendarAsk::Fetch {
                name,
                url,
                allow_private,
            } => {
                let fetched = self.calendar_fetch(who, name, url, allow_private).await;
                fetched.map(Answer::CalendarImported)
            }
            CalendarAsk::List => Ok(Answer::Calendars(self.calendar_list())),
            CalendarAsk::Offers => Ok(Answer::CalendarOffers(self.calendar_offers())),
            CalendarAsk::Add { names, for_accounts } => {
                let changed = self.calendar_add(who, &names, for_accounts).await;
                changed.map(Answer::CalendarsChanged)
            }
            CalendarAsk::Update { names } => self
                .calendar_update(who, &names)
                .await
                .map(Answer::CalendarsChanged),
            CalendarAsk::Show { what } => self.calendar_show(&what).map(Answer::CalendarShown),
            CalendarAsk::Remove { name } => self.calendar_remove(who, name).await.map(Answer::Said),
        }
    }

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
        let (calendar, effect) = self.set_calendar(who, calendar).await?;
        Ok(CalendarView {
            held: effect.held,
            ..self.calendar_view(&calendar)
        })
    }

    /// Reads a calendar from an address, once, and imports it. It is asked as feeds are, within the same limits.
    ///
    /// # Errors
    /// [`AppError`] when it cannot be fetched or does not read; then nothing changes.
    pub async fn calendar_fetch(
        &self,
        who: &str,
        name: String,
        url: String,
        allow_private: bool,
    ) -> Result<CalendarView, AppError> {
        check_url(&url)?;
        let refused = |why: &str| {
            let why = why
                .replace("this feed", "this address")
                .replace("not a feed", "not a calendar");
            AppError::bad_input(format!("cannot fetch the calendar: {}", visible(&why)))
                .help("nothing was changed")
        };
        let asked = Asked {
            url: &url,
            allow_private,
        };
        let source = HttpFeeds::new(Arc::clone(&self.env.transport));
        let fetched = source.fetch(asked, &FeedState::default()).await;
        match fetched.map_err(|error| refused(&error.why))? {
            Fetched::Unchanged => Err(refused("the server sent nothing")),
            Fetched::Body { bytes, .. } => {
                let text = String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8 text"))?;
                self.calendar_import(who, name, text).await
            }
        }
    }

    /// Puts a calendar in force in the place of what has its name.
    pub(super) async fn set_calendar(
        &self,
        who: &str,
        calendar: Calendar,
    ) -> Result<(Arc<Calendar>, Effect), AppError> {
        let calendar = Arc::new(calendar);
        let (name, text) = (calendar.name.clone(), calendar.text().to_owned());
        let mut world = (*self.env.store.world()).clone();
        world.calendars.insert(name.clone(), Arc::clone(&calendar));
        let write = |steps| Write::SetCalendar {
            name: name.clone(),
            text: text.clone(),
            steps,
        };
        let effect = self.change_world(who, &world, write).await?;
        Ok((calendar, effect))
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

    pub(super) fn calendar_view(&self, calendar: &Calendar) -> CalendarView {
        let seen = Viewpoint::zone(&self.zone, &self.env.zones);
        let next = calendar.next(self.now(), NEXT_SHOWN, &seen);
        CalendarView {
            name: visible(&calendar.name).into_owned(),
            title: visible(&calendar.title).into_owned(),
            days: calendar.day_count(),
            shipped: calendar.origin() != Origin::Own,
            next: next.iter().map(|c| self.coming_words(c)).collect(),
            notes: notes(calendar, self.today_date()),
            held: Vec::new(),
        }
    }

    /// `Mon 9 Nov 2026 (in 12 days): Title (high, DE)`.
    pub(super) fn coming_words(&self, coming: &Coming<'_>) -> String {
        let when = if coming.is_whole {
            let is_now = coming.begins_at <= self.now() && self.now() < coming.ends_at;
            let distance = if is_now {
                "now".to_owned()
            } else {
                schedule::ago_or_in(coming.begins_at, self.now())
            };
            format!("{} ({distance})", dates_words(coming.first, coming.last))
        } else {
            self.teller(&self.zone).instant(coming.begins_at)
        };
        format!(
            "{when}: {} ({}, {})",
            visible(&coming.day.title),
            coming.day.severity,
            super::view::area(&coming.event)
        )
    }

    /// The day that it is for people's eyes.
    pub(super) fn today_date(&self) -> Date {
        let zone = self.env.zones.get(&self.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        zone.to_datetime(self.now()).date()
    }
}

/// What somebody should know of a calendar.
///
/// Public for `doctor`, which looks at the journal without an app.
pub fn notes(calendar: &Calendar, today: Date) -> Vec<String> {
    let mut notes = Vec::new();
    let name = visible(&calendar.name);
    if let Origin::Other(_) = calendar.origin() {
        notes.push(format!(
            "this program comes with another version of it:  soundpost calendar update {name}"
        ));
    }
    let lists = calendar.ending_lists(today);
    notes.extend(lists.iter().take(NOTES_SHOWN).map(|list| {
        format!(
            "the list of dates of '{}' ends on {}: it needs a new version",
            visible(&list.day.title),
            date_words(list.last)
        )
    }));
    let skipped = calendar.skipped().iter().take(NOTES_SHOWN);
    notes.extend(skipped.map(|why| format!("left out: {}", visible(why))));
    let more = (lists.len() + calendar.skipped().len()).saturating_sub(2 * NOTES_SHOWN);
    if more > 0 {
        notes.push(format!("and {more} more of this sort"));
    }
    notes
}

/// `Mon 9 Nov 2026`.
pub(super) fn date_words(date: Date) -> String {
    date.strftime("%a %-d %b %Y").to_string()
}

fn dates_words(first: Date, last: Date) -> String {
    if first == last {
        date_words(first)
    } else {
        format!("{} to {}", date_words(first), date_words(last))
    }
}

/// Where a day is, for people.
pub(super) fn area_words(countries: &[String], regions: &[String]) -> String {
    if countries.iter().any(|c| c == "*") {
        return "everywhere".to_owned();
    }
    let all: Vec<&str> = countries.iter().chain(regions).map(String::as_str).collect();
    all.join(", ")
}

/// True for what stands for a calendar that cannot be read.
pub(super) fn is_unreadable(event: &Event) -> bool {
    event.starts_at == jiff::Timestamp::MIN
}

//! The calendars that come with the program: which there are, which fit the accounts, adding them, and taking newer
//! versions. `calendar show` looks into any calendar.

use std::collections::BTreeSet;

use jiff::civil::Date;
use soundpost_core::account::Account;
use soundpost_core::guard::calendar::shipped::{Origin, SHIPPED, Shipped};
use soundpost_core::guard::calendar::{Calendar, Viewpoint, countries_of_zone};
use soundpost_core::schedule;

use super::App;
use super::calendars::{area_words, date_words};
use super::error::{AppError, Kind};
use crate::control::protocol::{
    CalendarOffer, CalendarShown, CalendarView, CalendarsChanged, SensitiveDayView,
};
use crate::output::visible;

/// The calendar that is for everybody.
const FOR_ALL: &str = "world";
/// How many dates of a day are shown.
const DATES_SHOWN: usize = 3;
/// How many days a search shows.
const FOUND_MAX: usize = 40;

impl App {
    /// The calendars that come with the program.
    pub fn calendar_offers(&self) -> Vec<CalendarOffer> {
        let world = self.env.store.world();
        let seen = Viewpoint::zone(&self.zone, &self.env.zones);
        let offer = |shipped: &Shipped| {
            let calendar = shipped.calendar();
            let next = calendar.next(self.now(), 1, &seen);
            let accounts = world.accounts.values().filter(|a| a.exists());
            let fits = accounts.filter(|a| fitting(a).contains(shipped.name));
            CalendarOffer {
                name: shipped.name.to_owned(),
                title: calendar.title.clone(),
                days: calendar.day_count(),
                next: next.first().map(|coming| self.coming_words(coming)),
                added: world.calendars.contains_key(shipped.name),
                fits: fits.map(|a| visible(&a.name).into_owned()).collect(),
            }
        };
        SHIPPED.iter().map(offer).collect()
    }

    /// Those that fit this account and are not in force, by name.
    pub(super) fn calendars_to_add(&self, account: &Account) -> Vec<String> {
        let world = self.env.store.world();
        let missing = fitting(account)
            .into_iter()
            .filter(|name| !world.calendars.contains_key(*name));
        missing.map(str::to_owned).collect()
    }

    /// Puts calendars that come with the program in force: those that are named, and with `for_accounts` those that fit
    /// the accounts.
    ///
    /// # Errors
    /// [`AppError`] when a name is none, or somebody's own calendar has it; then nothing changes.
    pub async fn calendar_add(
        &self,
        who: &str,
        names: &[String],
        for_accounts: bool,
    ) -> Result<CalendarsChanged, AppError> {
        let mut wanted = shipped_named(names)?;
        if for_accounts {
            wanted.extend(self.for_accounts());
        }
        wanted.sort_by_key(|s| s.name);
        wanted.dedup();
        if wanted.is_empty() {
            let error = AppError::bad_input("no calendar is named");
            return Err(
                error.help("name some, or say --for-accounts; soundpost calendar list --available shows all")
            );
        }
        let mut changed = CalendarsChanged::default();
        let mut to_set = Vec::new();
        for shipped in wanted {
            let world = self.env.store.world();
            match world.calendars.get(shipped.name).map(|c| c.origin()) {
                None => to_set.push(shipped),
                Some(Origin::Current(_)) => {
                    changed.left.push(format!("{} is in force already", shipped.name))
                }
                Some(Origin::Other(_)) => changed.left.push(format!(
                    "{0} is in force in another version; to take this one:  soundpost calendar update {0}",
                    shipped.name
                )),
                Some(Origin::Own) => return Err(is_your_own(shipped.name)),
            }
        }
        for shipped in to_set {
            self.set_shipped(who, shipped, &mut changed).await?;
        }
        Ok(changed)
    }

    /// Takes the versions that come with this program: of the calendars that are named, else of all that were added.
    ///
    /// # Errors
    /// [`AppError`] when a name is none, or its calendar is somebody's own; then nothing changes.
    pub async fn calendar_update(&self, who: &str, names: &[String]) -> Result<CalendarsChanged, AppError> {
        let world = self.env.store.world();
        let named = shipped_named(names)?;
        let mut changed = CalendarsChanged::default();
        let mut to_set = Vec::new();
        for (name, calendar) in &world.calendars {
            let is_named = named.iter().any(|s| s.name == name);
            match calendar.origin() {
                Origin::Other(shipped) if is_named || names.is_empty() => {
                    changed.changes.push(differences(calendar, &shipped.calendar()));
                    to_set.push(shipped);
                }
                Origin::Current(_) if is_named => {
                    changed.left.push(format!("{name} is the newest that there is"))
                }
                Origin::Own if is_named => return Err(is_your_own(name)),
                _ => {}
            }
        }
        let is_missing = |s: &&Shipped| !world.calendars.contains_key(s.name);
        if let Some(missing) = named.iter().find(is_missing) {
            let error = AppError::new(
                Kind::NotFound,
                format!("calendar '{}' is not in force", missing.name),
            );
            return Err(error.help(format!("soundpost calendar add {}", missing.name)));
        }
        for shipped in to_set {
            self.set_shipped(who, shipped, &mut changed).await?;
        }
        Ok(changed)
    }

    async fn set_shipped(
        &self,
        who: &str,
        shipped: Shipped,
        changed: &mut CalendarsChanged,
    ) -> Result<(), AppError> {
        let (calendar, effect) = self.set_calendar(who, shipped.calendar()).await?;
        changed.calendars.push(CalendarView {
            held: effect.held,
            ..self.calendar_view(&calendar)
        });
        changed.released.extend(effect.released);
        Ok(())
    }

    fn for_accounts(&self) -> Vec<Shipped> {
        let world = self.env.store.world();
        let accounts = world.accounts.values().filter(|a| a.exists());
        let names: BTreeSet<&str> = accounts.flat_map(fitting).chain([FOR_ALL]).collect();
        names.into_iter().filter_map(Shipped::named).collect()
    }

    /// The days of a calendar, of a date, or with these words.
    ///
    /// # Errors
    /// [`AppError`] when nothing of the sort is found.
    pub fn calendar_show(&self, typed: &str) -> Result<CalendarShown, AppError> {
        let today = self.today_date();
        let world = self.env.store.world();
        let shipped: Vec<Calendar> = SHIPPED
            .iter()
            .filter(|s| !world.calendars.contains_key(s.name))
            .map(Shipped::calendar)
            .collect();
        let added = world.calendars.values().map(|c| (c.as_ref(), true));
        let all: Vec<(&Calendar, bool)> = added.chain(shipped.iter().map(|c| (c, false))).collect();
        let is_it = |(c, _): &&(&Calendar, bool)| c.name == typed || c.name == typed.to_lowercase();
        if let Some((calendar, added)) = all.iter().find(is_it) {
            return Ok(whole(calendar, *added, today));
        }
        let date = schedule::resolve_day(Some(typed), self.now(), &self.zone, &self.env.zones).ok();
        let date = date.map(|day| day.date);
        let mut days = Vec::new();
        for (calendar, added) in &all {
            for (number, day) in calendar.days().iter().enumerate() {
                let found = match date {
                    Some(date) => calendar.dates_of(number, date, 1).first() == Some(&date),
                    None => has_words(day, typed),
                };
                if found {
                    days.push(day_view(calendar, *added, number, date.unwrap_or(today)));
                }
            }
        }
        days.truncate(FOUND_MAX);
        if days.is_empty() && date.is_none() {
            let what = format!(
                "no calendar is named '{0}', and no sensitive day has '{0}' in its words",
                visible(typed)
            );
            let error = AppError::new(Kind::NotFound, what);
            return Err(
                error.help("soundpost calendar list --available shows all; a day is named like 2026-11-09")
            );
        }
        Ok(CalendarShown {
            name: date.map_or_else(|| visible(typed).into_owned(), |date| date.to_string()),
            title: date.map_or_else(|| visible(typed).into_owned(), date_words),
            days,
        })
    }
}

/// The calendars for the readers of this account: those of its audience's countries, else of the country where its
/// zone is, and the one for all.
fn fitting(account: &Account) -> BTreeSet<&'static str> {
    let of_zone = || {
        countries_of_zone(&account.zone)
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    let named: Vec<String> = account
        .audience
        .countries
        .iter()
        .filter(|c| *c != "*")
        .cloned()
        .collect();
    let countries = if named.is_empty() { of_zone() } else { named };
    let shipped = countries.iter().filter_map(|country| Shipped::named(country));
    shipped.map(|s| s.name).chain([FOR_ALL]).collect()
}

fn shipped_named(names: &[String]) -> Result<Vec<Shipped>, AppError> {
    let find = |name: &String| {
        Shipped::named(name).ok_or_else(|| {
            let all: Vec<&str> = SHIPPED.iter().map(|s| s.name).collect();
            let what = format!("no calendar '{}' comes with this program", visible(name));
            let help = format!(
                "it comes with {}; your own file: soundpost calendar import FILE",
                all.join(", ")
            );
            AppError::new(Kind::NotFound, what).help(help)
        })
    };
    names.iter().map(find).collect()
}

fn is_your_own(name: &str) -> AppError {
    let name = visible(name);
    AppError::conflict(format!("calendar '{name}' is your own: imported, or changed by hand")).help(format!(
        "nothing was changed; to keep it, import it under another name (calendar import FILE --name NAME); then: \
         soundpost calendar remove {name}, and soundpost calendar add {name}"
    ))
}

/// What is different in the newer version, in a sentence.
fn differences(old: &Calendar, new: &Calendar) -> String {
    let has = |calendar: &Calendar, uid: &str| calendar.days().iter().any(|d| d.uid == uid);
    let title = |day: &soundpost_core::guard::calendar::Day| visible(&day.title).into_owned();
    let more: Vec<_> = new
        .days()
        .iter()
        .filter(|d| !has(old, &d.uid))
        .map(title)
        .collect();
    let gone: Vec<_> = old
        .days()
        .iter()
        .filter(|d| !has(new, &d.uid))
        .map(title)
        .collect();
    let kept = new.days().iter().filter(|d| has(old, &d.uid));
    let changed: Vec<_> = kept.filter(|d| !old.days().contains(d)).map(title).collect();
    let told = [("new", more), ("gone", gone), ("changed", changed)];
    let told = told.into_iter().filter(|(_, titles)| !titles.is_empty());
    let told: Vec<String> = told
        .map(|(what, titles)| format!("{what}: {}", titles.join("; ")))
        .collect();
    let told = if told.is_empty() {
        "only dates differ".to_owned()
    } else {
        told.join(". ")
    };
    format!("{}: {told}", new.name)
}

fn whole(calendar: &Calendar, added: bool, today: Date) -> CalendarShown {
    let mut days: Vec<SensitiveDayView> = (0..calendar.day_count())
        .map(|number| day_view(calendar, added, number, today))
        .collect();
    // Those that come no more stand last.
    days.sort_by_key(|d| (d.dates.is_empty(), d.dates.first().cloned()));
    CalendarShown {
        name: visible(&calendar.name).into_owned(),
        title: visible(&calendar.title).into_owned(),
        days,
    }
}

fn has_words(day: &soundpost_core::guard::calendar::Day, typed: &str) -> bool {
    let wanted = typed.to_lowercase();
    let texts = [&day.title, &day.uid, &day.summary].into_iter();
    let mut all = texts.chain(&day.tags).chain(&day.places);
    all.any(|text| text.to_lowercase().contains(&wanted))
}

fn day_view(calendar: &Calendar, added: bool, number: usize, from: Date) -> SensitiveDayView {
    let day = &calendar.days()[number];
    let dates = calendar.dates_of(number, from, DATES_SHOWN);
    let mut words: Vec<String> = Vec::new();
    for word in day.places.iter().chain(&day.tags) {
        let shown = visible(word).into_owned();
        if *word != day.title && !words.contains(&shown) {
            words.push(shown);
        }
    }
    SensitiveDayView {
        title: visible(&day.title).into_owned(),
        calendar: visible(&calendar.name).into_owned(),
        added,
        dates: dates.iter().map(ToString::to_string).collect(),
        severity: day.severity,
        kind: visible(&day.kind).into_owned(),
        area: area_words(&day.countries, &day.regions),
        words,
        why: visible(&day.summary).into_owned(),
        source: visible(&day.source).into_owned(),
        lead_hours: day.lead_hours,
        tail_hours: day.tail_hours,
    }
}

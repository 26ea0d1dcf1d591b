//! The sensitive days on which a post is due, and those that its text names by their date, also where the guard would
//! not hold it: who queues it should know.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use soundpost_core::account::Account;
use soundpost_core::delivery::Delivery;
use soundpost_core::guard::calendar::{Coming, Day, Viewpoint};
use soundpost_core::guard::dates::NamedDate;
use soundpost_core::guard::news::Reader;
use soundpost_core::post::{Audience, Part, Post};

use super::App;
use super::calendars::{area_words, date_words};
use crate::output::visible;

/// More days than this are not named at once.
const NAMED_MAX: usize = 5;

impl App {
    /// The sensitive days of this delivery's readers at this instant, the worst first, a sentence each.
    pub(super) fn days_of(&self, delivery: &Delivery, post: &Post, at: Timestamp) -> Vec<String> {
        let world = self.env.store.world();
        let Some(account) = world.accounts.get(&delivery.account) else {
            return Vec::new();
        };
        let audience = post.audience.as_ref().unwrap_or(&account.audience);
        let parts = post.revision(delivery.revision).content.for_account(account);
        let mut words = self.days_at(account, audience, at);
        words.extend(self.days_named(account, audience, parts, at));
        words
    }

    /// The sensitive days that the text names by their date, such as "9/11": of the year that it names, else the next
    /// ones from a week before this instant on.
    fn days_named(
        &self,
        account: &Account,
        audience: &Audience,
        parts: &[Part],
        at: Timestamp,
    ) -> Vec<String> {
        let world = self.env.store.world();
        let seen = Viewpoint::audience(&account.zone, audience, &self.env.zones);
        let zone = self.env.zones.get(&account.zone).unwrap_or(TimeZone::UTC);
        let due = zone.to_datetime(at).date();
        let mut words = Vec::new();
        for (found, named) in Reader::new(parts, None).named_dates() {
            let Some(date) = meant(&named, due).filter(|date| *date != due) else {
                continue;
            };
            for calendar in world.calendars.values() {
                words.extend(calendar.on(date, &seen).into_iter().map(|day| {
                    let (found, dates) = (visible(found), date_words(date));
                    format!(
                        "{}: \"{found}\" names {}",
                        account.name,
                        day_line(&dates, &calendar.name, day)
                    )
                }));
            }
        }
        words.sort();
        words.dedup();
        words.truncate(NAMED_MAX);
        words
    }

    fn days_at(&self, account: &Account, audience: &Audience, at: Timestamp) -> Vec<String> {
        let world = self.env.store.world();
        let seen = Viewpoint::audience(&account.zone, audience, &self.env.zones);
        let mut days: Vec<(&str, Coming<'_>)> = Vec::new();
        for calendar in world.calendars.values() {
            days.extend(
                calendar
                    .now(at, &seen)
                    .into_iter()
                    .map(|c| (calendar.name.as_str(), c)),
            );
        }
        days.sort_by_key(|(name, c)| (std::cmp::Reverse(c.day.severity), c.begins_at, *name));
        let (named, more) = days.split_at(days.len().min(NAMED_MAX));
        let words = named
            .iter()
            .map(|(name, coming)| day_words(&account.name, name, coming, at));
        let more =
            (!more.is_empty()).then(|| format!("{}: and {} sensitive days more", account.name, more.len()));
        words.chain(more).collect()
    }
}

/// `shop: Mon 9 Nov 2026 is a sensitive day in DE: Title (high, calendar de)`.
fn day_words(account: &str, calendar: &str, coming: &Coming<'_>, at: Timestamp) -> String {
    let dates = match (coming.first, coming.last) {
        (first, last) if first == last => date_words(first),
        (first, last) => format!("{} to {}", date_words(first), date_words(last)),
    };
    let when = if at < coming.begins_at {
        format!("it is shortly before {dates},")
    } else if at >= coming.ends_at {
        format!("it is shortly after {dates},")
    } else {
        format!("{dates} is")
    };
    format!("{account}: {when} {}", day_line("", calendar, coming.day))
}

/// `a sensitive day in DE: Title (high, calendar de)`, with its date when it is given.
fn day_line(date: &str, calendar: &str, day: &Day) -> String {
    let place = match area_words(&day.countries, &day.regions) {
        area if area == "everywhere" => area,
        area => format!("in {area}"),
    };
    let date = if date.is_empty() {
        String::new()
    } else {
        format!("{date}, ")
    };
    format!(
        "{date}a sensitive day {place}: {} ({}, calendar {})",
        visible(&day.title),
        day.severity,
        visible(calendar)
    )
}

/// The date that a text means which is to go out on this one.
fn meant(named: &NamedDate, due: Date) -> Option<Date> {
    if let Some(year) = named.year {
        return Date::new(year, named.month, named.day).ok();
    }
    let from = due.checked_sub(1.week()).ok()?;
    let years = from.year()..=from.year().saturating_add(4);
    let dates = years.filter_map(|year| Date::new(year, named.month, named.day).ok());
    dates.into_iter().find(|date| *date >= from)
}

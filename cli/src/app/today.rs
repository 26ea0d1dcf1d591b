//! `today`: a day at a glance, for a person who comes in the morning.

use jiff::Timestamp;
use soundpost_core::account::AccountStatus;
use soundpost_core::delivery::Delivery;
use soundpost_core::event::Event;
use soundpost_core::guard::calendar::{Coming, Viewpoint};
use soundpost_core::halt::{Scope, halted};
use soundpost_core::port::store::Query;
use soundpost_core::schedule::{self, Day};

use super::App;
use super::calendars::is_unreadable;
use super::error::AppError;
use super::view::area;
use crate::control::protocol::{DayLine, DeliveryView, EventView, Today, TodayAsk};
use crate::output::visible;

/// How many sensitive days are looked at from a day on; two days have fewer.
const SENSITIVE_MAX: usize = 100;

/// The day that is shown.
struct Shown<'a> {
    day: Day,
    zone: &'a str,
    is_today: bool,
}

impl Shown<'_> {
    /// True for what belongs to the day: of today also what is left from before.
    fn has_open(&self, at: Timestamp) -> bool {
        self.day.has(at) || (self.is_today && at < self.day.starts_at)
    }
}

impl App {
    /// A day at a glance.
    ///
    /// # Errors
    /// [`AppError`] when the day or the zone does not read, or the store cannot be read.
    pub async fn today(&self, ask: &TodayAsk) -> Result<Today, AppError> {
        let zone = ask.zone.as_deref().unwrap_or(&self.zone);
        let day = schedule::resolve_day(ask.date.as_deref(), self.now(), zone, &self.env.zones)
            .map_err(|error| AppError::bad_input(visible(&error.to_string())))?;
        let is_today = day.has(self.now());
        let shown = Shown { day, zone, is_today };
        let (halts, switch_trouble) = self.orders();
        let (needs_person, needs_person_later) = self.needs_person_on(&shown).await?;
        let world = self.env.store.world();
        let stopped = world
            .accounts
            .values()
            .filter(|a| matches!(a.status, AccountStatus::LoginNeeded { .. }));
        Ok(Today {
            date: shown.day.date.to_string(),
            date_shown: shown.day.shown(),
            zone: zone.to_owned(),
            is_today,
            daemon: self.is_daemon,
            all_paused: switch_trouble.is_some() || halts.iter().any(|o| o.scope == Scope::Everything),
            went_out: self.went_out(&shown).await?,
            goes: self.goes(&shown).await?,
            needs_person,
            needs_person_later,
            halts_shown: halts.iter().map(|o| self.order_shown(o)).collect(),
            switch_trouble,
            events: self.events_on(&shown.day),
            sensitive_days: self.sensitive_days(&shown),
            accounts_stopped: stopped.map(|a| self.account_view(a, None)).collect(),
        })
    }

    async fn went_out(&self, shown: &Shown<'_>) -> Result<Vec<DayLine>, AppError> {
        let query = Query {
            published_since: Some(shown.day.starts_at),
            ..Query::default()
        };
        let newest = |d: &Delivery| {
            d.receipts
                .iter()
                .map(|r| r.at)
                .filter(|at| shown.day.has(*at))
                .max()
        };
        let mut found: Vec<(Timestamp, Delivery)> = self
            .env
            .store
            .list(&query)
            .await?
            .into_iter()
            .filter_map(|d| Some((newest(&d)?, d)))
            .collect();
        found.sort_by_key(|(at, d)| (*at, d.id));
        let remark = |d: &Delivery| match d.receipts.iter().filter(|r| r.gone_at.is_none()).count() {
            0 => Some("no longer public".to_owned()),
            _ if d.retract.is_some() => Some("being taken back".to_owned()),
            _ => None,
        };
        self.day_lines(shown, &found, remark).await
    }

    async fn goes(&self, shown: &Shown<'_>) -> Result<Vec<DayLine>, AppError> {
        let goes_at = |d: &Delivery| d.ready_at().map_or(d.goes_at(), |ready| ready.max(d.goes_at()));
        let mut found: Vec<(Timestamp, Delivery)> = self
            .env
            .store
            .list(&Query::waiting())
            .await?
            .into_iter()
            .map(|d| (goes_at(&d), d))
            .filter(|(at, _)| shown.has_open(*at))
            .collect();
        found.sort_by_key(|(at, d)| (*at, d.id));
        let world = self.env.store.world();
        let switch = self.env.gate.switch_state();
        let now = self.now();
        let is_paused = |d: &Delivery| halted(&d.subject(), &switch, &world.halts).is_some();
        let remark = |d: &Delivery| {
            if is_paused(d) {
                return Some("paused: it will not go".to_owned());
            }
            (now > d.fresh_until())
                .then_some("too late: it will be missed")
                .or((now > goes_at(d)).then_some("late"))
                .map(str::to_owned)
        };
        let mut lines = self.day_lines(shown, &found, remark).await?;
        for (line, (_, delivery)) in lines.iter_mut().zip(&found) {
            line.paused = is_paused(delivery);
        }
        Ok(lines)
    }

    async fn day_lines(
        &self,
        shown: &Shown<'_>,
        found: &[(Timestamp, Delivery)],
        remark: impl Fn(&Delivery) -> Option<String>,
    ) -> Result<Vec<DayLine>, AppError> {
        let mut lines = Vec::with_capacity(found.len());
        for (at, delivery) in found {
            let post = self.env.store.post(delivery.id.post).await?;
            lines.push(DayLine {
                delivery: self.view(delivery, post.as_ref()),
                at: at.to_string(),
                at_shown: self.clock_or_all(shown, *at),
                remark: remark(delivery),
                paused: false,
            });
        }
        Ok(lines)
    }

    /// The time of day, where the day is known; else all of it.
    fn clock_or_all(&self, shown: &Shown<'_>, at: Timestamp) -> String {
        if !shown.day.has(at) {
            return self.teller(shown.zone).instant(at);
        }
        let clock = schedule::show_clock(at, shown.zone, &self.env.zones);
        format!("{clock}, {}", schedule::ago_or_in(at, self.now()))
    }

    /// What needs a person on that day; and how many more are due later.
    async fn needs_person_on(&self, shown: &Shown<'_>) -> Result<(Vec<DeliveryView>, usize), AppError> {
        let mut found = self.env.store.list(&Query::open()).await?;
        found.retain(|d| d.state_name().needs_person());
        let later = found.iter().filter(|d| d.due.at >= shown.day.ends_at).count();
        found.retain(|d| shown.has_open(d.due.at));
        Ok((self.views(&found).await?, later))
    }

    fn events_on(&self, day: &Day) -> Vec<EventView> {
        let world = self.env.store.world();
        let mut found: Vec<&Event> = world.events.values().filter(|e| counts_in(e, day)).collect();
        found.sort_by_key(|e| (std::cmp::Reverse(e.severity_at(day.starts_at)), e.starts_at, e.id));
        found.into_iter().map(|e| self.event_view(e, 0)).collect()
    }

    /// The sensitive days of that day and the next, in the day's zone.
    fn sensitive_days(&self, shown: &Shown<'_>) -> Vec<String> {
        let ends_at = shown.day.next().map_or(shown.day.ends_at, |next| next.ends_at);
        let world = self.env.store.world();
        let seen = Viewpoint::zone(shown.zone, &self.env.zones);
        let mut found: Vec<Event> = Vec::new();
        for calendar in world.calendars.values() {
            let next = calendar.next(shown.day.starts_at, SENSITIVE_MAX, &seen);
            // One that can no longer be read has no days, and holds everything.
            let broken = calendar.events_at(shown.day.starts_at, &seen);
            let broken = broken.into_iter().filter(is_unreadable);
            let is_then = |c: &Coming<'_>| c.begins_at < ends_at && c.ends_at > shown.day.starts_at;
            let next = next.into_iter().filter(is_then);
            found.extend(next.map(without_margins).chain(broken));
        }
        found.sort_by_key(|e| (e.starts_at, e.title.clone(), e.id));
        found.iter().map(|e| self.sensitive_day(shown, e)).collect()
    }

    fn sensitive_day(&self, shown: &Shown<'_>, event: &Event) -> String {
        let when = if is_unreadable(event) {
            "always"
        } else {
            match (event.starts_at < shown.day.ends_at, shown.is_today) {
                (true, true) => "today",
                (true, false) => "that day",
                (false, true) => "tomorrow",
                (false, false) => "the day after",
            }
        };
        format!(
            "{when}: {} ({}, {}; {})",
            visible(&event.title),
            event.severity,
            area(event),
            visible(&event.source.to_string())
        )
    }
}

/// The day itself, without the hours before and after.
fn without_margins(coming: Coming<'_>) -> Event {
    Event {
        starts_at: coming.begins_at,
        ends_at: Some(coming.ends_at),
        ..coming.event
    }
}

fn counts_in(event: &Event, day: &Day) -> bool {
    event.starts_at < day.ends_at && !event.is_over_at(day.starts_at)
}

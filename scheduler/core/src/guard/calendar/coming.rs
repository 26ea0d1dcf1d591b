//! Sensitive days that come, as people read them: on which dates, without the hours before and after.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::occurrence::Occurrence;
use super::properties::Day;
use super::{Calendar, Viewpoint};
use crate::event::Event;

/// Two times of a day that are farther apart than this make a list of yearly dates.
const YEARLY_DAYS: i64 = 300;

/// A day that is longer is a span: its dates are not looked for in a text.
const DATES_MAX: usize = 7;

/// One time that a sensitive day comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Coming<'a> {
    /// The day.
    pub day: &'a Day,
    /// The event that it is for the guard: its window has the lead and the tail.
    pub event: Event,
    /// When it begins, without its lead.
    pub begins_at: Timestamp,
    /// The first instant after it, without its tail.
    pub ends_at: Timestamp,
    /// Its first date.
    pub first: Date,
    /// Its last date.
    pub last: Date,
    /// True when it has no times of day.
    pub is_whole: bool,
}

/// A list of dates that comes to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingList<'a> {
    /// The day.
    pub day: &'a Day,
    /// Its last date.
    pub last: Date,
}

impl Coming<'_> {
    /// Its dates, at most a week of them.
    pub fn dates(&self) -> Vec<Date> {
        let dates = self.first.series(1.day()).take_while(|date| *date <= self.last);
        dates.take(DATES_MAX).collect()
    }
}

impl Calendar {
    /// The next days from an instant on, those that are under way included, as seen from there.
    pub fn next<'a>(&'a self, from: Timestamp, count: usize, seen: &Viewpoint<'_>) -> Vec<Coming<'a>> {
        let ahead = self.occurrences[self.first_near(from)..].iter();
        let ahead = ahead.filter(|o| seen.window(o, &self.days[o.day]).1 > from);
        ahead.take(count).map(|o| self.coming(o, seen)).collect()
    }

    /// The days that count at this instant and concern whom it is seen for: what [`Calendar::events_at`] has, but not
    /// what stands for a calendar that cannot be read.
    pub fn now<'a>(&'a self, at: Timestamp, seen: &Viewpoint<'_>) -> Vec<Coming<'a>> {
        self.open(at, seen).map(|o| self.coming(o, seen)).collect()
    }

    /// The days of this date that concern whom it is seen for.
    pub fn on(&self, date: Date, seen: &Viewpoint<'_>) -> Vec<&Day> {
        let noon = TimeZone::UTC.to_timestamp(date.at(12, 0, 0, 0));
        let near = noon.map_or(&[][..], |noon| self.near(noon)).iter();
        let concern = near.filter(|o| seen.concerns(&self.days[o.day]));
        let has = |o: &&Occurrence| {
            let (first, last) = dates(o, &TimeZone::UTC);
            first <= date && date <= last
        };
        concern.filter(has).map(|o| &self.days[o.day]).collect()
    }

    /// The next dates of one of the days, by its place in [`Calendar::days`].
    pub fn dates_of(&self, day: usize, from: Date, count: usize) -> Vec<Date> {
        let own = self.occurrences.iter().filter(|o| o.day == day);
        let dates = own.map(|o| dates(o, &TimeZone::UTC).0);
        dates.filter(|date| *date >= from).take(count).collect()
    }

    /// The lists of yearly dates that end within a year of this day, or have ended. A rule without an end is none.
    pub fn ending_lists(&self, today: Date) -> Vec<EndingList<'_>> {
        let in_a_year = today.checked_add(1.year()).unwrap_or(Date::MAX);
        let mut lasts: Vec<Option<(Option<Date>, Date)>> = vec![None; self.days.len()];
        for occurrence in &self.occurrences {
            let date = dates(occurrence, &TimeZone::UTC).0;
            let before = lasts[occurrence.day].map(|(_, last)| last);
            lasts[occurrence.day] = Some((before, date));
        }
        let ending = |last: Option<(Option<Date>, Date)>| {
            let (before, last) = last?;
            let is_yearly = last.duration_since(before?) >= SignedDuration::from_hours(YEARLY_DAYS * 24);
            (is_yearly && last < in_a_year).then_some(last)
        };
        let days = self.days.iter().zip(lasts);
        days.filter_map(|(day, last)| ending(last).map(|last| EndingList { day, last }))
            .collect()
    }

    fn coming<'a>(&'a self, occurrence: &Occurrence, seen: &Viewpoint<'_>) -> Coming<'a> {
        let day = &self.days[occurrence.day];
        let (begins_at, ends_at) = seen.span(occurrence, day);
        let (first, last) = dates(occurrence, seen.home().unwrap_or(&TimeZone::UTC));
        let midnight = |wall: jiff::civil::DateTime| wall.time() == Time::midnight();
        let walls = [occurrence.starts, occurrence.ends].map(|m| m.wall(&TimeZone::UTC));
        Coming {
            day,
            event: self.event(occurrence, seen),
            begins_at,
            ends_at,
            first,
            last,
            is_whole: walls.into_iter().all(midnight) && occurrence.is_floating(),
        }
    }
}

/// The first and the last date; of instants those in this zone.
fn dates(occurrence: &Occurrence, zone: &TimeZone) -> (Date, Date) {
    let first = occurrence.starts.wall(zone);
    let behind = occurrence.ends.wall(zone);
    let last = behind
        .checked_sub(SignedDuration::from_nanos(1))
        .unwrap_or(behind);
    (first.date(), last.date().max(first.date()))
}

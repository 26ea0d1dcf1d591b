//! Times at which nothing goes out: blackout windows, once, and quiet hours, each day. Both are wall times; the zone of
//! the account says which instants they are, also when its clocks change.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::{Scene, without_approved};
use crate::delivery::{RuleHold, RuleName, RuleSource};
use crate::guard::Input;

/// How many windows one account or campaign has at most.
pub const BLACKOUTS_MAX: usize = 100;

/// A stretch of time without posts: from this wall time on, and before that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Blackout {
    /// Its begin.
    pub from: DateTime,
    /// Its end; at this time posts go again.
    pub until: DateTime,
}

/// Hours without posts on each day; they may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// Their begin.
    pub from: Time,
    /// Their end; at this time posts go again.
    pub until: Time,
}

/// All times at which something is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Windows {
    /// Once, in order.
    pub blackouts: Vec<Blackout>,
    /// Each day.
    pub quiet: Option<Quiet>,
}

impl Windows {
    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.blackouts.is_empty() && self.quiet.is_none()
    }

    /// The windows that hold at this instant, each with its rule, itself in words, and its end.
    fn holding(&self, at: Timestamp, zone: &TimeZone) -> Vec<(RuleName, String, Option<Timestamp>)> {
        let blackouts = self.blackouts.iter().filter_map(|blackout| {
            let (from, until) = blackout.instants(zone)?;
            (from <= at && at < until).then(|| (RuleName::Blackout, blackout.to_string(), Some(until)))
        });
        let quiet = self.quiet.filter(|quiet| quiet.is_at(at, zone));
        let quiet = quiet.map(|quiet| (RuleName::QuietHours, quiet.to_string(), quiet.end_after(at, zone)));
        blackouts.chain(quiet).collect()
    }
}

/// The windows that hold this post: those of its account, then of its campaign, then of the configuration. None for
/// what has begun to go out, and for a statement that a person has confirmed.
pub fn holds(input: &Input<'_>, scene: &Scene<'_>, zones: &TimeZoneDatabase) -> Vec<RuleHold> {
    let campaign = scene
        .campaign
        .and_then(|name| scene.settings.campaigns.get_key_value(name));
    let of_account = Some((&input.account.rules.windows, RuleSource::Account));
    let of_campaign = campaign.map(|(name, windows)| (windows, RuleSource::Campaign { name: name.clone() }));
    let of_config = Some((&scene.settings.windows, RuleSource::Config));
    let all = [of_account, of_campaign, of_config].into_iter().flatten();
    let mut all = all.filter(|(windows, _)| !windows.is_empty()).peekable();
    if scene.goes_on() || all.peek().is_none() {
        return Vec::new();
    }
    let zone = zones.get(&input.account.zone).unwrap_or(TimeZone::UTC);
    let held = all.flat_map(|(windows, source)| {
        let holding = windows.holding(input.at, &zone).into_iter();
        holding.map(move |(rule, limit, until)| RuleHold {
            rule,
            source: source.clone(),
            limit: format!("{limit} ({})", input.account.zone),
            found: String::new(),
            until,
        })
    });
    let held: Vec<RuleHold> = held.collect();
    without_approved(held, input)
}

impl Blackout {
    /// `from 2026-12-24 18:00 until 2026-12-27 08:00`.
    pub fn in_words(&self) -> String {
        let minutes = "%Y-%m-%d %H:%M";
        let (from, until) = (self.from.strftime(minutes), self.until.strftime(minutes));
        format!("from {from} until {until}")
    }

    /// Its first instant, and the one at which it is over. Where clocks change it is rather longer.
    fn instants(&self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let from = zone.to_ambiguous_timestamp(self.from).earlier().ok()?;
        let until = zone.to_ambiguous_timestamp(self.until).later().ok()?;
        Some((from, until))
    }
}

impl Quiet {
    /// `from 22:00 until 07:00, each day`.
    pub fn in_words(&self) -> String {
        let (from, until) = (self.from.strftime("%H:%M"), self.until.strftime("%H:%M"));
        format!("from {from} until {until}, each day")
    }

    fn is_at(self, at: Timestamp, zone: &TimeZone) -> bool {
        let time = zone.to_datetime(at).time();
        if self.from < self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }

    /// The first instant after this one at which it is not quiet: where the clock shows the end, or where it jumps past
    /// it. When it shows the end twice and the second time is still to come, that one.
    fn end_after(self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = zone.to_datetime(at).date();
        let days = (0..=2).filter_map(|n| today.checked_add(n.days()).ok());
        let shown = days.flat_map(|day| {
            let end = zone.to_ambiguous_timestamp(day.to_datetime(self.until));
            [end.earlier().ok(), end.later().ok()]
        });
        let jumps = zone.following(at).take(2).map(|jump| jump.timestamp());
        let ends = shown.flatten().chain(jumps);
        ends.filter(|end| *end > at && !self.is_at(*end, zone)).min()
    }
}

impl fmt::Display for Blackout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = "%Y-%m-%d %H:%M";
        write!(
            f,
            "{}..{}",
            self.from.strftime(minutes),
            self.until.strftime(minutes)
        )
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{}",
            self.from.strftime("%H:%M"),
            self.until.strftime("%H:%M")
        )
    }
}

impl FromStr for Blackout {
    type Err = String;

    fn from_str(text: &str) -> Result<Blackout, String> {
        let form = || {
            format!(
                "'{text}' is not a window: write it as \"2026-12-24 18:00..2026-12-27 08:00\", or \
                 \"2026-12-24..2026-12-26\" for whole days"
            )
        };
        let (from, until) = text.split_once("..").ok_or_else(form)?;
        let from = wall(from).ok_or_else(form)?;
        let until = wall(until).ok_or_else(form)?;
        let blackout = Blackout {
            from: from.begin(),
            until: until.end().ok_or_else(form)?,
        };
        if blackout.until <= blackout.from {
            return Err(format!("'{text}' ends before it begins"));
        }
        Ok(blackout)
    }
}

impl FromStr for Quiet {
    type Err = String;

    fn from_str(text: &str) -> Result<Quiet, String> {
        let form = || format!("'{text}' are no quiet hours: write them as 22:00-07:00");
        let (from, until) = text.split_once('-').ok_or_else(form)?;
        let quiet = Quiet {
            from: time(from).ok_or_else(form)?,
            until: time(until).ok_or_else(form)?,
        };
        if quiet.from == quiet.until {
            return Err(format!(
                "'{text}' is the whole day: pause the account, or give it a blackout window"
            ));
        }
        Ok(quiet)
    }
}

/// A day, or a minute of it.
enum Wall {
    Day(Date),
    Minute(DateTime),
}

impl Wall {
    fn begin(&self) -> DateTime {
        match self {
            Wall::Day(date) => date.to_datetime(Time::midnight()),
            Wall::Minute(at) => *at,
        }
    }

    /// A day ends when the next one begins.
    fn end(&self) -> Option<DateTime> {
        match self {
            Wall::Day(date) => Some(date.tomorrow().ok()?.to_datetime(Time::midnight())),
            Wall::Minute(at) => Some(*at),
        }
    }
}

fn wall(text: &str) -> Option<Wall> {
    let text = text.trim();
    let Some((date, clock)) = text.split_once([' ', 'T']) else {
        return Date::strptime("%Y-%m-%d", text).ok().map(Wall::Day);
    };
    let date = Date::strptime("%Y-%m-%d", date).ok()?;
    Some(Wall::Minute(date.to_datetime(time(clock)?)))
}

fn time(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn berlin() -> TimeZone {
        TimeZoneDatabase::bundled().get("Europe/Berlin").unwrap()
    }

    /// When quiet hours that hold at this instant end; none when they do not hold.
    fn quiet_until(quiet: &str, instant: &str) -> Option<String> {
        let quiet: Quiet = quiet.parse().unwrap();
        let (at, zone) = (at(instant), berlin());
        quiet
            .is_at(at, &zone)
            .then(|| quiet.end_after(at, &zone).unwrap().to_string())
    }

    #[test]
    fn quiet_hours_go_over_midnight_and_end_on_the_minute() {
        let night = "22:00-07:00";
        assert_eq!(quiet_until(night, "2026-11-22T20:59:59Z"), None);
        let end = Some("2026-11-23T06:00:00Z".to_owned());
        assert_eq!(quiet_until(night, "2026-11-22T21:00:00Z"), end);
        assert_eq!(quiet_until(night, "2026-11-23T05:59:59Z"), end);
        assert_eq!(quiet_until(night, "2026-11-23T06:00:00Z"), None);
        assert_eq!(
            quiet_until("12:00-14:00", "2026-11-23T11:00:00Z"),
            Some("2026-11-23T13:00:00Z".to_owned())
        );
    }

    #[test]
    fn the_night_is_an_hour_shorter_or_longer_when_clocks_change() {
        // Forward on 28 March 2027 at 01:00 UTC, back on 25 October 2026 at 01:00 UTC.
        let night = "22:00-07:00";
        assert_eq!(
            quiet_until(night, "2027-03-27T22:00:00Z"),
            Some("2027-03-28T05:00:00Z".to_owned())
        );
        assert_eq!(
            quiet_until(night, "2026-10-24T21:00:00Z"),
            Some("2026-10-25T06:00:00Z".to_owned())
        );
    }

    #[test]
    fn an_end_that_the_clocks_skip_is_where_they_jump_to() {
        assert_eq!(
            quiet_until("01:00-02:30", "2027-03-28T00:30:00Z"),
            Some("2027-03-28T01:00:00Z".to_owned())
        );
    }

    #[test]
    fn an_end_that_the_clocks_show_twice_ends_it_twice() {
        let quiet = "01:00-02:30";
        assert_eq!(
            quiet_until(quiet, "2026-10-25T00:10:00Z"),
            Some("2026-10-25T00:30:00Z".to_owned())
        );
        assert_eq!(quiet_until(quiet, "2026-10-25T00:40:00Z"), None);
        assert_eq!(
            quiet_until(quiet, "2026-10-25T01:10:00Z"),
            Some("2026-10-25T01:30:00Z".to_owned())
        );
    }

    #[test]
    fn a_blackout_has_its_wall_times_and_whole_days_have_their_last_minute() {
        let zone = berlin();
        let instants = |text: &str| {
            let blackout: Blackout = text.parse().unwrap();
            let (from, until) = blackout.instants(&zone).unwrap();
            (from.to_string(), until.to_string())
        };
        let expected = |from: &str, until: &str| (from.to_owned(), until.to_owned());
        assert_eq!(
            instants("2026-12-24 18:00..2026-12-27 08:00"),
            expected("2026-12-24T17:00:00Z", "2026-12-27T07:00:00Z")
        );
        assert_eq!(
            instants("2026-12-24..2026-12-26"),
            expected("2026-12-23T23:00:00Z", "2026-12-26T23:00:00Z")
        );
        // What the clocks show twice is silent both times.
        assert_eq!(
            instants("2026-10-25 02:30..2026-10-25 02:45"),
            expected("2026-10-25T00:30:00Z", "2026-10-25T01:45:00Z")
        );
    }

    #[test]
    fn what_is_no_window_is_refused_with_its_form() {
        for wrong in [
            "",
            "..",
            "2026-12-24",
            "2026-12-24..tomorrow",
            "2026-13-01..2026-12-24",
        ] {
            let error = wrong.parse::<Blackout>().unwrap_err();
            assert!(error.contains("is not a window"), "{error}");
        }
        let error = "2026-12-24..2026-12-23".parse::<Blackout>().unwrap_err();
        assert!(error.ends_with("ends before it begins"), "{error}");
        for wrong in ["", "22-7", "22:00", "25:00-07:00", "22:00..07:00"] {
            let error = wrong.parse::<Quiet>().unwrap_err();
            assert!(error.contains("are no quiet hours"), "{error}");
        }
        let error = "07:00-07:00".parse::<Quiet>().unwrap_err();
        assert!(error.contains("the whole day"), "{error}");
    }
}

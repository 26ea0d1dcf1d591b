//! When a sensitive day comes: one time of it, as wall times or instants.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// One time that a day comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// Which of the days.
    pub(super) day: usize,
    pub(super) starts: Moment,
    /// The first instant after it.
    pub(super) ends: Moment,
    /// For ordering only: its begin, within a day of the truth wherever one is.
    pub(super) roughly: Timestamp,
}

/// An instant, or a wall time of whoever looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Floating(DateTime),
    Fixed(Timestamp),
}

impl Occurrence {
    pub(super) fn new(day: usize, starts: Moment, ends: Moment) -> Occurrence {
        Occurrence {
            day,
            starts,
            ends,
            roughly: starts.in_zone(&TimeZone::UTC),
        }
    }

    /// True when it has no zone of its own.
    pub(super) fn is_floating(&self) -> bool {
        matches!(self.starts, Moment::Floating(_))
    }

    /// How long it lasts, within an hour.
    pub(super) fn length(&self) -> SignedDuration {
        self.ends.in_zone(&TimeZone::UTC).duration_since(self.roughly)
    }

    /// Its first instant and the first after it, in one zone. A zone that is not known is read as all zones of the
    /// earth.
    pub(super) fn window(&self, zone: Option<&TimeZone>) -> (Timestamp, Timestamp) {
        match zone {
            Some(zone) => (self.starts.in_zone(zone), self.ends.in_zone(zone)),
            None => (self.starts.in_all_zones(-14), self.ends.in_all_zones(12)),
        }
    }
}

impl Moment {
    fn in_zone(self, zone: &TimeZone) -> Timestamp {
        match self {
            Moment::Fixed(at) => at,
            Moment::Floating(wall) => {
                let at = zone.to_ambiguous_timestamp(wall).compatible();
                at.unwrap_or(Timestamp::MAX)
            }
        }
    }

    fn in_all_zones(self, hours: i64) -> Timestamp {
        let at = self.in_zone(&TimeZone::UTC);
        match self {
            Moment::Fixed(_) => at,
            Moment::Floating(_) => at.checked_add(SignedDuration::from_hours(hours)).unwrap_or(at),
        }
    }

    /// The wall time as the file has it; of an instant the wall time in that zone.
    pub(super) fn wall(self, zone: &TimeZone) -> DateTime {
        match self {
            Moment::Floating(wall) => wall,
            Moment::Fixed(at) => zone.to_datetime(at),
        }
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Moment::Floating(wall) => write!(f, "{wall}"),
            Moment::Fixed(at) => write!(f, "{at}"),
        }
    }
}

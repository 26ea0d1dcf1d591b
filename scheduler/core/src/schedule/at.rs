//! Due times that a program makes: from an instant, or in the past.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{Due, WhenError, find_zone, read};

/// The due time of an instant, with its wall time in a zone; a zone that is not known is read as UTC.
pub fn due_at(at: Timestamp, zone_name: &str, zones: &TimeZoneDatabase) -> Due {
    let (zone, name) = match zones.get(zone_name) {
        Ok(zone) => (zone, zone_name),
        Err(_) => (TimeZone::UTC, "UTC"),
    };
    Due {
        at,
        wall: zone.to_datetime(at),
        zone: name.to_owned(),
        adjusted: None,
    }
}

/// As [`super::resolve`], also for the past: events may have begun before somebody flags them.
///
/// # Errors
/// `Unreadable`, `UnknownZone`.
pub fn resolve_any(
    text: &str,
    now: Timestamp,
    zone_name: &str,
    zones: &TimeZoneDatabase,
) -> Result<Due, WhenError> {
    read::read(text.trim(), now, &find_zone(zone_name, zones)?, zones)
}

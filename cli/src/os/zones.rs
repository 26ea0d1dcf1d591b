//! Time zones: the system's database, and the zone that the system is set to.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// How much of a file is read to find the version.
const VERSION_BYTES_MAX: u64 = 64;
/// A zone that every database has.
const PROBE: &str = "Europe/Berlin";

/// The zone database: the system's (or that of `$TZDIR`) when there is one, else the copy in this program, if it
/// was built with one.
///
/// # Errors
/// A sentence for people, when there is neither.
pub fn database() -> Result<TimeZoneDatabase, String> {
    first_usable([TimeZoneDatabase::from_env(), TimeZoneDatabase::bundled()])
}

fn first_usable(candidates: impl IntoIterator<Item = TimeZoneDatabase>) -> Result<TimeZoneDatabase, String> {
    let mut candidates = candidates.into_iter();
    candidates
        .find(|database| database.get(PROBE).is_ok())
        .ok_or_else(|| {
            "no time zones are known: install the package tzdata, or set TZDIR to a folder of zones"
                .to_owned()
        })
}

/// The version of the system's zone database (or of that of `$TZDIR`), such as `2026a`, where it says one.
pub fn version() -> Option<String> {
    let folder = std::env::var_os("TZDIR").map_or_else(|| "/usr/share/zoneinfo".into(), PathBuf::from);
    let said = |name: &str| {
        let mut head = String::new();
        let file = File::open(folder.join(name)).ok()?;
        file.take(VERSION_BYTES_MAX).read_to_string(&mut head).ok()?;
        let word = head
            .lines()
            .next()?
            .trim_start_matches("# version ")
            .trim()
            .to_owned();
        let is_version = word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 8;
        is_version.then_some(word)
    };
    said("tzdata.zi").or_else(|| said("+VERSION"))
}

/// The IANA name of the zone that the system is set to; `UTC` when that cannot be found out.
pub fn system_zone_name() -> String {
    let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
    zone.iana_name().unwrap_or("UTC").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_has_zones_and_is_set_to_one() {
        let database = database().unwrap();
        assert!(database.get("America/New_York").is_ok());
        assert!(database.get(&system_zone_name()).is_ok());
    }

    #[test]
    fn an_empty_database_is_passed_over_and_none_at_all_is_said() {
        let empty = tempfile::tempdir().unwrap();
        let empty = TimeZoneDatabase::from_dir(empty.path()).unwrap_or(TimeZoneDatabase::none());
        assert!(first_usable([empty.clone(), TimeZoneDatabase::from_env()]).is_ok());
        assert!(first_usable([empty]).unwrap_err().contains("tzdata"));
    }
}

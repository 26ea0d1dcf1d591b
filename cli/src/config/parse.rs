//! Values with limits, and errors that show the line and what it may say.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, de};

use crate::os::zones;
use crate::output::visible;

/// Every key and what it may say, in the order of the documentation.
pub const KEYS: [(&str, &str); 24] = [
    ("lanes", "a number from 1 to 256"),
    ("log", "\"pretty\" or \"json\""),
    (
        "log_level",
        "\"error\", \"warn\", \"info\", \"debug\" or \"trace\"",
    ),
    ("switch_group", "the name or number of a group, in quotes"),
    ("resume_group", "the name or number of a group, in quotes"),
    ("store_identity", "a text in quotes"),
    (
        "default_zone",
        "an IANA zone in quotes, such as \"Europe/Berlin\"",
    ),
    ("outside", "a list of texts, such as [\"the newsletter tool\"]"),
    (
        "events_listen",
        "an address and a port in quotes, such as \"127.0.0.1:8099\"",
    ),
    ("events_secret", "\"env:NAME\" or \"file:/PATH\""),
    ("publish_deadline_s", "a number of seconds from 5 to 600"),
    ("backlog_gap_s", "a number of seconds from 0 to 3600"),
    (
        "freshness",
        "a table [freshness] with default_minutes and promo_minutes, greeting_minutes and so on for each category",
    ),
    ("*_minutes", "a number of minutes from 1 to 10080"),
    (
        "rules",
        "a table [rules] with quiet, blackout, posts_per_day and so on (docs/config.md), for all accounts",
    ),
    (
        "campaigns",
        "a table [campaigns.NAME] with quiet and blackout, for the posts of one campaign",
    ),
    ("*sells_in_ten", "a number from 0 (no limit) to 10"),
    ("*humor_per_week", "a number from 0 (no limit) to 1000"),
    ("*gap_min", "a number of minutes from 0 (no gap) to 1440"),
    (
        "*same_text",
        "true (the same words for several accounts are told) or false",
    ),
    ("*caps", "\"warn\" or \"hold\""),
    (
        "*posts_per_day",
        "a number for each network, such as { mastodon = 5, bluesky = 10 }; 0 = no limit",
    ),
    ("*quiet", "quiet hours in quotes, such as \"22:00-07:00\""),
    (
        "*blackout",
        "a list of windows, such as [\"2026-12-24 18:00..2026-12-27 08:00\", \"2027-01-01..2027-01-01\"]",
    ),
];

/// What is wrong with the file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1, and its text, when the fault lies in one.
    pub line: Option<(usize, String)>,
    /// What is wrong.
    pub why: String,
    /// What that key may say.
    pub allowed: Option<&'static str>,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some((number, _)) = &self.line {
            write!(f, ", line {number}")?;
        }
        write!(f, ": {}", self.fault())
    }
}

impl ConfigError {
    /// The same without the path.
    pub fn in_words(&self) -> String {
        match &self.line {
            Some((number, _)) => format!("line {number}: {}", self.fault()),
            None => self.fault(),
        }
    }

    fn fault(&self) -> String {
        let mut fault = visible(&self.why).into_owned();
        if let Some((_, text)) = &self.line {
            fault.push_str(&format!(": `{}`", visible(text)));
        }
        if let Some(allowed) = self.allowed {
            fault.push_str(&format!(": write {allowed}"));
        }
        fault
    }

    /// The file as a whole cannot be read.
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> ConfigError {
        ConfigError {
            path: path.to_path_buf(),
            line: None,
            why: format!("cannot be read: {error}"),
            allowed: None,
        }
    }

    /// Something in its text is not understood.
    pub(super) fn in_text(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
        let line = error.span().map(|span| line_at(text, span.start));
        let key = line
            .as_ref()
            .and_then(|(_, line)| line.split_once('='))
            .map(|(key, _)| key.trim());
        ConfigError {
            path: path.to_path_buf(),
            allowed: key.and_then(allowed),
            why: error.message().trim().replace('\n', ", "),
            line,
        }
    }
}

fn line_at(text: &str, at: usize) -> (usize, String) {
    let before = text.get(..at).unwrap_or(text);
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default();
    (number, line.trim().to_owned())
}

fn allowed(key: &str) -> Option<&'static str> {
    let fits = |name: &str| name == key || name.strip_prefix('*').is_some_and(|end| key.ends_with(end));
    let mut keys = KEYS.iter();
    keys.find(|(name, _)| fits(name)).map(|(_, allowed)| *allowed)
}

/// A number within limits, both of which are allowed.
pub(super) fn between<'de, D, const MIN: u32, const MAX: u32>(deserializer: D) -> Result<u32, D::Error>
where
    D: Deserializer<'de>,
{
    let number = i64::deserialize(deserializer)?;
    let fitting = u32::try_from(number)
        .ok()
        .filter(|number| (MIN..=MAX).contains(number));
    fitting.ok_or_else(|| de::Error::custom(format_args!("{number} is not from {MIN} to {MAX}")))
}

/// A number of minutes of freshness.
pub(super) fn minutes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    between::<D, 1, 10080>(deserializer).map(Some)
}

/// The name of a zone that the zone database knows.
pub(super) fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = String::deserialize(deserializer)?;
    let database = zones::database().map_err(de::Error::custom)?;
    match database.get(&name) {
        Ok(_) => Ok(Some(name)),
        Err(_) => Err(de::Error::custom(format_args!(
            "'{name}' is not a known time zone"
        ))),
    }
}

//! `config.toml` in the home, and where the home is. Every key is optional; a key that is not known is an error.
//!
//! Nothing here is needed to pause.

mod home;
mod parse;
mod rules;

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use soundpost_core::guard::rules::settings::RuleSettings;
use soundpost_core::post::Category;
use soundpost_store::plain_file;

pub use home::{HomeError, home_dir, prepare_home};
pub use parse::{ConfigError, KEYS};
pub use rules::{Campaign, Rules};

/// More than anybody writes into it.
const BYTES_MAX: u64 = 1024 * 1024;

/// The name of the file in the home.
pub const FILE_NAME: &str = "config.toml";

/// How the daemon writes its log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// The least important kind of line that the log shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Errors only.
    Error,
    /// And warnings.
    Warn,
    /// And what happens.
    #[default]
    Info,
    /// And details.
    Debug,
    /// And everything.
    Trace,
}

impl LogLevel {
    /// The word, as `tracing` reads it too.
    pub fn name(self) -> &'static str {
        match self {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        }
    }
}

/// What `config.toml` says, with defaults for what it does not say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many deliveries may be under way at once, 1 to 256; 16.
    #[serde(deserialize_with = "parse::between::<_, 1, 256>")]
    pub lanes: u32,
    /// How the daemon writes its log; pretty.
    pub log: LogFormat,
    /// How much it writes; info.
    pub log_level: LogLevel,
    /// The group whose members may pause; none.
    pub switch_group: Option<String>,
    /// The group whose members may also resume, while the daemon runs; none.
    pub resume_group: Option<String>,
    /// A name for the store where the machine's id and its folders change, such as in containers; none. It is kept in the
    /// store at `init` and `doctor --adopt`. The same name is at home everywhere, another one starts paused.
    pub store_identity: Option<String>,
    /// The zone of accounts that name none; the system's.
    #[serde(deserialize_with = "parse::zone")]
    pub default_zone: Option<String>,
    /// What publishes for you and is not stopped by a pause; `pause` lists it.
    pub outside: Vec<String>,
    /// Where the daemon takes messages of pushed feeds, such as `127.0.0.1:8099`; nowhere.
    pub events_listen: Option<SocketAddr>,
    /// The secret that signs them: `env:NAME` or `file:PATH`; none.
    pub events_secret: Option<String>,
    /// How late a post may still go out.
    pub freshness: Freshness,
    /// How long one visible write may take, 5 to 600 seconds; 30.
    #[serde(deserialize_with = "parse::between::<_, 5, 600>")]
    pub publish_deadline_s: u32,
    /// The pause between two posts of one account when a backlog is sent, 0 to 3600 seconds; 15.
    #[serde(deserialize_with = "parse::between::<_, 0, 3600>")]
    pub backlog_gap_s: u32,
    /// When no account says anything.
    pub rules: Rules,
    /// When the posts of a campaign do not go out, by its name.
    pub campaigns: BTreeMap<String, Campaign>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            lanes: 16,
            log: LogFormat::default(),
            log_level: LogLevel::default(),
            switch_group: None,
            resume_group: None,
            store_identity: None,
            default_zone: None,
            outside: Vec::new(),
            events_listen: None,
            events_secret: None,
            freshness: Freshness::default(),
            publish_deadline_s: 30,
            backlog_gap_s: 15,
            rules: Rules::default(),
            campaigns: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Reads the file in this home. Without a file all keys have their defaults.
    ///
    /// # Errors
    /// When the file cannot be read, or something in it is not understood.
    pub fn load(home: &Path) -> Result<Config, ConfigError> {
        let path = home.join(FILE_NAME);
        let read = plain_file::read(&path, BYTES_MAX).and_then(|bytes| {
            String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not text"))
        });
        match read {
            Ok(text) => Config::parse(&path, &text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Config::default()),
            Err(error) => Err(ConfigError::unreadable(&path, &error)),
        }
    }

    /// Reads this text; the path is for the error only.
    ///
    /// # Errors
    /// When something in it is not understood.
    pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
        toml::from_str(text).map_err(|error| ConfigError::in_text(path, text, &error))
    }

    /// How long one visible write may take.
    pub fn publish_deadline(&self) -> Duration {
        Duration::from_secs(self.publish_deadline_s.into())
    }

    /// The rules that hold for all accounts and for campaigns.
    pub fn rule_settings(&self) -> RuleSettings {
        rules::settings(&self.rules, &self.campaigns)
    }

    /// The pause between two posts of one account when a backlog is sent.
    pub fn backlog_gap(&self) -> Duration {
        Duration::from_secs(self.backlog_gap_s.into())
    }
}

/// How many minutes after its promised time a post may still go out, 1 to 10080 (a week).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Freshness {
    /// For categories that have no number of their own; 60.
    #[serde(deserialize_with = "parse::between::<_, 1, 10080>")]
    pub default_minutes: u32,
    #[serde(deserialize_with = "parse::minutes")]
    promo_minutes: Option<u32>,
    #[serde(deserialize_with = "parse::minutes")]
    product_minutes: Option<u32>,
    #[serde(deserialize_with = "parse::minutes")]
    humor_minutes: Option<u32>,
    #[serde(deserialize_with = "parse::minutes")]
    greeting_minutes: Option<u32>,
    #[serde(deserialize_with = "parse::minutes")]
    info_minutes: Option<u32>,
    #[serde(deserialize_with = "parse::minutes")]
    condolence_minutes: Option<u32>,
    #[serde(deserialize_with = "parse::minutes")]
    support_minutes: Option<u32>,
}

impl Default for Freshness {
    fn default() -> Freshness {
        Freshness {
            default_minutes: 60,
            promo_minutes: None,
            product_minutes: None,
            humor_minutes: None,
            greeting_minutes: Some(15),
            info_minutes: None,
            condolence_minutes: None,
            support_minutes: None,
        }
    }
}

impl Freshness {
    /// The minutes of a category.
    pub fn minutes(&self, category: Category) -> u32 {
        let own = match category {
            Category::Promo => self.promo_minutes,
            Category::Product => self.product_minutes,
            Category::Humor => self.humor_minutes,
            Category::Greeting => self.greeting_minutes,
            Category::Info => self.info_minutes,
            Category::Condolence => self.condolence_minutes,
            Category::Support => self.support_minutes,
        };
        own.unwrap_or(self.default_minutes)
    }

    /// The same in seconds, as deliveries keep it.
    pub fn seconds(&self, category: Category) -> u32 {
        self.minutes(category) * 60
    }
}

/// The path of the file in this home.
pub fn path_in(home: &Path) -> PathBuf {
    home.join(FILE_NAME)
}

#[cfg(test)]
mod tests;

//! What an account says about itself: where it is, and how it posts.

use serde_json::Value;
use soundpost_core::account::Account;
use soundpost_core::post::Part;

use super::instance::Limits;
use crate::kit::server;

const SERVER: &str = "the address of the server (--server)";
pub(super) const VISIBILITY: &str = "visibility";
pub(super) const SPOILER: &str = "spoiler";
pub(super) const SENSITIVE: &str = "sensitive";
pub(super) const IDEMPOTENCY: &str = "idempotency";
pub(super) const MAX_CHARACTERS: &str = "max_characters";

/// When a post carries a key by which a server may recognise a repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idempotency {
    /// Unless this kind of server is known to make things worse by it.
    Auto,
    /// Always.
    Trust,
    /// Never.
    Never,
}

/// The account as this adapter needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    /// Without a slash at its end.
    pub(super) server: String,
    pub(super) host: String,
    pub(super) allow_private: bool,
    /// As the account's own default says where it is not given.
    pub(super) visibility: Option<String>,
    pub(super) spoiler: String,
    pub(super) sensitive: bool,
    pub(super) idempotency: Idempotency,
    pub(super) max_characters: Option<u32>,
}

impl Settings {
    /// # Errors
    /// A sentence for people about what is wrong with the account.
    pub(super) fn of(account: &Account) -> Result<Settings, String> {
        let setting = |name: &str| account.settings.get(name).map(String::as_str);
        let url = server::url(account, SERVER)?;
        let visibility = match setting(VISIBILITY) {
            None => None,
            Some(known @ ("public" | "unlisted" | "private" | "direct")) => Some(known.to_owned()),
            Some(other) => {
                return Err(format!(
                    "{VISIBILITY} is public, unlisted, private or direct, not '{other}'"
                ));
            }
        };
        let idempotency = match setting(IDEMPOTENCY) {
            None | Some("auto") => Idempotency::Auto,
            Some("trust") => Idempotency::Trust,
            Some("never") => Idempotency::Never,
            Some(other) => return Err(format!("{IDEMPOTENCY} is auto, trust or never, not '{other}'")),
        };
        let number = |text: &str| {
            let read = text.parse::<u32>().ok().filter(|number| *number > 0);
            read.ok_or_else(|| format!("{MAX_CHARACTERS} is a number of characters, not '{text}'"))
        };
        Ok(Settings {
            server: url.as_str().trim_end_matches('/').to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            allow_private: server::flag(account, server::ALLOW_PRIVATE)?,
            visibility,
            spoiler: setting(SPOILER).unwrap_or_default().trim().to_owned(),
            sensitive: server::flag(account, SENSITIVE)?,
            idempotency,
            max_characters: setting(MAX_CHARACTERS).map(number).transpose()?,
        })
    }

    /// What is known of the server's limits without asking it.
    pub(super) fn assumed_limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.max_characters = self.max_characters.unwrap_or(limits.max_characters);
        limits
    }

    /// Adds to a post what the account wants of all of its posts.
    pub(super) fn apply(&self, body: &mut Value) {
        if let Some(visibility) = &self.visibility {
            body["visibility"] = visibility.as_str().into();
        }
        if !self.spoiler.is_empty() {
            body["spoiler_text"] = self.spoiler.as_str().into();
        }
        if self.sensitive {
            body["sensitive"] = true.into();
        }
    }
}

/// The words of a part as they are sent. A server makes its own card of a link in the text, so a card's link that
/// is not there is put behind it.
pub(super) fn words(part: &Part) -> String {
    match &part.card {
        Some(card) if !part.text.contains(&card.url) => format!("{}\n\n{}", part.text.trim_end(), card.url)
            .trim_start()
            .to_owned(),
        _ => part.text.clone(),
    }
}

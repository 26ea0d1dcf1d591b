//! What a server is and what its limits are, by its own word. Servers of this API differ:
//! <https://docs.joinmastodon.org/entities/Instance/>.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use soundpost_core::port::adapter::TextUnit;
use soundpost_core::post::Media;

use crate::kit::count;

/// What runs on a server, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Software {
    /// Mastodon and its forks.
    #[default]
    Mastodon,
    /// Counts code points, and links in full.
    GoToSocial,
    /// Pleroma and Akkoma: answer a repeated key with the first answer, also when that was an error.
    Pleroma,
    /// Something else.
    Other,
}

/// The limits of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Limits {
    pub(super) software: Software,
    pub(super) max_characters: u32,
    pub(super) characters_per_url: u32,
    pub(super) max_media: u32,
    /// Empty = not known.
    pub(super) mime_types: Vec<String>,
    pub(super) image_size_max: u64,
    pub(super) alt_max: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            software: Software::Mastodon,
            max_characters: 500,
            characters_per_url: 23,
            max_media: 4,
            mime_types: Vec::new(),
            image_size_max: 16_777_216,
            alt_max: 1500,
        }
    }
}

impl Limits {
    /// Reads the answer of `/api/v2/instance` or `/api/v1/instance`. What is not said is as Mastodon has it.
    pub(super) fn read(instance: &Value) -> Limits {
        let known = Limits::default();
        let statuses = &instance["configuration"]["statuses"];
        let media = &instance["configuration"]["media_attachments"];
        let number = |value: &Value, otherwise: u32| {
            let read = value.as_u64().filter(|number| *number > 0);
            read.map_or(otherwise, |number| u32::try_from(number).unwrap_or(u32::MAX))
        };
        let old = number(&instance["max_toot_chars"], known.max_characters);
        let types = media["supported_mime_types"].as_array();
        let types = types.into_iter().flatten().filter_map(Value::as_str);
        Limits {
            software: software(instance),
            max_characters: number(&statuses["max_characters"], old),
            characters_per_url: number(&statuses["characters_reserved_per_url"], known.characters_per_url),
            max_media: number(&statuses["max_media_attachments"], known.max_media),
            mime_types: types.map(str::to_owned).collect(),
            image_size_max: media["image_size_limit"].as_u64().unwrap_or(known.image_size_max),
            alt_max: number(&media["description_limit"], known.alt_max),
        }
    }

    /// A sentence when these words are too many. A content warning counts with them, links in it in full.
    pub(super) fn too_long(&self, words: &str, spoiler: &str) -> Option<String> {
        let link = self.characters_per_url as usize;
        let (length, how) = if self.software == Software::GoToSocial {
            let length =
                count::length(words, TextUnit::CodePoints) + count::length(spoiler, TextUnit::CodePoints);
            (length, "Unicode code points (a link counts in full".to_owned())
        } else {
            let length = count::mastodon(words, link) + count::length(spoiler, TextUnit::Graphemes);
            let how = format!(
                "graphemes (what people see as one character; a link counts {link}, @name@server counts as @name"
            );
            (length, how)
        };
        let over = length
            .checked_sub(self.max_characters as usize)
            .filter(|over| *over > 0)?;
        let plural = if over == 1 { "" } else { "s" };
        let warning = if spoiler.is_empty() {
            ""
        } else {
            "; the content warning counts too"
        };
        Some(format!(
            "the text is {over} character{plural} too long: this server counts {length} {how}{warning}) and takes {}",
            self.max_characters
        ))
    }

    /// A sentence when this server does not take a picture.
    pub(super) fn unfit(&self, media: &Media) -> Option<String> {
        let name = &media.file_name;
        if !self.mime_types.is_empty() && !self.mime_types.contains(&media.mime) {
            let known = self.mime_types.join(", ");
            return Some(format!("{name} is {}: this server takes {known}", media.mime));
        }
        if media.mime.starts_with("image/") && media.size_bytes > self.image_size_max {
            return Some(format!(
                "{name} has {} bytes: this server takes {}; make it smaller",
                media.size_bytes, self.image_size_max
            ));
        }
        let what = format!("the alternative text of {name}");
        count::too_long(
            &what,
            &media.alt,
            "this server",
            TextUnit::Graphemes,
            self.alt_max,
        )
    }
}

/// Other servers say that they are compatible: `2.7.2 (compatible; Akkoma 3.10)`.
fn software(instance: &Value) -> Software {
    let word = |field: &str| instance[field].as_str().unwrap_or_default().to_ascii_lowercase();
    let (version, source) = (word("version"), word("source_url"));
    let named = |name: &str| version.contains(name) || source.contains(name);
    if named("gotosocial") {
        Software::GoToSocial
    } else if named("pleroma") || named("akkoma") {
        Software::Pleroma
    } else if version.contains("compatible;") || !version.starts_with(|c: char| ('1'..='9').contains(&c)) {
        Software::Other
    } else {
        Software::Mastodon
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_kind_of_server_is_read_from_its_version() {
        for (version, source, expected) in [
            (
                "4.6.0",
                "https://github.com/mastodon/mastodon",
                Software::Mastodon,
            ),
            ("4.4.0+glitch", "", Software::Mastodon),
            (
                "0.20.1+git-6574dc8",
                "https://codeberg.org/superseriousbusiness/gotosocial",
                Software::GoToSocial,
            ),
            ("2.7.2 (compatible; Pleroma 2.9.1)", "", Software::Pleroma),
            ("2.7.2 (compatible; Akkoma 3.15.2)", "", Software::Pleroma),
            ("3.5.3 (compatible; Pixelfed 0.12.5)", "", Software::Other),
            ("", "", Software::Other),
        ] {
            let instance = json!({ "version": version, "source_url": source });
            assert_eq!(Limits::read(&instance).software, expected, "{version}");
        }
    }

    #[test]
    fn limits_are_read_in_their_old_and_new_places() {
        let new = json!({ "version": "4.6.0", "configuration": {
            "statuses": { "max_characters": 1000, "characters_reserved_per_url": 25, "max_media_attachments": 6 },
            "media_attachments": { "supported_mime_types": ["image/png"], "image_size_limit": 10, "description_limit": 20 },
        }});
        let limits = Limits::read(&new);
        assert_eq!(
            (limits.max_characters, limits.characters_per_url, limits.max_media),
            (1000, 25, 6)
        );
        assert_eq!((limits.image_size_max, limits.alt_max), (10, 20));
        let old = json!({ "version": "2.7.2 (compatible; Pleroma 2.5)", "max_toot_chars": 5000 });
        assert_eq!(Limits::read(&old).max_characters, 5000);
        assert_eq!(Limits::read(&json!("nonsense")).max_characters, 500);
    }

    #[test]
    fn servers_count_differently_and_the_sentence_says_how() {
        let text = format!(
            "{} https://example.com/a/rather/long/path/of/a/page",
            "é".repeat(476)
        );
        assert_eq!(Limits::default().too_long(&text, ""), None, "476, a space and 23");
        let why = Limits::default().too_long(&text, "spoiled").unwrap();
        assert!(
            why.starts_with("the text is 7 characters too long: this server counts 507 graphemes"),
            "{why}"
        );
        assert!(
            why.contains("a link counts 23") && why.contains("the content warning counts too"),
            "{why}"
        );
        let gotosocial = Limits {
            software: Software::GoToSocial,
            ..Limits::default()
        };
        let why = gotosocial.too_long(&text, "").unwrap();
        assert!(why.contains("a link counts in full"), "{why}");
    }
}

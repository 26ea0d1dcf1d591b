//! What a person wants said, apart from where and when.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::actor::Actor;
use crate::id::PostId;

/// What a post is for; the guard treats the kinds differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// An offer, a campaign, a call to buy.
    Promo,
    /// News of a product.
    Product,
    /// A joke.
    Humor,
    /// Good morning, happy holidays.
    Greeting,
    /// Plain information.
    Info,
    /// Words of sympathy.
    Condolence,
    /// Help for customers or for people in need.
    Support,
}

impl Category {
    /// All categories, in the order of the documentation.
    pub const ALL: [Category; 7] = [
        Category::Promo,
        Category::Product,
        Category::Humor,
        Category::Greeting,
        Category::Info,
        Category::Condolence,
        Category::Support,
    ];

    /// The word that people type.
    pub fn name(self) -> &'static str {
        match self {
            Category::Promo => "promo",
            Category::Product => "product",
            Category::Humor => "humor",
            Category::Greeting => "greeting",
            Category::Info => "info",
            Category::Condolence => "condolence",
            Category::Support => "support",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Category {
    type Err = String;

    fn from_str(text: &str) -> Result<Category, String> {
        Category::ALL
            .into_iter()
            .find(|c| c.name() == text)
            .ok_or_else(|| {
                let names: Vec<_> = Category::ALL.iter().map(|c| c.name()).collect();
                format!("'{text}' is not a category: use one of {}", names.join(", "))
            })
    }
}

/// Whom a post is meant for. Without countries it is the whole world.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Audience {
    /// ISO 3166-1 alpha-2 codes in upper case.
    pub countries: Vec<String>,
    /// ISO 3166-2 codes in upper case, such as `US-CO`.
    pub regions: Vec<String>,
    /// BCP 47 tags, such as `de`.
    pub languages: Vec<String>,
}

/// A picture or film, kept in the media folder under the hash of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// SHA-256 of the bytes, in lower-case hex; also its file name.
    pub sha256: String,
    /// The name it had on the person's disk.
    pub file_name: String,
    /// Its media type, such as `image/png`.
    pub mime: String,
    /// Its size.
    pub size_bytes: u64,
    /// What it shows, for people who cannot see it; empty when nothing was given.
    pub alt: String,
    /// Width and height in pixels, when known.
    pub pixels: Option<(u32, u32)>,
}

/// A link shown as a card under the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCard {
    /// Where it leads.
    pub url: String,
    /// Its title; empty = to be fetched from the page.
    pub title: String,
    /// Its description; may be empty.
    pub description: String,
}

/// One part of a post. A plain post has one, a thread has several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The words.
    pub text: String,
    /// Pictures or a film, in order.
    #[serde(default)]
    pub media: Vec<Media>,
    /// The card under the text.
    #[serde(default)]
    pub card: Option<LinkCard>,
}

/// What is said, with other words for some networks or accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The parts, at least one.
    pub parts: Vec<Part>,
    /// Other parts, by network name or account label; the label wins.
    #[serde(default)]
    pub variants: BTreeMap<String, Vec<Part>>,
}

impl Content {
    /// The parts that this account gets.
    pub fn for_account(&self, account: &Account) -> &[Part] {
        let variant = self
            .variants
            .get(&account.name)
            .or_else(|| self.variants.get(&account.network));
        variant.unwrap_or(&self.parts)
    }
}

/// One numbered, immutable version of the content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// From 1; each edit adds one.
    pub number: u32,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub by: Actor,
    /// What it says.
    pub content: Content,
}

/// A post with all its revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its name.
    pub id: PostId,
    /// When it was queued.
    pub created_at: Timestamp,
    /// Who queued it.
    pub created_by: Actor,
    /// The caller's own key (`--key`), which makes queueing repeatable.
    pub client_key: Option<String>,
    /// A hash of all that the caller asked for, to tell a repeat from a conflict.
    pub request_sha256: String,
    /// What it is for.
    pub category: Category,
    /// The campaign it belongs to.
    pub campaign: Option<String>,
    /// The language of its text, as BCP 47.
    pub language: Option<String>,
    /// Whom it is for, when that differs from the account's audience.
    pub audience: Option<Audience>,
    /// All versions, oldest first, at least one.
    pub revisions: Vec<Revision>,
}

impl Post {
    /// The version with this number; the newest when there is none such.
    pub fn revision(&self, number: u32) -> &Revision {
        let newest = self.revisions.last();
        let found = self.revisions.iter().find(|r| r.number == number).or(newest);
        found.expect("a post has at least one revision: intake makes it")
    }
}

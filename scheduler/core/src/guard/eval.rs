//! How well does the guard judge? Labelled cases, each with a post and the one event that it is judged on.
//!
//! Only the eight rules run, with the severity and the window that the case gives: no calendars, feeds, limits, halts or
//! freshness. Nothing here needs a queue. `docs/guard.md` says what a case looks like.

pub mod score;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use super::{Input, approval, holds_back, judge_event};
use crate::account::{Account, AccountStatus, CredentialRef};
use crate::delivery::{Approval, Rule, Touch};
use crate::event::{Event, Severity, Source};
use crate::id::{AccountId, EventId, Id};
use crate::post::{Audience, Category, Part};

/// What a person says that the guard shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The post may go.
    Allow,
    /// The post waits.
    Hold,
}

/// A post, an event, and what shall become of the post.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// The language of the text, as BCP 47.
    #[serde(default, rename = "lang")]
    pub language: Option<String>,
    /// The account.
    #[serde(default)]
    pub brand: String,
    /// The words; what a picture shows may stand among them.
    #[serde(rename = "post_text")]
    pub text: String,
    /// Hashtags, which need not stand in the text.
    #[serde(default, deserialize_with = "or_empty")]
    pub hashtags: Vec<String>,
    /// What the post is for.
    pub category: Category,
    /// Whom it is for.
    #[serde(default, deserialize_with = "audience")]
    pub audience: Audience,
    /// When it would go out.
    pub publish_at: Timestamp,
    /// Whether a person let this text through after the event was flagged.
    #[serde(default)]
    pub approved_after_flag: bool,
    /// The event.
    pub event: CaseEvent,
    /// What shall become of it.
    pub expected: Expected,
    /// The rule that shall decide.
    #[serde(default)]
    pub rule: Option<String>,
    /// What in the text meets the event, such as `harm:shooters`.
    #[serde(default, deserialize_with = "or_empty")]
    pub touch: Vec<String>,
    /// Why, in the words of who labelled it.
    #[serde(default)]
    pub reason: Option<String>,
    /// Why this case is difficult.
    #[serde(default)]
    pub hard: Option<String>,
}

/// The event of a case.
#[derive(Debug, Clone, Deserialize)]
pub struct CaseEvent {
    /// Its name; several cases may have one event.
    #[serde(default)]
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The first is the kind of the event, the others are topic words.
    #[serde(default, deserialize_with = "or_empty")]
    pub tags: Vec<String>,
    /// ISO 3166-1 codes; none or `*` = everywhere.
    #[serde(default, deserialize_with = "or_empty")]
    pub countries: Vec<String>,
    /// ISO 3166-2 codes.
    #[serde(default, deserialize_with = "or_empty")]
    pub regions: Vec<String>,
    /// Place names.
    #[serde(default, deserialize_with = "or_empty")]
    pub places: Vec<String>,
    /// Accounts; when given, only these are concerned.
    #[serde(default, deserialize_with = "or_empty")]
    pub accounts: Vec<String>,
    /// How much it silences.
    pub severity: Severity,
    /// When it begins to count.
    pub starts_at: Timestamp,
    /// When it stops to count; none = open.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
}

fn or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn audience<'de, D: Deserializer<'de>>(from: D) -> Result<Audience, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// What the guard made of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The rule that decided.
    pub rule: Rule,
    /// The words that touch the event; only the rules that hold look for them, and `no_topic`.
    pub touches: Vec<Touch>,
}

impl Judged {
    /// True when the post waits.
    pub fn holds(&self) -> bool {
        holds_back(self.rule)
    }
}

impl Case {
    /// Reads one line of a file of cases.
    ///
    /// # Errors
    /// What is wrong with it, and in which column.
    pub fn read(line: &str) -> Result<Case, String> {
        serde_json::from_str(line).map_err(|error| {
            let said = error.to_string();
            let what = said.split(" at line ").next().unwrap_or_default();
            match error.column() {
                0 => what.to_owned(),
                column => format!("column {column}: {what}"),
            }
        })
    }

    /// The guard's answer, from this case's own event alone.
    pub fn judge(&self) -> Judged {
        let posed = self.posed(EventId(Id::from_u128(1)));
        let (rule, touches) = judge_event(&posed.input(), &posed.event);
        Judged { rule, touches }
    }

    /// The case as the guard sees it, with this id for its event.
    pub fn posed(&self, event: EventId) -> Posed<'_> {
        let parts = [Part {
            text: self.whole_text(),
            ..Part::default()
        }];
        let event = self.event.event(event);
        let account = account(&self.brand);
        let approval = self.approved_after_flag.then(|| Approval {
            by: "a person".to_owned(),
            reason: "labelled as approved after the flag".to_owned(),
            at: self.publish_at,
            expires_at: Timestamp::MAX,
            content_sha256: approval::content_sha256(&parts, &self.audience, account.id),
            events: BTreeMap::from([(event.id, approval::event_digest(&event, self.publish_at))]),
            sources: BTreeSet::new(),
            rules: BTreeSet::new(),
        });
        Posed {
            case: self,
            account,
            parts,
            event,
            approval,
        }
    }

    /// The text with the hashtags that it does not have already.
    fn whole_text(&self) -> String {
        let mut text = self.text.clone();
        for tag in &self.hashtags {
            let tag = format!("#{}", tag.trim_start_matches('#'));
            if !text.to_lowercase().contains(&tag.to_lowercase()) {
                text.push(' ');
                text.push_str(&tag);
            }
        }
        text
    }
}

/// A case as the guard sees it.
#[derive(Debug, Clone)]
pub struct Posed<'a> {
    case: &'a Case,
    account: Account,
    parts: [Part; 1],
    /// The event.
    pub event: Event,
    approval: Option<Approval>,
}

impl Posed<'_> {
    /// What the guard looks at.
    pub fn input(&self) -> Input<'_> {
        Input {
            at: self.case.publish_at,
            account: &self.account,
            category: self.case.category,
            audience: &self.case.audience,
            language: self.case.language.as_deref(),
            parts: &self.parts,
            scene: None,
            approval: self.approval.as_ref(),
        }
    }
}

impl CaseEvent {
    fn event(&self, id: EventId) -> Event {
        let mut tags = self.tags.iter().cloned();
        let source = Source::Person {
            name: "the case".to_owned(),
        };
        let mut event = Event::new(id, &self.title, self.severity, self.starts_at, source);
        if !self.countries.is_empty() {
            event.countries.clone_from(&self.countries);
        }
        Event {
            kind: tags.next().unwrap_or_default(),
            tags: tags.collect(),
            places: self.places.clone(),
            regions: self.regions.clone(),
            accounts: self.accounts.clone(),
            ends_at: self.ends_at,
            ..event
        }
    }
}

/// The account of a case: its name is all that the rules ask for.
fn account(name: &str) -> Account {
    Account {
        id: AccountId(Id::from_u128(1)),
        name: name.to_owned(),
        network: String::new(),
        server: None,
        identity: None,
        credential: CredentialRef::None,
        zone: "UTC".to_owned(),
        audience: Audience::default(),
        language: None,
        category: None,
        groups: Vec::new(),
        settings: BTreeMap::new(),
        rules: crate::guard::rules::settings::AccountRules::default(),
        status: AccountStatus::Active,
        added_at: Timestamp::UNIX_EPOCH,
        shadow: None,
    }
}

#[cfg(test)]
mod tests;

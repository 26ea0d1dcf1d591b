//! Events in questions and answers.

use serde::{Deserialize, Serialize};
use soundpost_core::event::Severity;

use super::DeliveryView;

/// An event to flag or to propose.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EventAsk {
    /// What people call it.
    pub title: String,
    /// The vocabulary; `unknown` = only tags and places touch. None = as the title says.
    pub kind: Option<String>,
    /// How much it silences; none = as its kind says.
    pub severity: Option<Severity>,
    /// Topic words.
    pub tags: Vec<String>,
    /// Place names.
    pub places: Vec<String>,
    /// Names of people, companies, things.
    pub entities: Vec<String>,
    /// ISO 3166-1 codes; empty = everywhere.
    pub countries: Vec<String>,
    /// ISO 3166-2 codes.
    pub regions: Vec<String>,
    /// Labels of accounts that alone are concerned.
    pub accounts: Vec<String>,
    /// When it begins to count, as typed; none = now.
    pub from: Option<String>,
    /// When it stops to count, as typed; none = open.
    pub until: Option<String>,
    /// When somebody should look at it again, as typed.
    #[serde(default)]
    pub review: Option<String>,
    /// Where people can read about it.
    #[serde(default)]
    pub link: Option<String>,
    /// True when nothing is read from the title.
    #[serde(default)]
    pub as_typed: bool,
    /// True when nothing is changed: the answer says what would be.
    #[serde(default)]
    pub dry_run: bool,
}

/// What a person changes of a proposal while accepting it. What is empty or none stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EventChange {
    /// What people call it.
    pub title: Option<String>,
    /// The vocabulary.
    pub kind: Option<String>,
    /// How much it silences.
    pub severity: Option<Severity>,
    /// Further topic words.
    pub tags: Vec<String>,
    /// Further place names.
    pub places: Vec<String>,
    /// Further names of people, companies, things.
    pub entities: Vec<String>,
    /// ISO 3166-1 codes in place of those it has; `*` = everywhere.
    pub countries: Vec<String>,
    /// ISO 3166-2 codes in place of those it has.
    pub regions: Vec<String>,
    /// Labels of accounts that alone are concerned, in place of those it has.
    pub accounts: Vec<String>,
    /// When it stops to count, as typed; `open` = until somebody ends it.
    pub until: Option<String>,
    /// When somebody should look at it again, as typed.
    pub review: Option<String>,
}

/// What a person changes of an open event. What is none stays as it is; a list takes the place of the one that it has.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EventEdit {
    /// The ending of its id.
    pub id: String,
    /// What people call it.
    pub title: Option<String>,
    /// The vocabulary.
    pub kind: Option<String>,
    /// How much it silences.
    pub severity: Option<Severity>,
    /// Topic words.
    pub tags: Option<Vec<String>>,
    /// Place names.
    pub places: Option<Vec<String>>,
    /// Names of people, companies, things.
    pub entities: Option<Vec<String>>,
    /// ISO 3166-1 codes; none in the list, or `*` = everywhere. Without regions it is all of these countries.
    pub countries: Option<Vec<String>>,
    /// ISO 3166-2 codes.
    pub regions: Option<Vec<String>>,
    /// Labels of accounts that alone are concerned; none in the list = all.
    pub accounts: Option<Vec<String>>,
    /// When it begins to count, as typed.
    pub from: Option<String>,
    /// When it stops to count, as typed; `open` = until somebody ends it.
    pub until: Option<String>,
    /// When somebody should look at it again, as typed; `never` = nobody is asked.
    pub review: Option<String>,
    /// Where people can read about it; empty = nowhere.
    pub link: Option<String>,
    /// Why; kept in the journal.
    pub why: String,
    /// True when nothing is changed: the answer says what would be.
    pub dry_run: bool,
}

impl EventEdit {
    /// True when it names nothing that should change.
    pub fn is_empty(&self) -> bool {
        let lists = [
            &self.tags,
            &self.places,
            &self.entities,
            &self.countries,
            &self.regions,
            &self.accounts,
        ];
        let words = [
            &self.title,
            &self.kind,
            &self.from,
            &self.until,
            &self.review,
            &self.link,
        ];
        self.severity.is_none()
            && lists.into_iter().all(Option::is_none)
            && words.into_iter().all(Option::is_none)
    }
}

/// One thing about an event that is other than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which, such as `severity` or `area`.
    pub what: String,
    /// What it was, made safe to print.
    pub before: String,
    /// What it is now, made safe to print.
    pub after: String,
}

/// One event, for people's eyes and for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// Its id in full.
    pub id: String,
    /// Its title, made safe to print.
    pub title: String,
    /// Its vocabulary.
    pub kind: String,
    /// Its severity now.
    pub severity: Severity,
    /// How it gets milder from here on unless somebody confirms it, for people; empty when it stays as it is.
    #[serde(default)]
    pub decays: Vec<String>,
    /// Its area, for people.
    pub area: String,
    /// What touches it: places, tags, entities.
    pub words: Vec<String>,
    /// Its window, for people.
    pub window: String,
    /// Where it comes from.
    pub source: String,
    /// `proposed`, `open`, `over` or `dismissed`.
    pub state: String,
    /// When it was flagged or proposed, for people.
    pub since: String,
    /// When somebody should look at it again, for people.
    pub review: Option<String>,
    /// True when that time has passed.
    pub wants_review: bool,
    /// What else told of it.
    pub also: Vec<String>,
    /// Where people can read about it, made safe to print.
    pub link: Option<String>,
    /// What it is, in a sentence or two, made safe to print.
    pub summary: String,
    /// Who dismissed it and why.
    pub dismissed: Option<String>,
    /// True while it counts.
    pub counts: bool,
    /// How many deliveries it holds now.
    pub holds: usize,
}

/// The answer to what changes an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventChanged {
    /// What was done, as a verb in the past.
    pub what: String,
    /// True when nothing was done.
    pub dry_run: bool,
    /// The event.
    pub event: EventView,
    /// How what was typed is understood; empty unless the event is new.
    pub understood: Vec<Understanding>,
    /// What of it is other than before; empty unless a person changed it.
    #[serde(default)]
    pub changes: Vec<FieldChange>,
    /// How many are held now and were not before, or would be, for each account.
    pub counts: Vec<AccountCount>,
    /// Deliveries that are held now and were not before.
    pub held: Vec<DeliveryView>,
    /// Deliveries that go again; of a dry run, that would.
    pub released: Vec<DeliveryView>,
    /// What a proposal would hold if it were accepted as it is; of a dry run, what would be held and is not; else what would
    /// be held and goes, for the guard only watches over its account.
    pub would: Vec<DeliveryView>,
    /// Deliveries that became public in the last days and touch it; `next` takes them down, where that can be done.
    pub public: Vec<DeliveryView>,
    /// The first of those that are due in the next days and name it, and are not held, for their readers are elsewhere;
    /// `note` says the words and where.
    #[serde(default)]
    pub elsewhere: Vec<DeliveryView>,
    /// How many of these there are.
    #[serde(default)]
    pub elsewhere_count: usize,
}

/// One thing that was understood of what a person typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understanding {
    /// Which: `kind`, `severity`, `area`, `places`, `tags`, `window` or `review`.
    pub what: String,
    /// What it is taken for, made safe to print.
    pub value: String,
    /// Why, made safe to print.
    pub because: String,
    /// The option that changes it.
    pub option: String,
}

/// How many deliveries of one account are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountCount {
    /// The account.
    pub account: String,
    /// How many.
    pub deliveries: usize,
    /// When the first of them is due.
    pub first_due: String,
    /// The same for people.
    pub first_due_shown: String,
}

/// The answer to `event show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventShown {
    /// The event.
    pub event: EventView,
    /// What it holds now.
    pub held: Vec<DeliveryView>,
    /// What it would hold, each with why; none unless it is a proposal, or that was asked.
    pub would: Option<Vec<DeliveryView>>,
    /// Deliveries that became public in the last days and touch it.
    pub public: Vec<DeliveryView>,
}

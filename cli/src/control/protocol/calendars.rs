//! Calendars of sensitive days, as people and programs see them.

use serde::{Deserialize, Serialize};
use soundpost_core::event::Severity;

use super::DeliveryView;

/// What is asked about calendars.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarAsk {
    /// Put this text in force.
    Import {
        /// The calendar's name.
        name: String,
        /// The file.
        text: String,
    },
    /// The same, read from an address now.
    Fetch {
        /// The calendar's name.
        name: String,
        /// The address.
        url: String,
        /// True = the address may be in a private network.
        allow_private: bool,
    },
    /// List those in force.
    List,
    /// List those that come with the program.
    Offers,
    /// Put some of those in force.
    Add {
        /// Their names.
        names: Vec<String>,
        /// True = also those that fit the accounts.
        for_accounts: bool,
    },
    /// Take the versions that this program has.
    Update {
        /// Only of these; empty = of all that were added.
        names: Vec<String>,
    },
    /// Show a calendar, a date, or days with these words.
    Show {
        /// As typed.
        what: String,
    },
    /// Remove one.
    Remove {
        /// Its name.
        name: String,
    },
}

impl CalendarAsk {
    /// True when it changes nothing.
    pub fn is_a_question(&self) -> bool {
        matches!(
            self,
            CalendarAsk::List | CalendarAsk::Offers | CalendarAsk::Show { .. }
        )
    }
}

/// A calendar that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarView {
    /// Its name.
    pub name: String,
    /// What its maker calls it.
    pub title: String,
    /// How many days it describes.
    pub days: usize,
    /// True when it came with the program and nobody changed it.
    pub shipped: bool,
    /// The next sensitive days, for people.
    pub next: Vec<String>,
    /// What somebody should know of it: another version ships, a list ends, something was left out.
    pub notes: Vec<String>,
    /// Deliveries that are held now and were not before.
    pub held: Vec<DeliveryView>,
}

/// A calendar that comes with the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarOffer {
    /// Its name.
    pub name: String,
    /// What its maker calls it.
    pub title: String,
    /// How many days it describes.
    pub days: usize,
    /// The next of them, for people.
    pub next: Option<String>,
    /// True when a calendar of that name is in force.
    pub added: bool,
    /// The accounts whose readers it is for.
    pub fits: Vec<String>,
}

/// What `calendar add` and `calendar update` did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarsChanged {
    /// The calendars that are new, or in another version.
    pub calendars: Vec<CalendarView>,
    /// What is different in those that were there before, a sentence each.
    pub changes: Vec<String>,
    /// What was left as it is, with why.
    pub left: Vec<String>,
    /// What goes again.
    pub released: Vec<DeliveryView>,
}

/// What `calendar show` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarShown {
    /// The calendar's name, or the day that was asked for.
    pub name: String,
    /// What its maker calls it, or that day for people.
    pub title: String,
    /// The days.
    pub days: Vec<SensitiveDayView>,
}

/// One sensitive day, however often it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensitiveDayView {
    /// What people call it.
    pub title: String,
    /// Its calendar.
    pub calendar: String,
    /// True when that calendar is in force; a day of another holds nothing.
    pub added: bool,
    /// The dates ahead, `2026-11-09`.
    pub dates: Vec<String>,
    /// How much it silences.
    pub severity: Severity,
    /// Names a vocabulary of harm words.
    pub kind: String,
    /// Where, for people.
    pub area: String,
    /// Its places and topic words.
    pub words: Vec<String>,
    /// Why it is sensitive.
    pub why: String,
    /// Who says so.
    pub source: String,
    /// So many hours before its begin it counts.
    pub lead_hours: u16,
    /// So many hours after its end it counts.
    pub tail_hours: u16,
}

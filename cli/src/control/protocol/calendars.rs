//! Calendars of sensitive days, as people and programs see them.

use serde::{Deserialize, Serialize};
use soundpost_core::event::Severity;

use super::DeliveryView;

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

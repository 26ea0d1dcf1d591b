//! Sensitive days from iCalendar files.

/// The sensitive days of one calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Its name.
    pub name: String,
}

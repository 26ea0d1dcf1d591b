//! Calendars of sensitive days: whether each can be read, and what somebody should know of it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use soundpost_core::guard::calendar::Calendar;
use soundpost_core::port::store::Store as _;

use super::Patient;
use super::finding::Finding;
use crate::app::calendars::notes;
use crate::output::visible;

const WHAT: &str = "sensitive days";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let today = TimeZone::UTC.to_datetime(patient.surroundings.clock.now()).date();
    let world = patient.journal.store.world();
    let mut findings: Vec<Finding> = world
        .calendars
        .values()
        .filter_map(|calendar| broken(calendar))
        .collect();
    findings.extend(
        world
            .calendars
            .values()
            .flat_map(|calendar| told(calendar, today)),
    );
    if findings.is_empty() {
        findings.push(Finding::ok(WHAT, in_force(world.calendars.len())));
    }
    findings
}

fn in_force(count: usize) -> String {
    match count {
        0 => "none; soundpost calendar add --for-accounts puts those of your readers in force".to_owned(),
        count => format!("{count} in force, as this program has them"),
    }
}

fn broken(calendar: &Calendar) -> Option<Finding> {
    let why = visible(calendar.broken()?);
    let name = visible(&calendar.name);
    let found = format!("calendar '{name}' can no longer be read: {why}");
    Some(
        Finding::damage("calendar_broken", WHAT, found)
            .means("it holds every post, so that none goes out on a day that it may have meant")
            .next(format!(
                "import it again:  soundpost calendar import FILE --name {name}"
            ))
            .next(format!("or:  soundpost calendar remove {name}")),
    )
}

/// None of it is broken: it only wants a person some day.
fn told(calendar: &Calendar, today: Date) -> Vec<Finding> {
    let name = visible(&calendar.name);
    let note = |note: String| match note.split_once(":  ") {
        Some((found, next)) => Finding::note("calendar_note", WHAT, format!("{name}: {found}")).next(next),
        None => Finding::note("calendar_note", WHAT, format!("{name}: {note}")),
    };
    notes(calendar, today).into_iter().map(note).collect()
}

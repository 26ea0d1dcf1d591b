//! The calendars of sensitive days: those that can no longer be read, and what somebody should know of the others.

use jiff::tz::TimeZone;
use soundpost_core::port::store::Store as _;
use soundpost_core::world::World;

use super::Patient;
use super::finding::{Finding, count_of};
use crate::app::calendars::notes;
use crate::output::visible;

const WHAT: &str = "calendars";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let world = patient.journal.store.world();
    let mut findings = match world.calendars.len() {
        0 => vec![Finding::ok(
            WHAT,
            "none is in force; soundpost calendar add --for-accounts adds those of your readers",
        )],
        count => vec![Finding::ok(
            WHAT,
            format!("{} in force", count_of(count, "is", "are")),
        )],
    };
    findings.extend(broken(&world));
    let today = TimeZone::UTC.to_datetime(patient.surroundings.clock.now()).date();
    for calendar in world.calendars.values() {
        let name = visible(&calendar.name).into_owned();
        let told = notes(calendar, today).into_iter();
        findings.extend(told.map(|note| Finding::note("calendar_note", WHAT, format!("{name}: {note}"))));
    }
    findings
}

fn broken(world: &World) -> Vec<Finding> {
    let broken = world
        .calendars
        .iter()
        .filter_map(|(name, calendar)| Some((name, calendar.broken()?)));
    let damage = |(name, why): (&String, &str)| {
        let name = visible(name);
        Finding::damage(
            "calendar_broken",
            WHAT,
            format!("'{name}' can no longer be read: {}", visible(why)),
        )
        .means("it holds every post, so that none goes out on a day that it may have meant")
        .next(format!(
            "import it again:  soundpost calendar import FILE --name {name}"
        ))
        .next(format!("or:  soundpost calendar remove {name}"))
    };
    broken.map(damage).collect()
}

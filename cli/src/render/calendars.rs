//! Screens of calendars of sensitive days.

use jiff::civil::Date;

use super::lists::deliveries;
use super::{bullet, command, heading, wrap};
use crate::control::protocol::{
    CalendarOffer, CalendarShown, CalendarView, CalendarsChanged, SensitiveDayView,
};
use crate::output::Screen;

/// Calendars with their next days.
pub(super) fn list(screen: &Screen, calendars: &[CalendarView]) -> String {
    if calendars.is_empty() {
        let mut text = String::from("No calendar is in force. Those that come with the program:\n");
        text.push_str(&command(screen, 2, "calendar list --available"));
        text.push_str(&command(screen, 2, "calendar add --for-accounts"));
        return text;
    }
    calendars.iter().map(|calendar| one(screen, calendar)).collect()
}

fn one(screen: &Screen, calendar: &CalendarView) -> String {
    let whose = if calendar.shipped { "" } else { ", your own" };
    let title = match calendar.title.as_str() {
        "" => String::new(),
        title => format!("{title}; "),
    };
    let line = format!("{}: {title}{}{whose}", calendar.name, days(calendar.days));
    let mut text = format!("{}\n", wrap(screen, &line, 0));
    text.extend(calendar.next.iter().map(|day| bullet(screen, day)));
    text.extend(
        calendar
            .notes
            .iter()
            .map(|note| bullet(screen, &format!("LOOK: {note}"))),
    );
    text
}

fn days(count: usize) -> String {
    match count {
        1 => "1 day".to_owned(),
        count => format!("{count} days"),
    }
}

/// The answer to `calendar list --available`.
pub(super) fn offers(screen: &Screen, offers: &[CalendarOffer]) -> String {
    let mut text = String::new();
    for offer in offers {
        let state = if offer.added { " (in force)" } else { "" };
        let line = format!("{}: {}; {}{state}", offer.name, offer.title, days(offer.days));
        text.push_str(&format!("{}\n", wrap(screen, &line, 0)));
        text.extend(
            offer
                .next
                .iter()
                .map(|next| bullet(screen, &format!("next: {next}"))),
        );
        if !offer.fits.is_empty() {
            text.push_str(&bullet(screen, &format!("fits {}", offer.fits.join(", "))));
        }
    }
    text.push_str("\nto add some, or all that fit your accounts:\n");
    text.push_str(&command(screen, 2, "calendar add NAME..."));
    text.push_str(&command(screen, 2, "calendar add --for-accounts"));
    text
}

/// The answer to `calendar add` and `calendar update`.
pub(super) fn changed(screen: &Screen, changed: &CalendarsChanged) -> String {
    let mut text = String::new();
    for calendar in &changed.calendars {
        text.push_str(&one(screen, calendar));
    }
    if changed.calendars.is_empty() && changed.left.is_empty() {
        text.push_str("Nothing to do: all calendars are as this program has them.\n");
    }
    text.extend(changed.changes.iter().map(|change| bullet(screen, change)));
    text.extend(changed.left.iter().map(|left| bullet(screen, left)));
    let held: Vec<_> = changed.calendars.iter().flat_map(|c| c.held.clone()).collect();
    for (what, views) in [("held now", &held), ("goes again", &changed.released)] {
        if !views.is_empty() {
            text.push_str(&heading(screen, &format!("{what}: {}", views.len())));
            text.push_str(&deliveries(screen, views));
        }
    }
    text
}

/// The answer to `calendar import`.
pub(super) fn imported(screen: &Screen, calendar: &CalendarView) -> String {
    let mut text = format!(
        "calendar {} imported; the next days:\n",
        screen.styles().bold(&calendar.name)
    );
    text.extend(calendar.next.iter().map(|day| bullet(screen, day)));
    text.extend(
        calendar
            .notes
            .iter()
            .map(|note| bullet(screen, &format!("LOOK: {note}"))),
    );
    if !calendar.held.is_empty() {
        text.push_str(&heading(screen, &format!("held now: {}", calendar.held.len())));
        text.push_str(&deliveries(screen, &calendar.held));
    }
    text
}

/// The answer to `calendar show`.
pub(super) fn shown(screen: &Screen, shown: &CalendarShown) -> String {
    let count = days(shown.days.len());
    let title = if shown.title == shown.name {
        format!("{}: {count}", shown.name)
    } else {
        format!("{}: {}; {count}", shown.name, shown.title)
    };
    let mut text = format!("{}\n", wrap(screen, &title, 0));
    for day in &shown.days {
        text.push_str(&self::day(screen, day));
    }
    text
}

fn day(screen: &Screen, day: &SensitiveDayView) -> String {
    let next = match day.dates.first() {
        Some(date) => date_words(date),
        None => "no more".to_owned(),
    };
    let calendar = match day.added {
        true => format!("calendar {}", day.calendar),
        false => format!("calendar {}, which is not in force", day.calendar),
    };
    let mut text = format!("\n{}\n", wrap(screen, &format!("{next}: {}", day.title), 0));
    let mut facts = vec![format!("{}, {}; {calendar}", day.severity, day.area)];
    if let [_, later @ ..] = &day.dates[..]
        && !later.is_empty()
    {
        let later: Vec<String> = later.iter().map(|date| date_words(date)).collect();
        facts.push(format!("then {}", later.join(", ")));
    }
    let tail = match day.tail_hours {
        0 => String::new(),
        hours => format!(" to {hours} h after its end"),
    };
    facts.push(format!("counts from {} h before it{tail}", day.lead_hours));
    if !day.why.is_empty() {
        facts.push(day.why.clone());
    }
    facts.push(format!("kind {}; words: {}", day.kind, words(day)));
    if !day.source.is_empty() {
        facts.push(format!("source: {}", day.source));
    }
    text.extend(facts.iter().map(|fact| bullet(screen, fact)));
    text
}

fn words(day: &SensitiveDayView) -> String {
    if day.words.is_empty() {
        return "only its title".to_owned();
    }
    day.words.join(", ")
}

fn date_words(date: &str) -> String {
    let read = date.parse::<Date>();
    read.map_or_else(
        |_| date.to_owned(),
        |date| date.strftime("%a %-d %b %Y").to_string(),
    )
}

//! Screens that say what was done.

use super::lists::{NOTES_WITH_COMMANDS_MAX, deliveries, moves, reasons, state};
use super::shorts::Shorts;
use super::times::Times;
use super::{NO_DAEMON, bullet, command, heading, wrap};
use crate::control::protocol::{AccountView, CalendarView, DeliveryView, EventChanged, Moved, Posted};
use crate::output::Screen;

/// The answer to `post`.
pub(super) fn posted(screen: &Screen, posted: &Posted) -> String {
    let styles = screen.styles();
    let shorts = Shorts::of(&posted.deliveries);
    let mut text = String::new();
    if posted.repeated {
        text.push_str("This was queued before under the same key; nothing was added.\n");
    }
    for view in &posted.deliveries {
        let id = styles.bold(shorts.delivery(view.id));
        let line = format!("to {}, {}: {}", view.account, view.due_shown, state(view));
        text.push_str(&format!("{id} {}\n", wrap(screen, &line, 7)));
        if let Some(expected) = &view.expected_shown {
            text.push_str(&bullet(
                screen,
                &format!("limits make it later: expected {expected}"),
            ));
        }
        for line in view.note.iter().chain(&view.urls) {
            text.push_str(&bullet(screen, line));
        }
    }
    for warning in &posted.warnings {
        text.push_str(&format!(
            "{} {}\n",
            styles.yellow("look:"),
            wrap(screen, warning, 6)
        ));
    }
    text.push_str(&posted_note(posted).map_or_else(String::new, |n| format!("{}\n", wrap(screen, n, 0))));
    text
}

/// What a person should know after queueing: it is paused, or nothing runs that would send.
fn posted_note(posted: &Posted) -> Option<&'static str> {
    let waits = posted
        .deliveries
        .iter()
        .any(|d| ["scheduled", "staged", "retry_at"].contains(&d.state.as_str()));
    if posted.paused && waits {
        return Some("It is PAUSED: this will not go out until somebody resumes. See:  soundpost status");
    }
    (waits && !posted.daemon).then_some(NO_DAEMON)
}

/// The answer to commands that move deliveries.
pub(super) fn moved(screen: &Screen, moved: &Moved) -> String {
    let shorts = Shorts::of(&moved.deliveries);
    let mut text = String::new();
    for view in &moved.deliveries {
        let line = format!(
            "{}: {} ({}), {}",
            view.account,
            moved.what,
            state(view),
            view.due_shown
        );
        let id = screen.styles().bold(shorts.delivery(view.id));
        text.push_str(&format!("{id} {}\n", wrap(screen, &line, 7)));
        if view.public > 0 {
            text.push_str(&bullet(
                screen,
                &format!("\"{}\" {}", view.excerpt, view.urls.join(" ")),
            ));
        }
    }
    if !moved.left.is_empty() {
        text.push_str(&heading(screen, "left as it is"));
    }
    for line in moved.left.iter().chain(&moved.hints) {
        text.push_str(&bullet(screen, line));
    }
    text
}

/// The answer to `event flag` and `event end`.
pub(super) fn event(screen: &Screen, changed: &EventChanged) -> String {
    let styles = screen.styles();
    let event = &changed.event;
    let id: String = event.id.chars().skip(event.id.len().saturating_sub(4)).collect();
    let (word, said) = if event.counts {
        (
            "flagged:",
            format!("{} event \"{}\" ({id})", event.severity, event.title),
        )
    } else {
        ("ended:", format!("\"{}\" ({id})", event.title))
    };
    let mut text = format!("{} {}\n", styles.bold(word), wrap(screen, &said, word.len() + 1));
    text.push_str(&bullet(
        screen,
        &format!("area: {}; {}", event.area, event.window),
    ));
    if !event.words.is_empty() {
        text.push_str(&bullet(screen, &format!("touches: {}", event.words.join(", "))));
    }
    let shorts = Shorts::of(
        changed
            .held
            .iter()
            .chain(&changed.released)
            .chain(&changed.public),
    );
    text.push_str(&heading(screen, &format!("held now: {}", changed.held.len())));
    text.push_str(&held(screen, &shorts, &changed.held));
    if event.counts {
        text.push_str("\nwhen it is over:\n");
        text.push_str(&command(screen, 2, &format!("event end {id}")));
    }
    if !changed.released.is_empty() {
        text.push_str(&heading(
            screen,
            &format!("goes again: {}", changed.released.len()),
        ));
        text.push_str(&deliveries(screen, &changed.released));
    }
    if !changed.public.is_empty() {
        text.push_str(&heading(screen, "already public, and it touches"));
        for view in &changed.public {
            text.push_str(&bullet(
                screen,
                &format!("\"{}\" on {}", view.excerpt, view.account),
            ));
            let id = shorts.delivery(view.id);
            text.push_str(&command(screen, 4, &format!("retract {id}")));
        }
    }
    text
}

/// What an event holds: a few with all that can be done about each, many as a list.
fn held(screen: &Screen, shorts: &Shorts, views: &[DeliveryView]) -> String {
    if views.len() > NOTES_WITH_COMMANDS_MAX {
        return held_by_reason(screen, shorts, views);
    }
    let mut text = String::new();
    for view in views {
        let id = screen.styles().bold(shorts.delivery(view.id));
        let said = format!("to {}, {}", view.account, view.due_shown);
        text.push_str(&format!("{id} {}\n", wrap(screen, &said, 7)));
        text.push_str(&bullet(screen, &format!("\"{}\"", view.excerpt)));
        text.push_str(&reasons(screen, view));
        text.push_str(&moves(screen, shorts, view));
    }
    text
}

/// Each reason once, with all that it holds. What is alone with its reason comes first: there the words matter.
fn held_by_reason(screen: &Screen, shorts: &Shorts, views: &[DeliveryView]) -> String {
    let times = Times::of(views);
    let mut groups: Vec<(&[String], Vec<&DeliveryView>)> = Vec::new();
    for view in views {
        match groups.iter_mut().find(|(note, _)| *note == view.note.as_slice()) {
            Some((_, of)) => of.push(view),
            None => groups.push((&view.note, vec![view])),
        }
    }
    groups.sort_by_key(|(_, of)| of.len());
    let mut text = times.footer(screen);
    for (note, of) in groups {
        text.push('\n');
        text.extend(note.iter().map(|line| format!("{}\n", wrap(screen, line, 0))));
        for view in of {
            let (id, due) = (shorts.delivery(view.id), times.due(view));
            text.push_str(&bullet(
                screen,
                &format!("{id} {}, {due}: \"{}\"", view.account, view.excerpt),
            ));
        }
    }
    let what = "what you can do about one of them:  soundpost why ID";
    text.push_str(&format!("\n{}\n", wrap(screen, what, 0)));
    text
}

/// The answer to `calendar import`.
pub(super) fn calendar(screen: &Screen, calendar: &CalendarView) -> String {
    let mut text = format!(
        "calendar {} imported; the next days:\n",
        screen.styles().bold(&calendar.name)
    );
    for day in &calendar.next {
        text.push_str(&bullet(screen, day));
    }
    if !calendar.held.is_empty() {
        text.push_str(&heading(screen, &format!("held now: {}", calendar.held.len())));
        text.push_str(&deliveries(screen, &calendar.held));
    }
    text
}

/// The answer to `account add`.
pub(super) fn account(screen: &Screen, account: &AccountView) -> String {
    let verified = account
        .verified
        .as_deref()
        .map_or_else(String::new, |v| format!(", verified as {v}"));
    let line = format!(
        "{} account '{}' added{verified}; wall times are meant in {}; it speaks to {}",
        account.network, account.name, account.zone, account.audience
    );
    wrap(screen, &line, 0)
}

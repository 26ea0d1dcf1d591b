//! Screens of events: the list, one event, and what a change of one came to.

use super::lists::{NOTES_WITH_COMMANDS_MAX, deliveries, moves, reasons};
use super::shorts::Shorts;
use super::times::Times;
use super::{bullet, command, heading, wrap};
use crate::control::protocol::{
    AccountCount, DeliveryView, EventChanged, EventShown, EventView, FieldChange, Understanding,
};
use crate::output::{Screen, ending, shorten, table};

/// Events; the proposals stand last, with what to do about them.
pub(super) fn list(screen: &Screen, events: &[EventView]) -> String {
    if events.is_empty() {
        return "No event is flagged.\n".to_owned();
    }
    let length = shorten(&events.iter().map(|e| e.id.clone()).collect::<Vec<_>>());
    let (proposed, flagged): (Vec<&EventView>, Vec<&EventView>) =
        events.iter().partition(|e| e.state == "proposed");
    let mut text = String::new();
    if !flagged.is_empty() {
        text.push_str(&rows(screen, &flagged, length));
    }
    if !proposed.is_empty() {
        text.push_str(&heading(screen, "proposed, and holding nothing"));
        text.push_str(&rows(screen, &proposed, length));
        text.push_str("\nlook at one, with what it would hold:\n");
        text.push_str(&command(screen, 2, "event show ID"));
        text.push_str(&command(screen, 2, "event accept ID"));
        text.push_str(&command(screen, 2, "event dismiss ID --reason \"WHY\""));
    }
    text
}

fn rows(screen: &Screen, events: &[&EventView], length: usize) -> String {
    let rows: Vec<Vec<String>> = events
        .iter()
        .map(|e| {
            let state = match (e.state.as_str(), e.counts) {
                ("open", true) => format!("{}, holds {}", e.severity, e.holds),
                ("open", false) => format!("{} (not counting)", e.severity),
                ("proposed", _) => e.severity.to_string(),
                (state, _) => format!("{} ({state})", e.severity),
            };
            let review = if e.wants_review {
                "; LOOK AT IT".to_owned()
            } else {
                e.review
                    .as_ref()
                    .map_or_else(String::new, |at| format!("; to be looked at {at}"))
            };
            vec![
                ending(&e.id, length).to_owned(),
                state,
                e.title.clone(),
                e.area.clone(),
                e.source.clone(),
                format!("{}{review}", window(e)),
            ]
        })
        .collect();
    table(
        screen,
        &["id", "severity", "title", "area", "source", "window"],
        &rows,
    ) + "\n"
}

/// Its window, with the next step of one that gets milder before it is over.
pub(super) fn window(event: &EventView) -> String {
    match event.decays.as_slice() {
        [next, _, ..] => format!("{}; {next}", event.window),
        _ => event.window.clone(),
    }
}

/// One event with all that it holds, would hold, and came too late for.
pub(super) fn shown(screen: &Screen, shown: &EventShown) -> String {
    let styles = screen.styles();
    let event = &shown.event;
    let mut text = format!(
        "{} {}\n",
        styles.bold(&event.state),
        wrap(screen, &called(event), event.state.len() + 1)
    );
    text.push_str(&facts(screen, event));
    text.push_str(&history(screen, event));
    let would = shown.would.iter().flatten();
    let shorts = Shorts::of(shown.held.iter().chain(would).chain(&shown.public));
    if event.state != "proposed" || !shown.held.is_empty() {
        text.push_str(&heading(screen, &format!("held now: {}", shown.held.len())));
        text.push_str(&held(screen, &shorts, &shown.held));
    }
    if let Some(would) = &shown.would {
        text.push_str(&heading(screen, &format!("would be held: {}", would.len())));
        text.push_str(&would_hold(screen, &shorts, would));
    }
    text.push_str(&public(screen, &shorts, &shown.public));
    text.push_str(&what_next(screen, event));
    text
}

/// The answer to what changes an event.
pub(super) fn changed(screen: &Screen, changed: &EventChanged) -> String {
    let styles = screen.styles();
    let event = &changed.event;
    let word = format!("{}:", changed.what);
    // What would be new has no id that leads anywhere.
    let name = if changed.dry_run && changed.changes.is_empty() {
        format!("{} event \"{}\"", event.severity, event.title)
    } else {
        called(event)
    };
    let mut text = format!("{} {}\n", styles.bold(&word), wrap(screen, &name, word.len() + 1));
    text.push_str(&differences(screen, &changed.changes));
    if changed.understood.is_empty() {
        text.push_str(&facts(screen, event));
    } else {
        text.push_str(&understood(screen, &changed.understood));
        text.extend(milder(event).map(|said| bullet(screen, &said)));
    }
    if changed.understood.is_empty() && changed.what != "flagged" {
        text.push_str(&history(screen, event));
    }
    let shorts = Shorts::of(
        changed
            .held
            .iter()
            .chain(&changed.released)
            .chain(&changed.would)
            .chain(&changed.public)
            .chain(&changed.elsewhere),
    );
    if event.state == "proposed" || changed.dry_run {
        text.push_str(&heading(
            screen,
            &format!("would be held: {}", changed.would.len()),
        ));
        text.push_str(&by_account(screen, &changed.counts));
        text.push_str(&would_hold(screen, &shorts, &changed.would));
    } else {
        text.push_str(&heading(screen, &format!("held now: {}", changed.held.len())));
        text.push_str(&by_account(screen, &changed.counts));
        text.push_str(&held(screen, &shorts, &changed.held));
        text.extend(held_before(screen, changed));
    }
    if !changed.dry_run {
        text.push_str(&what_next(screen, event));
    }
    if event.state != "proposed" && !changed.dry_run && !changed.would.is_empty() {
        text.push_str(&super::shadow::watched(screen, &changed.would));
    }
    if !changed.released.is_empty() {
        let goes = if changed.dry_run {
            "would go again"
        } else {
            "goes again"
        };
        text.push_str(&heading(screen, &format!("{goes}: {}", changed.released.len())));
        text.push_str(&deliveries(screen, &changed.released));
    }
    text.push_str(&elsewhere(screen, &shorts, changed));
    text.push_str(&public(screen, &shorts, &changed.public));
    if changed.dry_run {
        let said = "Nothing was changed. The same without --dry-run does it.";
        text.push_str(&format!("\n{}\n", wrap(screen, said, 0)));
    }
    text
}

/// How a new event is understood, each fact with the option that changes it.
fn understood(screen: &Screen, all: &[Understanding]) -> String {
    let mut text = heading(screen, "understood as, and what changes it");
    for fact in all {
        let said = format!("{}: {} ({}) {}", fact.what, fact.value, fact.because, fact.option);
        text.push_str(&bullet(screen, &said));
    }
    text
}

/// What a person changed, each from what to what.
fn differences(screen: &Screen, changes: &[FieldChange]) -> String {
    let said = |one: &FieldChange| format!("{}: was {}, now {}", one.what, one.before, one.after);
    changes.iter().map(|one| bullet(screen, &said(one))).collect()
}

/// What an event that was changed held before, and holds on.
fn held_before(screen: &Screen, changed: &EventChanged) -> Option<String> {
    let before = changed.event.holds.saturating_sub(changed.held.len());
    let is_other = !changed.changes.is_empty() && before > 0;
    is_other.then(|| {
        format!(
            "\n{}\n",
            wrap(screen, &format!("held on, as before: {before}"), 0)
        )
    })
}

/// How many of each account; nothing to say when there is only one delivery.
fn by_account(screen: &Screen, counts: &[AccountCount]) -> String {
    let all: usize = counts.iter().map(|count| count.deliveries).sum();
    if all < 2 {
        return String::new();
    }
    let line = |count: &AccountCount| {
        let (account, number) = (&count.account, count.deliveries);
        bullet(
            screen,
            &format!("{account}: {number}, the first {}", count.first_due_shown),
        )
    };
    counts.iter().map(line).collect()
}

fn id_of(event: &EventView) -> String {
    event.id.chars().skip(event.id.len().saturating_sub(4)).collect()
}

fn called(event: &EventView) -> String {
    let id = id_of(event);
    match event.state.as_str() {
        "open" | "proposed" => format!("{} event \"{}\" ({id})", event.severity, event.title),
        _ => format!("\"{}\" ({id})", event.title),
    }
}

fn facts(screen: &Screen, event: &EventView) -> String {
    let mut facts = vec![format!("area: {}; {}", event.area, event.window)];
    facts.extend(milder(event));
    if !event.words.is_empty() {
        facts.push(format!("touches: {}", event.words.join(", ")));
    }
    facts.iter().map(|fact| bullet(screen, fact)).collect()
}

/// How it gets milder, if it does.
fn milder(event: &EventView) -> Option<String> {
    let steps = event.decays.join(", ");
    (!steps.is_empty()).then(|| format!("unless somebody confirms it: {steps}"))
}

/// Where an event comes from, and what became of it.
fn history(screen: &Screen, event: &EventView) -> String {
    let mut facts = Vec::new();
    if event.kind != "unknown" {
        facts.push(format!("kind: {}, with its words of harm", event.kind));
    }
    facts.push(format!("{}, {}", event.source, event.since));
    if !event.also.is_empty() {
        facts.push(format!("also told by: {}", event.also.join(", ")));
    }
    if !event.summary.is_empty() {
        facts.push(event.summary.clone());
    }
    facts.extend(event.link.clone());
    facts.extend(event.dismissed.clone());
    let is_done = !["open", "proposed"].contains(&event.state.as_str());
    match (event.review.as_ref().filter(|_| !is_done), event.wants_review) {
        (Some(at), true) => facts.push(format!("LOOK AT IT: that was to be {at}")),
        (Some(at), false) => facts.push(format!("to be looked at {at}")),
        (None, _) => {}
    }
    facts.iter().map(|fact| bullet(screen, fact)).collect()
}

fn would_hold(screen: &Screen, shorts: &Shorts, would: &[DeliveryView]) -> String {
    let mut text = String::new();
    for view in would {
        let id = screen.styles().bold(shorts.delivery(view.id));
        let said = format!("to {}, {}", view.account, view.due_shown);
        text.push_str(&format!("{id} {}\n", wrap(screen, &said, 7)));
        text.push_str(&bullet(screen, &format!("\"{}\"", view.excerpt)));
        text.push_str(&reasons(screen, view));
    }
    text
}

/// What names the event and goes all the same, for its readers are elsewhere.
fn elsewhere(screen: &Screen, shorts: &Shorts, changed: &EventChanged) -> String {
    let count = changed.elsewhere_count;
    if count == 0 {
        return String::new();
    }
    let title = format!("not held, for its readers are elsewhere, but names it, in the next 3 days: {count}");
    let mut text = heading(screen, &title);
    text.push_str(&would_hold(screen, shorts, &changed.elsewhere));
    if let more @ 1.. = count.saturating_sub(changed.elsewhere.len()) {
        text.push_str(&format!(
            "{}\n",
            wrap(screen, &format!("and {more} more; all:  soundpost queue"), 0)
        ));
    }
    text.push_str("\nto hold one of them:\n");
    text.push_str(&command(screen, 2, "hold ID --reason \"WHY\""));
    text
}

fn public(screen: &Screen, shorts: &Shorts, public: &[DeliveryView]) -> String {
    if public.is_empty() {
        return String::new();
    }
    let mut text = heading(screen, "already public, and it touches");
    for view in public {
        text.push_str(&bullet(
            screen,
            &format!("\"{}\" on {}", view.excerpt, view.account),
        ));
        for line in view.note.iter().chain(&view.urls) {
            text.push_str(&format!("    {}\n", wrap(screen, line, 4)));
        }
        for next in &view.next {
            let next = shorts.within(next, view.id).replace("WHY", "\"WHY\"");
            text.push_str(&command(screen, 4, &next));
        }
    }
    text
}

/// The commands that make sense for an event in its state.
fn what_next(screen: &Screen, event: &EventView) -> String {
    let id = id_of(event);
    match event.state.as_str() {
        "open" => {
            let end = command(screen, 2, &format!("event end {id}"));
            let over = format!("\nwhen it is over:\n{end}");
            if event.decays.is_empty() {
                return over;
            }
            let confirm = command(screen, 2, &format!("event confirm {id}"));
            format!("{over}while it is as bad as it was:\n{confirm}")
        }
        "proposed" => {
            let accept = command(screen, 2, &format!("event accept {id}"));
            let dismiss = command(screen, 2, &format!("event dismiss {id} --reason \"WHY\""));
            format!("\nit holds nothing until you say so:\n{accept}{dismiss}")
        }
        _ => String::new(),
    }
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

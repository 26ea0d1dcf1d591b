//! Screens that show: queue, post, story, status, events, calendars, accounts, verdicts.

use super::shorts::Shorts;
use super::{bullet, heading, wrap};
use crate::control::protocol::{
    AccountView, CalendarView, DeliveryView, EventView, Shown, Status, Story, VerdictView,
};
use crate::output::{Screen, ending, shorten, table, visible_lines};

/// A table of deliveries, each with why it stands where it stands.
pub(super) fn deliveries(screen: &Screen, views: &[DeliveryView]) -> String {
    if views.is_empty() {
        return "Nothing waits.\n".to_owned();
    }
    let shorts = Shorts::of(views);
    let rows: Vec<Vec<String>> = views.iter().map(|v| row(&shorts, v)).collect();
    let mut text = table(screen, &["id", "account", "due", "state", "text"], &rows);
    text.push('\n');
    let noted = views.iter().filter(|v| !v.note.is_empty());
    for view in noted {
        text.push_str(&note(screen, &shorts, view));
    }
    text
}

fn row(shorts: &Shorts, view: &DeliveryView) -> Vec<String> {
    let due = match &view.expected_shown {
        Some(expected) => format!("{} (expected {expected})", view.due_shown),
        None => view.due_shown.clone(),
    };
    vec![
        shorts.delivery(view.id),
        view.account.clone(),
        due,
        state(view),
        view.excerpt.clone(),
    ]
}

/// The state's name; in the middle of a thread also how much is public.
pub(super) fn state(view: &DeliveryView) -> String {
    let mid_thread = view.public > 0 && view.public < usize::from(view.parts);
    if mid_thread {
        return format!("{} ({} of {} public)", view.state, view.public, view.parts);
    }
    view.state.clone()
}

/// Why a delivery stands where it stands, and what a person can do.
pub(super) fn note(screen: &Screen, shorts: &Shorts, view: &DeliveryView) -> String {
    let styles = screen.styles();
    let mut text = format!("\n{} {}\n", styles.bold(shorts.delivery(view.id)), state(view));
    for line in &view.note {
        text.push_str(&bullet(screen, line));
    }
    if !view.next.is_empty() {
        let next: Vec<String> = view.next.iter().map(|n| shorts.within(n, view.id)).collect();
        text.push_str(&format!(
            "  {} {}\n",
            styles.dim("you can:"),
            wrap(screen, &next.join("; "), 11)
        ));
    }
    text
}

/// A post with its text and deliveries.
pub(super) fn shown(screen: &Screen, shown: &Shown) -> String {
    let styles = screen.styles();
    let mut text = format!("{} {}\n", styles.bold("post"), shown.post);
    text.push_str(&format!(
        "queued by {} {}, revision {}\n",
        shown.by, shown.at_shown, shown.revision
    ));
    let count = shown.content.parts.len();
    for (i, part) in shown.content.parts.iter().enumerate() {
        if count > 1 {
            text.push_str(&heading(screen, &format!("part {} of {count}", i + 1)));
        } else {
            text.push('\n');
        }
        text.push_str(&format!("{}\n", visible_lines(&part.text)));
        for media in &part.media {
            let alt = if media.alt.is_empty() {
                "no alternative text"
            } else {
                media.alt.as_str()
            };
            text.push_str(&bullet(
                screen,
                &format!("{} ({}): {alt}", media.file_name, media.mime),
            ));
        }
        if let Some(card) = &part.card {
            text.push_str(&bullet(screen, &format!("card: {} {}", card.url, card.title)));
        }
    }
    for name in shown.content.variants.keys() {
        text.push_str(&bullet(screen, &format!("other words for {name}")));
    }
    text.push('\n');
    text.push_str(&deliveries(screen, &shown.deliveries));
    for url in shown.deliveries.iter().flat_map(|d| &d.urls) {
        text.push_str(&bullet(screen, url));
    }
    text
}

/// The whole story of a delivery.
pub(super) fn story(screen: &Screen, story: &Story) -> String {
    let styles = screen.styles();
    let view = &story.delivery;
    let shorts = Shorts::of([view]);
    let mut text = format!(
        "{} to {}: {}\n\"{}\"\n",
        styles.bold(shorts.delivery(view.id)),
        view.account,
        state(view),
        view.excerpt
    );
    for line in &story.lines {
        text.push_str(&format!(
            "\n{}  {}\n",
            styles.bold(&line.at_shown),
            styles.dim(&line.by)
        ));
        for what in &line.what {
            text.push_str(&bullet(screen, &shorts.within(what, view.id)));
        }
    }
    if !view.next.is_empty() {
        text.push_str(&note(screen, &shorts, view));
    }
    text
}

/// Where everything stands.
pub(super) fn status(screen: &Screen, status: &Status) -> String {
    let styles = screen.styles();
    let mut text = String::new();
    match (status.halts.is_empty(), &status.switch_trouble) {
        (true, None) => text.push_str(&format!("{}\n", styles.green("running: nothing is paused"))),
        (_, Some(why)) => {
            text.push_str(&format!("{} {}\n", styles.red("STOPPED"), wrap(screen, why, 8)));
        }
        (false, None) => text.push_str(&format!("{}\n", styles.red("PAUSED"))),
    }
    for order in &status.halts {
        let said = format!(
            "{} since {} by {}: {}",
            order.scope, order.at, order.who, order.reason
        );
        text.push_str(&bullet(screen, &said));
    }
    let daemon = if status.daemon {
        "the daemon runs"
    } else {
        "no daemon runs: nothing is being sent"
    };
    text.push_str(&format!("{daemon}; {} writes under way\n", status.in_flight));
    let counts: Vec<String> = status
        .counts
        .iter()
        .map(|(state, n)| format!("{n} {state}"))
        .collect();
    let counts = if counts.is_empty() {
        "nothing waits".to_owned()
    } else {
        counts.join(", ")
    };
    text.push_str(&format!("{}\n", wrap(screen, &counts, 0)));
    if let Some(next) = &status.next {
        let said = format!("next: {} to {}: {}", next.due_shown, next.account, next.excerpt);
        text.push_str(&format!("{}\n", wrap(screen, &said, 0)));
    }
    for account in &status.accounts_stopped {
        text.push_str(&bullet(
            screen,
            &format!("account {}: {}", account.name, account.status),
        ));
    }
    let counting: Vec<&EventView> = status.events.iter().filter(|e| e.counts).collect();
    for event in counting {
        text.push_str(&bullet(
            screen,
            &format!("{} event \"{}\" ({})", event.severity, event.title, event.area),
        ));
    }
    if !status.needs_person.is_empty() {
        text.push_str(&heading(screen, "needs a person"));
        text.push_str(&deliveries(screen, &status.needs_person));
    }
    text
}

/// Events.
pub(super) fn events(screen: &Screen, events: &[EventView]) -> String {
    if events.is_empty() {
        return "No event is flagged.\n".to_owned();
    }
    let length = shorten(&events.iter().map(|e| e.id.clone()).collect::<Vec<_>>());
    let rows: Vec<Vec<String>> = events
        .iter()
        .map(|e| {
            let counts = if e.counts { "" } else { " (not counting)" };
            vec![
                ending(&e.id, length).to_owned(),
                format!("{}{counts}", e.severity),
                e.title.clone(),
                e.area.clone(),
                e.words.join(", "),
                e.window.clone(),
            ]
        })
        .collect();
    table(
        screen,
        &["id", "severity", "title", "area", "words", "window"],
        &rows,
    ) + "\n"
}

/// Calendars with their next days.
pub(super) fn calendars(screen: &Screen, calendars: &[CalendarView]) -> String {
    if calendars.is_empty() {
        return "No calendar is imported.\n".to_owned();
    }
    let mut text = String::new();
    for calendar in calendars {
        text.push_str(&format!("{}\n", screen.styles().bold(&calendar.name)));
        for day in &calendar.next {
            text.push_str(&bullet(screen, day));
        }
    }
    text
}

/// Accounts.
pub(super) fn accounts(screen: &Screen, accounts: &[AccountView]) -> String {
    if accounts.is_empty() {
        return "No account yet. See the networks:  soundpost account networks\n".to_owned();
    }
    let rows: Vec<Vec<String>> = accounts
        .iter()
        .map(|a| {
            let groups: Vec<String> = a.groups.iter().map(|g| format!("@{g}")).collect();
            let at = a.server.clone().unwrap_or_default();
            let who = if a.identity.is_empty() {
                at
            } else {
                format!("{} {at}", a.identity)
            };
            vec![
                a.name.clone(),
                a.network.clone(),
                who,
                a.zone.clone(),
                groups.join(" "),
                a.status.clone(),
            ]
        })
        .collect();
    table(
        screen,
        &["account", "network", "identity", "zone", "groups", "status"],
        &rows,
    ) + "\n"
}

/// Verdicts of a check.
pub(super) fn verdicts(screen: &Screen, verdicts: &[VerdictView]) -> String {
    let styles = screen.styles();
    let mut text = String::new();
    for verdict in verdicts {
        let word = if verdict.allowed {
            styles.green("may go")
        } else {
            styles.yellow("would be held")
        };
        text.push_str(&format!(
            "{} {}: {word}\n",
            styles.bold(&verdict.account),
            verdict.due_shown
        ));
        for words in verdict.words.iter().chain(&verdict.findings) {
            text.push_str(&bullet(screen, words));
        }
    }
    text
}

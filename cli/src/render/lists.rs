//! Screens that show: queue, post, story, status, events, calendars, accounts, verdicts.

use super::shorts::Shorts;
use super::times::Times;
use super::{bullet, command, heading, more, ready, wrap};
use crate::control::protocol::{
    AccountView, DeliveryView, EventView, Listed, MarkedText, Shown, Status, Story, VerdictView,
};
use crate::output::{Screen, marked, paragraph, table, visible_lines};

/// More deliveries with a reason than this, and a list leaves out what can be done about each.
pub(super) const NOTES_WITH_COMMANDS_MAX: usize = 4;

/// The answer to `queue`.
pub(super) fn listed(screen: &Screen, listed: &Listed) -> String {
    if !listed.deliveries.is_empty() {
        return deliveries(screen, &listed.deliveries) + &more(screen, listed.more);
    }
    let said = if listed.narrowed {
        "Nothing of that waits. All there is:  soundpost queue --state all"
    } else {
        "Nothing waits. To queue a post:  soundpost post \"TEXT\" --to ACCOUNT --at WHEN"
    };
    format!("{}\n", wrap(screen, said, 0))
}

/// A table of deliveries, each with why it stands where it stands.
pub(super) fn deliveries(screen: &Screen, views: &[DeliveryView]) -> String {
    if views.is_empty() {
        return "Nothing waits.\n".to_owned();
    }
    let shorts = Shorts::of(views);
    let times = Times::of(views);
    let rows: Vec<Vec<String>> = views.iter().map(|v| row(&shorts, &times, v)).collect();
    let mut text = table(screen, &["id", "account", "due", "state", "text"], &rows);
    text.push('\n');
    text.push_str(&times.footer(screen));
    let noted: Vec<&DeliveryView> = views.iter().filter(|v| !v.note.is_empty()).collect();
    text.push_str(&notes(screen, &shorts, &noted));
    text
}

/// Why each stands where it stands: when they are many, each reason once, with all that have it.
fn notes(screen: &Screen, shorts: &Shorts, noted: &[&DeliveryView]) -> String {
    if noted.len() > NOTES_WITH_COMMANDS_MAX {
        return notes_grouped(screen, shorts, noted);
    }
    let mut text = String::new();
    for view in noted {
        text.push_str(&format!(
            "\n{} {}\n",
            screen.styles().bold(shorts.delivery(view.id)),
            state(view)
        ));
        text.push_str(&reasons(screen, view));
        text.push_str(&moves(screen, shorts, view));
    }
    text
}

fn notes_grouped(screen: &Screen, shorts: &Shorts, noted: &[&DeliveryView]) -> String {
    let mut groups: Vec<(&[String], String, Vec<String>)> = Vec::new();
    for view in noted {
        let (id, state) = (shorts.delivery(view.id), state(view));
        match groups
            .iter_mut()
            .find(|(note, of, _)| *note == view.note.as_slice() && *of == state)
        {
            Some((_, _, ids)) => ids.push(id),
            None => groups.push((&view.note, state, vec![id])),
        }
    }
    let mut text = String::new();
    for (note, state, ids) in groups {
        let said = wrap(screen, &format!("{state}: {}", ids.join(", ")), 0);
        text.push_str(&format!("\n{}\n", screen.styles().bold(said)));
        text.extend(note.iter().map(|line| bullet(screen, line)));
    }
    text.push_str(&format!(
        "\n{}\n",
        wrap(screen, "what you can do about one of them:  soundpost why ID", 0)
    ));
    text
}

fn row(shorts: &Shorts, times: &Times, view: &DeliveryView) -> Vec<String> {
    vec![
        shorts.delivery(view.id),
        view.account.clone(),
        times.due(view),
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

/// Why a delivery stands where it stands, as points.
pub(super) fn reasons(screen: &Screen, view: &DeliveryView) -> String {
    view.note.iter().map(|line| bullet(screen, line)).collect()
}

/// What a person can do about a delivery: commands to copy, one on each line.
pub(super) fn moves(screen: &Screen, shorts: &Shorts, view: &DeliveryView) -> String {
    if view.next.is_empty() {
        return String::new();
    }
    let mut text = format!("  {}\n", screen.styles().dim("you can:"));
    for next in &view.next {
        text.push_str(&command(screen, 4, &ready(&shorts.within(next, view.id))));
    }
    text
}

/// Nothing can be written, so nothing is sent either.
fn store_trouble(screen: &Screen, why: &str) -> String {
    let said = format!(
        "{why}. Nothing is sent and nothing is queued. A full disk: make room, and it goes on by itself. Any other \
         failure: look at the disk, then restart the daemon"
    );
    format!(
        "{} {}\n",
        screen.styles().red("NOT WRITING"),
        wrap(screen, &said, 12)
    )
}

/// A post with its text and deliveries.
pub(super) fn shown(screen: &Screen, shown: &Shown) -> String {
    let styles = screen.styles();
    let mut text = format!("{} {}\n", styles.bold("post"), shown.post);
    let said = format!(
        "queued by {} {}, revision {}",
        shown.by, shown.at_shown, shown.revision
    );
    text.push_str(&format!("{}\n", wrap(screen, &said, 0)));
    let count = shown.content.parts.len();
    for (i, part) in shown.content.parts.iter().enumerate() {
        if count > 1 {
            text.push_str(&heading(screen, &format!("part {} of {count}", i + 1)));
        } else {
            text.push('\n');
        }
        let words = paragraph(&visible_lines(&part.text), screen.width, 0);
        text.push_str(&format!("{words}\n"));
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
    let times = Times::of_texts(story.lines.iter().map(|line| line.at_shown.as_str()));
    let mut text = format!(
        "{} to {}: {}\n{}\n",
        styles.bold(shorts.delivery(view.id)),
        view.account,
        state(view),
        wrap(screen, &format!("\"{}\"", view.excerpt), 0)
    );
    text.push_str(&marked_texts(screen, &story.marked));
    text.push_str(&times.footer(screen));
    for line in &story.lines {
        text.push_str(&format!(
            "\n{}  {}\n",
            styles.bold(times.brief(&line.at_shown)),
            styles.dim(&line.by)
        ));
        for what in &line.what {
            text.push_str(&bullet(screen, &shorts.within(what, view.id)));
        }
    }
    if !story.lets_go.is_empty() {
        text.push_str(&heading(screen, "what lets it go"));
        let said = story.lets_go.iter();
        text.extend(said.map(|line| bullet(screen, &shorts.within(line, view.id))));
    }
    if !view.next.is_empty() {
        text.push('\n');
        text.push_str(&moves(screen, &shorts, view));
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
    for order in &status.halts_shown {
        text.push_str(&bullet(screen, order));
    }
    if status.of_switch {
        text.push_str(&of_switch(screen, status));
        return text;
    }
    if let Some(why) = &status.store_trouble {
        text.push_str(&store_trouble(screen, why));
    } else if let Some(why) = &status.low_on_room {
        let said = wrap(
            screen,
            &format!("{why}. Make room, or soon nothing can be written"),
            5,
        );
        text.push_str(&format!("{} {said}\n", styles.yellow("disk:")));
    }
    for said in &status.clock_differs {
        let said = wrap(screen, &format!("{said}: look which one is right"), 6);
        text.push_str(&format!("{} {said}\n", styles.yellow("clock:")));
    }
    text.push_str(&super::shadow::told(screen, &status.shadowed));
    text.push_str(&under_way(screen, status));
    text.push_str(&next(screen, status));
    for account in &status.accounts_stopped {
        text.push_str(&bullet(
            screen,
            &format!("account {}: {}", account.name, account.status),
        ));
    }
    for event in status.events.iter().filter(|e| e.counts) {
        let said = format!("{} event \"{}\" ({})", event.severity, event.title, event.area);
        text.push_str(&bullet(screen, &said));
    }
    text.push_str(&events_waiting(screen, &status.events));
    text.push_str(&super::feeds::troubles(screen, &status.feeds));
    text.push_str(&super::trends::troubles(screen, &status.trends));
    if !status.halts.is_empty() || status.switch_trouble.is_some() {
        text.push_str("to come back, see the plan first:\n");
        text.push_str(&command(screen, 2, "resume"));
    } else if !status.daemon && status.next.is_some() {
        text.push_str("to send what is due:\n");
        text.push_str(&command(screen, 2, "run"));
    }
    if !status.needs_person.is_empty() {
        text.push_str(&heading(screen, "needs a person"));
        text.push_str(&deliveries(screen, &status.needs_person));
        text.push_str("\nall that needs you, by reason:\n");
        text.push_str(&command(screen, 2, "review"));
    }
    text
}

/// Who sends, and how many deliveries are in each state.
fn under_way(screen: &Screen, status: &Status) -> String {
    let daemon = match (status.daemon, status.owner_silent) {
        (_, true) => "a process owns the queue and does not answer; by its journal",
        (true, _) => "the daemon runs",
        (false, _) => "no daemon runs: nothing is being sent",
    };
    let daemon = format!("{daemon}; {} writes under way", status.in_flight);
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
    format!("{}\n{}\n", wrap(screen, &daemon, 0), wrap(screen, &counts, 0))
}

/// What goes next.
fn next(screen: &Screen, status: &Status) -> String {
    let Some(next) = &status.next else {
        return String::new();
    };
    let word = match status.halts.is_empty() {
        true => "next",
        false => "next, if it were not paused",
    };
    let said = format!("{word}: {} to {}: {}", next.due_shown, next.account, next.excerpt);
    format!("{}\n", wrap(screen, &said, 0))
}

/// The events that somebody should look at.
fn events_waiting(screen: &Screen, events: &[EventView]) -> String {
    let mut text = String::new();
    for event in events.iter().filter(|e| e.wants_review) {
        let at = event.review.as_deref().unwrap_or_default();
        let said = format!("LOOK AT event \"{}\": that was to be {at}", event.title);
        text.push_str(&bullet(screen, &said));
    }
    let proposed: Vec<&EventView> = events.iter().filter(|e| e.state == "proposed").collect();
    if let [first, ..] = proposed.as_slice() {
        let said = match proposed.len() {
            1 => format!("1 event is proposed, and holds nothing yet: \"{}\"", first.title),
            n => format!("{n} events are proposed, and hold nothing yet"),
        };
        text.push_str(&bullet(screen, &said));
        text.push_str(&command(screen, 4, "event list"));
    }
    text
}

/// The rest of the status, for another user.
fn of_switch(screen: &Screen, status: &Status) -> String {
    let daemon = match (status.daemon, status.owner_silent) {
        (true, _) => format!("the daemon runs; {} writes under way", status.in_flight),
        (_, true) => "the daemon does not answer; by the switch's file".to_owned(),
        _ => "no daemon answers; by the switch's file, the owner may know of more".to_owned(),
    };
    let said = "what waits is shown to the owner of the queue";
    format!("{}\n{}\n", wrap(screen, &daemon, 0), wrap(screen, said, 0))
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
        text.push_str(&format!("{}: {word}\n", styles.bold(&verdict.account)));
        let due = std::iter::once(&verdict.due_shown);
        for words in due.chain(&verdict.words).chain(&verdict.findings) {
            text.push_str(&bullet(screen, words));
        }
        text.push_str(&marked_texts(screen, &verdict.marked));
    }
    text
}

/// Texts of a post with the words that touch an event marked in them.
fn marked_texts(screen: &Screen, texts: &[MarkedText]) -> String {
    let mut out = String::new();
    for text in texts {
        let place = match (text.part, text.field.as_str()) {
            (1, "text") => "the words in the text:".to_owned(),
            (part, "text") => format!("the words in part {part}:"),
            (part, "alt") => format!("the words in the alternative text of part {part}:"),
            (part, field) => format!("the words in the {field} of part {part}:"),
        };
        out.push_str(&format!("  {}\n", screen.styles().dim(place)));
        out.push_str(&format!("{}\n", marked(screen, &text.text, &text.spans, 4)));
    }
    out
}

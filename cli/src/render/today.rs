//! The screen of `today`.

use super::lists::{deliveries, state};
use super::shorts::Shorts;
use super::{bullet, command, events, heading, wrap};
use crate::control::protocol::{DayLine, Today};
use crate::output::Screen;

/// A day at a glance: first what stops everything, then what needs a person, then what went and what goes.
pub(super) fn today(screen: &Screen, today: &Today) -> String {
    let styles = screen.styles();
    let title = format!("{} ({})", today.date_shown, today.zone);
    let mut text = format!("{}\n", styles.bold(wrap(screen, &title, 0)));
    text.push_str(&halts(screen, today));
    text.push_str(&world(screen, today));
    text.push_str(&needs_person(screen, today));
    let lines = today.went_out.iter().chain(&today.goes);
    let shorts = Shorts::of(lines.map(|line| &line.delivery));
    let went_out: Vec<&DayLine> = today.went_out.iter().collect();
    text.push_str(&list(screen, &shorts, "went out", &went_out));
    let (paused, goes): (Vec<&DayLine>, Vec<&DayLine>) = today.goes.iter().partition(|line| line.paused);
    let (word, would) = if today.is_today {
        ("still goes today", "would go today")
    } else {
        ("goes that day", "would go that day")
    };
    if !goes.is_empty() || !today.all_paused {
        text.push_str(&list(screen, &shorts, word, &goes));
    }
    if goes.is_empty() && today.all_paused {
        let title = format!("it is paused, and nothing goes; {would}");
        text.push_str(&list(screen, &shorts, &title, &paused));
    } else if !paused.is_empty() {
        text.push_str(&list(screen, &shorts, "paused, and does not go", &paused));
    }
    if !today.daemon && !goes.is_empty() {
        let said = "no daemon runs, so nothing is being sent; to send what is due:";
        text.push_str(&format!("{}\n", wrap(screen, said, 0)));
        text.push_str(&command(screen, 2, "run"));
    }
    text
}

fn halts(screen: &Screen, today: &Today) -> String {
    let styles = screen.styles();
    let mut text = String::new();
    match (today.halts_shown.is_empty(), &today.switch_trouble) {
        (true, None) => text.push_str(&format!("{}\n", styles.green("nothing is paused"))),
        (_, Some(why)) => {
            text.push_str(&format!("{} {}\n", styles.red("STOPPED"), wrap(screen, why, 8)));
        }
        (false, None) => text.push_str(&format!("{}\n", styles.red("PAUSED"))),
    }
    for order in &today.halts_shown {
        text.push_str(&bullet(screen, order));
    }
    for account in &today.accounts_stopped {
        text.push_str(&bullet(
            screen,
            &format!("account {}: {}", account.name, account.status),
        ));
    }
    text
}

fn world(screen: &Screen, today: &Today) -> String {
    let mut text = String::new();
    for event in &today.events {
        let said = format!(
            "{} event \"{}\" ({}), {}",
            event.severity,
            event.title,
            event.area,
            events::window(event)
        );
        text.push_str(&bullet(screen, &said));
    }
    for day in &today.sensitive_days {
        text.push_str(&bullet(screen, &format!("sensitive day, {day}")));
    }
    if text.is_empty() {
        let said = "no event is flagged; no sensitive day on that day or the next";
        text.push_str(&format!("{}\n", wrap(screen, said, 0)));
    }
    text
}

fn needs_person(screen: &Screen, today: &Today) -> String {
    let mut text = heading(screen, &format!("needs a person: {}", today.needs_person.len()));
    if !today.needs_person.is_empty() {
        text.push_str(&deliveries(screen, &today.needs_person));
    }
    if today.needs_person_later > 0 {
        let said = format!("due later, and need a person too: {}", today.needs_person_later);
        text.push_str(&format!("{}\n", wrap(screen, &said, 0)));
        text.push_str(&command(screen, 2, "queue"));
    }
    text
}

fn list(screen: &Screen, shorts: &Shorts, title: &str, lines: &[&DayLine]) -> String {
    let mut text = heading(screen, &format!("{title}: {}", lines.len()));
    for line in lines {
        let view = &line.delivery;
        let id = shorts.delivery(view.id);
        let standing = match (
            &line.remark,
            view.public > 0 && view.public < usize::from(view.parts),
        ) {
            (Some(remark), _) => format!(" [{remark}]"),
            (None, true) => format!(" [{}]", state(view)),
            (None, false) => String::new(),
        };
        let said = format!(
            "{}  {id} {} ({}){standing}: \"{}\"",
            line.at_shown, view.account, view.network, view.excerpt
        );
        text.push_str(&bullet(screen, &said));
    }
    text
}

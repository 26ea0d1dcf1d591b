//! The screen of `guard drill`: what an event that has not happened would hold, how soon, and what would still go.

use super::{bullet, command, heading, wrap};
use crate::control::protocol::Drill;
use crate::output::{Screen, visible};

/// The answer to `guard drill`.
pub(super) fn drill(screen: &Screen, drill: &Drill) -> String {
    let styles = screen.styles();
    let loud = "this event has not happened; nothing is flagged, nothing is held, nothing is written";
    let mut text = format!("{} {}\n", styles.red("DRILL:"), wrap(screen, loud, 7));
    let event = format!(
        "{} event \"{}\", kind {}, area {}",
        drill.severity, drill.title, drill.kind, drill.area
    );
    text.push_str(&format!("{}\n", wrap(screen, &event, 0)));
    text.push_str(&heading(screen, &format!("would be held: {}", drill.would_hold)));
    for account in &drill.accounts {
        let said = format!(
            "{}: {} of {} that wait",
            account.account, account.would_hold, account.waits
        );
        text.push_str(&bullet(screen, &said));
    }
    if drill.held_already > 0 {
        let said = format!("held already, and not counted: {}", drill.held_already);
        text.push_str(&bullet(screen, &said));
    }
    text.push_str(&heading(screen, "how soon"));
    text.push_str(&times(screen, drill));
    let title = format!(
        "would still go in the next {} hours: {}",
        drill.ahead_hours,
        drill.goes.len() + drill.more
    );
    text.push_str(&heading(screen, &title));
    for goes in &drill.goes {
        let view = &goes.delivery;
        let when = view.expected_shown.as_ref().unwrap_or(&view.due_shown);
        let said = format!(
            "{when} to {}: \"{}\": {}",
            view.account,
            view.excerpt,
            visible(&goes.why)
        );
        text.push_str(&bullet(screen, &said));
    }
    if drill.more > 0 {
        text.push_str(&bullet(screen, &format!("and {} more", drill.more)));
    }
    if drill.under_way > 0 {
        let said = format!(
            "{} under way: what is being sent already, no event calls back",
            drill.under_way
        );
        text.push_str(&bullet(screen, &said));
    }
    text.push_str("\nto stop everything, whatever it says:\n");
    text.push_str(&command(screen, 2, "pause \"WHY\""));
    text
}

fn times(screen: &Screen, drill: &Drill) -> String {
    let judged = format!(
        "the last of them was judged after {} ({} posts judged, {} more compared with the event)",
        duration(drill.judging_us),
        drill.judged,
        drill.compared.saturating_sub(drill.judged)
    );
    let mut text = bullet(screen, &judged);
    if let Some(us) = drill.answer_us {
        let how = match drill.daemon {
            true => "the daemon answered after",
            false => "no daemon runs; with opening the queue it took",
        };
        text.push_str(&bullet(screen, &format!("{how} {}", duration(us))));
    }
    let said = "a real flag also writes the holds to the disk, all in one step";
    text.push_str(&bullet(screen, said));
    text
}

fn duration(us: u64) -> String {
    match us {
        0..10_000 => format!("{}.{} ms", us / 1000, us % 1000 / 100),
        10_000..10_000_000 => format!("{} ms", us / 1000),
        _ => format!("{} s", us / 1_000_000),
    }
}

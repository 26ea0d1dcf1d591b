//! Screens that say what was done.

use super::lists::state;
use super::shorts::Shorts;
use super::{NO_DAEMON, bullet, command, heading, wrap};
use crate::control::protocol::{AccountView, Moved, Posted};
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
    let mut text = wrap(screen, &line, 0);
    if !account.calendars.is_empty() {
        text.push_str("\n\nsensitive days of its readers, to add:\n");
        text.push_str(&command(
            screen,
            2,
            &format!("calendar add {}", account.calendars.join(" ")),
        ));
    }
    text
}

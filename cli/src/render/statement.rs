//! What a person looks at before something goes out through a pause.

use super::{bullet, heading, wrap};
use crate::control::protocol::StatementView;
use crate::output::{Screen, ending};

/// The screen before the confirmation: where it goes, which words, what stands against it.
pub(super) fn statement(screen: &Screen, view: &StatementView) -> String {
    let styles = screen.styles();
    let title = format!("THROUGH THE PAUSE: to {} ({}), now", view.account, view.network);
    let mut text = format!("{}\n", styles.red(title));
    text.push_str(&heading(screen, "What goes out, and nothing else"));
    for part in &view.parts {
        text.push_str(&format!("  | {}\n", wrap(screen, part, 4)));
    }
    if view.pictures > 0 {
        text.push_str(&bullet(
            screen,
            &format!("with {} pictures; look at them too", view.pictures),
        ));
    }
    text.push_str(&heading(screen, "What it passes"));
    for order in &view.paused {
        text.push_str(&bullet(screen, order));
    }
    if let Some(held) = &view.held {
        let held = format!("the guard's hold, which you approve with this: {held}");
        text.push_str(&bullet(screen, &held));
    }
    for id in &view.before {
        let said = format!(
            "these very words went through a pause before: soundpost why {}",
            ending(id, 6)
        );
        text.push_str(&bullet(screen, &said));
    }
    let code = format!(
        "Nothing is queued yet. Without a terminal, run it again with --confirm {}",
        view.code
    );
    text.push_str(&format!("\n{}\n", wrap(screen, &code, 0)));
    text
}

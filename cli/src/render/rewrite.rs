//! The screen of `rewrite`: before, after, and whether it goes.

use super::lists::{moves, state};
use super::shorts::Shorts;
use super::{bullet, heading, wrap};
use crate::control::protocol::{MarkedText, Rewritten, RewrittenView};
use crate::output::{Screen, marked};

/// What a text was, what it is, and what follows.
pub(super) fn rewritten(screen: &Screen, rewritten: &Rewritten) -> String {
    let shorts = Shorts::of(rewritten.deliveries.iter().map(|view| &view.delivery));
    let mut text = String::new();
    let mut shown: Option<&RewrittenView> = None;
    for view in &rewritten.deliveries {
        // Accounts with the same words: those stand there once.
        if shown.is_none_or(|last| (&last.before, &last.after) != (&view.before, &view.after)) {
            text.push_str(&texts(screen, "before", &view.before));
            text.push_str(&texts(screen, "now", &view.after));
            text.push('\n');
        }
        shown = Some(view);
        text.push_str(&outcome(screen, &shorts, rewritten.revision, view));
    }
    if !rewritten.left.is_empty() {
        text.push_str(&heading(screen, "left as it is"));
        text.extend(rewritten.left.iter().map(|line| bullet(screen, line)));
    }
    text
}

fn texts(screen: &Screen, name: &str, parts: &[MarkedText]) -> String {
    let mut text = format!("{}\n", screen.styles().dim(format!("{name}:")));
    for part in parts {
        text.push_str(&format!("{}\n", marked(screen, &part.text, &part.spans, 2)));
    }
    text
}

fn outcome(screen: &Screen, shorts: &Shorts, revision: u32, view: &RewrittenView) -> String {
    let styles = screen.styles();
    let delivery = &view.delivery;
    let id = shorts.delivery(delivery.id);
    let said = format!("{}: revision {revision}, {}", delivery.account, state(delivery));
    let mut text = format!("{} {}\n", styles.bold(&id), wrap(screen, &said, id.len() + 1));
    let words = view.verdict.words.iter().chain(&view.verdict.findings);
    text.extend(words.map(|line| bullet(screen, line)));
    let goes = bullet(screen, &view.goes);
    let goes = goes.trim_end();
    match view.goes_by_itself {
        true => text.push_str(&format!("{}\n", styles.green(goes))),
        false => text.push_str(&format!(
            "{}\n{}",
            styles.yellow(goes),
            moves(screen, shorts, delivery)
        )),
    }
    text
}

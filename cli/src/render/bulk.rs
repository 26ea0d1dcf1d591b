//! The screen of a move of many: what it would do, numbered.

use super::lists::state;
use super::shorts::Shorts;
use super::times::Times;
use super::{bullet, heading, wrap};
use crate::control::protocol::BulkView;
use crate::output::Screen;

/// What would move, what would not, and how to do it.
pub(super) fn bulk(screen: &Screen, view: &BulkView) -> String {
    let shorts = Shorts::of(&view.deliveries);
    let times = Times::of(&view.deliveries);
    let title = match view.deliveries.len() {
        1 => format!("{}: 1 post. Nothing has changed yet.", view.what),
        n => format!("{}: {n} posts. Nothing has changed yet.", view.what),
    };
    let mut text = format!("{}\n", screen.styles().bold(wrap(screen, &title, 0)));
    text.push_str(&times.footer(screen));
    for (delivery, number) in view.deliveries.iter().zip(1..) {
        let said = format!(
            "{} {} ({}), {}: \"{}\"",
            shorts.delivery(delivery.id),
            delivery.account,
            state(delivery),
            times.due(delivery),
            delivery.excerpt
        );
        text.push_str(&format!("{number:>3}  {}\n", wrap(screen, &said, 5)));
    }
    if !view.left.is_empty() {
        text.push_str(&heading(screen, &format!("stays as it is: {}", view.left.len())));
        text.extend(view.left.iter().map(|line| bullet(screen, line)));
    }
    if !view.hints.is_empty() {
        text.push_str(&heading(screen, "what it means"));
        text.extend(view.hints.iter().map(|line| bullet(screen, line)));
    }
    let said = match &view.code {
        Some(code) => format!("To do exactly this, run the same command again with --apply {code}"),
        None => "There is nothing to do.".to_owned(),
    };
    text.push_str(&format!("\n{}\n", wrap(screen, &said, 0)));
    text
}

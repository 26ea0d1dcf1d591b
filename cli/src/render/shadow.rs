//! Screens of shadow: where the guard only watches, and what it let go or holds again.

use std::collections::BTreeSet;

use super::lists::deliveries;
use super::{bullet, command, heading, wrap};
use crate::control::protocol::{DeliveryView, ShadowView, ShadowedAccount};
use crate::output::Screen;

/// The answer to `guard shadow`.
pub(super) fn shadow(screen: &Screen, view: &ShadowView) -> String {
    let mut text = String::new();
    if let Some(on) = view.turned {
        let word = if on { "on" } else { "off" };
        let said = match view.changed.as_slice() {
            [] => format!("shadow was {word} already"),
            changed => format!("shadow is {word} for {}", changed.join(", ")),
        };
        text.push_str(&format!("{}\n", wrap(screen, &said, 0)));
    }
    match view.shadowed.as_slice() {
        [] => text.push_str(&format!(
            "{}\n",
            wrap(screen, "The guard holds for every account.", 0)
        )),
        shadowed => text.push_str(&told(screen, shadowed)),
    }
    for (title, views) in [
        ("goes again", &view.released),
        ("held now", &view.held),
        ("held from before, and stays held", &view.would_release),
    ] {
        if !views.is_empty() {
            text.push_str(&heading(screen, &format!("{title}: {}", views.len())));
            text.push_str(&deliveries(screen, views));
        }
    }
    if !view.would_release.is_empty() {
        let accounts: BTreeSet<&str> = view.would_release.iter().map(|d| d.account.as_str()).collect();
        let accounts: String = accounts
            .iter()
            .map(|label| format!(" --account {label}"))
            .collect();
        text.push_str("\nto let all of these go:\n");
        text.push_str(&command(
            screen,
            2,
            &format!("guard shadow on --release{accounts}"),
        ));
    }
    text
}

/// Loud: where the guard only watches.
pub(super) fn told(screen: &Screen, shadowed: &[ShadowedAccount]) -> String {
    if shadowed.is_empty() {
        return String::new();
    }
    let said = "the guard only watches: nothing is held but for critical events";
    let mut text = format!("{} {}\n", screen.styles().red("SHADOW:"), wrap(screen, said, 8));
    for one in shadowed {
        let soon = match one.would_hold {
            0 => "of the next 24 hours nothing would be held".to_owned(),
            1 => "1 post of the next 24 hours would be held, and goes".to_owned(),
            n => format!("{n} posts of the next 24 hours would be held, and go"),
        };
        let since = format!(
            "{}, since {}, by {}: {soon}",
            one.account, one.since_shown, one.by
        );
        text.push_str(&bullet(screen, &since));
    }
    text.push_str(&command(screen, 4, "guard shadow off"));
    text
}

/// What would be held, and goes.
pub(super) fn watched(screen: &Screen, views: &[DeliveryView]) -> String {
    let title = format!(
        "would be held, and goes, for the guard only watches: {}",
        views.len()
    );
    let mut text = heading(screen, &title);
    text.push_str(&deliveries(screen, views));
    text.push_str(&command(screen, 2, "guard shadow off"));
    text
}

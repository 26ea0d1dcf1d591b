//! Screens of the rules that need no event.

use super::lists::deliveries;
use super::{bullet, heading};
use crate::control::protocol::{RulesChanged, RulesView};
use crate::output::Screen;

/// The rules of accounts.
pub(super) fn list(screen: &Screen, all: &[RulesView]) -> String {
    if all.is_empty() {
        return "No account yet. See the networks:  soundpost account networks\n".to_owned();
    }
    all.iter().map(|rules| one(screen, rules)).collect()
}

/// The answer to `account set`.
pub(super) fn changed(screen: &Screen, changed: &RulesChanged) -> String {
    let mut text = one(screen, &changed.rules);
    for (title, views) in [("held now", &changed.held), ("goes again", &changed.released)] {
        if !views.is_empty() {
            text.push_str(&heading(screen, title));
            text.push_str(&deliveries(screen, views));
        }
    }
    text
}

fn one(screen: &Screen, rules: &RulesView) -> String {
    let styles = screen.styles();
    let name = styles.bold(&rules.account);
    let mut text = format!("{name} ({}, {})\n", rules.network, rules.zone);
    for rule in &rules.rules {
        let (does, says) = (&rule.does, &rule.says);
        text.push_str(&bullet(
            screen,
            &format!("{}: {says} ({does}; {})", rule.rule, rule.source),
        ));
    }
    if rules.rules.is_empty() {
        text.push_str(&bullet(screen, "nothing is set: soundpost account set --help"));
    }
    text
}

//! Screens of lists of hashtags that rise.

use super::lists::deliveries;
use super::{bullet, heading};
use crate::control::protocol::{TrendsSet, TrendsView};
use crate::output::Screen;

/// More hashtags than this are not named in a line.
const NAMED_MAX: usize = 20;

/// All lists.
pub(super) fn list(screen: &Screen, lists: &[TrendsView]) -> String {
    if lists.is_empty() {
        return "No trends are set. To set some:  soundpost trends set NAME FILE\n".to_owned();
    }
    lists.iter().map(|list| one(screen, list)).collect()
}

/// The answer to `trends set`.
pub(super) fn set(screen: &Screen, set: &TrendsSet) -> String {
    let mut text = one(screen, &set.list);
    if !set.held.is_empty() {
        text.push_str(&heading(screen, "held now"));
        text.push_str(&deliveries(screen, &set.held));
    }
    text
}

/// The lines of `status` about lists that are too old.
pub(super) fn troubles(screen: &Screen, lists: &[TrendsView]) -> String {
    let old = lists.iter().filter(|list| list.is_old);
    let line = |list: &TrendsView| {
        let said = format!(
            "trends {}: set {}, too old to hold anything; set them anew, or: soundpost trends remove {}",
            list.name, list.set_shown, list.name
        );
        bullet(screen, &said)
    };
    old.map(line).collect()
}

fn one(screen: &Screen, list: &TrendsView) -> String {
    let styles = screen.styles();
    let how = match list.is_old {
        true => styles.yellow("too old, holds nothing"),
        false => styles.green("holds"),
    };
    let mut text = format!("{}: {how}\n", styles.bold(&list.name));
    let (named, more) = list.tags.split_at(list.tags.len().min(NAMED_MAX));
    let mut tags: Vec<String> = named.iter().map(|tag| format!("#{tag}")).collect();
    tags.extend((!more.is_empty()).then(|| format!("and {} more", more.len())));
    text.push_str(&bullet(screen, &tags.join(" ")));
    let since = format!(
        "set {} by {}; it counts until {}",
        list.set_shown, list.set_by, list.old_shown
    );
    text.push_str(&bullet(screen, &since));
    text
}

//! The screen of `guard hygiene`: what became of the holds of each flag.

use super::{bullet, heading, wrap};
use crate::control::protocol::{FlagHygiene, Hygiene};
use crate::output::{Screen, table};

/// The answer to `guard hygiene`.
pub(super) fn hygiene(screen: &Screen, hygiene: &Hygiene) -> String {
    let since = format!("holds since {}", hygiene.since_shown);
    let mut text = format!("{}\n", wrap(screen, &since, 0));
    if hygiene.flags.is_empty() {
        text.push_str("Nothing was held by an event or a sensitive day.\n");
        return text;
    }
    text.push('\n');
    let rows: Vec<Vec<String>> = hygiene.flags.iter().map(row).collect();
    let headings = [
        "event",
        "held",
        "as it was",
        "approved",
        "changed",
        "dropped",
        "still held",
    ];
    text.push_str(&table(screen, &headings, &rows));
    text.push('\n');
    for flag in hygiene.flags.iter().filter(|flag| flag.too_wide) {
        text.push_str(&heading(screen, &format!("too wide: \"{}\"", flag.title)));
        let went = flag.released + flag.approved;
        let said = format!("{went} of {} went out as they were ({})", flag.held, flag.source);
        text.push_str(&bullet(screen, &said));
        text.extend(flag.narrower.iter().map(|said| bullet(screen, said)));
    }
    text
}

fn row(flag: &FlagHygiene) -> Vec<String> {
    vec![
        format!("{} ({}, {})", flag.title, flag.severity, flag.source),
        flag.held.to_string(),
        flag.released.to_string(),
        flag.approved.to_string(),
        (flag.rewritten + flag.moved).to_string(),
        flag.dropped.to_string(),
        flag.still_held.to_string(),
    ]
}

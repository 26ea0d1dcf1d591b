//! The screens of `log`.

use std::collections::BTreeSet;

use super::shorts::replaced;
use super::times::Times;
use super::{bullet, command, heading, wrap};
use crate::control::protocol::{HeadView, LogEntry, LogView, SwitchOrder, VerifiedView};
use crate::output::{Screen, ending, shorten};

/// The length of an id in full.
const ID_CHARS: usize = soundpost_core::id::ID_CHARS;

/// The audit log, newest last; what was left out is said first, where it would stand.
pub(super) fn log(screen: &Screen, view: &LogView) -> String {
    if view.entries.is_empty() && view.only_in_switch.is_empty() {
        let said = "Nothing of that stands in the log. All of it:  soundpost log --limit 0";
        return format!("{}\n", wrap(screen, said, 0));
    }
    let times = Times::of_texts(view.entries.iter().map(|e| e.at_shown.as_str()));
    let ids: Vec<String> = view.entries.iter().filter_map(long_id).collect();
    let length = shorten(&ids);
    let earlier = match view.more {
        Some(0) => String::new(),
        Some(n) => format!("{n} earlier entries; --limit 0 shows all"),
        None => "there are earlier entries; --limit 0 shows all".to_owned(),
    };
    let mut text = String::new();
    if !earlier.is_empty() {
        text.push_str(&format!("{}\n", wrap(screen, &earlier, 0)));
    }
    text.push_str(&times.footer(screen));
    for entry in &view.entries {
        text.push('\n');
        text.push_str(&card(screen, entry, &times.brief(&entry.at_shown), &ids, length));
    }
    text.push_str(&only_in_switch(screen, &view.only_in_switch));
    text
}

/// Pauses that the journal does not have, and where they stand.
fn only_in_switch(screen: &Screen, orders: &[SwitchOrder]) -> String {
    if orders.is_empty() {
        return String::new();
    }
    let mut text = heading(
        screen,
        "in the switch's file alone; the journal has no entry of it",
    );
    text.extend(orders.iter().map(|order| bullet(screen, &order.what)));
    text
}

/// One entry alone, as `--follow` prints it.
pub(super) fn entry(screen: &Screen, entry: &LogEntry) -> String {
    let ids: Vec<String> = long_id(entry).into_iter().collect();
    card(screen, entry, &entry.at_shown, &ids, shorten(&ids))
}

fn card(screen: &Screen, entry: &LogEntry, at: &str, ids: &[String], length: usize) -> String {
    let number = format!("#{}", entry.seq);
    let said = wrap(screen, &format!("{at}  {}", entry.by), number.chars().count() + 2);
    let mut text = format!("{}  {said}\n", screen.styles().bold(number));
    let mine: BTreeSet<&String> = ids.iter().collect();
    for what in &entry.what {
        let short = mine
            .iter()
            .fold(what.clone(), |line, id| replaced(&line, id, ending(id, length)));
        text.push_str(&bullet(screen, &short));
    }
    text
}

/// The id in full that may stand in the words of an entry: of a delivery, its post's.
fn long_id(entry: &LogEntry) -> Option<String> {
    let id = entry.id.split('.').next().unwrap_or_default();
    let is_id = id.len() == ID_CHARS && id.bytes().all(|b| b.is_ascii_alphanumeric());
    is_id.then(|| id.to_owned())
}

/// The head of the chain, alone on its line.
pub(super) fn head(screen: &Screen, head: &HeadView) -> String {
    let said = "Keep this line somewhere else. It stands for every entry up to now; later, to compare:";
    let mut text = format!("{}\n\n{}\n", head.head, wrap(screen, said, 0));
    text.push_str(&command(screen, 2, "log --verify SEQ:HASH"));
    text
}

/// That the chain is whole.
pub(super) fn verified(screen: &Screen, verified: &VerifiedView) -> String {
    let styles = screen.styles();
    let said = format!(
        "entries {} to {} follow one another as they were written",
        verified.first_seq, verified.seq
    );
    let mut text = format!("{} {}\n", styles.green("whole:"), wrap(screen, &said, 7));
    let compared = match &verified.compared {
        Some(head) => {
            let seq = head.split(':').next().unwrap_or_default();
            format!("up to entry {seq} it is the log of then: the head that you kept is part of it")
        }
        None => {
            "compared with no head: that nothing was rewritten as a whole, or cut at its end, is not shown. \
                 Keep a head elsewhere:  soundpost log --head"
                .to_owned()
        }
    };
    text.push_str(&bullet(screen, &compared));
    // Whole, however narrow the screen is: it is to be copied.
    text.push_str(&format!("  - the head is now\n    {}\n", verified.head));
    text
}

//! What `export` and `import` say.

use jiff::Timestamp;
use serde::Serialize;

use super::{bullet, command, heading, json_of, wrap};
use crate::moving::export::Exported;
use crate::moving::format::Counts;
use crate::output::Screen;

/// What was imported, or would be.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// The file.
    pub file: String,
    /// True when nothing was changed.
    pub dry_run: bool,
    /// Which queue it was.
    pub store: String,
    /// The newest entry of that one's journal.
    pub seq: u64,
    /// When the file was made.
    pub made_at: Timestamp,
    /// The same for people.
    pub made_at_shown: String,
    /// What it holds.
    pub counts: Counts,
    /// How many deliveries stand where.
    pub states: Vec<(String, usize)>,
    /// What was being sent, and is unknown now.
    pub in_flight: Vec<String>,
    /// The hashes of pictures and films that are not in the file.
    pub missing: Vec<String>,
    /// The accounts that were not removed.
    pub accounts: Vec<AccountLine>,
    /// The version of the zone database of the file, when it is not this machine's.
    pub other_zones: Option<String>,
    /// Why it is paused.
    pub paused: String,
    /// What could not be done besides.
    pub warning: Option<String>,
}

/// An account with what a person should look at.
#[derive(Debug, Clone, Serialize)]
pub struct AccountLine {
    /// Its label.
    pub name: String,
    /// Its network.
    pub network: String,
    /// Its server or folder; of a secret address the origin only.
    pub server: Option<String>,
    /// Where the credential is found.
    pub credential: String,
    /// What it lacks on this machine.
    pub trouble: Vec<String>,
}

/// The answer to `export` as JSON.
pub fn exported_json(exported: &Exported) -> String {
    json_of("exported", &serde_json::to_value(exported).unwrap_or_default())
}

/// The answer to `import` as JSON.
pub fn imported_json(imported: &Imported) -> String {
    json_of("imported", &serde_json::to_value(imported).unwrap_or_default())
}

/// The answer to `export`.
pub fn exported(screen: &Screen, exported: &Exported, made_at: &str) -> String {
    let to = exported.file.as_deref().unwrap_or("standard output");
    let mut text = wrap(
        screen,
        &format!("Exported to {to}: {}", held(&exported.counts)),
        0,
    );
    text.push('\n');
    let state = format!(
        "Queue {}, as it was at entry {}, {made_at}.",
        exported.store, exported.seq
    );
    text.push_str(&wrap(screen, &state, 0));
    text.push('\n');
    if !exported.withheld.is_empty() {
        text.push_str(&heading(screen, "Not in it: addresses that are secrets"));
        for name in &exported.withheld {
            text.push_str(&bullet(
                screen,
                &format!("{name}: import asks for it (--server {name}=ADDRESS)"),
            ));
        }
    }
    let gone = |needed| {
        exported
            .missing
            .iter()
            .filter(move |missing| missing.needed == needed)
    };
    if gone(true).next().is_some() {
        text.push_str(&heading(screen, "NOT in it, and needed: pictures or films"));
        for missing in gone(true) {
            text.push_str(&bullet(
                screen,
                &format!("{}: {}", missing.file_name, missing.why),
            ));
        }
    }
    let old = gone(false).count();
    if old > 0 {
        let line = format!("Not in it: {old} pictures or films of posts that are at their end.");
        text.push_str(&format!("\n{}\n", wrap(screen, &line, 0)));
    }
    let note = "Credentials are not in it, and neither are stories (why): keep them apart. It holds all texts: keep it \
                as private as the queue.";
    text.push_str(&format!("\n{}\n", wrap(screen, note, 0)));
    text
}

/// The answer to `import`.
pub fn imported(screen: &Screen, imported: &Imported) -> String {
    let styles = screen.styles();
    let head = if imported.dry_run {
        "WOULD IMPORT"
    } else {
        "IMPORTED"
    };
    let mut text = format!(
        "{} {}\n",
        styles.bold(head),
        wrap(screen, &held(&imported.counts), head.len() + 1)
    );
    let from = format!(
        "from queue {}, as it was at entry {}, {}",
        imported.store, imported.seq, imported.made_at_shown
    );
    text.push_str(&format!("{}\n", wrap(screen, &from, 0)));
    text.push_str(&states(screen, imported));
    text.push_str(&lacks(screen, imported));
    text.push_str(&heading(screen, "The accounts: is each of them right?"));
    for account in &imported.accounts {
        text.push_str(&account_line(screen, account));
    }
    text.push_str(&end(screen, imported));
    text
}

fn states(screen: &Screen, imported: &Imported) -> String {
    let mut text = heading(screen, "Where the deliveries stand");
    for (state, count) in &imported.states {
        text.push_str(&bullet(screen, &format!("{state}: {count}")));
    }
    if !imported.in_flight.is_empty() {
        text.push_str(&heading(screen, "Was being sent, is unknown now"));
        for id in &imported.in_flight {
            text.push_str(&bullet(screen, id));
        }
    }
    text
}

fn lacks(screen: &Screen, imported: &Imported) -> String {
    let mut text = String::new();
    if !imported.missing.is_empty() {
        let line = format!(
            "{} pictures or films are not in the file: a post that needs one of them will fail.",
            imported.missing.len()
        );
        text.push_str(&format!("\n{}\n", wrap(screen, &line, 0)));
    }
    if let Some(zones) = &imported.other_zones {
        let line = format!(
            "The due times were computed with time zones of {zones}, which are not this machine's: wall times stay, \
             and the daemon computes the instants anew."
        );
        text.push_str(&format!("\n{}\n", wrap(screen, &line, 0)));
    }
    text
}

fn account_line(screen: &Screen, account: &AccountLine) -> String {
    let server = account
        .server
        .as_deref()
        .map_or_else(String::new, |s| format!(", {s}"));
    let mut line = format!(
        "{} ({}{server}), credential {}",
        account.name, account.network, account.credential
    );
    for trouble in &account.trouble {
        line.push_str(&format!("\n{trouble}"));
    }
    bullet(screen, &line)
}

fn end(screen: &Screen, imported: &Imported) -> String {
    let mut text = String::new();
    if imported.dry_run {
        let line = "Nothing was changed. The import would start paused.";
        text.push_str(&format!("\n{}\n", wrap(screen, line, 0)));
        return text;
    }
    if let Some(warning) = &imported.warning {
        text.push_str(&format!("\n{}\n", wrap(screen, warning, 0)));
    }
    let paused = format!("PAUSED: {}.", imported.paused);
    text.push_str(&format!("\n{}\n", wrap(screen, &paused, 0)));
    text.push_str(&wrap(
        screen,
        "When the other one no longer sends, see the plan:",
        0,
    ));
    text.push('\n');
    text.push_str(&command(screen, 2, "resume"));
    text
}

fn held(counts: &Counts) -> String {
    let some = [
        (counts.accounts, "account", "accounts"),
        (counts.posts, "post", "posts"),
        (counts.deliveries, "delivery", "deliveries"),
        (counts.receipts, "receipt", "receipts"),
        (counts.events, "event", "events"),
        (counts.calendars, "calendar", "calendars"),
        (counts.feeds, "feed", "feeds"),
        (counts.trends, "list of trends", "lists of trends"),
        (counts.media, "picture or film", "pictures or films"),
    ];
    let some = some.iter().filter(|(count, ..)| *count > 0);
    let words: Vec<String> = some
        .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    if words.is_empty() {
        return "an empty queue".to_owned();
    }
    words.join(", ")
}

//! Answers as screens: for people from 45 columns up, and as JSON.

mod bulk;
mod calendars;
mod changes;
mod doctor;
mod drill;
pub mod evaluation;
mod events;
mod feeds;
mod hygiene;
mod lists;
mod log;
pub mod moving;
mod pause;
mod receipts;
mod recent;
mod review;
mod rewrite;
mod rules;
pub mod service;
mod shadow;
mod shorts;
mod statement;
mod times;
mod today;
mod trends;
pub mod words;

use std::borrow::Cow;

use serde::Serialize;
use soundpost_core::adapter_table::AdapterTable;

use crate::app::error::AppError;
use crate::control::protocol::{Answer, DeliveryView, Listed};
use crate::output::{Screen, paragraph, visible, visible_lines};

pub use doctor::{doctor, doctor_json};
pub use pause::set;
pub use receipts::csv as receipts_csv;

/// Said when a post waits and nothing runs that would send it.
pub const NO_DAEMON: &str = "Nothing is running that would send it. Start the daemon:  soundpost run";

/// An answer as JSON, one object on one line.
pub fn json(answer: &Answer) -> String {
    #[derive(Serialize)]
    struct Ok<'a> {
        ok: &'a Answer,
    }
    if let Answer::Listed(listed) = answer {
        return json_listed(listed);
    }
    escaped(&serde_json::to_string(&Ok { ok: answer }).unwrap_or_default())
}

/// The list stands where it always stood; `more` came later and stands beside it.
fn json_listed(listed: &Listed) -> String {
    #[derive(Serialize)]
    struct Beside<'a> {
        deliveries: &'a [DeliveryView],
        more: usize,
    }
    #[derive(Serialize)]
    struct Ok<'a> {
        ok: Beside<'a>,
    }
    let (deliveries, more) = (listed.deliveries.as_slice(), listed.more);
    let ok = Beside { deliveries, more };
    escaped(&serde_json::to_string(&Ok { ok }).unwrap_or_default())
}

/// A value as the answer of a command that no daemon answers, one object on one line.
pub fn json_of(name: &str, value: &serde_json::Value) -> String {
    escaped(&serde_json::json!({ "ok": { name: value } }).to_string())
}

/// JSON in which what could move a cursor or turn words around is written by number: text from outside may stand in
/// it, and a terminal may show it. It stays the same JSON.
fn escaped(json: &str) -> String {
    if matches!(visible(json), Cow::Borrowed(_)) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if matches!(visible(c.encode_utf8(&mut [0; 4])), Cow::Borrowed(_)) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}

/// An error as JSON, one object on one line.
pub fn json_error(error: &AppError) -> String {
    #[derive(Serialize)]
    struct Failed<'a> {
        error: &'a AppError,
        exit_code: u8,
    }
    let failed = Failed {
        error,
        exit_code: error.exit_code() as u8,
    };
    escaped(&serde_json::to_string(&failed).unwrap_or_default())
}

/// An error on one screen: what, where, what to do.
pub fn error(screen: &Screen, error: &AppError) -> String {
    let styles = screen.styles();
    let mut text = format!("{} {}\n", styles.red("error:"), wrap(screen, &error.message, 7));
    for detail in &error.details {
        text.push_str(&bullet(screen, detail));
    }
    if let Some(help) = &error.help {
        text.push_str(&format!("{} {}\n", styles.dim("help: "), wrap(screen, help, 7)));
    }
    text
}

/// An answer for people.
pub fn answer(screen: &Screen, answer: &Answer) -> String {
    match answer {
        Answer::Status(status) => lists::status(screen, status),
        Answer::Paused(paused) => pause::paused(screen, paused),
        Answer::Posted(posted) => changes::posted(screen, posted),
        Answer::Statement(view) => statement::statement(screen, view),
        Answer::Checked(verdicts) => lists::verdicts(screen, verdicts),
        Answer::Deliveries(views) => lists::deliveries(screen, views),
        Answer::Listed(listed) => lists::listed(screen, listed),
        Answer::Shown(shown) => lists::shown(screen, shown),
        Answer::Story(story) => lists::story(screen, story),
        Answer::Recent(recent) => recent::recent(screen, recent),
        Answer::Receipts(receipts) => receipts::receipts(screen, receipts),
        Answer::Today(today) => today::today(screen, today),
        Answer::Review(review) => review::review(screen, review),
        Answer::Log(view) => log::log(screen, view),
        Answer::LogEntry(entry) => log::entry(screen, entry),
        Answer::Head(head) => log::head(screen, head),
        Answer::Verified(verified) => log::verified(screen, verified),
        Answer::Moved(moved) => changes::moved(screen, moved),
        Answer::Bulk(view) => bulk::bulk(screen, view),
        Answer::Rewritten(view) => rewrite::rewritten(screen, view),
        Answer::EventChanged(changed) => events::changed(screen, changed),
        Answer::EventShown(shown) => events::shown(screen, shown),
        Answer::Events(events) => events::list(screen, events),
        Answer::CalendarImported(calendar) => calendars::imported(screen, calendar),
        Answer::Calendars(all) => calendars::list(screen, all),
        Answer::CalendarOffers(offers) => calendars::offers(screen, offers),
        Answer::CalendarsChanged(changed) => calendars::changed(screen, changed),
        Answer::CalendarShown(shown) => calendars::shown(screen, shown),
        Answer::FeedAdded(feed) => feeds::added(screen, feed),
        Answer::Feeds(all) => feeds::list(screen, all),
        Answer::FeedsRefreshed(all) => feeds::refreshed(screen, all),
        Answer::Hygiene(hygiene) => hygiene::hygiene(screen, hygiene),
        Answer::Drill(drill) => drill::drill(screen, drill),
        Answer::Shadow(view) => shadow::shadow(screen, view),
        Answer::Account(account) => changes::account(screen, account),
        Answer::Accounts(accounts) => lists::accounts(screen, accounts),
        Answer::Rules(all) => rules::list(screen, all),
        Answer::RulesChanged(changed) => rules::changed(screen, changed),
        Answer::Trends(lists) => trends::list(screen, lists),
        Answer::TrendsSet(set) => trends::set(screen, set),
        Answer::TrendsAdded(list) => trends::added(screen, list),
        Answer::TrendsRefreshed(all) => trends::refreshed(screen, all),
        Answer::Plan(plan) => pause::plan(screen, plan),
        Answer::Resumed(resumed) => pause::resumed(screen, resumed),
        Answer::Said(said) => wrap(screen, said, 0),
    }
}

/// The networks that this program knows, and what an account of each needs.
pub fn networks(screen: &Screen, adapters: &AdapterTable) -> String {
    let mut text = String::new();
    for adapter in adapters.all() {
        let d = adapter.describe();
        let about = wrap(screen, d.about, d.network.len() + 2);
        text.push_str(&format!("{}: {about}\n", screen.styles().bold(d.network)));
        let needs = [
            ("--server", d.server_hint),
            ("--as", d.identity_hint),
            ("--credential", d.credential_hint),
        ];
        for (flag, hint) in needs {
            if let Some(hint) = hint {
                text.push_str(&bullet(screen, &format!("{flag}  {hint}")));
            }
        }
        for (name, about) in d.settings {
            text.push_str(&bullet(screen, &format!("--set {name}=  {about}")));
        }
    }
    text.push_str("\nto add an account:\n");
    text.push_str(&command(screen, 2, "account add NETWORK NAME"));
    text
}

/// The same for programs.
pub fn networks_json(adapters: &AdapterTable) -> String {
    let all: Vec<serde_json::Value> = adapters
        .all()
        .map(|adapter| {
            let d = adapter.describe();
            let settings: Vec<serde_json::Value> = d
                .settings
                .iter()
                .map(|(name, about)| serde_json::json!({ "name": name, "about": about }))
                .collect();
            serde_json::json!({
                "network": d.network,
                "about": d.about,
                "server": d.server_hint,
                "identity": d.identity_hint,
                "credential": d.credential_hint,
                "settings": settings,
            })
        })
        .collect();
    json_of("networks", &all.into())
}

/// A paragraph whose first line stands behind something `indent` wide. Whatever is in the text comes out harmless.
pub(crate) fn wrap(screen: &Screen, text: &str, indent: usize) -> String {
    paragraph(&visible_lines(text), screen.width, indent)
        .trim_start()
        .to_owned()
}

/// One point of a list.
pub(crate) fn bullet(screen: &Screen, text: &str) -> String {
    format!("  - {}\n", wrap(screen, text, 4))
}

/// A command to copy, alone on its line. Where it does not fit it goes on, as a shell reads it, after a backslash:
/// before an option, or else before a word.
pub(crate) fn command(screen: &Screen, indent: usize, command: &str) -> String {
    let margin = " ".repeat(indent);
    let whole = format!("soundpost {command}");
    if indent + whole.chars().count() <= screen.width {
        return format!("{margin}{whole}\n");
    }
    // Room for the spaces before it and the backslash after it.
    let room = screen.width.saturating_sub(indent + 2);
    let mut lines = vec![String::new()];
    for piece in pieces(&whole, room.saturating_sub(2)) {
        let used = lines.last().map_or(0, |line| line.chars().count());
        if used > 0 && used + 1 + piece.chars().count() > room {
            lines.push(format!("  {piece}"));
        } else if let Some(line) = lines.last_mut() {
            let gap = if used == 0 { "" } else { " " };
            line.push_str(&format!("{gap}{piece}"));
        }
    }
    format!("{margin}{}\n", lines.join(&format!(" \\\n{margin}")))
}

/// A command as the answers give it, with what a person fills in put as an example.
fn ready(words: &str) -> String {
    match words.strip_prefix("rewrite ") {
        Some(id) => format!("rewrite {id} \"NEW TEXT\""),
        None => words
            .replace("WHY", "\"WHY\"")
            .replace("WHEN", "\"tomorrow 9:00\""),
    }
}

/// A command line cut before its options; a piece that is longer than a line also between words. What stands in quotes
/// stays whole.
fn pieces(whole: &str, longest: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    for (i, piece) in whole.split(" --").enumerate() {
        let piece = if i == 0 {
            piece.to_owned()
        } else {
            format!("--{piece}")
        };
        if piece.chars().count() <= longest || piece.contains('"') {
            pieces.push(piece);
        } else {
            pieces.extend(piece.split(' ').map(str::to_owned));
        }
    }
    pieces
}

/// That a list goes on; empty when it does not.
pub(crate) fn more(screen: &Screen, more: usize) -> String {
    if more == 0 {
        return String::new();
    }
    format!(
        "{}\n",
        wrap(screen, &format!("{more} more; --limit 0 shows all"), 0)
    )
}

/// A heading with an empty line before it.
pub(crate) fn heading(screen: &Screen, text: &str) -> String {
    format!("\n{}\n", screen.styles().bold(text))
}

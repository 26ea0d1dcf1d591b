//! Answers as screens: for people from 45 columns up, and as JSON.

mod changes;
mod lists;
mod pause;
mod shorts;

use serde::Serialize;
use soundpost_core::adapter_table::AdapterTable;

use crate::app::error::AppError;
use crate::control::protocol::Answer;
use crate::output::{Screen, paragraph, table};

pub use changes::posted_note;
pub use pause::set;

/// Said when a post waits and nothing runs that would send it.
pub const NO_DAEMON: &str = "Nothing is running that would send it. Start the daemon:  soundpost run";

/// An answer as JSON, one object on one line.
pub fn json(answer: &Answer) -> String {
    #[derive(Serialize)]
    struct Ok<'a> {
        ok: &'a Answer,
    }
    serde_json::to_string(&Ok { ok: answer }).unwrap_or_default()
}

/// An error as JSON, one object on one line.
pub fn json_error(error: &AppError) -> String {
    #[derive(Serialize)]
    struct Failed<'a> {
        error: &'a AppError,
        exit_code: u8,
    }
    serde_json::to_string(&Failed {
        error,
        exit_code: error.exit_code() as u8,
    })
    .unwrap_or_default()
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
        Answer::Checked(verdicts) => lists::verdicts(screen, verdicts),
        Answer::Deliveries(views) => lists::deliveries(screen, views),
        Answer::Shown(shown) => lists::shown(screen, shown),
        Answer::Story(story) => lists::story(screen, story),
        Answer::Moved(moved) => changes::moved(screen, moved),
        Answer::EventChanged(changed) => changes::event(screen, changed),
        Answer::Events(events) => lists::events(screen, events),
        Answer::CalendarImported(calendar) => changes::calendar(screen, calendar),
        Answer::Calendars(calendars) => lists::calendars(screen, calendars),
        Answer::Account(account) => changes::account(screen, account),
        Answer::Accounts(accounts) => lists::accounts(screen, accounts),
        Answer::Plan(plan) => pause::plan(screen, plan),
        Answer::Resumed(resumed) => pause::resumed(screen, resumed),
        Answer::Said(said) => wrap(screen, said, 0),
    }
}

/// The networks that this program knows, and what an account of each needs.
pub fn networks(screen: &Screen, adapters: &AdapterTable) -> String {
    let rows: Vec<Vec<String>> = adapters
        .all()
        .map(|adapter| {
            let d = adapter.describe();
            let needs = [
                ("--server", d.server_hint),
                ("--as", d.identity_hint),
                ("--credential", d.credential_hint),
            ];
            let needs = needs
                .iter()
                .filter_map(|(flag, hint)| hint.map(|h| format!("{flag}: {h}")));
            let settings = d
                .settings
                .iter()
                .map(|(name, about)| format!("--set {name}=: {about}"));
            vec![
                d.network.to_owned(),
                d.about.to_owned(),
                needs.chain(settings).collect::<Vec<_>>().join("; "),
            ]
        })
        .collect();
    table(screen, &["network", "about", "needs"], &rows)
}

/// A paragraph whose first line stands behind something `indent` wide.
pub(crate) fn wrap(screen: &Screen, text: &str, indent: usize) -> String {
    paragraph(text, screen.width, indent).trim_start().to_owned()
}

/// One point of a list.
pub(crate) fn bullet(screen: &Screen, text: &str) -> String {
    format!("  - {}\n", wrap(screen, text, 4))
}

/// A heading with an empty line before it.
pub(crate) fn heading(screen: &Screen, text: &str) -> String {
    format!("\n{}\n", screen.styles().bold(text))
}

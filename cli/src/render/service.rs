//! What `service` says.

use serde::Serialize;

use super::{bullet, heading, json_of, wrap};
use crate::output::Screen;

/// A unit file, and what was done about it.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceView {
    /// Its path.
    pub unit: String,
    /// `current`: as install would write it; `outdated`; `edited` by somebody else; `absent`.
    pub state: String,
    /// `written`, `unchanged`, `removed`; empty when it was only looked at.
    pub did: String,
    /// True when systemd starts it by itself.
    pub enabled: bool,
    /// The commands that were run.
    pub ran: Vec<String>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// The commands that are left to run.
    pub next: Vec<String>,
}

/// The answer as JSON.
pub fn json(view: &ServiceView) -> String {
    json_of("service", &serde_json::to_value(view).unwrap_or_default())
}

/// The answer to `service install --print` as JSON.
pub fn text_json(text: &str, notes: &[String]) -> String {
    json_of("unit", &serde_json::json!({ "text": text, "notes": notes }))
}

/// The answer for people.
pub fn service(screen: &Screen, view: &ServiceView) -> String {
    let what = match (view.did.as_str(), view.state.as_str()) {
        ("written", _) => "Written:",
        ("removed", _) => "Removed:",
        ("unchanged", "absent") => "There was no unit file:",
        ("unchanged", _) => "It was as it should be:",
        (_, "absent") => "There is no unit file:",
        (_, "outdated") => "Not as install would write it now:",
        (_, "edited") => "Written or edited by somebody else:",
        _ => "As install would write it:",
    };
    let mut text = format!("{what}\n  {}\n", view.unit);
    if view.state != "absent" {
        let enabled = if view.enabled {
            "systemd starts it by itself."
        } else {
            "It is not enabled yet."
        };
        text.push_str(&format!("{}\n", wrap(screen, enabled, 0)));
    }
    text.push_str(&lines(screen, "Run", &view.ran));
    text.push_str(&lines(screen, "Next", &view.next));
    text.push_str(&notes(screen, &view.notes));
    text
}

/// Commands are whole lines, to be copied.
fn lines(screen: &Screen, title: &str, commands: &[String]) -> String {
    if commands.is_empty() {
        return String::new();
    }
    let mut text = heading(screen, title);
    for command in commands {
        text.push_str(&format!("  {command}\n"));
    }
    text
}

/// What a person should know.
pub fn notes(screen: &Screen, notes: &[String]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let mut text = heading(screen, "Worth knowing");
    for note in notes {
        text.push_str(&bullet(screen, note));
    }
    text
}

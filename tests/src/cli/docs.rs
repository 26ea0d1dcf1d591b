//! Pages of `docs/` that are made from the program. `UPDATE_DOCS=1` writes them anew.

use std::fmt::Write as _;
use std::fs;

use soundpost_cli::args::Cli;
use soundpost_cli::args::clap::{self, CommandFactory as _};
use soundpost_cli::exit_code;

use crate::house::files::root;

/// Whether pages are written instead of compared.
#[must_use]
pub fn updating() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}

/// Compares a page with its file below the workspace root, or writes it.
///
/// # Panics
/// When it differs, or cannot be written.
pub fn compare(path: &str, page: &str) {
    let file = root().join(path);
    if updating() {
        fs::write(&file, page).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == page,
        "{path} is not what the program says: UPDATE_DOCS=1 writes it anew"
    );
}

/// `docs/exit-codes.md`.
#[must_use]
pub fn exit_codes() -> String {
    let mut page = String::from(
        "# Exit codes\n\nHow a command ends. Scripts may rely on the numbers: they never change their meaning.\n\n\
         | code | name | meaning |\n|---|---|---|\n",
    );
    for row in exit_code::table() {
        let _ = writeln!(
            page,
            "| {} | `{}` | {} |",
            row.code.number(),
            row.name,
            row.meaning
        );
    }
    page
}

/// `docs/cli.md`.
#[must_use]
pub fn commands() -> String {
    let mut root = Cli::command();
    root.build();
    let mut page = String::from(
        "# Commands\n\nMade from the program (`UPDATE_DOCS=1`); `soundpost COMMAND --help` says the same.\n\
         How a command ends: [exit codes](exit-codes.md). What `--json` prints: [JSON](json.md).\n",
    );
    let _ = write!(page, "\nEvery command takes these:\n\n");
    arguments(&mut page, &root, |argument| argument.is_global_set());
    for command in root.get_subcommands() {
        section(&mut page, command, "soundpost");
    }
    page
}

fn section(page: &mut String, command: &clap::Command, before: &str) {
    if command.get_name() == "help" {
        return;
    }
    let name = format!("{before} {}", command.get_name());
    if command.has_subcommands() {
        for inner in command.get_subcommands() {
            section(page, inner, &name);
        }
        return;
    }
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let _ = write!(page, "\n## `{name}`\n\n{about}.\n\n```\n{usage}\n```\n\n");
    arguments(page, command, |argument| !argument.is_global_set());
}

fn arguments(page: &mut String, command: &clap::Command, wanted: impl Fn(&clap::Arg) -> bool) {
    let shown = |argument: &&clap::Arg| {
        !argument.is_hide_set()
            && !["help", "version"].contains(&argument.get_id().as_str())
            && wanted(argument)
    };
    let all: Vec<&clap::Arg> = command.get_arguments().filter(shown).collect();
    if all.is_empty() {
        return;
    }
    page.push_str("| argument | meaning |\n|---|---|\n");
    for argument in all {
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let defaults: Vec<String> = argument
            .get_default_values()
            .iter()
            .filter(|value| !value.is_empty() && argument.get_action().takes_values())
            .map(|value| value.to_string_lossy().into_owned())
            .collect();
        let default = if defaults.is_empty() {
            String::new()
        } else {
            format!(" [default: {}]", defaults.join(", "))
        };
        let typed = argument.to_string().replace('|', "\\|");
        let _ = writeln!(page, "| `{typed}` | {}{default} |", help.replace('|', "\\|"));
    }
}

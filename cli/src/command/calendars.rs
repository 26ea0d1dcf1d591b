//! `calendar`.

use std::path::Path;

use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::args::{CalendarCommand, CalendarImport};
use crate::control::protocol::{Ask, CalendarAsk};
use crate::exit_code::ExitCode;

/// The largest calendar file that is read.
const CALENDAR_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// `calendar`.
///
/// # Errors
/// [`AppError`].
pub async fn calendar(ctx: &Ctx, command: CalendarCommand) -> Result<ExitCode, AppError> {
    let ask = match command {
        CalendarCommand::List(args) if args.available => CalendarAsk::Offers,
        CalendarCommand::List(_) => CalendarAsk::List,
        CalendarCommand::Show(args) => CalendarAsk::Show { what: args.what },
        CalendarCommand::Add(args) => CalendarAsk::Add {
            names: args.names,
            for_accounts: args.for_accounts,
        },
        CalendarCommand::Update(args) => CalendarAsk::Update { names: args.names },
        CalendarCommand::Remove(args) => CalendarAsk::Remove { name: args.name },
        CalendarCommand::Import(args) => import(args)?,
    };
    ask_and_show(ctx, Ask::Calendar(ask)).await
}

fn import(args: CalendarImport) -> Result<CalendarAsk, AppError> {
    if let Some(url) = args.file.to_str().filter(|typed| is_url(typed)) {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        return Ok(CalendarAsk::Fetch {
            name: args.name.unwrap_or_else(|| stem(Path::new(path))),
            url: url.to_owned(),
            allow_private: args.allow_private,
        });
    }
    Ok(CalendarAsk::Import {
        name: args.name.unwrap_or_else(|| stem(&args.file)),
        text: read(&args.file)?,
    })
}

fn is_url(typed: &str) -> bool {
    let lower = typed.get(..8).unwrap_or(typed).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

fn stem(file: &Path) -> String {
    file.file_stem()
        .map_or_else(|| "calendar".to_owned(), |s| s.to_string_lossy().into_owned())
}

fn read(file: &Path) -> Result<String, AppError> {
    let cannot = |why: String| {
        AppError::bad_input(format!("cannot read '{}': {why}", file.display())).help("nothing was changed")
    };
    let size = std::fs::metadata(file).map_err(|e| cannot(e.to_string()))?.len();
    if size > CALENDAR_BYTES_MAX {
        return Err(cannot(format!(
            "it has {size} bytes; {CALENDAR_BYTES_MAX} are the most"
        )));
    }
    let bytes = std::fs::read(file).map_err(|e| cannot(e.to_string()))?;
    String::from_utf8(bytes).map_err(|_| cannot("it is not UTF-8 text".to_owned()))
}

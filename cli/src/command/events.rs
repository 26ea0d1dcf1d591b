//! `event` and `calendar`.

use std::path::Path;

use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::args::{self, CalendarCommand, EventCommand};
use crate::control::protocol::{Ask, EventAsk, EventChange};
use crate::exit_code::ExitCode;

/// The largest calendar file that is read.
const CALENDAR_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// `event`.
///
/// # Errors
/// [`AppError`].
pub async fn event(ctx: &Ctx, command: EventCommand) -> Result<ExitCode, AppError> {
    let ask = match command {
        EventCommand::Flag(args) => Ask::EventFlag(Box::new(flag(*args))),
        EventCommand::Propose(args) => Ask::EventPropose(Box::new(flag(*args))),
        EventCommand::Accept(args) => accept(*args),
        EventCommand::Dismiss(args) => Ask::EventDismiss {
            id: args.id,
            why: args.reason,
        },
        EventCommand::Extend(args) => Ask::EventExtend {
            id: args.id,
            until: args.until,
            review: args.review,
        },
        EventCommand::Confirm(args) => Ask::EventConfirm { id: args.id },
        EventCommand::Show(args) => Ask::EventShow {
            id: args.id,
            would: args.would,
        },
        EventCommand::List(args) => Ask::EventList { all: args.all },
        EventCommand::End(args) => Ask::EventEnd { id: args.id },
    };
    ask_and_show(ctx, ask).await
}

fn flag(args: args::EventFlag) -> EventAsk {
    EventAsk {
        title: args.title,
        kind: args.kind,
        severity: args.severity,
        tags: args.tags,
        places: args.places,
        entities: args.entities,
        countries: args.countries,
        regions: args.regions,
        accounts: args.accounts,
        from: args.from,
        until: args.until,
        review: args.review,
        link: args.link,
    }
}

fn accept(args: args::EventAccept) -> Ask {
    let change = EventChange {
        title: args.title,
        kind: args.kind,
        severity: args.severity,
        tags: args.tags,
        places: args.places,
        entities: args.entities,
        countries: args.countries,
        regions: args.regions,
        accounts: args.accounts,
        until: args.until,
        review: args.review,
    };
    Ask::EventAccept {
        id: args.id,
        change: Box::new(change),
    }
}

/// `calendar`.
///
/// # Errors
/// [`AppError`].
pub async fn calendar(ctx: &Ctx, command: CalendarCommand) -> Result<ExitCode, AppError> {
    let ask = match command {
        CalendarCommand::List => Ask::CalendarList,
        CalendarCommand::Remove(args) => Ask::CalendarRemove { name: args.name },
        CalendarCommand::Import(args) => {
            let name = args.name.unwrap_or_else(|| stem(&args.file));
            Ask::CalendarImport {
                name,
                text: read(&args.file)?,
            }
        }
    };
    ask_and_show(ctx, ask).await
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

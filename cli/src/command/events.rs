//! `event`.

use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::args::{self, EventCommand};
use crate::control::protocol::{Ask, EventAsk, EventChange, EventEdit};
use crate::exit_code::ExitCode;

/// `event`.
///
/// # Errors
/// [`AppError`].
pub async fn event(ctx: &Ctx, command: EventCommand) -> Result<ExitCode, AppError> {
    let ask = match command {
        EventCommand::Flag(args) => Ask::EventFlag(Box::new(flag(*args))),
        EventCommand::Propose(args) => Ask::EventPropose(Box::new(flag(*args))),
        EventCommand::Accept(args) => accept(*args),
        EventCommand::Change(args) => Ask::EventChange(Box::new(edit(*args)?)),
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
        as_typed: args.as_typed,
        dry_run: args.dry_run,
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

/// # Errors
/// [`AppError`] when there is nothing to change.
fn edit(args: args::EventChange) -> Result<EventEdit, AppError> {
    let mut countries = list(args.countries);
    if args.everywhere {
        countries = Some(Vec::new());
    }
    let edit = EventEdit {
        id: args.id,
        title: args.title,
        kind: args.kind,
        severity: args.severity,
        tags: list(args.tags),
        places: list(args.places),
        entities: list(args.entities),
        countries,
        regions: list(args.regions),
        accounts: list(args.accounts),
        from: args.from,
        until: args.until,
        review: args.review,
        link: args.link,
        why: args.reason,
        dry_run: args.dry_run,
    };
    if edit.is_empty() {
        let error = AppError::bad_input("nothing is named that should change");
        return Err(
            error.help("soundpost event change ID --severity high --country NO   (and so on: --help)")
        );
    }
    Ok(edit)
}

/// None when nothing was typed; an empty word stands for an empty list.
fn list(typed: Vec<String>) -> Option<Vec<String>> {
    let words = |typed: Vec<String>| typed.into_iter().filter(|word| !word.is_empty()).collect();
    (!typed.is_empty()).then(|| words(typed))
}

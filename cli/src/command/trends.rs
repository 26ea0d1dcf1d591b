//! `trends`.

use std::path::Path;

use super::words::{read_file, read_input};
use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::args::TrendsCommand;
use crate::control::protocol::{Ask, TrendsAsk};
use crate::exit_code::ExitCode;

/// `trends`.
///
/// # Errors
/// [`AppError`].
pub async fn trends(ctx: &Ctx, command: TrendsCommand) -> Result<ExitCode, AppError> {
    let ask = match command {
        TrendsCommand::Set(args) => TrendsAsk::Set {
            name: args.name,
            text: text(&args.file)?,
        },
        TrendsCommand::List => TrendsAsk::List,
        TrendsCommand::Remove(args) => TrendsAsk::Remove { name: args.name },
    };
    ask_and_show(ctx, Ask::Trends(ask)).await
}

fn text(file: &Path) -> Result<String, AppError> {
    match file.to_str() {
        Some("-") => read_input(),
        _ => read_file(file),
    }
}

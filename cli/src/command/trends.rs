//! `trends`.

use std::path::Path;

use super::words::{read_file, read_input};
use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::args::TrendsCommand;
use crate::control::protocol::{Answer, Ask, TrendsAdd, TrendsAsk, TrendsSet};
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
        TrendsCommand::Add(args) => TrendsAsk::Add(TrendsAdd {
            name: args.name,
            url: args.url,
            every_min: args.every,
            allow_private: args.allow_private,
        }),
        TrendsCommand::List => TrendsAsk::List,
        TrendsCommand::Refresh(args) => return refresh(ctx, args.name).await,
        TrendsCommand::Remove(args) => TrendsAsk::Remove { name: args.name },
    };
    ask_and_show(ctx, Ask::Trends(ask)).await
}

/// A list that could not be read is an error of the network, after all have been asked for.
async fn refresh(ctx: &Ctx, name: Option<String>) -> Result<ExitCode, AppError> {
    let answer = ctx.ask(Ask::Trends(TrendsAsk::Refresh { name })).await?;
    ctx.show(&answer);
    let is_failing = |one: &TrendsSet| one.list.watched.as_ref().is_some_and(|w| w.trouble.is_some());
    let failed = match &answer {
        Answer::TrendsRefreshed(all) => all.iter().any(is_failing),
        _ => false,
    };
    Ok(if failed { ExitCode::Network } else { ExitCode::Ok })
}

fn text(file: &Path) -> Result<String, AppError> {
    match file.to_str() {
        Some("-") => read_input(),
        _ => read_file(file),
    }
}

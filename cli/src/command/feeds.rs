//! `feed`.

use soundpost_core::event::Severity;

use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::args::{FeedAdd, FeedCommand, FeedPolicy};
use crate::control::protocol::{Answer, Ask, FeedAsk};
use crate::exit_code::ExitCode;

/// `feed`.
///
/// # Errors
/// [`AppError`].
pub async fn feed(ctx: &Ctx, command: FeedCommand) -> Result<ExitCode, AppError> {
    match command {
        FeedCommand::Add(args) => ask_and_show(ctx, Ask::FeedAdd(Box::new(ask(*args)?))).await,
        FeedCommand::List => ask_and_show(ctx, Ask::FeedList).await,
        FeedCommand::Remove(args) => ask_and_show(ctx, Ask::FeedRemove { name: args.name }).await,
        FeedCommand::Refresh(args) => refresh(ctx, args.name).await,
    }
}

/// A feed that could not be read is an error of the network, after all have been asked.
async fn refresh(ctx: &Ctx, name: Option<String>) -> Result<ExitCode, AppError> {
    let answer = ctx.ask(Ask::FeedRefresh { name }).await?;
    ctx.show(&answer);
    let failed = match &answer {
        Answer::FeedsRefreshed(all) => all.iter().any(|one| one.trouble.is_some()),
        _ => false,
    };
    Ok(if failed { ExitCode::Network } else { ExitCode::Ok })
}

fn ask(args: FeedAdd) -> Result<FeedAsk, AppError> {
    let flag_from = match (args.policy, args.flag_from) {
        (FeedPolicy::Propose, None) => None,
        (FeedPolicy::Propose, Some(_)) => {
            let error = AppError::bad_input(
                "--flag-from says from when on a feed flags, and --policy that it only proposes",
            );
            return Err(error.help("add --policy flag, or leave --flag-from out"));
        }
        (FeedPolicy::Flag, from) => Some(from.unwrap_or(Severity::Critical)),
    };
    Ok(FeedAsk {
        name: args.name,
        url: args.url,
        flag_from,
        countries: args.countries,
        every_min: args.every,
        stale_after_min: args.stale_after,
        when_stale: args.stale,
        allow_private: args.allow_private,
    })
}

//! `recent`, `receipts`, `today`, `review`.

use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::args;
use crate::control::protocol::{Answer, Ask, PublicAsk, ReviewAsk, TodayAsk};
use crate::exit_code::ExitCode;
use crate::render;

/// How many receipts are shown when nobody says.
const RECEIPTS_SHOWN: usize = 50;

/// `recent`.
///
/// # Errors
/// [`AppError`].
pub async fn recent(ctx: &Ctx, args: args::Recent) -> Result<ExitCode, AppError> {
    let ask = PublicAsk {
        since: args.since.or(hours(args.hours)),
        account: args.account,
        network: args.network,
        limit: args.limit,
        ..PublicAsk::default()
    };
    ask_and_show(ctx, Ask::Recent(ask)).await
}

/// `receipts`.
///
/// # Errors
/// [`AppError`].
pub async fn receipts(ctx: &Ctx, args: args::Receipts) -> Result<ExitCode, AppError> {
    if args.csv && ctx.screen.json {
        return Err(AppError::bad_input("--csv and --json are two forms: choose one"));
    }
    let ask = PublicAsk {
        since: args.from.or(hours(args.hours)),
        until: args.to,
        account: args.account,
        network: args.network,
        ids: args.ids,
        // An export that is cut without a word would prove less than it seems to.
        limit: args.limit.unwrap_or(if args.csv { 0 } else { RECEIPTS_SHOWN }),
    };
    if !args.csv {
        return ask_and_show(ctx, Ask::Receipts(ask)).await;
    }
    if let Answer::Receipts(receipts) = ctx.ask(Ask::Receipts(ask)).await? {
        ctx.say(&render::receipts_csv(&receipts.receipts)?);
    }
    Ok(ExitCode::Ok)
}

/// `today`.
///
/// # Errors
/// [`AppError`].
pub async fn today(ctx: &Ctx, args: args::Today) -> Result<ExitCode, AppError> {
    let ask = TodayAsk {
        date: args.date,
        zone: args.tz,
    };
    ask_and_show(ctx, Ask::Today(ask)).await
}

/// `review`.
///
/// # Errors
/// [`AppError`].
pub async fn review(ctx: &Ctx, args: args::Review) -> Result<ExitCode, AppError> {
    let ask = ReviewAsk {
        account: args.account,
        event: args.event,
        limit: args.limit,
    };
    ask_and_show(ctx, Ask::Review(ask)).await
}

fn hours(hours: Option<u32>) -> Option<String> {
    hours.map(|hours| format!("{hours}h"))
}

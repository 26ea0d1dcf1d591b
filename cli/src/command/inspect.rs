//! `queue`, `show`, `why`, `status`, `rules`.

use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::args;
use crate::control::protocol::{Ask, QueueAsk};
use crate::exit_code::ExitCode;

/// `queue`.
///
/// # Errors
/// [`AppError`].
pub async fn queue(ctx: &Ctx, args: args::Queue) -> Result<ExitCode, AppError> {
    let ask = QueueAsk {
        states: args.states,
        account: args.account,
        limit: args.limit,
    };
    ask_and_show(ctx, Ask::Queue(ask)).await
}

/// `show`.
///
/// # Errors
/// [`AppError`].
pub async fn show(ctx: &Ctx, args: args::OneId) -> Result<ExitCode, AppError> {
    ask_and_show(ctx, Ask::Show { id: args.id }).await
}

/// `why`.
///
/// # Errors
/// [`AppError`].
pub async fn why(ctx: &Ctx, args: args::OneId) -> Result<ExitCode, AppError> {
    ask_and_show(ctx, Ask::Why { id: args.id }).await
}

/// `status`.
///
/// # Errors
/// [`AppError`].
pub async fn status(ctx: &Ctx) -> Result<ExitCode, AppError> {
    let (answer, code) = ctx.ask_told(Ask::Status).await?;
    ctx.show(&answer);
    Ok(code)
}

/// `rules`.
///
/// # Errors
/// [`AppError`].
pub async fn rules(ctx: &Ctx, args: args::Rules) -> Result<ExitCode, AppError> {
    ask_and_show(ctx, Ask::Rules { name: args.account }).await
}

//! `post --now --through-pause`: shows what would go out, and sends it when a person has confirmed exactly that.

use std::io::{IsTerminal, Write as _};

use soundpost_core::intake::Draft;

use super::Ctx;
use super::posting::{await_outcome, other_kind};
use crate::app::error::AppError;
use crate::control::protocol::{Answer, Ask, StatementAsk, StatementView};
use crate::exit_code::ExitCode;

/// Sends a statement through the pause. On a terminal the person types the account's name; a script runs the command
/// twice, the second time with the code that the first one printed.
///
/// # Errors
/// [`AppError`].
pub async fn statement(
    ctx: &Ctx,
    draft: Draft,
    reason: String,
    code: Option<String>,
) -> Result<ExitCode, AppError> {
    let ask = StatementAsk {
        draft,
        reason,
        confirmed: code,
    };
    match send(ctx, ask.clone()).await? {
        Answer::Posted(posted) => await_outcome(ctx, posted).await,
        Answer::Statement(view) => {
            ctx.show(&Answer::Statement(view.clone()));
            confirm(ctx, ask, view).await
        }
        _ => Err(other_kind()),
    }
}

async fn send(ctx: &Ctx, ask: StatementAsk) -> Result<Answer, AppError> {
    ctx.ask(Ask::Statement(Box::new(ask))).await
}

async fn confirm(ctx: &Ctx, ask: StatementAsk, view: StatementView) -> Result<ExitCode, AppError> {
    if ctx.screen.json || !std::io::stdin().is_terminal() {
        return Ok(ExitCode::Paused);
    }
    if typed(&view.account) {
        let confirmed = Some(view.code);
        return match send(ctx, StatementAsk { confirmed, ..ask }).await? {
            Answer::Posted(posted) => await_outcome(ctx, posted).await,
            _ => Err(other_kind()),
        };
    }
    ctx.say("Nothing was queued, and nothing went out.");
    Ok(ExitCode::Paused)
}

/// Asks on the terminal for the name of the account.
fn typed(account: &str) -> bool {
    let mut out = anstream::stdout().lock();
    let _ = write!(out, "To send exactly this, type the account's name ({account}): ");
    let _ = out.flush();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).is_ok() && line.trim() == account
}

//! Moves of many deliveries at once: shown first, done when a person confirms what was shown.

use std::io::{IsTerminal, Write as _};

use super::Ctx;
use crate::app::error::AppError;
use crate::args;
use crate::control::protocol::{Answer, Ask, BulkAct, BulkAsk, Selection};
use crate::exit_code::ExitCode;

/// Shows what would be done, and does it when it is confirmed: on a terminal by a word, else by the code that was
/// shown.
///
/// # Errors
/// [`AppError`].
pub async fn bulk(ctx: &Ctx, of: args::Selection, act: BulkAct) -> Result<ExitCode, AppError> {
    let ask = BulkAsk {
        of: Selection {
            all_of: of.all_of,
            held_by: of.held_by,
            states: of.states,
            account: of.account,
        },
        act,
        confirmed: of.apply,
    };
    let answer = send(ctx, ask.clone()).await?;
    ctx.show(&answer);
    let Answer::Bulk(view) = answer else {
        return Ok(ExitCode::Ok);
    };
    if ctx.screen.json || view.code.is_none() || !std::io::stdin().is_terminal() {
        return Ok(ExitCode::Ok);
    }
    if confirmed(&view.what, view.deliveries.len()) {
        let confirmed = view.code;
        ctx.show(&send(ctx, BulkAsk { confirmed, ..ask }).await?);
    } else {
        ctx.say("Nothing was changed.");
    }
    Ok(ExitCode::Ok)
}

async fn send(ctx: &Ctx, ask: BulkAsk) -> Result<Answer, AppError> {
    ctx.ask(Ask::Bulk(Box::new(ask))).await
}

/// Asks on the terminal.
fn confirmed(what: &str, posts: usize) -> bool {
    let mut out = anstream::stdout().lock();
    let _ = write!(out, "{what} these ({posts})? Type yes: ");
    let _ = out.flush();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).is_ok() && line.trim() == "yes"
}

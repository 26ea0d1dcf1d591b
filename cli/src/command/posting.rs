//! `post` and `check`.

use std::time::Duration;

use soundpost_core::id::{DeliveryId, Id};

use super::statement::statement;
use super::{Ctx, words};
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::control::protocol::{Answer, Ask, CheckAsk, DeliveryView, PostAsk, Posted};
use crate::exit_code::ExitCode;
use crate::wire_up::{self, OpenError};

/// How long `post --now` waits for the outcome.
const OUTCOME_MAX: Duration = Duration::from_secs(90);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// `post`.
///
/// # Errors
/// [`AppError`].
pub async fn post(ctx: &Ctx, args: args::Post) -> Result<ExitCode, AppError> {
    let mut draft = words::draft(ctx, &args.words, &args.target)?;
    if args.target.at.is_none() && !args.now && !args.draft {
        return Err(
            AppError::bad_input("when? add --at \"tomorrow 9:00\", or --now, or --draft")
                .help("nothing was queued"),
        );
    }
    // A key of our own when there is none: a question whose answer was lost can then be asked again.
    let own = || Id::new(ctx.surroundings.clock.now(), &*ctx.surroundings.entropy);
    draft.key = Some(args.key.clone().unwrap_or_else(|| format!("once-{}", own())));
    draft.draft = args.draft;
    if args.through_pause {
        let reason = args.reason.unwrap_or_default();
        return statement(ctx, draft, reason, args.confirm).await;
    }
    let answer = ctx
        .ask(Ask::Post(Box::new(PostAsk { draft, now: args.now })))
        .await
        .map_err(with_way_out)?;
    let Answer::Posted(posted) = answer else {
        return Err(other_kind());
    };
    if args.now {
        return await_outcome(ctx, posted).await;
    }
    ctx.show(&Answer::Posted(posted));
    Ok(ExitCode::Ok)
}

pub(super) fn other_kind() -> AppError {
    AppError::bad_input("the daemon gave an answer of another kind")
}

/// Waits for what becomes of a post that is sent at once, and shows it.
///
/// # Errors
/// [`AppError`].
pub(super) async fn await_outcome(ctx: &Ctx, mut posted: Posted) -> Result<ExitCode, AppError> {
    let ids: Vec<DeliveryId> = posted.deliveries.iter().map(|d| d.id).collect();
    posted.deliveries = outcome(ctx, &posted, &ids).await?;
    let code = code(&posted);
    ctx.show(&Answer::Posted(posted));
    Ok(code)
}

/// A key that was used before is the one conflict that a person meets here; the store names no way out.
fn with_way_out(error: AppError) -> AppError {
    if error.kind == Kind::Conflict && error.help.is_none() {
        return error.help("nothing was queued; take another --key, or:  soundpost edit ID \"NEW TEXT\"");
    }
    error
}

fn code(posted: &Posted) -> ExitCode {
    let all = |state: &str| posted.deliveries.iter().all(|d| d.state == state);
    match posted.deliveries.iter().any(|d| d.state == "held") {
        _ if all("published") => ExitCode::Ok,
        true => ExitCode::Held,
        false => ExitCode::Network,
    }
}

/// Waits until the deliveries of `post --now` have settled; without a daemon this command sends them, and nothing
/// else.
async fn outcome(ctx: &Ctx, posted: &Posted, ids: &[DeliveryId]) -> Result<Vec<DeliveryView>, AppError> {
    let deadline = tokio::time::Instant::now() + OUTCOME_MAX;
    let mut daemon = posted.daemon;
    loop {
        if !daemon {
            match wire_up::send_only(&ctx.home, &ctx.surroundings, ids).await {
                Ok(views) => return Ok(views),
                // A daemon has come up, and sends it; or another command has the queue for a moment.
                Err(OpenError::Owned(_)) => daemon = daemon_runs(ctx).await,
                Err(OpenError::Other(error)) => return Err(error),
            }
        }
        let views = look(ctx, ids).await?;
        let under_way = |v: &DeliveryView| ["scheduled", "staged", "attempting"].contains(&v.state.as_str());
        if !views.iter().any(under_way) || tokio::time::Instant::now() > deadline {
            return Ok(views);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn daemon_runs(ctx: &Ctx) -> bool {
    matches!(ctx.ask(Ask::Status).await, Ok(Answer::Status(status)) if status.daemon)
}

async fn look(ctx: &Ctx, ids: &[DeliveryId]) -> Result<Vec<DeliveryView>, AppError> {
    match ctx.ask(Ask::Deliveries { ids: ids.to_vec() }).await? {
        Answer::Deliveries(views) => Ok(views),
        _ => Err(other_kind()),
    }
}

/// `check`.
///
/// # Errors
/// [`AppError`].
pub async fn check(ctx: &Ctx, args: args::Check) -> Result<ExitCode, AppError> {
    let ask = match args.id {
        Some(id) => CheckAsk::Id(id),
        None => CheckAsk::Draft(Box::new(words::draft(ctx, &args.words, &args.target)?)),
    };
    let answer = ctx.ask(Ask::Check(ask)).await?;
    let held = matches!(&answer, Answer::Checked(views) if views.iter().any(|v| !v.allowed));
    ctx.show(&answer);
    Ok(if held { ExitCode::Held } else { ExitCode::Ok })
}

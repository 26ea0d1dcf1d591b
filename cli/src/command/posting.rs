//! `post` and `check`.

use std::time::Duration;

use soundpost_core::id::{DeliveryId, Id};

use super::{Ctx, words};
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::control::protocol::{Answer, Ask, CheckAsk, DeliveryView, PostAsk, Posted};
use crate::exit_code::ExitCode;
use crate::wire_up;

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
    let answer = ctx
        .ask(Ask::Post(Box::new(PostAsk { draft, now: args.now })))
        .await
        .map_err(with_way_out)?;
    let Answer::Posted(mut posted) = answer else {
        return Err(AppError::bad_input("the daemon gave an answer of another kind"));
    };
    if args.now {
        let ids: Vec<DeliveryId> = posted.deliveries.iter().map(|d| d.id).collect();
        posted.deliveries = outcome(ctx, &posted, &ids).await?;
    }
    let code = code(&posted, args.now);
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

fn code(posted: &Posted, now: bool) -> ExitCode {
    let any = |state: &str| posted.deliveries.iter().any(|d| d.state == state);
    match now {
        true if any("held") => ExitCode::Held,
        true if any("failed") => ExitCode::Network,
        _ => ExitCode::Ok,
    }
}

/// Waits until the deliveries of `post --now` have settled; without a daemon this command sends them, and nothing
/// else.
async fn outcome(ctx: &Ctx, posted: &Posted, ids: &[DeliveryId]) -> Result<Vec<DeliveryView>, AppError> {
    if !posted.daemon {
        return wire_up::send_only(&ctx.home, &ctx.surroundings, ids).await;
    }
    let deadline = tokio::time::Instant::now() + OUTCOME_MAX;
    loop {
        let Answer::Deliveries(views) = ctx.ask(Ask::Deliveries { ids: ids.to_vec() }).await? else {
            return Err(AppError::bad_input("the daemon gave an answer of another kind"));
        };
        let under_way = |v: &DeliveryView| ["scheduled", "staged", "attempting"].contains(&v.state.as_str());
        if !views.iter().any(under_way) || tokio::time::Instant::now() > deadline {
            return Ok(views);
        }
        tokio::time::sleep(LOOK_EVERY).await;
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

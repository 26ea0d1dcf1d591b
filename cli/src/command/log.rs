//! `log`: the journal as an audit log, read by this process alone.

use std::time::Duration;

use super::Ctx;
use crate::app::error::AppError;
use crate::app::log::Log;
use crate::args;
use crate::control::protocol::{Answer, LogAsk};
use crate::exit_code::ExitCode;
use crate::wire_up;

/// How often `--follow` looks for more.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// `log`.
///
/// # Errors
/// [`AppError`].
pub async fn log(ctx: &Ctx, args: args::Log) -> Result<ExitCode, AppError> {
    let log = Log::open(&ctx.home, wire_up::log_surroundings(&ctx.home)?)?;
    if args.head {
        ctx.show(&Answer::Head(log.head()?));
        return Ok(ExitCode::Ok);
    }
    if let Some(kept) = &args.verify {
        ctx.show(&Answer::Verified(log.verify(kept.as_deref())?));
        return Ok(ExitCode::Ok);
    }
    let ask = LogAsk {
        since: args.since,
        until: args.until,
        account: args.account,
        id: args.id,
        actor: args.actor,
        kind: args.kind,
        limit: args.limit,
    };
    if args.follow {
        return follow(ctx, &log, &ask).await;
    }
    ctx.show(&Answer::Log(log.newest(&ask, ctx.surroundings.clock.now())?));
    Ok(ExitCode::Ok)
}

/// Prints what there is, and then each entry as it is written. Ends well on Ctrl-C, and when its reader goes away.
async fn follow(ctx: &Ctx, log: &Log, ask: &LogAsk) -> Result<ExitCode, AppError> {
    let now = || ctx.surroundings.clock.now();
    // What is written between the two looks is left to the following.
    let newest_seq = log.head()?.seq;
    let mut entries = log.newest(ask, now())?.entries;
    entries.retain(|entry| entry.seq <= newest_seq);
    let mut following = log.follow(ask, newest_seq, now())?;
    let mut stop = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        for entry in entries {
            if ctx.show_on(&Answer::LogEntry(entry)).is_err() {
                return Ok(ExitCode::Ok);
            }
        }
        tokio::select! {
            _ = &mut stop => return Ok(ExitCode::Ok),
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        entries = following.next(now())?;
    }
}

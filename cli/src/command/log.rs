//! `log`: the journal as an audit log, read by this process alone.

use std::time::Duration;

use soundpost_core::halt::SwitchState;
use soundpost_core::port::switch::Switch as _;

use super::Ctx;
use crate::app::error::AppError;
use crate::app::log::Log;
use crate::args;
use crate::control::protocol::{Answer, LogAsk, SwitchOrder};
use crate::exit_code::ExitCode;
use crate::os::switch_file::SwitchFile;
use crate::wire_up;

/// The kind of entry that a pause is.
const HALT_ORDERED: &str = "halt_ordered";

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
    let mut view = log.newest(&ask, ctx.surroundings.clock.now())?;
    if !view.narrowed || ask.kind.as_deref() == Some(HALT_ORDERED) {
        view.only_in_switch = only_in_switch(ctx);
    }
    ctx.show(&Answer::Log(view));
    Ok(ExitCode::Ok)
}

/// The pauses that could not be written into the journal. The journal is read as a whole only when the switch has any.
fn only_in_switch(ctx: &Ctx) -> Vec<SwitchOrder> {
    let SwitchState::Halted(_) = SwitchFile::open(&ctx.home, None).read() else {
        return Vec::new();
    };
    let app = wire_up::look(&ctx.home, &ctx.surroundings);
    app.map(|app| app.orders_only_in_file()).unwrap_or_default()
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

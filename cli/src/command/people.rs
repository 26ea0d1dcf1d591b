//! `hold`, `release`, `approve`, `cancel`, `reschedule`, `edit`, `retry`, `retract`.

use super::bulk::bulk;
use super::{Ctx, ask_and_show, words};
use crate::app::error::AppError;
use crate::args;
use crate::control::protocol::{ApproveAsk, Ask, BulkAct};
use crate::exit_code::ExitCode;

/// `hold`.
///
/// # Errors
/// [`AppError`].
pub async fn hold(ctx: &Ctx, args: args::WithReason) -> Result<ExitCode, AppError> {
    ask_and_show(
        ctx,
        Ask::Hold {
            ids: args.ids,
            why: args.reason,
        },
    )
    .await
}

/// `release`.
///
/// # Errors
/// [`AppError`].
pub async fn release(ctx: &Ctx, args: args::Release) -> Result<ExitCode, AppError> {
    if args.of.is_used() {
        let (at, why) = (args.at, args.reason);
        return bulk(ctx, args.of, BulkAct::Release { at, why }).await;
    }
    ask_and_show(
        ctx,
        Ask::Release {
            ids: args.ids,
            at: args.at,
            why: args.reason,
        },
    )
    .await
}

/// `approve`.
///
/// # Errors
/// [`AppError`].
pub async fn approve(ctx: &Ctx, args: args::Approve) -> Result<ExitCode, AppError> {
    let ask = ApproveAsk {
        ids: args.ids,
        at: args.at,
        why: args.reason,
        event: args.event,
        hours: args.hours,
    };
    if args.of.is_used() {
        return bulk(ctx, args.of, BulkAct::Approve(ask)).await;
    }
    ask_and_show(ctx, Ask::Approve(ask)).await
}

/// `cancel`.
///
/// # Errors
/// [`AppError`].
pub async fn cancel(ctx: &Ctx, args: args::Cancel) -> Result<ExitCode, AppError> {
    if args.of.is_used() {
        return bulk(ctx, args.of, BulkAct::Cancel { why: args.reason }).await;
    }
    ask_and_show(
        ctx,
        Ask::Cancel {
            ids: args.ids,
            why: args.reason,
        },
    )
    .await
}

/// `reschedule`.
///
/// # Errors
/// [`AppError`].
pub async fn reschedule(ctx: &Ctx, args: args::Reschedule) -> Result<ExitCode, AppError> {
    if args.of.is_used() {
        let (at, zone) = (args.at, args.tz);
        return bulk(ctx, args.of, BulkAct::Reschedule { at, zone }).await;
    }
    ask_and_show(
        ctx,
        Ask::Reschedule {
            ids: args.ids,
            at: args.at,
            zone: args.tz,
        },
    )
    .await
}

/// `edit`.
///
/// # Errors
/// [`AppError`].
pub async fn edit(ctx: &Ctx, args: args::Edit) -> Result<ExitCode, AppError> {
    let content = Box::new(words::content(ctx, &args.words)?);
    ask_and_show(ctx, Ask::Edit { id: args.id, content }).await
}

/// `rewrite`.
///
/// # Errors
/// [`AppError`].
pub async fn rewrite(ctx: &Ctx, args: args::Edit) -> Result<ExitCode, AppError> {
    let content = Box::new(words::content(ctx, &args.words)?);
    ask_and_show(ctx, Ask::Rewrite { id: args.id, content }).await
}

/// `retry`.
///
/// # Errors
/// [`AppError`].
pub async fn retry(ctx: &Ctx, args: args::Retry) -> Result<ExitCode, AppError> {
    ask_and_show(
        ctx,
        Ask::Retry {
            ids: args.ids,
            not_there: args.not_there,
        },
    )
    .await
}

/// `found`.
///
/// # Errors
/// [`AppError`].
pub async fn found(ctx: &Ctx, args: args::Found) -> Result<ExitCode, AppError> {
    let (id, url) = (args.id, args.url);
    ask_and_show(ctx, Ask::Found { id, url }).await
}

/// `retract`.
///
/// # Errors
/// [`AppError`].
pub async fn retract(ctx: &Ctx, args: args::Retract) -> Result<ExitCode, AppError> {
    ask_and_show(
        ctx,
        Ask::Retract {
            ids: args.ids,
            why: args.reason,
            preview: args.preview,
        },
    )
    .await
}

//! `doctor`: shows what is damaged and what to do, and mends what it is told to mend.

use std::path::Path;

use soundpost_core::actor::Actor;
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::OrderId;
use soundpost_core::port::store::Store;
use soundpost_core::port::switch::Switch as _;
use soundpost_store::mend::{self, Mender};
use soundpost_store::open::OpenError;
use soundpost_store::owner::{LockError, OwnerLock};

use super::Ctx;
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::config::Config;
use crate::doctor::{Severity, look};
use crate::exit_code::ExitCode;
use crate::os::switch_file::SwitchFile;
use crate::render;
use crate::wire_up::{DOCTOR, DOUBTFUL, start_halted};

/// `doctor`.
///
/// # Errors
/// [`AppError`] when there is no queue, mending fails, or another process owns the queue while something is to be
/// mended.
pub async fn doctor(ctx: &Ctx, args: args::Doctor) -> Result<ExitCode, AppError> {
    refuse_nothing(ctx)?;
    if args.adopt {
        return adopt(ctx);
    }
    if args.rebuild {
        return rebuild(ctx);
    }
    if args.restore_switch {
        return restore_switch(ctx);
    }
    if let Some(seq) = args.cut_journal_at {
        return cut_journal(ctx, seq);
    }
    let findings = look(&ctx.home, &ctx.who, &ctx.surroundings).await;
    if ctx.screen.json {
        ctx.say(&render::json_of("doctor", &render::doctor_json(&findings)));
    } else {
        ctx.say(&render::doctor(&ctx.screen, &findings));
    }
    let damaged = findings
        .iter()
        .any(|finding| finding.severity == Severity::Damage);
    Ok(if damaged { ExitCode::Store } else { ExitCode::Ok })
}

/// Where no part of a queue is, there is nothing to look at.
fn refuse_nothing(ctx: &Ctx) -> Result<(), AppError> {
    let parts = ["store.json", "journal", "sled", "switch"];
    if parts
        .iter()
        .any(|part| ctx.home.join(part).symlink_metadata().is_ok())
    {
        return Ok(());
    }
    let error = AppError::new(
        Kind::NotFound,
        format!("there is no queue in {}", ctx.home.display()),
    );
    Err(error.help("make one:  soundpost init   (or name another folder with --home)"))
}

fn lock(ctx: &Ctx) -> Result<OwnerLock, AppError> {
    OwnerLock::acquire(&ctx.home, Path::new("")).map_err(|error| match error {
        LockError::Owned(_) => {
            AppError::conflict(error.to_string()).help("stop the daemon first, then repeat")
        }
        LockError::Io { .. } => AppError::new(Kind::Store, error.to_string()),
    })
}

fn mender<'a>(ctx: &Ctx, config: &'a Config) -> Mender<'a> {
    Mender {
        by: Actor::Person(ctx.who.clone()),
        at: ctx.surroundings.clock.now(),
        named: config.store_identity.as_deref(),
    }
}

fn cannot(error: &OpenError) -> AppError {
    AppError::new(Kind::Store, error.to_string())
        .help("nothing was changed. What is damaged:  soundpost doctor")
}

fn adopt(ctx: &Ctx) -> Result<ExitCode, AppError> {
    let config = Config::load(&ctx.home).map_err(|error| AppError::bad_input(error.to_string()))?;
    let _lock = lock(ctx)?;
    if mend::is_doubtful(&ctx.home) {
        // Writing to the journal cuts a torn tail, and afterwards nothing tells any more.
        halt(ctx)?;
    }
    mend::adopt(&ctx.home, mender(ctx, &config)).map_err(|error| cannot(&error))?;
    said(
        ctx,
        &format!(
            "The queue in {} is at home here now, and its journal says so. If it is paused, it stays paused.",
            ctx.home.display()
        ),
    );
    Ok(ExitCode::Ok)
}

fn rebuild(ctx: &Ctx) -> Result<ExitCode, AppError> {
    let _lock = lock(ctx)?;
    let doubtful = mend::is_doubtful(&ctx.home);
    if doubtful {
        // The order stands before what sled knows is set aside.
        halt(ctx)?;
    }
    let rebuilt = mend::rebuild(&ctx.home, ctx.surroundings.clock.now()).map_err(|error| cannot(&error))?;
    let mut text = format!(
        "sled was made anew from {} entries of the journal. If it is paused, it stays paused.",
        rebuilt.entries
    );
    if doubtful {
        text.push_str(&format!("\nEverything is paused: {DOUBTFUL}."));
    }
    if let Some(kept) = &rebuilt.kept_in {
        text.push_str(&format!("\nThe old folder is kept in {}", kept.display()));
    }
    said(ctx, &text);
    Ok(ExitCode::Ok)
}

fn cut_journal(ctx: &Ctx, seq: u64) -> Result<ExitCode, AppError> {
    let config = Config::load(&ctx.home).unwrap_or_default();
    let _lock = lock(ctx)?;
    // The order stands before anything is cut.
    halt(ctx)?;
    let cut = mend::cut_journal(&ctx.home, seq, mender(ctx, &config)).map_err(|error| {
        AppError::new(Kind::Store, error.to_string())
            .help("see what is damaged, and where:  soundpost doctor")
    })?;
    said(
        ctx,
        &format!(
            "The journal ends at entry {} now. What came after it is given up. All that was there is kept in {}\n\
             Everything is paused: what is queued may be public already. Look at the accounts, then:  soundpost resume",
            cut.last_seq,
            cut.kept_in.display()
        ),
    );
    Ok(ExitCode::Ok)
}

/// The journal may have lost its newest entries. A switch that cannot be written counts as on all the same.
fn halt(ctx: &Ctx) -> Result<(), AppError> {
    let switch = SwitchFile::open(&ctx.home, None);
    match start_halted(&ctx.surroundings, &switch, DOCTOR, DOUBTFUL.to_owned()) {
        Err(error) if matches!(switch.read(), soundpost_core::halt::SwitchState::Running) => Err(error),
        _ => Ok(()),
    }
}

/// A switch that was lost comes back halted: who lost it cannot know what it said. Where one copy of two is whole, the
/// other is written again.
fn restore_switch(ctx: &Ctx) -> Result<ExitCode, AppError> {
    let _lock = lock(ctx)?;
    let store = soundpost_store::open::look(&ctx.home);
    let store = store.map_err(|error| AppError::new(Kind::Store, error.to_string()))?;
    let failed =
        |error: soundpost_core::port::switch::SwitchError| AppError::new(Kind::Store, error.to_string());
    let switch = SwitchFile::open(&ctx.home, Some(store.id()));
    if switch.has_torn_copy() && switch.store_id().is_some() {
        switch.repair_copy().map_err(failed)?;
        said(
            ctx,
            "The damaged copy was written again. The kill switch says what it said before.",
        );
        return Ok(ExitCode::Ok);
    }
    let group = Config::load(&ctx.home).unwrap_or_default().switch_group;
    let at = ctx.surroundings.clock.now();
    let order = HaltOrder {
        id: OrderId::new(at, &*ctx.surroundings.entropy),
        scope: Scope::Everything,
        reason: "the kill switch was lost and has been restored".to_owned(),
        who: ctx.who.clone(),
        at,
        review_at: None,
    };
    SwitchFile::restore_as_halted(&ctx.home, store.id(), group.as_deref(), &order).map_err(failed)?;
    said(
        ctx,
        "The kill switch is back, and on. To come back:  soundpost resume",
    );
    Ok(ExitCode::Ok)
}

fn said(ctx: &Ctx, text: &str) {
    if ctx.screen.json {
        ctx.say(&render::json_of("said", &text.into()));
    } else {
        ctx.say(text);
    }
}

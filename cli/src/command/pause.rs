//! `pause` and `stop`: the switch first, and nothing before it.

mod order;
mod proof;

use std::path::Path;

use soundpost_core::halt::{HaltOrder, SwitchState};
use soundpost_core::port::switch::Switch;

use super::{Ctx, complain, guest};
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::config::Config;
use crate::control::protocol::Answer;
use crate::exit_code::ExitCode;
use crate::os::role::{Role, role};
use crate::os::switch_file::SwitchFile;
use crate::{render, wire_up};

pub(super) use order::{PAUSE_ALL, known_network, review_at};
pub(super) use proof::{PROOF_MAX, RETRY_EVERY, STOP_AFTER, bare};

/// What became of writing the switch.
enum Set {
    /// It is on, with what there is to report.
    On(Option<String>),
    /// Its file could not be written, and may say "running" to the process that sends.
    Not(AppError),
}

/// `pause`, or `stop` when `kill` is set.
///
/// # Errors
/// [`AppError`] when the switch cannot be written, does not count as on by itself, and the journal has no record of the
/// order either; or when a narrower pause names what is not there. Then nothing was paused.
pub async fn pause(ctx: &Ctx, args: args::Pause, kill: bool) -> Result<ExitCode, AppError> {
    if let Role::Guest { owner } = role(&ctx.home) {
        return guest::pause(ctx, owner, args, kill).await;
    }
    let order = order::of(ctx, args)?;
    let (set, said) = set_or_kill(ctx, &order, kill)?;
    if matches!(set, Set::On(_)) && !ctx.screen.json {
        ctx.say(&render::set(&ctx.screen, &order.scope));
    }
    let mut paused = proof::of(ctx, order, kill).await;
    match set {
        Set::On(trouble) => paused.troubles.extend(trouble),
        // Whoever sends asks the journal too.
        Set::Not(error) if has_record(ctx, &paused.order) => {
            let what = format!("{error}. The queue itself has the order, and keeps silent by that");
            paused.troubles.push(what);
        }
        Set::Not(mut error) => {
            error.details.extend(said);
            error.details.extend(paused.proof.into_iter().next());
            return Err(error);
        }
    }
    paused.troubles.extend(said);
    if let Err(error) = Config::load(&ctx.home) {
        complain(ctx, &AppError::bad_input(error.to_string()));
        let what = "config.toml cannot be read, so what it lists under 'outside' is not shown";
        paused.troubles.push(what.to_owned());
    }
    let code = match paused.proven {
        true => ExitCode::Ok,
        false => ExitCode::NotProvenSilent,
    };
    ctx.show(&Answer::Paused(paused));
    Ok(code)
}

/// Writes the switch and does nothing else, for a system that gives this process nothing more to work with.
///
/// # Errors
/// [`AppError`] when the switch cannot be written and does not count as on by itself.
pub fn only_set(ctx: &Ctx, args: args::Pause) -> Result<ExitCode, AppError> {
    let order = order::of(ctx, args)?;
    match set(ctx, &order)? {
        Set::On(_) => {
            ctx.say(&render::set(&ctx.screen, &order.scope));
            Ok(ExitCode::NotProvenSilent)
        }
        Set::Not(error) => Err(error),
    }
}

/// Writes the switch. `stop` ends the owner of the queue first when that does not work: it may be who is in the way.
fn set_or_kill(ctx: &Ctx, order: &HaltOrder, kill: bool) -> Result<(Set, Vec<String>), AppError> {
    match set(ctx, order)? {
        Set::Not(_) if kill => {
            let said = proof::kill_owner(&ctx.home);
            Ok((set(ctx, order)?, said))
        }
        set => Ok((set, Vec::new())),
    }
}

/// Writes the switch. One that nobody can read counts as on, so that is only a trouble to report.
fn set(ctx: &Ctx, order: &HaltOrder) -> Result<Set, AppError> {
    let switch = SwitchFile::open(&ctx.home, None);
    let Err(error) = switch.order(order) else {
        return Ok(Set::On(None));
    };
    if is_no_queue(&ctx.home) {
        let error = format!("there is no queue in {}", ctx.home.display());
        return Err(AppError::new(Kind::NotFound, error).help("name its folder with --home"));
    }
    match switch.read() {
        SwitchState::Unreadable(why) if switch.is_lost() => Ok(Set::On(Some(format!(
            "{error}. It counts as on all the same: {why}"
        )))),
        _ => Ok(Set::Not(AppError::new(Kind::Store, error.to_string()).help(
            "the pause is NOT set. Try as the owner of the queue, or:  soundpost stop",
        ))),
    }
}

/// True when nothing of a queue is there. What this user may not look at may be there.
fn is_no_queue(home: &Path) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    ["store.json", "switch", "journal"].iter().all(|name| {
        let found = std::fs::symlink_metadata(home.join(name));
        found.is_err_and(|error| matches!(error.kind(), NotFound | NotADirectory))
    })
}

fn has_record(ctx: &Ctx, order: &HaltOrder) -> bool {
    let app = wire_up::look(&ctx.home, &ctx.surroundings);
    app.is_ok_and(|app| {
        app.env
            .store
            .world()
            .halts
            .iter()
            .any(|known| known.id == order.id)
    })
}

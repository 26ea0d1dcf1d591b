//! `pause` and `stop`: the switch first, and nothing before it.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use soundpost_core::halt::{HaltOrder, Scope, SwitchState};
use soundpost_core::id::OrderId;
use soundpost_core::port::switch::Switch;
use soundpost_core::schedule;
use soundpost_store::owner::{LockError, OwnerLock, process_started, read_owner};
use tokio::time::{Instant, timeout};

use super::{Ctx, guest};
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::control::client::{NoAnswer, ask_daemon};
use crate::control::protocol::{Answer, Ask, Paused, Reply, scope_shown};
use crate::exit_code::ExitCode;
use crate::os::process::ProcessId;
use crate::os::role::{Role, role};
use crate::os::switch_file::SwitchFile;
use crate::os::zones;
use crate::{render, wire_up};

/// How long `pause` waits for the daemon's word.
pub(super) const PROOF_MAX: Duration = Duration::from_secs(12);
/// How long `stop` waits before it kills.
pub(super) const STOP_AFTER: Duration = Duration::from_secs(3);
/// How often it is tried again while a process starts or ends.
pub(super) const RETRY_EVERY: Duration = Duration::from_millis(50);

/// Said when a narrower pause cannot be made.
pub(super) const PAUSE_ALL: &str = "to stop everything at once:  soundpost pause";

const OWNER_SILENT: &str = "a process owns the queue and does not answer";

/// What the attempts to prove the silence came to.
enum Proof {
    /// Somebody who knows has spoken.
    Said(Box<Paused>),
    /// Nobody owns the store, but it cannot be read.
    NobodyOwns(AppError),
    /// Somebody owns it and says nothing.
    Silent,
}

/// `pause`, or `stop` when `kill` is set.
///
/// # Errors
/// [`AppError`] when the switch cannot be written and does not count as on by itself, or when a narrower pause names
/// what is not there: then nothing was paused.
pub async fn pause(ctx: &Ctx, args: args::Pause, kill: bool) -> Result<ExitCode, AppError> {
    if let Role::Guest { owner } = role(&ctx.home) {
        return guest::pause(ctx, owner, args, kill).await;
    }
    let order = order(ctx, args)?;
    let trouble = set_or_kill(ctx, &order, kill)?;
    if !ctx.screen.json {
        ctx.say(&render::set(&ctx.screen));
    }
    let patience = if kill { STOP_AFTER } else { PROOF_MAX };
    let mut paused = match prove(ctx, &order, patience).await {
        Proof::Said(paused) => *paused,
        Proof::NobodyOwns(error) => nobody_owns(order, &error),
        Proof::Silent if kill => killed(ctx, order).await,
        Proof::Silent => silent(ctx, order).await,
    };
    paused.troubles.extend(trouble);
    let code = if paused.proven {
        ExitCode::Ok
    } else {
        ExitCode::NotProvenSilent
    };
    ctx.show(&Answer::Paused(paused));
    Ok(code)
}

/// The order. Everything is paused without a look at anything; what narrows it down must be known.
fn order(ctx: &Ctx, args: args::Pause) -> Result<HaltOrder, AppError> {
    let at = ctx.surroundings.clock.now();
    let scope = scope(ctx, &args)?;
    let review_at = args
        .until
        .as_deref()
        .map(|until| review_at(until, at))
        .transpose()?;
    Ok(HaltOrder {
        id: OrderId::new(at, &*ctx.surroundings.entropy),
        scope,
        reason: args.reason,
        who: ctx.who.clone(),
        at,
        review_at,
    })
}

/// # Errors
/// [`AppError`] when it does not read; then nothing was paused.
pub(super) fn review_at(until: &str, now: Timestamp) -> Result<Timestamp, AppError> {
    let zones = zones::database().map_err(|error| AppError::new(Kind::Store, error).help(PAUSE_ALL))?;
    let due = schedule::resolve(until, now, &zones::system_zone_name(), &zones);
    let due = due.map_err(|error| AppError::bad_input(format!("--until: {error}")).help(PAUSE_ALL))?;
    Ok(due.at)
}

/// What it silences. The name of an account is looked up in the journal, which also works when the owner hangs.
fn scope(ctx: &Ctx, args: &args::Pause) -> Result<Scope, AppError> {
    if let Some(campaign) = &args.campaign {
        return Ok(Scope::Campaign(campaign.clone()));
    }
    if let Some(network) = &args.network {
        return known_network(network);
    }
    let Some(name) = &args.account else {
        return Ok(Scope::Everything);
    };
    let app = wire_up::look(&ctx.home, &ctx.surroundings).map_err(|error| error.help(PAUSE_ALL))?;
    let world = app.env.store.world();
    if let Some(account) = world.account_named(name) {
        return Ok(Scope::Account(account.id));
    }
    let known = world.accounts.values().filter(|a| a.exists());
    let known: Vec<&str> = known.map(|a| a.name.as_str()).collect();
    Err(unknown("account", name, &known))
}

/// # Errors
/// [`AppError`] when there is no such network; then nothing was paused.
pub(super) fn known_network(network: &str) -> Result<Scope, AppError> {
    let known = wire_up::adapters();
    match known.get(network) {
        Some(_) => Ok(Scope::Network(network.to_owned())),
        None => Err(unknown("network", network, &known.names())),
    }
}

fn unknown(what: &str, name: &str, known: &[impl AsRef<str>]) -> AppError {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let known = known.join(", ");
    let error = format!("nothing was paused: there is no {what} '{name}'; there are: {known}");
    AppError::new(Kind::NotFound, error).help(PAUSE_ALL)
}

/// Writes the switch. `stop` ends the owner of the queue first when that does not work: it may be who is in the way.
fn set_or_kill(ctx: &Ctx, order: &HaltOrder, kill: bool) -> Result<Option<String>, AppError> {
    match set(ctx, order) {
        Err(error) if kill && error.kind == Kind::Store => {
            let said = kill_owner(&ctx.home).join("; ");
            set(ctx, order).map(|trouble| trouble.or(Some(said)))
        }
        set => set,
    }
}

/// Writes the switch. A switch that cannot be read counts as on, so that is only a trouble to report; one that still
/// says "running" and cannot be written is an error.
fn set(ctx: &Ctx, order: &HaltOrder) -> Result<Option<String>, AppError> {
    let switch = SwitchFile::open(&ctx.home, None);
    let Err(error) = switch.order(order) else {
        return Ok(None);
    };
    if !ctx.home.join("store.json").exists() && !ctx.home.join("switch").exists() {
        let error = AppError::new(
            Kind::NotFound,
            format!("there is no queue in {}", ctx.home.display()),
        );
        return Err(error.help("name its folder with --home"));
    }
    match switch.read() {
        SwitchState::Unreadable(why) => Ok(Some(format!("{error}. It counts as on all the same: {why}"))),
        SwitchState::Running | SwitchState::Halted(_) => Err(AppError::new(Kind::Store, error.to_string())
            .help("the pause is NOT set. Try as the owner of the queue, or:  soundpost stop")),
    }
}

async fn prove(ctx: &Ctx, order: &HaltOrder, patience: Duration) -> Proof {
    let deadline = Instant::now() + patience;
    let socket = wire_up::socket_path(&ctx.home);
    let ask = Ask::Pause(order.clone());
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match timeout(left, ask_daemon(&socket, &ctx.who, &ask)).await {
            Ok(Ok(Reply::Answer(answer))) => {
                if let Answer::Paused(paused) = *answer {
                    return Proof::Said(Box::new(paused));
                }
            }
            Ok(Err(NoAnswer::Hung)) | Err(_) => return Proof::Silent,
            Ok(Ok(Reply::Error(_)) | Err(_)) => {}
        }
        match here(ctx, order).await {
            Some(proof) => return proof,
            None if Instant::now() >= deadline => return Proof::Silent,
            None => tokio::time::sleep(RETRY_EVERY).await,
        }
    }
}

/// Proves it in this process, when nobody owns the store: whoever holds the owner's lock knows that nothing sends.
async fn here(ctx: &Ctx, order: &HaltOrder) -> Option<Proof> {
    match wire_up::open(&ctx.home, &ctx.surroundings, None) {
        Ok(wired) => {
            // A store that cannot be written is reported by the pause itself.
            let _ = soundpost_core::duty::rescue::rescue(&wired.app.env).await;
            let answer = wired.app.pause(order.clone()).await;
            wired.close().await;
            let mut paused = answer.ok()?;
            paused.proof = vec!["no daemon runs: nobody is there who could send".to_owned()];
            Some(Proof::Said(Box::new(paused)))
        }
        Err(wire_up::OpenError::Owned(_)) => None,
        Err(wire_up::OpenError::Other(error)) => match OwnerLock::acquire(&ctx.home, Path::new("")) {
            Ok(_) => Some(Proof::NobodyOwns(error)),
            Err(LockError::Owned(_)) => None,
            Err(LockError::Io { .. }) => Some(unlockable(ctx, error)),
        },
    }
}

/// The lock's file itself cannot be opened. When nobody owns it all the same, nothing sends.
fn unlockable(ctx: &Ctx, error: AppError) -> Proof {
    match read_owner(&ctx.home) {
        Ok(None) => Proof::NobodyOwns(error),
        _ => Proof::Silent,
    }
}

pub(super) fn bare(order: HaltOrder) -> Paused {
    Paused {
        scope_shown: scope_shown(&order.scope),
        at_shown: order.at.to_string(),
        proven: false,
        proof: Vec::new(),
        under_way: Vec::new(),
        tonight: None,
        this_week: None,
        last_day: None,
        outside: Vec::new(),
        troubles: Vec::new(),
        order,
    }
}

fn nobody_owns(order: HaltOrder, error: &AppError) -> Paused {
    let mut paused = bare(order);
    paused.proven = true;
    paused.proof = vec!["no process owns the queue: nobody is there who could send".to_owned()];
    paused.troubles = vec![format!(
        "the queue cannot be read, so nothing can be said about it: {error}"
    )];
    paused
}

/// The owner says nothing: what is fenced and has no outcome may still go, nothing else.
async fn silent(ctx: &Ctx, order: HaltOrder) -> Paused {
    let app = match wire_up::look(&ctx.home, &ctx.surroundings) {
        Ok(app) => app,
        Err(error) => {
            let mut paused = bare(order);
            paused.proof = vec![OWNER_SILENT.to_owned()];
            paused.troubles = vec![format!("what may still go cannot be read: {error}")];
            return paused;
        }
    };
    let mut paused = app.paused(order).await;
    paused.proof = vec![OWNER_SILENT.to_owned()];
    match app.without_outcome("may still become public").await {
        Ok(open) if open.is_empty() => paused
            .proof
            .push("the journal shows nothing under way".to_owned()),
        Ok(open) => paused.under_way = open,
        Err(error) => paused
            .troubles
            .push(format!("what may still go cannot be read: {error}")),
    }
    paused
        .proof
        .push("to end that process:  soundpost stop".to_owned());
    paused
}

async fn killed(ctx: &Ctx, order: HaltOrder) -> Paused {
    let said = kill_owner(&ctx.home);
    match prove(ctx, &order, STOP_AFTER).await {
        Proof::Said(mut paused) => {
            paused.proof.extend(said);
            *paused
        }
        Proof::NobodyOwns(error) => {
            let mut paused = nobody_owns(order, &error);
            paused.proof.extend(said);
            paused
        }
        Proof::Silent => {
            let mut paused = silent(ctx, order).await;
            paused.troubles.extend(said);
            paused
        }
    }
}

/// Kills whom the lock's file names, after checking that it is that very process.
fn kill_owner(home: &Path) -> Vec<String> {
    let owner = match read_owner(home) {
        Ok(Some(owner)) => owner,
        Ok(None) => return vec!["the process had ended by itself".to_owned()],
        Err(error) => return vec![format!("it cannot be seen who owns the queue: {error}")],
    };
    let it = ProcessId::of(owner.pid).filter(|_| process_started(owner.pid) == owner.started);
    let Some(it) = it else {
        return vec!["the process that the lock names is not there any more".to_owned()];
    };
    match it.kill() {
        Ok(()) => vec![format!(
            "process {} owned the queue, did not answer, and was killed",
            owner.pid
        )],
        Err(error) => vec![format!(
            "process {} owns the queue and could not be killed: {error}",
            owner.pid
        )],
    }
}

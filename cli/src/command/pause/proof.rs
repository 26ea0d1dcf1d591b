//! Whether the silence that was ordered can be proven: by the daemon's word, or because nobody is there who could send.

use std::path::Path;
use std::time::Duration;

use soundpost_core::halt::HaltOrder;
use soundpost_store::owner::{LockError, OwnerLock, process_started, read_owner, sled_is_open};
use tokio::time::{Instant, timeout};

use crate::app::error::AppError;
use crate::command::Ctx;
use crate::control::client::{NoAnswer, ask_daemon};
use crate::control::protocol::{Answer, Ask, Paused, Reply, scope_shown};
use crate::os::process::ProcessId;
use crate::wire_up;

/// How long `pause` waits for the daemon's word.
pub(in crate::command) const PROOF_MAX: Duration = Duration::from_secs(12);
/// How long `stop` waits before it kills.
pub(in crate::command) const STOP_AFTER: Duration = Duration::from_secs(3);
/// How often it is tried again while a process starts or ends.
pub(in crate::command) const RETRY_EVERY: Duration = Duration::from_millis(50);

const OWNER_SILENT: &str = "a process owns the queue and does not answer";

/// What the attempts to prove the silence came to.
enum Proof {
    /// Somebody who knows has spoken.
    Said(Box<Paused>),
    /// Nobody owns the store, but it cannot be opened.
    NobodyOwns(AppError),
    /// Somebody owns it and says nothing, or it cannot be seen whether somebody does: in words.
    Silent(String),
}

impl Proof {
    fn silent() -> Proof {
        Proof::Silent(OWNER_SILENT.to_owned())
    }
}

/// What can be said about an order that was given. With `kill`, an owner that stays silent is ended.
pub(super) async fn of(ctx: &Ctx, order: HaltOrder, kill: bool) -> Paused {
    let patience = if kill { STOP_AFTER } else { PROOF_MAX };
    match prove(ctx, &order, patience).await {
        Proof::Said(paused) => *paused,
        Proof::NobodyOwns(error) => nobody_owns(ctx, order, &error).await,
        Proof::Silent(_) if kill => killed(ctx, order).await,
        Proof::Silent(why) => silent(ctx, order, why).await,
    }
}

async fn prove(ctx: &Ctx, order: &HaltOrder, patience: Duration) -> Proof {
    let deadline = Instant::now() + patience;
    let ask = Ask::Pause(order.clone());
    loop {
        let socket = wire_up::owners_socket(&ctx.home);
        let left = deadline.saturating_duration_since(Instant::now());
        match timeout(left, ask_daemon(&socket, &ctx.who, &ask)).await {
            Ok(Ok(Reply::Answer(answer))) => {
                if let Answer::Paused(paused) = *answer {
                    return Proof::Said(Box::new(paused));
                }
            }
            Ok(Err(NoAnswer::Hung)) | Err(_) => return Proof::silent(),
            Ok(Ok(Reply::Error(_)) | Err(_)) => {}
        }
        match here(ctx, order).await {
            Some(proof) => return proof,
            None if Instant::now() >= deadline => return Proof::silent(),
            None => tokio::time::sleep(RETRY_EVERY).await,
        }
    }
}

/// Proves it in this process, when nobody owns the store: whoever holds the owner's lock knows that nothing sends.
async fn here(ctx: &Ctx, order: &HaltOrder) -> Option<Proof> {
    match wire_up::open_to_pause(&ctx.home, &ctx.surroundings) {
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
            Ok(_) => unowned(ctx, error),
            Err(LockError::Owned(_)) => None,
            Err(LockError::Io { .. }) => unlockable(ctx, error),
        },
    }
}

/// The lock's file itself cannot be written. When nobody owns it all the same, nothing sends.
fn unlockable(ctx: &Ctx, error: AppError) -> Option<Proof> {
    match read_owner(&ctx.home) {
        Ok(None) => unowned(ctx, error),
        Ok(Some(_)) => None,
        Err(why) => Some(Proof::Silent(format!(
            "it cannot be seen whether a process owns the queue and sends: {why}"
        ))),
    }
}

/// The lock says that nobody owns the store. A lock whose file was lost says that too.
fn unowned(ctx: &Ctx, error: AppError) -> Option<Proof> {
    (!sled_is_open(&ctx.home)).then_some(Proof::NobodyOwns(error))
}

pub(in crate::command) fn bare(order: HaltOrder) -> Paused {
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
        hints: Vec::new(),
        troubles: Vec::new(),
        order,
    }
}

async fn nobody_owns(ctx: &Ctx, order: HaltOrder, error: &AppError) -> Paused {
    let mut paused = match wire_up::look(&ctx.home, &ctx.surroundings) {
        Ok(app) => {
            let mut paused = app.paused(order).await;
            match app.without_outcome(&paused.order, false).await {
                Ok(lost) => paused.under_way = lost,
                Err(why) => paused
                    .troubles
                    .push(format!("what was under way cannot be read: {why}")),
            }
            paused.troubles.push(format!(
                "the queue cannot be opened, and has no record of this pause: {error}"
            ));
            paused
        }
        Err(_) => {
            let mut paused = bare(order);
            let what = "the queue cannot be read, so nothing can be said about it";
            paused.troubles = vec![format!("{what}: {error}")];
            paused
        }
    };
    paused.proven = true;
    paused.proof = vec!["no process owns the queue: nobody is there who could send".to_owned()];
    paused
}

/// The owner says nothing: what is fenced and has no outcome may still go, nothing else.
async fn silent(ctx: &Ctx, order: HaltOrder, why: String) -> Paused {
    let unread = |error: &AppError| format!("what may still go cannot be read: {error}");
    let mut paused = match wire_up::look(&ctx.home, &ctx.surroundings) {
        Err(error) => {
            let mut paused = bare(order);
            paused.troubles = vec![unread(&error)];
            paused
        }
        Ok(app) => {
            let mut paused = app.paused(order).await;
            match app.without_outcome(&paused.order, true).await {
                Ok(open) => paused.under_way = open,
                Err(error) => paused.troubles.push(unread(&error)),
            }
            paused
        }
    };
    paused.proof = vec![why, "to end that process:  soundpost stop".to_owned()];
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
            let mut paused = nobody_owns(ctx, order, &error).await;
            paused.proof.extend(said);
            paused
        }
        Proof::Silent(why) => {
            let mut paused = silent(ctx, order, why).await;
            paused.troubles.extend(said);
            paused
        }
    }
}

/// Kills whom the lock's file names, after checking that it is that very process.
pub(super) fn kill_owner(home: &Path) -> Vec<String> {
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

//! `soundpost run`: lanes that send, a socket that listens, housekeeping that ticks.

pub mod clock_watch;
pub mod doors;
pub mod event_inbox;
pub mod lanes;
pub mod ticker;

use std::path::Path;
use std::time::Duration;

use soundpost_store::owner::read_owner;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use crate::app::error::{AppError, Kind};
use crate::control::server::ControlSocket;
use crate::os::systemd;
use crate::surroundings::Surroundings;
use crate::wire_up::{self, OpenError, Wired};

/// How long a command may have the store before the daemon gives up starting.
const COMMAND_MAX: Duration = Duration::from_secs(10);
/// How often the daemon tries again.
const RETRY_EVERY: Duration = Duration::from_millis(50);

/// Runs until a signal says stop.
///
/// # Errors
/// [`AppError`] when the store cannot be opened, or the socket not bound.
pub async fn run(home: &Path, surroundings: &Surroundings) -> Result<(), AppError> {
    let socket_path = wire_up::socket_path(home);
    let wired = open(home, surroundings, &socket_path).await?;
    let socket = ControlSocket::bind(&socket_path).map_err(|error| {
        AppError::new(
            Kind::Store,
            format!("cannot listen at {}: {error}", socket_path.display()),
        )
    })?;
    let inbox = event_inbox::EventInbox::open(&wired.config).await?;
    let sockets: Vec<ControlSocket> = std::iter::once(socket).chain(doors::open(home)).collect();
    rescue(&wired).await?;
    clock_watch::at_start(&wired).await?;
    let lanes = wired.config.lanes as usize;
    info!(store = %wired.app.env.store.id(), lanes, "soundpost runs");
    let (stop, stopping) = watch::channel(false);
    let (hang_up, hanging_up) = watch::channel(false);
    let serving = sockets
        .into_iter()
        .map(|socket| tokio::spawn(socket.serve(wired.app.clone(), hanging_up.clone())));
    let serving: Vec<_> = serving.collect();
    wired.app.refresh_stale_feeds().await;
    let ticker = ticker::start(&wired.app).await?;
    let lanes = lanes::spawn(&wired.app.env, lanes, &stopping);
    let taking = inbox.map(|inbox| inbox.serve(wired.app.clone(), stopping.clone()));
    let watching = clock_watch::spawn(&wired, &stopping);
    systemd::ready();
    ended().await;
    systemd::stopping();
    info!("stopping: lanes finish what they are sending");
    let _ = stop.send(true);
    ticker.stop().await;
    lanes::join(lanes).await;
    let _ = watching.await;
    if let Some(taking) = taking {
        let _ = taking.await;
    }
    // Commands are answered until nothing is on its way any more.
    let _ = hang_up.send(true);
    for served in serving {
        let _ = served.await;
    }
    wired.close().await;
    info!("stopped");
    Ok(())
}

/// Opens the store. A command that has it for a moment is waited for: a `status` at the wrong instant must not keep
/// the daemon from starting.
async fn open(home: &Path, surroundings: &Surroundings, socket: &Path) -> Result<Wired, AppError> {
    let deadline = Instant::now() + COMMAND_MAX;
    loop {
        match wire_up::open(home, surroundings, Some(socket)) {
            Ok(wired) => return Ok(wired),
            Err(OpenError::Owned(_)) if Instant::now() < deadline && is_no_daemon(home) => {
                sleep(RETRY_EVERY).await;
            }
            Err(OpenError::Owned(owner)) => {
                return Err(AppError::conflict(format!(
                    "another soundpost owns this queue ({owner})"
                )));
            }
            Err(OpenError::Other(error)) => return Err(error),
        }
    }
}

/// True when the owner is a command, which listens nowhere, or has just ended.
fn is_no_daemon(home: &Path) -> bool {
    read_owner(home).is_ok_and(|owner| owner.is_none_or(|owner| owner.socket.as_os_str().is_empty()))
}

async fn rescue(wired: &Wired) -> Result<(), AppError> {
    let rescued = soundpost_core::duty::rescue::rescue(&wired.app.env).await?;
    for delivery in rescued {
        warn!(delivery = %delivery.id, "it was being sent when the last process ended: looking at the network");
    }
    for delivery in soundpost_core::duty::rezone::rezone(&wired.app.env).await? {
        warn!(delivery = %delivery.id, due = %delivery.due.at, "the rules of its zone changed; its wall time stays");
    }
    Ok(())
}

/// Waits for SIGTERM or SIGINT.
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let term = signal(SignalKind::terminate());
    let int = signal(SignalKind::interrupt());
    match (term, int) {
        (Ok(mut term), Ok(mut int)) => {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}

//! Clock doubt: when the wall clock and the clock that counts suspend move apart, everything is halted with that
//! reason, instead of hundreds of posts being missed or sent at a wrong hour.

use std::sync::Arc;

use jiff::Timestamp;
use soundpost_core::clock_doubt::{DOUBT_MS, HALTED_BY};
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::OrderId;
use soundpost_core::port::clock::Clock;
use soundpost_core::port::switch::Switch;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::error;

use crate::app::App;
use crate::app::error::AppError;
use crate::wire_up::Wired;

/// Halts when the wall clock stands well before the last thing that was written.
///
/// # Errors
/// [`AppError`] when the journal cannot be read.
pub async fn at_start(wired: &Wired) -> Result<(), AppError> {
    let env = &wired.app.env;
    let last = env.store.entries(env.store.seq(), 1, None).await?;
    let now = env.clock.now();
    let Some(last) = last.first() else {
        return Ok(());
    };
    let behind_ms = last.at.as_millisecond() - now.as_millisecond();
    if behind_ms > DOUBT_MS {
        let minutes = behind_ms / 60_000;
        let why =
            format!("the clock is {minutes} min behind what was last written: is it right now? Then resume");
        halt(&wired.app, &*env.clock, &*wired.switch, why).await;
    }
    Ok(())
}

/// Watches until told to stop.
pub fn spawn(wired: &Wired, stopping: &watch::Receiver<bool>) -> JoinHandle<()> {
    let (app, switch) = (wired.app.clone(), Arc::clone(&wired.switch));
    tokio::spawn(watch_clocks(app, switch, stopping.clone()))
}

async fn watch_clocks(app: App, switch: Arc<dyn Switch>, mut stopping: watch::Receiver<bool>) {
    let clock = Arc::clone(&app.env.clock);
    let doubt = app.env.gate.clock_doubt();
    let mut untold = Vec::new();
    while !*stopping.borrow() {
        if let Some(why) = doubt.look(&*clock) {
            halt(&app, &*clock, &*switch, why).await;
            // While no order stands, the lanes go on doubting and send nothing.
            if app.orders() != (Vec::new(), None) {
                doubt.trust(&*clock);
            }
        }
        untold = app.adopt_orders(&untold).await;
        let next = later(clock.now());
        tokio::select! {
            () = clock.sleep_until(next) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

fn later(now: Timestamp) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_secs(1))
        .unwrap_or(Timestamp::MAX)
}

async fn halt(app: &App, clock: &dyn Clock, switch: &dyn Switch, reason: String) {
    error!(%reason, "everything is halted");
    let at = clock.now();
    let order = HaltOrder {
        id: OrderId::new(at, &*app.env.entropy),
        scope: Scope::Everything,
        reason,
        who: HALTED_BY.to_owned(),
        at,
        review_at: None,
    };
    if let Err(error) = switch.order(&order) {
        error!(%error, "the switch cannot be written");
    }
    let _ = app.pause(order).await;
}

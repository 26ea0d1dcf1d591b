//! The loop around each lane.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use soundpost_core::environment::Environment;
use soundpost_core::lane::{Lane, Step};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::error;

/// How long a lane sleeps when nothing waits or the store is in trouble.
const SLEEP: SignedDuration = SignedDuration::from_secs(1);

/// Starts this many lanes.
pub fn spawn(env: &Arc<Environment>, lanes: usize, stopping: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    (0..lanes.max(1))
        .map(|_| tokio::spawn(work(Arc::clone(env), stopping.clone())))
        .collect()
}

/// Waits until all lanes have finished what they were doing.
pub async fn join(lanes: Vec<JoinHandle<()>>) {
    for lane in lanes {
        let _ = lane.await;
    }
}

async fn work(env: Arc<Environment>, mut stopping: watch::Receiver<bool>) {
    let lane = Lane::new(Arc::clone(&env));
    while !*stopping.borrow() {
        let wake_at = match lane.step().await {
            Ok(Step::Worked(_)) => continue,
            Ok(Step::Idle { wake_at }) => wake_at,
            Err(error) => {
                error!(%error, "the queue cannot be worked on");
                None
            }
        };
        let at = wake_at.unwrap_or_else(|| later(&env));
        tokio::select! {
            () = env.clock.sleep_until(at) => {}
            () = env.store.changed() => {}
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    }
}

fn later(env: &Environment) -> Timestamp {
    env.clock.now().checked_add(SLEEP).unwrap_or(Timestamp::MAX)
}

//! Housekeeping, by `tokio-cron-scheduler`: duties that may run twice or not at all without harm. No post depends on
//! it.

use std::sync::Arc;

use jiff::SignedDuration;
use soundpost_core::account::{Account, AccountStatus};
use soundpost_core::environment::Environment;
use soundpost_core::login::login_needed;
use soundpost_core::port::adapter::AccountError;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tracing::{debug, warn};

use crate::app::App;
use crate::app::error::{AppError, Kind};

/// Each quarter of an hour, in UTC.
const LOGINS_AT: &str = "0 */15 * * * *";
/// Each full hour, in UTC.
const REMIND_AT: &str = "0 0 * * * *";
/// A session that ends within this time is renewed.
const ENDS_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// The running ticker.
pub struct Ticker(JobScheduler);

impl Ticker {
    /// Stops it.
    pub async fn stop(mut self) {
        let _ = self.0.shutdown().await;
    }
}

/// Starts all duties.
///
/// # Errors
/// [`AppError`] when the scheduler does not start.
pub async fn start(app: &App) -> Result<Ticker, AppError> {
    let started = try_start(app).await;
    started.map_err(|error| AppError::new(Kind::Store, format!("housekeeping does not start: {error}")))
}

async fn try_start(app: &App) -> Result<Ticker, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let env = Arc::clone(&app.env);
    let job = Job::new_async(LOGINS_AT, move |_, _| {
        let env = Arc::clone(&env);
        Box::pin(async move { renew_logins(&env).await })
    })?;
    scheduler.add(job).await?;
    let reminded = app.clone();
    let job = Job::new_async(REMIND_AT, move |_, _| {
        let app = reminded.clone();
        Box::pin(async move { remind(&app) })
    })?;
    scheduler.add(job).await?;
    scheduler.start().await?;
    Ok(Ticker(scheduler))
}

/// Says in the log that a pause is past the time at which somebody wanted to look at it.
fn remind(app: &App) {
    let now = app.now();
    for order in app.orders().0.iter().filter(|o| o.wants_review(now)) {
        let (who, reason) = (&order.who, &order.reason);
        warn!(%who, %reason, "it is still paused past the time to look at it: soundpost resume");
    }
}

/// Renews the sessions that end soon; an account whose login has ended is marked, so that people see it before a
/// post is due.
pub async fn renew_logins(env: &Environment) {
    let world = env.store.world();
    for account in world
        .accounts
        .values()
        .filter(|a| a.status == AccountStatus::Active)
    {
        if let Err(error) = renew(env, account).await {
            warn!(account = %account.name, %error, "cannot renew the login");
        }
    }
}

async fn renew(env: &Environment, account: &Account) -> Result<(), AppError> {
    let Some(adapter) = env.adapters.get(&account.network) else {
        return Ok(());
    };
    match adapter.refresh_login(&env.context(account), ENDS_WITHIN).await {
        Ok(()) => debug!(account = %account.name, "the login holds"),
        Err(AccountError::Unsupported | AccountError::Network(_)) => {}
        Err(AccountError::LoginNeeded(why)) => login_needed(env, account, &why).await?,
    }
    Ok(())
}

//! Housekeeping, by `tokio-cron-scheduler`: duties that may run twice or not at all without harm. No post depends on
//! it.

use std::sync::Arc;

use jiff::SignedDuration;
use soundpost_core::account::{Account, AccountStatus};
use soundpost_core::environment::Environment;
use soundpost_core::event::Stage;
use soundpost_core::login::login_needed;
use soundpost_core::port::adapter::AccountError;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tracing::{debug, info, warn};

use crate::app::App;
use crate::app::error::{AppError, Kind};
use crate::output::visible;

/// Each quarter of an hour, in UTC.
const LOGINS_AT: &str = "0 */15 * * * *";
/// Each full hour, in UTC.
const REMIND_AT: &str = "0 0 * * * *";
/// Six times a minute, in UTC; which feeds are due says their state.
const FEEDS_AT: &str = "5/10 * * * * *";
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
    let watched = app.clone();
    let job = Job::new_async(FEEDS_AT, move |_, _| {
        let app = watched.clone();
        Box::pin(async move {
            refresh_trends(&app).await;
            refresh_feeds(&app).await;
        })
    })?;
    scheduler.add(job).await?;
    scheduler.start().await?;
    Ok(Ticker(scheduler))
}

/// Asks for the lists of hashtags that are due, and says in the log what came of it.
async fn refresh_trends(app: &App) {
    let refreshed = match app.refresh_due_trends().await {
        Ok(refreshed) => refreshed,
        Err(error) => return warn!(%error, "the trends cannot be refreshed"),
    };
    for one in refreshed {
        let (trends, held) = (&one.list.name, one.held.len());
        let trouble = one
            .list
            .watched
            .as_ref()
            .and_then(|watched| watched.trouble.as_ref());
        match trouble {
            Some(trouble) => warn!(%trends, %trouble, "the trends were not read"),
            None if held > 0 => warn!(%trends, held, "hashtags that rise hold posts: soundpost queue"),
            None => debug!(%trends, hashtags = one.list.tags.len(), "the trends were read"),
        }
    }
}

/// Asks the feeds that are due, and says in the log what came of it.
async fn refresh_feeds(app: &App) {
    let refreshed = match app.refresh_due_feeds().await {
        Ok(refreshed) => refreshed,
        Err(error) => return warn!(%error, "the feeds cannot be refreshed"),
    };
    for one in refreshed {
        let (feed, proposed, flagged) = (&one.name, one.proposed.len(), one.flagged.len());
        match &one.trouble {
            Some(trouble) => warn!(%feed, %trouble, "the feed was not read"),
            None if flagged > 0 => warn!(%feed, flagged, held = one.held.len(), "the feed flagged events"),
            None if proposed > 0 => info!(%feed, proposed, "the feed proposes events: soundpost event list"),
            None => debug!(%feed, said = %one.said, "the feed was read"),
        }
    }
}

/// Says in the log that a pause or an event is past the time at which somebody wanted to look at it.
fn remind(app: &App) {
    let now = app.now();
    for order in app.orders().0.iter().filter(|o| o.wants_review(now)) {
        let (who, reason) = (&order.who, &order.reason);
        warn!(%who, %reason, "it is still paused past the time to look at it: soundpost resume");
    }
    let world = app.env.store.world();
    let open = world
        .events
        .values()
        .filter(|e| e.stage == Stage::Open && !e.is_over_at(now));
    for event in open.filter(|e| e.review_at.is_some_and(|at| at <= now)) {
        warn!(event = %visible(&event.title), "it is past the time to look at this event: soundpost event list");
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

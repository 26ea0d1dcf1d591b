//! What every command does, whoever asks: the daemon over its socket, or a command that opened the store itself.
//!
//! Each file handles one group of questions of [`crate::control::protocol::Ask`].

pub mod accounts;
pub mod approvals;
pub mod bulk;
pub mod calendars;
pub mod check;
pub mod days;
pub mod drill;
pub mod error;
pub mod event_change;
pub mod event_difference;
pub mod event_elsewhere;
pub mod event_life;
pub mod event_show;
pub mod events;
pub mod explain;
pub mod feeds;
pub mod find;
pub mod found;
pub mod guard_shadow;
pub mod letting_go;
pub mod log;
pub mod marks;
pub mod people;
pub mod posting;
pub mod receipts;
pub mod recent;
pub mod rejudge;
pub mod resume;
pub mod retract;
pub mod review;
pub mod rewrite;
pub mod rules;
pub mod shipped_calendars;
pub mod statement;
pub mod status;
pub mod story;
pub mod today;
pub mod trends;
mod trends_watch;
pub mod understanding;
pub mod view;

use std::sync::Arc;

use jiff::Timestamp;
use soundpost_adapters::server_clock::ServerClocks;
use soundpost_core::actor::Actor;
use soundpost_core::environment::Environment;
use soundpost_core::port::store::{Request, Write, Written};

use crate::control::protocol::{Answer, Ask};
use error::AppError;

/// The service behind all commands.
#[derive(Clone)]
pub struct App {
    /// The scheduler's surroundings.
    pub env: Arc<Environment>,
    /// What Soundpost does not control, from the configuration.
    pub outside: Vec<String>,
    /// The zone for people's eyes when no account is concerned.
    pub zone: String,
    /// True in the daemon.
    pub is_daemon: bool,
    /// What this process knows of its feeds beyond the store.
    pub feeds: Arc<feeds::FeedDesk>,
    /// What the servers that this process talked to think the time is.
    pub server_clocks: Arc<ServerClocks>,
}

impl App {
    /// Answers one question of this person.
    ///
    /// # Errors
    /// [`AppError`] says what, where and what to do.
    pub async fn answer(&self, who: &str, ask: Ask) -> Result<Answer, AppError> {
        match ask {
            Ask::Status => self.status().await.map(Answer::Status),
            Ask::Pause(order) => self.pause(order).await.map(Answer::Paused),
            Ask::Post(ask) => self.post(who, *ask).await.map(Answer::Posted),
            Ask::Statement(ask) => self.statement(who, *ask).await,
            Ask::Check(ask) => self.check(who, ask).await.map(Answer::Checked),
            Ask::Queue(ask) => self.queue(&ask).await.map(Answer::Listed),
            Ask::Show { id } => self.show(&id).await.map(Answer::Shown),
            Ask::Why { id } => self.why(&id).await.map(Answer::Story),
            Ask::Hold { ids, why } => self.hold(who, &ids, &why).await.map(Answer::Moved),
            Ask::Release { ids, at, why } => self.release(who, &ids, at, &why).await.map(Answer::Moved),
            Ask::Approve(ask) => self.approve(who, &ask).await.map(Answer::Moved),
            Ask::Bulk(ask) => self.bulk(who, &ask).await,
            Ask::Cancel { ids, why } => self.cancel(who, &ids, &why).await.map(Answer::Moved),
            Ask::Reschedule { ids, at, zone } => {
                self.reschedule(who, &ids, &at, zone).await.map(Answer::Moved)
            }
            Ask::Edit { id, content } => self.edit(who, &id, *content).await.map(Answer::Moved),
            Ask::Rewrite { id, content } => self.rewrite(who, &id, *content).await.map(Answer::Rewritten),
            Ask::Retry { ids, not_there } => self.retry(who, &ids, not_there).await.map(Answer::Moved),
            Ask::Found { id, url } => self.found(who, &id, &url).await.map(Answer::Moved),
            Ask::Retract { ids, why, preview } => {
                self.retract(who, &ids, &why, preview).await.map(Answer::Moved)
            }
            Ask::Recent(ask) => self.recent(&ask).await.map(Answer::Recent),
            Ask::Receipts(ask) => self.receipts(&ask).await.map(Answer::Receipts),
            Ask::Today(ask) => self.today(&ask).await.map(Answer::Today),
            Ask::Review(ask) => self.review(&ask).await.map(Answer::Review),
            Ask::AccountAdd(ask) => self.account_add(who, *ask).await.map(Answer::Account),
            Ask::AccountList => Ok(Answer::Accounts(self.account_list())),
            Ask::AccountRemove { name } => self.account_remove(who, &name).await.map(Answer::Said),
            Ask::AccountLogin { name, server } => {
                let said = self.account_login_at(who, &name, server).await;
                said.map(Answer::Said)
            }
            Ask::ResumePlan(ask) => self.resume_plan(&ask).await.map(Answer::Plan),
            Ask::ResumeApply { plan } => self.resume_apply(who, &plan).await.map(Answer::Resumed),
            Ask::Deliveries { ids } => self.deliveries(&ids).await.map(Answer::Deliveries),
            of_world => self.answer_of_world(who, of_world).await,
        }
    }

    /// Answers what is about rules, events, calendars and feeds.
    async fn answer_of_world(&self, who: &str, ask: Ask) -> Result<Answer, AppError> {
        match ask {
            Ask::EventFlag(ask) => self.event_flag(who, *ask).await.map(Answer::EventChanged),
            Ask::EventPropose(ask) => self.event_propose(who, *ask).await.map(Answer::EventChanged),
            Ask::EventAccept { id, change } => self
                .event_accept(who, &id, *change)
                .await
                .map(Answer::EventChanged),
            Ask::EventChange(ask) => self.event_change(who, *ask).await.map(Answer::EventChanged),
            Ask::EventDismiss { id, why } => {
                self.event_dismiss(who, &id, &why).await.map(Answer::EventChanged)
            }
            Ask::EventExtend { id, until, review } => self
                .event_extend(who, &id, until.as_deref(), review.as_deref())
                .await
                .map(Answer::EventChanged),
            Ask::EventConfirm { id } => self.event_confirm(who, &id).await.map(Answer::EventChanged),
            Ask::EventShow { id, would } => self.event_show(&id, would).await.map(Answer::EventShown),
            Ask::EventList { all } => self.event_list(all).await.map(Answer::Events),
            Ask::EventEnd { id } => self.event_end(who, &id).await.map(Answer::EventChanged),
            Ask::Calendar(ask) => self.calendar(who, ask).await,
            Ask::AccountSet(ask) => self.account_set(who, *ask).await.map(Answer::RulesChanged),
            Ask::Rules { name } => self.rules(name.as_deref()).map(Answer::Rules),
            Ask::Trends(ask) => self.trends(who, ask).await,
            Ask::FeedAdd(ask) => self.feed_add(who, *ask).await.map(Answer::FeedAdded),
            Ask::FeedList => Ok(Answer::Feeds(self.feed_list())),
            Ask::FeedRemove { name } => self.feed_remove(who, name).await.map(Answer::Said),
            Ask::GuardDrill(ask) => self.guard_drill(who, &ask).await.map(Answer::Drill),
            Ask::GuardShadow(ask) => self.guard_shadow(who, &ask).await.map(Answer::Shadow),
            Ask::FeedRefresh { name } => self
                .feed_refresh(name.as_deref())
                .await
                .map(Answer::FeedsRefreshed),
            _ => Err(AppError::bad_input("this question is answered elsewhere")),
        }
    }

    /// Now, by the injected clock.
    pub fn now(&self) -> Timestamp {
        self.env.clock.now()
    }

    /// Writes in a person's name.
    ///
    /// # Errors
    /// [`AppError`] from the store's.
    pub async fn write(&self, who: &str, reason: &str, write: Write) -> Result<Written, AppError> {
        self.write_by(&Actor::Person(who.to_owned()), reason, write).await
    }

    /// Writes in somebody's name, or a duty's.
    ///
    /// # Errors
    /// [`AppError`] from the store's.
    pub async fn write_by(&self, by: &Actor, reason: &str, write: Write) -> Result<Written, AppError> {
        let request = Request {
            by: by.clone(),
            at: self.now(),
            reason: reason.to_owned(),
            write,
        };
        Ok(self.env.store.write(request).await?)
    }
}

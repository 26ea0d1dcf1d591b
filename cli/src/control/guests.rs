//! Other users at the daemon's doors: who they are, how many are let in, what they may ask, and what they are told.
//!
//! Whoever may come in may be hostile: a caller gets one question of bounded length and time, few at once, and nothing
//! of the queue but what the doors are for.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use soundpost_core::halt::{HaltOrder, Scope};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;
use tracing::info;

use super::door::{Door, no_resume, not_yours};
use super::protocol::{Answer, Ask, DeliveryView, Hello, PROTOCOL, Paused, Question, Reply, Status};
use super::server::send;
use crate::app::App;
use crate::app::error::AppError;
use crate::os::users::name_of_user;

/// How long a caller may take to ask, and to take the answer.
const TALK_MAX: Duration = Duration::from_secs(10);
/// How many callers are served at once, and how many of one user.
const CALLERS_MAX: usize = 32;
const CALLERS_OF_ONE_MAX: usize = 4;
/// The longest name of a network or campaign, and the longest reason, in bytes.
const NAME_BYTES_MAX: usize = 200;
const REASON_BYTES_MAX: usize = 2000;

/// The callers that are being served, by user.
#[derive(Debug, Clone, Default)]
pub struct Callers(Arc<Mutex<BTreeMap<u32, usize>>>);

/// One caller's place; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    callers: Callers,
    uid: u32,
}

impl Callers {
    /// A place for one more caller of this user, when there is one.
    pub fn admit(&self, uid: u32) -> Option<Place> {
        let mut served = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = served.values().sum();
        let own = served.entry(uid).or_default();
        if all >= CALLERS_MAX || *own >= CALLERS_OF_ONE_MAX {
            return None;
        }
        *own += 1;
        Some(Place {
            callers: self.clone(),
            uid,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut served = self.callers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = served.get_mut(&self.uid) {
            *own = own.saturating_sub(1);
        }
        served.retain(|_, own| *own > 0);
    }
}

/// Answers one question of this user.
///
/// # Errors
/// When the caller goes away, is too slow, or asks what does not read.
pub async fn talk(stream: UnixStream, app: &App, door: Door, uid: u32) -> io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading.take(door.question_bytes_max())).lines();
    let hello = Hello {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        store: app.env.store.id().to_string(),
    };
    let asked = timeout(TALK_MAX, async {
        send(&mut writing, &hello).await?;
        lines.next_line().await?;
        lines.next_line().await
    });
    let Some(line) = asked.await.map_err(|_| io::ErrorKind::TimedOut)?? else {
        return Ok(());
    };
    let reply = match serde_json::from_str::<Question>(&line) {
        Ok(question) => answered(app, door, uid, question.ask).await,
        Err(_) => Err(AppError::bad_input(
            "the daemon does not understand this question",
        )),
    };
    let reply = match reply {
        Ok(answer) => Reply::Answer(Box::new(answer)),
        Err(error) => Reply::Error(error),
    };
    let sent = timeout(TALK_MAX, send(&mut writing, &reply)).await;
    sent.map_err(|_| io::ErrorKind::TimedOut)?
}

/// What this user is told. They are who the system says, whatever the question says.
async fn answered(app: &App, door: Door, uid: u32, ask: Ask) -> Result<Answer, AppError> {
    let own = rustix::process::geteuid().as_raw();
    if !door.takes(&ask) {
        let resume = Door::of(&ask) == Some(Door::Resume);
        return Err(if resume {
            no_resume(Some(own))
        } else {
            not_yours(Some(own))
        });
    }
    let named = tokio::task::spawn_blocking(move || name_of_user(uid)).await;
    let who = named.unwrap_or_else(|_| format!("uid {uid}"));
    match ask {
        Ask::Pause(order) => {
            info!(%who, uid, "a member of the group pauses");
            let order = of_guest(app, &who, order)?;
            Ok(Answer::Paused(told_of_pause(app.pause(order).await?)))
        }
        Ask::Status => Ok(Answer::Status(told_of_status(app.status().await?))),
        ask => {
            info!(%who, uid, "a member of the group that may resume asks for the plan, or applies it");
            app.answer(&who, ask).await
        }
    }
}

/// The order as it counts: by this user, now, and not longer than what is read by people.
fn of_guest(app: &App, who: &str, order: HaltOrder) -> Result<HaltOrder, AppError> {
    let name = match &order.scope {
        Scope::Everything | Scope::Account(_) => "",
        Scope::Network(name) | Scope::Campaign(name) => name,
    };
    if name.len() > NAME_BYTES_MAX || order.reason.len() > REASON_BYTES_MAX {
        return Err(AppError::bad_input("a name or a reason is too long"));
    }
    Ok(HaltOrder {
        who: who.to_owned(),
        at: app.now(),
        ..order
    })
}

/// A pause as the group sees it: what was under way without its text, what is public already with it.
fn told_of_pause(mut paused: Paused) -> Paused {
    for write in &mut paused.under_way {
        hide(&mut write.delivery, true);
    }
    for view in paused.last_day.iter_mut().flatten() {
        hide(view, false);
    }
    // They do not see what waits.
    paused.hints.clear();
    paused
}

fn hide(view: &mut DeliveryView, text_too: bool) {
    view.note.clear();
    view.next.clear();
    if text_too {
        view.excerpt.clear();
    }
}

/// The status as the group sees it: whether it is paused, by whom and why. Nothing of posts, accounts and events.
fn told_of_status(status: Status) -> Status {
    Status {
        store: status.store,
        daemon: status.daemon,
        halts: status.halts,
        halts_shown: status.halts_shown,
        switch_trouble: status.switch_trouble,
        in_flight: status.in_flight,
        owner_silent: status.owner_silent,
        ..Status::of_switch()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_cannot_take_all_places() {
        let callers = Callers::default();
        let hostile: Vec<_> = (0..100).filter_map(|_| callers.admit(1)).collect();
        assert_eq!(hostile.len(), CALLERS_OF_ONE_MAX);
        let other = callers.admit(2);
        assert!(other.is_some());
        drop(hostile);
        assert!(callers.admit(1).is_some());
    }

    #[test]
    fn many_users_cannot_take_more_than_all_places() {
        let callers = Callers::default();
        let places: Vec<_> = (0..100).filter_map(|uid| callers.admit(uid)).collect();
        assert_eq!(places.len(), CALLERS_MAX);
    }
}

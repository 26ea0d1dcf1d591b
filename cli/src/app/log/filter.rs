//! Which entries of the log were asked for.

use jiff::Timestamp;
use soundpost_core::actor::Actor;
use soundpost_core::change::{Change, Entry};
use soundpost_core::delivery::table::MoveName;
use soundpost_core::halt::Scope;
use soundpost_core::id::ENDING_CHARS_MIN;
use soundpost_core::schedule;

use super::LogSurroundings;
use super::names::Names;
use crate::app::error::AppError;
use crate::control::protocol::LogAsk;
use crate::output::visible;

/// The kinds of changes.
const CHANGES: [&str; 17] = [
    "created",
    "post_added",
    "post_revised",
    "moved",
    "account_set",
    "halt_ordered",
    "halt_lifted",
    "event_set",
    "calendar_set",
    "calendar_removed",
    "feed_set",
    "feed_checked",
    "feed_removed",
    "trends_set",
    "trends_removed",
    "adopted",
    "journal_cut",
];
/// What the scheduler is called when a person names an actor.
const SELF: &str = "soundpost";

/// A question, read.
pub(super) struct Filter {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    account: Option<String>,
    id: Option<Named>,
    actor: Option<String>,
    kind: Option<String>,
}

/// The ending of an id, and perhaps which delivery of the post.
struct Named {
    ending: String,
    n: Option<u16>,
}

/// The kinds of entries that can be asked for: the changes, and the moves of deliveries.
pub fn kinds() -> Vec<&'static str> {
    let moves = MoveName::ALL.into_iter().map(MoveName::name);
    CHANGES.into_iter().chain(["intake"]).chain(moves).collect()
}

/// The kind of a change.
pub(super) fn kind_of(change: &Change) -> &'static str {
    match change {
        Change::Created { .. } => "created",
        Change::PostAdded { .. } => "post_added",
        Change::PostRevised { .. } => "post_revised",
        Change::Moved { .. } => "moved",
        Change::AccountSet { .. } => "account_set",
        Change::HaltOrdered { .. } => "halt_ordered",
        Change::HaltLifted { .. } => "halt_lifted",
        Change::EventSet { .. } => "event_set",
        Change::CalendarSet { .. } => "calendar_set",
        Change::CalendarRemoved { .. } => "calendar_removed",
        Change::FeedSet { .. } => "feed_set",
        Change::FeedChecked { .. } => "feed_checked",
        Change::FeedRemoved { .. } => "feed_removed",
        Change::TrendsSet { .. } => "trends_set",
        Change::TrendsRemoved { .. } => "trends_removed",
        Change::Adopted { .. } => "adopted",
        Change::JournalCut { .. } => "journal_cut",
    }
}

impl Filter {
    /// # Errors
    /// [`AppError`] when a time, an id or a kind does not read.
    pub(super) fn new(ask: &LogAsk, now: Timestamp, around: &LogSurroundings) -> Result<Filter, AppError> {
        let read = |typed: &String| {
            schedule::resolve_past(typed, now, &around.zone, &around.zones)
                .map(|due| due.at)
                .map_err(|error| AppError::bad_input(visible(&error.to_string())))
        };
        let filter = Filter {
            since: ask.since.as_ref().map(read).transpose()?,
            until: ask.until.as_ref().map(read).transpose()?,
            account: ask.account.clone(),
            id: ask.id.as_deref().map(named).transpose()?,
            actor: ask.actor.clone(),
            kind: ask.kind.clone(),
        };
        if let (Some(since), Some(until)) = (filter.since, filter.until)
            && until < since
        {
            return Err(AppError::bad_input("that time would end before it begins"));
        }
        let known = kinds();
        match &filter.kind {
            Some(kind) if !known.contains(&kind.as_str()) => {
                let error = format!("'{}' is not a kind of entry", visible(kind));
                Err(AppError::bad_input(error).help(format!("use one of: {}", known.join(", "))))
            }
            _ => Ok(filter),
        }
    }

    /// True when everything was asked for.
    pub(super) fn is_none(&self) -> bool {
        self.since.is_none()
            && self.until.is_none()
            && self.account.is_none()
            && self.id.is_none()
            && self.actor.is_none()
            && self.kind.is_none()
    }

    /// True for what lies before the time that was asked for.
    pub(super) fn is_before(&self, at: Timestamp) -> bool {
        self.since.is_some_and(|since| at < since)
    }

    /// True for entries that were asked for.
    pub(super) fn wants(&self, entry: &Entry, names: &mut Names<'_>) -> bool {
        if let Change::AccountSet { account } = &entry.change {
            names.learn(account);
        }
        !self.is_before(entry.at)
            && self.until.is_none_or(|until| entry.at <= until)
            && self.actor.as_ref().is_none_or(|actor| is_by(&entry.by, actor))
            && self.kind.as_ref().is_none_or(|kind| is_kind(&entry.change, kind))
            && self.id.as_ref().is_none_or(|id| id.is_in(&entry.change))
            && self
                .account
                .as_ref()
                .is_none_or(|account| is_of(&entry.change, account, names))
    }
}

fn named(typed: &str) -> Result<Named, AppError> {
    let wrong = || {
        let error = format!("'{}' is too short or not an id", visible(typed));
        AppError::bad_input(error).help(format!("give at least the last {ENDING_CHARS_MIN} characters"))
    };
    let (ending, n) = match typed.split_once('.') {
        Some((ending, n)) => (ending, Some(n.parse().map_err(|_| wrong())?)),
        None => (typed, None),
    };
    if ending.len() < ENDING_CHARS_MIN || !ending.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(wrong());
    }
    let ending = ending.to_ascii_lowercase();
    Ok(Named { ending, n })
}

impl Named {
    fn is_in(&self, change: &Change) -> bool {
        let ends = |id: String| id.ends_with(&self.ending);
        match change {
            Change::Moved { delivery, .. } => {
                ends(delivery.id.post.to_string()) && self.n.is_none_or(|n| n == delivery.id.n)
            }
            Change::PostAdded { post } => ends(post.id.to_string()),
            Change::PostRevised { post, .. } => ends(post.to_string()),
            Change::HaltOrdered { order } => ends(order.id.to_string()),
            Change::HaltLifted { order } => ends(order.to_string()),
            Change::EventSet { event, .. } => ends(event.id.to_string()),
            Change::AccountSet { account } => ends(account.id.to_string()),
            Change::Created { .. } | Change::CalendarSet { .. } | Change::CalendarRemoved { .. } => false,
            Change::FeedSet { .. } | Change::FeedChecked { .. } | Change::FeedRemoved { .. } => false,
            Change::TrendsSet { .. } | Change::TrendsRemoved { .. } => false,
            Change::Adopted { .. } | Change::JournalCut { .. } => false,
        }
    }
}

fn is_by(by: &Actor, actor: &str) -> bool {
    match by {
        Actor::Person(name) => name == actor,
        Actor::Lane => actor == SELF,
        Actor::Duty(name) => actor == SELF || actor == name,
    }
}

fn is_kind(change: &Change, kind: &str) -> bool {
    kind_of(change) == kind || matches!(change, Change::Moved { by, .. } if by == kind)
}

fn is_of(change: &Change, account: &str, names: &mut Names<'_>) -> bool {
    match change {
        Change::Moved { delivery, .. } => names.of(delivery.account) == account,
        Change::AccountSet { account: set } => set.name == account,
        Change::HaltOrdered { order } => match order.scope {
            Scope::Account(id) => names.of(id) == account,
            _ => false,
        },
        _ => false,
    }
}

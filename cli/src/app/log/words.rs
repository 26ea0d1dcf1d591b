//! An entry of the journal in plain words, and with all its fields. The address of an account whose server is secret
//! shows its origin alone, in both.

use jiff::Timestamp;
use serde_json::Value;
use soundpost_core::account::{Account, AccountStatus};
use soundpost_core::actor::Actor;
use soundpost_core::change::{Change, Entry};
use soundpost_core::event::{Event, Stage};
use soundpost_core::feed::{Feed, FeedRecord, FeedState};
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::trends::{TrendsList, TrendsWatch};

use super::LogSurroundings;
use super::filter::kind_of;
use super::names::Names;
use crate::app::event_difference::differences;
use crate::app::explain::Teller;
use crate::app::story::moved;
use crate::app::view::{area, shortened, shown_server};
use crate::control::protocol::{LogEntry, scope_shown};
use crate::output::visible;
use soundpost_core::address::origin;

/// What commands write as the reason of an event's entry when nobody typed one: what they did.
const DONE: [&str; 3] = ["accepted", "confirmed", "extended"];

/// An entry as people and programs see it.
pub(super) fn view(
    around: &LogSurroundings,
    names: &mut Names<'_>,
    entry: &Entry,
    now: Timestamp,
) -> LogEntry {
    let teller = Teller {
        zone: &around.zone,
        zones: &around.zones,
        now,
        is_daemon: true,
    };
    let (by_move, account) = match &entry.change {
        Change::Moved { by, delivery } => (Some(by.clone()), Some(names.of(delivery.account))),
        Change::AccountSet { account } => (None, Some(account.name.clone())),
        _ => (None, None),
    };
    LogEntry {
        seq: entry.seq,
        at: entry.at.to_string(),
        at_shown: teller.instant(entry.at),
        by: visible(&entry.by.to_string()).into_owned(),
        actor: match entry.by {
            Actor::Person(_) => "person",
            Actor::Lane => "lane",
            Actor::Duty(_) => "duty",
        }
        .to_owned(),
        reason: entry.reason.clone(),
        kind: kind_of(&entry.change).to_owned(),
        by_move,
        id: id(&entry.change),
        account,
        what: what(around, &teller, names, entry),
        change: fields(around, &entry.change),
    }
}

fn id(change: &Change) -> String {
    match change {
        Change::Created { store } => store.to_string(),
        Change::PostAdded { post } => post.id.to_string(),
        Change::PostRevised { post, .. } => post.to_string(),
        Change::Moved { delivery, .. } => delivery.id.to_string(),
        Change::AccountSet { account } => account.id.to_string(),
        Change::HaltOrdered { order } => order.id.to_string(),
        Change::HaltLifted { order } => order.to_string(),
        Change::EventSet { event, .. } => event.id.to_string(),
        Change::CalendarSet { name, .. } | Change::CalendarRemoved { name } => name.clone(),
        Change::FeedSet { feed } => feed.feed.name.clone(),
        Change::TrendsSet { list } => list.name.clone(),
        Change::FeedChecked { name, .. } | Change::FeedRemoved { name } | Change::TrendsRemoved { name } => {
            name.clone()
        }
        Change::Adopted { .. } | Change::JournalCut { .. } => String::new(),
    }
}

fn what(around: &LogSurroundings, teller: &Teller<'_>, names: &mut Names<'_>, entry: &Entry) -> Vec<String> {
    let mut what = match &entry.change {
        Change::Created { .. } => vec!["the queue was made".to_owned()],
        Change::PostAdded { post } => vec![format!(
            "post {} was written: \"{}\"",
            post.id,
            text(&post.revision(1).content)
        )],
        Change::PostRevised { post, revision } => vec![format!(
            "post {post} got revision {}: \"{}\"",
            revision.number,
            text(&revision.content)
        )],
        Change::Moved { by, delivery } => {
            let mut said = moved(teller, by, delivery);
            let to = format!("{} to {}: ", delivery.id, visible(&names.of(delivery.account)));
            said[0].insert_str(0, &to);
            said
        }
        Change::AccountSet { account } => vec![account_set(around, account)],
        Change::HaltOrdered { order } => vec![ordered(teller, names, order)],
        Change::HaltLifted { order } => vec![format!("the pause {order} was lifted")],
        Change::EventSet { event, was } => {
            let mut said = vec![event_set(teller, event, was.as_deref(), entry)];
            said.extend(
                was.iter()
                    .flat_map(|was| event_changes(was, event, teller, entry.at)),
            );
            said
        }
        Change::CalendarSet { name, .. } => vec![format!("calendar {} was imported", visible(name))],
        Change::CalendarRemoved { name } => vec![format!("calendar {} was removed", visible(name))],
        Change::FeedSet { feed } => vec![feed_set(feed)],
        Change::TrendsSet { list } => vec![trends_set(list)],
        Change::TrendsRemoved { name } => vec![format!("the trends {} are forgotten", visible(name))],
        Change::FeedChecked { name, state } => vec![feed_checked(name, state)],
        Change::FeedRemoved { name } => vec![format!("feed {} is no longer there", visible(name))],
        Change::Adopted { .. } => vec!["the folder was adopted: the queue is at home here".to_owned()],
        Change::JournalCut { kept_in } => vec![format!(
            "the journal was damaged and was cut; what was there is kept in {}",
            visible(kept_in)
        )],
    };
    let is_said = match &entry.change {
        Change::HaltOrdered { .. } => true,
        Change::EventSet { .. } => DONE.contains(&entry.reason.as_str()),
        _ => false,
    };
    if !entry.reason.is_empty() && !is_said {
        what.push(format!("because: {}", visible(&entry.reason)));
    }
    what
}

fn text(content: &soundpost_core::post::Content) -> String {
    shortened(content.parts.first().map_or("", |p| p.text.as_str()))
}

fn account_set(around: &LogSurroundings, account: &Account) -> String {
    let named = format!(
        "account {} ({})",
        visible(&account.name),
        visible(&account.network)
    );
    let at =
        shown_server(&around.adapters, account).map_or_else(String::new, |at| format!(", {}", visible(&at)));
    match &account.status {
        AccountStatus::Active if account.shadow.is_some() => {
            format!("{named} may send{at}; the guard only watches over it")
        }
        AccountStatus::Active => format!("{named} may send{at}"),
        AccountStatus::LoginNeeded { why, .. } => format!("{named} needs a login: {}", visible(why)),
        AccountStatus::Removed { .. } => format!("{named} was removed"),
    }
}

fn ordered(teller: &Teller<'_>, names: &mut Names<'_>, order: &HaltOrder) -> String {
    let scope = match &order.scope {
        Scope::Account(id) => format!("account {}", visible(&names.of(*id))),
        scope => visible(&scope_shown(scope)).into_owned(),
    };
    let review = order.review_at.map_or_else(String::new, |at| {
        format!("; to be looked at {}", teller.instant(at))
    });
    format!(
        "PAUSED: {scope}: {}{review} (pause {})",
        visible(&order.reason),
        order.id
    )
}

/// What was done to an event, with what it is then where it had not been there before.
fn event_set(teller: &Teller<'_>, event: &Event, was: Option<&Event>, entry: &Entry) -> String {
    let (title, reason) = (visible(&event.title), entry.reason.as_str());
    if let Some(at) = event.ended_at {
        return format!("event \"{title}\" ended {}", teller.instant(at));
    }
    if let Some(was) = was.filter(|was| was.stage == event.stage) {
        let done = match reason {
            done if DONE.contains(&done) => done,
            _ if differences(was, event, teller, entry.at).is_empty() => "told of again",
            _ => "changed",
        };
        return format!("event \"{title}\" was {done}");
    }
    let words: Vec<&str> = event
        .places
        .iter()
        .chain(&event.tags)
        .chain(&event.entities)
        .map(String::as_str)
        .collect();
    let words = if words.is_empty() {
        String::new()
    } else {
        format!("; it touches {}", visible(&words.join(", ")))
    };
    let done = match &event.stage {
        Stage::Proposed => "was proposed".to_owned(),
        Stage::Open if DONE.contains(&reason) => format!("was {reason}"),
        Stage::Open => "was flagged".to_owned(),
        Stage::Dismissed { by, why, .. } => {
            return format!(
                "event \"{title}\" was dismissed by {}: {}",
                visible(by),
                visible(why)
            );
        }
    };
    format!(
        "event \"{title}\" {done}: {}, {}{words}",
        event.severity,
        visible(&area(event))
    )
}

/// What is other than before, from what to what.
fn event_changes(was: &Event, event: &Event, teller: &Teller<'_>, at: Timestamp) -> Vec<String> {
    let all = differences(was, event, teller, at);
    all.iter()
        .map(|one| format!("{}: was {}, now {}", one.what, one.before, one.after))
        .collect()
}

fn feed_set(record: &FeedRecord) -> String {
    match record.older_list() {
        Some(list) => trends_set(&list),
        None => format!(
            "feed {} is watched: it {}",
            visible(&record.feed.name),
            record.feed.policy
        ),
    }
}

fn trends_set(list: &TrendsList) -> String {
    let name = visible(&list.name);
    if let Some(watch) = &list.watch {
        return match (watch.state.trouble.as_str(), watch.state.last_ok_at) {
            ("", None) => format!("the trends {name} are watched"),
            ("", Some(_)) => format!("the trends {name} were read: {} hashtags", list.tags.len()),
            (why, _) => format!("the trends {name} were not read: {}", visible(why)),
        };
    }
    format!(
        "the trends {} were set: {} hashtags",
        visible(&list.name),
        list.tags.len()
    )
}

fn feed_checked(name: &str, state: &FeedState) -> String {
    let name = visible(name);
    match state.trouble.as_str() {
        "" => format!("feed {name} was read: {}", visible(&state.said)),
        why => format!("feed {name} was not read: {}", visible(why)),
    }
}

/// The change with all its fields, but for secrets.
fn fields(around: &LogSurroundings, change: &Change) -> Value {
    let change = match change {
        Change::AccountSet { account } => Change::AccountSet {
            account: Account {
                server: shown_server(&around.adapters, account),
                ..account.clone()
            },
        },
        // An address of a feed may be known to its owner only.
        Change::FeedSet { feed } => Change::FeedSet {
            feed: FeedRecord {
                feed: Feed {
                    url: origin(&feed.feed.url),
                    ..feed.feed.clone()
                },
                ..feed.clone()
            },
        },
        Change::TrendsSet { list } => Change::TrendsSet {
            list: TrendsList {
                watch: list.watch.as_ref().map(|watch| TrendsWatch {
                    url: origin(&watch.url),
                    ..watch.clone()
                }),
                ..list.clone()
            },
        },
        other => other.clone(),
    };
    serde_json::to_value(change).unwrap_or_default()
}

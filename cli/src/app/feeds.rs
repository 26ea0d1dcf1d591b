//! Watching feeds: adding, removing, asking them, and what their words come to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use soundpost_adapters::feeds::HttpFeeds;
use soundpost_core::actor::Actor;
use soundpost_core::duty::refresh_feeds::{self, Looked, is_worth_writing};
use soundpost_core::event::{Event, Stage};
use soundpost_core::feed::{Feed, FeedState, PUSHED, Policy};
use soundpost_core::guard::feed::Proposal;
use soundpost_core::guard::feed::merge::{NEW_MAX, merge};
use soundpost_core::guard::stale::is_stale;
use soundpost_core::port::feed_source::Fetched;
use soundpost_core::port::store::Write;

use super::App;
use super::error::{AppError, Kind};
use super::events::{check_words, upper};
use crate::control::protocol::{FeedAsk, FeedRefreshed, FeedView};
use crate::output::visible;

/// How many feeds one pass asks at most; the rest is asked at the next.
pub(super) const PASS_MAX: usize = 10;
/// The longest name of a feed, in characters.
const NAME_CHARS_MAX: usize = 40;
/// The longest address that is kept.
const URL_BYTES_MAX: usize = 2000;
/// A feed must have been asked so often before it counts as stale.
pub(super) const ASKED_BEFORE_STALE: u32 = 3;
/// How long the daemon waits at its start for feeds that would hold everything because nobody read them while it was off.
const START_MAX: Duration = Duration::from_secs(15);

/// What a process knows of its feeds beyond the store: the newest times, and which are being asked right now.
#[derive(Debug, Default)]
pub struct FeedDesk {
    states: Mutex<BTreeMap<String, FeedState>>,
    asking: Mutex<BTreeSet<String>>,
}

/// A feed is asked by one task at a time: as long as this lives, by nobody else.
pub(super) struct Asking {
    desk: Arc<FeedDesk>,
    name: String,
}

impl Asking {
    pub(super) fn begin(desk: &Arc<FeedDesk>, name: &str) -> Option<Asking> {
        let mut asking = desk.asking.lock().unwrap_or_else(PoisonError::into_inner);
        asking.insert(name.to_owned()).then(|| Asking {
            desk: Arc::clone(desk),
            name: name.to_owned(),
        })
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let mut asking = self.desk.asking.lock().unwrap_or_else(PoisonError::into_inner);
        asking.remove(&self.name);
    }
}

impl App {
    /// Watches a feed, or watches it in another way.
    ///
    /// # Errors
    /// [`AppError`] when its name, address or times will not do.
    pub async fn feed_add(&self, who: &str, ask: FeedAsk) -> Result<FeedView, AppError> {
        let feed = self.feed(who, ask)?;
        self.check_free(&feed.name, true)?;
        let is_known = self.env.store.world().feeds.contains_key(&feed.name);
        let name = feed.name.clone();
        let set = Box::new(feed.clone());
        self.write(who, "", Write::SetFeed { feed: set }).await?;
        if is_known {
            // Another address, or another policy: all that it says is looked at anew.
            let (name, state) = (name.clone(), FeedState::default());
            self.write(who, "", Write::CheckFeed { name, state }).await?;
        }
        self.forget_feed(&name);
        Ok(self.feed_view(&feed))
    }

    /// All feeds and how they are doing.
    pub fn feed_list(&self) -> Vec<FeedView> {
        let world = self.env.store.world();
        world.feeds.values().map(|feed| self.feed_view(feed)).collect()
    }

    /// Feeds and lists of hashtags share their names.
    ///
    /// # Errors
    /// [`AppError`] when the other kind has this name.
    pub(super) fn check_free(&self, name: &str, for_watching: bool) -> Result<(), AppError> {
        let world = self.env.store.world();
        let (is_taken, kind) = match for_watching {
            true => (world.trends.contains_key(name), "a list of trends"),
            false => (world.feeds.contains_key(name), "a feed"),
        };
        if !is_taken {
            return Ok(());
        }
        let taken = AppError::conflict(format!("{kind} has the name '{}'", visible(name)));
        Err(taken.help("nothing was changed; take another name"))
    }

    /// Watches a feed no longer. Its events stay.
    ///
    /// # Errors
    /// [`AppError`] when there is no such feed.
    pub async fn feed_remove(&self, who: &str, name: String) -> Result<String, AppError> {
        let feed = self.feed_named(&name)?;
        self.write(who, "", Write::RemoveFeed { name }).await?;
        self.forget_feed(&feed.name);
        Ok(format!(
            "feed '{}' is watched no longer; its events stay as they are, and what it held waits for a person",
            visible(&feed.name)
        ))
    }

    /// Asks one feed, or all, now.
    ///
    /// # Errors
    /// [`AppError`] when there is no such feed.
    pub async fn feed_refresh(&self, name: Option<&str>) -> Result<Vec<FeedRefreshed>, AppError> {
        let feeds = match name {
            Some(name) => vec![self.feed_named(name)?],
            None => self.env.store.world().feeds.values().cloned().collect(),
        };
        let mut all = Vec::new();
        for feed in feeds.iter().take(PASS_MAX) {
            all.push(self.refresh(feed).await?);
        }
        all.extend(feeds.iter().skip(PASS_MAX).map(|feed| FeedRefreshed {
            name: visible(&feed.name).into_owned(),
            trouble: Some(format!("not asked: {PASS_MAX} at one time are the most; name it")),
            ..FeedRefreshed::default()
        }));
        Ok(all)
    }

    /// One pass over the feeds that are due.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub async fn refresh_due_feeds(&self) -> Result<Vec<FeedRefreshed>, AppError> {
        let world = self.env.store.world();
        let due = refresh_feeds::due(world.feeds.values(), |feed| self.state_of(feed), self.now());
        let mut all = Vec::new();
        for feed in due.iter().take(PASS_MAX) {
            all.push(self.refresh(feed).await?);
        }
        Ok(all)
    }

    /// At the start of the daemon: feeds that hold when they are stale are asked before anything is sent, for they grew
    /// stale only because nobody asked. So are watched lists of hashtags that grew old, and would hold nothing.
    pub async fn refresh_stale_feeds(&self) {
        let world = self.env.store.world();
        let now = self.now();
        let stale: Vec<Feed> = world
            .feeds
            .values()
            .filter(|f| is_stale(f, &world, now))
            .cloned()
            .collect();
        let old = self.due_trends();
        let old = old.iter().filter(|list| !list.counts_at(now));
        let asked = tokio::time::timeout(START_MAX, async {
            for feed in &stale {
                if let Err(error) = self.refresh(feed).await {
                    tracing::warn!(feed = %feed.name, %error, "cannot refresh the feed");
                }
            }
            for list in old {
                if let Err(error) = self.refresh_list(list).await {
                    tracing::warn!(trends = %list.name, %error, "cannot refresh the trends");
                }
            }
        });
        if asked.await.is_err() {
            tracing::warn!("some feeds were not read in time: what they hold waits");
        }
    }

    async fn refresh(&self, feed: &Feed) -> Result<FeedRefreshed, AppError> {
        let mut refreshed = FeedRefreshed {
            name: visible(&feed.name).into_owned(),
            ..FeedRefreshed::default()
        };
        let Some(_asking) = Asking::begin(&self.feeds, &feed.name) else {
            refreshed.trouble = Some("it is being asked already".to_owned());
            return Ok(refreshed);
        };
        if feed.is_pushed() {
            refreshed.trouble = Some("it is not asked: its source sends to the daemon".to_owned());
            return Ok(refreshed);
        }
        let source = HttpFeeds::new(Arc::clone(&self.env.transport));
        let looked = refresh_feeds::look(&self.env, &source, feed, &self.state_of(feed)).await;
        self.settle(feed, looked, refreshed).await
    }

    /// Takes a message that the source of a pushed feed sent. Its signature has been verified. When this returns, what it
    /// says is durable.
    ///
    /// # Errors
    /// [`AppError`] when there is no such pushed feed, another message of it is being taken, or the store's.
    pub async fn feed_pushed(&self, name: &str, message: Fetched) -> Result<FeedRefreshed, AppError> {
        let feed = self.feed_named(name)?;
        if !feed.is_pushed() {
            let why = format!("the feed '{}' is asked, and takes no messages", visible(name));
            return Err(AppError::new(Kind::NotFound, why));
        }
        let Some(_asking) = Asking::begin(&self.feeds, &feed.name) else {
            return Err(AppError::conflict("another message of this feed is being taken"));
        };
        let looked = refresh_feeds::take(&self.env, &feed, &self.state_of(&feed), Ok(message));
        let refreshed = FeedRefreshed {
            name: visible(&feed.name).into_owned(),
            ..FeedRefreshed::default()
        };
        self.settle(&feed, looked, refreshed).await
    }

    /// Writes what a feed said, and how it is doing.
    async fn settle(
        &self,
        feed: &Feed,
        mut looked: Looked,
        mut refreshed: FeedRefreshed,
    ) -> Result<FeedRefreshed, AppError> {
        // Removed meanwhile: its words count no more.
        if !self.env.store.world().feeds.contains_key(&feed.name) {
            return Ok(refreshed);
        }
        let left_out = self.take_up(feed, &looked.proposals, &mut refreshed).await?;
        if left_out > 0 {
            // What was left out is looked at again next time.
            (looked.state.etag, looked.state.last_modified) = (None, None);
            looked.state.said = format!("{}, {left_out} left for the next time", looked.state.said);
        }
        self.remember(feed, &looked).await?;
        refreshed.said = visible(&looked.state.said).into_owned();
        refreshed.trouble = Some(looked.state.trouble)
            .filter(|t| !t.is_empty())
            .map(|t| visible(&t).into_owned());
        Ok(refreshed)
    }

    /// Brings each proposal together with the events of its moment, so that nothing that a person decides meanwhile is
    /// overwritten; says how many new ones were left out.
    async fn take_up(
        &self,
        feed: &Feed,
        proposals: &[Proposal],
        refreshed: &mut FeedRefreshed,
    ) -> Result<usize, AppError> {
        let by = Actor::Duty(format!("feed {}", feed.name));
        let (mut new, mut left_out) = (0, 0);
        for proposal in proposals {
            let world = self.env.store.world();
            let one = std::slice::from_ref(proposal);
            for event in merge(feed, one, &world, self.now(), &*self.env.entropy).events {
                let known = world.events.get(&event.id);
                if known.is_none() && new == NEW_MAX {
                    left_out += 1;
                    continue;
                }
                new += usize::from(known.is_none());
                let effect = self.set_event_by(&by, "the feed says so", &event).await?;
                list_of(refreshed, known, &event).push(visible(&event.title).into_owned());
                refreshed.held.extend(effect.held);
                refreshed.released.extend(effect.released);
            }
        }
        Ok(left_out)
    }

    async fn remember(&self, feed: &Feed, looked: &Looked) -> Result<(), AppError> {
        let stored = self.env.store.world().feed_states.get(&feed.name).cloned();
        self.remember_state(&feed.name, &looked.state);
        if is_worth_writing(feed.stale_after_min, stored.as_ref(), &looked.state) {
            let write = Write::CheckFeed {
                name: feed.name.clone(),
                state: looked.state.clone(),
            };
            self.write_by(&Actor::Duty("refresh feeds".to_owned()), "", write)
                .await?;
        }
        Ok(())
    }

    /// Keeps the newest times of what was asked.
    pub(super) fn remember_state(&self, name: &str, state: &FeedState) {
        let mut states = self.feeds.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.insert(name.to_owned(), state.clone());
    }

    /// What this process knows of the times beyond the store, if anything.
    pub(super) fn newest_state(&self, name: &str) -> Option<FeedState> {
        let states = self.feeds.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.get(name).cloned()
    }

    /// What this process knows beyond the store is of no use any more.
    pub(super) fn forget_feed(&self, name: &str) {
        let mut states = self.feeds.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.remove(name);
    }

    /// How a feed is doing, as new as this process knows.
    fn state_of(&self, feed: &Feed) -> FeedState {
        self.newest_state(&feed.name)
            .or_else(|| self.env.store.world().feed_states.get(&feed.name).cloned())
            .unwrap_or_default()
    }

    fn feed_named(&self, name: &str) -> Result<Feed, AppError> {
        let feed = self.env.store.world().feeds.get(name).cloned();
        feed.ok_or_else(|| {
            let error = AppError::new(Kind::NotFound, format!("there is no feed '{}'", visible(name)));
            error.help("soundpost feed list shows all")
        })
    }

    fn feed(&self, who: &str, ask: FeedAsk) -> Result<Feed, AppError> {
        check_name(&ask.name)?;
        check_url(&ask.url)?;
        let countries = upper(ask.countries);
        check_words("unknown", &countries, &[])?;
        let stale_after_min = ask
            .stale_after_min
            .unwrap_or(ask.every_min.saturating_mul(12).max(60));
        if ask.every_min == 0 || stale_after_min < ask.every_min.saturating_mul(ASKED_BEFORE_STALE) {
            return Err(AppError::bad_input(format!(
                "--stale-after must be at least {ASKED_BEFORE_STALE} times --every, and --every at least 1 minute: one \
                 lost answer is no silence"
            )));
        }
        Ok(Feed {
            name: ask.name,
            url: ask.url,
            policy: match ask.flag_from {
                Some(from) => Policy::Flag { from },
                None => Policy::Propose,
            },
            countries,
            every_min: ask.every_min,
            stale_after_min,
            when_stale: ask.when_stale,
            allow_private: ask.allow_private,
            added_by: who.to_owned(),
            added_at: self.now(),
        })
    }

    /// One feed as people see it.
    pub(super) fn feed_view(&self, feed: &Feed) -> FeedView {
        let world = self.env.store.world();
        let state = self.state_of(feed);
        let teller = self.teller(&self.zone);
        let shown = |at: Option<Timestamp>| at.map(|at| teller.instant(at));
        FeedView {
            name: visible(&feed.name).into_owned(),
            url: visible(&feed.url).into_owned(),
            policy: feed.policy.to_string(),
            countries: feed.countries.clone(),
            every_min: feed.every_min,
            stale_after_min: feed.stale_after_min,
            when_stale: feed.when_stale.to_string(),
            allow_private: feed.allow_private,
            last_ok: shown(state.last_ok_at),
            next: shown(state.next_at),
            failures: state.failures,
            failing_since: shown(state.failing_since),
            trouble: Some(visible(&state.trouble).into_owned()).filter(|t| !t.is_empty()),
            said: visible(&state.said).into_owned(),
            stale: self.now() > feed.stale_at(Some(&state)) && is_stale(feed, &world, self.now()),
        }
    }
}

/// Where the title of an event goes: newly proposed, newly flagged, or changed.
fn list_of<'a>(
    refreshed: &'a mut FeedRefreshed,
    known: Option<&Event>,
    event: &Event,
) -> &'a mut Vec<String> {
    let was_open = known.is_some_and(|k| k.stage == Stage::Open);
    match (&event.stage, known) {
        (Stage::Proposed, None) => &mut refreshed.proposed,
        (Stage::Open, _) if !was_open => &mut refreshed.flagged,
        _ => &mut refreshed.changed,
    }
}

pub(super) fn check_name(name: &str) -> Result<(), AppError> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= NAME_CHARS_MAX && name.chars().all(good) {
        return Ok(());
    }
    Err(AppError::bad_input(format!(
        "'{}' is no name: use letters, digits, - and _, at most {NAME_CHARS_MAX}",
        visible(name)
    )))
}

pub(super) fn check_url(url: &str) -> Result<(), AppError> {
    if url == PUSHED {
        return Ok(());
    }
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let has_user = url
        .split(['/', '?', '#'])
        .nth(2)
        .is_some_and(|host| host.contains('@'));
    if is_web && !has_user && url.len() <= URL_BYTES_MAX && !url.contains(char::is_whitespace) {
        return Ok(());
    }
    let error = AppError::bad_input(
        "the address of a feed begins with https:// or http://, and holds no user or password",
    );
    Err(error.help("nothing was changed"))
}

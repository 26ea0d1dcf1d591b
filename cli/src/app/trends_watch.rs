//! Lists of hashtags that are read at an address: adding them, asking for them, and what a new one holds.

use std::sync::Arc;

use jiff::Timestamp;
use soundpost_adapters::feeds::HttpFeeds;
use soundpost_core::actor::Actor;
use soundpost_core::duty::refresh_trends::{self, Looked};
use soundpost_core::feed::{FeedState, PUSHED};
use soundpost_core::port::store::Write;
use soundpost_core::trends::{LASTS_MIN, TrendsList, TrendsWatch};

use super::App;
use super::error::AppError;
use super::feeds::{ASKED_BEFORE_STALE, Asking, PASS_MAX, check_name, check_url};
use super::rejudge::Span;
use crate::control::protocol::{DeliveryView, TrendsAdd, TrendsSet, TrendsView};

impl App {
    /// Watches a list of hashtags, or watches it in another way.
    ///
    /// # Errors
    /// [`AppError`] when its name, address or times will not do.
    pub async fn trends_add(&self, who: &str, ask: TrendsAdd) -> Result<TrendsView, AppError> {
        check_name(&ask.name)?;
        check_url(&ask.url)?;
        if ask.url == PUSHED {
            let error = AppError::bad_input("trends are read at an address of http or https");
            return Err(error.help("what a program has may come by: soundpost trends set NAME -"));
        }
        let every_max = LASTS_MIN / ASKED_BEFORE_STALE;
        if !(1..=every_max).contains(&ask.every_min) {
            return Err(AppError::bad_input(format!(
                "--every must be 1 to {every_max} minutes: a list counts for {LASTS_MIN}, and one lost answer is no silence"
            )));
        }
        self.check_free(&ask.name, false)?;
        self.check_kind(&ask.name, true)?;
        let known = self.env.store.world().trends.get(&ask.name).cloned();
        let list = self.watched_list(who, ask, known);
        let set = Box::new(list.clone());
        self.write(
            who,
            "",
            Write::SetTrends {
                list: set,
                steps: Vec::new(),
            },
        )
        .await?;
        self.forget_feed(&list.name);
        Ok(self.trends_view(&list))
    }

    /// What was read at the same address counts on; all of it is read anew.
    fn watched_list(&self, who: &str, ask: TrendsAdd, known: Option<TrendsList>) -> TrendsList {
        let same = known.and_then(|list| {
            let watch = list.watch.filter(|watch| watch.url == ask.url)?;
            Some((list.tags, watch.state.last_ok_at))
        });
        let (tags, last_ok_at) = same.unwrap_or_default();
        TrendsList {
            name: ask.name,
            tags,
            set_by: who.to_owned(),
            set_at: self.now(),
            watch: Some(TrendsWatch {
                url: ask.url,
                every_min: ask.every_min,
                allow_private: ask.allow_private,
                state: FeedState {
                    last_ok_at,
                    ..FeedState::default()
                },
            }),
        }
    }

    /// Asks for one watched list, or for all, now.
    ///
    /// # Errors
    /// [`AppError`] when there is no such list, or nobody reads it at an address.
    pub async fn trends_refresh(&self, name: Option<&str>) -> Result<Vec<TrendsSet>, AppError> {
        let lists = match name {
            Some(name) => {
                let list = self.trends_named(name)?;
                self.check_kind(name, true)?;
                vec![list]
            }
            None => self.env.store.world().trends.values().cloned().collect(),
        };
        let mut all = Vec::new();
        for list in lists.iter().filter(|list| list.watch.is_some()).take(PASS_MAX) {
            all.push(self.refresh_list(list).await?);
        }
        Ok(all)
    }

    /// One pass over the watched lists that are due.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub async fn refresh_due_trends(&self) -> Result<Vec<TrendsSet>, AppError> {
        let mut all = Vec::new();
        for list in self.due_trends().iter().take(PASS_MAX) {
            all.push(self.refresh_list(list).await?);
        }
        Ok(all)
    }

    /// The watched lists that are due.
    pub(super) fn due_trends(&self) -> Vec<TrendsList> {
        let world = self.env.store.world();
        let state = |list: &TrendsList, watch: &TrendsWatch| self.trends_state(list, watch);
        refresh_trends::due(world.trends.values(), state, self.now())
    }

    /// Asks for a list, writes what it has, and judges the queue by it in the same step.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub(super) async fn refresh_list(&self, list: &TrendsList) -> Result<TrendsSet, AppError> {
        let asking = Asking::begin(&self.feeds, &list.name);
        let (Some(watch), Some(_asking)) = (&list.watch, asking) else {
            return Ok(self.as_it_is(list, Vec::new()));
        };
        let source = HttpFeeds::new(Arc::clone(&self.env.transport));
        let known = self.trends_state(list, watch);
        let looked = refresh_trends::look(&self.env, &source, watch, &known).await;
        // Removed or set in another way meanwhile: what was read of the old one counts no more.
        let stored = self.env.store.world().trends.get(&list.name).cloned();
        let Some(stored) = stored.filter(|stored| stored.set_at == list.set_at) else {
            return Ok(self.as_it_is(list, Vec::new()));
        };
        let held = self.take_list(&stored, &looked).await?;
        let newest = self.env.store.world().trends.get(&list.name).cloned();
        Ok(self.as_it_is(newest.as_ref().unwrap_or(&stored), held))
    }

    fn as_it_is(&self, list: &TrendsList, held: Vec<DeliveryView>) -> TrendsSet {
        TrendsSet {
            list: self.trends_view(list),
            held,
        }
    }

    async fn take_list(&self, stored: &TrendsList, looked: &Looked) -> Result<Vec<DeliveryView>, AppError> {
        let Some(watch) = &stored.watch else {
            return Ok(Vec::new());
        };
        let now = self.now();
        let next = refresh_trends::after(stored, watch, looked, now);
        if let Some(next) = next {
            let held = self.write_list(next, now).await?;
            self.remember_state(&stored.name, &looked.state);
            return Ok(held);
        }
        self.remember_state(&stored.name, &looked.state);
        Ok(Vec::new())
    }

    /// A list that was not read holds what it held before: then nothing is judged anew.
    async fn write_list(&self, next: TrendsList, now: Timestamp) -> Result<Vec<DeliveryView>, AppError> {
        let by = Actor::Duty(format!("trends {}", next.name));
        let list = Box::new(next);
        let was_read = list.watch.as_ref().is_some_and(|watch| watch.state.failures == 0);
        if !was_read {
            self.write_by(
                &by,
                "",
                Write::SetTrends {
                    list,
                    steps: Vec::new(),
                },
            )
            .await?;
            return Ok(Vec::new());
        }
        let mut world = (*self.env.store.world()).clone();
        world.set_trends((*list).clone());
        let until = list.old_at().unwrap_or(now);
        let write = |steps| Write::SetTrends {
            list: list.clone(),
            steps,
        };
        let effect = self
            .change_world_by(&by, "", &world, Span::DueUntil(until), write)
            .await?;
        Ok(effect.held)
    }

    /// How a watched list is doing, as new as this process knows.
    pub(super) fn trends_state(&self, list: &TrendsList, watch: &TrendsWatch) -> FeedState {
        self.newest_state(&list.name)
            .unwrap_or_else(|| watch.state.clone())
    }
}

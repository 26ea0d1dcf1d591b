//! Lists of hashtags that rise: setting, listing, removing them. Those that are read at an address:
//! `trends_watch.rs`.

use soundpost_core::feed::FeedState;
use soundpost_core::guard::feed::trends::read;
use soundpost_core::port::store::Write;
use soundpost_core::trends::{TrendsList, TrendsWatch};

use super::App;
use super::error::{AppError, Kind};
use super::feeds::check_name;
use crate::control::protocol::{Answer, TrendsAsk, TrendsSet, TrendsView, TrendsWatched};
use crate::output::visible;

impl App {
    /// Answers what is asked about lists of hashtags.
    ///
    /// # Errors
    /// [`AppError`]; then nothing changes.
    pub async fn trends(&self, who: &str, ask: TrendsAsk) -> Result<Answer, AppError> {
        match ask {
            TrendsAsk::Set { name, text } => self.trends_set(who, &name, &text).await.map(Answer::TrendsSet),
            TrendsAsk::Add(ask) => self.trends_add(who, ask).await.map(Answer::TrendsAdded),
            TrendsAsk::List => Ok(Answer::Trends(self.trends_list())),
            TrendsAsk::Refresh { name } => {
                let refreshed = self.trends_refresh(name.as_deref()).await;
                refreshed.map(Answer::TrendsRefreshed)
            }
            TrendsAsk::Remove { name } => self.trends_remove(who, &name).await.map(Answer::Said),
        }
    }

    /// Sets a list of hashtags, new or in place of the one of this name, and judges the queue by it.
    ///
    /// # Errors
    /// [`AppError`] when the name will not do, or the text is no such list; then nothing is changed.
    pub async fn trends_set(&self, who: &str, name: &str, text: &str) -> Result<TrendsSet, AppError> {
        check_name(name)?;
        self.check_free(name, false)?;
        self.check_kind(name, false)?;
        let refused = |why: &str| AppError::bad_input(visible(why)).help("nothing was changed");
        let rising = read(text.as_bytes(), None).map_err(|refusal| refused(&refusal.to_string()))?;
        if rising.tags.is_empty() {
            return Err(refused("there is no hashtag in it"));
        }
        let list = TrendsList {
            name: name.to_owned(),
            tags: rising.tags,
            set_by: who.to_owned(),
            set_at: self.now(),
            watch: None,
        };
        let mut world = (*self.env.store.world()).clone();
        world.set_trends(list.clone());
        let write = |steps| Write::SetTrends {
            list: Box::new(list.clone()),
            steps,
        };
        let effect = self.change_world(who, &world, write).await?;
        Ok(TrendsSet {
            list: self.trends_view(&list),
            held: effect.held,
        })
    }

    /// All lists of hashtags.
    pub fn trends_list(&self) -> Vec<TrendsView> {
        let world = self.env.store.world();
        let lists = world.trends.values();
        lists.map(|list| self.trends_view(list)).collect()
    }

    /// Forgets a list. What it held waits for a person.
    ///
    /// # Errors
    /// [`AppError`] when there is no such list.
    pub async fn trends_remove(&self, who: &str, name: &str) -> Result<String, AppError> {
        self.trends_named(name)?;
        let name = name.to_owned();
        self.write(who, "", Write::RemoveTrends { name: name.clone() })
            .await?;
        self.forget_feed(&name);
        Ok(format!(
            "the trends '{}' are forgotten; what they held waits for a person",
            visible(&name)
        ))
    }

    /// The list of this name.
    ///
    /// # Errors
    /// [`AppError`] when there is none.
    pub(super) fn trends_named(&self, name: &str) -> Result<TrendsList, AppError> {
        let list = self.env.store.world().trends.get(name).cloned();
        list.ok_or_else(|| {
            let error = format!("there are no trends '{}'", visible(name));
            AppError::new(Kind::NotFound, error).help("soundpost trends list shows all")
        })
    }

    /// A list that is read at an address is not overwritten by hand, nor the other way round: the next reading would
    /// throw one of them away.
    pub(super) fn check_kind(&self, name: &str, is_watched: bool) -> Result<(), AppError> {
        let known = self.env.store.world().trends.get(name).cloned();
        let Some(known) = known.filter(|list| list.watch.is_some() != is_watched) else {
            return Ok(());
        };
        let shown = visible(&known.name);
        let how = match known.watch {
            Some(_) => "are read at an address",
            None => "were set by hand",
        };
        let error = AppError::conflict(format!("the trends '{shown}' {how}"));
        Err(error.help(format!(
            "nothing was changed; take another name, or first: soundpost trends remove {shown}"
        )))
    }

    /// One list as people see it.
    pub(super) fn trends_view(&self, list: &TrendsList) -> TrendsView {
        let teller = self.teller(&self.zone);
        // What this process read last may be newer than what is worth writing.
        let newest = TrendsList {
            watch: list.watch.as_ref().map(|watch| TrendsWatch {
                state: self.trends_state(list, watch),
                ..watch.clone()
            }),
            ..list.clone()
        };
        let old_at = newest.old_at();
        TrendsView {
            name: visible(&list.name).into_owned(),
            tags: list.tags.clone(),
            set_by: visible(&list.set_by).into_owned(),
            set_at: list.set_at.to_string(),
            set_shown: teller.instant(list.set_at),
            watched: newest.watch.as_ref().map(|watch| self.watched_view(watch)),
            old_shown: old_at.map(|at| teller.instant(at)),
            is_old: old_at.is_some_and(|at| self.now() > at),
        }
    }

    fn watched_view(&self, watch: &TrendsWatch) -> TrendsWatched {
        let teller = self.teller(&self.zone);
        let FeedState {
            last_ok_at,
            next_at,
            failures,
            failing_since,
            trouble,
            said,
            ..
        } = &watch.state;
        TrendsWatched {
            url: visible(&watch.url).into_owned(),
            every_min: watch.every_min,
            allow_private: watch.allow_private,
            read_at: last_ok_at.map(|at| at.to_string()),
            read_shown: last_ok_at.map(|at| teller.instant(at)),
            next: next_at.map(|at| teller.instant(at)),
            failures: *failures,
            failing_since: failing_since.map(|at| teller.instant(at)),
            trouble: Some(visible(trouble).into_owned()).filter(|t| !t.is_empty()),
            said: visible(said).into_owned(),
        }
    }
}

//! Lists of hashtags that rise: setting, listing, removing them.

use soundpost_core::feed::{Feed, Policy, WhenStale};
use soundpost_core::guard::rules::trends::{LASTS, TrendError, old_at, read};
use soundpost_core::port::store::Write;

use super::App;
use super::error::{AppError, Kind};
use super::feeds::check_name;
use crate::control::protocol::{TrendsSet, TrendsView};
use crate::output::visible;

impl App {
    /// Sets a list of hashtags, new or in place of the one of this name, and judges the queue by it.
    ///
    /// # Errors
    /// [`AppError`] when the name will not do, or the text is no such list; then nothing is changed.
    pub async fn trends_set(&self, who: &str, name: &str, text: &str) -> Result<TrendsSet, AppError> {
        check_name(name)?;
        self.check_free(name, false)?;
        let tags = read(text).map_err(|error| unreadable(&error))?;
        let list = Feed {
            name: name.to_owned(),
            url: String::new(),
            policy: Policy::Propose,
            countries: Vec::new(),
            every_min: 0,
            stale_after_min: u32::try_from(LASTS.as_mins()).unwrap_or(u32::MAX),
            when_stale: WhenStale::Report,
            allow_private: false,
            added_by: who.to_owned(),
            added_at: self.now(),
            trends: Some(tags),
        };
        let view = self.trends_view(&list);
        self.write(who, "", Write::SetFeed { feed: Box::new(list) })
            .await?;
        let world = self.env.store.world();
        let effect = self
            .change_world(who, &world, |steps| Write::Move { steps })
            .await?;
        Ok(TrendsSet {
            list: view,
            held: effect.held,
        })
    }

    /// All lists of hashtags.
    pub fn trends_list(&self) -> Vec<TrendsView> {
        let world = self.env.store.world();
        let lists = world.feeds.values().filter(|feed| !feed.is_watched());
        lists.map(|list| self.trends_view(list)).collect()
    }

    /// Forgets a list. What it held waits for a person.
    ///
    /// # Errors
    /// [`AppError`] when there is no such list.
    pub async fn trends_remove(&self, who: &str, name: &str) -> Result<String, AppError> {
        let world = self.env.store.world();
        if world.feeds.get(name).is_none_or(Feed::is_watched) {
            let error = format!("there are no trends '{}'", visible(name));
            return Err(AppError::new(Kind::NotFound, error).help("soundpost trends list shows all"));
        }
        let name = name.to_owned();
        self.write(who, "", Write::RemoveFeed { name: name.clone() })
            .await?;
        Ok(format!(
            "the trends '{}' are forgotten; what they held waits for a person",
            visible(&name)
        ))
    }

    fn trends_view(&self, list: &Feed) -> TrendsView {
        let teller = self.teller(&self.zone);
        TrendsView {
            name: visible(&list.name).into_owned(),
            tags: list.trends.clone().unwrap_or_default(),
            set_by: visible(&list.added_by).into_owned(),
            set_at: list.added_at.to_string(),
            set_shown: teller.instant(list.added_at),
            old_shown: teller.instant(old_at(list)),
            is_old: self.now() > old_at(list),
        }
    }
}

fn unreadable(error: &TrendError) -> AppError {
    AppError::bad_input(visible(&error.to_string())).help("nothing was changed")
}

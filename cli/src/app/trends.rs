//! Lists of hashtags that rise: setting, listing, removing them.

use soundpost_core::guard::rules::trends::{TrendError, read};
use soundpost_core::port::store::Write;
use soundpost_core::trends::TrendsList;

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
        let list = TrendsList {
            name: name.to_owned(),
            tags,
            set_by: who.to_owned(),
            set_at: self.now(),
        };
        let mut world = (*self.env.store.world()).clone();
        world.trends.insert(list.name.clone(), list.clone());
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
        let world = self.env.store.world();
        if !world.trends.contains_key(name) {
            let error = format!("there are no trends '{}'", visible(name));
            return Err(AppError::new(Kind::NotFound, error).help("soundpost trends list shows all"));
        }
        let name = name.to_owned();
        self.write(who, "", Write::RemoveTrends { name: name.clone() })
            .await?;
        Ok(format!(
            "the trends '{}' are forgotten; what they held waits for a person",
            visible(&name)
        ))
    }

    fn trends_view(&self, list: &TrendsList) -> TrendsView {
        let teller = self.teller(&self.zone);
        TrendsView {
            name: visible(&list.name).into_owned(),
            tags: list.tags.clone(),
            set_by: visible(&list.set_by).into_owned(),
            set_at: list.set_at.to_string(),
            set_shown: teller.instant(list.set_at),
            old_shown: teller.instant(list.old_at()),
            is_old: self.now() > list.old_at(),
        }
    }
}

fn unreadable(error: &TrendError) -> AppError {
    AppError::bad_input(visible(&error.to_string())).help("nothing was changed")
}

//! From what people type (the ending of an id) to deliveries.

use std::collections::BTreeSet;

use soundpost_core::delivery::Delivery;
use soundpost_core::id::{AccountId, DeliveryId, ENDING_CHARS_MIN, EventId, PostId};
use soundpost_core::port::store::{Query, ending_like};
use soundpost_core::post::Post;

use super::App;
use super::error::{AppError, Kind};
use crate::control::protocol::{DeliveryView, Listed, QueueAsk, Shown};
use crate::output::visible;

impl App {
    /// The post whose id ends like this.
    ///
    /// # Errors
    /// [`AppError`] when there is none, when there are several, or when the ending is too short.
    pub async fn find_post(&self, ending: &str) -> Result<Post, AppError> {
        check_ending(ending)?;
        let found = self.env.store.posts_ending(&ending.to_ascii_lowercase()).await?;
        let id = one_of(ending, "post", &found)?;
        let post = self.env.store.post(id).await?;
        post.ok_or_else(|| AppError::new(Kind::NotFound, format!("there is no post '{ending}'")))
    }

    /// The deliveries that this names: `<post>.<n>`, or all of a post.
    ///
    /// # Errors
    /// As [`App::find_post`]; also when the post has no such delivery.
    pub async fn find(&self, typed: &str) -> Result<Vec<Delivery>, AppError> {
        let (ending, n) = match typed.split_once('.') {
            Some((ending, n)) => (ending, Some(n)),
            None => (typed, None),
        };
        let post = self.find_post(ending).await?;
        let Some(n) = n else {
            return self.of_post(post.id).await;
        };
        let not_there = || AppError::new(Kind::NotFound, format!("there is no delivery '{typed}'"));
        let n: u16 = n.parse().map_err(|_| not_there())?;
        let delivery = self.env.store.delivery(DeliveryId { post: post.id, n }).await?;
        Ok(vec![delivery.ok_or_else(not_there)?])
    }

    /// The deliveries that all of these name, each once.
    ///
    /// # Errors
    /// As [`App::find`], for the first that fails.
    pub async fn find_all(&self, typed: &[String]) -> Result<Vec<Delivery>, AppError> {
        let mut all: Vec<Delivery> = Vec::new();
        let mut seen = BTreeSet::new();
        for one in typed {
            all.extend(self.find(one).await?.into_iter().filter(|d| seen.insert(d.id)));
        }
        Ok(all)
    }

    /// All deliveries of a post.
    ///
    /// # Errors
    /// [`AppError`] when the store cannot be read.
    pub async fn of_post(&self, post: PostId) -> Result<Vec<Delivery>, AppError> {
        let mut found = self
            .env
            .store
            .list(&Query {
                post: Some(post),
                ..Query::default()
            })
            .await?;
        found.sort_by_key(|d| d.id);
        Ok(found)
    }

    /// The event whose id ends like this.
    ///
    /// # Errors
    /// As [`App::find_post`].
    pub fn find_event(&self, ending: &str) -> Result<EventId, AppError> {
        check_ending(ending)?;
        let world = self.env.store.world();
        one_of(
            ending,
            "event",
            &ending_like(world.events.keys().copied(), ending),
        )
    }

    /// Lists deliveries.
    ///
    /// # Errors
    /// [`AppError`] for an unknown state or account.
    pub async fn queue(&self, ask: &QueueAsk) -> Result<Listed, AppError> {
        let query = Query {
            states: states(&ask.states)?,
            account: self.account_typed(ask.account.as_deref())?,
            ..Query::default()
        };
        let mut found = self.env.store.list(&query).await?;
        let all = found.len();
        found.truncate(limit_of(ask.limit));
        Ok(Listed {
            more: all - found.len(),
            deliveries: self.views(&found).await?,
            narrowed: !ask.states.is_empty() || ask.account.is_some(),
        })
    }

    /// The account with this label, if one was typed.
    ///
    /// # Errors
    /// [`AppError`] when there is none; it names those that there are.
    pub fn account_typed(&self, name: Option<&str>) -> Result<Option<AccountId>, AppError> {
        let Some(name) = name else {
            return Ok(None);
        };
        let world = self.env.store.world();
        if let Some(account) = world.account_named(name) {
            return Ok(Some(account.id));
        }
        let mut known: Vec<&str> = world
            .accounts
            .values()
            .filter(|a| a.exists())
            .map(|a| a.name.as_str())
            .collect();
        known.sort_unstable();
        let error = AppError::new(Kind::NotFound, format!("there is no account '{}'", visible(name)));
        Err(if known.is_empty() {
            error
        } else {
            error.help(format!("there are: {}", known.join(", ")))
        })
    }

    /// These deliveries, in this order; those that are not there are left out.
    ///
    /// # Errors
    /// [`AppError`] when the store cannot be read.
    pub async fn deliveries(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryView>, AppError> {
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.env.store.delivery(*id).await?);
        }
        self.views(&found).await
    }

    /// A post with its deliveries.
    ///
    /// # Errors
    /// As [`App::find_post`].
    pub async fn show(&self, typed: &str) -> Result<Shown, AppError> {
        let deliveries = self.find(typed).await?;
        let ending = typed.split('.').next().unwrap_or(typed);
        let post = self.find_post(ending).await?;
        let newest = post.revision(u32::MAX);
        Ok(Shown {
            post: post.id.to_string(),
            by: post.created_by.to_string(),
            at_shown: self.teller(&self.zone).instant(post.created_at),
            revision: newest.number,
            content: newest.content.clone(),
            deliveries: deliveries.iter().map(|d| self.view(d, Some(&post))).collect(),
        })
    }
}

/// At most so many; 0 = all.
pub(super) fn limit_of(limit: usize) -> usize {
    if limit == 0 { usize::MAX } else { limit }
}

/// The states with these names; none named = all that is not at its end.
///
/// # Errors
/// [`AppError`] for a name that is none.
pub(super) fn states(names: &[String]) -> Result<BTreeSet<soundpost_core::delivery::StateName>, AppError> {
    use soundpost_core::delivery::StateName;
    if names.is_empty() {
        return Ok(Query::open().states);
    }
    if names.iter().any(|n| n == "all") {
        return Ok(BTreeSet::new());
    }
    let mut states = BTreeSet::new();
    for name in names {
        let found = StateName::ALL.into_iter().find(|s| s.name() == name);
        states.insert(found.ok_or_else(|| {
            let all: Vec<_> = StateName::ALL.iter().map(|s| s.name()).collect();
            AppError::bad_input(format!("'{name}' is not a state: use all, {}", all.join(", ")))
        })?);
    }
    Ok(states)
}

/// # Errors
/// [`AppError`] when this is too short to be the ending of an id, or none.
pub(super) fn check_ending(ending: &str) -> Result<(), AppError> {
    if ending.len() < ENDING_CHARS_MIN || !ending.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(AppError::bad_input(format!(
            "'{}' is too short or not an id: give at least the last {ENDING_CHARS_MIN} characters",
            visible(ending)
        )));
    }
    Ok(())
}

/// The one that was found.
///
/// # Errors
/// [`AppError`] when there is none, or when there are several.
pub(super) fn one_of<T: Copy + ToString>(ending: &str, what: &str, found: &[T]) -> Result<T, AppError> {
    match found {
        [one] => Ok(*one),
        [] => Err(
            AppError::new(Kind::NotFound, format!("there is no {what} '{ending}'")).help(match what {
                "event" => "soundpost event list --all lists every event",
                _ => "soundpost queue --state all lists every post",
            }),
        ),
        several => {
            let mut error = AppError::bad_input(format!("several {what}s end in '{ending}'"));
            error.details = several.iter().map(ToString::to_string).collect();
            Err(error.help("type more of the ending"))
        }
    }
}

//! Asking for a watched list of hashtags once: what it has now, and when to ask again. The times are those of feeds.

use jiff::Timestamp;

use super::refresh_feeds::{is_worth_writing, told};
use crate::environment::Environment;
use crate::feed::FeedState;
use crate::guard::feed::trends::read;
use crate::port::feed_source::FeedSource;
use crate::trends::{LASTS_MIN, TrendsList, TrendsWatch};

/// What asking once came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// How the source is doing now.
    pub state: FeedState,
    /// The hashtags that it has; none when it says nothing new, or failed.
    pub tags: Option<Vec<String>>,
}

/// The watched lists that are to be asked for now; `state` is newer than what the store has.
pub fn due<'a>(
    lists: impl IntoIterator<Item = &'a TrendsList>,
    state: impl Fn(&TrendsList, &TrendsWatch) -> FeedState,
    now: Timestamp,
) -> Vec<TrendsList> {
    let is_due = |list: &&TrendsList| {
        let next_at = list.watch.as_ref().map(|watch| state(list, watch).next_at);
        next_at.is_some_and(|at| at.is_none_or(|at| at <= now))
    };
    lists.into_iter().filter(is_due).cloned().collect()
}

/// Asks for a list once. Nothing is written.
pub async fn look(
    env: &Environment,
    source: &dyn FeedSource,
    watch: &TrendsWatch,
    known: &FeedState,
) -> Looked {
    let fetched = source.fetch(watch.asked(), known).await;
    let (state, tags) = told(env, watch.every_min, known, fetched, |bytes, content_type| {
        read(bytes, content_type).map(|rising| (rising.in_words(), rising.tags))
    });
    Looked { state, tags }
}

/// The list after this look, when it is worth a durable write; none when only times moved a little.
pub fn after(list: &TrendsList, watch: &TrendsWatch, looked: &Looked, now: Timestamp) -> Option<TrendsList> {
    let next = TrendsList {
        tags: looked.tags.clone().unwrap_or_else(|| list.tags.clone()),
        watch: Some(TrendsWatch {
            state: looked.state.clone(),
            ..watch.clone()
        }),
        ..list.clone()
    };
    let counts_anew = next.counts_at(now) && !list.counts_at(now);
    let is_news = next.tags != list.tags
        || counts_anew
        || is_worth_writing(LASTS_MIN, Some(&watch.state), &looked.state);
    is_news.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duty::refresh_feeds::failing;
    use crate::port::feed_source::FetchError;

    fn at(min: i64) -> Timestamp {
        Timestamp::from_second(min * 60).unwrap()
    }

    fn read_at(min: i64) -> FeedState {
        FeedState {
            last_ok_at: Some(at(min)),
            next_at: Some(at(min + 15)),
            ..FeedState::default()
        }
    }

    fn list(state: FeedState) -> TrendsList {
        TrendsList {
            name: "radar".to_owned(),
            tags: vec!["pizza".to_owned()],
            set_by: "kim".to_owned(),
            set_at: at(0),
            watch: Some(TrendsWatch {
                url: "https://social.example/".to_owned(),
                every_min: 15,
                allow_private: false,
                state,
            }),
        }
    }

    fn written(min: i64, looked: &Looked) -> Option<TrendsList> {
        let list = list(read_at(0));
        after(&list, list.watch.as_ref().unwrap(), looked, at(min))
    }

    #[test]
    fn a_list_that_says_the_same_is_written_a_few_times_a_day_only() {
        let same = |min| Looked {
            state: read_at(min),
            tags: None,
        };
        assert_eq!(written(15, &same(15)), None);
        assert_eq!(written(90, &same(90)).unwrap().newest_at(), Some(at(90)));
        let other = Looked {
            tags: Some(vec!["pasta".to_owned()]),
            ..same(15)
        };
        assert_eq!(written(15, &other).unwrap().tags, ["pasta"]);
    }

    #[test]
    fn a_reading_that_fails_leaves_the_list_and_is_written() {
        let mut state = read_at(45);
        let error = FetchError {
            why: "HTTP 500".to_owned(),
            retry_after_s: None,
        };
        failing(15, &mut state, &error, at(60), 0);
        let after = written(60, &Looked { state, tags: None }).unwrap();
        assert_eq!((after.tags.len(), after.newest_at()), (1, Some(at(45))));
        assert!(after.counts_at(at(45 + 360)) && !after.counts_at(at(45 + 361)));
        assert_eq!(after.watch.unwrap().state.failing_since, Some(at(60)));
    }

    #[test]
    fn a_list_that_was_never_read_holds_nothing_and_is_asked_for_at_once() {
        let new = list(FeedState::default());
        assert!(!new.counts_at(at(1)) && new.old_at().is_none());
        let known = |_: &TrendsList, watch: &TrendsWatch| watch.state.clone();
        let set = TrendsList {
            watch: None,
            ..new.clone()
        };
        let later = list(read_at(0));
        assert_eq!(
            due([&set, &new, &later], known, at(14)),
            std::slice::from_ref(&new)
        );
        assert_eq!(due([&later], known, at(15)).len(), 1);
    }
}

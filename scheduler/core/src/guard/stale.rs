//! Feeds that have been silent or unreadable for too long, where that holds posts. Silence of a source is no
//! permission.

use jiff::Timestamp;

use super::Input;
use super::approval::content_sha256;
use crate::delivery::{Approval, HoldReason};
use crate::feed::{Feed, WhenStale};
use crate::post::Audience;
use crate::world::World;

/// The names of the feeds that hold a post to this audience at this instant, because they are stale.
pub fn holding(world: &World, audience: &Audience, at: Timestamp) -> Vec<String> {
    let feeds = world.feeds.values().filter(|feed| is_stale(feed, world, at));
    let holds = |feed: &&Feed| feed.when_stale == WhenStale::Hold && concerns(feed, audience);
    feeds.filter(holds).map(|feed| feed.name.clone()).collect()
}

/// True when the feed was not read for longer than it may be.
pub fn is_stale(feed: &Feed, world: &World, at: Timestamp) -> bool {
    at > feed.stale_at(world.feed_states.get(&feed.name))
}

fn concerns(feed: &Feed, audience: &Audience) -> bool {
    let is_for_all = |codes: &[String]| codes.is_empty() || codes.iter().any(|c| c == "*");
    is_for_all(&feed.countries)
        || is_for_all(&audience.countries)
        || feed
            .countries
            .iter()
            .any(|c| audience.countries.iter().any(|a| a.eq_ignore_ascii_case(c)))
}

/// The reasons to hold what the guard looks at.
pub fn reasons_for(input: &Input<'_>, world: &World, at: Timestamp) -> Vec<HoldReason> {
    if world.feeds.is_empty() {
        return Vec::new();
    }
    let content = content_sha256(input.parts, input.audience, input.account.id);
    reasons(world, input.audience, input.approval, &content, at)
}

/// The reasons to hold, without the feeds that a person has seen to be stale and let the post through in spite of.
pub fn reasons(
    world: &World,
    audience: &Audience,
    approval: Option<&Approval>,
    content_sha256: &str,
    at: Timestamp,
) -> Vec<HoldReason> {
    let approved = |name: &String| {
        approval.is_some_and(|a| {
            at < a.expires_at && a.content_sha256 == content_sha256 && a.sources.contains(name)
        })
    };
    let names = holding(world, audience, at)
        .into_iter()
        .filter(|name| !approved(name));
    names.map(|name| reason(world, &name)).collect()
}

fn reason(world: &World, name: &str) -> HoldReason {
    let state = world.feed_states.get(name);
    let since = state.and_then(|s| s.last_ok_at);
    let since = since.map_or_else(
        || "was never read".to_owned(),
        |at| format!("was last read at {at}"),
    );
    let trouble = state.map(|s| s.trouble.as_str()).filter(|t| !t.is_empty());
    let trouble = trouble.map_or_else(String::new, |t| format!(" ({t})"));
    HoldReason::StaleSource {
        why: format!(
            "feed '{name}' {since}{trouble}; once it is read again, 'release' lets this go; 'approve' does now, in your name"
        ),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::feed::{FeedState, Policy};

    fn at(min: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH
            .checked_add(SignedDuration::from_mins(min))
            .unwrap()
    }

    fn world(when_stale: WhenStale, last_ok_at: Option<Timestamp>) -> World {
        let feed = Feed {
            name: "met".to_owned(),
            url: "https://met.example/".to_owned(),
            policy: Policy::Propose,
            countries: vec!["NO".to_owned()],
            every_min: 5,
            stale_after_min: 60,
            when_stale,
            allow_private: false,
            added_by: "kim".to_owned(),
            added_at: at(0),
        };
        let state = FeedState {
            last_ok_at,
            trouble: "HTTP 500".to_owned(),
            ..FeedState::default()
        };
        World {
            feeds: [("met".to_owned(), feed)].into(),
            feed_states: [("met".to_owned(), state)].into(),
            ..World::default()
        }
    }

    fn to(country: &str) -> Audience {
        Audience {
            countries: vec![country.to_owned()],
            ..Audience::default()
        }
    }

    #[test]
    fn s8_a_feed_that_was_not_read_for_too_long_holds_its_countries() {
        let world = world(WhenStale::Hold, Some(at(10)));
        for (audience, min, holds) in [
            (to("NO"), 70, false),
            (to("NO"), 71, true),
            (to("DE"), 71, false),
            (Audience::default(), 71, true),
        ] {
            let reasons = reasons(&world, &audience, None, "", at(min));
            assert_eq!(!reasons.is_empty(), holds, "{audience:?} {min}");
        }
    }

    #[test]
    fn s8_a_new_feed_has_its_time_and_one_that_only_reports_holds_nothing() {
        let new = world(WhenStale::Hold, None);
        assert!(holding(&new, &to("NO"), at(60)).is_empty());
        assert_eq!(holding(&new, &to("NO"), at(61)), ["met"]);
        let reports = world(WhenStale::Report, None);
        assert!(holding(&reports, &to("NO"), at(61)).is_empty());
    }

    #[test]
    fn s7_an_approval_that_names_the_feed_lets_these_words_through_for_its_time() {
        let world = world(WhenStale::Hold, None);
        let approval = Approval {
            by: "kim".to_owned(),
            reason: "I looked myself".to_owned(),
            at: at(61),
            expires_at: at(100),
            content_sha256: "c".to_owned(),
            events: std::collections::BTreeMap::new(),
            sources: ["met".to_owned()].into(),
            rules: std::collections::BTreeSet::new(),
        };
        let held =
            |content: &str, min| !reasons(&world, &to("NO"), Some(&approval), content, at(min)).is_empty();
        assert!(!held("c", 70));
        assert!(held("other words", 70) && held("c", 100));
    }
}

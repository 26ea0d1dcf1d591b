//! A person's word that a post may go in spite of an event: what it is bound to, and when it is void.
//!
//! An approval holds for these bytes, this audience, this account, and the events as the person saw them. A rise of
//! severity, a later end or another scope of an event voids it; a lower severity, an earlier end or a scope that a person
//! made narrower does not.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::delivery::moves::Move;
use crate::delivery::{Approval, HoldReason};
use crate::event::{Event, Narrowed, Severity};
use crate::id::AccountId;
use crate::post::{Audience, Part};

use super::narrower::is_narrower;

/// The first word of a digest; another version voids what was approved before it.
const DIGEST_VERSION: &str = "v1";
/// How many wider scopes an event remembers; the oldest go.
const WIDER_MAX: usize = 20;

/// A hash over all that a person approves: text, media, cards, audience and account.
pub fn content_sha256(parts: &[Part], audience: &Audience, account: AccountId) -> String {
    let content = serde_json::to_string(&(parts, audience, account));
    let content = content.expect("plain data without maps of other keys than text");
    sha256_hex(&format!("soundpost content v1\n{content}"))
}

/// What an approval keeps of an event: `v1 severity=high ends=open scope=9f2c...`.
///
/// The scope is a hash over kind, areas, places, tags, entities, accounts, and what else told of the event: one that
/// was merged into it voids what was approved before. The title, the summary and the moment of review are not part
/// of it.
pub fn event_digest(event: &Event, at: Timestamp) -> String {
    let ends = ends_at(event).map_or_else(|| "open".to_owned(), |at| at.to_string());
    let scope = scope_hash(event);
    format!(
        "{DIGEST_VERSION} severity={} ends={ends} scope={scope}",
        event.severity_at(at)
    )
}

/// Notes in an event that a person changed that it only got narrower, if so: what was approved before stays good.
pub fn note_narrowing(before: &Event, after: &mut Event) {
    let (was, is) = (scope_hash(before), scope_hash(after));
    if was == is || !is_narrower(before, after) {
        return;
    }
    let known = before.narrowed.iter().filter(|narrowed| narrowed.to == was);
    let mut from: Vec<String> = known.flat_map(|narrowed| narrowed.from.clone()).collect();
    from.push(was);
    let surplus = from.len().saturating_sub(WIDER_MAX);
    from.drain(..surplus);
    after.narrowed = Some(Narrowed { to: is, from });
}

/// Why an approval does not let a post pass an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// It ended at this instant.
    Ended(Timestamp),
    /// Text, media, cards, audience or account are others than those that were approved.
    OtherContent,
    /// The event is not among those that were approved.
    NotCovered,
    /// The event is worse than it was then.
    Worse,
    /// The event lasts longer than it was to last then.
    Longer,
    /// The event is about something else, or another report was merged into it.
    Changed,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Gap::Ended(_) => "it has ended",
            Gap::OtherContent => "text, pictures, audience or account are others now",
            Gap::NotCovered => "it was not for this event",
            Gap::Worse => "the event got worse since",
            Gap::Longer => "the event lasts longer than it was to last then",
            Gap::Changed => "the event is about something else now, or was merged with another report",
        })
    }
}

/// Why this approval does not let a post with this content pass this event at this instant; none when it does. That an
/// event got milder or ended sooner changes nothing; when somebody confirmed it and it is worse again, the approval is
/// void.
pub fn gap(approval: &Approval, event: &Event, content_sha256: &str, at: Timestamp) -> Option<Gap> {
    if at >= approval.expires_at {
        return Some(Gap::Ended(approval.expires_at));
    }
    if approval.content_sha256 != content_sha256 {
        return Some(Gap::OtherContent);
    }
    match approval.events.get(&event.id) {
        Some(stored) => changed_since(stored, event, at),
        None => Some(Gap::NotCovered),
    }
}

/// True when this approval lets a post with this content pass this event at this instant.
pub fn valid_for(approval: &Approval, event: &Event, content_sha256: &str, at: Timestamp) -> bool {
    gap(approval, event, content_sha256, at).is_none()
}

/// Why an event holds what a person had approved, for the journal; empty when nobody had, or no event holds it.
pub fn why_in_spite_of(approval: Option<&Approval>, mv: &Move, at: Timestamp) -> &'static str {
    let is_by_event =
        matches!(mv, Move::Hold { reasons, .. } if reasons.iter().any(HoldReason::ends_by_itself));
    match approval {
        Some(approval) if is_by_event && at >= approval.expires_at => "its approval has ended",
        Some(_) if is_by_event => "its approval does not cover this",
        _ => "",
    }
}

/// What of the event is worse, longer or other than when the digest was made.
fn changed_since(stored: &str, event: &Event, at: Timestamp) -> Option<Gap> {
    let Some((severity, ends, scope)) = read_digest(stored) else {
        return Some(Gap::Changed);
    };
    let is_longer = match (ends, ends_at(event)) {
        (None, _) => false,
        (Some(then), Some(now)) => now > then,
        (Some(_), None) => true,
    };
    match () {
        () if !covers(scope, event) => Some(Gap::Changed),
        () if event.severity_at(at) > severity => Some(Gap::Worse),
        () if is_longer => Some(Gap::Longer),
        () => None,
    }
}

/// True when who approved the event with this scope has approved what it is now: the same, or narrower by a person's word.
fn covers(scope: &str, event: &Event) -> bool {
    let is = scope_hash(event);
    let was_wider = |n: &Narrowed| n.to == is && n.from.iter().any(|from| from == scope);
    scope == is || event.narrowed.as_ref().is_some_and(was_wider)
}

fn read_digest(stored: &str) -> Option<(Severity, Option<Timestamp>, &str)> {
    let mut words = stored.split(' ');
    if words.next()? != DIGEST_VERSION {
        return None;
    }
    let severity = words.next()?.strip_prefix("severity=")?.parse().ok()?;
    let ends = match words.next()?.strip_prefix("ends=")? {
        "open" => None,
        at => Some(at.parse().ok()?),
    };
    Some((severity, ends, words.next()?.strip_prefix("scope=")?))
}

/// When the event stops to count, by itself or by hand.
pub(super) fn ends_at(event: &Event) -> Option<Timestamp> {
    event.ends_at.into_iter().chain(event.ended_at).min()
}

fn scope_hash(event: &Event) -> String {
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort();
        list.dedup();
        list
    };
    let lists: Vec<_> = event.scope().into_iter().map(sorted).collect();
    // Without merged sources the words are those of before there were any: approvals of then stay good.
    let scope = match event.sources.as_slice() {
        [] => serde_json::to_string(&(&event.kind, lists)),
        merged => serde_json::to_string(&(&event.kind, lists, merged)),
    };
    let scope = scope.expect("lists of text");
    sha256_hex(&scope).chars().take(32).collect()
}

fn sha256_hex(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::tests::{at, event};

    fn now() -> Timestamp {
        at("2026-11-22T12:00:00Z")
    }

    #[test]
    fn getting_milder_voids_nothing_and_a_confirmation_that_makes_it_worse_does() {
        let confirmed = |when: &str| Event {
            severity: Severity::Critical,
            starts_at: at("2026-11-20T12:00:00Z"),
            decays_from: Some(at(when)),
            ..event()
        };
        let day = |n: i64| {
            now()
                .checked_add(jiff::SignedDuration::from_hours(24 * n))
                .unwrap()
        };
        let fading = confirmed("2026-11-20T12:00:00Z");
        let stored = event_digest(&fading, now());
        assert!(stored.starts_with("v1 severity=high ends=open "), "{stored}");
        assert_eq!(changed_since(&stored, &fading, now()), None);
        assert_eq!(changed_since(&stored, &fading, day(2)), None);
        let worse_again = confirmed("2026-11-22T12:00:00Z");
        assert_eq!(changed_since(&stored, &worse_again, now()), Some(Gap::Worse));
    }

    #[test]
    fn a_milder_or_shorter_event_stays_covered() {
        let mut event = event();
        let stored = event_digest(&event, now());
        assert_eq!(changed_since(&stored, &event, now()), None);
        event.severity = Severity::Watch;
        event.ended_at = Some(at("2026-11-22T12:00:00Z"));
        event.title = "another title".to_owned();
        event.countries.reverse();
        assert_eq!(changed_since(&stored, &event, now()), None);
    }

    #[test]
    fn a_worse_longer_wider_or_merged_event_voids() {
        let stored = event_digest(&event(), now());
        let worse = Event {
            severity: Severity::Critical,
            ..event()
        };
        let wider = Event {
            countries: vec!["US".to_owned(), "CA".to_owned()],
            ..event()
        };
        let more_words = Event {
            tags: vec!["cinema".to_owned(), "film".to_owned()],
            ..event()
        };
        let merged = Event {
            sources: vec![crate::event::Source::Feed {
                name: "news".to_owned(),
            }],
            ..event()
        };
        assert_eq!(changed_since(&stored, &worse, now()), Some(Gap::Worse));
        for changed in [wider, more_words, merged] {
            assert_eq!(changed_since(&stored, &changed, now()), Some(Gap::Changed));
        }
        let ending = Event {
            ends_at: Some(at("2026-12-01T00:00:00Z")),
            ..event()
        };
        let stored = event_digest(&ending, now());
        let open = Event {
            ends_at: None,
            ..ending.clone()
        };
        let later = Event {
            ends_at: Some(at("2026-12-02T00:00:00Z")),
            ..ending
        };
        for longer in [open, later] {
            assert_eq!(changed_since(&stored, &longer, now()), Some(Gap::Longer));
        }
    }

    #[test]
    fn what_a_person_narrows_stays_covered_until_it_is_widened_or_about_something_else() {
        let with = |countries: &[&str], before: &Event| {
            let mut after = Event {
                countries: countries.iter().map(|c| (*c).to_owned()).collect(),
                ..before.clone()
            };
            note_narrowing(before, &mut after);
            after
        };
        let everywhere = Event {
            countries: vec!["*".to_owned()],
            ..event()
        };
        let three = with(&["US", "CA", "MX"], &everywhere);
        let one = with(&["US"], &three);
        for wider in [&everywhere, &three] {
            let stored = event_digest(wider, now());
            assert_eq!(changed_since(&stored, &one, now()), None, "{wider:?}");
        }
        let approved_narrow = event_digest(&one, now());
        let elsewhere = with(&["SE"], &one);
        let wide_again = with(&["US", "CA", "MX"], &one);
        for other in [&elsewhere, &wide_again] {
            assert_eq!(
                changed_since(&approved_narrow, other, now()),
                Some(Gap::Changed),
                "{other:?}"
            );
        }
        let approved_wide = event_digest(&three, now());
        assert_eq!(
            changed_since(&approved_wide, &elsewhere, now()),
            Some(Gap::Changed)
        );
        assert_eq!(
            changed_since(&approved_wide, &wide_again, now()),
            None,
            "as it was seen"
        );
        let worse = Event {
            severity: Severity::Critical,
            ..one
        };
        assert_eq!(changed_since(&approved_wide, &worse, now()), Some(Gap::Worse));
    }

    #[test]
    fn an_approval_is_for_its_time_its_content_and_its_events() {
        let approval = |events: &[&Event]| Approval {
            by: "anna".to_owned(),
            reason: "it helps".to_owned(),
            at: now(),
            expires_at: at("2026-11-22T13:00:00Z"),
            content_sha256: "a".to_owned(),
            events: events.iter().map(|e| (e.id, event_digest(e, now()))).collect(),
            sources: std::collections::BTreeSet::new(),
            rules: std::collections::BTreeSet::new(),
        };
        let event = event();
        let one = approval(&[&event]);
        assert_eq!(gap(&one, &event, "a", now()), None);
        assert_eq!(gap(&one, &event, "b", now()), Some(Gap::OtherContent));
        let end = one.expires_at;
        assert_eq!(gap(&one, &event, "a", end), Some(Gap::Ended(end)));
        assert_eq!(gap(&approval(&[]), &event, "a", now()), Some(Gap::NotCovered));
    }

    #[test]
    fn a_digest_of_another_version_or_nonsense_covers_nothing() {
        for stored in [
            "",
            "v2 severity=critical ends=open scope=x",
            "v1",
            "v1 severity=high ends=soon scope=",
        ] {
            assert_eq!(
                changed_since(stored, &event(), now()),
                Some(Gap::Changed),
                "{stored}"
            );
        }
    }

    #[test]
    fn other_bytes_have_another_hash() {
        let account = AccountId(crate::id::Id::from_u128(1));
        let part = |text: &str| Part {
            text: text.to_owned(),
            ..Part::default()
        };
        let world = Audience::default();
        let hash = content_sha256(&[part("a")], &world, account);
        assert_eq!(hash, content_sha256(&[part("a")], &world, account));
        assert_ne!(hash, content_sha256(&[part("b")], &world, account));
        assert_ne!(hash, content_sha256(&[part("a"), part("")], &world, account));
        let german = Audience {
            languages: vec!["de".to_owned()],
            ..Audience::default()
        };
        assert_ne!(hash, content_sha256(&[part("a")], &german, account));
    }
}

//! A person's word that a post may go in spite of an event: what it is bound to, and when it is void.
//!
//! An approval holds for these bytes, this audience, this account, and the events as the person saw them. A rise of
//! severity, a later end or another scope of an event voids it; a lower severity or an earlier end does not.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::delivery::Approval;
use crate::event::{Event, Severity};
use crate::id::AccountId;
use crate::post::{Audience, Part};

/// The first word of a digest; another version voids what was approved before it.
const DIGEST_VERSION: &str = "v1";

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

/// True while the event is not worse, not longer and not about something else than when the digest was made. That it
/// got milder since changes nothing; when somebody confirmed it and it is worse again, the approval is void.
pub fn still_covers(stored: &str, event: &Event, at: Timestamp) -> bool {
    let Some((severity, ends, scope)) = read_digest(stored) else {
        return false;
    };
    let not_longer = match (ends, ends_at(event)) {
        (None, _) => true,
        (Some(then), Some(now)) => now <= then,
        (Some(_), None) => false,
    };
    event.severity_at(at) <= severity && not_longer && scope == scope_hash(event)
}

/// True when this approval lets a post with this content pass this event at this instant.
pub fn valid_for(approval: &Approval, event: &Event, content_sha256: &str, at: Timestamp) -> bool {
    at < approval.expires_at
        && approval.content_sha256 == content_sha256
        && approval
            .events
            .get(&event.id)
            .is_some_and(|stored| still_covers(stored, event, at))
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
    let lists = [
        &event.countries,
        &event.regions,
        &event.places,
        &event.tags,
        &event.entities,
        &event.accounts,
    ];
    let lists: Vec<_> = lists.into_iter().map(|list| sorted(list)).collect();
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
        assert!(still_covers(&stored, &fading, now()) && still_covers(&stored, &fading, day(2)));
        assert!(!still_covers(&stored, &confirmed("2026-11-22T12:00:00Z"), now()));
    }

    #[test]
    fn a_milder_or_shorter_event_stays_covered() {
        let mut event = event();
        let stored = event_digest(&event, now());
        assert!(still_covers(&stored, &event, now()));
        event.severity = Severity::Watch;
        event.ended_at = Some(at("2026-11-22T12:00:00Z"));
        event.title = "another title".to_owned();
        event.countries.reverse();
        assert!(still_covers(&stored, &event, now()));
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
        for changed in [worse, wider, more_words, merged] {
            assert!(!still_covers(&stored, &changed, now()));
        }
        let ending = Event {
            ends_at: Some(at("2026-12-01T00:00:00Z")),
            ..event()
        };
        let stored = event_digest(&ending, now());
        assert!(!still_covers(
            &stored,
            &Event {
                ends_at: None,
                ..ending.clone()
            },
            now()
        ));
        let later = Event {
            ends_at: Some(at("2026-12-02T00:00:00Z")),
            ..ending
        };
        assert!(!still_covers(&stored, &later, now()));
    }

    #[test]
    fn a_digest_of_another_version_or_nonsense_covers_nothing() {
        for stored in [
            "",
            "v2 severity=critical ends=open scope=x",
            "v1",
            "v1 severity=high ends=soon scope=",
        ] {
            assert!(!still_covers(stored, &event(), now()), "{stored}");
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

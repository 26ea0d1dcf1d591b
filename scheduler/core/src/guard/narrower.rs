//! Whether an event that somebody changed meets fewer posts than before, and no other: a smaller area, fewer accounts,
//! fewer words of its own.

use super::area::{is_everywhere, is_region_of};
use crate::event::Event;

/// True when every post that meets the event now met it before: its scope is the same or smaller, and its kind and what
/// told of it are the same. Severity and window are not looked at.
pub(super) fn is_narrower(before: &Event, after: &Event) -> bool {
    let words = [
        (&before.places, &after.places),
        (&before.tags, &after.tags),
        (&before.entities, &after.entities),
    ];
    before.kind == after.kind
        && before.sources == after.sources
        && words.into_iter().all(|(then, now)| is_within(now, then))
        && has_fewer_accounts(before, after)
        && has_less_area(before, after)
}

fn is_within(some: &[String], all: &[String]) -> bool {
    some.iter().all(|one| all.contains(one))
}

/// No accounts are all accounts.
fn has_fewer_accounts(before: &Event, after: &Event) -> bool {
    before.accounts.is_empty() || !after.accounts.is_empty() && is_within(&after.accounts, &before.accounts)
}

fn has_less_area(before: &Event, after: &Event) -> bool {
    if is_everywhere(&before.countries) {
        return true;
    }
    !is_everywhere(&after.countries)
        && is_within(&after.countries, &before.countries)
        && after.countries.iter().all(|country| {
            let of = |event: &Event| -> Vec<String> {
                let own = event
                    .regions
                    .iter()
                    .filter(|region| is_region_of(region, country));
                own.cloned().collect()
            };
            let (then, now) = (of(before), of(after));
            // A country without regions is all of it.
            then.is_empty() || !now.is_empty() && is_within(&now, &then)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::tests::event;

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn in_area(countries: &[&str], regions: &[&str]) -> Event {
        Event {
            countries: list(countries),
            regions: list(regions),
            ..event()
        }
    }

    #[test]
    fn an_area_is_narrower_when_nobody_is_added() {
        for (then, now, expected) in [
            (in_area(&["*"], &[]), in_area(&["NO"], &[]), true),
            (in_area(&["NO"], &[]), in_area(&["*"], &[]), false),
            (in_area(&["NO", "SE"], &[]), in_area(&["SE"], &[]), true),
            (in_area(&["NO"], &[]), in_area(&["NO", "SE"], &[]), false),
            (in_area(&["NO"], &[]), in_area(&["NO"], &["NO-03"]), true),
            (in_area(&["NO"], &["NO-03"]), in_area(&["NO"], &[]), false),
            (
                in_area(&["NO"], &["NO-03", "NO-46"]),
                in_area(&["NO"], &["NO-46"]),
                true,
            ),
            (in_area(&["NO"], &["NO-03"]), in_area(&["NO"], &["NO-46"]), false),
            (in_area(&["NO", "SE"], &["NO-03"]), in_area(&["SE"], &[]), true),
            (
                in_area(&["NO", "SE"], &["SE-AB"]),
                in_area(&["SE"], &["NO-03"]),
                false,
            ),
        ] {
            assert_eq!(is_narrower(&then, &now), expected, "{then:?} {now:?}");
        }
    }

    #[test]
    fn fewer_accounts_and_fewer_words_are_narrower_and_another_kind_is_not() {
        let then = Event {
            accounts: list(&["shop", "club"]),
            tags: list(&["cinema", "film"]),
            ..event()
        };
        let with = |accounts: &[&str], tags: &[&str], kind: &str| Event {
            accounts: list(accounts),
            tags: list(tags),
            kind: kind.to_owned(),
            ..event()
        };
        let kind = then.kind.as_str();
        for (now, expected) in [
            (with(&["club"], &["cinema", "film"], kind), true),
            (with(&["club", "shop"], &["film"], kind), true),
            (with(&["club", "shop"], &[], kind), true),
            (with(&[], &["film"], kind), false),
            (with(&["third"], &["film"], kind), false),
            (with(&["club"], &["theatre"], kind), false),
            (with(&["club"], &["film"], "flood"), false),
        ] {
            assert_eq!(is_narrower(&then, &now), expected, "{now:?}");
        }
    }
}

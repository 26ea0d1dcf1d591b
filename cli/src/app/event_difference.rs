//! What is other about an event than before, field by field, in words.

use jiff::Timestamp;
use soundpost_core::event::{Event, Source};

use super::explain::Teller;
use super::view::area;
use crate::control::protocol::FieldChange;
use crate::output::visible;

/// What a list is called that is empty.
const NONE: &str = "none";
/// From when an event without an end gets milder.
const HOURS: &str = "its hours count from";

/// What is other, seen from this instant. What only programs know of an event, such as what its sources call it, is not
/// told.
pub fn differences(before: &Event, after: &Event, teller: &Teller<'_>, at: Timestamp) -> Vec<FieldChange> {
    let (then, now) = (
        fields(before, teller, severity(before, at)),
        fields(after, teller, severity(after, at)),
    );
    let hours = [before, after].map(|event| event.decays_from.map(|from| teller.instant(from)));
    let both = then.into_iter().zip(now).chain(match hours {
        [Some(then), Some(now)] => Some(((HOURS, then), (HOURS, now))),
        _ => None,
    });
    both.filter(|((_, before), (_, after))| before != after)
        .map(|((what, before), (_, after))| FieldChange {
            what: what.to_owned(),
            before: visible(&before).into_owned(),
            after: visible(&after).into_owned(),
        })
        .collect()
}

fn fields(event: &Event, teller: &Teller<'_>, severity: String) -> [(&'static str, String); 13] {
    let instant =
        |at: Option<Timestamp>, none: &str| at.map_or_else(|| none.to_owned(), |at| teller.instant(at));
    let told_by: Vec<String> = event.sources.iter().map(Source::to_string).collect();
    [
        ("title", event.title.clone()),
        ("severity", severity),
        ("kind", event.kind.clone()),
        ("area", area(event)),
        ("places", listed(&event.places, NONE)),
        ("tags", listed(&event.tags, NONE)),
        ("names", listed(&event.entities, NONE)),
        ("accounts", listed(&event.accounts, "all")),
        ("begin", teller.instant(event.starts_at)),
        ("end", instant(event.ends_at, "none of its own")),
        ("review", instant(event.review_at, "never")),
        ("link", event.link.clone().unwrap_or_else(|| NONE.to_owned())),
        ("also told by", listed(&told_by, "nobody")),
    ]
}

/// How bad somebody said that it is, and how bad it is by now where it got milder since.
fn severity(event: &Event, at: Timestamp) -> String {
    let (said, by_now) = (event.severity, event.severity_at(at));
    if said == by_now {
        said.to_string()
    } else {
        format!("{said}, by then {by_now}")
    }
}

fn listed(words: &[String], none: &str) -> String {
    if words.is_empty() {
        none.to_owned()
    } else {
        words.join(", ")
    }
}

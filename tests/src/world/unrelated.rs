//! Events that have nothing to do with anybody, in any number: the news of the rest of the world, for benchmarks.

use jiff::Timestamp;
use soundpost_core::event::{Event, Severity, Source};
use soundpost_core::id::{EventId, Id};

const KINDS: [&str; 12] = [
    "shooting",
    "bombing",
    "fire",
    "flood",
    "storm",
    "earthquake",
    "plane_crash",
    "train_crash",
    "stabbing",
    "epidemic",
    "war",
    "death_public_figure",
];
/// Where they happen.
pub const COUNTRIES: [&str; 20] = [
    "AR", "AU", "BR", "CA", "CL", "CN", "CO", "EG", "IN", "ID", "KE", "KR", "MX", "NG", "PE", "PH", "TH",
    "TR", "VN", "ZA",
];

/// An event of its own, nobody's place and nobody's tag, in one of twenty countries; every other is high.
pub fn event(number: usize) -> Event {
    let own = format!(
        "{}{}",
        letters(number),
        ["ville", "burg", "stad", "grad"][number % 4]
    );
    let source = Source::Person {
        name: "news desk".to_owned(),
    };
    let (id, severity) = (
        EventId(Id::from_u128(number as u128 + 1)),
        [Severity::Watch, Severity::High][number % 2],
    );
    Event {
        kind: KINDS[number % KINDS.len()].to_owned(),
        tags: vec![format!("{own} tower"), format!("{}event", letters(number))],
        entities: vec![format!("{} person", letters(number))],
        countries: vec![COUNTRIES[number % COUNTRIES.len()].to_owned()],
        flagged_at: Timestamp::UNIX_EPOCH,
        places: vec![own.clone(), format!("{} county", letters(number))],
        ..Event::new(
            id,
            format!("Something in {own}"),
            severity,
            Timestamp::MIN,
            source,
        )
    }
}

/// A number as a word that no text has.
fn letters(mut number: usize) -> String {
    let mut out = String::from("Q");
    for _ in 0..5 {
        out.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    out
}

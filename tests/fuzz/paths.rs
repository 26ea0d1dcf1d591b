//! What is done with the words of strangers, and what must be true of it whatever they are. The fuzz targets call these
//! with random bytes, and `tests/tests/fuzz_seeds.rs` with every seed that was kept.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use serde_json::json;
use soundpost_core::guard::calendar::{Calendar, Viewpoint};
use soundpost_core::guard::dates::named_dates;
use soundpost_core::guard::eval::Case;
use soundpost_core::guard::fold::FoldedText;
use soundpost_core::guard::{feed, title};
use soundpost_core::post::Audience;

/// Languages of a text: of each method of cutting and stemming one, an unknown one, and none.
const LANGUAGES: [Option<&str>; 9] = [
    None,
    Some("en"),
    Some("de"),
    Some("ru"),
    Some("ja"),
    Some("ka"),
    Some("zh"),
    Some("nb"),
    Some("tlh"),
];

/// A file or an answer that is said to be a feed. What it proposes is bounded, whatever it holds.
pub(crate) fn feed(bytes: &[u8]) {
    for content_type in [
        None,
        Some("application/xml; charset=utf-16"),
        Some("application/json"),
    ] {
        let Ok(reading) = feed::read(bytes, content_type, "en") else {
            continue;
        };
        assert!(reading.proposals.len() <= feed::ITEMS_MAX);
        for proposal in &reading.proposals {
            assert!(
                is_short(&proposal.title, feed::TITLE_CHARS_MAX),
                "{}",
                proposal.title
            );
            assert!(
                is_short(&proposal.summary, feed::SUMMARY_CHARS_MAX),
                "{}",
                proposal.summary
            );
            title::understand(&proposal.title);
        }
    }
}

/// A sign that something was cut off may follow.
fn is_short(text: &str, chars_max: usize) -> bool {
    text.chars().count() <= chars_max + 1
}

/// A file that is said to be a calendar. Whatever can be read can be asked for its days.
pub(crate) fn calendar(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let stored = Calendar::stored("seed", &text);
    let parsed = Calendar::parse("seed", &text);
    assert!(
        stored.broken().is_none() || parsed.is_err(),
        "what can be added can be read again"
    );
    let zones = TimeZoneDatabase::bundled();
    let audience = Audience {
        countries: vec!["DE".to_owned(), "US".to_owned()],
        ..Audience::default()
    };
    for at in [0, 951_782_400, 1_795_737_600, 4_102_444_799] {
        let at = Timestamp::from_second(at).expect("it lies in the years that there are");
        for seen in [
            Viewpoint::zone("Pacific/Kiritimati", &zones),
            Viewpoint::audience("no/such zone", &audience, &zones),
        ] {
            let events = stored.events_at(at, &seen);
            assert!(
                events.iter().all(|event| event.counts_at(at)),
                "only what counts is given"
            );
        }
    }
}

/// A post and the title of an event: the first byte is the language, the first line the title, the rest the post.
pub(crate) fn text(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let language = LANGUAGES[usize::from(*first) % LANGUAGES.len()];
    let rest = String::from_utf8_lossy(rest);
    let (event, post) = rest.split_once('\n').unwrap_or(("shooting in Oslo", &rest));
    let folded = FoldedText::new(post);
    for token in folded.words.iter().chain(&folded.extras) {
        is_cut(post, token.span);
    }
    for date in named_dates(post, &folded) {
        is_cut(post, date.span);
    }
    for touch in case(language, event, post).judge().touches {
        is_cut(post, touch.span);
    }
}

/// A case in the form of `guard eval`, whose event is understood from its title.
fn case(language: Option<&str>, event: &str, post: &str) -> Case {
    let understood = title::understand(event);
    let kind = understood.kind.map_or(title::UNKNOWN, |named| named.kind);
    let places: Vec<String> = understood.places.into_iter().map(|place| place.name).collect();
    let line = json!({
        "id": "seed", "lang": language, "brand": "seed", "post_text": post, "category": "info",
        "audience": {}, "publish_at": "2026-11-22T10:00:00Z",
        "event": {
            "id": "e", "title": event, "tags": [kind], "places": places,
            "severity": "watch", "starts_at": "2026-11-22T09:00:00Z", "source": "person",
        },
        "expected": "hold",
    });
    Case::read(&line.to_string()).expect("it is in the form of the cases")
}

/// A span lies in the text and cuts no letter.
fn is_cut(text: &str, (start, end): (usize, usize)) {
    assert!(text.get(start..end).is_some(), "{start}..{end} of {text:?}");
}

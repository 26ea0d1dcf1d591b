//! Reading what servers answer: JSON, waiting times, and words that are safe to show.

use std::fmt::Write as _;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use soundpost_core::port::adapter::{NotSent, Outcome};
use soundpost_core::port::transport::{HttpResponse, Phase, TransportError};

/// The longest text from a server that goes into a message.
pub const WORDS_CHARS_MAX: usize = 400;

/// Numbers below this in a reset header are seconds to wait, above it an instant.
const RESET_IS_AN_INSTANT_FROM: i64 = 1_000_000_000;

/// The longest wait that a server can impose.
const WAIT_S_MAX: i64 = 30 * 24 * 3600;

/// The body as JSON.
///
/// # Errors
/// A sentence that shows how the body begins.
pub fn json(response: &HttpResponse) -> Result<Value, String> {
    serde_json::from_slice(&response.body).map_err(|_| {
        let start = String::from_utf8_lossy(&response.body[..response.body.len().min(80)]).into_owned();
        format!(
            "the answer (HTTP {}) is not JSON; it begins with '{}'",
            response.status,
            visible(&start)
        )
    })
}

/// What it means that the visible write got no answer: the phase decides.
pub fn unanswered(error: TransportError) -> Outcome {
    match error.phase {
        Phase::Stopped => Outcome::NotSent(NotSent::Stopped),
        Phase::NotSent => Outcome::NotSent(NotSent::Network(error.message)),
        Phase::MaybeSent => Outcome::Unknown { why: error.message },
    }
}

/// A text from outside as it may be shown: control characters, bidirectional marks and invisible characters are
/// written out, white space is one space, and what is longer than [`WORDS_CHARS_MAX`] is cut.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (count, c) in text.trim().chars().enumerate() {
        if count == WORDS_CHARS_MAX {
            shown.push('…');
            break;
        }
        match c {
            '\n' | '\r' | '\t' => shown.push(' '),
            c if is_hidden(c) => {
                let _ = write!(shown, "<U+{:04X}>", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    shown
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

/// When the server wants to be asked again: `Retry-After` in either form, else the reset of a rate limit in any of
/// its forms (unix seconds, seconds to wait, ISO time).
pub fn retry_at(response: &HttpResponse, now: Timestamp) -> Option<Timestamp> {
    let header = |name: &str| response.headers.get(name).map(|value| value.trim());
    let wanted = header("retry-after")
        .and_then(|value| after(value, now))
        .or_else(|| header("ratelimit-reset").and_then(|value| after(value, now)))
        .or_else(|| header("x-ratelimit-reset").and_then(|value| after(value, now)))?;
    let latest = now.saturating_add(SignedDuration::from_secs(WAIT_S_MAX)).ok()?;
    Some(wanted.clamp(now, latest))
}

fn after(value: &str, now: Timestamp) -> Option<Timestamp> {
    if let Ok(number) = value.parse::<i64>() {
        return match number {
            ..0 => None,
            RESET_IS_AN_INSTANT_FROM.. => Timestamp::from_second(number).ok(),
            _ => now.checked_add(SignedDuration::from_secs(number)).ok(),
        };
    }
    let instant = value.parse::<Timestamp>().ok();
    instant.or_else(|| rfc2822::parse(value).ok().map(|zoned| zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn response(headers: &[(&str, &str)]) -> HttpResponse {
        HttpResponse {
            status: 429,
            headers: headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
            body: b"<html>\x1b[31mred".to_vec(),
        }
    }

    fn seconds(headers: &[(&str, &str)]) -> Option<i64> {
        retry_at(&response(headers), NOW).map(|at| at.as_second() - NOW.as_second())
    }

    #[test]
    fn every_form_of_a_waiting_time_is_read() {
        assert_eq!(seconds(&[("retry-after", "289")]), Some(289));
        assert_eq!(
            seconds(&[("retry-after", "Mon, 21 Sep 2026 14:14:20 GMT")]),
            Some(60)
        );
        assert_eq!(seconds(&[("ratelimit-reset", "1790000100")]), Some(100));
        assert_eq!(
            seconds(&[("x-ratelimit-reset", "2026-09-21T14:15:00.000Z")]),
            Some(100)
        );
        assert_eq!(seconds(&[("ratelimit-reset", "17")]), Some(17));
        assert_eq!(
            seconds(&[("retry-after", "5"), ("ratelimit-reset", "1790000100")]),
            Some(5)
        );
    }

    #[test]
    fn nonsense_is_no_waiting_time_and_none_is_endless() {
        assert_eq!(seconds(&[]), None);
        assert_eq!(seconds(&[("retry-after", "soon")]), None);
        assert_eq!(seconds(&[("retry-after", "-4")]), None);
        assert_eq!(seconds(&[("ratelimit-reset", "1000000001")]), Some(0));
        assert_eq!(seconds(&[("retry-after", "999999999")]), Some(WAIT_S_MAX));
    }

    #[test]
    fn nothing_from_outside_moves_a_terminal() {
        let shown = visible("a\x1b[2Jb\u{202e}c\nd\u{200b}");
        assert_eq!(shown, "a<U+001B>[2Jb<U+202E>c d<U+200B>");
        assert_eq!(visible("tag\u{e0041}\u{e007f}"), "tag<U+E0041><U+E007F>");
        assert_eq!(visible(&"x".repeat(1000)).chars().count(), WORDS_CHARS_MAX + 1);
    }

    #[test]
    fn a_body_that_is_not_json_is_shown_by_its_beginning() {
        let why = json(&response(&[])).unwrap_err();
        assert!(why.contains("<html><U+001B>[31mred"), "{why}");
    }
}

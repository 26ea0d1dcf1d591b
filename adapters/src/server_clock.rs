//! What the servers that are talked to think the time is.
//!
//! Every HTTP answer carries a `Date`. A machine whose clock is wrong sends at the wrong time and cannot notice that by
//! itself; a server far away can. What is found is told and changes nothing: the server may be the one that is wrong.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use soundpost_core::gate::WritePass;
use soundpost_core::port::clock::Clock;
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use url::Url;

/// A smaller difference is not told: caches and slow answers make some of it.
pub const DIFFERENCE_MIN: SignedDuration = SignedDuration::from_mins(2);

/// At most so many servers are remembered; webhooks and feeds can name any number.
const SERVERS_MAX: usize = 256;

/// How far the clock of each server was from this machine's, by its newest answer.
#[derive(Debug, Default)]
pub struct ServerClocks(Mutex<BTreeMap<String, SignedDuration>>);

impl ServerClocks {
    /// The servers whose clock is far from this machine's, and by how much it is ahead of it.
    pub fn far_away(&self) -> Vec<(String, SignedDuration)> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let far = seen.iter().filter(|(_, ahead)| ahead.abs() >= DIFFERENCE_MIN);
        far.map(|(host, ahead)| (host.clone(), *ahead)).collect()
    }

    fn saw(&self, host: String, ahead: SignedDuration) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= SERVERS_MAX && !seen.contains_key(&host) {
            return;
        }
        let was_far = seen.get(&host).is_some_and(|was| was.abs() >= DIFFERENCE_MIN);
        if ahead.abs() >= DIFFERENCE_MIN && !was_far {
            tracing::warn!(host, "its clock and this machine's differ by {ahead:#}");
        }
        seen.insert(host, ahead);
    }
}

/// HTTP that reads the `Date` of every answer.
pub struct ClockReader {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    seen: Arc<ServerClocks>,
}

impl ClockReader {
    /// Reads along; what it finds goes to `seen`.
    pub fn new(inner: Arc<dyn Transport>, clock: Arc<dyn Clock>, seen: Arc<ServerClocks>) -> ClockReader {
        ClockReader { inner, clock, seen }
    }

    fn read_date(&self, url: &str, asked_at: Timestamp, answer: &Result<HttpResponse, TransportError>) {
        let Ok(answer) = answer else { return };
        let host = Url::parse(url).ok().and_then(|u| u.host_str().map(str::to_owned));
        let date = answer.headers.get("date").and_then(|date| read(date));
        if let (Some(host), Some(date)) = (host, date) {
            self.seen.saw(host, ahead(date, asked_at, self.clock.now()));
        }
    }
}

#[async_trait]
impl Transport for ClockReader {
    async fn read(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let (url, asked_at) = (request.url.clone(), self.clock.now());
        let answer = self.inner.read(request).await;
        self.read_date(&url, asked_at, &answer);
        answer
    }

    async fn write(&self, request: HttpRequest, pass: WritePass) -> Result<HttpResponse, TransportError> {
        let (url, asked_at) = (request.url.clone(), self.clock.now());
        let answer = self.inner.write(request, pass).await;
        self.read_date(&url, asked_at, &answer);
        answer
    }
}

/// The instant of a `Date` header (RFC 9110, section 5.6.7); none for what is not one.
fn read(date: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(date).ok()
}

/// How far a server's time lies outside the time in which it was asked; more than zero when it is ahead.
fn ahead(date: Timestamp, asked_at: Timestamp, answered_at: Timestamp) -> SignedDuration {
    if date < asked_at {
        date.duration_since(asked_at)
    } else if date > answered_at {
        date.duration_since(answered_at)
    } else {
        SignedDuration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_inside_the_call_is_no_difference() {
        let date = read("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(date, at("1994-11-06T08:49:37Z"));
        let (asked_at, answered_at) = (at("1994-11-06T08:49:30Z"), at("1994-11-06T08:49:40Z"));
        assert_eq!(ahead(date, asked_at, answered_at), SignedDuration::ZERO);
        let later = at("1994-11-06T08:59:40Z");
        assert_eq!(ahead(later, asked_at, answered_at), SignedDuration::from_mins(10));
        let earlier = at("1994-11-06T08:39:30Z");
        assert_eq!(
            ahead(earlier, asked_at, answered_at),
            SignedDuration::from_mins(-10)
        );
    }

    #[test]
    fn what_is_no_date_says_nothing() {
        for text in ["", "yesterday", "Sun, 06 Nov 99999 08:49:37 GMT", "\u{202e}"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_server_that_is_right_again_is_forgotten() {
        let clocks = ServerClocks::default();
        clocks.saw("a.example".to_owned(), SignedDuration::from_mins(12));
        clocks.saw("b.example".to_owned(), SignedDuration::from_secs(30));
        let far = vec![("a.example".to_owned(), SignedDuration::from_mins(12))];
        assert_eq!(clocks.far_away(), far);
        clocks.saw("a.example".to_owned(), SignedDuration::ZERO);
        assert!(clocks.far_away().is_empty());
    }

    #[test]
    fn many_servers_take_bounded_room() {
        let clocks = ServerClocks::default();
        for n in 0..2 * SERVERS_MAX {
            clocks.saw(format!("{n}.example"), SignedDuration::from_hours(1));
        }
        assert_eq!(clocks.far_away().len(), SERVERS_MAX);
    }
}

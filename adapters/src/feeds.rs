//! Feeds by HTTP: within [`TIME_MAX`] and the reader's limit of bytes, at most [`REDIRECTS_MAX`] redirects, each looked
//! at as the first address was, and nothing packed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use soundpost_core::feed::FeedState;
use soundpost_core::guard::feed::BYTES_MAX;
use soundpost_core::port::feed_source::{Asked, FeedSource, FetchError, Fetched};
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Method, Transport};
use tokio::time::timeout;
use url::Url;

/// How long a feed may take, with all redirects.
pub const TIME_MAX: Duration = Duration::from_secs(10);
/// How many redirects are followed.
pub const REDIRECTS_MAX: usize = 3;
const ACCEPT: &str = "application/cap+xml, application/geo+json, application/atom+xml, application/rss+xml, \
                      application/feed+json, application/xml, application/json;q=0.9, */*;q=0.5";
/// Longer marks are not kept.
const MARK_BYTES_MAX: usize = 256;

/// Feeds by HTTP.
pub struct HttpFeeds {
    transport: Arc<dyn Transport>,
    time_max: Duration,
}

impl HttpFeeds {
    /// Feeds by this transport.
    pub fn new(transport: Arc<dyn Transport>) -> HttpFeeds {
        HttpFeeds {
            transport,
            time_max: TIME_MAX,
        }
    }

    /// The same with another limit of time.
    #[must_use]
    pub fn within(mut self, time_max: Duration) -> HttpFeeds {
        self.time_max = time_max;
        self
    }

    async fn get(&self, asked: Asked<'_>, state: &FeedState) -> Result<Fetched, FetchError> {
        let mut url = Url::parse(asked.url).map_err(|error| failed(format!("not a URL: {error}")))?;
        for _ in 0..=REDIRECTS_MAX {
            let answer = self.transport.read(request(asked, state, &url)).await;
            let answer = answer.map_err(|error| failed(refused(&error.message)))?;
            match (answer.status, answer.headers.get("location")) {
                (200, _) => return body(answer),
                (304, _) => return Ok(Fetched::Unchanged),
                (301 | 302 | 303 | 307 | 308, Some(to)) => url = next(&url, to)?,
                (status, _) => {
                    return Err(FetchError {
                        why: format!("the server answered HTTP {status}"),
                        retry_after_s: answer
                            .headers
                            .get("retry-after")
                            .and_then(|s| s.trim().parse().ok()),
                    });
                }
            }
        }
        Err(failed(format!(
            "it leads elsewhere more than {REDIRECTS_MAX} times"
        )))
    }
}

#[async_trait]
impl FeedSource for HttpFeeds {
    async fn fetch(&self, asked: Asked<'_>, state: &FeedState) -> Result<Fetched, FetchError> {
        timeout(self.time_max, self.get(asked, state))
            .await
            .unwrap_or_else(|_| {
                Err(failed(format!(
                    "it took longer than {} s",
                    self.time_max.as_secs()
                )))
            })
    }
}

fn failed(why: String) -> FetchError {
    FetchError {
        why,
        retry_after_s: None,
    }
}

/// The transport speaks of accounts and their settings.
fn refused(message: &str) -> String {
    let of_feed = message.replace("this account", "this feed");
    of_feed.replace("(setting allow_private)", "(--allow-private)")
}

fn request(asked: Asked<'_>, state: &FeedState, url: &Url) -> HttpRequest {
    let mut request = HttpRequest::new(Method::Get, url.as_str())
        .header("accept", ACCEPT)
        .header("accept-encoding", "identity");
    if let Some(etag) = &state.etag {
        request = request.header("if-none-match", etag);
    }
    if let Some(time) = &state.last_modified {
        request = request.header("if-modified-since", time);
    }
    request.allow_private = asked.allow_private;
    request.response_bytes_max = BYTES_MAX;
    request
}

/// Where a redirect leads. The transport looks at the address as at the first one; what was encrypted stays so.
fn next(from: &Url, to: &str) -> Result<Url, FetchError> {
    let next = from
        .join(to)
        .map_err(|error| failed(format!("it leads to nowhere: {error}")))?;
    if from.scheme() == "https" && next.scheme() != "https" {
        return Err(failed(
            "it leads from https to an address that is not encrypted".to_owned(),
        ));
    }
    Ok(next)
}

fn body(answer: HttpResponse) -> Result<Fetched, FetchError> {
    let header = |name: &str| answer.headers.get(name).cloned();
    if let Some(packed) = header("content-encoding").filter(|e| !e.trim().eq_ignore_ascii_case("identity")) {
        let packed: String = packed.chars().take(20).collect();
        return Err(failed(format!(
            "the server packed it ({packed}), though it was asked not to"
        )));
    }
    let content_type = header("content-type");
    if content_type
        .as_deref()
        .is_some_and(|t| t.to_ascii_lowercase().contains("html"))
    {
        return Err(failed("the server sent a web page, not a feed".to_owned()));
    }
    let mark = |name: &str| header(name).filter(|m| m.len() <= MARK_BYTES_MAX);
    Ok(Fetched::Body {
        content_type,
        etag: mark("etag"),
        last_modified: mark("last-modified"),
        bytes: answer.body,
    })
}

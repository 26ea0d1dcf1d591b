//! HTTP, by reqwest. No other file names it.
//!
//! How a visible write is kept honest:
//!
//! - The gate is asked in the first poll of the request's body. hyper keeps the head in its buffer until that
//!   poll has answered, so a refusal leaves no byte on the wire, on a new connection as on a kept one
//!   (`tests/tests/gate.rs` counts them). An empty body is never polled: then the gate is asked just before the
//!   request is handed over.
//! - The phase of a failure follows from that: asked and refused is stopped; never asked is surely not sent;
//!   admitted is maybe sent, whatever the error says.
//! - HTTP/1.1 only, no redirects, no retries, and no connection that has idled for 4 s.
//!
//! Certificates are verified against the roots of the operating system (`rustls-platform-verifier`), with ring
//! as the provider of cryptography. Proxies, also those named in the environment, are not used.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use soundpost_core::gate::{Stopped, WritePass};
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Method, Phase, Transport, TransportError};
use url::{Host, Url};

use crate::kit::address::is_public;

/// A visible write does not ride a connection that has idled this long.
pub const IDLE_MAX: Duration = Duration::from_secs(4);

const IDLE_CONNECTIONS_PER_HOST_MAX: usize = 8;

/// How long things may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpOptions {
    /// For name, connection and TLS together.
    pub connect_timeout: Duration,
    /// For one whole call.
    pub timeout: Duration,
    /// How long a connection is kept for the next request; less than [`IDLE_MAX`].
    pub pool_idle_timeout: Duration,
}

impl Default for HttpOptions {
    fn default() -> HttpOptions {
        HttpOptions {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            pool_idle_timeout: Duration::from_secs(3),
        }
    }
}

/// HTTP could not be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot set up HTTP: {0}")]
pub struct SetUpError(pub String);

/// HTTP from outside.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    public: reqwest::Client,
    private: reqwest::Client,
}

impl HttpTransport {
    /// Sets up HTTP. One is enough for a process.
    ///
    /// # Errors
    /// When connections would be kept for too long, or this machine has no root certificates.
    pub fn new(options: &HttpOptions) -> Result<HttpTransport, SetUpError> {
        if options.pool_idle_timeout >= IDLE_MAX {
            return Err(SetUpError(format!(
                "a connection may be kept for less than {} s",
                IDLE_MAX.as_secs()
            )));
        }
        // An error means that a provider is installed already: then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let built = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| {
                SetUpError(format!(
                    "{} (are root certificates installed?)",
                    innermost(&error)
                ))
            })
        };
        Ok(HttpTransport {
            public: built(client(options).dns_resolver(PublicOnly))?,
            private: built(client(options))?,
        })
    }

    fn build(&self, request: &HttpRequest) -> Result<Prepared, TransportError> {
        let url = Url::parse(&request.url).map_err(|error| not_sent(format!("not a URL: {error}")))?;
        let host = check_target(&url, request.allow_private).map_err(not_sent)?;
        let client = if request.allow_private {
            &self.private
        } else {
            &self.public
        };
        Ok(Prepared {
            builder: client
                .request(method(request.method), url)
                .headers(headers(request).map_err(not_sent)?),
            host,
            bytes_max: request.response_bytes_max,
        })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn read(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut prepared = self.build(&request)?;
        if !request.body.is_empty() {
            prepared.builder = prepared.builder.body(request.body);
        }
        prepared.send().await.map_err(|failure| TransportError {
            phase: if failure.connecting {
                Phase::NotSent
            } else {
                Phase::MaybeSent
            },
            message: failure.message,
        })
    }

    async fn write(&self, request: HttpRequest, pass: WritePass) -> Result<HttpResponse, TransportError> {
        let mut prepared = self.build(&request)?;
        prepared.builder = prepared.builder.header(CONTENT_LENGTH, request.body.len());
        let verdict = Arc::new(OnceLock::new());
        if request.body.is_empty() {
            admit(pass, &verdict).map_err(stopped)?;
        } else {
            prepared.builder = prepared
                .builder
                .body(gated(request.body, pass, Arc::clone(&verdict)));
        }
        prepared.send().await.map_err(|failure| match verdict.get() {
            Some(Err(why)) => stopped(why.clone()),
            Some(Ok(())) if !failure.connecting => TransportError {
                phase: Phase::MaybeSent,
                message: failure.message,
            },
            Some(Ok(())) | None => not_sent(failure.message),
        })
    }
}

/// What the gate said; empty until it was asked.
type Verdict = OnceLock<Result<(), Stopped>>;

fn admit(pass: WritePass, verdict: &Verdict) -> Result<(), Stopped> {
    verdict.get_or_init(|| pass.admit()).clone()
}

/// A body whose first poll asks the gate; when it refuses, the body is an error.
fn gated(body: Vec<u8>, pass: WritePass, verdict: Arc<Verdict>) -> reqwest::Body {
    reqwest::Body::wrap_stream(stream::once(async move {
        admit(pass, &verdict).map(|()| Bytes::from(body))
    }))
}

fn not_sent(message: String) -> TransportError {
    TransportError {
        phase: Phase::NotSent,
        message,
    }
}

fn stopped(why: Stopped) -> TransportError {
    TransportError {
        phase: Phase::Stopped,
        message: why.to_string(),
    }
}

struct Prepared {
    builder: reqwest::RequestBuilder,
    host: String,
    bytes_max: usize,
}

/// No answer. `connecting` = no connection was made.
struct Failure {
    connecting: bool,
    message: String,
}

impl Prepared {
    async fn send(self) -> Result<HttpResponse, Failure> {
        let Prepared {
            builder,
            host,
            bytes_max,
        } = self;
        let failed = |error: reqwest::Error| Failure {
            connecting: error.is_connect() || error.is_builder(),
            message: describe(&host, &error),
        };
        let mut response = builder.send().await.map_err(&failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(&failed)? {
            if body.len() + chunk.len() > bytes_max {
                return Err(Failure {
                    connecting: false,
                    message: format!("the answer of {host} is longer than {bytes_max} bytes"),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse {
            status: response.status().as_u16(),
            headers: readable(response.headers()),
            body,
        })
    }
}

fn readable(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn headers(request: &HttpRequest) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| format!("not a header name: {name}"))?;
        let value = HeaderValue::try_from(value.as_str())
            .map_err(|_| format!("the header {name} holds what a header cannot hold"))?;
        headers.append(name, value);
    }
    if let Some(token) = &request.bearer {
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.reveal()))
            .map_err(|_| "the token holds what a header cannot hold".to_owned())?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

/// The host, if this URL may be asked at all.
fn check_target(url: &Url, allow_private: bool) -> Result<String, String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("'{}' is not http or https", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with a user name or password in it is not used".to_owned());
    }
    let host = url.host().ok_or("the URL names no host")?;
    let literal = match host {
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
        Host::Domain(_) => None,
    };
    match literal {
        Some(ip) if !allow_private && !is_public(ip) => Err(private(&ip.to_string())),
        _ => Ok(host.to_string()),
    }
}

fn private(what: &str) -> String {
    format!("{what} is a private address, which this account may not reach (setting allow_private)")
}

fn client(options: &HttpOptions) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_rustls()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .user_agent(concat!("soundpost/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(options.connect_timeout)
        .timeout(options.timeout)
        .pool_idle_timeout(options.pool_idle_timeout)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST_MAX)
}

/// Resolves names to public addresses only. The check stands behind the look-up, so that a name which changes its
/// address between check and use gains nothing.
struct PublicOnly;

impl reqwest::dns::Resolve for PublicOnly {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<_> = found.iter().copied().filter(|a| is_public(a.ip())).collect();
            if public.is_empty() && !found.is_empty() {
                return Err(private(name.as_str()).into());
            }
            Ok(Box::new(public.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// What happened, with the host only: path and query may hold secrets.
fn describe(host: &str, error: &reqwest::Error) -> String {
    let cause = innermost(error);
    if error.is_builder() {
        format!("the request to {host} cannot be built: {cause}")
    } else if error.is_connect() {
        format!("cannot reach {host}: {cause}")
    } else if error.is_timeout() {
        format!("{host} did not answer in time")
    } else {
        format!("the connection to {host} broke: {cause}")
    }
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last: &(dyn StdError + 'static) = error;
    while let Some(source) = last.source() {
        last = source;
    }
    // reqwest's own errors print their URL; they always have a source where it matters.
    match last.downcast_ref::<reqwest::Error>() {
        Some(_) => "no cause given".to_owned(),
        None => last.to_string(),
    }
}

//! One HTTP request, one response, or an error with a phase.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;

use crate::address;
use crate::gate::WritePass;
use crate::port::vault::Secret;

/// The HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of HTTP")]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// One HTTP request. `Debug` shows no address behind the origin, no values and no body: a login has the password in it.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// Headers without secrets, in order.
    pub headers: Vec<(String, String)>,
    /// The bearer token, if one is needed.
    pub bearer: Option<Secret>,
    /// The body; empty = none.
    pub body: Vec<u8>,
    /// The account's wish to reach private addresses, such as a server on the same machine.
    pub allow_private: bool,
    /// The largest body that is read; a longer one is an error.
    pub response_bytes_max: usize,
}

/// The largest response that is read unless a request says otherwise.
pub const RESPONSE_BYTES_MAX: usize = 4 * 1024 * 1024;

impl HttpRequest {
    /// A request without headers and body.
    pub fn new(method: Method, url: impl Into<String>) -> HttpRequest {
        HttpRequest {
            method,
            url: url.into(),
            headers: Vec::new(),
            bearer: None,
            body: Vec::new(),
            allow_private: false,
            response_bytes_max: RESPONSE_BYTES_MAX,
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> HttpRequest {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a body of this media type.
    #[must_use]
    pub fn body(self, media_type: &str, body: Vec<u8>) -> HttpRequest {
        let mut request = self.header("content-type", media_type);
        request.body = body;
        request
    }

    /// The same with a bearer token.
    #[must_use]
    pub fn bearer(mut self, token: &Secret) -> HttpRequest {
        self.bearer = Some(token.clone());
        self
    }
}

/// One HTTP response. `Debug` shows no values and no body: the answer to a login has tokens in it.
#[derive(Clone)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Headers, names in lower case; the last of several wins.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &address::open_part(&self.url))
            .field("headers", &names)
            .field("bearer", &self.bearer)
            .field("body_bytes", &self.body.len())
            .field("allow_private", &self.allow_private)
            .field("response_bytes_max", &self.response_bytes_max)
            .finish()
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.headers.keys().collect();
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// How far a request got before it failed. The phase, never the error text, decides what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The gate stopped it before its first byte.
    Stopped,
    /// Surely not sent: DNS, connect, TLS.
    NotSent,
    /// Some of it may have arrived.
    MaybeSent,
}

/// A request that got no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// How far it got.
    pub phase: Phase,
    /// What happened, without secrets.
    pub message: String,
}

/// HTTP from outside.
///
/// 1. One call makes at most one request: no automatic retry, no redirect.
/// 2. `write` calls `pass.admit()` as late as the HTTP client allows, in the first poll of the body; when the gate
///    refuses, no byte leaves and the phase is `Stopped`.
/// 3. A visible write does not ride a connection that has idled for 4 s or more.
/// 4. Every call has a deadline.
/// 5. Private addresses are refused unless the request allows them.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request that puts nothing before the public: reads, logins, uploads, deletions.
    ///
    /// # Errors
    /// [`TransportError`] with the phase it reached.
    async fn read(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;

    /// Sends the one visible write that this pass stands for. Only `publish` may call it.
    ///
    /// # Errors
    /// [`TransportError`] with the phase it reached.
    async fn write(&self, request: HttpRequest, pass: WritePass) -> Result<HttpResponse, TransportError>;
}

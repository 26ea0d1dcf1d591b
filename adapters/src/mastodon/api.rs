//! Asking a server, and what its answers mean. Errors: <https://docs.joinmastodon.org/entities/Error/>.

use jiff::Timestamp;
use serde_json::Value;
use soundpost_core::port::adapter::{AccountError, Context, LookUp, StageError};
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Method};
use soundpost_core::port::vault::Secret;

use super::settings::Settings;
use crate::kit::reply;

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No answer, or the server is not well.
    Network(String),
    /// The server said later.
    Later { at: Option<Timestamp>, why: String },
    /// A person has to see to the access token.
    Login(String),
    /// The server refused.
    Refused { status: u16, why: String },
}

impl From<Trouble> for AccountError {
    fn from(trouble: Trouble) -> AccountError {
        match trouble {
            Trouble::Network(why) | Trouble::Later { why, .. } => AccountError::Network(why),
            Trouble::Login(why) | Trouble::Refused { why, .. } => AccountError::LoginNeeded(why),
        }
    }
}

impl From<Trouble> for StageError {
    fn from(trouble: Trouble) -> StageError {
        match trouble {
            Trouble::Network(why) => StageError::Later { at: None, why },
            Trouble::Later { at, why } => StageError::Later { at, why },
            Trouble::Login(why) => StageError::LoginNeeded(why),
            Trouble::Refused { why, .. } => StageError::Refused(why),
        }
    }
}

impl From<Trouble> for LookUp {
    fn from(trouble: Trouble) -> LookUp {
        match trouble {
            Trouble::Login(why) => LookUp::LoginNeeded(why),
            Trouble::Network(why) | Trouble::Later { why, .. } | Trouble::Refused { why, .. } => {
                LookUp::CannotTell(why)
            }
        }
    }
}

/// A server, and the account's way in.
pub(super) struct Client<'a> {
    pub(super) cx: &'a Context<'a>,
    pub(super) settings: Settings,
    token: Secret,
}

impl<'a> Client<'a> {
    /// # Errors
    /// [`Trouble::Login`] when the account cannot be used as it is.
    pub(super) fn open(cx: &'a Context<'a>) -> Result<Client<'a>, Trouble> {
        Ok(Client {
            cx,
            settings: Settings::of(cx.account).map_err(Trouble::Login)?,
            token: cx.vault.credential(cx.account).map_err(Trouble::Login)?,
        })
    }

    /// A request with the access token. Words of the server are wanted in English.
    pub(super) fn request(&self, method: Method, path: &str) -> HttpRequest {
        let mut request = HttpRequest::new(method, format!("{}{path}", self.settings.server))
            .header("accept", "application/json")
            .header("accept-language", "en")
            .bearer(&self.token);
        request.allow_private = self.settings.allow_private;
        request
    }

    /// Asks for something. Not for visible writes.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) async fn get(&self, path: &str) -> Result<Value, Trouble> {
        let response = self.send(self.request(Method::Get, path)).await?;
        read(&response, self.cx.clock.now())
    }

    /// # Errors
    /// [`Trouble::Network`] when there is no answer.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Trouble> {
        let sent = self.cx.transport.read(request).await;
        sent.map_err(|error| Trouble::Network(error.message))
    }

    /// The account behind the token, by the server's own word: its id and its name.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) async fn whoami(&self) -> Result<(String, String), Trouble> {
        let answer = self.get("/api/v1/accounts/verify_credentials").await?;
        let id = text(&answer["id"])
            .ok_or_else(|| Trouble::Network("the server's answer about the account has no id".to_owned()))?;
        let name = answer["username"].as_str().unwrap_or(&id);
        let name = format!("@{}@{}", reply::visible(name), self.settings.host);
        Ok((id, name))
    }
}

/// The answer as JSON, or what it means that there is none.
pub(super) fn read(response: &HttpResponse, now: Timestamp) -> Result<Value, Trouble> {
    let status = response.status;
    if (200..300).contains(&status) {
        return reply::json(response).map_err(Trouble::Network);
    }
    let why = words(response);
    Err(match status {
        401 | 403 => Trouble::Login(why),
        429 => Trouble::Later {
            at: reply::retry_at(response, now),
            why,
        },
        408 | 500.. => Trouble::Network(why),
        _ => Trouble::Refused { status, why },
    })
}

/// What the server says is wrong, safe to show.
pub(super) fn words(response: &HttpResponse) -> String {
    let status = response.status;
    match said(response) {
        Some(said) => format!("HTTP {status}: {}", reply::visible(&said)),
        None => format!("the server answered HTTP {status}"),
    }
}

/// What a server of this API says is wrong. None = these are not its words: something before it may have answered.
pub(super) fn said(response: &HttpResponse) -> Option<String> {
    let body = reply::json(response).ok()?;
    let said = ["error_description", "error"]
        .iter()
        .find_map(|field| body[field].as_str().filter(|said| !said.trim().is_empty()));
    said.map(str::to_owned)
}

/// True when the server itself counted this request: <https://docs.joinmastodon.org/api/rate-limits/>. A proxy that
/// limits requests does not know these headers.
pub(super) fn counts_requests(response: &HttpResponse) -> bool {
    let headers = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
    headers.iter().any(|name| response.headers.contains_key(*name))
}

/// An id: a text, on some servers a number. It is never taken apart.
pub(super) fn text(id: &Value) -> Option<String> {
    match id {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An id as a piece of a path.
pub(super) fn segment(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.as_bytes()).collect()
}

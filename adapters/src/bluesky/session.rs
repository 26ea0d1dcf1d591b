//! Signing in to a PDS and asking it things. Facts: <https://docs.bsky.app/docs/api/com-atproto-server-create-session>,
//! errors and tokens: <https://atproto.com/specs/xrpc>.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use soundpost_core::account::Account;
use soundpost_core::port::adapter::{AccountError, Context};
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Method};
use soundpost_core::port::vault::Secret;
use url::Url;

use crate::kit::reply;

const DEFAULT_SERVER: &str = "https://bsky.social";
/// The setting that lets an account reach a server on this machine or network.
pub(super) const ALLOW_PRIVATE: &str = "allow_private";

/// Where an account signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) server: String,
    pub(super) identity: String,
    pub(super) allow_private: bool,
}

impl Site {
    /// # Errors
    /// A sentence for people about what is wrong with the account.
    pub(super) fn of(account: &Account) -> Result<Site, String> {
        let allow_private = match account.settings.get(ALLOW_PRIVATE).map(String::as_str) {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => return Err(format!("{ALLOW_PRIVATE} is true or false, not '{other}'")),
        };
        let server = account.server.as_deref().unwrap_or(DEFAULT_SERVER);
        let identity = account
            .identity
            .as_deref()
            .unwrap_or_default()
            .trim_start_matches('@');
        if identity.is_empty() {
            return Err("the account names no handle to sign in with".to_owned());
        }
        Ok(Site {
            server: base_url(server, allow_private)?,
            identity: identity.to_owned(),
            allow_private,
        })
    }
}

/// The URL without a slash at its end. A password does not go over an open line to the internet.
fn base_url(server: &str, allow_private: bool) -> Result<String, String> {
    let url = Url::parse(server).map_err(|error| format!("the server '{server}' is not a URL: {error}"))?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && allow_private);
    if !safe || url.host().is_none() {
        return Err(format!(
            "the server '{server}' must begin with https:// (http:// needs the setting {ALLOW_PRIVATE} = true)"
        ));
    }
    Ok(server.trim_end_matches('/').to_owned())
}

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No answer, or the server is not well.
    Network(String),
    /// The server said later.
    Later { at: Option<Timestamp>, why: String },
    /// The access token is not taken (any more).
    Token(String),
    /// A person has to sign in.
    Login(String),
    /// The server refused; `error` is its own word for it.
    Refused { error: String, why: String },
}

impl From<Trouble> for AccountError {
    fn from(trouble: Trouble) -> AccountError {
        match trouble {
            Trouble::Network(why) | Trouble::Later { why, .. } => AccountError::Network(why),
            Trouble::Token(why) | Trouble::Login(why) | Trouble::Refused { why, .. } => {
                AccountError::LoginNeeded(why)
            }
        }
    }
}

/// The answer as JSON, or what it means that there is none.
pub(super) fn read(response: &HttpResponse, now: Timestamp) -> Result<Value, Trouble> {
    if (200..300).contains(&response.status) {
        return reply::json(response).map_err(Trouble::Network);
    }
    let body = reply::json(response).unwrap_or_default();
    let text = |field: &str| reply::visible(body[field].as_str().unwrap_or_default());
    let error = text("error");
    let why = match text("message") {
        message if message.is_empty() => format!("the server answered HTTP {} {error}", response.status),
        message => format!("{message} ({error})"),
    };
    Err(match (response.status, error.as_str()) {
        (429, _) => Trouble::Later {
            at: reply::retry_at(response, now),
            why,
        },
        (408 | 500.., _) => Trouble::Network(why),
        (_, "ExpiredToken" | "InvalidToken") => Trouble::Token(why),
        (401, _) | (_, "AccountTakedown" | "AccountDeactivated" | "AuthFactorTokenRequired") => {
            Trouble::Login(why)
        }
        _ => Trouble::Refused { error, why },
    })
}

/// One question to a server. It is not printed: the one of the login has the password in it.
#[derive(Clone)]
pub(super) struct Call {
    method: Method,
    path: String,
    media_type: String,
    body: Vec<u8>,
}

impl Call {
    pub(super) fn query(name: &str, parameters: &[(&str, &str)]) -> Call {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        Call {
            method: Method::Get,
            path: format!("/xrpc/{name}?{query}"),
            media_type: String::new(),
            body: Vec::new(),
        }
    }

    pub(super) fn procedure(name: &str, body: impl Into<Vec<u8>>) -> Call {
        Call {
            method: Method::Post,
            path: format!("/xrpc/{name}"),
            media_type: "application/json".to_owned(),
            body: body.into(),
        }
    }

    pub(super) fn upload(name: &str, media_type: &str, bytes: Vec<u8>) -> Call {
        Call {
            media_type: media_type.to_owned(),
            ..Call::procedure(name, bytes)
        }
    }

    fn to(&self, base: &str, allow_private: bool) -> HttpRequest {
        let mut request = HttpRequest::new(self.method, format!("{base}{}", self.path))
            .header("accept", "application/json");
        if !self.body.is_empty() {
            request = request.body(&self.media_type, self.body.clone());
        }
        request.allow_private = allow_private;
        request
    }
}

/// What is kept between calls.
#[derive(Clone, Serialize, Deserialize)]
struct Session {
    server: String,
    identity: String,
    did: String,
    handle: String,
    pds: String,
    access: String,
    refresh: String,
}

/// An account that is signed in.
pub(super) struct Client<'a> {
    cx: &'a Context<'a>,
    site: Site,
    session: Session,
}

impl<'a> Client<'a> {
    /// Takes up the saved session, or signs in. Renews a session that ends within this time.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) async fn open(
        cx: &'a Context<'a>,
        ends_within: SignedDuration,
    ) -> Result<Client<'a>, Trouble> {
        let site = Site::of(cx.account).map_err(Trouble::Login)?;
        let Some(session) = saved(cx, &site) else {
            let session = sign_in(cx, &site).await?;
            return Ok(Client { cx, site, session });
        };
        let mut client = Client { cx, site, session };
        let soon = cx
            .clock
            .now()
            .saturating_add(ends_within)
            .unwrap_or(Timestamp::MAX);
        if ends_at(&client.session.access).is_some_and(|end| end <= soon) {
            client.renew().await?;
        }
        Ok(client)
    }

    /// The account's permanent name.
    pub(super) fn did(&self) -> &str {
        &self.session.did
    }

    /// The account's handle.
    pub(super) fn handle(&self) -> &str {
        &self.session.handle
    }

    /// True when the account may reach private addresses.
    pub(super) fn allow_private(&self) -> bool {
        self.site.allow_private
    }

    /// The signed request for a call.
    pub(super) fn request(&self, call: &Call) -> HttpRequest {
        call.to(&self.session.pds, self.site.allow_private)
            .bearer(&Secret::new(&*self.session.access))
    }

    /// Asks, and once more with a new session if the token was not taken. Not for visible writes.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) async fn ask(&mut self, call: &Call) -> Result<Value, Trouble> {
        match self.ask_once(call).await {
            Err(Trouble::Token(_)) => {
                self.renew().await?;
                self.ask_once(call).await
            }
            answer => answer,
        }
    }

    async fn ask_once(&self, call: &Call) -> Result<Value, Trouble> {
        send(self.cx, self.request(call)).await
    }

    /// Refreshes the session; signs in where it cannot be refreshed.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) async fn renew(&mut self) -> Result<(), Trouble> {
        let call = Call::procedure("com.atproto.server.refreshSession", Vec::new());
        let request = call
            .to(&self.session.pds, self.site.allow_private)
            .bearer(&Secret::new(&*self.session.refresh));
        self.session = match send(self.cx, request).await {
            Ok(answer) => keep(self.cx, &self.site, &answer, Some(&self.session))?,
            Err(Trouble::Network(why)) => return Err(Trouble::Network(why)),
            Err(Trouble::Later { at, why }) => return Err(Trouble::Later { at, why }),
            Err(_) => sign_in(self.cx, &self.site).await?,
        };
        Ok(())
    }
}

async fn send(cx: &Context<'_>, request: HttpRequest) -> Result<Value, Trouble> {
    let sent = cx.transport.read(request).await;
    let response = sent.map_err(|error| Trouble::Network(error.message))?;
    read(&response, cx.clock.now())
}

/// The saved session, unless the account has been pointed elsewhere since.
fn saved(cx: &Context<'_>, site: &Site) -> Option<Session> {
    let saved = cx.vault.session(cx.account)?;
    let session: Session = serde_json::from_str(saved.reveal()).ok()?;
    (session.server == site.server && session.identity == site.identity).then_some(session)
}

async fn sign_in(cx: &Context<'_>, site: &Site) -> Result<Session, Trouble> {
    let password = cx.vault.credential(cx.account).map_err(Trouble::Login)?;
    let body = json!({ "identifier": site.identity, "password": password.reveal() });
    let call = Call::procedure("com.atproto.server.createSession", body.to_string());
    match send(cx, call.to(&site.server, site.allow_private)).await {
        Ok(answer) => keep(cx, site, &answer, None),
        Err(Trouble::Refused { error, why }) if error == "AuthFactorTokenRequired" => Err(Trouble::Login(
            format!("{why}: use an app password instead of the account's own"),
        )),
        Err(Trouble::Refused { why, .. } | Trouble::Token(why)) => Err(Trouble::Login(why)),
        Err(trouble) => Err(trouble),
    }
}

/// Saves what the server gave, before anything uses it.
fn keep(cx: &Context<'_>, site: &Site, answer: &Value, before: Option<&Session>) -> Result<Session, Trouble> {
    let text = |field: &str| {
        let found = answer[field].as_str().filter(|text| !text.is_empty());
        let missing = || Trouble::Network(format!("the server's answer to the login has no {field}"));
        found.map(str::to_owned).ok_or_else(missing)
    };
    let session = Session {
        server: site.server.clone(),
        identity: site.identity.clone(),
        did: text("did")?,
        handle: text("handle")?,
        pds: pds(answer, site).unwrap_or_else(|| before.map_or(&site.server, |b| &b.pds).clone()),
        access: text("accessJwt")?,
        refresh: text("refreshJwt")?,
    };
    let written = serde_json::to_string(&session).map_err(|error| Trouble::Network(error.to_string()))?;
    cx.vault
        .save_session(cx.account, &Secret::new(written))
        .map_err(|why| Trouble::Network(format!("the session cannot be saved: {why}")))?;
    Ok(session)
}

/// The server that holds the account, where the login names another than the one that was asked. An account that
/// may reach private addresses stays with the server it was given: a test server's idea of its own address need
/// not be right.
fn pds(answer: &Value, site: &Site) -> Option<String> {
    let services = answer["didDoc"]["service"].as_array()?;
    let holds = |service: &&Value| {
        service["id"]
            .as_str()
            .is_some_and(|id| id.ends_with("#atproto_pds"))
    };
    let endpoint = services.iter().find(holds)?["serviceEndpoint"].as_str()?;
    let url = base_url(endpoint, false).ok()?;
    (!site.allow_private).then_some(url)
}

/// When a token ends by its own word. It is not verified: the server does that.
fn ends_at(token: &str) -> Option<Timestamp> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Timestamp::from_second(claims["exp"].as_i64()?).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_password_goes_only_over_https() {
        assert_eq!(
            base_url("https://pds.example/", false).unwrap(),
            "https://pds.example"
        );
        assert!(base_url("http://pds.example", false).is_err());
        assert!(base_url("http://127.0.0.1:2583", true).is_ok());
        assert!(base_url("ftp://pds.example", true).is_err());
        assert!(base_url("pds.example", false).is_err());
    }

    #[test]
    fn the_end_of_a_token_is_read_from_it() {
        let claims = URL_SAFE_NO_PAD.encode(br#"{"exp":1790000000,"sub":"did:plc:x"}"#);
        assert_eq!(
            ends_at(&format!("e30.{claims}.sig")),
            Timestamp::from_second(1_790_000_000).ok()
        );
        for broken in ["", "a.b", "a.%%%.c", "a.e30.c"] {
            assert_eq!(ends_at(broken), None);
        }
    }

    #[test]
    fn words_of_the_server_are_made_visible() {
        let response = HttpResponse {
            status: 400,
            headers: BTreeMap::new(),
            body: br#"{"error":"Invalid\u001bRequest","message":"no\u202ewords"}"#.to_vec(),
        };
        let Err(Trouble::Refused { why, .. }) = read(&response, Timestamp::UNIX_EPOCH) else {
            panic!("it was refused");
        };
        assert_eq!(why, "no<U+202E>words (Invalid<U+001B>Request)");
    }
}

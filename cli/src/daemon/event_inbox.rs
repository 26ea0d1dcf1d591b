//! Where the sources of pushed feeds send what happens: `POST /feeds/NAME`, signed as Standard Webhooks says.
//!
//! Whoever can reach the port is a stranger until the signature is verified: before that nothing is read but a bounded
//! body, nothing is told but that the message is not accepted, and no feed is named.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use soundpost_adapters::webhook::Verifier;
use soundpost_core::port::feed_source::Fetched;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::app::App;
use crate::app::error::{AppError, Kind};
use crate::config::Config;
use crate::os::vault;

/// The longest message.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// How many senders are listened to at once; the others wait.
const CONNECTIONS_MAX: usize = 16;
/// How long a sender may take for the head of a message.
const HEAD_MAX: Duration = Duration::from_secs(5);
/// How long one connection may live.
const CONNECTION_MAX: Duration = Duration::from_secs(20);

/// The inbox, before it takes anything.
pub struct EventInbox {
    listener: TcpListener,
    verifier: Arc<Verifier>,
}

impl EventInbox {
    /// Listens where the configuration says; none when it names no place.
    ///
    /// # Errors
    /// [`AppError`] when there is a place and no secret, or it cannot be listened there.
    pub async fn open(config: &Config) -> Result<Option<EventInbox>, AppError> {
        let Some(address) = config.events_listen else {
            return Ok(None);
        };
        let verifier = verifier(config).map_err(|why| {
            AppError::bad_input(format!("events_secret in config.toml: {why}"))
                .help("it signs what is sent to events_listen: without it anybody could flag events")
        })?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| cannot_listen(address, &error))?;
        let address = listener.local_addr().unwrap_or(address);
        info!(%address, "messages of pushed feeds are taken");
        Ok(Some(EventInbox {
            listener,
            verifier: Arc::new(verifier),
        }))
    }

    /// Takes messages until it is told to stop.
    pub fn serve(self, app: App, mut stopping: watch::Receiver<bool>) -> JoinHandle<()> {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        tokio::spawn(async move {
            loop {
                let place = tokio::select! {
                    place = Arc::clone(&places).acquire_owned() => place,
                    _ = stopping.wait_for(|stop| *stop) => return,
                };
                let stream = tokio::select! {
                    accepted = self.listener.accept() => accepted,
                    _ = stopping.wait_for(|stop| *stop) => return,
                };
                let (app, verifier) = (app.clone(), Arc::clone(&self.verifier));
                match stream {
                    Ok((stream, _)) => drop(tokio::spawn(async move {
                        listen(stream, app, verifier).await;
                        drop(place);
                    })),
                    // Too many open files: those that are open end soon.
                    Err(error) => {
                        warn!(%error, "cannot take a message of a pushed feed");
                        tokio::time::sleep(HEAD_MAX).await;
                    }
                }
            }
        })
    }
}

fn verifier(config: &Config) -> Result<Verifier, String> {
    let secret = config.events_secret.as_deref().ok_or("it is missing")?;
    Verifier::read(&vault::named(secret)?)
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> AppError {
    let why = format!("events_listen in config.toml: cannot listen at {address}: {error}");
    AppError::bad_input(why)
}

async fn listen(stream: TcpStream, app: App, verifier: Arc<Verifier>) {
    let service = service_fn(|request| {
        let (app, verifier) = (app.clone(), Arc::clone(&verifier));
        async move { Ok::<_, Infallible>(answer(&app, &verifier, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_MAX)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // A sender that breaks off sends again.
    let _ = timeout(CONNECTION_MAX, connection).await;
}

async fn answer(app: &App, verifier: &Verifier, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (status, words) = match take(app, verifier, request).await {
        Ok(said) => (StatusCode::OK, said),
        Err(refused) => refused,
    };
    let mut response = Response::new(Full::new(Bytes::from(words + "\n")));
    *response.status_mut() = status;
    response
}

/// Why a message is not taken.
type Refused = (StatusCode, String);

async fn take(app: &App, verifier: &Verifier, request: Request<Incoming>) -> Result<String, Refused> {
    let (head, body) = request.into_parts();
    if head.method != Method::POST {
        return Err((
            StatusCode::METHOD_NOT_ALLOWED,
            "messages are sent by POST".to_owned(),
        ));
    }
    let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
    let body = body.map_err(|_| too_long())?.to_bytes();
    if !is_signed(verifier, &head.headers, &body, app.now().as_second()) {
        warn!(
            "a message of a pushed feed was refused: it is not signed by events_secret, or its time is not about now"
        );
        return Err((
            StatusCode::UNAUTHORIZED,
            "the signature is not accepted".to_owned(),
        ));
    }
    let name = head.uri.path().strip_prefix("/feeds/").unwrap_or_default();
    let message = Fetched::Body {
        bytes: body.to_vec(),
        content_type: text(&head.headers, CONTENT_TYPE.as_str()).map(str::to_owned),
        etag: None,
        last_modified: None,
    };
    let taken = app
        .feed_pushed(name, message)
        .await
        .map_err(|error| refused(&error))?;
    match taken.trouble {
        Some(why) => Err((StatusCode::UNPROCESSABLE_ENTITY, why)),
        None => Ok(taken.said),
    }
}

fn is_signed(verifier: &Verifier, headers: &HeaderMap, body: &[u8], now_s: i64) -> bool {
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    match names.map(|name| text(headers, name)) {
        [Some(id), Some(at), Some(signatures)] => verifier.accepts(id, at, signatures, body, now_s),
        _ => false,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn too_long() -> Refused {
    let why = format!("a message has at most {BODY_BYTES_MAX} bytes, and comes whole");
    (StatusCode::PAYLOAD_TOO_LARGE, why)
}

fn refused(error: &AppError) -> Refused {
    let status = match error.kind {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, error.to_string())
}

//! The gate and HTTP, on a raw socket: when the gate refuses, not one byte arrives.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use soundpost_adapters::transport::{HttpOptions, HttpTransport, IDLE_MAX};
use soundpost_core::gate::{Epoch, Flight, Gate, InFlight, WritePass};
use soundpost_core::halt::{HaltOrder, Subject, SwitchState};
use soundpost_core::id::{AccountId, DeliveryId, Id, OrderId, PostId};
use soundpost_core::port::switch::{Switch, SwitchError};
use soundpost_core::port::transport::{HttpRequest, Method, Phase, Transport};
use soundpost_core::port::vault::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const REDIRECT: &str = "HTTP/1.1 307 Temporary Redirect\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n";
const BODY: &[u8] = b"{\"text\":\"hello\"}";

/// A switch that says what the test told it.
struct Told(SwitchState);

impl Switch for Told {
    fn read(&self) -> SwitchState {
        self.0.clone()
    }

    fn order(&self, _: &HaltOrder) -> Result<(), SwitchError> {
        Err(SwitchError("not in this test".to_owned()))
    }

    fn lift(&self, _: &[OrderId]) -> Result<(), SwitchError> {
        Err(SwitchError("not in this test".to_owned()))
    }
}

fn gate(state: SwitchState) -> Arc<Gate> {
    Gate::new(Arc::new(Epoch::default()), Arc::new(Told(state)))
}

fn pass_of(gate: &Arc<Gate>) -> (WritePass, Flight) {
    let write = InFlight {
        delivery: DeliveryId {
            post: PostId(Id::from_u128(7)),
            n: 1,
        },
        part: 1,
    };
    let subject = Subject {
        network: "raw".to_owned(),
        account: AccountId(Id::from_u128(8)),
        campaign: None,
        through: std::collections::BTreeSet::new(),
    };
    gate.pass(write, subject, gate.epoch())
}

/// What one connection brought, told when the client has closed it.
#[derive(Debug)]
struct Closed {
    bytes: Vec<u8>,
}

/// A server that keeps every byte, and answers each request with the same words; `None` = it hangs up instead.
struct Server {
    at: SocketAddr,
    closed: mpsc::Receiver<Closed>,
}

impl Server {
    async fn start(answer: Option<&'static str>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (tell, closed) = mpsc::channel(16);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let tell = tell.clone();
                tokio::spawn(async move {
                    let bytes = serve(stream, answer).await;
                    let _ = tell.send(Closed { bytes }).await;
                });
            }
        });
        Server { at, closed }
    }

    fn request(&self, path: &str) -> HttpRequest {
        let mut request = HttpRequest::new(Method::Post, format!("http://{}{path}", self.at))
            .body("application/json", BODY.to_vec());
        request.allow_private = true;
        request
    }

    /// Waits until the client has closed its oldest open connection.
    async fn connection(&mut self) -> Closed {
        let told = tokio::time::timeout(Duration::from_secs(20), self.closed.recv()).await;
        told.expect("the client closes its connection")
            .expect("the server runs")
    }
}

async fn serve(mut stream: TcpStream, answer: Option<&'static str>) -> Vec<u8> {
    let mut all = Vec::new();
    let mut answered = 0;
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk).await {
        all.extend_from_slice(&chunk[..count]);
        if let Some(end) = request_end(&all, answered) {
            let Some(answer) = answer else { break };
            answered = end;
            if stream.write_all(answer.as_bytes()).await.is_err() {
                break;
            }
        }
    }
    all
}

/// Where the request that begins at `from` ends, once all of it is there.
fn request_end(all: &[u8], from: usize) -> Option<usize> {
    let text = String::from_utf8_lossy(&all[from..]).into_owned();
    let head = text.find("\r\n\r\n")? + 4;
    let length = text[..head]
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    (text.len() >= head + length).then_some(from + head + length)
}

fn http() -> HttpTransport {
    HttpTransport::new(&HttpOptions::default()).unwrap()
}

fn http_that_keeps(pool_idle_timeout: Duration) -> HttpTransport {
    HttpTransport::new(&HttpOptions {
        pool_idle_timeout,
        ..HttpOptions::default()
    })
    .unwrap()
}

fn halted() -> SwitchState {
    SwitchState::Unreadable("the test says so".to_owned())
}

#[tokio::test]
async fn a_refused_write_sends_no_byte_on_a_new_connection() {
    let mut server = Server::start(Some(OK)).await;
    let gate = gate(halted());
    let (pass, flight) = pass_of(&gate);
    let error = http().write(server.request("/"), pass).await.unwrap_err();
    assert_eq!(error.phase, Phase::Stopped);
    assert!(error.message.contains("the test says so"), "{error}");
    assert_eq!(server.connection().await.bytes, b"");
    assert!(!flight.close());
    assert!(gate.in_flight().is_empty());
}

#[tokio::test]
async fn a_refused_write_sends_no_byte_on_a_kept_connection() {
    let mut server = Server::start(Some(OK)).await;
    let http = http();
    let (pass, _flight) = pass_of(&gate(SwitchState::Running));
    http.write(server.request("/first"), pass).await.unwrap();
    let (pass, _flight) = pass_of(&gate(halted()));
    let error = http.write(server.request("/second"), pass).await.unwrap_err();
    assert_eq!(error.phase, Phase::Stopped);
    drop(http);
    let seen = server.connection().await.bytes;
    assert_eq!(
        request_end(&seen, 0),
        Some(seen.len()),
        "one request and nothing more"
    );
    assert!(seen.starts_with(b"POST /first "));
    assert!(server.closed.is_empty(), "there was one connection only");
}

#[tokio::test]
async fn a_write_that_was_checked_before_the_epoch_rose_is_refused() {
    let mut server = Server::start(Some(OK)).await;
    let gate = gate(SwitchState::Running);
    let (pass, _flight) = pass_of(&gate);
    gate.raise();
    let error = http().write(server.request("/"), pass).await.unwrap_err();
    assert_eq!(error.phase, Phase::Stopped);
    assert_eq!(server.connection().await.bytes, b"");
}

#[tokio::test]
async fn an_admitted_write_arrives_once_and_whole() {
    let mut server = Server::start(Some(OK)).await;
    let http = http();
    let (pass, flight) = pass_of(&gate(SwitchState::Running));
    let response = http.write(server.request("/"), pass).await.unwrap();
    assert_eq!(
        (response.status, response.body.as_slice()),
        (200, b"ok".as_slice())
    );
    assert!(flight.close());
    drop(http);
    let seen = server.connection().await.bytes;
    assert!(seen.ends_with(BODY));
    assert_eq!(request_end(&seen, 0), Some(seen.len()));
    let head = String::from_utf8_lossy(&seen).to_ascii_lowercase();
    assert!(
        head.contains(&format!("content-length: {}\r\n", BODY.len())),
        "{head}"
    );
    assert!(!head.contains("transfer-encoding"), "{head}");
    assert!(head.contains("user-agent: soundpost/"), "{head}");
}

#[tokio::test]
async fn an_empty_body_asks_the_gate_too() {
    let mut server = Server::start(Some(OK)).await;
    let http = http();
    let empty = |path: &str| HttpRequest {
        body: Vec::new(),
        ..server.request(path)
    };
    let (pass, _flight) = pass_of(&gate(halted()));
    let error = http.write(empty("/refused"), pass).await.unwrap_err();
    assert_eq!(error.phase, Phase::Stopped);
    let (pass, flight) = pass_of(&gate(SwitchState::Running));
    http.write(empty("/admitted"), pass).await.unwrap();
    assert!(flight.close());
    drop(http);
    let seen = server.connection().await.bytes;
    assert!(
        seen.starts_with(b"POST /admitted "),
        "the refused one made no connection"
    );
}

#[tokio::test]
async fn a_server_that_hangs_up_before_it_answers_leaves_it_open() {
    let server = Server::start(None).await;
    let (pass, _flight) = pass_of(&gate(SwitchState::Running));
    let error = http().write(server.request("/"), pass).await.unwrap_err();
    assert_eq!(error.phase, Phase::MaybeSent);
}

#[tokio::test]
async fn a_server_that_does_not_answer_in_time_leaves_it_open() {
    let server = Server::start(Some("")).await;
    let http = HttpTransport::new(&HttpOptions {
        timeout: Duration::from_millis(300),
        ..HttpOptions::default()
    })
    .unwrap();
    let (pass, _flight) = pass_of(&gate(SwitchState::Running));
    let error = http.write(server.request("/"), pass).await.unwrap_err();
    assert_eq!(error.phase, Phase::MaybeSent);
    assert!(error.message.contains("in time"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_too_long_leaves_it_open() {
    let server = Server::start(Some(OK)).await;
    let mut request = server.request("/");
    request.response_bytes_max = 1;
    let (pass, _flight) = pass_of(&gate(SwitchState::Running));
    let error = http().write(request, pass).await.unwrap_err();
    assert_eq!(error.phase, Phase::MaybeSent);
}

#[tokio::test]
async fn a_refused_connection_is_surely_not_sent_and_tells_no_secret() {
    let at = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let mut request = HttpRequest::new(
        Method::Post,
        format!("http://{at}/needle-path?token=needle-query"),
    )
    .bearer(&Secret::new("needle-bearer"))
    .body("application/json", BODY.to_vec());
    request.allow_private = true;
    let (pass, flight) = pass_of(&gate(SwitchState::Running));
    let error = http().write(request.clone(), pass).await.unwrap_err();
    assert_eq!(error.phase, Phase::NotSent);
    assert!(!flight.close());
    assert!(!format!("{error:?} {error}").contains("needle"), "{error:?}");
    let error = http().read(request).await.unwrap_err();
    assert_eq!(error.phase, Phase::NotSent);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut server = Server::start(Some(REDIRECT)).await;
    let http = http();
    let (pass, _flight) = pass_of(&gate(SwitchState::Running));
    assert_eq!(http.write(server.request("/"), pass).await.unwrap().status, 307);
    assert_eq!(http.read(server.request("/")).await.unwrap().status, 307);
    drop(http);
    let seen = String::from_utf8(server.connection().await.bytes).unwrap();
    assert!(!seen.contains("/other"), "{seen}");
}

#[tokio::test]
async fn a_connection_that_idled_for_too_long_is_not_used_again() {
    for (keeps, connections) in [(Duration::from_secs(3), 1), (Duration::from_nanos(1), 2)] {
        let mut server = Server::start(Some(OK)).await;
        let http = http_that_keeps(keeps);
        for _ in 0..2 {
            let (pass, _flight) = pass_of(&gate(SwitchState::Running));
            http.write(server.request("/"), pass).await.unwrap();
        }
        drop(http);
        for _ in 0..connections {
            assert!(!server.connection().await.bytes.is_empty());
        }
        assert!(server.closed.is_empty());
    }
    let too_long = HttpOptions {
        pool_idle_timeout: IDLE_MAX,
        ..HttpOptions::default()
    };
    assert!(HttpTransport::new(&too_long).is_err());
}

#[tokio::test]
async fn private_addresses_are_refused_unless_the_request_allows_them() {
    let mut server = Server::start(Some(OK)).await;
    let port = server.at.port();
    for host in [
        "127.0.0.1",
        "0x7f.1",
        "localhost",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
    ] {
        let request = HttpRequest::new(Method::Get, format!("http://{host}:{port}/"));
        let error = http().read(request.clone()).await.unwrap_err();
        assert_eq!(error.phase, Phase::NotSent, "{host}");
        assert!(error.message.contains("private"), "{error}");
        let (pass, flight) = pass_of(&gate(SwitchState::Running));
        let error = http().write(request, pass).await.unwrap_err();
        assert_eq!(error.phase, Phase::NotSent, "{host}");
        drop(flight);
    }
    let http = http();
    http.read(server.request("/allowed")).await.unwrap();
    drop(http);
    assert!(
        server.connection().await.bytes.starts_with(b"POST /allowed "),
        "it was the first to connect"
    );
}

#[tokio::test]
async fn a_write_in_flight_is_counted_until_its_lane_lets_go() {
    let server = Server::start(Some(OK)).await;
    let gate = gate(SwitchState::Running);
    let (pass, flight) = pass_of(&gate);
    http().write(server.request("/"), pass).await.unwrap();
    assert_eq!(gate.in_flight().len(), 1);
    drop(flight);
    assert_eq!(gate.in_flight().len(), 0);
}

//! A server that is a PDS, a Mastodon and a receiver of webhooks at once, and repeats every secret that it was ever
//! told or gave out: in bodies and headers, with good and bad answers, in every form. What it does with a post stands in the post's
//! text: `refuse`, `later`, `lose`, `login`, `expire`, `garble`, `accept`.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::needles::{self, WAYS, base64, url_safe};
use crate::story::http::{Request, Response, Server};

/// What a post can ask for.
pub const TRICKS: [&str; 7] = ["refuse", "later", "lose", "login", "expire", "garble", "accept"];

const DID: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";

/// What the server knows.
#[derive(Debug, Default)]
struct Known {
    /// In the order in which it learnt them.
    secrets: Vec<String>,
    all: BTreeSet<String>,
    answers: usize,
    sessions: usize,
}

impl Known {
    fn learn(&mut self, secret: &str) {
        if !secret.is_empty() && self.all.insert(secret.to_owned()) {
            self.secrets.push(secret.to_owned());
        }
    }

    /// One of the newest secrets, in one of the ways; the next call takes another.
    fn next(&mut self) -> String {
        let number = self.answers;
        self.answers += 1;
        let newest = self.secrets.len().min(4);
        let secret = self.secrets.iter().rev().nth((number / WAYS) % newest.max(1));
        secret.map_or_else(String::new, |secret| needles::written(secret, number))
    }

    /// Tokens of the shape that a PDS gives out.
    fn token(&mut self, kind: &str) -> String {
        self.sessions += 1;
        let claims = json!({ "scope": kind, "sub": DID, "exp": 4_000_000_000_u64, "n": self.sessions });
        let end = base64(format!("signature {kind} {:08}", self.sessions * 7_919).as_bytes());
        let token = format!(
            "eyJhbGciOiJIUzI1NiJ9.{}.{}",
            url_safe(&base64(claims.to_string().as_bytes())),
            url_safe(&end)
        );
        self.learn(&token);
        token
    }
}

/// The server.
#[derive(Debug)]
pub struct Parrot {
    server: Server,
    known: Arc<Mutex<Known>>,
}

impl Parrot {
    /// Starts it. It knows these secrets, which are in no request.
    #[must_use]
    pub fn start(secrets: &[&str]) -> Parrot {
        let known = Arc::new(Mutex::new(Known::default()));
        let parrot = Parrot {
            known: Arc::clone(&known),
            server: Server::start(move |_, request| {
                let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                answer(&mut known, request)
            }),
        };
        secrets.iter().for_each(|secret| parrot.lock().learn(secret));
        parrot
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// All secrets that it has met.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.lock().secrets.clone()
    }

    /// How many requests for this have come.
    #[must_use]
    pub fn asked(&self, part: &str) -> usize {
        let seen = self.server.seen();
        seen.iter().filter(|request| request.line.contains(part)).count()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(known: &mut Known, request: &Request) -> Response {
    listen(known, request);
    let words = format!("{} is not what I like, nor {}", known.next(), known.next());
    let mut response = reply(known, request, &words);
    if response.header.is_empty() {
        response.header = format!("x-you-said: {}", known.next());
    }
    response
}

/// Takes up what stands in the request.
fn listen(known: &mut Known, request: &Request) {
    let token = request.head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("authorization").then(|| value.trim())
    });
    let token = token.and_then(|value| value.strip_prefix("Bearer "));
    let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
    for secret in [token, body["password"].as_str()].into_iter().flatten() {
        known.learn(secret);
    }
}

fn reply(known: &mut Known, request: &Request, words: &str) -> Response {
    let path = request.line.split([' ', '?']).nth(1).unwrap_or_default();
    let good = |body: Value| Response::new(200, body.to_string());
    match path.rsplit('/').next().unwrap_or_default() {
        "com.atproto.server.createSession" if request.body.contains("wrong.test") => {
            failure(known, "login", words)
        }
        "com.atproto.server.createSession" | "com.atproto.server.refreshSession" => good(json!({
            "did": DID, "handle": "shop.test", "accessJwt": known.token("access"), "refreshJwt": known.token("refresh"),
            "didDoc": { "words": words },
        })),
        "com.atproto.server.getSession" => good(json!({ "did": DID, "handle": "shop.test", "words": words })),
        "com.atproto.repo.putRecord" | "statuses" if request.line.starts_with("POST") => {
            trick(known, &request.body, words)
        }
        "verify_credentials" => good(json!({ "id": "1", "username": "shop", "note": words })),
        "instance" => good(json!({ "version": "4.6.0", "title": words })),
        // Look-ups, handles, deletions: each is refused with words.
        _ if path.starts_with("/xrpc") || path.starts_with("/api") => failure(known, "refuse", words),
        // A webhook.
        _ => trick(known, &request.body, words),
    }
}

fn trick(known: &mut Known, body: &str, words: &str) -> Response {
    match TRICKS.iter().find(|trick| body.contains(*trick)) {
        Some(&"accept") => Response::new(
            200,
            json!({
                "uri": format!("at://{DID}/app.bsky.feed.post/{words}"), "cid": known.next(),
                "id": known.next(), "url": format!("https://example.com/{}", known.next()),
            })
            .to_string(),
        ),
        Some(trick) => failure(known, trick, words),
        None => Response::new(
            200,
            json!({ "uri": "at://x/y/z", "cid": "c", "id": "7" }).to_string(),
        ),
    }
}

fn failure(known: &mut Known, trick: &str, words: &str) -> Response {
    let body =
        |error: &str| json!({ "error": error, "message": words, "error_description": words }).to_string();
    match trick {
        "later" => Response {
            header: "retry-after: 1".to_owned(),
            ..Response::new(429, body(&known.next()))
        },
        "lose" => Response::new(500, body(&known.next())),
        "login" => Response {
            header: format!("www-authenticate: Bearer realm=\"{}\"", known.next()),
            ..Response::new(401, body("AuthMissing"))
        },
        "expire" => Response::new(400, body("ExpiredToken")),
        "garble" => Response::new(200, format!("{} <html>{words}", known.next())),
        _ => Response {
            header: format!("location: https://example.com/{}", known.next()),
            ..Response::new(422, body(&known.next()))
        },
    }
}

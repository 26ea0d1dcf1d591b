//! Bluesky, and every other server of the AT protocol that keeps posts of `app.bsky.feed.post`.
//!
//! | limit | value |
//! |---|---|
//! | text | 300 graphemes and 3000 bytes |
//! | pictures | 4 in a part, 2,000,000 bytes each |
//! | picture of a link card | 1,000,000 bytes |
//! | hashtag | 64 graphemes |
//! | writes | 5000 points an hour for an account, of which a post costs up to 3 |
//!
//! Links: [posts](https://docs.bsky.app/docs/advanced-guides/posts),
//! [limits](https://docs.bsky.app/docs/advanced-guides/rate-limits),
//! [`putRecord`](https://docs.bsky.app/docs/api/com-atproto-repo-put-record).
//!
//! A post is written with `putRecord` under a record key of our own, with `swapRecord: null`. So a repeat of the
//! same bytes changes nothing and is answered like the first time, and other bytes under the same key are refused.
//! The account's permanent name (its DID) is part of those bytes: that is why everything is staged, even bare text.

mod facets;
mod record;
mod session;
mod stage;
mod tid;

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize as _;
use serde_json::{Value, json};
use soundpost_core::account::Account;
use soundpost_core::frozen::{Frozen, Staging};
use soundpost_core::gate::WritePass;
use soundpost_core::port::adapter::{
    Accepted, AccountError, Adapter, Capabilities, ComposeInput, Context, Dedupe, Description, Finding,
    Identity, LookUp, LookUpPower, NotSent, Outcome, Retracted, StageError, TextUnit,
};
use soundpost_core::port::transport::Phase;
use soundpost_core::post::Part;
use soundpost_core::receipt::Receipt;

use self::record::{COLLECTION, record};
use self::session::{ALLOW_PRIVATE, Call, Client, Site, Trouble};
use self::stage::{STAGING_S, Stage, Staged};
use crate::kit::{check, reply};

const PUT_RECORD: &str = "com.atproto.repo.putRecord";
const DAY_S: u32 = 24 * 3600;
/// A session that ends sooner is renewed before anything is asked with it.
const SESSION_MARGIN: SignedDuration = SignedDuration::from_mins(5);

fn capabilities() -> Capabilities {
    Capabilities {
        text_max: 300,
        text_unit: TextUnit::Graphemes,
        text_bytes_max: Some(3000),
        parts_max: 100,
        images_max: 4,
        image_bytes_max: 2_000_000,
        image_types: ["image/jpeg", "image/png", "image/webp", "image/gif"]
            .map(str::to_owned)
            .to_vec(),
        alt_max: 2000,
        link_card: true,
        stages: true,
        staging_s: STAGING_S,
        // The key is the name of the record: it is honoured for as long as the record is there.
        dedupe: Dedupe::ByKey {
            honoured_s: 30 * DAY_S,
        },
        look_up: LookUpPower::ProvesAbsence,
        retract: true,
        whoami: true,
        login: true,
        metrics: false,
        writes_per_hour_max: 1666,
    }
}

/// Bluesky.
#[derive(Debug)]
pub struct Bluesky {
    description: Description,
}

impl Default for Bluesky {
    fn default() -> Bluesky {
        Bluesky::new()
    }
}

impl Bluesky {
    /// The adapter; it keeps nothing between calls.
    pub fn new() -> Bluesky {
        Bluesky {
            description: Description {
                network: "bluesky",
                about: "Bluesky and other servers of the AT protocol",
                server_hint: Some("where you sign in, such as https://bsky.social, which it is unless given"),
                server_is_secret: false,
                session_facts: &["server", "identity", "did", "handle", "pds"],
                identity_hint: Some("your handle, such as name.bsky.social"),
                credential_hint: Some("an app password (Settings, Privacy and security, App passwords)"),
                settings: &[(
                    ALLOW_PRIVATE,
                    "true = the server may be on this machine or network, and http",
                )],
                capabilities: capabilities(),
            },
        }
    }
}

#[async_trait]
impl Adapter for Bluesky {
    fn describe(&self) -> &Description {
        &self.description
    }

    fn check(&self, parts: &[Part], account: &Account) -> Vec<Finding> {
        let mut findings = check::parts(parts, "Bluesky", &self.description.capabilities);
        for (number, part) in (1..).zip(parts) {
            if part.card.is_some() && !part.media.is_empty() {
                let message = "Bluesky shows pictures or a link card, not both: the card is left out";
                findings.push(check::worth_a_look(number, "card", message));
            }
        }
        findings.extend(
            Site::of(account)
                .err()
                .map(|why| check::blocking(0, "account", why)),
        );
        findings
    }

    fn compose(&self, input: &ComposeInput<'_>) -> Result<Frozen, String> {
        let staging = input.staging.ok_or("Bluesky posts are staged first")?;
        let staged = Staged::deserialize(&staging.data)
            .map_err(|error| format!("the staging cannot be read: {error}"))?;
        let record_key = tid::record_key(input.send_key);
        let body = json!({
            "repo": staged.did,
            "collection": COLLECTION,
            "rkey": record_key,
            "record": record(input, &staged)?,
            "swapRecord": null,
            "validate": true,
        });
        Ok(Frozen {
            part: input.part,
            body: body.to_string(),
            address: BTreeMap::from([
                ("repo".to_owned(), staged.did),
                ("handle".to_owned(), staged.handle),
                ("rkey".to_owned(), record_key),
            ]),
            send_key: input.send_key,
            composed_at: input.now,
        })
    }

    async fn publish(&self, cx: &Context<'_>, frozen: &Frozen, pass: WritePass) -> Outcome {
        let refused = |why: String| Outcome::Refused { why, field: None };
        let target = match Target::of(frozen) {
            Ok(target) => target,
            Err(why) => return refused(why),
        };
        let mut client = match Client::open(cx, SESSION_MARGIN).await {
            Ok(client) => client,
            Err(trouble) => return unwritten(trouble),
        };
        if client.did() != target.repo {
            return refused(format!(
                "this was composed for {}, and the account now signs in as {}",
                target.repo,
                client.did()
            ));
        }
        if let Err(stopped) = answered_parts_are_there(&mut client, frozen).await {
            return stopped;
        }
        let request = client.request(&Call::procedure(PUT_RECORD, frozen.body.as_bytes()));
        let response = match cx.transport.write(request, pass).await {
            Ok(response) => response,
            Err(error) => {
                return match error.phase {
                    Phase::Stopped => Outcome::NotSent(NotSent::Stopped),
                    Phase::NotSent => Outcome::NotSent(NotSent::Network(error.message)),
                    Phase::MaybeSent => Outcome::Unknown { why: error.message },
                };
            }
        };
        match session::read(&response, cx.clock.now()) {
            Ok(answer) => target.accepted(&answer),
            Err(Trouble::Token(_)) => renewed(&mut client).await,
            Err(trouble) => refusal(response.status, trouble),
        }
    }

    fn needs_staging(&self, _parts: &[Part]) -> bool {
        true
    }

    async fn stage(&self, cx: &Context<'_>, parts: &[Part]) -> Result<Staging, StageError> {
        let mut stage = Stage::open(cx).await?;
        for part in parts {
            stage.mentions(part).await?;
            for media in &part.media {
                stage.picture(media).await?;
            }
            if let Some(card) = part.card.as_ref().filter(|_| part.media.is_empty()) {
                stage.card(card).await?;
            }
        }
        stage.finish()
    }

    async fn look_up(&self, cx: &Context<'_>, frozen: &Frozen, _first_fenced_at: Timestamp) -> LookUp {
        let target = match Target::of(frozen) {
            Ok(target) => target,
            Err(why) => return LookUp::CannotTell(why),
        };
        let mut client = match Client::open(cx, SESSION_MARGIN).await {
            Ok(client) => client,
            Err(trouble) => return untold(trouble),
        };
        match record_of(&mut client, target.repo, target.record_key).await {
            Ok(Some(answer)) => target.found(&answer, frozen),
            Ok(None) => LookUp::NotThere,
            Err(trouble) => untold(trouble),
        }
    }

    async fn retract(&self, cx: &Context<'_>, receipt: &Receipt) -> Retracted {
        let Some((repo, record_key)) = parse_uri(&receipt.remote_id) else {
            return Retracted::Refused(format!("'{}' is not a post", reply::visible(&receipt.remote_id)));
        };
        let body = json!({ "repo": repo, "collection": COLLECTION, "rkey": record_key });
        let call = Call::procedure("com.atproto.repo.deleteRecord", body.to_string());
        let answer = match Client::open(cx, SESSION_MARGIN).await {
            Ok(mut client) => client.ask(&call).await,
            Err(trouble) => Err(trouble),
        };
        match answer {
            Ok(_) => Retracted::Gone,
            Err(Trouble::Refused { error, .. }) if error == "RecordNotFound" => Retracted::Gone,
            Err(Trouble::Network(why) | Trouble::Later { why, .. }) => Retracted::Later(why),
            Err(Trouble::Token(why) | Trouble::Login(why) | Trouble::Refused { why, .. }) => {
                Retracted::Refused(why)
            }
        }
    }

    async fn whoami(&self, cx: &Context<'_>) -> Result<Identity, AccountError> {
        let mut client = Client::open(cx, SESSION_MARGIN).await?;
        let answer = client
            .ask(&Call::query("com.atproto.server.getSession", &[]))
            .await?;
        Ok(Identity {
            name: answer["handle"].as_str().unwrap_or(client.handle()).to_owned(),
            id: answer["did"].as_str().unwrap_or(client.did()).to_owned(),
        })
    }

    async fn refresh_login(&self, cx: &Context<'_>, ends_within: SignedDuration) -> Result<(), AccountError> {
        Client::open(cx, ends_within).await?;
        Ok(())
    }
}

/// A record as its server has it; none when it is not there.
async fn record_of(client: &mut Client<'_>, repo: &str, record_key: &str) -> Result<Option<Value>, Trouble> {
    let parameters = [("repo", repo), ("collection", COLLECTION), ("rkey", record_key)];
    let call = Call::query("com.atproto.repo.getRecord", &parameters);
    match client.ask(&call).await {
        Ok(answer) => Ok(Some(answer)),
        Err(Trouble::Refused { error, .. }) if error == "RecordNotFound" => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// Refuses a part that would answer a part which somebody has deleted: the server would take it, and it would stand
/// there alone.
async fn answered_parts_are_there(client: &mut Client<'_>, frozen: &Frozen) -> Result<(), Outcome> {
    let body: Value = serde_json::from_str(&frozen.body).unwrap_or_default();
    let reply = &body["record"]["reply"];
    let mut answered = [&reply["root"]["uri"], &reply["parent"]["uri"]]
        .map(|uri| uri.as_str().and_then(parse_uri))
        .to_vec();
    answered.dedup();
    for (repo, record_key) in answered.into_iter().flatten() {
        let found = record_of(client, repo, record_key).await.map_err(unwritten)?;
        if found.is_none() {
            return Err(Outcome::Refused {
                why: "an earlier part of the thread has been deleted there".to_owned(),
                field: None,
            });
        }
    }
    Ok(())
}

/// Where a frozen part goes.
struct Target<'a> {
    repo: &'a str,
    handle: &'a str,
    record_key: &'a str,
}

impl Target<'_> {
    fn of(frozen: &Frozen) -> Result<Target<'_>, String> {
        let fact = |name: &str| {
            let found = frozen.address.get(name).map(String::as_str);
            found.ok_or_else(|| format!("the frozen part does not say its {name}"))
        };
        Ok(Target {
            repo: fact("repo")?,
            handle: fact("handle")?,
            record_key: fact("rkey")?,
        })
    }

    fn accepted(&self, answer: &Value) -> Outcome {
        match self.proof(answer) {
            Some(proof) => Outcome::Accepted(Box::new(proof)),
            None => Outcome::Unknown {
                why: "the server's answer to the post has no uri or cid".to_owned(),
            },
        }
    }

    /// Another post under our key would be somebody else's, or a part of ours that met the same key.
    fn found(&self, answer: &Value, frozen: &Frozen) -> LookUp {
        let sent: Value = serde_json::from_str(&frozen.body).unwrap_or_default();
        if answer["value"]["createdAt"] != sent["record"]["createdAt"] {
            return LookUp::CannotTell(format!("another post has the record key {}", self.record_key));
        }
        match self.proof(answer) {
            Some(proof) => LookUp::Found(Box::new(proof)),
            None => LookUp::CannotTell("the server's answer has no uri or cid".to_owned()),
        }
    }

    fn proof(&self, answer: &Value) -> Option<Accepted> {
        let (uri, cid) = (answer["uri"].as_str()?, answer["cid"].as_str()?);
        Some(Accepted {
            remote_id: uri.to_owned(),
            url: Some(format!(
                "https://bsky.app/profile/{}/post/{}",
                self.handle, self.record_key
            )),
            server_time: None,
            anchors: BTreeMap::from([
                ("uri".to_owned(), uri.to_owned()),
                ("cid".to_owned(), cid.to_owned()),
            ]),
        })
    }
}

/// `at://<repo>/app.bsky.feed.post/<record key>`
fn parse_uri(uri: &str) -> Option<(&str, &str)> {
    let (repo, rest) = uri.strip_prefix("at://")?.split_once('/')?;
    let record_key = rest.strip_prefix(COLLECTION)?.strip_prefix('/')?;
    (!repo.is_empty() && !record_key.is_empty() && !record_key.contains('/')).then_some((repo, record_key))
}

/// Trouble before the visible write was begun.
fn unwritten(trouble: Trouble) -> Outcome {
    match trouble {
        Trouble::Network(why) | Trouble::Token(why) => Outcome::NotSent(NotSent::Network(why)),
        Trouble::Later { at, why } => Outcome::Later { at, why },
        Trouble::Login(why) | Trouble::Refused { why, .. } => Outcome::LoginNeeded { why },
    }
}

/// The write bounced off an ended session. The next attempt has a new one.
async fn renewed(client: &mut Client<'_>) -> Outcome {
    match client.renew().await {
        Ok(()) => Outcome::NotSent(NotSent::Network(
            "the session had ended and was renewed".to_owned(),
        )),
        Err(trouble) => unwritten(trouble),
    }
}

/// What the server's refusal of the visible write means.
fn refusal(status: u16, trouble: Trouble) -> Outcome {
    match trouble {
        Trouble::Network(why) => Outcome::Unknown { why },
        Trouble::Later { at, why } => Outcome::Later { at, why },
        Trouble::Token(why) | Trouble::Login(why) => Outcome::LoginNeeded { why },
        Trouble::Refused { error, why } => match error.as_str() {
            // Something is there under our key: a look-up tells whether it is this.
            "InvalidSwap" => Outcome::Unknown { why },
            "BlobNotFound" => Outcome::NotSent(NotSent::MediaGone(why)),
            _ => Outcome::Refused {
                field: field(&why),
                why: format!("HTTP {status}: {why}"),
            },
        },
    }
}

/// Which field a message such as "... at $.record.text" is about.
fn field(why: &str) -> Option<String> {
    let fields = [
        ("record.text", "text"),
        ("record.embed", "media"),
        ("InvalidMimeType", "media"),
        ("InvalidSize", "media"),
    ];
    let known = fields.iter().find(|(sign, _)| why.contains(sign));
    known.map(|(_, field)| (*field).to_owned())
}

fn untold(trouble: Trouble) -> LookUp {
    match trouble {
        Trouble::Token(why) | Trouble::Login(why) => LookUp::LoginNeeded(why),
        Trouble::Network(why) | Trouble::Later { why, .. } | Trouble::Refused { why, .. } => {
            LookUp::CannotTell(why)
        }
    }
}

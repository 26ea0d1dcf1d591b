//! Mastodon, and other servers of its API: `GoToSocial`, Pleroma, Akkoma, Pixelfed.
//!
//! | limit | value |
//! |---|---|
//! | text | 500 graphemes; a link counts 23, `@name@server` counts as `@name`, a content warning counts too |
//! | pictures | 4 in a part, 16,777,216 bytes each |
//! | alternative text | 1500 graphemes |
//! | writes | 300 in 3 hours for an account |
//!
//! They are Mastodon's own. Others have other limits, which are read when a post is staged; a longer text than 500
//! needs the setting `max_characters`.
//!
//! Links: [posts](https://docs.joinmastodon.org/methods/statuses/),
//! [pictures](https://docs.joinmastodon.org/methods/media/),
//! [limits](https://docs.joinmastodon.org/api/rate-limits/).
//!
//! A post carries an `Idempotency-Key`, but what servers make of it differs: some recognise it for an hour, some not
//! at all, some answer a repeat with the error of the first attempt. So it is a second line of defence and never a
//! reason to send again. A post whose answer was lost is looked for among the account's own; when it is not seen
//! there, that proves nothing, and a person decides. The waiting is never left to the server (`scheduled_at`): it
//! would not hear of a pause.

mod api;
mod instance;
mod look_up;
mod settings;
mod stage;

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::{Value, json};
use soundpost_core::account::Account;
use soundpost_core::frozen::{Frozen, Staging};
use soundpost_core::gate::WritePass;
use soundpost_core::port::adapter::{
    Accepted, AccountError, Adapter, Capabilities, ComposeInput, Context, Dedupe, Description, Finding,
    Identity, LookUp, LookUpPower, Outcome, Retracted, StageError, TextUnit,
};
use soundpost_core::port::transport::{HttpResponse, Method};
use soundpost_core::post::Part;
use soundpost_core::receipt::Receipt;

use self::api::{Client, Trouble};
use self::instance::Software;
use self::settings::{Idempotency, Settings, words};
use self::stage::{STAGING_S, Staged};
use crate::kit::{check, reply, server};

const STATUSES: &str = "/api/v1/statuses";
fn capabilities() -> Capabilities {
    Capabilities {
        text_max: 500,
        text_unit: TextUnit::Graphemes,
        parts_max: 100,
        images_max: 4,
        image_bytes_max: 16_777_216,
        image_types: ["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"]
            .map(str::to_owned)
            .to_vec(),
        alt_max: 1500,
        link_card: true,
        stages: true,
        staging_s: STAGING_S,
        // Whether a key is recognised depends on the server: see above.
        dedupe: Dedupe::None,
        look_up: LookUpPower::FindsOnly,
        retract: true,
        whoami: true,
        writes_per_hour_max: 100,
        ..Capabilities::default()
    }
}

/// How long Mastodon remembers an idempotency key: an hour by its documentation; we rely on less.
const KEY_HONOURED_S: u32 = 50 * 60;

const SETTINGS: &[(&str, &str)] = &[
    (
        server::ALLOW_PRIVATE,
        "true = the server may be on this machine or network, and http",
    ),
    (
        settings::VISIBILITY,
        "public, unlisted, private or direct; else what the account has as its default",
    ),
    (settings::SPOILER, "a content warning before every post"),
    (settings::SENSITIVE, "true = pictures are hidden until asked for"),
    (
        settings::MAX_CHARACTERS,
        "the longest post, where the server takes more than 500 characters",
    ),
    (
        settings::IDEMPOTENCY,
        "auto (a key by which the server may know a repeat, unless it is of a kind that repeats errors), trust \
         (always a key), never",
    ),
];

/// Mastodon.
#[derive(Debug)]
pub struct Mastodon {
    description: Description,
}

impl Default for Mastodon {
    fn default() -> Mastodon {
        Mastodon::new()
    }
}

impl Mastodon {
    /// The adapter; it keeps nothing between calls.
    pub fn new() -> Mastodon {
        Mastodon {
            description: Description {
                network: "mastodon",
                about: "Mastodon and other servers of its API",
                server_hint: Some("the server, such as https://mastodon.social"),
                server_is_secret: false,
                session_facts: &[],
                identity_hint: None,
                credential_hint: Some(
                    "an access token (Preferences, Development, New application) with the scopes read:accounts, \
                     read:statuses, write:statuses and write:media",
                ),
                settings: SETTINGS,
                capabilities: capabilities(),
            },
        }
    }
}

#[async_trait]
impl Adapter for Mastodon {
    fn describe(&self) -> &Description {
        &self.description
    }

    fn check(&self, parts: &[Part], account: &Account) -> Vec<Finding> {
        // Its texts are counted in their own way, below.
        let uncounted = Capabilities {
            text_max: u32::MAX,
            ..self.description.capabilities.clone()
        };
        let mut findings = check::parts(parts, "Mastodon", &uncounted);
        let settings = match Settings::of(account) {
            Ok(settings) => settings,
            Err(why) => {
                findings.push(check::blocking(0, "account", why));
                return findings;
            }
        };
        let limits = settings.assumed_limits();
        for (number, part) in (1..).zip(parts) {
            if let Some(long) = limits.too_long(&words(part), &settings.spoiler) {
                let hint = if settings.max_characters.is_none() {
                    "; if it takes more, say so with the setting max_characters"
                } else {
                    ""
                };
                findings.push(check::blocking(number, "text", long + hint));
            }
            let described = |text: &str| !text.trim().is_empty();
            if let Some(card) = &part.card
                && (described(&card.title) || described(&card.description))
            {
                let message =
                    "the server makes the card itself: the title and description given are not used";
                findings.push(check::worth_a_look(number, "card", message));
            }
        }
        findings
    }

    fn compose(&self, input: &ComposeInput<'_>) -> Result<Frozen, String> {
        let part = check::part(input)?;
        let settings = Settings::of(input.account)?;
        let staging = input.staging.ok_or("Mastodon posts are staged first")?;
        let staged = Staged::deserialize(&staging.data)
            .map_err(|error| format!("the staging cannot be read: {error}"))?;
        if staged.server != settings.server {
            return Err("this was staged at another server".to_owned());
        }
        let media = staged.media.get(usize::from(input.part) - 1);
        let media = media.filter(|ids| ids.len() == part.media.len());
        let media = media.ok_or_else(|| format!("the pictures of part {} were not staged", input.part))?;
        let mut body = json!({ "status": words(part) });
        if !media.is_empty() {
            body["media_ids"] = media.as_slice().into();
        }
        if input.part > 1 {
            body["in_reply_to_id"] = before(input)?.into();
        }
        if let Some(language) = input.language.or(input.account.language.as_deref()) {
            // ISO 639: the language without its region.
            body["language"] = language.split('-').next().into();
        }
        settings.apply(&mut body);
        let mut address = BTreeMap::from([
            ("server".to_owned(), staged.server),
            ("account_id".to_owned(), staged.account_id),
        ]);
        let keyed = match settings.idempotency {
            Idempotency::Auto => staged.limits.software != Software::Pleroma,
            Idempotency::Trust => true,
            Idempotency::Never => false,
        };
        if keyed {
            address.insert("key".to_owned(), input.send_key.0.to_string());
        }
        Ok(Frozen {
            part: input.part,
            body: body.to_string(),
            address,
            send_key: input.send_key,
            composed_at: input.now,
        })
    }

    fn dedupe(&self, account: &Account, frozen: &Frozen) -> Dedupe {
        let trusted = Settings::of(account).is_ok_and(|s| s.idempotency == Idempotency::Trust);
        match frozen.address.contains_key("key") && trusted {
            true => Dedupe::ByKey {
                honoured_s: KEY_HONOURED_S,
            },
            false => Dedupe::None,
        }
    }

    async fn publish(&self, cx: &Context<'_>, frozen: &Frozen, pass: WritePass) -> Outcome {
        let client = match open(cx, frozen) {
            Ok((client, _)) => client,
            Err(Trouble::Refused { why, .. }) => return Outcome::Refused { why, field: None },
            Err(trouble) => {
                return Outcome::LoginNeeded {
                    why: AccountError::from(trouble).to_string(),
                };
            }
        };
        let mut request = client.request(Method::Post, STATUSES);
        if let Some(key) = frozen.address.get("key") {
            request = request.header("idempotency-key", key);
        }
        let request = request.body("application/json", frozen.body.clone().into_bytes());
        match cx.transport.write(request, pass).await {
            Ok(response) => outcome(&response, frozen, cx.clock.now()),
            Err(error) => reply::unanswered(error),
        }
    }

    /// Bare text too: a look-up needs the account's id, and a server may have limits of its own.
    /// The address of a status ends in its id: `https://server/@name/1234`.
    fn remote_id_of(&self, url: &str) -> Option<String> {
        let path = url.split(['?', '#']).next()?.trim_end_matches('/');
        let (_, last) = path.rsplit_once('/')?;
        let is_id = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
        is_id.then(|| last.to_owned())
    }

    fn needs_staging(&self, _parts: &[Part]) -> bool {
        true
    }

    async fn stage(&self, cx: &Context<'_>, parts: &[Part]) -> Result<Staging, StageError> {
        stage::stage(cx, parts).await
    }

    async fn look_up(&self, cx: &Context<'_>, frozen: &Frozen, first_fenced_at: Timestamp) -> LookUp {
        let found = match open(cx, frozen) {
            Ok((client, account_id)) => look_up::find(&client, frozen, account_id, first_fenced_at).await,
            Err(trouble) => Err(trouble),
        };
        found.unwrap_or_else(LookUp::from)
    }

    async fn retract(&self, cx: &Context<'_>, receipt: &Receipt) -> Retracted {
        let path = format!("{STATUSES}/{}", api::segment(&receipt.remote_id));
        let answer = match Client::open(cx) {
            Ok(client) => client.send(client.request(Method::Delete, &path)).await,
            Err(trouble) => Err(trouble),
        };
        let read = answer.and_then(|response| match response.status {
            // What it says of the post that is gone does not matter.
            200..=299 | 404 | 410 => Ok(()),
            _ => api::read(&response, cx.clock.now()).map(|_| ()),
        });
        match read {
            Ok(()) => Retracted::Gone,
            Err(Trouble::Network(why) | Trouble::Later { why, .. }) => Retracted::Later(why),
            Err(Trouble::Login(why) | Trouble::Refused { why, .. }) => Retracted::Refused(why),
        }
    }

    async fn whoami(&self, cx: &Context<'_>) -> Result<Identity, AccountError> {
        let (id, name) = Client::open(cx)?.whoami().await?;
        Ok(Identity { name, id })
    }
}

/// The server's id of the part before this one.
fn before<'a>(input: &ComposeInput<'a>) -> Result<&'a str, String> {
    let number = input.part - 1;
    let receipt = input.receipts.iter().find(|receipt| receipt.part == number);
    let receipt = receipt.ok_or_else(|| {
        format!(
            "part {number} is not public yet, and part {} answers it",
            input.part
        )
    })?;
    let id = receipt.anchors.get("id").unwrap_or(&receipt.remote_id);
    Ok(id.as_str())
}

/// The client for a frozen part, and the server's id of the account.
fn open<'a>(cx: &'a Context<'a>, frozen: &'a Frozen) -> Result<(Client<'a>, &'a str), Trouble> {
    let refused = |why: String| Trouble::Refused { status: 0, why };
    let fact = |name: &str| {
        let found = frozen.address.get(name).map(String::as_str);
        found.ok_or_else(|| refused(format!("the frozen part does not say its {name}")))
    };
    let (server, account_id) = (fact("server")?, fact("account_id")?);
    let client = Client::open(cx)?;
    if client.settings.server != server {
        return Err(refused(format!(
            "this was composed for {server}, and the account is now at {}",
            client.settings.server
        )));
    }
    Ok((client, account_id))
}

/// What the server's answer to the visible write means. Something before the server may answer in its place after
/// the post was made, so a refusal counts only when it is the server's own word.
fn outcome(response: &HttpResponse, frozen: &Frozen, now: Timestamp) -> Outcome {
    let status = response.status;
    if (200..300).contains(&status) {
        return match reply::json(response) {
            Ok(answer) => match proof(&answer) {
                Some(proof) => Outcome::Accepted(Box::new(proof)),
                None => Outcome::Unknown {
                    why: "the server's answer to the post has no id".to_owned(),
                },
            },
            Err(why) => Outcome::Unknown { why },
        };
    }
    let why = api::words(response);
    match (status, api::said(response)) {
        (429, Some(_)) if api::counts_requests(response) => Outcome::Later {
            at: reply::retry_at(response, now),
            why,
        },
        // Nothing takes a post and then sends us elsewhere.
        (300..=399, _) => Outcome::Refused { why, field: None },
        (400..=407 | 409..=428 | 430..=499, Some(said)) => {
            refused(status, &said.to_ascii_lowercase(), why, frozen)
        }
        _ => Outcome::Unknown { why },
    }
}

/// What a refusal in the server's own words means. `said` is in lower case.
fn refused(status: u16, said: &str, why: String, frozen: &Frozen) -> Outcome {
    match status {
        // A key counts as used before the post is made: it may have been, by an earlier attempt.
        400 | 409 if said.contains("idempotency") => Outcome::Unknown { why },
        403 if said.contains("empty status") => Outcome::Refused {
            why,
            field: Some("media".to_owned()),
        },
        401 | 403 => Outcome::LoginNeeded { why },
        400 | 404 | 422 if is_about_its_media(status, said, frozen) => Outcome::StagingRefused { why },
        _ => Outcome::Refused {
            field: field(said),
            why,
        },
    }
}

/// True when the server does not take the pictures that the post names: it does not have them (any more), has not
/// finished with them, or a post has them already, which may be this very post by an earlier attempt. Too many are
/// no such case: they are counted before anything is made.
fn is_about_its_media(status: u16, said: &str, frozen: &Frozen) -> bool {
    let sent: Value = serde_json::from_str(&frozen.body).unwrap_or_default();
    if sent["media_ids"].is_null() {
        return false;
    }
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let named = has(&["media", "attach", "file", "processing"]) && !has(&["more than", "too many"]);
    named || status == 404
}

/// Which field a message such as "Validation failed: Text ..." is about.
fn field(said: &str) -> Option<String> {
    let fields = [
        ("text", "text"),
        ("character", "text"),
        ("media", "media"),
        ("attach", "media"),
        ("video", "media"),
    ];
    let known = fields.iter().find(|(sign, _)| said.contains(sign));
    known.map(|(_, field)| (*field).to_owned())
}

/// The proof in a post as the server shows it.
fn proof(status: &Value) -> Option<Accepted> {
    let id = api::text(&status["id"])?;
    let uri = status["uri"].as_str();
    let url = status["url"].as_str().or(uri);
    let mut anchors = BTreeMap::from([("id".to_owned(), id.clone())]);
    anchors.extend(uri.map(|uri| ("uri".to_owned(), uri.to_owned())));
    Some(Accepted {
        remote_id: id,
        url: url.map(str::to_owned),
        server_time: look_up::created_at(status),
        anchors,
    })
}

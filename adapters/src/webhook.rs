//! A webhook: each part of a post goes to an address of yours as a signed request, by the rules of Standard
//! Webhooks.
//!
//! | limit | value | where it is from |
//! |---|---|---|
//! | text | 8000 graphemes and 16,000 bytes | ours: a payload is to stay under 20 kB |
//! | pictures | 10 in a part, described and not sent | ours |
//! | parts | 100, each a request of its own | ours |
//!
//! Links: [specification](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
//!
//! The header `webhook-id` is the same for every attempt at a part, so that a receiver can tell a repeat. Not every
//! receiver does, and none can be asked: a request whose answer was lost waits for a person.

mod signature;

pub use signature::Verifier;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use soundpost_core::account::Account;
use soundpost_core::frozen::{Frozen, sha256_hex};
use soundpost_core::gate::WritePass;
use soundpost_core::port::adapter::{
    Accepted, Adapter, Capabilities, ComposeInput, Context, Dedupe, Description, Finding, LookUpPower,
    Outcome, TextUnit,
};
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Method};
use soundpost_core::post::{Media, Part};
use url::Url;

use self::signature::Keys;
use crate::kit::{check, reply, server};

const SERVER: &str = "the address of the webhook (--server)";
/// The account setting by which a person says that the receiver knows repeats.
const RECEIVER_DEDUPES: &str = "receiver_dedupes";
/// How long a receiver is expected to remember an id: a day, as the Standard Webhooks schedule of repeats lasts.
const REMEMBERED_S: u32 = 24 * 60 * 60;
const ID: &str = "webhook_id";
const REPLY_BYTES_MAX: usize = 64 * 1024;

fn capabilities() -> Capabilities {
    Capabilities {
        text_max: 8000,
        text_unit: TextUnit::Graphemes,
        text_bytes_max: Some(16_000),
        parts_max: 100,
        images_max: 10,
        image_bytes_max: 100_000_000,
        image_types: [
            "image/png",
            "image/jpeg",
            "image/gif",
            "image/webp",
            "image/avif",
            "video/mp4",
        ]
        .map(str::to_owned)
        .to_vec(),
        alt_max: 2000,
        link_card: true,
        // A receiver may recognise the id, but the specification only asks it to.
        dedupe: Dedupe::None,
        look_up: LookUpPower::None,
        ..Capabilities::default()
    }
}

/// Posts become signed requests.
#[derive(Debug)]
pub struct Webhook {
    description: Description,
}

impl Default for Webhook {
    fn default() -> Webhook {
        Webhook::new()
    }
}

impl Webhook {
    /// The adapter; it keeps nothing between calls.
    pub fn new() -> Webhook {
        Webhook {
            description: Description {
                network: "webhook",
                about: "an address of yours, which gets each part as a signed request (Standard Webhooks)",
                server_hint: Some("the address, such as https://example.com/hooks/soundpost"),
                server_is_secret: true,
                session_facts: &[],
                identity_hint: None,
                credential_hint: Some("the secret to sign with: whsec_ and base64 (or whsk_, ed25519)"),
                settings: &[
                    (
                        server::ALLOW_PRIVATE,
                        "true = the address may be on this machine or network, and http",
                    ),
                    (
                        RECEIVER_DEDUPES,
                        "true = the receiver knows a repeat by its webhook-id, so a lost answer is sent again",
                    ),
                ],
                capabilities: capabilities(),
            },
        }
    }
}

#[async_trait]
impl Adapter for Webhook {
    fn describe(&self) -> &Description {
        &self.description
    }

    fn check(&self, parts: &[Part], account: &Account) -> Vec<Finding> {
        let mut findings = check::parts(parts, "a webhook", &self.description.capabilities);
        let wrong = server::url(account, SERVER).err();
        let unread = server::flag(account, RECEIVER_DEDUPES).err();
        findings.extend(unread.map(|why| check::blocking(0, "account", why)));
        findings.extend(wrong.map(|why| check::blocking(0, "account", why)));
        findings
    }

    fn dedupe(&self, account: &Account, _frozen: &Frozen) -> Dedupe {
        match server::flag(account, RECEIVER_DEDUPES) {
            Ok(true) => Dedupe::ByKey {
                honoured_s: REMEMBERED_S,
            },
            _ => Dedupe::None,
        }
    }

    fn compose(&self, input: &ComposeInput<'_>) -> Result<Frozen, String> {
        let part = check::part(input)?;
        server::url(input.account, SERVER)?;
        let body = json!({
            "type": "post.published",
            "timestamp": input.now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            "data": {
                "delivery": input.delivery,
                "part": input.part,
                "parts": input.parts.len(),
                "account": input.account.name,
                "language": input.language.or(input.account.language.as_deref()),
                "text": part.text,
                "media": part.media.iter().map(described).collect::<Vec<_>>(),
                "card": part.card,
            },
        });
        Ok(Frozen {
            part: input.part,
            body: body.to_string(),
            // The address of the webhook is not part of it: it may have a secret in it, and stays in the vault.
            address: BTreeMap::from([(ID.to_owned(), format!("msg_{}", input.send_key.0))]),
            send_key: input.send_key,
            composed_at: input.now,
        })
    }

    async fn publish(&self, cx: &Context<'_>, frozen: &Frozen, pass: WritePass) -> Outcome {
        let refused = |why: String| Outcome::Refused { why, field: None };
        let Some(id) = frozen.address.get(ID) else {
            return refused(format!("the frozen part does not say its {ID}"));
        };
        let keys = cx
            .vault
            .credential(cx.account)
            .and_then(|secret| Keys::read(&secret));
        let keys = match keys {
            Ok(keys) => keys,
            Err(why) => return Outcome::LoginNeeded { why },
        };
        let url = match server::kept_url(cx.account, cx.vault, SERVER) {
            Ok(url) => url,
            Err(why) => return Outcome::LoginNeeded { why },
        };
        let request = match request(cx, url, frozen, id, &keys) {
            Ok(request) => request,
            Err(why) => return refused(why),
        };
        match cx.transport.write(request, pass).await {
            Ok(response) => outcome(cx, &response, id),
            Err(error) => reply::unanswered(error),
        }
    }
}

/// A picture, without its bytes.
fn described(media: &Media) -> Value {
    json!({
        "file_name": media.file_name,
        "mime": media.mime,
        "alt": media.alt,
        "sha256": media.sha256,
        "size_bytes": media.size_bytes,
    })
}

/// The signed request. Its timestamp is that of the attempt.
fn request(
    cx: &Context<'_>,
    url: Url,
    frozen: &Frozen,
    id: &str,
    keys: &Keys,
) -> Result<HttpRequest, String> {
    let timestamp = cx.clock.now().as_second();
    let mut request = HttpRequest::new(Method::Post, url)
        .header("webhook-id", id)
        .header("webhook-timestamp", &timestamp.to_string())
        .header("webhook-signature", &keys.sign(id, timestamp, &frozen.body))
        .body("application/json", frozen.body.clone().into_bytes());
    request.allow_private = server::flag(cx.account, server::ALLOW_PRIVATE)?;
    request.response_bytes_max = REPLY_BYTES_MAX;
    Ok(request)
}

/// What the receiver's answer means. What it says in words is not shown: it is a stranger's, and of no use.
fn outcome(cx: &Context<'_>, response: &HttpResponse, id: &str) -> Outcome {
    let status = response.status;
    let answered = format!("the receiver answered HTTP {status}");
    match status {
        200..=299 => Outcome::Accepted(Box::new(Accepted {
            remote_id: id.to_owned(),
            url: None,
            server_time: None,
            anchors: BTreeMap::from([("reply_sha256".to_owned(), sha256_hex(&response.body))]),
        })),
        300..=399 => Outcome::Refused {
            why: format!(
                "{answered}: a webhook is not sent on to another address; give the account the new one"
            ),
            field: None,
        },
        410 => Outcome::LoginNeeded {
            why: "the receiver says gone (HTTP 410): the endpoint is disabled".to_owned(),
        },
        429 => Outcome::Later {
            at: reply::retry_at(response, cx.clock.now()),
            why: answered,
        },
        400..=407 | 409..=499 => Outcome::Refused {
            why: answered,
            field: None,
        },
        // A timeout or an error of the receiver, or of something before it: the event may have been taken up.
        _ => Outcome::Unknown { why: answered },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use soundpost_core::account::{AccountStatus, CredentialRef};
    use soundpost_core::id::{AccountId, Id, SendKey};
    use soundpost_core::post::Audience;

    fn account(setting: Option<&str>) -> Account {
        let settings = setting.map(|value| (RECEIVER_DEDUPES.to_owned(), value.to_owned()));
        Account {
            id: AccountId(Id::from_u128(1)),
            name: "hook".to_owned(),
            network: "webhook".to_owned(),
            server: Some("https://example.com/hook".to_owned()),
            identity: None,
            credential: CredentialRef::None,
            zone: "UTC".to_owned(),
            audience: Audience::default(),
            language: None,
            category: None,
            groups: Vec::new(),
            settings: settings.into_iter().collect(),
            rules: soundpost_core::guard::rules::settings::AccountRules::default(),
            status: AccountStatus::Active,
            added_at: Timestamp::UNIX_EPOCH,
            shadow: None,
        }
    }

    #[test]
    fn a_repeat_is_harmless_only_where_a_person_says_so() {
        let frozen = Frozen {
            part: 1,
            body: String::new(),
            address: BTreeMap::new(),
            send_key: SendKey(Id::from_u128(1)),
            composed_at: Timestamp::UNIX_EPOCH,
        };
        let webhook = Webhook::new();
        assert_eq!(webhook.dedupe(&account(None), &frozen), Dedupe::None);
        assert_eq!(webhook.dedupe(&account(Some("false")), &frozen), Dedupe::None);
        let yes = Dedupe::ByKey {
            honoured_s: REMEMBERED_S,
        };
        assert_eq!(webhook.dedupe(&account(Some("true")), &frozen), yes);
    }
}

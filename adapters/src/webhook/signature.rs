//! Signatures of Standard Webhooks. Specification:
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use ring::signature::{ED25519_PUBLIC_KEY_LEN, Ed25519KeyPair};
use soundpost_core::port::vault::Secret;

const SHARED_PREFIX: &str = "whsec_";
const PRIVATE_PREFIX: &str = "whsk_";
const SEED_BYTES: usize = 32;

/// A key to sign with. It is not printed.
enum Key {
    /// A secret that the receiver has too: HMAC-SHA256, `v1`.
    Shared(hmac::Key),
    /// A key whose public half the receiver has: ed25519, `v1a`.
    Private(Box<Ed25519KeyPair>),
}

/// How far the time in a message may be from ours, in seconds: what is older may be a repeat by somebody else.
const TOLERANCE_S: i64 = 5 * 60;

/// The secrets that a sender may have: two while one replaces the other. They are not printed.
pub struct Verifier(Vec<hmac::Key>);

impl Verifier {
    /// Reads secrets with spaces between them, each `whsec_` and base64.
    ///
    /// # Errors
    /// A sentence for people, without the secret.
    pub fn read(secret: &Secret) -> Result<Verifier, String> {
        let keys = Keys::read(secret)?.0.into_iter().map(|key| match key {
            Key::Shared(key) => Ok(key),
            Key::Private(_) => Err(format!(
                "messages are verified with a secret that begins with {SHARED_PREFIX}"
            )),
        });
        keys.collect::<Result<_, _>>().map(Verifier)
    }

    /// Whether one of the signatures in the header `webhook-signature` is by one of the secrets, over exactly this
    /// message, and its time is about now. The comparison takes the same time whatever it finds.
    pub fn accepts(&self, id: &str, timestamp: &str, signatures: &str, body: &[u8], now_s: i64) -> bool {
        let fresh = timestamp
            .parse::<i64>()
            .is_ok_and(|then| now_s.abs_diff(then) <= TOLERANCE_S.unsigned_abs());
        let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
        let given = signatures
            .split_whitespace()
            .filter_map(|s| s.strip_prefix("v1,"));
        let given: Vec<Vec<u8>> = given.filter_map(|s| STANDARD.decode(s).ok()).collect();
        let is_by = |key: &hmac::Key| given.iter().any(|tag| hmac::verify(key, &signed, tag).is_ok());
        fresh && !id.is_empty() && self.0.iter().any(is_by)
    }
}

/// All keys of an account: two while one replaces the other.
pub(super) struct Keys(Vec<Key>);

impl Keys {
    /// Reads a credential: keys with spaces between them.
    ///
    /// # Errors
    /// A sentence for people, without the secret.
    pub(super) fn read(credential: &Secret) -> Result<Keys, String> {
        let keys: Vec<Key> = credential
            .reveal()
            .split_whitespace()
            .map(key)
            .collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err("the webhook's secret is empty".to_owned());
        }
        Ok(Keys(keys))
    }

    /// The value of the header `webhook-signature`.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let signed = format!("{id}.{timestamp}.{body}");
        let one = |key: &Key| match key {
            Key::Shared(key) => format!("v1,{}", STANDARD.encode(hmac::sign(key, signed.as_bytes()))),
            Key::Private(pair) => format!("v1a,{}", STANDARD.encode(pair.sign(signed.as_bytes()))),
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

fn key(text: &str) -> Result<Key, String> {
    if let Some(encoded) = text.strip_prefix(SHARED_PREFIX) {
        let bytes = decode(encoded)?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(format!(
                "the webhook's secret has {} bytes: Standard Webhooks wants 24 to 64",
                bytes.len()
            ));
        }
        return Ok(Key::Shared(hmac::Key::new(hmac::HMAC_SHA256, &bytes)));
    }
    if let Some(encoded) = text.strip_prefix(PRIVATE_PREFIX) {
        return pair(&decode(encoded)?).map(|pair| Key::Private(Box::new(pair)));
    }
    Err(format!(
        "a webhook's secret begins with {SHARED_PREFIX} (or {PRIVATE_PREFIX} for an ed25519 key), and this one does not"
    ))
}

/// A private key is its seed, with or without the public key behind it.
fn pair(bytes: &[u8]) -> Result<Ed25519KeyPair, String> {
    let read = match bytes.len() {
        SEED_BYTES => Ed25519KeyPair::from_seed_unchecked(bytes),
        length if length == SEED_BYTES + ED25519_PUBLIC_KEY_LEN => {
            let (seed, public) = bytes.split_at(SEED_BYTES);
            Ed25519KeyPair::from_seed_and_public_key(seed, public)
        }
        length => return Err(format!("an ed25519 key has 32 or 64 bytes, not {length}")),
    };
    read.map_err(|_| "the two halves of the webhook's ed25519 key do not belong together".to_owned())
}

fn decode(encoded: &str) -> Result<Vec<u8>, String> {
    STANDARD
        .decode(encoded)
        .map_err(|_| "the webhook's secret is not base64 behind its prefix".to_owned())
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, KeyPair as _, UnparsedPublicKey};
    use serde_json::Value;

    use super::*;

    const VECTORS: &str = include_str!("../../../fixtures/webhook/signature-vectors.json");

    fn keys(text: &str) -> Result<Keys, String> {
        Keys::read(&Secret::new(text))
    }

    fn why(text: &str) -> String {
        keys(text).err().unwrap()
    }

    #[test]
    fn signatures_are_those_of_the_reference_implementation() {
        let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
        assert!(vectors.len() >= 3);
        for vector in vectors {
            let text = |name: &str| vector[name].as_str().unwrap();
            let timestamp = vector["webhook-timestamp"].as_i64().unwrap();
            let signed = keys(text("secret"))
                .unwrap()
                .sign(text("webhook-id"), timestamp, text("body"));
            assert_eq!(signed, text("webhook-signature"));
        }
    }

    #[test]
    fn a_message_of_the_reference_implementation_is_accepted_and_nothing_near_it() {
        let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
        for vector in vectors
            .iter()
            .filter(|v| v["secret"].as_str().unwrap().starts_with("whsec_"))
        {
            let text = |name: &str| vector[name].as_str().unwrap();
            let verifier = Verifier::read(&Secret::new(text("secret"))).unwrap();
            let then = vector["webhook-timestamp"].as_i64().unwrap();
            let (id, signed, body) = (text("webhook-id"), text("webhook-signature"), text("body"));
            let at = then.to_string();
            let accepts = |id, at: &str, signed: &str, body: &str, now| {
                verifier.accepts(id, at, signed, body.as_bytes(), now)
            };
            assert!(accepts(id, &at, signed, body, then + TOLERANCE_S));
            assert!(accepts(id, &at, &format!("v1,AAAA v2,x {signed}"), body, then));
            assert!(!accepts(id, &at, signed, body, then + TOLERANCE_S + 1), "too old");
            assert!(
                !accepts(id, &at, signed, body, then - TOLERANCE_S - 1),
                "from the future"
            );
            assert!(
                !accepts(id, &(then + 1).to_string(), signed, body, then),
                "another time"
            );
            assert!(!accepts("other", &at, signed, body, then), "another id");
            assert!(
                !accepts(id, &at, signed, &format!("{body} "), then),
                "another body"
            );
            assert!(!accepts(id, &at, "", body, then) && !accepts(id, "now", signed, body, then));
        }
    }

    #[test]
    fn an_ed25519_signature_is_one_that_the_public_key_verifies() {
        let seed = [7; SEED_BYTES];
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let public = pair.public_key().as_ref();
        let whole = [&seed, public].concat();
        for bytes in [seed.as_slice(), &whole] {
            let keys = keys(&format!("whsk_{}", STANDARD.encode(bytes))).unwrap();
            let signed = keys.sign("msg_1", 1_700_000_000, "{}");
            let signature = STANDARD.decode(signed.strip_prefix("v1a,").unwrap()).unwrap();
            UnparsedPublicKey::new(&ED25519, public)
                .verify(b"msg_1.1700000000.{}", &signature)
                .unwrap();
        }
        let torn = [seed, [9; 32]].concat();
        assert!(why(&format!("whsk_{}", STANDARD.encode(torn))).contains("do not belong together"));
    }

    #[test]
    fn two_keys_make_two_signatures() {
        let two = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw  whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n";
        let signed = keys(two).unwrap().sign("msg_1", 1, "{}");
        assert_eq!(signed.split(' ').count(), 2, "{signed}");
        assert!(signed.split(' ').all(|one| one.starts_with("v1,")));
    }

    #[test]
    fn what_is_wrong_with_a_secret_is_said_without_it() {
        for (secret, says) in [
            ("", "is empty"),
            ("hunter2", "begins with whsec_"),
            ("whsec_hunter2!", "not base64"),
            ("whsec_aHVudGVyMg==", "24 to 64"),
            ("whsk_aHVudGVyMg==", "32 or 64 bytes"),
        ] {
            let why = why(secret);
            assert!(why.contains(says) && !why.contains("hunter2"), "{why}");
        }
    }
}

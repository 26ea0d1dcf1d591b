//! Hears which secrets an adapter uses in one call: what it takes from the vault, what it saves there, and the tokens
//! that it sends. It changes nothing of them.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use soundpost_core::account::Account;
use soundpost_core::address;
use soundpost_core::gate::WritePass;
use soundpost_core::port::adapter::Context;
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use soundpost_core::port::vault::{Secret, Vault};

/// A shorter piece of an address that is letters only is a word, such as `webhooks`.
const WORD_CHARS_MAX: usize = 11;

/// The vault and the transport of one call, listened to.
pub(super) struct Ear<'a> {
    vault: &'a dyn Vault,
    transport: &'a dyn Transport,
    /// Names of what is no secret in a session.
    facts: &'static [&'static str],
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    credential: bool,
    session: bool,
    address: bool,
    secrets: Vec<Vec<u8>>,
}

impl<'a> Ear<'a> {
    pub(super) fn new(cx: &Context<'a>, facts: &'static [&'static str]) -> Ear<'a> {
        Ear {
            vault: cx.vault,
            transport: cx.transport,
            facts,
            heard: Mutex::default(),
        }
    }

    /// The same context, with the ear in it.
    pub(super) fn context<'b>(&'b self, cx: &Context<'b>) -> Context<'b> {
        Context {
            vault: self,
            transport: self,
            ..*cx
        }
    }

    /// The account's secrets: those of this call, and those that the vault has and the call did not need.
    pub(super) fn heard(self, account: &Account) -> Vec<Vec<u8>> {
        let (credential, session, address) =
            self.note(|heard| (heard.credential, heard.session, heard.address));
        // What cannot be read was not used either; whoever needs it says so.
        if !credential {
            let _ = self.credential(account);
        }
        if !session {
            let _ = self.session(account);
        }
        if !address && account.server_is_kept() {
            let _ = self.address(account);
        }
        let heard = self.heard.into_inner();
        heard.unwrap_or_else(PoisonError::into_inner).secrets
    }

    fn note<T>(&self, with: impl FnOnce(&mut Heard) -> T) -> T {
        with(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note_session(&self, session: &Secret) {
        self.note(|heard| match serde_json::from_str::<Value>(session.reveal()) {
            Ok(saved) => leaves(&saved, self.facts, &mut heard.secrets),
            Err(_) => heard.secrets.push(session.reveal().into()),
        });
    }
}

impl Vault for Ear<'_> {
    fn credential(&self, account: &Account) -> Result<Secret, String> {
        let credential = self.vault.credential(account);
        self.note(|heard| {
            heard.credential = true;
            if let Ok(credential) = &credential {
                heard.secrets.extend(of_credential(credential.reveal()));
            }
        });
        credential
    }

    fn session(&self, account: &Account) -> Option<Secret> {
        let session = self.vault.session(account);
        self.note(|heard| heard.session = true);
        if let Some(session) = &session {
            self.note_session(session);
        }
        session
    }

    fn save_session(&self, account: &Account, session: &Secret) -> Result<(), String> {
        self.note_session(session);
        self.vault.save_session(account, session)
    }

    fn address(&self, account: &Account) -> Result<Secret, String> {
        let address = self.vault.address(account);
        self.note(|heard| {
            heard.address = true;
            if let Ok(address) = &address {
                heard.secrets.extend(of_address(address.reveal()));
            }
        });
        address
    }

    fn save_address(&self, account: &Account, address: &Secret) -> Result<(), String> {
        self.note(|heard| heard.secrets.extend(of_address(address.reveal())));
        self.vault.save_address(account, address)
    }

    fn forget(&self, account: &Account) -> Result<(), String> {
        self.vault.forget(account)
    }
}

#[async_trait]
impl Transport for Ear<'_> {
    async fn read(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.note(|heard| heard.secrets.extend(sent(&request)));
        self.transport.read(request).await
    }

    async fn write(&self, request: HttpRequest, pass: WritePass) -> Result<HttpResponse, TransportError> {
        self.note(|heard| heard.secrets.extend(sent(&request)));
        self.transport.write(request, pass).await
    }
}

fn sent(request: &HttpRequest) -> Option<Vec<u8>> {
    request.bearer.as_ref().map(|token| token.reveal().into())
}

/// A credential whole, each word of it, and the key behind a prefix such as `whsec_`.
fn of_credential(credential: &str) -> Vec<Vec<u8>> {
    let words = credential.split_whitespace();
    let key = |word: &str| STANDARD.decode(word.split_once('_')?.1).ok();
    let keys = words.clone().filter_map(key);
    let whole = [credential.as_bytes().to_vec()];
    let words = words.filter(|word| word.len() > WORD_CHARS_MAX);
    whole
        .into_iter()
        .chain(words.map(Into::into))
        .chain(keys)
        .collect()
}

/// The secret parts of an address, without ordinary words.
pub(super) fn of_address(server: &str) -> Vec<Vec<u8>> {
    let is_word = |part: &&str| part.len() <= WORD_CHARS_MAX && part.chars().all(char::is_alphabetic);
    let parts = address::secret_parts(server).into_iter();
    parts.filter(|part| !is_word(part)).map(Into::into).collect()
}

fn leaves(value: &Value, facts: &[&str], secrets: &mut Vec<Vec<u8>>) {
    match value {
        Value::String(text) => secrets.push(text.as_bytes().to_vec()),
        Value::Number(number) => secrets.push(number.to_string().into_bytes()),
        Value::Array(all) => all.iter().for_each(|one| leaves(one, facts, secrets)),
        Value::Object(fields) => {
            let hidden = fields.iter().filter(|(name, _)| !facts.contains(&name.as_str()));
            hidden.for_each(|(_, value)| leaves(value, facts, secrets));
        }
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(secrets: Vec<Vec<u8>>) -> Vec<String> {
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        secrets.iter().map(text).collect()
    }

    #[test]
    fn a_signing_secret_is_known_with_and_without_its_prefix() {
        let known = texts(of_credential("whsec_c2VjcmV0IGtleQ== whsec_b3RoZXIga2V5"));
        assert!(known.contains(&"secret key".to_owned()) && known.contains(&"other key".to_owned()));
        assert!(known.contains(&"whsec_b3RoZXIga2V5".to_owned()), "{known:?}");
    }

    #[test]
    fn the_words_of_a_password_stay() {
        assert_eq!(
            texts(of_credential("correct horse battery")),
            ["correct horse battery"]
        );
    }

    #[test]
    fn an_address_is_secret_but_for_its_words() {
        let known = texts(of_address("https://example.com/services/T0001234/s3cretpiece"));
        assert_eq!(
            known,
            ["services/T0001234/s3cretpiece", "T0001234", "s3cretpiece"]
        );
    }

    #[test]
    fn a_session_is_secret_but_for_its_facts() {
        let session = serde_json::json!({ "handle": "a.test", "access": "A", "more": { "refresh": ["R"] } });
        let mut secrets = Vec::new();
        leaves(&session, &["handle"], &mut secrets);
        assert_eq!(texts(secrets), ["A", "R"]);
    }
}

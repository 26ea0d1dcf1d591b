//! Takes the account's own secrets out of everything that an adapter says, whatever a server repeats: credential,
//! session tokens, the secret parts of its address. It listens to what the adapter gets from the vault, what it
//! saves there, and which tokens it sends; it remembers them, because an old token may be repeated later. What goes
//! to the network and to the vault is left alone. So are the frozen bytes: they are what a person wrote.

mod ear;
mod memory;
mod needle;
mod plain;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use soundpost_core::account::Account;
use soundpost_core::frozen::{Frozen, Staging};
use soundpost_core::gate::WritePass;
use soundpost_core::port::adapter::{
    Accepted, AccountError, Adapter, ComposeInput, Context, Dedupe, Description, Finding, Identity, LookUp,
    NotSent, Outcome, Retracted, StageError,
};
use soundpost_core::post::Part;
use soundpost_core::receipt::Receipt;

use self::ear::Ear;
use self::memory::{Known, Memory};

pub use self::needle::{MARK, PIECE_BYTES_MIN, SECRET_BYTES_MIN};

/// An adapter that says no secret of its account.
pub struct Conceal {
    inner: Arc<dyn Adapter>,
    memory: Memory,
}

impl Conceal {
    /// Keeps the secrets of accounts out of what this adapter says.
    pub fn new(inner: Arc<dyn Adapter>) -> Conceal {
        Conceal {
            inner,
            memory: Memory::default(),
        }
    }

    fn ear<'a>(&self, cx: &Context<'a>) -> Ear<'a> {
        Ear::new(cx, self.inner.describe().session_facts)
    }

    /// All that is known of an account's secrets after a call.
    fn known(&self, account: &Account, ear: Ear<'_>) -> Known {
        self.memory
            .learn(account, self.inner.describe(), ear.heard(account))
    }

    fn known_before(&self, account: &Account) -> Known {
        self.memory.learn(account, self.inner.describe(), Vec::new())
    }
}

#[warn(clippy::missing_trait_methods)]
#[async_trait]
impl Adapter for Conceal {
    fn describe(&self) -> &Description {
        self.inner.describe()
    }

    fn check(&self, parts: &[Part], account: &Account) -> Vec<Finding> {
        let known = self.known_before(account);
        let mut findings = self.inner.check(parts, account);
        for finding in &mut findings {
            known.conceal(&mut finding.message);
        }
        findings
    }

    fn compose(&self, input: &ComposeInput<'_>) -> Result<Frozen, String> {
        let composed = self.inner.compose(input);
        composed.map_err(|why| self.known_before(input.account).without(why))
    }

    async fn publish(&self, cx: &Context<'_>, frozen: &Frozen, pass: WritePass) -> Outcome {
        let ear = self.ear(cx);
        let outcome = self.inner.publish(&ear.context(cx), frozen, pass).await;
        outcome_without(&self.known(cx.account, ear), outcome)
    }

    fn dedupe(&self, account: &Account, frozen: &Frozen) -> Dedupe {
        self.inner.dedupe(account, frozen)
    }

    fn remote_id_of(&self, url: &str) -> Option<String> {
        self.inner.remote_id_of(url)
    }

    fn needs_staging(&self, parts: &[Part]) -> bool {
        self.inner.needs_staging(parts)
    }

    async fn stage(&self, cx: &Context<'_>, parts: &[Part]) -> Result<Staging, StageError> {
        let ear = self.ear(cx);
        let staged = self.inner.stage(&ear.context(cx), parts).await;
        let known = self.known(cx.account, ear);
        match staged {
            Ok(staging) => Ok(staging_without(&known, staging)),
            Err(error) => Err(stage_error_without(&known, error)),
        }
    }

    async fn look_up(&self, cx: &Context<'_>, frozen: &Frozen, fenced_at: Timestamp) -> LookUp {
        let ear = self.ear(cx);
        let answer = self.inner.look_up(&ear.context(cx), frozen, fenced_at).await;
        let known = self.known(cx.account, ear);
        match answer {
            LookUp::Found(accepted) => LookUp::Found(Box::new(accepted_without(&known, *accepted))),
            LookUp::NotThere => LookUp::NotThere,
            LookUp::CannotTell(why) => LookUp::CannotTell(known.without(why)),
            LookUp::LoginNeeded(why) => LookUp::LoginNeeded(known.without(why)),
        }
    }

    async fn retract(&self, cx: &Context<'_>, receipt: &Receipt) -> Retracted {
        let ear = self.ear(cx);
        let answer = self.inner.retract(&ear.context(cx), receipt).await;
        let known = self.known(cx.account, ear);
        match answer {
            Retracted::Later(why) => Retracted::Later(known.without(why)),
            Retracted::Refused(why) => Retracted::Refused(known.without(why)),
            answer @ (Retracted::Gone | Retracted::Unsupported) => answer,
        }
    }

    async fn whoami(&self, cx: &Context<'_>) -> Result<Identity, AccountError> {
        let ear = self.ear(cx);
        let answer = self.inner.whoami(&ear.context(cx)).await;
        let known = self.known(cx.account, ear);
        let identity = answer.map_err(|error| account_error_without(&known, error))?;
        Ok(Identity {
            name: known.without(identity.name),
            id: known.without(identity.id),
        })
    }

    async fn refresh_login(&self, cx: &Context<'_>, ends_within: SignedDuration) -> Result<(), AccountError> {
        let ear = self.ear(cx);
        let answer = self.inner.refresh_login(&ear.context(cx), ends_within).await;
        let known = self.known(cx.account, ear);
        answer.map_err(|error| account_error_without(&known, error))
    }
}

fn outcome_without(known: &Known, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Accepted(accepted) => Outcome::Accepted(Box::new(accepted_without(known, *accepted))),
        Outcome::NotSent(NotSent::Network(why)) => Outcome::NotSent(NotSent::Network(known.without(why))),
        Outcome::NotSent(NotSent::MediaGone(why)) => Outcome::NotSent(NotSent::MediaGone(known.without(why))),
        Outcome::NotSent(NotSent::Stopped) => Outcome::NotSent(NotSent::Stopped),
        Outcome::Refused { why, field } => Outcome::Refused {
            why: known.without(why),
            field: field.map(|field| known.without(field)),
        },
        Outcome::Later { at, why } => Outcome::Later {
            at,
            why: known.without(why),
        },
        Outcome::LoginNeeded { why } => Outcome::LoginNeeded {
            why: known.without(why),
        },
        Outcome::Unknown { why } => Outcome::Unknown {
            why: known.without(why),
        },
        Outcome::StagingRefused { why } => Outcome::StagingRefused {
            why: known.without(why),
        },
    }
}

/// Ids and anchors too: they go to the journal. One that has a secret in it leads nowhere afterwards, which is
/// better than a secret that is kept for ever.
fn accepted_without(known: &Known, accepted: Accepted) -> Accepted {
    Accepted {
        remote_id: known.without(accepted.remote_id),
        url: accepted.url.map(|url| known.without(url)),
        server_time: accepted.server_time,
        anchors: accepted
            .anchors
            .into_iter()
            .map(|(name, value)| (known.without(name), known.without(value)))
            .collect(),
    }
}

fn staging_without(known: &Known, staging: Staging) -> Staging {
    Staging {
        data: json_without(known, staging.data),
        warnings: staging
            .warnings
            .into_iter()
            .map(|warning| known.without(warning))
            .collect(),
        ..staging
    }
}

fn json_without(known: &Known, value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(known.without(text)),
        Value::Array(all) => Value::Array(all.into_iter().map(|one| json_without(known, one)).collect()),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            Value::Object(
                fields
                    .map(|(name, value)| (known.without(name), json_without(known, value)))
                    .collect(),
            )
        }
        plain => plain,
    }
}

fn stage_error_without(known: &Known, error: StageError) -> StageError {
    match error {
        StageError::Later { at, why } => StageError::Later {
            at,
            why: known.without(why),
        },
        StageError::Refused(why) => StageError::Refused(known.without(why)),
        StageError::LoginNeeded(why) => StageError::LoginNeeded(known.without(why)),
        StageError::MediaGone(why) => StageError::MediaGone(known.without(why)),
        StageError::Unsupported => StageError::Unsupported,
    }
}

fn account_error_without(known: &Known, error: AccountError) -> AccountError {
    match error {
        AccountError::LoginNeeded(why) => AccountError::LoginNeeded(known.without(why)),
        AccountError::Network(why) => AccountError::Network(known.without(why)),
        AccountError::Unsupported => AccountError::Unsupported,
    }
}

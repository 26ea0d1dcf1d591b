//! A deadline for every call to a network.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use soundpost_core::account::Account;
use soundpost_core::frozen::{Frozen, Staging};
use soundpost_core::gate::WritePass;
use soundpost_core::port::adapter::{
    AccountError, Adapter, ComposeInput, Context, Dedupe, Description, Finding, Identity, LookUp, Outcome,
    Retracted, StageError,
};
use soundpost_core::post::Part;
use soundpost_core::receipt::Receipt;
use tokio::time::timeout;

/// How long each kind of call may take. The deadline of one HTTP call is shorter, so that the phase it reached is
/// known wherever that can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The visible write, with a refresh of the session before it.
    pub publish: Duration,
    /// All uploads of a post.
    pub stage: Duration,
    /// Everything else.
    pub ask: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            publish: Duration::from_secs(75),
            stage: Duration::from_secs(300),
            ask: Duration::from_secs(75),
        }
    }
}

/// An adapter that answers in time. A visible write that does not is `Unknown`.
pub struct Deadline {
    inner: Arc<dyn Adapter>,
    limits: Limits,
}

impl Deadline {
    /// Puts these limits around an adapter.
    pub fn new(inner: Arc<dyn Adapter>, limits: Limits) -> Deadline {
        Deadline { inner, limits }
    }
}

fn too_slow(limit: Duration) -> String {
    format!("the network did not finish within {} s", limit.as_secs())
}

#[warn(clippy::missing_trait_methods)]
#[async_trait]
impl Adapter for Deadline {
    fn describe(&self) -> &Description {
        self.inner.describe()
    }

    fn check(&self, parts: &[Part], account: &Account) -> Vec<Finding> {
        self.inner.check(parts, account)
    }

    fn compose(&self, input: &ComposeInput<'_>) -> Result<Frozen, String> {
        self.inner.compose(input)
    }

    async fn publish(&self, cx: &Context<'_>, frozen: &Frozen, pass: WritePass) -> Outcome {
        let limit = self.limits.publish;
        let answer = timeout(limit, self.inner.publish(cx, frozen, pass)).await;
        answer.unwrap_or_else(|_| Outcome::Unknown { why: too_slow(limit) })
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
        let limit = self.limits.stage;
        let answer = timeout(limit, self.inner.stage(cx, parts)).await;
        answer.unwrap_or_else(|_| {
            Err(StageError::Later {
                at: None,
                why: too_slow(limit),
            })
        })
    }

    async fn look_up(&self, cx: &Context<'_>, frozen: &Frozen, first_fenced_at: Timestamp) -> LookUp {
        let limit = self.limits.ask;
        let answer = timeout(limit, self.inner.look_up(cx, frozen, first_fenced_at)).await;
        answer.unwrap_or_else(|_| LookUp::CannotTell(too_slow(limit)))
    }

    async fn retract(&self, cx: &Context<'_>, receipt: &Receipt) -> Retracted {
        let limit = self.limits.ask;
        let answer = timeout(limit, self.inner.retract(cx, receipt)).await;
        answer.unwrap_or_else(|_| Retracted::Later(too_slow(limit)))
    }

    async fn whoami(&self, cx: &Context<'_>) -> Result<Identity, AccountError> {
        let limit = self.limits.ask;
        let answer = timeout(limit, self.inner.whoami(cx)).await;
        answer.unwrap_or_else(|_| Err(AccountError::Network(too_slow(limit))))
    }

    async fn refresh_login(&self, cx: &Context<'_>, ends_within: SignedDuration) -> Result<(), AccountError> {
        let limit = self.limits.ask;
        let answer = timeout(limit, self.inner.refresh_login(cx, ends_within)).await;
        answer.unwrap_or_else(|_| Err(AccountError::Network(too_slow(limit))))
    }
}

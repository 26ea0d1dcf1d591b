//! One line of the log for every call to a network: which call, whose account, what came of it, how long it took.
//! Texts of posts, tokens and bodies do not appear.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use soundpost_core::account::Account;
use soundpost_core::frozen::{Frozen, Staging};
use soundpost_core::gate::WritePass;
use soundpost_core::port::adapter::{
    AccountError, Adapter, ComposeInput, Context, Dedupe, Description, Finding, Identity, LookUp, NotSent,
    Outcome, Retracted, StageError,
};
use soundpost_core::post::Part;
use soundpost_core::receipt::Receipt;
use tracing::{debug, info};

/// An adapter whose calls are traced.
pub struct Trace {
    inner: Arc<dyn Adapter>,
}

impl Trace {
    /// Traces the calls to an adapter.
    pub fn new(inner: Arc<dyn Adapter>) -> Trace {
        Trace { inner }
    }

    fn asked(&self, cx: &Context<'_>, call: &str, began: Duration, answer: &str) {
        let took_ms = took_ms(cx, began);
        let network = self.inner.describe().network;
        debug!(network, account = %cx.account.name, call, answer, took_ms, "asked the network");
    }
}

fn took_ms(cx: &Context<'_>, began: Duration) -> u64 {
    let took = cx.clock.monotonic().saturating_sub(began);
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted(_) => "accepted",
        Outcome::NotSent(NotSent::Network(_)) => "not sent: network",
        Outcome::NotSent(NotSent::Stopped) => "not sent: stopped",
        Outcome::NotSent(NotSent::MediaGone(_)) => "not sent: media gone",
        Outcome::Refused { .. } => "refused",
        Outcome::Later { .. } => "later",
        Outcome::LoginNeeded { .. } => "login needed",
        Outcome::Unknown { .. } => "unknown",
        Outcome::StagingRefused { .. } => "staging refused",
    }
}

fn look_up_word(answer: &LookUp) -> &'static str {
    match answer {
        LookUp::Found(_) => "found",
        LookUp::NotThere => "not there",
        LookUp::CannotTell(_) => "cannot tell",
        LookUp::LoginNeeded(_) => "login needed",
    }
}

fn stage_word(answer: &Result<Staging, StageError>) -> &'static str {
    match answer {
        Ok(_) => "staged",
        Err(StageError::Later { .. }) => "later",
        Err(StageError::Refused(_)) => "refused",
        Err(StageError::LoginNeeded(_)) => "login needed",
        Err(StageError::MediaGone(_)) => "media gone",
        Err(StageError::Unsupported) => "unsupported",
    }
}

fn retract_word(answer: &Retracted) -> &'static str {
    match answer {
        Retracted::Gone => "gone",
        Retracted::Later(_) => "later",
        Retracted::Refused(_) => "refused",
        Retracted::Unsupported => "unsupported",
    }
}

fn account_word<T>(answer: &Result<T, AccountError>) -> &'static str {
    match answer {
        Ok(_) => "ok",
        Err(AccountError::LoginNeeded(_)) => "login needed",
        Err(AccountError::Network(_)) => "network",
        Err(AccountError::Unsupported) => "unsupported",
    }
}

#[warn(clippy::missing_trait_methods)]
#[async_trait]
impl Adapter for Trace {
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
        let began = cx.clock.monotonic();
        let outcome = self.inner.publish(cx, frozen, pass).await;
        info!(
            network = self.inner.describe().network,
            account = %cx.account.name,
            part = frozen.part,
            body_sha256 = frozen.body_sha256(),
            outcome = outcome_word(&outcome),
            took_ms = took_ms(cx, began),
            "visible write"
        );
        outcome
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
        let began = cx.clock.monotonic();
        let answer = self.inner.stage(cx, parts).await;
        self.asked(cx, "stage", began, stage_word(&answer));
        answer
    }

    async fn look_up(&self, cx: &Context<'_>, frozen: &Frozen, first_fenced_at: Timestamp) -> LookUp {
        let began = cx.clock.monotonic();
        let answer = self.inner.look_up(cx, frozen, first_fenced_at).await;
        self.asked(cx, "look_up", began, look_up_word(&answer));
        answer
    }

    async fn retract(&self, cx: &Context<'_>, receipt: &Receipt) -> Retracted {
        let began = cx.clock.monotonic();
        let answer = self.inner.retract(cx, receipt).await;
        self.asked(cx, "retract", began, retract_word(&answer));
        answer
    }

    async fn whoami(&self, cx: &Context<'_>) -> Result<Identity, AccountError> {
        let began = cx.clock.monotonic();
        let answer = self.inner.whoami(cx).await;
        self.asked(cx, "whoami", began, account_word(&answer));
        answer
    }

    async fn refresh_login(&self, cx: &Context<'_>, ends_within: SignedDuration) -> Result<(), AccountError> {
        let began = cx.clock.monotonic();
        let answer = self.inner.refresh_login(cx, ends_within).await;
        self.asked(cx, "refresh_login", began, account_word(&answer));
        answer
    }
}

//! One send: halt, freshness, guard, stage, compose, fence, halt and guard once more, publish, settle.

use jiff::Timestamp;

use crate::account::{Account, AccountStatus};
use crate::actor::Actor;
use crate::delivery::moves::Move;
use crate::delivery::{Delivery, FailKind, HoldReason, State, StateName};
use crate::environment::Environment;
use crate::frozen::{Fence, Frozen};
use crate::gate::InFlight;
use crate::guard::approval::{content_sha256, why_in_spite_of};
use crate::guard::{self, Verdict};
use crate::halt::{HaltCause, Subject, halted};
use crate::id::{DeliveryId, SendKey};
use crate::login::login_needed;
use crate::port::adapter::{Adapter, ComposeInput, capabilities_for};
use crate::port::store::{Claim, Request, StoreError, Write};
use crate::post::{Part, Post};
use crate::settle::settle;
use crate::{retry, world::World};

/// A claimed delivery while a lane works on it.
pub struct Work<'a> {
    pub(crate) env: &'a Environment,
    token: u64,
    /// The delivery as the store has it.
    pub delivery: Delivery,
}

/// Whether there is more to do under the same claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Again,
    Done,
    LeaveUntil(Timestamp),
}

/// Notices rounds under one claim that bring nothing forward, such as a gate that bounces every time.
#[derive(Default)]
struct Rounds {
    receipts: usize,
    idle: u32,
}

impl Rounds {
    /// The most rounds without a new receipt: staging, a bounce, and staging again are normal.
    const IDLE_MAX: u32 = 4;

    fn get_nowhere(&mut self, delivery: &Delivery) -> bool {
        let moved = delivery.receipts.len() > self.receipts;
        self.receipts = delivery.receipts.len();
        self.idle = if moved { 0 } else { self.idle + 1 };
        self.idle > Rounds::IDLE_MAX
    }
}

/// What a check of the moment says.
enum Look {
    Go {
        verdict: String,
    },
    Stop(Box<Move>),
    /// An order is being lifted: the journal has it, the switch's file not yet.
    Wait,
}

/// What a delivery was checked for before its fence; the gate holds the write against it.
struct Checked {
    verdict: String,
    subject: Subject,
    epoch: u64,
}

/// Works on a claimed delivery until it has been sent, stopped, or has to wait; then gives the claim back.
///
/// # Errors
/// [`StoreError`] when the store cannot write; the delivery is then as the journal says.
pub async fn send(env: &Environment, claim: Claim) -> Result<(), StoreError> {
    let token = claim.token;
    let mut work = Work {
        env,
        token,
        delivery: claim.delivery,
    };
    let mut rounds = Rounds::default();
    let ended = loop {
        match work.one_step().await {
            Ok(Next::Again) if rounds.get_nowhere(&work.delivery) => break Ok(Some(soon(env.clock.now()))),
            Ok(Next::Again) => {}
            Ok(Next::Done) => break Ok(None),
            Ok(Next::LeaveUntil(at)) => break Ok(Some(at)),
            // A person was faster: what they decided stands.
            Err(StoreError::ClaimLost { .. } | StoreError::Stale { .. }) => break Ok(None),
            Err(error) => break Err(error),
        }
    };
    let not_before = match &ended {
        Ok(not_before) => *not_before,
        // A store that cannot write is not asked again at once.
        Err(_) => Some(retry::later_at(env.clock.now())),
    };
    env.store.abandon(token, not_before).await;
    ended.map(|_| ())
}

impl<'a> Work<'a> {
    /// Work on a claim outside of [`send`], for look-ups.
    pub fn on(env: &'a Environment, claim: Claim) -> Work<'a> {
        Work {
            env,
            token: claim.token,
            delivery: claim.delivery,
        }
    }

    /// Makes a move under the claim.
    ///
    /// # Errors
    /// [`StoreError`]; a lost claim among them.
    pub async fn advance(&mut self, mv: Move, reason: &str) -> Result<(), StoreError> {
        let written = self
            .env
            .store
            .write(Request {
                by: Actor::Lane,
                at: self.env.clock.now(),
                reason: reason.to_owned(),
                write: Write::Advance {
                    token: self.token,
                    mv: Box::new(mv),
                },
            })
            .await?;
        if let Some(delivery) = written.deliveries.into_iter().next() {
            self.delivery = delivery;
        }
        Ok(())
    }

    async fn one_step(&mut self) -> Result<Next, StoreError> {
        let now = self.env.clock.now();
        if !self.delivery.state_name().waits() {
            return Ok(Next::Done);
        }
        // The epoch before the world: a change that the world does not show yet bounces at the gate.
        let epoch = self.env.gate.epoch();
        let world = self.env.store.world();
        let Some(account) = world.accounts.get(&self.delivery.account).cloned() else {
            return self
                .fail(FailKind::Unsupported, "its account is not there any more")
                .await;
        };
        let Some(adapter) = self.env.adapters.get(&account.network) else {
            return self
                .fail(
                    FailKind::Unsupported,
                    "this version of soundpost does not know its network",
                )
                .await;
        };
        let Some(post) = self.env.store.post(self.delivery.id.post).await? else {
            return Err(StoreError::Damaged(format!(
                "post {} is missing",
                self.delivery.id.post
            )));
        };
        let content = &post.revision(self.delivery.revision).content;
        let parts = content.for_account(&account);
        let subject = self.subject(&account, &post, parts, now);
        if let Some(look) = self.halted(&subject, &world) {
            return self.stopped(look, now).await;
        }
        if let Some(next) = self.before_all(&account, now).await? {
            return Ok(next);
        }
        let verdict = match self.guarded(&world, &account, &post, now) {
            Look::Go { verdict } => verdict,
            stop => return self.stopped(stop, now).await,
        };
        if self.must_stage(adapter.as_ref(), parts, now) {
            return self.stage(adapter.as_ref(), &account, parts).await;
        }
        if now < self.delivery.goes_at() {
            return Ok(Next::LeaveUntil(self.delivery.goes_at()));
        }
        match self.paced(now) {
            Some(next) => Ok(next),
            None => {
                let checked = Checked {
                    verdict: self.evidence(verdict),
                    subject,
                    epoch,
                };
                self.attempt(adapter.as_ref(), &account, &post, parts, checked)
                    .await
            }
        }
    }

    /// What follows when something stands against it. Before its time only staging could run: it simply waits.
    async fn stopped(&mut self, look: Look, now: Timestamp) -> Result<Next, StoreError> {
        match look {
            Look::Stop(_) if now < self.delivery.goes_at() => Ok(Next::LeaveUntil(self.delivery.goes_at())),
            Look::Stop(mv) => {
                let why = why_in_spite_of(self.delivery.approval.as_ref(), &mv, now);
                self.advance(*mv, why).await?;
                Ok(Next::Done)
            }
            Look::Wait | Look::Go { .. } => Ok(Next::LeaveUntil(soon(now))),
        }
    }

    /// What stops a delivery before halts and guard are asked: it is stale, waits for another, or the account
    /// cannot send.
    async fn before_all(&mut self, account: &Account, now: Timestamp) -> Result<Option<Next>, StoreError> {
        if now > self.delivery.fresh_until() {
            let why = self.why_late(now);
            self.advance(Move::Miss { why }, "").await?;
            return Ok(Some(Next::Done));
        }
        match &account.status {
            AccountStatus::Active => {}
            AccountStatus::LoginNeeded { why, .. } => {
                return self.fail(FailKind::Login, &why.clone()).await.map(Some);
            }
            AccountStatus::Removed { .. } => {
                return self
                    .fail(FailKind::Unsupported, "its account was removed")
                    .await
                    .map(Some);
            }
        }
        if let Some(after) = self.delivery.after
            && let Some(next) = self.wait_for(after, now).await?
        {
            return Ok(Some(next));
        }
        Ok(None)
    }

    /// What is overdue goes one after another; the parts of a thread are not torn apart by that.
    fn paced(&self, now: Timestamp) -> Option<Next> {
        if self.delivery.is_mid_thread() {
            return None;
        }
        self.env
            .pace
            .wait_until(self.delivery.account, self.delivery.promised_at, now)
            .map(Next::LeaveUntil)
    }

    fn why_late(&self, now: Timestamp) -> String {
        let late = jiff::SignedDuration::from_secs(now.duration_since(self.delivery.promised_at).as_secs());
        let window_min = self.delivery.freshness_s / 60;
        let last = match self.delivery.state() {
            State::RetryAt { why, .. } => format!("; the last attempt: {why}"),
            _ => String::new(),
        };
        format!("it is {late:#} late and stays fresh for {window_min} min{last}")
    }

    fn is_before(&self, other: &Delivery) -> bool {
        (self.delivery.order_at(), self.delivery.id) < (other.order_at(), other.id)
    }

    async fn wait_for(&mut self, after: DeliveryId, now: Timestamp) -> Result<Option<Next>, StoreError> {
        let before = self.env.store.delivery(after).await?;
        let why = match before.as_ref().map(|d| (d.state_name(), d)) {
            Some((StateName::Published, _)) => return Ok(None),
            // It stands behind this one in the same line: waiting would block both.
            Some((state, d)) if state.waits() && d.account == self.delivery.account && self.is_before(d) => {
                format!("it is due later, {}", d.due.at)
            }
            Some((state, _)) if state.waits() || state == StateName::Attempting => {
                return Ok(Some(Next::LeaveUntil(retry::look_at(now, 0))));
            }
            Some((state, _)) => format!("it is {state}"),
            None => "it is not there".to_owned(),
        };
        let hold = Move::Hold {
            reasons: vec![HoldReason::Waits { after, why }],
            review_after: None,
        };
        self.advance(hold, "").await?;
        Ok(Some(Next::Done))
    }

    /// The kill switch, asked before everything else.
    fn halted(&self, subject: &Subject, world: &World) -> Option<Look> {
        let switch = self.env.gate.switch_state();
        let cause = halted(subject, &switch, &world.halts)?;
        if matches!(&cause, HaltCause::Order(order) if world.lifted.contains(&order.id)) {
            return Some(Look::Wait);
        }
        Some(Look::Stop(self.hold_boxed(vec![HoldReason::Halt(cause)], None)))
    }

    /// What halts look at; a confirmed statement with this very content passes the orders that it names.
    fn subject(&self, account: &Account, post: &Post, parts: &[Part], now: Timestamp) -> Subject {
        if self.delivery.statement.is_none() {
            return self.delivery.subject();
        }
        let audience = post.audience.as_ref().unwrap_or(&account.audience);
        let content = content_sha256(parts, audience, account.id);
        self.delivery.subject_of(&content, now)
    }

    fn guarded(&self, world: &World, account: &Account, post: &Post, now: Timestamp) -> Look {
        let input = self.env.guard_input(&self.delivery, account, post, now);
        let verdict = guard::shadow::verdict(&self.delivery, &input, world, &self.env.zones);
        // What a person says through a pause is not automatic.
        let stale = match self.delivery.statement {
            Some(_) => Vec::new(),
            None => guard::stale::reasons_for(&input, world, now),
        };
        let (verdict, stale) = guard::shadow::with_stale(&self.delivery, account, verdict, stale);
        match (verdict, stale.is_empty()) {
            // What is worth a look was told to whoever queued it.
            (Verdict::Allow { evidence } | Verdict::Warn { evidence, .. }, true) => {
                Look::Go { verdict: evidence }
            }
            (Verdict::Allow { .. } | Verdict::Warn { .. }, false) => Look::Stop(self.hold_boxed(stale, None)),
            (
                Verdict::Hold {
                    reasons,
                    review_after,
                },
                is_alone,
            ) => {
                let reasons = reasons.into_iter().chain(stale).collect();
                Look::Stop(self.hold_boxed(reasons, review_after.filter(|_| is_alone)))
            }
        }
    }

    fn hold_boxed(&self, reasons: Vec<HoldReason>, review_after: Option<Timestamp>) -> Box<Move> {
        Box::new(self.hold(reasons, review_after))
    }

    fn hold(&self, mut reasons: Vec<HoldReason>, review_after: Option<Timestamp>) -> Move {
        if !self.delivery.is_mid_thread() {
            return Move::Hold {
                reasons,
                review_after,
            };
        }
        let public = self.delivery.receipts.len();
        let why = format!("{public} of {} parts are public", self.delivery.parts_total);
        reasons.push(HoldReason::BrokenThread { why });
        Move::Hold {
            reasons,
            review_after: None,
        }
    }

    /// What the receipt will say about why it was allowed.
    fn evidence(&self, verdict: String) -> String {
        match &self.delivery.statement {
            Some(s) => format!("{verdict}; sent through the pause by {}: {}", s.by, s.reason),
            None => verdict,
        }
    }

    async fn attempt(
        &mut self,
        adapter: &dyn Adapter,
        account: &Account,
        post: &Post,
        parts: &[Part],
        checked: Checked,
    ) -> Result<Next, StoreError> {
        let frozen = match self.compose(adapter, account, post, parts) {
            Ok(frozen) => frozen,
            Err(why) => return self.fail(FailKind::Refused, &why).await,
        };
        let Checked {
            verdict,
            subject,
            epoch,
        } = checked;
        let part = frozen.part;
        let attempt = self.delivery.attempts + 1;
        let fence = Fence {
            part,
            attempt,
            at: self.env.clock.now(),
            frozen,
            verdict,
        };
        self.advance(Move::Fence(fence.clone()), "").await?;
        let write = InFlight {
            delivery: self.delivery.id,
            part,
        };
        let (pass, flight) = self.env.gate.pass(write, subject, epoch);
        let outcome = adapter
            .publish(&self.env.context(account), &fence.frozen, pass)
            .await;
        // Closed before it is judged: what was not admitted by now never leaves.
        let admitted = flight.close();
        let settled = settle(
            &self.delivery,
            &fence,
            outcome,
            admitted,
            &capabilities_for(adapter, account, &fence.frozen),
            self.env.clock.now(),
            self.env.entropy.u64(),
        );
        for mv in settled.moves {
            self.advance(mv, "").await?;
        }
        if let Some(why) = &settled.login_needed {
            login_needed(self.env, account, why).await?;
        }
        // The flight ends here, after the outcome is durable: whoever pauses has waited for it.
        drop(flight);
        Ok(self.after_attempt())
    }

    fn after_attempt(&self) -> Next {
        let now = self.env.clock.now();
        match self.delivery.state() {
            State::Scheduled | State::Staged => Next::Again,
            State::RetryAt { at, .. } if *at <= now => Next::Again,
            _ => Next::Done,
        }
    }

    fn compose(
        &self,
        adapter: &dyn Adapter,
        account: &Account,
        post: &Post,
        parts: &[Part],
    ) -> Result<Frozen, String> {
        let part = self.delivery.next_part();
        if let Some(frozen) = self.delivery.resend.as_ref().filter(|frozen| frozen.part == part) {
            return Ok(frozen.clone());
        }
        let send_key: Option<SendKey> = self.delivery.send_keys.get(usize::from(part) - 1).copied();
        adapter.compose(&ComposeInput {
            account,
            language: post.language.as_deref().or(account.language.as_deref()),
            parts,
            part,
            receipts: &self.delivery.receipts,
            staging: self.delivery.staging.as_ref(),
            send_key: send_key.ok_or("the post has fewer parts than its delivery says")?,
            now: self.env.clock.now(),
            delivery: self.delivery.id.to_string(),
        })
    }

    pub(crate) async fn fail(&mut self, kind: FailKind, why: &str) -> Result<Next, StoreError> {
        self.advance(
            Move::Refuse {
                kind,
                why: why.to_owned(),
            },
            "",
        )
        .await?;
        Ok(Next::Done)
    }
}

/// A moment later: long enough for a file to be written.
fn soon(now: Timestamp) -> Timestamp {
    now.saturating_add(jiff::SignedDuration::from_millis(100))
        .unwrap_or(now)
}

/// What the guard looks at for this delivery where only events are asked; [`Environment::guard_input`] is for all rules.
pub fn guard_input<'a>(
    delivery: &'a Delivery,
    account: &'a Account,
    post: &'a Post,
    at: Timestamp,
) -> guard::Input<'a> {
    guard::Input {
        at,
        account,
        category: delivery.category,
        audience: post.audience.as_ref().unwrap_or(&account.audience),
        language: post.language.as_deref().or(account.language.as_deref()),
        parts: post.revision(delivery.revision).content.for_account(account),
        approval: delivery.approval.as_ref(),
        scene: None,
    }
}

//! `approve`: a person's word that a post may go in spite of the events that are open.

mod effect;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use soundpost_core::account::Account;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Approval, Delivery, HoldReason, State};
use soundpost_core::event::Event;
use soundpost_core::guard::approval::{content_sha256, event_digest};
use soundpost_core::guard::calendar::Viewpoint;
use soundpost_core::guard::rules::keys;
use soundpost_core::guard::{self, Input, stale};
use soundpost_core::id::EventId;
use soundpost_core::port::store::{Step, Write};
use soundpost_core::post::{Audience, Post};
use soundpost_core::quota::Quotas;
use soundpost_core::schedule::Due;
use soundpost_core::world::World;

use super::App;
use super::error::{AppError, Kind};
use super::people::held_by_events;
use crate::control::protocol::{ApproveAsk, Moved};
use effect::Judged;

/// How long an approval lasts at most, in hours.
pub const APPROVAL_HOURS_MAX: u32 = 24;
/// The shortest reason that is taken.
const REASON_CHARS_MIN: usize = 3;

/// A person's word about one delivery, and what follows from it.
struct Word {
    approval: Approval,
    due: Option<Due>,
    /// What still holds it, where the word is for one event only.
    left: Option<Move>,
    hints: Vec<String>,
}

impl App {
    /// Lets held deliveries through in this person's name: in spite of all events that are open, or of one alone.
    ///
    /// # Errors
    /// [`AppError`] without a reason, when it is paused, when the state does not allow it, or when the one event does
    /// not count.
    pub async fn approve(&self, who: &str, ask: &ApproveAsk) -> Result<Moved, AppError> {
        says_why(&ask.why, "an approval")?;
        let found = self.find_all(&ask.ids).await?;
        let only = self.only(&found, ask)?;
        let mut quotas = self.quotas_without(&found).await?;
        let (mut steps, mut hints) = (Vec::new(), Vec::new());
        for delivery in &found {
            let (moves, told) = self.approve_moves(who, delivery, ask, only, &mut quotas).await?;
            for (mv, n) in moves.into_iter().zip(0..) {
                steps.push(Step {
                    delivery: delivery.id,
                    expects_version: delivery.version + n,
                    mv,
                });
            }
            hints.extend(told);
        }
        hints.dedup();
        let written = self.write(who, &ask.why, Write::Move { steps }).await?;
        let mut deliveries = written.deliveries;
        deliveries.dedup_by_key(|d| d.id);
        Ok(Moved {
            what: "approved".to_owned(),
            deliveries: self.views(&deliveries).await?,
            left: Vec::new(),
            hints,
        })
    }

    /// The one event that an approval is for, if it is for one.
    ///
    /// # Errors
    /// [`AppError`] when there is no such event.
    pub(super) fn only(&self, found: &[Delivery], ask: &ApproveAsk) -> Result<Option<EventId>, AppError> {
        let typed = ask.event.as_ref();
        typed.map(|typed| self.event_like(typed, found)).transpose()
    }

    /// The moves of an approval of this one, and what a person should know about it.
    ///
    /// # Errors
    /// As [`App::approve`].
    pub(super) async fn approve_moves(
        &self,
        who: &str,
        delivery: &Delivery,
        ask: &ApproveAsk,
        only: Option<EventId>,
        quotas: &mut Quotas,
    ) -> Result<(Vec<Move>, Vec<String>), AppError> {
        self.refuse_when_paused(delivery)?;
        let word = self.word(who, delivery, ask, only).await?;
        let promised_at = self.expected(quotas, delivery, word.due.as_ref(), ask.at.as_deref());
        let approve = Move::Approve {
            approval: word.approval,
            due: word.due,
            promised_at,
        };
        let moves = std::iter::once(approve).chain(word.left).collect();
        Ok((moves, word.hints))
    }

    async fn word(
        &self,
        who: &str,
        delivery: &Delivery,
        ask: &ApproveAsk,
        only: Option<EventId>,
    ) -> Result<Word, AppError> {
        may_be_overridden(delivery)?;
        let post = self.env.store.post(delivery.id.post).await?;
        let world = self.env.store.world();
        let account = world.accounts.get(&delivery.account);
        let (Some(post), Some(account)) = (post, account) else {
            return Err(AppError::new(
                Kind::NotFound,
                "its post or account is not there any more",
            ));
        };
        let due = self.new_due(delivery, ask.at.as_deref())?;
        let goes_at = due.as_ref().map_or(delivery.due.at, |d| d.at).max(self.now());
        let audience = post.audience.as_ref().unwrap_or(&account.audience);
        let mut events = self.open_events(&world, account, audience, goes_at);
        events.retain(|event| only.is_none_or(|id| event.id == id));
        if events.is_empty() && only.is_some() {
            let error = format!("that event does not count when {} is due", delivery.id);
            return Err(AppError::conflict(error).help("leave --event away, or look:  soundpost why ID"));
        }
        let sources = match only {
            Some(_) => BTreeSet::new(),
            None => stale_sources(&world, &post, account, goes_at),
        };
        let approval = Approval {
            by: who.to_owned(),
            reason: ask.why.clone(),
            at: self.now(),
            expires_at: self
                .now()
                .checked_add(lasts(ask.hours)?)
                .unwrap_or(Timestamp::MAX),
            content_sha256: content_of(delivery, &post, account),
            events: events
                .iter()
                .map(|e| (e.id, event_digest(e, self.now())))
                .collect::<BTreeMap<_, _>>(),
            sources,
            rules: match only {
                Some(_) => BTreeSet::new(),
                None => self.rules_that_hold(delivery, &post, account, goes_at),
            },
        };
        let approval = beside_earlier(approval, delivery.approval.as_ref());
        let judged = Judged {
            delivery,
            post: &post,
            account,
            goes_at,
        };
        // A word that passes an event does not undo that a person held it, too.
        let is_partial = only.is_some() || is_held_by_both(delivery);
        let left = is_partial.then(|| self.still_held(&judged, &approval)).flatten();
        let hints = self.told(&judged, &approval, left.as_ref());
        Ok(Word {
            approval,
            due,
            left,
            hints,
        })
    }

    /// The rules that hold this post at an instant: who approves it has seen them.
    fn rules_that_hold(
        &self,
        delivery: &Delivery,
        post: &Post,
        account: &Account,
        at: Timestamp,
    ) -> BTreeSet<String> {
        let input = Input {
            approval: None,
            ..self.env.guard_input(delivery, account, post, at)
        };
        let reasons = guard::judge(&input, &self.env.store.world(), &self.env.zones).into_reasons();
        keys(reasons.iter().filter_map(HoldReason::rule))
    }

    /// The events that count at an instant: flagged ones, and the sensitive days of this audience of an account.
    pub(super) fn open_events(
        &self,
        world: &World,
        account: &Account,
        audience: &Audience,
        at: Timestamp,
    ) -> Vec<Event> {
        let flagged = world.events.values().filter(|e| e.counts_at(at)).cloned();
        let seen = Viewpoint::audience(&account.zone, audience, &self.env.zones);
        let days = world.calendars.values().flat_map(|c| c.events_at(at, &seen));
        flagged.chain(days).collect()
    }
}

/// How long an approval is to last.
fn lasts(hours: Option<u32>) -> Result<SignedDuration, AppError> {
    match hours.unwrap_or(APPROVAL_HOURS_MAX) {
        hours @ 1..=APPROVAL_HOURS_MAX => Ok(SignedDuration::from_hours(i64::from(hours))),
        hours => Err(AppError::bad_input(format!(
            "an approval lasts 1 to {APPROVAL_HOURS_MAX} hours, not {hours}"
        ))),
    }
}

/// A word for further events keeps what an earlier one for the same content allowed, as long as the earlier one lasts.
fn beside_earlier(approval: Approval, earlier: Option<&Approval>) -> Approval {
    let still_good =
        |e: &&Approval| e.content_sha256 == approval.content_sha256 && approval.at < e.expires_at;
    let Some(earlier) = earlier.filter(still_good) else {
        return approval;
    };
    let mut events = earlier.events.clone();
    events.retain(|id, _| !approval.events.contains_key(id));
    if events.is_empty() && earlier.rules.is_subset(&approval.rules) {
        return approval;
    }
    events.extend(approval.events);
    Approval {
        reason: format!(
            "{}; and before, {}: {}",
            approval.reason, earlier.by, earlier.reason
        ),
        expires_at: approval.expires_at.min(earlier.expires_at),
        events,
        rules: earlier.rules.union(&approval.rules).cloned().collect(),
        sources: earlier.sources.union(&approval.sources).cloned().collect(),
        ..approval
    }
}

/// The feeds that hold this post because they are stale: who approves it has seen that.
pub(super) fn stale_sources(
    world: &World,
    post: &Post,
    account: &Account,
    at: Timestamp,
) -> BTreeSet<String> {
    let audience = post.audience.as_ref().unwrap_or(&account.audience);
    stale::holding(world, audience, at).into_iter().collect()
}

/// The hash over all that a person approves of this delivery.
pub(super) fn content_of(delivery: &Delivery, post: &Post, account: &Account) -> String {
    let parts = post.revision(delivery.revision).content.for_account(account);
    let audience = post.audience.as_ref().unwrap_or(&account.audience);
    content_sha256(parts, audience, account.id)
}

/// A halt is resumed, a clock is set right, and what must follow another waits for it; everything else a person may
/// override.
fn may_be_overridden(delivery: &Delivery) -> Result<(), AppError> {
    let State::Held { reasons, .. } = delivery.state() else {
        return Ok(());
    };
    let personal = |r: &HoldReason| {
        matches!(
            r,
            HoldReason::Event(_)
                | HoldReason::Rule(_)
                | HoldReason::BrokenThread { .. }
                | HoldReason::Person { .. }
                | HoldReason::StaleSource { .. }
        )
    };
    if reasons.iter().all(personal) {
        return Ok(());
    }
    let error = AppError::conflict(format!(
        "{} is not held by something that can be approved",
        delivery.id
    ));
    Err(error.help("soundpost why ID says what holds it; 'release' or 'resume' let it go"))
}

/// True when a person holds it, and an event as well.
fn is_held_by_both(delivery: &Delivery) -> bool {
    let State::Held { reasons, .. } = delivery.state() else {
        return false;
    };
    let is_person = |reason: &HoldReason| matches!(reason, HoldReason::Person { .. });
    reasons.iter().any(is_person) && !held_by_events(delivery).is_empty()
}

/// # Errors
/// [`AppError`] when a reason is too short to say anything.
pub(super) fn says_why(reason: &str, what: &str) -> Result<(), AppError> {
    if reason.trim().chars().count() >= REASON_CHARS_MIN {
        return Ok(());
    }
    let error = format!("{what} needs a reason of at least {REASON_CHARS_MIN} characters");
    Err(AppError::bad_input(error).help("add --reason \"why it may go\""))
}

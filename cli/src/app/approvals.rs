//! `approve`: a person's word that a post may go in spite of the events that are open.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use soundpost_core::account::Account;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Approval, Delivery, HoldReason, State};
use soundpost_core::dispatch::guard_input;
use soundpost_core::event::Event;
use soundpost_core::guard::approval::{content_sha256, event_digest};
use soundpost_core::guard::calendar::Viewpoint;
use soundpost_core::guard::rules::keys;
use soundpost_core::guard::{self, Input, stale};
use soundpost_core::port::store::{Step, Write};
use soundpost_core::post::{Audience, Post};
use soundpost_core::schedule::Due;
use soundpost_core::world::World;

use super::App;
use super::error::{AppError, Kind};
use crate::control::protocol::Moved;

/// How long an approval lasts at most.
pub const APPROVAL_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// The shortest reason that is taken.
const REASON_CHARS_MIN: usize = 3;

impl App {
    /// Lets held deliveries through in this person's name.
    ///
    /// # Errors
    /// [`AppError`] without a reason, when it is paused, or when the state does not allow it.
    pub async fn approve(
        &self,
        who: &str,
        ids: &[String],
        at: Option<String>,
        why: &str,
    ) -> Result<Moved, AppError> {
        says_why(why, "an approval")?;
        let found = self.find_all(ids).await?;
        let mut quotas = self.quotas_without(&found).await?;
        let mut steps = Vec::new();
        for delivery in &found {
            self.refuse_when_paused(delivery)?;
            let (approval, due) = self.approval(who, delivery, at.as_deref(), why).await?;
            let promised_at = self.expected(&mut quotas, delivery, due.as_ref(), at.as_deref());
            let mv = Move::Approve {
                approval,
                due,
                promised_at,
            };
            steps.push(Step {
                delivery: delivery.id,
                expects_version: delivery.version,
                mv,
            });
        }
        let written = self.write(who, why, Write::Move { steps }).await?;
        let deliveries = self.views(&written.deliveries).await?;
        Ok(Moved {
            what: "approved".to_owned(),
            deliveries,
            left: Vec::new(),
            hints: Vec::new(),
        })
    }

    async fn approval(
        &self,
        who: &str,
        delivery: &Delivery,
        at: Option<&str>,
        why: &str,
    ) -> Result<(Approval, Option<Due>), AppError> {
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
        let due = self.new_due(delivery, at)?;
        let goes_at = due.as_ref().map_or(delivery.due.at, |d| d.at).max(self.now());
        let audience = post.audience.as_ref().unwrap_or(&account.audience);
        let events = self.open_events(&world, account, audience, goes_at);
        let approval = Approval {
            by: who.to_owned(),
            reason: why.to_owned(),
            at: self.now(),
            expires_at: self.now().checked_add(APPROVAL_LASTS).unwrap_or(Timestamp::MAX),
            content_sha256: content_of(delivery, &post, account),
            events: events
                .iter()
                .map(|e| (e.id, event_digest(e, self.now())))
                .collect::<BTreeMap<_, _>>(),
            sources: stale_sources(&world, &post, account, goes_at),
            rules: self.rules_that_hold(delivery, &post, account, goes_at),
        };
        Ok((approval, due))
    }

    /// The rules that hold this post at an instant: who approves it has seen them.
    fn rules_that_hold(
        &self,
        delivery: &Delivery,
        post: &Post,
        account: &Account,
        at: Timestamp,
    ) -> BTreeSet<String> {
        let parts = post.revision(delivery.revision).content.for_account(account);
        let input = Input {
            approval: None,
            scene: Some(self.env.scene(delivery)),
            ..guard_input(delivery, account, post, parts, at)
        };
        let reasons = guard::judge(&input, &self.env.store.world(), &self.env.zones).into_reasons();
        keys(reasons.iter().filter_map(|reason| match reason {
            HoldReason::Rule(hold) => Some(hold),
            _ => None,
        }))
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

/// # Errors
/// [`AppError`] when a reason is too short to say anything.
pub(super) fn says_why(reason: &str, what: &str) -> Result<(), AppError> {
    if reason.trim().chars().count() >= REASON_CHARS_MIN {
        return Ok(());
    }
    let error = format!("{what} needs a reason of at least {REASON_CHARS_MIN} characters");
    Err(AppError::bad_input(error).help("add --reason \"why it may go\""))
}

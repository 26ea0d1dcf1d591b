//! What people do with queued deliveries: hold, release, cancel, reschedule, edit, retry.

use std::collections::BTreeSet;

use jiff::Timestamp;
use soundpost_core::account::Account;
use soundpost_core::actor::Actor;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, HoldReason, State, StateName};
use soundpost_core::guard;
use soundpost_core::halt::{HaltCause, halted};
use soundpost_core::id::SendKey;
use soundpost_core::intake::{findings, send_keys};
use soundpost_core::port::store::{Step, StoreError, Write};
use soundpost_core::post::{Content, Post, Revision};
use soundpost_core::quota::{Quotas, Share, quotas};
use soundpost_core::schedule::{self, Due};

use super::App;
use super::error::{AppError, Kind};
use crate::control::protocol::Moved;
use crate::output::visible;

impl App {
    /// Holds deliveries until a person releases them.
    ///
    /// # Errors
    /// [`AppError`] when one is not there, or its state does not allow it; then none moves.
    pub async fn hold(&self, who: &str, ids: &[String], why: &str) -> Result<Moved, AppError> {
        let found = self.find_all(ids).await?;
        let mv = |delivery: &Delivery| {
            let mut reasons = vec![HoldReason::Person {
                by: who.to_owned(),
                why: why.to_owned(),
            }];
            // What an event holds it holds on.
            reasons.extend(held_by_events(delivery));
            Move::Hold {
                reasons,
                review_after: None,
            }
        };
        self.move_all(who, why, "held", &found, mv).await
    }

    /// Takes deliveries back before they go.
    ///
    /// # Errors
    /// As [`App::hold`].
    pub async fn cancel(&self, who: &str, ids: &[String], why: &str) -> Result<Moved, AppError> {
        let found = self.find_all(ids).await?;
        let mv = |_: &Delivery| cancel_move(who, why);
        self.move_all(who, why, "cancelled", &found, mv).await
    }

    /// Lets held, missed or drafted deliveries go. What an event still holds needs an approval instead.
    ///
    /// # Errors
    /// As [`App::hold`]; also when it is paused, still held by an event, or too late without a new time.
    pub async fn release(
        &self,
        who: &str,
        ids: &[String],
        at: Option<String>,
        why: &str,
    ) -> Result<Moved, AppError> {
        let found = self.find_all(ids).await?;
        let mut quotas = self.quotas_without(&found).await?;
        let mut moves = Vec::new();
        for delivery in &found {
            moves.push(self.release_move(delivery, at.as_deref(), &mut quotas).await?);
        }
        let mut moves = moves.into_iter();
        let mv = |_: &Delivery| {
            moves.next().unwrap_or(Move::Queue {
                due: None,
                promised_at: None,
            })
        };
        self.move_all(who, why, "released", &found, mv).await
    }

    /// The move that lets this one go.
    ///
    /// # Errors
    /// As [`App::release`].
    pub(super) async fn release_move(
        &self,
        delivery: &Delivery,
        at: Option<&str>,
        quotas: &mut Quotas,
    ) -> Result<Move, AppError> {
        self.refuse_when_paused(delivery)?;
        self.refuse_when_guarded(delivery).await?;
        let due = self.new_due(delivery, at)?;
        let promised_at = self.expected(quotas, delivery, due.as_ref(), at);
        match delivery.state() {
            State::Draft => Ok(Move::Queue { due, promised_at }),
            State::Held { .. } | State::Missed { .. } => Ok(Move::Release { due, promised_at }),
            state => Err(not_for(
                delivery,
                state.name(),
                "release",
                "held, missed or a draft",
            )),
        }
    }

    /// Gives deliveries another due time.
    ///
    /// # Errors
    /// As [`App::hold`]; also when the time does not read, or it is paused.
    pub async fn reschedule(
        &self,
        who: &str,
        ids: &[String],
        at: &str,
        zone: Option<String>,
    ) -> Result<Moved, AppError> {
        let found = self.find_all(ids).await?;
        let mut quotas = self.quotas_without(&found).await?;
        let mut moves = Vec::new();
        let mut days = Vec::new();
        for delivery in &found {
            let zone = zone.as_deref();
            let (mv, named) = self.reschedule_move(delivery, at, zone, &mut quotas).await?;
            moves.push(mv);
            days.extend(named);
        }
        let mut moves = moves.into_iter();
        let mv = |d: &Delivery| {
            moves.next().unwrap_or_else(|| Move::Reschedule {
                due: d.due.clone(),
                promised_at: None,
            })
        };
        let moved = self.move_all(who, "", "rescheduled", &found, mv).await?;
        days.dedup();
        Ok(Moved { hints: days, ..moved })
    }

    /// The move that gives this one another due time; and the sensitive days on which that is.
    ///
    /// # Errors
    /// As [`App::reschedule`].
    pub(super) async fn reschedule_move(
        &self,
        delivery: &Delivery,
        at: &str,
        zone: Option<&str>,
        quotas: &mut Quotas,
    ) -> Result<(Move, Vec<String>), AppError> {
        if delivery.state_name().needs_person() {
            self.refuse_when_paused(delivery)?;
        }
        let due = self.due(at, zone.unwrap_or(&delivery.due.zone))?;
        let promised_at = self.expected(quotas, delivery, Some(&due), Some(at));
        let post = self.env.store.post(delivery.id.post).await?;
        let days = post.iter().flat_map(|post| self.days_of(delivery, post, due.at));
        let days = days.collect();
        Ok((Move::Reschedule { due, promised_at }, days))
    }

    /// Lets failed deliveries go again, or unknown ones that a person knows are not public.
    ///
    /// # Errors
    /// As [`App::hold`].
    pub async fn retry(&self, who: &str, ids: &[String], not_there: bool) -> Result<Moved, AppError> {
        let found = self.find_all(ids).await?;
        for delivery in &found {
            self.refuse_when_paused(delivery)?;
            if !matches!(delivery.state(), State::Failed { .. } | State::Unknown { .. }) {
                return Err(not_for(
                    delivery,
                    delivery.state_name(),
                    "retry",
                    "failed or unknown",
                ));
            }
            if matches!(delivery.state(), State::Unknown { .. }) && !not_there {
                let error = AppError::conflict(format!("it is not known whether {} is public", delivery.id));
                return Err(error.help(
                    "look at the network yourself. It is there:  soundpost found ID --url URL   It is not:  soundpost retry ID --not-there",
                ));
            }
        }
        let now = self.now();
        let mut quotas = self.quotas_without(&found).await?;
        let mv = |d: &Delivery| {
            let late = now > d.fresh_until();
            let due = late.then(|| schedule::due_at(now, &d.due.zone, &self.env.zones));
            Move::Release {
                promised_at: self.expected(&mut quotas, d, due.as_ref(), None),
                due,
            }
        };
        let reason = if not_there {
            "a person looked: it is not public"
        } else {
            ""
        };
        self.move_all(who, reason, "will be tried again", &found, mv)
            .await
    }

    /// Gives a post another content. Deliveries that are fenced or public keep the old one and are reported.
    ///
    /// # Errors
    /// As [`App::hold`]; also when a network would not take the new content.
    pub async fn edit(&self, who: &str, typed: &str, content: Content) -> Result<Moved, AppError> {
        let deliveries = self.find(typed).await?;
        let post = self.find_post(typed.split('.').next().unwrap_or(typed)).await?;
        let number = post.revisions.last().map_or(1, |r| r.number) + 1;
        let mut steps = Vec::new();
        let mut left = Vec::new();
        for delivery in &deliveries {
            let keys = self.keys(&content, delivery)?;
            let mv = Move::Edit {
                revision: number,
                send_keys: keys,
            };
            match delivery.after_move(mv.clone(), self.now()) {
                Ok(_) => steps.push(Step {
                    delivery: delivery.id,
                    expects_version: delivery.version,
                    mv,
                }),
                Err(error) => left.push(format!("{}: too late: {}. Retract it?", delivery.id, error.why)),
            }
        }
        if steps.is_empty() {
            let mut error = AppError::conflict("no delivery of this post can be edited any more");
            error.details = left;
            return Err(error);
        }
        let by = Actor::Person(who.to_owned());
        let revision = Box::new(Revision {
            number,
            at: self.now(),
            by,
            content,
        });
        let written = self
            .write(
                who,
                "",
                Write::Revise {
                    post: post.id,
                    revision,
                    steps,
                },
            )
            .await?;
        let what = format!("edited (revision {number})");
        let approved = deliveries.iter().filter_map(|d| d.approval.as_ref());
        let mut hints: Vec<String> = approved
            .map(|a| {
                format!(
                    "what {} approved is void: the words are others now",
                    visible(&a.by)
                )
            })
            .collect();
        hints.dedup();
        Ok(Moved {
            what,
            deliveries: self.views(&written.deliveries).await?,
            left,
            hints,
        })
    }

    /// A key for each part of a new content, when the network would take it.
    ///
    /// # Errors
    /// [`AppError`] with all findings.
    pub(super) fn keys(&self, content: &Content, delivery: &Delivery) -> Result<Vec<SendKey>, AppError> {
        let world = self.env.store.world();
        let account = world.accounts.get(&delivery.account);
        let account =
            account.ok_or_else(|| AppError::new(Kind::NotFound, "its account is not there any more"))?;
        let parts = content.for_account(account);
        let blocking: Vec<String> = findings(&self.env.adapters, account, parts)
            .iter()
            .filter(|f| f.blocking)
            .map(|f| format!("{}: {}", account.name, visible(&f.message)))
            .collect();
        if blocking.is_empty() && !parts.is_empty() {
            return Ok(send_keys(parts.len(), self.now(), &*self.env.entropy));
        }
        let mut error =
            AppError::bad_input("the new content cannot go out as it is").help("nothing was changed");
        error.details = blocking;
        Err(error)
    }

    /// Moves all of these in one step; when one cannot, none does.
    pub(super) async fn move_all(
        &self,
        who: &str,
        reason: &str,
        what: &str,
        found: &[Delivery],
        mut mv: impl FnMut(&Delivery) -> Move,
    ) -> Result<Moved, AppError> {
        let steps = found
            .iter()
            .map(|d| Step {
                delivery: d.id,
                expects_version: d.version,
                mv: mv(d),
            })
            .collect();
        let written = self.write(who, reason, Write::Move { steps }).await?;
        let deliveries = self.views(&written.deliveries).await?;
        Ok(Moved {
            what: what.to_owned(),
            deliveries,
            left: Vec::new(),
            hints: Vec::new(),
        })
    }

    /// What the accounts of these deliveries may still send, without these, which are about to get another time.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn quotas_without(&self, moving: &[Delivery]) -> Result<Quotas, StoreError> {
        let (accounts, ids): (BTreeSet<_>, BTreeSet<_>) = moving.iter().map(|d| (d.account, d.id)).unzip();
        quotas(&self.env, accounts, &ids).await
    }

    /// When a delivery that goes again is expected, where limits make that later than the time that it was given.
    pub(super) fn expected(
        &self,
        quotas: &mut Quotas,
        delivery: &Delivery,
        due: Option<&Due>,
        typed: Option<&str>,
    ) -> Option<Timestamp> {
        let at = due.map_or_else(|| delivery.goes_at().max(self.now()), |due| due.at);
        quotas.later(delivery.account, at, delivery.parts_left(), Share::of(typed))
    }

    /// A due time as typed.
    ///
    /// # Errors
    /// [`AppError`] when it does not read.
    pub fn due(&self, at: &str, zone: &str) -> Result<Due, AppError> {
        let due = schedule::resolve(at, self.now(), zone, &self.env.zones);
        due.map_err(|error| AppError::bad_input(error.to_string()))
    }

    /// The new due time of a released delivery: as typed; none while it is fresh; else it must be said.
    ///
    /// # Errors
    /// [`AppError`] when it is too late without one.
    pub fn new_due(&self, delivery: &Delivery, at: Option<&str>) -> Result<Option<Due>, AppError> {
        if let Some(at) = at {
            return self.due(at, &delivery.due.zone).map(Some);
        }
        if self.now() <= delivery.fresh_until() {
            return Ok(None);
        }
        let error = AppError::conflict(format!("{} is past the time it stays fresh", delivery.id));
        Err(error.help("say when it should go: add --at now, or --at \"tomorrow 9:00\""))
    }

    /// # Errors
    /// [`AppError`] when a halt covers the delivery.
    pub fn refuse_when_paused(&self, delivery: &Delivery) -> Result<(), AppError> {
        match self.halt_of(delivery) {
            None => Ok(()),
            Some(cause) => Err(AppError::new(
                Kind::Paused,
                format!("nothing goes out: {}", visible(&cause.to_string())),
            )
            .help("soundpost resume shows the plan for all that waits")),
        }
    }

    /// True when a halt covers the delivery.
    pub(super) fn is_paused_for(&self, delivery: &Delivery) -> bool {
        self.halt_of(delivery).is_some()
    }

    /// What pauses the delivery, if anything does.
    pub(super) fn halt_of(&self, delivery: &Delivery) -> Option<HaltCause> {
        let world = self.env.store.world();
        halted(&delivery.subject(), &self.env.gate.switch_state(), &world.halts)
    }

    async fn refuse_when_guarded(&self, delivery: &Delivery) -> Result<(), AppError> {
        let State::Held { .. } = delivery.state() else {
            return Ok(());
        };
        let world = self.env.store.world();
        let post = self.env.store.post(delivery.id.post).await?;
        let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
            return Ok(());
        };
        match self.hold_words(delivery, &post, account) {
            None => Ok(()),
            Some(words) => {
                let mut error = AppError::conflict(format!("the guard still holds {}", delivery.id));
                error.details = words;
                Err(error.help("soundpost approve ID --reason WHY lets it through in your name"))
            }
        }
    }

    /// Why the guard would hold it at its due time, or now when that is past; none when it would not.
    fn hold_words(&self, delivery: &Delivery, post: &Post, account: &Account) -> Option<Vec<String>> {
        let world = self.env.store.world();
        let at = delivery.due.at.max(self.now());
        let input = self.env.guard_input(delivery, account, post, at);
        let verdict = guard::judge(&input, &world, &self.env.zones);
        // What a person lets go in shadow need not be approved.
        let verdict = match account.shadow {
            Some(_) => guard::shadow::filtered(verdict),
            None => verdict,
        };
        let reasons = verdict.into_reasons();
        let teller = self.teller(&account.zone);
        (!reasons.is_empty()).then(|| reasons.iter().map(|reason| teller.reason(reason)).collect())
    }
}

/// The events that hold it, as its reasons say.
pub(super) fn held_by_events(delivery: &Delivery) -> Vec<HoldReason> {
    let State::Held { reasons, .. } = delivery.state() else {
        return Vec::new();
    };
    let is_event = |reason: &&HoldReason| matches!(reason, HoldReason::Event(_));
    reasons.iter().filter(is_event).cloned().collect()
}

/// The move that takes one back before it goes.
pub(super) fn cancel_move(who: &str, why: &str) -> Move {
    Move::Cancel {
        why: format!("cancelled by {who}: {why}"),
    }
}

/// A command that is not for a delivery in this state.
fn not_for(delivery: &Delivery, state: StateName, command: &str, wanted: &str) -> AppError {
    let error = AppError::conflict(format!(
        "{} is {state}: '{command}' is for what is {wanted}",
        delivery.id
    ));
    error.help("soundpost why ID tells its story and what you can do; nothing was changed")
}

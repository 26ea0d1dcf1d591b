//! Moves of many deliveries at once: what they would do is shown first, and done when somebody repeats its code.

use std::collections::BTreeSet;

use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Approval, Delivery, StateName};
use soundpost_core::dispatch::guard_input;
use soundpost_core::event::{Event, Stage};
use soundpost_core::frozen::sha256_hex;
use soundpost_core::guard::{self, Input};
use soundpost_core::id::{DeliveryId, EventId};
use soundpost_core::port::store::{Query, Step, Write};
use soundpost_core::quota::Quotas;

use super::App;
use super::approvals::says_why;
use super::error::{AppError, Kind};
use super::events::events_of;
use super::find::states;
use super::people::cancel_move;
use crate::control::protocol::{Answer, BulkAct, BulkAsk, BulkView, Moved, Selection};

/// What a move of many comes to.
#[derive(Default)]
struct Prepared {
    moving: Vec<Delivery>,
    steps: Vec<Step>,
    left: Vec<String>,
    hints: Vec<String>,
}

impl App {
    /// Shows what would be done; does it when it was confirmed as it stands.
    ///
    /// # Errors
    /// [`AppError`] when nothing is selected, when the act lacks something, or when what was confirmed is not what
    /// would be done now.
    pub async fn bulk(&self, who: &str, ask: &BulkAsk) -> Result<Answer, AppError> {
        if let BulkAct::Approve(approve) = &ask.act {
            says_why(&approve.why, "an approval")?;
        }
        let found = self.selected(&ask.of).await?;
        let prepared = self.prepare(who, &found, &ask.act).await?;
        let code = code(&ask.act, &prepared);
        match &ask.confirmed {
            None => Ok(Answer::Bulk(BulkView {
                what: name(&ask.act).to_owned(),
                deliveries: self.views(&prepared.moving).await?,
                code: (!prepared.steps.is_empty()).then_some(code),
                left: prepared.left,
                hints: prepared.hints,
            })),
            Some(confirmed) if *confirmed == code && !prepared.steps.is_empty() => {
                self.carry_out(who, &ask.act, prepared).await.map(Answer::Moved)
            }
            Some(_) => Err(AppError::conflict(
                "what was shown is not what would be done now: a post, an event or what was asked changed",
            )
            .help("nothing was changed; run it again without --apply, and look")),
        }
    }

    async fn carry_out(&self, who: &str, act: &BulkAct, prepared: Prepared) -> Result<Moved, AppError> {
        let (why, done) = match act {
            BulkAct::Release { why, .. } => (why.as_str(), "released"),
            BulkAct::Approve(ask) => (ask.why.as_str(), "approved"),
            BulkAct::Cancel { why } => (why.as_str(), "cancelled"),
            BulkAct::Reschedule { .. } => ("", "rescheduled"),
        };
        let steps = prepared.steps;
        let mut written = self.write(who, why, Write::Move { steps }).await?;
        written.deliveries.dedup_by_key(|d| d.id);
        Ok(Moved {
            what: done.to_owned(),
            deliveries: self.views(&written.deliveries).await?,
            left: prepared.left,
            hints: prepared.hints,
        })
    }

    /// The deliveries that are selected, by due time.
    async fn selected(&self, of: &Selection) -> Result<Vec<Delivery>, AppError> {
        let states = states(&of.states)?;
        let account = self.account_typed(of.account.as_deref())?;
        let query = Query {
            states: states.clone(),
            account,
            ..Query::default()
        };
        let mut found = self.env.store.list(&query).await?;
        if let Some(typed) = of.held_by.as_ref().or(of.all_of.as_ref()) {
            let event = self.event_like(typed, &found)?;
            let mut of_event: BTreeSet<DeliveryId> = held_by(&found, event);
            if of.all_of.is_some() {
                of_event.extend(self.held_if_open(event, &found).await?);
            }
            found.retain(|d| of_event.contains(&d.id));
        } else if of.states.is_empty() {
            return Err(AppError::bad_input("which? name an event or a state")
                .help("--held-by EVENT, --all-of EVENT, or --state held --account NAME"));
        }
        if found.is_empty() {
            let error = AppError::new(Kind::NotFound, "there is nothing of that");
            return Err(error.help("soundpost review shows what needs you; soundpost queue, what waits"));
        }
        Ok(found)
    }

    /// What of these waits or is held and this event would hold if it were open, approved or not.
    async fn held_if_open(&self, id: EventId, found: &[Delivery]) -> Result<BTreeSet<DeliveryId>, AppError> {
        let world = self.env.store.world();
        let Some(event) = world.events.get(&id) else {
            return Ok(BTreeSet::new());
        };
        let open = Event {
            stage: Stage::Open,
            ..event.clone()
        };
        let mut would = BTreeSet::new();
        let may_be_held = |d: &&Delivery| d.state_name().waits() || d.state_name() == StateName::Held;
        for delivery in found.iter().filter(may_be_held) {
            let post = self.env.store.post(delivery.id.post).await?;
            let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
                continue;
            };
            let at = delivery.due.at.max(self.now());
            let input = Input {
                approval: None,
                ..guard_input(delivery, account, &post, at)
            };
            if guard::holds_back(guard::judge_event(&input, &open).0) {
                would.insert(delivery.id);
            }
        }
        Ok(would)
    }

    /// The moves of those that can move, and why the others cannot.
    async fn prepare(&self, who: &str, found: &[Delivery], act: &BulkAct) -> Result<Prepared, AppError> {
        let mut quotas = self.quotas_without(found).await?;
        let mut prepared = Prepared::default();
        let only = match act {
            BulkAct::Approve(ask) => self.only(found, ask)?,
            _ => None,
        };
        for delivery in found {
            match self.steps_of(who, delivery, act, only, &mut quotas).await {
                Ok((steps, hints)) => {
                    prepared.moving.push(delivery.clone());
                    prepared.steps.extend(steps);
                    let is_new = |hint: &String| !prepared.hints.contains(hint);
                    let hints: Vec<String> = hints.into_iter().filter(is_new).collect();
                    prepared.hints.extend(hints);
                }
                Err(error) if matches!(error.kind, Kind::Conflict | Kind::Paused) => {
                    prepared.left.push(format!("{}: {}", delivery.id, error.message));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(prepared)
    }

    /// The moves of one, tried on a copy: what the state does not allow is found before anything is written.
    async fn steps_of(
        &self,
        who: &str,
        delivery: &Delivery,
        act: &BulkAct,
        only: Option<EventId>,
        quotas: &mut Quotas,
    ) -> Result<(Vec<Step>, Vec<String>), AppError> {
        let (moves, hints) = match act {
            BulkAct::Release { at, .. } => (
                vec![self.release_move(delivery, at.as_deref(), quotas).await?],
                Vec::new(),
            ),
            BulkAct::Approve(ask) => self.approve_moves(who, delivery, ask, only, quotas).await?,
            BulkAct::Cancel { why } => (vec![cancel_move(who, why)], Vec::new()),
            BulkAct::Reschedule { at, zone } => {
                let (mv, days) = self
                    .reschedule_move(delivery, at, zone.as_deref(), quotas)
                    .await?;
                (vec![mv], days)
            }
        };
        let mut steps = Vec::new();
        let mut after = delivery.clone();
        for mv in moves {
            let expects_version = after.version;
            after = after
                .after_move(mv.clone(), self.now())
                .map_err(|_| not_for(delivery, name(act)))?;
            steps.push(Step {
                delivery: delivery.id,
                expects_version,
                mv,
            });
        }
        Ok((steps, hints))
    }
}

fn name(act: &BulkAct) -> &'static str {
    match act {
        BulkAct::Release { .. } => "release",
        BulkAct::Approve(_) => "approve",
        BulkAct::Cancel { .. } => "cancel",
        BulkAct::Reschedule { .. } => "reschedule",
    }
}

fn not_for(delivery: &Delivery, command: &str) -> AppError {
    let state = delivery.state_name();
    AppError::conflict(format!("it is {state}, and '{command}' is not for that"))
}

fn held_by(found: &[Delivery], event: EventId) -> BTreeSet<DeliveryId> {
    let held = found.iter().filter(|d| events_of(d).contains(&event));
    held.map(|d| d.id).collect()
}

/// The code that stands for all that is shown: what is done, to which deliveries as they are, in spite of which events
/// and rules as they are. When any of them changes, so does the code.
fn code(act: &BulkAct, prepared: &Prepared) -> String {
    let moving = prepared.moving.iter().map(|d| (d.id, d.version));
    let approved = prepared.steps.iter().filter_map(|step| match &step.mv {
        Move::Approve { approval, .. } => {
            let Approval {
                content_sha256,
                events,
                sources,
                rules,
                ..
            } = approval;
            Some((content_sha256, events, sources, rules))
        }
        _ => None,
    });
    let shown = (act, moving.collect::<Vec<_>>(), approved.collect::<Vec<_>>());
    let shown = serde_json::to_string(&shown).expect("plain data without maps of other keys than text");
    sha256_hex(shown.as_bytes())[..8].to_owned()
}

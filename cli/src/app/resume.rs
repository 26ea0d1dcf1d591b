//! `resume`: a plan first, then, on a person's word, the end of pauses and the moves of the plan in one step.

use std::collections::BTreeMap;

use jiff::Timestamp;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, EventHold, HoldReason, State};
use soundpost_core::dispatch::guard_input;
use soundpost_core::guard;
use soundpost_core::halt::{HaltOrder, Scope, SwitchState};
use soundpost_core::id::{DeliveryId, OrderId};
use soundpost_core::plan::{self, Concerned, Item, Lifting, Plan};
use soundpost_core::port::store::{Query, Step, Write, ending_like};
use soundpost_core::quota::{Quotas, quotas};

use super::App;
use super::error::{AppError, Kind};
use super::find::{check_ending, one_of};
use crate::control::protocol::{DeliveryView, PlanLine, PlanView, ResumeAsk, Resumed};
use crate::output::visible;

/// What a resume of one pause answers when there is no such pause.
const WHICH: &str = "soundpost status shows what is paused; 'resume' alone shows the plan for all pauses";

impl App {
    /// The plan of a resume; nothing changes.
    ///
    /// # Errors
    /// [`AppError`] when nothing is paused, or no pause is like what was named.
    pub async fn resume_plan(&self, ask: &ResumeAsk) -> Result<PlanView, AppError> {
        let (orders, switch_trouble) = self.orders();
        let ended = self.chosen(&orders, ask)?;
        let is_all = ended.len() == orders.len();
        let left = orders.iter().filter(|order| !ended.contains(order)).cloned();
        let lifting = Lifting {
            left: left.collect(),
            ended,
            is_unreadable: switch_trouble.is_some(),
        };
        let concerned = self.concerned(&lifting).await?;
        if orders.is_empty() && switch_trouble.is_none() && concerned.is_empty() {
            return Err(AppError::conflict("nothing is paused"));
        }
        let halts = &self.env.store.world().halts;
        let is_written = |order: &HaltOrder| halts.iter().any(|known| known.id == order.id);
        let is_named = !is_all || !lifting.ended.iter().all(is_written);
        let seq = self.env.store.seq();
        let plan = plan::make(seq, &lifting, is_named, concerned, self.now());
        let lines = self.lines(&plan).await?;
        let text = plan.to_text(|item| about(&lines, item));
        let told = |some: &[HaltOrder]| some.iter().map(|o| self.order_told(o, &orders)).collect();
        Ok(PlanView {
            number: plan.number(),
            plan,
            orders_shown: told(&lifting.ended),
            left_shown: told(&lifting.left),
            orders: lifting.ended,
            lines,
            text,
            switch_trouble,
        })
    }

    /// The orders that the question names; all when it names none.
    fn chosen(&self, orders: &[HaltOrder], ask: &ResumeAsk) -> Result<Vec<HaltOrder>, AppError> {
        if *ask == ResumeAsk::default() {
            return Ok(orders.to_vec());
        }
        let mut ended: Vec<HaltOrder> = Vec::new();
        for ending in &ask.orders {
            check_ending(ending)?;
            let id = one_of(ending, "pause", &ending_like(orders.iter().map(|o| o.id), ending));
            let id = id.map_err(|error| error.help(WHICH))?;
            ended.extend(orders.iter().filter(|o| o.id == id).cloned());
        }
        for (scope, what) in self.scopes(ask)? {
            let before = ended.len();
            ended.extend(orders.iter().filter(|o| o.scope == scope).cloned());
            if ended.len() == before {
                let error = format!("there is no pause of {what} alone");
                return Err(AppError::new(Kind::NotFound, error).help(WHICH));
            }
        }
        ended.sort_by_key(|o| (o.at, o.id));
        ended.dedup_by_key(|o| o.id);
        Ok(ended)
    }

    /// The scopes that the question names, with what people call them.
    fn scopes(&self, ask: &ResumeAsk) -> Result<Vec<(Scope, String)>, AppError> {
        let mut scopes = Vec::new();
        if let Some(name) = &ask.network {
            scopes.push((
                Scope::Network(name.clone()),
                format!("network '{}'", visible(name)),
            ));
        }
        if let Some(name) = &ask.campaign {
            scopes.push((
                Scope::Campaign(name.clone()),
                format!("campaign '{}'", visible(name)),
            ));
        }
        if let Some(name) = &ask.account {
            let world = self.env.store.world();
            let what = format!("account '{}'", visible(name));
            let account = world.account_named(name);
            let account =
                account.ok_or_else(|| AppError::new(Kind::NotFound, format!("there is no {what}")))?;
            scopes.push((Scope::Account(account.id), what));
        }
        Ok(scopes)
    }

    async fn concerned(&self, lifting: &Lifting) -> Result<Vec<Concerned>, AppError> {
        let now = self.now();
        let all = self.env.store.list(&Query::open()).await?;
        let mut concerned = Vec::new();
        for delivery in all.into_iter().filter(|d| lifting.concerns(d, now)) {
            let guarded = self.guarded(&delivery).await?;
            concerned.push(Concerned { delivery, guarded });
        }
        Ok(concerned)
    }

    /// The events that would hold what a halt has held; empty for all else, which the guard has judged by itself.
    async fn guarded(&self, delivery: &Delivery) -> Result<Vec<EventHold>, AppError> {
        let is_halt = |reason: &HoldReason| matches!(reason, HoldReason::Halt(_));
        match delivery.state() {
            State::Held { reasons, .. } if reasons.iter().any(is_halt) => {}
            _ => return Ok(Vec::new()),
        }
        let world = self.env.store.world();
        let post = self.env.store.post(delivery.id.post).await?;
        let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
            return Ok(Vec::new());
        };
        let input = guard_input(delivery, account, &post, delivery.due.at.max(self.now()));
        let mut holds = guard::judge_events(&input, &world, &self.env.zones).holds;
        if guard::shadow::covers(account, delivery) {
            holds.retain(|hold| !guard::shadow::lets_go(hold));
        }
        Ok(holds)
    }

    /// Carries out a plan and lifts its orders, in one step.
    ///
    /// # Errors
    /// [`AppError`] when anything changed since the plan was made, or a due time does not read.
    pub async fn resume_apply(&self, who: &str, plan: &Plan) -> Result<Resumed, AppError> {
        if let SwitchState::Unreadable(why) = self.env.gate.switch_state() {
            return Err(
                AppError::new(Kind::Paused, format!("the kill switch cannot be read: {why}"))
                    .help("it counts as on; stop the daemon, then:  soundpost doctor --restore-switch"),
            );
        }
        let mut quotas = self.quotas_of(plan).await?;
        let steps = plan.steps(self.now(), who, &self.env.zones, &mut quotas);
        let steps = steps.map_err(|error| AppError::bad_input(visible(&error.to_string())))?;
        let orders = plan.orders.clone();
        // The journal first, then the file: an order that the journal has closed and the file still has is lifted
        // by repeating this.
        let write = Write::LiftHalts {
            orders: orders.clone(),
            steps,
            expects_seq: Some(plan.seq),
        };
        let written = self.write(who, "resume", write).await?;
        self.lift_in_file(&orders)?;
        self.env.gate.raise();
        let (left, _) = self.orders();
        Ok(Resumed {
            orders,
            deliveries: self.views(&written.deliveries).await?,
            left_shown: left.iter().map(|o| self.order_told(o, &left)).collect(),
        })
    }

    fn lift_in_file(&self, orders: &[OrderId]) -> Result<(), AppError> {
        self.env.gate.lift(orders).map_err(|error| {
            AppError::new(Kind::Store, format!("the plan is written, but {error}"))
                .help("nothing goes out yet; to finish it:  soundpost resume")
        })
    }

    /// The orders in force, from journal and file, oldest first; and what is wrong with the file.
    pub fn orders(&self) -> (Vec<HaltOrder>, Option<String>) {
        let mut orders = self.env.store.world().halts.clone();
        let trouble = match self.env.gate.switch_state() {
            SwitchState::Running => None,
            SwitchState::Unreadable(why) => Some(why),
            SwitchState::Halted(in_file) => {
                let known: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
                orders.extend(in_file.into_iter().filter(|order| !known.contains(&order.id)));
                None
            }
        };
        orders.sort_by_key(|o| (o.at, o.id));
        (orders, trouble)
    }

    async fn lines(&self, plan: &Plan) -> Result<Vec<PlanLine>, AppError> {
        let expected = self.expected_by(plan).await?;
        let mut lines = Vec::new();
        for item in &plan.items {
            if let Some(delivery) = self.env.store.delivery(item.delivery).await? {
                let post = self.env.store.post(item.delivery.post).await?;
                let delivery = self.view(&delivery, post.as_ref());
                lines.push(PlanLine {
                    number: item.number,
                    delivery,
                    marks: self.marks(item),
                    expected_shown: expected
                        .get(&item.delivery)
                        .map(|at| self.teller(&item.due.zone).instant(*at)),
                });
            }
        }
        Ok(lines)
    }

    async fn quotas_of(&self, plan: &Plan) -> Result<Quotas, AppError> {
        let accounts = plan.items.iter().map(|item| item.account).collect();
        let moving = plan.items.iter().filter(|item| item.piled_up || item.held);
        let ids = moving.map(|item| item.delivery).collect();
        Ok(quotas(&self.env, accounts, &ids).await?)
    }

    /// When the plan's deliveries go, as far as limits make that later.
    async fn expected_by(&self, plan: &Plan) -> Result<BTreeMap<DeliveryId, Timestamp>, AppError> {
        let mut quotas = self.quotas_of(plan).await?;
        // A plan with its defaults has no time that was typed, and nothing to refuse.
        let steps = plan
            .steps(self.now(), "", &self.env.zones, &mut quotas)
            .unwrap_or_default();
        let promised = |step: Step| match step.mv {
            Move::Reschedule { promised_at, .. } | Move::Release { promised_at, .. } => {
                promised_at.map(|at| (step.delivery, at))
            }
            _ => None,
        };
        Ok(steps.into_iter().filter_map(promised).collect())
    }

    fn marks(&self, item: &Item) -> Vec<String> {
        let all = [
            (item.stale_greeting, "stale greeting"),
            (item.past_fresh, "past its freshness"),
            (item.mid_thread, "thread stopped in the middle"),
            (item.by_event && item.guarded.is_empty(), "held by an event"),
            (!item.guarded.is_empty(), "an event would hold it"),
            (!item.piled_up, "still to come"),
        ];
        let marks = all.iter().filter(|(is, _)| *is);
        let mut marks: Vec<String> = marks.map(|(_, mark)| (*mark).to_owned()).collect();
        if let Some(order) = &item.still {
            marks.push(format!(
                "{} stays paused by {}",
                self.scope_named(order),
                visible(&order.who)
            ));
        }
        marks
    }
}

fn about(lines: &[PlanLine], item: &Item) -> String {
    let Some(line) = lines.iter().find(|l| l.number == item.number) else {
        return String::new();
    };
    let DeliveryView {
        account,
        due_shown,
        excerpt,
        ..
    } = &line.delivery;
    let marks = if line.marks.is_empty() {
        String::new()
    } else {
        format!(" [{}]", line.marks.join(", "))
    };
    format!("{account}, {due_shown}{marks}: {excerpt}")
}

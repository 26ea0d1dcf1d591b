//! `resume`: a plan first, then, on a person's word, the end of the pause and the moves of the plan in one step.

use jiff::Timestamp;
use soundpost_core::halt::{HaltOrder, SwitchState};
use soundpost_core::id::OrderId;
use soundpost_core::plan::{self, Item, Plan};
use soundpost_core::port::store::{Query, Write};

use super::App;
use super::error::{AppError, Kind};
use crate::control::protocol::{DeliveryView, PlanLine, PlanView, Resumed};

impl App {
    /// The plan of a resume; nothing changes.
    ///
    /// # Errors
    /// [`AppError`] when nothing is paused.
    pub async fn resume_plan(&self) -> Result<PlanView, AppError> {
        let (orders, switch_trouble) = self.orders();
        let seq = self.env.store.seq();
        let now = self.now();
        // Without an order only what an order that is gone has left behind is concerned.
        let none = if switch_trouble.is_some() {
            Timestamp::MAX
        } else {
            Timestamp::MIN
        };
        let paused_at = orders.iter().map(|o| o.at).min().unwrap_or(none);
        let all = self.env.store.list(&Query::open()).await?;
        let concerned: Vec<_> = all
            .into_iter()
            .filter(|d| plan::concerns(d, paused_at, now))
            .collect();
        if orders.is_empty() && switch_trouble.is_none() && concerned.is_empty() {
            return Err(AppError::conflict("nothing is paused"));
        }
        let plan = plan::make(seq, orders.iter().map(|o| o.id).collect(), concerned, now);
        let lines = self.lines(&plan).await?;
        let text = plan.to_text(|item| about(&lines, item));
        Ok(PlanView {
            plan,
            orders,
            lines,
            text,
            switch_trouble,
        })
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
        let steps = plan.steps(self.now(), who, &self.env.zones);
        let steps = steps.map_err(|error| AppError::bad_input(error.to_string()))?;
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
        Ok(Resumed {
            orders,
            deliveries: self.views(&written.deliveries).await?,
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
                orders.extend(in_file);
                None
            }
        };
        orders.sort_by_key(|o| (o.at, o.id));
        orders.dedup_by_key(|o| o.id);
        (orders, trouble)
    }

    async fn lines(&self, plan: &Plan) -> Result<Vec<PlanLine>, AppError> {
        let mut lines = Vec::new();
        for item in &plan.items {
            if let Some(delivery) = self.env.store.delivery(item.delivery).await? {
                let post = self.env.store.post(item.delivery.post).await?;
                let delivery = self.view(&delivery, post.as_ref());
                lines.push(PlanLine {
                    number: item.number,
                    delivery,
                    marks: marks(item),
                });
            }
        }
        Ok(lines)
    }
}

fn marks(item: &Item) -> Vec<String> {
    let all = [
        (item.stale_greeting, "stale greeting"),
        (item.past_fresh, "past its freshness"),
        (item.mid_thread, "thread stopped in the middle"),
        (item.by_event, "held by an event"),
        (!item.piled_up, "still to come"),
    ];
    all.iter()
        .filter(|(is, _)| *is)
        .map(|(_, mark)| (*mark).to_owned())
        .collect()
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

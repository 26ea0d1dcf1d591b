//! `guard drill`: a critical event that has not happened, over the real queue. Nothing is written. It says what would be
//! held, how long it took to find out, and what would still go.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use jiff::SignedDuration;
use soundpost_core::delivery::{Delivery, Rule, StateName};
use soundpost_core::dispatch::guard_input;
use soundpost_core::event::{Event, Severity, Stage};
use soundpost_core::guard::reach::Reach;
use soundpost_core::guard::{self, holds_back, shadow};
use soundpost_core::id::DeliveryId;
use soundpost_core::port::store::Query;
use soundpost_core::world::World;

use super::App;
use super::error::AppError;
use super::rejudge::Span;
use super::understanding::Facts;
use super::view::{area, audience};
use crate::control::protocol::{Drill, DrillAccount, DrillAsk, DrillGoes, EventAsk};
use crate::output::visible;

/// The title of a drill without one.
const NO_TITLE: &str = "drill";
/// How far ahead it is told what would still go.
const AHEAD: SignedDuration = SignedDuration::from_hours(12);
/// So many of what would still go are shown.
const GOES_SHOWN: usize = 20;

impl App {
    /// What a critical event of this title would hold now, and how long it took to say so.
    ///
    /// # Errors
    /// [`AppError`] when the title does not read, or from the store.
    pub async fn guard_drill(&self, who: &str, ask: &DrillAsk) -> Result<Drill, AppError> {
        let event = self.imagined(who, ask)?;
        let mut world = (*self.env.store.world()).clone();
        world.events.set(event.clone());
        let reach = Reach::new(None, &event, self.now());
        let began = Instant::now();
        let rejudged = self.rejudge(&world, Span::Within(&reach)).await?;
        let judging_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let cost = rejudged.cost;
        let newly: BTreeSet<DeliveryId> = rejudged.newly_held().into_iter().map(|(d, _)| d.id).collect();
        let waiting = self.env.store.list(&Query::waiting()).await?;
        let (goes, more) = self.still_goes(&world, &event, &waiting, &newly).await?;
        let attempting = Query::in_states([StateName::Attempting]);
        Ok(Drill {
            title: visible(&event.title).into_owned(),
            severity: event.severity,
            kind: event.kind.clone(),
            area: area(&event),
            would_hold: newly.len(),
            accounts: accounts(&world, &waiting, &newly),
            goes,
            more,
            ahead_hours: AHEAD.as_hours(),
            under_way: self.env.store.list(&attempting).await?.len(),
            held_already: self.held().await?.len(),
            compared: cost.compared,
            judged: cost.judged,
            judging_us,
            daemon: self.is_daemon,
            answer_us: None,
        })
    }

    /// The event of the drill: what the title says, and critical; everywhere where nothing is said.
    fn imagined(&self, who: &str, ask: &DrillAsk) -> Result<Event, AppError> {
        let ask = EventAsk {
            title: ask.title.clone().unwrap_or_else(|| NO_TITLE.to_owned()),
            severity: Some(Severity::Critical),
            as_typed: ask.title.is_none(),
            dry_run: true,
            ..EventAsk::default()
        };
        self.event(who, &ask, &Facts::of(&ask), Stage::Open)
    }

    /// What is due soon and would go in spite of the event, each with why; and how many more there are.
    async fn still_goes(
        &self,
        world: &World,
        event: &Event,
        waiting: &[Delivery],
        newly: &BTreeSet<DeliveryId>,
    ) -> Result<(Vec<DrillGoes>, usize), AppError> {
        let until = self.now().checked_add(AHEAD).unwrap_or(self.now());
        let soon = waiting
            .iter()
            .filter(|d| d.goes_at() <= until && !newly.contains(&d.id));
        let mut soon: Vec<Delivery> = soon.cloned().collect();
        soon.sort_by_key(|delivery| (delivery.goes_at(), delivery.id));
        let more = soon.len().saturating_sub(GOES_SHOWN);
        soon.truncate(GOES_SHOWN);
        let mut goes = Vec::new();
        for (delivery, view) in soon.iter().zip(self.views(&soon).await?) {
            goes.push(DrillGoes {
                delivery: view,
                why: self.why_it_goes(world, event, delivery).await?,
            });
        }
        Ok((goes, more))
    }

    async fn why_it_goes(
        &self,
        world: &World,
        event: &Event,
        delivery: &Delivery,
    ) -> Result<String, AppError> {
        if delivery.is_mid_thread() {
            let (public, all) = (delivery.receipts.len(), delivery.parts_total);
            return Ok(format!(
                "{public} of {all} parts are public; the rest is held when its turn comes"
            ));
        }
        let post = self.env.store.post(delivery.id.post).await?;
        let (Some(post), Some(account)) = (post, world.accounts.get(&delivery.account)) else {
            return Ok("its post or its account is not there: it fails".to_owned());
        };
        let input = guard_input(delivery, account, &post, delivery.due.at.max(self.now()));
        let (rule, _) = guard::judge_event(&input, event);
        Ok(match rule {
            rule if holds_back(rule) && shadow::covers(account, delivery) => {
                "the guard only watches over its account (soundpost guard shadow)".to_owned()
            }
            Rule::NoAreaOverlap => format!("its readers are elsewhere: {}", audience(input.audience)),
            Rule::ApprovedByPerson => "a person let it through".to_owned(),
            rule => format!("rule {rule}"),
        })
    }
}

/// How much of each account waits, and how much of that would be held; those with the most to hold first.
fn accounts(world: &World, waiting: &[Delivery], newly: &BTreeSet<DeliveryId>) -> Vec<DrillAccount> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for delivery in waiting {
        let name = world
            .accounts
            .get(&delivery.account)
            .map_or("", |account| account.name.as_str());
        let (waits, held) = counts.entry(name).or_default();
        *waits += 1;
        *held += usize::from(newly.contains(&delivery.id));
    }
    let counts = counts
        .into_iter()
        .map(|(account, (waits, would_hold))| DrillAccount {
            account: account.to_owned(),
            waits,
            would_hold,
        });
    let mut accounts: Vec<DrillAccount> = counts.collect();
    accounts.sort_by_key(|account| std::cmp::Reverse(account.would_hold));
    accounts
}

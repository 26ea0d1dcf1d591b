//! Queueing a post.

use std::collections::BTreeSet;

use soundpost_core::actor::Actor;
use soundpost_core::delivery::Delivery;
use soundpost_core::delivery::moves::Move;
use soundpost_core::dispatch::guard_input;
use soundpost_core::guard::{self, Verdict};
use soundpost_core::halt::halted;
use soundpost_core::id::DeliveryId;
use soundpost_core::intake::{Desk, Draft, Problem, TakenIn};
use soundpost_core::port::adapter::Finding;
use soundpost_core::port::store::Write;
use soundpost_core::quota::{Quotas, quotas};
use soundpost_core::world::World;

use super::App;
use super::error::{AppError, Kind};
use crate::control::protocol::{PostAsk, Posted};
use crate::output::visible;

impl App {
    /// Checks a draft whole and makes a post of it; nothing is written.
    ///
    /// # Errors
    /// All problems at once.
    pub async fn take_in(&self, who: &str, draft: &Draft) -> Result<TakenIn, AppError> {
        let world = self.env.store.world();
        let accounts = world.accounts.keys().copied().collect();
        let quotas = quotas(&self.env, accounts, &BTreeSet::new()).await?;
        let desk = self.desk(who, &world, &quotas);
        let taken = desk.take_in(draft).map_err(|problems| refused(&problems))?;
        if let Some(after) = draft.after {
            self.check_after(after, &taken).await?;
        }
        Ok(taken)
    }

    /// The same request under the same key was queued before: it is answered as then, also when its time has passed
    /// meanwhile. Another request under that key is left to the store to refuse.
    pub(super) async fn queued_before(&self, who: &str, draft: &Draft) -> Result<Option<Posted>, AppError> {
        let Some(key) = &draft.key else {
            return Ok(None);
        };
        let Some(id) = self.env.store.post_with_key(key).await? else {
            return Ok(None);
        };
        let post = self.env.store.post(id).await?;
        let world = self.env.store.world();
        let asked = self.desk(who, &world, &Quotas::default()).request_sha256(draft);
        if post.is_none_or(|post| Some(&post.request_sha256) != asked.as_ref()) {
            return Ok(None);
        }
        let deliveries = self.of_post(id).await?;
        Ok(Some(Posted {
            post: id.to_string(),
            paused: self.is_paused(&deliveries),
            deliveries: self.views(&deliveries).await?,
            repeated: true,
            warnings: Vec::new(),
            daemon: self.is_daemon,
        }))
    }

    fn desk<'a>(&'a self, who: &str, world: &'a World, quotas: &'a Quotas) -> Desk<'a> {
        Desk {
            world,
            adapters: &self.env.adapters,
            zones: &self.env.zones,
            settings: &self.env.settings,
            entropy: &*self.env.entropy,
            now: self.now(),
            by: Actor::Person(who.to_owned()),
            quotas,
        }
    }

    /// What it is to follow must be there, and come first where both stand in one account's line.
    async fn check_after(&self, after: DeliveryId, taken: &TakenIn) -> Result<(), AppError> {
        let Some(before) = self.env.store.delivery(after).await? else {
            return Err(AppError::new(
                Kind::NotFound,
                format!("there is no delivery '{after}' to follow"),
            ));
        };
        let earlier = |d: &&Delivery| d.account == before.account && d.order_at() < before.order_at();
        match taken.deliveries.iter().find(earlier) {
            None => Ok(()),
            Some(_) => Err(AppError::bad_input(format!(
                "it would be due before {after}, which it is to follow"
            ))
            .help("nothing was queued; give it a later --at")),
        }
    }

    /// Queues a post.
    ///
    /// # Errors
    /// All problems at once; then nothing is queued.
    pub async fn post(&self, who: &str, ask: PostAsk) -> Result<Posted, AppError> {
        if let Some(repeated) = self.queued_before(who, &ask.draft).await? {
            return Ok(repeated);
        }
        let taken = self.take_in(who, &ask.draft).await?;
        let mut warnings: Vec<String> = taken.warnings.iter().map(|(a, f)| worth_a_look(a, f)).collect();
        let mut deliveries = taken.deliveries.clone();
        for delivery in &mut deliveries {
            warnings.extend(self.days_of(delivery, &taken.post, delivery.due.at));
            let verdict = self.verdict(&taken, delivery, false);
            warnings.extend(self.watched(&taken, delivery));
            if let Some((mv, words)) = verdict {
                warnings.push(words);
                if ask.now && !ask.draft.draft {
                    *delivery = delivery
                        .after_move(mv, self.now())
                        .map_err(|e| AppError::conflict(e.to_string()))?;
                }
            }
        }
        let post = Box::new(taken.post.clone());
        let written = self.write(who, "", Write::AddPost { post, deliveries }).await?;
        let first = written.deliveries.first().map_or(taken.post.id, |d| d.id.post);
        Ok(Posted {
            post: first.to_string(),
            paused: self.is_paused(&written.deliveries),
            deliveries: self.views(&written.deliveries).await?,
            repeated: written.repeated,
            warnings,
            daemon: self.is_daemon,
        })
    }

    /// What stands against a delivery at its due time as the world is now: the hold, and its reasons in words. Of a
    /// statement only events count, as when it goes out.
    pub(super) fn verdict(
        &self,
        taken: &TakenIn,
        delivery: &Delivery,
        is_statement: bool,
    ) -> Option<(Move, String)> {
        let world = self.env.store.world();
        let account = world.accounts.get(&delivery.account)?;
        let parts = taken
            .post
            .revision(delivery.revision)
            .content
            .for_account(account);
        let input = guard::Input {
            scene: (!is_statement).then(|| self.env.scene(delivery)),
            ..guard_input(delivery, account, &taken.post, parts, delivery.due.at)
        };
        let Verdict::Hold {
            reasons,
            review_after,
        } = guard::shadow::verdict(delivery, &input, &world, &self.env.zones)
        else {
            return None;
        };
        let teller = self.teller(&account.zone);
        let mut words: Vec<String> = reasons.iter().map(|reason| teller.reason(reason)).collect();
        words.extend(teller.stale_by_then(delivery, &reasons, review_after));
        let words = format!("{}: would be held: {}", account.name, words.join("; "));
        Some((
            Move::Hold {
                reasons,
                review_after,
            },
            words,
        ))
    }

    /// What would hold a delivery if the guard did not only watch over its account.
    fn watched(&self, taken: &TakenIn, delivery: &Delivery) -> Option<String> {
        let world = self.env.store.world();
        let account = world.accounts.get(&delivery.account)?;
        account.shadow.as_ref()?;
        let parts = taken
            .post
            .revision(delivery.revision)
            .content
            .for_account(account);
        let input = guard::Input {
            scene: Some(self.env.scene(delivery)),
            ..guard_input(delivery, account, &taken.post, parts, delivery.due.at)
        };
        match guard::shadow::verdict(delivery, &input, &world, &self.env.zones) {
            Verdict::Allow { evidence } if guard::shadow::is_told(&evidence) => Some(format!(
                "{}: {}; it goes all the same",
                account.name,
                visible(&evidence)
            )),
            _ => None,
        }
    }

    fn is_paused(&self, deliveries: &[Delivery]) -> bool {
        let world = self.env.store.world();
        let switch = self.env.gate.switch_state();
        deliveries
            .iter()
            .any(|d| halted(&d.subject(), &switch, &world.halts).is_some())
    }
}

/// A finding that does not stand against it, in words.
pub fn worth_a_look(account: &str, finding: &Finding) -> String {
    format!("{account}: {}", visible(&finding.message))
}

/// All problems of an intake as one error; nothing was queued.
pub fn refused(problems: &[Problem]) -> AppError {
    let mut words: Vec<String> = problems
        .iter()
        .map(|p| visible(&p.to_string()).into_owned())
        .collect();
    let kind = if problems
        .iter()
        .all(|p| matches!(p, Problem::NoSuchAccount { .. } | Problem::NoSuchGroup { .. }))
    {
        Kind::NotFound
    } else {
        Kind::BadInput
    };
    let message = if words.len() == 1 {
        words.remove(0)
    } else {
        format!("{} things are wrong", words.len())
    };
    let mut error = AppError::new(kind, message).help("nothing was queued");
    error.details = words;
    error
}

//! Queueing a post.

use std::collections::BTreeSet;

use soundpost_core::account::Account;
use soundpost_core::actor::Actor;
use soundpost_core::delivery::Delivery;
use soundpost_core::delivery::moves::Move;
use soundpost_core::dispatch::guard_input;
use soundpost_core::guard::rules::same_text::alike;
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

/// More accounts than this are not named in one sentence.
const NAMED_MAX: usize = 5;

impl App {
    /// Checks a draft whole and makes a post of it; nothing is written.
    ///
    /// # Errors
    /// All problems at once.
    pub async fn take_in(&self, who: &str, draft: &Draft) -> Result<TakenIn, AppError> {
        let world = self.env.store.world();
        let named = |account: &&Account| {
            let of_group = |to: &String| {
                to.strip_prefix('@')
                    .is_some_and(|g| account.groups.iter().any(|n| n == g))
            };
            draft.to.iter().any(|to| *to == account.name || of_group(to))
        };
        let accounts = world
            .accounts
            .values()
            .filter(named)
            .map(|account| account.id)
            .collect();
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
        warnings.extend(self.same_text(&ask.draft, &taken));
        let mut deliveries = taken.deliveries.clone();
        for delivery in &mut deliveries {
            warnings.extend(self.days_of(delivery, &taken.post, delivery.due.at));
            let judged = self.verdict(&taken, delivery, false);
            warnings.extend(judged.findings);
            if let Some((mv, words)) = judged.hold {
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

    /// What stands against a delivery at its time as the world is now. Of a statement only events count, as when it goes
    /// out.
    pub(super) fn verdict(&self, taken: &TakenIn, delivery: &Delivery, is_statement: bool) -> Judged {
        let world = self.env.store.world();
        let Some(account) = world.accounts.get(&delivery.account) else {
            return Judged::default();
        };
        let at = delivery.goes_at();
        let input = match is_statement {
            true => guard_input(delivery, account, &taken.post, at),
            false => self.env.guard_input(delivery, account, &taken.post, at),
        };
        let teller = self.teller(&account.zone);
        match guard::shadow::verdict(delivery, &input, &world, &self.env.zones) {
            Verdict::Allow { evidence } if guard::shadow::is_told(&evidence) => Judged {
                hold: None,
                findings: vec![format!(
                    "{}: {}; it goes all the same",
                    account.name,
                    visible(&evidence)
                )],
            },
            Verdict::Allow { .. } => Judged::default(),
            Verdict::Warn { findings, .. } => {
                let words = findings
                    .iter()
                    .map(|finding| format!("{}: {}", account.name, teller.finding(finding)));
                Judged {
                    hold: None,
                    findings: words.collect(),
                }
            }
            Verdict::Hold {
                reasons,
                review_after,
            } => {
                let words = teller.holds(delivery, &reasons, review_after);
                let words = format!("{}: would be held: {}", account.name, words.join("; "));
                let mv = Move::Hold {
                    reasons,
                    review_after,
                };
                Judged {
                    hold: Some((mv, words)),
                    findings: Vec::new(),
                }
            }
        }
    }

    /// That several accounts would get the same words, a sentence for each group of them, unless that is meant.
    pub(super) fn same_text(&self, draft: &Draft, taken: &TakenIn) -> Vec<String> {
        if draft.same_text || self.env.settings.rules.same_text == Some(false) {
            return Vec::new();
        }
        let world = self.env.store.world();
        let accounts = taken
            .deliveries
            .iter()
            .filter_map(|d| world.accounts.get(&d.account));
        let groups = alike(&draft.content, accounts);
        groups.iter().map(|group| same_words(group)).collect()
    }

    fn is_paused(&self, deliveries: &[Delivery]) -> bool {
        let world = self.env.store.world();
        let switch = self.env.gate.switch_state();
        deliveries
            .iter()
            .any(|d| halted(&d.subject(), &switch, &world.halts).is_some())
    }
}

/// What the guard says of a delivery that is being queued.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// The hold, and its reasons in words.
    pub(super) hold: Option<(Move, String)>,
    /// What is worth a look, a sentence each.
    pub(super) findings: Vec<String>,
}

/// `shop, club and 3 more: ...`
fn same_words(group: &[&Account]) -> String {
    let (named, more) = group.split_at(group.len().min(NAMED_MAX));
    let mut names: Vec<String> = named.iter().map(|account| account.name.clone()).collect();
    names.extend((!more.is_empty()).then(|| format!("{} more", more.len())));
    format!(
        "{}: the same words go to all of them (rule same_text), and each network has its own culture; --variant \
         NAME=TEXT gives one its own words, --same-text says that it is meant",
        names.join(", ")
    )
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

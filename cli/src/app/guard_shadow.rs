//! `guard shadow`: over which accounts the guard only watches.

use jiff::SignedDuration;
use soundpost_core::account::{Account, Shadow};
use soundpost_core::actor::Actor;
use soundpost_core::delivery::Delivery;
use soundpost_core::delivery::moves::Move;
use soundpost_core::duty::review::may_release_itself;
use soundpost_core::guard::{self, Verdict, shadow};
use soundpost_core::port::store::{Query, Step, Write};
use soundpost_core::quota::Share;

use super::App;
use super::error::{AppError, Kind};
use super::rejudge::Span;
use crate::control::protocol::{ShadowAsk, ShadowView, ShadowedAccount};
use crate::output::visible;

/// How far ahead it is told what would be held.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

impl App {
    /// Switches shadow on or off, or tells where it is on.
    ///
    /// # Errors
    /// [`AppError`] when there is no such account, or from the store.
    pub async fn guard_shadow(&self, who: &str, ask: &ShadowAsk) -> Result<ShadowView, AppError> {
        let mut view = ShadowView {
            turned: ask.turn,
            changed: Vec::new(),
            shadowed: Vec::new(),
            would_release: Vec::new(),
            released: Vec::new(),
            held: Vec::new(),
        };
        if let Some(on) = ask.turn {
            for account in self.accounts_named(&ask.accounts)? {
                match on {
                    true => self.shadow_on(who, ask, account, &mut view).await?,
                    false => self.shadow_off(who, ask, account, &mut view).await?,
                }
            }
        }
        view.shadowed = self.shadowed().await?;
        Ok(view)
    }

    /// The accounts over which the guard only watches, in order of their labels.
    ///
    /// # Errors
    /// [`AppError`] from the store.
    pub(super) async fn shadowed(&self) -> Result<Vec<ShadowedAccount>, AppError> {
        let world = self.env.store.world();
        let mut shadowed = Vec::new();
        for account in world.accounts.values().filter(|a| a.exists()) {
            let Some(Shadow { by, at }) = &account.shadow else {
                continue;
            };
            shadowed.push(ShadowedAccount {
                account: account.name.clone(),
                by: visible(by).into_owned(),
                since: at.to_string(),
                since_shown: self.teller(&account.zone).instant(*at),
                would_hold: self.would_hold_soon(account).await?,
            });
        }
        shadowed.sort_by(|a, b| a.account.cmp(&b.account));
        Ok(shadowed)
    }

    fn accounts_named(&self, labels: &[String]) -> Result<Vec<Account>, AppError> {
        let world = self.env.store.world();
        if labels.is_empty() {
            let all: Vec<Account> = world.accounts.values().filter(|a| a.exists()).cloned().collect();
            if all.is_empty() {
                return Err(
                    AppError::new(Kind::NotFound, "there is no account yet").help("soundpost account add")
                );
            }
            return Ok(all);
        }
        self.check_accounts(labels)?;
        Ok(labels
            .iter()
            .filter_map(|label| world.account_named(label))
            .cloned()
            .collect())
    }

    async fn shadow_on(
        &self,
        who: &str,
        ask: &ShadowAsk,
        account: Account,
        view: &mut ShadowView,
    ) -> Result<(), AppError> {
        let shadowed = Account {
            shadow: Some(account.shadow.clone().unwrap_or(Shadow {
                by: who.to_owned(),
                at: self.now(),
            })),
            ..account.clone()
        };
        let from_before = self.held_from_before(&shadowed).await?;
        let steps = match ask.release {
            true => self.releases(&from_before).await?,
            false => Vec::new(),
        };
        if account.shadow.is_none() || !steps.is_empty() {
            let write = Write::SetAccount {
                account: Box::new(shadowed),
                steps,
            };
            let written = self.write(who, &reason("on", &ask.why), write).await?;
            view.released.extend(self.views(&written.deliveries).await?);
        }
        if account.shadow.is_none() {
            view.changed.push(account.name);
        }
        if !ask.release {
            view.would_release.extend(self.views(&from_before).await?);
        }
        Ok(())
    }

    async fn shadow_off(
        &self,
        who: &str,
        ask: &ShadowAsk,
        account: Account,
        view: &mut ShadowView,
    ) -> Result<(), AppError> {
        if account.shadow.is_none() {
            return Ok(());
        }
        let account = Account {
            shadow: None,
            ..account
        };
        let mut world = (*self.env.store.world()).clone();
        world.accounts.insert(account.id, account.clone());
        let write = |steps| Write::SetAccount {
            account: Box::new(account.clone()),
            steps,
        };
        let by = Actor::Person(who.to_owned());
        let why = reason("off", &ask.why);
        let effect = self
            .change_world_by(&by, &why, &world, Span::Account(account.id), write)
            .await?;
        view.held.extend(effect.held);
        view.released.extend(effect.released);
        view.changed.push(account.name);
        Ok(())
    }

    /// What events hold that do not hold in shadow.
    async fn held_from_before(&self, account: &Account) -> Result<Vec<Delivery>, AppError> {
        let mut held = self.held().await?;
        held.retain(|d| d.account == account.id && may_release_itself(d, self.now()));
        let mut lettable = Vec::new();
        for delivery in held {
            if matches!(
                self.filtered(account, &delivery).await?,
                Some(Verdict::Allow { .. })
            ) {
                lettable.push(delivery);
            }
        }
        Ok(lettable)
    }

    async fn releases(&self, deliveries: &[Delivery]) -> Result<Vec<Step>, AppError> {
        let mut quotas = self.quotas_without(deliveries).await?;
        let step = |delivery: &Delivery| {
            let at = delivery.goes_at().max(self.now());
            let promised_at = quotas.later(delivery.account, at, delivery.parts_left(), Share::Planned);
            Step {
                delivery: delivery.id,
                expects_version: delivery.version,
                mv: Move::Release {
                    due: None,
                    promised_at,
                },
            }
        };
        Ok(deliveries.iter().map(step).collect())
    }

    /// What is due soon, and goes only because the guard watches.
    async fn would_hold_soon(&self, account: &Account) -> Result<usize, AppError> {
        let query = Query {
            account: Some(account.id),
            due_until: self.now().checked_add(AHEAD).ok(),
            ..Query::waiting()
        };
        let mut count = 0;
        for delivery in self.env.store.list(&query).await? {
            let verdict = self.filtered(account, &delivery).await?;
            count += usize::from(
                matches!(verdict, Some(Verdict::Allow { evidence }) if shadow::is_told(&evidence)),
            );
        }
        Ok(count)
    }

    /// What the guard says in shadow of a delivery that waits in an account in shadow, at its due time; none when it
    /// says nothing of shadow.
    pub(super) async fn told_in_shadow(&self, delivery: &Delivery) -> Result<Option<String>, AppError> {
        let world = self.env.store.world();
        let account = world
            .accounts
            .get(&delivery.account)
            .filter(|a| a.shadow.is_some());
        let Some(account) = account.filter(|_| delivery.state_name().waits()) else {
            return Ok(None);
        };
        Ok(match self.filtered(account, delivery).await? {
            Some(Verdict::Allow { evidence }) if shadow::is_told(&evidence) => {
                Some(visible(&evidence).into_owned())
            }
            _ => None,
        })
    }

    async fn filtered(&self, account: &Account, delivery: &Delivery) -> Result<Option<Verdict>, AppError> {
        let Some(post) = self.env.store.post(delivery.id.post).await? else {
            return Ok(None);
        };
        let at = delivery.due.at.max(self.now());
        let input = self.env.guard_input(delivery, account, &post, at);
        let verdict = guard::judge(&input, &self.env.store.world(), &self.env.zones);
        Ok(Some(shadow::filtered(verdict)))
    }
}

/// What the journal says.
fn reason(turn: &str, why: &str) -> String {
    match why.trim() {
        "" => format!("guard shadow {turn}"),
        why => format!("guard shadow {turn}: {why}"),
    }
}

//! Accounts: add, list, remove, sign in again.

use std::collections::BTreeMap;

use soundpost_core::account::{Account, AccountStatus, CredentialRef};
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{FailKind, State, StateName};
use soundpost_core::guard::area::wrong_code;
use soundpost_core::id::AccountId;
use soundpost_core::port::adapter::{AccountError, Adapter, Description};
use soundpost_core::port::store::{Query, Step, Write};

use super::App;
use super::error::{AppError, Kind};
use crate::control::protocol::{AccountAsk, AccountView};
use crate::output::visible;

impl App {
    /// Adds an account, after asking the network whose it is.
    ///
    /// # Errors
    /// [`AppError`] when something is missing, the label is taken, or the network says no; then nothing is added.
    pub async fn account_add(&self, who: &str, ask: AccountAsk) -> Result<AccountView, AppError> {
        let adapter = self.adapter(&ask.network)?;
        check_ask(&ask, adapter.describe())?;
        if self.env.store.world().account_named(&ask.name).is_some() {
            return Err(AppError::conflict(format!(
                "an account named '{}' exists",
                ask.name
            )));
        }
        if self.env.zones.get(&ask.zone).is_err() {
            return Err(
                AppError::bad_input(format!("there is no time zone '{}'", visible(&ask.zone)))
                    .help("use an IANA name such as Europe/Berlin"),
            );
        }
        let verify = ask.verify;
        let account = self.account(ask);
        let verified = if verify {
            self.verify(adapter.as_ref(), &account).await?
        } else {
            None
        };
        let write = Write::SetAccount {
            account: Box::new(account.clone()),
            steps: Vec::new(),
        };
        self.write(who, "", write).await?;
        Ok(self.account_view(&account, verified))
    }

    /// All accounts that were not removed.
    pub fn account_list(&self) -> Vec<AccountView> {
        let world = self.env.store.world();
        let mut all: Vec<&Account> = world.accounts.values().filter(|a| a.exists()).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all.into_iter().map(|a| self.account_view(a, None)).collect()
    }

    /// Removes an account; refused while deliveries wait for it.
    ///
    /// # Errors
    /// [`AppError`] when there is no such account, or deliveries wait.
    pub async fn account_remove(&self, who: &str, name: &str) -> Result<String, AppError> {
        let mut account = self.account_named(name)?;
        let open = Query {
            account: Some(account.id),
            ..Query::open()
        };
        let waiting = self.env.store.list(&open).await?.len();
        if waiting > 0 {
            return Err(
                AppError::conflict(format!("{waiting} deliveries of '{name}' are not at their end")).help(
                    format!("soundpost queue --account {name} lists them; cancel or wait, then remove"),
                ),
            );
        }
        account.status = AccountStatus::Removed { at: self.now() };
        self.write(
            who,
            "",
            Write::SetAccount {
                account: Box::new(account),
                steps: Vec::new(),
            },
        )
        .await?;
        Ok(format!("account '{name}' removed; its receipts stay"))
    }

    /// Signs in again; what failed for want of a login and is still fresh goes on.
    ///
    /// # Errors
    /// [`AppError`] when there is no such account or the network says no.
    pub async fn account_login(&self, who: &str, name: &str) -> Result<String, AppError> {
        let mut account = self.account_named(name)?;
        let adapter = self.adapter(&account.network)?;
        let verified = self.verify(adapter.as_ref(), &account).await?;
        account.status = AccountStatus::Active;
        let steps = self.waiting_for_login(&account).await?;
        let again = steps.len();
        self.write(
            who,
            "signed in again",
            Write::SetAccount {
                account: Box::new(account),
                steps,
            },
        )
        .await?;
        let as_whom = verified.map_or_else(String::new, |v| format!(" as {v}"));
        Ok(format!(
            "'{name}' is signed in{as_whom}; {again} deliveries go on"
        ))
    }

    async fn waiting_for_login(&self, account: &Account) -> Result<Vec<Step>, AppError> {
        let query = Query {
            account: Some(account.id),
            ..Query::in_states([StateName::Failed])
        };
        let now = self.now();
        let failed = self.env.store.list(&query).await?;
        let by_login = |s: &State| {
            matches!(
                s,
                State::Failed {
                    kind: FailKind::Login,
                    ..
                }
            )
        };
        let fresh = failed
            .iter()
            .filter(|d| by_login(d.state()) && now <= d.fresh_until());
        let step = |d: &soundpost_core::delivery::Delivery| Step {
            delivery: d.id,
            expects_version: d.version,
            mv: Move::Release { due: None },
        };
        Ok(fresh.map(step).collect())
    }

    async fn verify(&self, adapter: &dyn Adapter, account: &Account) -> Result<Option<String>, AppError> {
        match adapter.whoami(&self.env.context(account)).await {
            Ok(identity) => Ok(Some(visible(&identity.name).into_owned())),
            Err(AccountError::Unsupported) => Ok(None),
            Err(error) => Err(AppError::new(
                Kind::Network,
                format!(
                    "{} did not accept the account: {}",
                    account.network,
                    visible(&error.to_string())
                ),
            )
            .help("check the credential and the server; --no-verify adds it without asking")),
        }
    }

    fn account(&self, ask: AccountAsk) -> Account {
        Account {
            id: AccountId::new(self.now(), &*self.env.entropy),
            name: ask.name,
            network: ask.network,
            server: ask.server,
            identity: ask.identity,
            credential: ask.credential,
            zone: ask.zone,
            audience: ask.audience,
            language: ask.language,
            category: ask.category,
            groups: ask.groups,
            settings: ask.settings.into_iter().collect::<BTreeMap<_, _>>(),
            status: AccountStatus::Active,
            added_at: self.now(),
        }
    }

    fn account_named(&self, name: &str) -> Result<Account, AppError> {
        let world = self.env.store.world();
        let found = world.account_named(name).cloned();
        found.ok_or_else(|| {
            AppError::new(Kind::NotFound, format!("there is no account '{}'", visible(name)))
                .help("soundpost account list shows them")
        })
    }

    fn adapter(&self, network: &str) -> Result<&std::sync::Arc<dyn Adapter>, AppError> {
        self.env.adapters.get(network).ok_or_else(|| {
            let known = self.env.adapters.names().join(", ");
            AppError::bad_input(format!(
                "there is no network '{}': there are {known}",
                visible(network)
            ))
        })
    }
}

fn check_ask(ask: &AccountAsk, network: &Description) -> Result<(), AppError> {
    let label = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if ask.name.is_empty() || !ask.name.chars().all(label) {
        return Err(AppError::bad_input(
            "a label has letters, digits, '-', '_' and '.' only",
        ));
    }
    if let (Some(hint), CredentialRef::None) = (network.credential_hint, &ask.credential) {
        return Err(
            AppError::bad_input(format!("{} needs a credential: {hint}", network.network))
                .help("--credential env:NAME or --credential file:PATH; never on the command line itself"),
        );
    }
    if let (Some(hint), None) = (network.identity_hint, &ask.identity) {
        return Err(AppError::bad_input(format!(
            "{} needs --as: {hint}",
            network.network
        )));
    }
    if let Some(wrong) = wrong_code(&ask.audience.countries, &ask.audience.regions) {
        return Err(AppError::bad_input(visible(&wrong)));
    }
    let known = |key: &str| network.settings.iter().any(|(name, _)| *name == key);
    match ask.settings.iter().find(|(key, _)| !known(key)) {
        None => Ok(()),
        Some((key, _)) => {
            let names: Vec<_> = network
                .settings
                .iter()
                .map(|(name, about)| format!("{name}: {about}"))
                .collect();
            let mut error =
                AppError::bad_input(format!("{} has no setting '{}'", network.network, visible(key)));
            error.details = names;
            Err(error)
        }
    }
}

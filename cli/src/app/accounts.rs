//! Accounts: add, list, remove, sign in again.

use std::collections::BTreeMap;

use soundpost_core::account::{Account, AccountStatus, CredentialRef, is_label};
use soundpost_core::address::{Address, KEPT, has_login, is_url, open_part, origin};
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, FailKind, State, StateName};
use soundpost_core::guard::area::wrong_code;
use soundpost_core::guard::rules::settings::AccountRules;
use soundpost_core::id::AccountId;
use soundpost_core::port::adapter::{AccountError, Adapter, Description};
use soundpost_core::port::store::{Query, Step, Write};
use soundpost_core::port::vault::Secret;
use soundpost_core::quota::Share;

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
        let (verify, server) = (ask.verify, ask.server.clone());
        let mut account = self.account(ask);
        if let Some(server) = &server {
            self.keep_address(adapter.describe(), &mut account, server)?;
        }
        let added = self.verify_and_set(who, adapter.as_ref(), &account, verify).await;
        if added.is_err() {
            self.forget(&account);
        }
        Ok(self.account_view(&account, added?))
    }

    async fn verify_and_set(
        &self,
        who: &str,
        adapter: &dyn Adapter,
        account: &Account,
        verify: bool,
    ) -> Result<Option<String>, AppError> {
        let verified = if verify {
            self.verify(adapter, account).await?
        } else {
            None
        };
        let write = Write::SetAccount {
            account: Box::new(account.clone()),
            steps: Vec::new(),
        };
        self.write(who, "", write).await?;
        Ok(verified)
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
                account: Box::new(account.clone()),
                steps: Vec::new(),
            },
        )
        .await?;
        self.forget(&account);
        Ok(format!("account '{name}' removed; its receipts stay"))
    }

    /// Signs in again; what failed for want of a login and is still fresh goes on.
    ///
    /// # Errors
    /// [`AppError`] when there is no such account or the network says no.
    pub async fn account_login(&self, who: &str, name: &str) -> Result<String, AppError> {
        self.account_login_at(who, name, None).await
    }

    /// The same, perhaps with a new address. A secret address is kept in the
    /// vault from then on: the one that is given, or the one that an old store still holds.
    ///
    /// # Errors
    /// [`AppError`] when there is no such account or the network says no.
    pub async fn account_login_at(
        &self,
        who: &str,
        name: &str,
        server: Option<Address>,
    ) -> Result<String, AppError> {
        let mut account = self.account_named(name)?;
        let adapter = self.adapter(&account.network)?;
        let moved = self.renew_address(adapter.describe(), &mut account, server)?;
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
            "'{name}' is signed in{as_whom}; {again} deliveries go on{moved}"
        ))
    }

    /// Puts a secret address in order, and says so when the journal held it until now.
    fn renew_address(
        &self,
        network: &Description,
        account: &mut Account,
        server: Option<Address>,
    ) -> Result<&'static str, AppError> {
        let held = in_the_open(network, account);
        if let Some(server) = server {
            if !network.server_is_secret {
                let error = format!(
                    "the address of a {} account is not changed this way",
                    network.network
                );
                return Err(AppError::bad_input(error).help("add an account for the other server"));
            }
            self.keep_address(network, account, &server)?;
        } else if let Some(old) = account.server.clone().filter(|_| held) {
            self.keep_address(network, account, &Address::new(old))?;
        }
        Ok(if held {
            ". Its address is kept in the folder secrets/ from now on. Older entries of the journal still hold it: \
             give the receiver a new one if others may have read them"
        } else {
            ""
        })
    }

    /// Where an address may hold a secret, it goes to the vault, and its origin to the account.
    fn keep_address(
        &self,
        network: &Description,
        account: &mut Account,
        server: &Address,
    ) -> Result<(), AppError> {
        let whole = server.reveal();
        check_address(network, whole)?;
        account.server = Some(whole.to_owned());
        if !in_the_open(network, account) {
            return Ok(());
        }
        let saved = self.env.vault.save_address(account, &Secret::new(whole));
        saved.map_err(|why| AppError::new(Kind::Store, why).help("nothing was changed"))?;
        account.server = Some(origin(whole));
        Ok(())
    }

    /// What is left in the vault after this is of no use to anybody, so that it is no reason to fail.
    fn forget(&self, account: &Account) {
        if let Err(why) = self.env.vault.forget(account) {
            tracing::warn!(account = %account.name, "its secrets are not removed: {why}");
        }
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
            .into_iter()
            .filter(|d| by_login(d.state()) && now <= d.fresh_until());
        let fresh: Vec<Delivery> = fresh.collect();
        let mut quotas = self.quotas_without(&fresh).await?;
        let step = |d: &Delivery| Step {
            delivery: d.id,
            expects_version: d.version,
            mv: Move::Release {
                due: None,
                promised_at: quotas.later(d.account, d.goes_at().max(now), d.parts_left(), Share::Planned),
            },
        };
        Ok(fresh.iter().map(step).collect())
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
            server: ask.server.map(|server| server.reveal().to_owned()),
            identity: ask.identity,
            credential: ask.credential,
            zone: ask.zone,
            audience: ask.audience,
            language: ask.language,
            category: ask.category,
            groups: ask.groups,
            settings: ask.settings.into_iter().collect::<BTreeMap<_, _>>(),
            rules: AccountRules::default(),
            status: AccountStatus::Active,
            added_at: self.now(),
            shadow: None,
        }
    }

    pub(super) fn account_named(&self, name: &str) -> Result<Account, AppError> {
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

/// True when an account holds an address that may be secret, whole.
pub fn in_the_open(network: &Description, account: &Account) -> bool {
    let server = account.server.as_deref().unwrap_or_default();
    network.server_is_secret && !account.server_is_kept() && open_part(server) != server
}

/// What is wrong with an address is said without it: it may be the secret itself.
fn check_address(network: &Description, server: &str) -> Result<(), AppError> {
    if network.server_is_secret && !is_url(server) {
        let error = format!("the address of a {} is a URL, from https:// on", network.network);
        return Err(AppError::bad_input(error).help("give the whole address with --server"));
    }
    if has_login(server) {
        let error = "an address may have no user name or password in it";
        return Err(AppError::bad_input(error).help("--credential is the place for a password"));
    }
    if server.contains("://") && server.ends_with(KEPT) {
        let error = "the address ends in '…': it is one that was shortened on a screen";
        return Err(AppError::bad_input(error).help("give the whole address"));
    }
    Ok(())
}

fn check_ask(ask: &AccountAsk, network: &Description) -> Result<(), AppError> {
    if !is_label(&ask.name) {
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

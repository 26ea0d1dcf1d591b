//! An account that needs a new login: it is marked once, and sends nothing until somebody signs in again.

use crate::account::{Account, AccountStatus};
use crate::actor::Actor;
use crate::environment::Environment;
use crate::port::store::{Request, StoreError, Write};

/// Marks an account as needing a new login, once.
///
/// # Errors
/// [`StoreError`].
pub async fn login_needed(env: &Environment, account: &Account, why: &str) -> Result<(), StoreError> {
    // As it is now, not as it was when the attempt began: a person may have changed it.
    let world = env.store.world();
    let Some(account) = world
        .accounts
        .get(&account.id)
        .filter(|a| a.status == AccountStatus::Active)
    else {
        return Ok(());
    };
    let at = env.clock.now();
    let status = AccountStatus::LoginNeeded {
        why: why.to_owned(),
        since: at,
    };
    let account = Box::new(Account {
        status,
        ..account.clone()
    });
    let write = Write::SetAccount {
        account,
        steps: Vec::new(),
    };
    let reason = "the network wants a new login".to_owned();
    env.store
        .write(Request {
            by: Actor::Lane,
            at,
            reason,
            write,
        })
        .await
        .map(|_| ())
}

//! The labels of accounts, as the journal has them: it is read on only as far as a label is needed.

use std::collections::BTreeMap;

use soundpost_core::account::Account;
use soundpost_core::id::AccountId;
use soundpost_core::port::store::StoreError;
use soundpost_store::audit::Audit;

/// The labels of accounts by their ids.
pub(super) struct Names<'a> {
    unread: Box<dyn Iterator<Item = Result<Account, StoreError>> + 'a>,
    known: BTreeMap<AccountId, String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(audit: &'a Audit) -> Names<'a> {
        Names {
            unread: Box::new(audit.accounts()),
            known: BTreeMap::new(),
        }
    }

    /// The account's label; its id when the journal does not tell.
    pub(super) fn of(&mut self, id: AccountId) -> String {
        while !self.known.contains_key(&id) {
            let Some(Ok(account)) = self.unread.next() else {
                // Also while following: an account that came later is known by its own entry.
                return id.to_string();
            };
            self.learn(&account);
        }
        self.known.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// Takes note of an account that an entry tells.
    pub(super) fn learn(&mut self, account: &Account) {
        self.known.insert(account.id, account.name.clone());
    }
}

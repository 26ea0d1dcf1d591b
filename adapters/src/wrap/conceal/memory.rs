//! The secrets of accounts that this process has met. An old token may be repeated by a server long after it was
//! replaced; the newest of each account are remembered.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use soundpost_core::account::Account;
use soundpost_core::id::AccountId;
use soundpost_core::port::adapter::Description;

use super::ear::of_address;
use super::needle::{Needle, concealed};

/// How many secrets of one account are remembered; a session has two tokens.
const SECRETS_MAX: usize = 32;

/// Secrets by account, the newest last. It is not printed.
#[derive(Default)]
pub(super) struct Memory {
    known: Mutex<BTreeMap<AccountId, VecDeque<Remembered>>>,
}

#[derive(Clone)]
struct Remembered {
    secret: Vec<u8>,
    needle: Arc<Needle>,
}

impl Memory {
    /// Remembers these, and the secret parts of the account's address; then all that is known of the account.
    pub(super) fn learn(&self, account: &Account, network: &Description, mut secrets: Vec<Vec<u8>>) -> Known {
        let server = account.server.as_deref().unwrap_or_default();
        if network.server_is_secret || soundpost_core::address::has_login(server) {
            secrets.extend(of_address(server));
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.entry(account.id).or_default();
        for secret in secrets {
            remember(known, secret);
        }
        Known {
            needles: known.iter().map(|one| Arc::clone(&one.needle)).collect(),
        }
    }
}

fn remember(known: &mut VecDeque<Remembered>, secret: Vec<u8>) {
    if let Some(at) = known.iter().position(|one| one.secret == secret) {
        // Used again: it is the last to be forgotten.
        let again = known.remove(at);
        known.extend(again);
        return;
    }
    let Some(needle) = Needle::new(&secret) else {
        return;
    };
    if known.len() == SECRETS_MAX {
        known.pop_front();
    }
    let needle = Arc::new(needle);
    known.push_back(Remembered { secret, needle });
}

/// What is known of one account's secrets.
pub(super) struct Known {
    needles: Vec<Arc<Needle>>,
}

impl Known {
    /// The text without them.
    pub(super) fn without(&self, mut text: String) -> String {
        self.conceal(&mut text);
        text
    }

    /// Takes them out of a text.
    pub(super) fn conceal(&self, text: &mut String) {
        if let Some(concealed) = concealed(text, self.needles.iter().map(AsRef::as_ref)) {
            *text = concealed;
        }
    }
}

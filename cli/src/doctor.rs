//! Looks at every part of a queue that may be damaged, and explains each finding. Nothing here needs the daemon, the
//! configuration or the store to be in order, and nothing is changed.

mod accounts;
mod calendars;
mod config;
mod deliveries;
mod finding;
mod folder;
mod home;
mod index;
mod journal;
mod owner;
mod stored;
mod switch;

use std::path::{Path, PathBuf};

use soundpost_core::id::StoreId;
use soundpost_core::port::store::Store as _;
use soundpost_store::examine::{self, HomeFound, JournalFound, SledFound};
use soundpost_store::owner::{Owner, OwnerLock, read_owner};

use crate::config::Config;
use crate::surroundings::Surroundings;

pub use finding::{Finding, Severity};

/// What all checks look at.
struct Patient<'a> {
    home: &'a Path,
    surroundings: &'a Surroundings,
    /// What the configuration says; the defaults where it cannot be read.
    config: Config,
    /// What `store.json` says.
    named: HomeFound,
    /// What the journal comes to.
    journal: JournalFound,
    /// Whoever owns the store, if anybody does.
    owner: Option<Owner>,
    /// The words that were in the lock's file before this process took the lock.
    lock_words: Vec<u8>,
    /// What sled left half written, before it was opened: it tidies up then.
    sled_leftovers: Vec<PathBuf>,
    /// What is in sled's folder; none when it was not looked at.
    sled: Option<SledFound>,
}

impl Patient<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    /// The store, as the journal says, else as `store.json` does.
    fn store_id(&self) -> Option<StoreId> {
        let named = match &self.named {
            HomeFound::Named { store, .. } => Some(*store),
            _ => None,
        };
        self.journal
            .survey
            .store_id
            .map(|_| self.journal.store.id())
            .or(named)
    }
}

/// Looks at everything. The worst comes first.
pub async fn look(home: &Path, who: &str, surroundings: &Surroundings) -> Vec<Finding> {
    let owner = read_owner(home).ok().flatten();
    let config = Config::load(home).unwrap_or_default();
    let named = examine::home(home, config.store_identity.as_deref());
    let journal = examine::journal(home);
    let lock_words = std::fs::read(home.join("owner.lock")).unwrap_or_default();
    let sled_leftovers = match &owner {
        // Beside an owner it is a snapshot that is being written.
        Some(_) => Vec::new(),
        None => examine::sled_leftovers(home),
    };
    // Only an owner may open sled. Where there is nobody, this process is one for a moment.
    let lock = OwnerLock::acquire(home, Path::new("")).ok();
    let sled = lock.map(|lock| examine::sled(home, &lock));
    let patient = Patient {
        home,
        surroundings,
        config,
        named,
        journal,
        owner,
        lock_words,
        sled_leftovers,
        sled,
    };
    let mut findings = Vec::new();
    findings.extend(folder::look(&patient));
    findings.extend(config::look(&patient));
    findings.extend(home::look(&patient));
    findings.extend(owner::look(&patient, who).await);
    findings.extend(switch::look(&patient));
    findings.extend(journal::look(&patient));
    findings.extend(index::look(&patient));
    findings.extend(stored::look(&patient).await);
    findings.extend(accounts::look(&patient));
    findings.extend(deliveries::look(&patient).await);
    findings.extend(calendars::look(&patient));
    if patient.journal.survey.fault.is_some() {
        // What only the readable part of the journal says is no good news.
        let partial = [
            "accounts",
            "deliveries",
            "media",
            "large values",
            "sensitive days",
        ];
        findings.retain(|finding| finding.severity > Severity::Ok || !partial.contains(&finding.what));
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

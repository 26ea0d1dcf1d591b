//! From what a person asks to a post with its deliveries: everything is checked, all findings come at once, and one
//! wrong account queues nothing.

use std::collections::BTreeSet;

use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::account::{Account, AccountStatus};
use crate::actor::Actor;
use crate::adapter_table::AdapterTable;
use crate::delivery::{Delivery, MeantFor, NewDelivery};
use crate::environment::Settings;
use crate::frozen::sha256_hex;
use crate::guard::area::wrong_code;
use crate::id::{DeliveryId, PostId, SendKey};
use crate::limits;
use crate::port::adapter::Finding;
use crate::port::entropy::Entropy;
use crate::post::{Audience, Category, Content, Part, Post, Revision};
use crate::quota::{Quotas, Share};
use crate::schedule::{self, Due, WhenError};
use crate::world::World;

/// What a person asks to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What it says.
    pub content: Content,
    /// Labels of accounts, and groups with `@`.
    pub to: Vec<String>,
    /// When, as typed.
    pub when: String,
    /// The zone for wall times, if not each account's own.
    pub zone: Option<String>,
    /// What it is for; else the account's, else promotion.
    pub category: Option<Category>,
    /// The campaign.
    pub campaign: Option<String>,
    /// The language, as BCP 47.
    pub language: Option<String>,
    /// Whom it is for, if not the account's audience.
    pub audience: Option<Audience>,
    /// The caller's own key.
    pub key: Option<String>,
    /// How late it may go, in seconds.
    pub freshness_s: Option<u32>,
    /// The delivery that must be public before.
    pub after: Option<DeliveryId>,
    /// True = queue it as a draft.
    pub draft: bool,
    /// True = that several accounts get the same words is meant. It stands only in a request that says so: repeats under an
    /// older key keep their hash.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub same_text: bool,
}

/// Something that stands against queueing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No account was named.
    #[error("no account was named: add --to NAME (or --to @GROUP)")]
    NoTarget,
    /// There is no such account.
    #[error("there is no account '{name}'{}", hint(.known))]
    NoSuchAccount {
        /// What was typed.
        name: String,
        /// The labels that exist.
        known: Vec<String>,
    },
    /// There is no such group.
    #[error("no account is in the group '@{name}'")]
    NoSuchGroup {
        /// What was typed, without the `@`.
        name: String,
    },
    /// The account cannot send.
    #[error("account '{account}' cannot send: {why}")]
    AccountStopped {
        /// Its label.
        account: String,
        /// Why.
        why: String,
    },
    /// The due time cannot be used.
    #[error("{account}: {error}")]
    When {
        /// The account's label.
        account: String,
        /// What is wrong.
        error: WhenError,
    },
    /// The network would not take it.
    #[error("{account}: {}", .finding.message)]
    Network {
        /// The account's label.
        account: String,
        /// What is wrong.
        finding: Finding,
    },
    /// A limit of Soundpost itself.
    #[error("{0}")]
    Limit(String),
}

fn hint(known: &[String]) -> String {
    if known.is_empty() {
        return ": add one with 'soundpost account add'".to_owned();
    }
    format!(": there are {}", known.join(", "))
}

/// What intake works with.
pub struct Desk<'a> {
    /// Accounts.
    pub world: &'a World,
    /// The networks.
    pub adapters: &'a AdapterTable,
    /// The zone database.
    pub zones: &'a TimeZoneDatabase,
    /// The configuration.
    pub settings: &'a Settings,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
    /// Now.
    pub now: Timestamp,
    /// Who asks.
    pub by: Actor,
    /// What the accounts may still send, where that is limited.
    pub quotas: &'a Quotas,
}

/// A post that may be queued.
#[derive(Debug, Clone)]
pub struct TakenIn {
    /// The post.
    pub post: Post,
    /// Its deliveries, in the order of the accounts.
    pub deliveries: Vec<Delivery>,
    /// What is worth a look but does not stand against it: account and finding.
    pub warnings: Vec<(String, Finding)>,
}

impl Desk<'_> {
    /// Checks a draft whole.
    ///
    /// # Errors
    /// Every [`Problem`] at once; then nothing is to be queued.
    pub fn take_in(&self, draft: &Draft) -> Result<TakenIn, Vec<Problem>> {
        let mut problems = own_limits(draft);
        let accounts = self.resolve(&draft.to, &mut problems);
        let id = PostId::new(self.now, self.entropy);
        let mut deliveries = Vec::new();
        let mut warnings = Vec::new();
        for (i, account) in accounts.iter().enumerate() {
            let n = u16::try_from(i + 1).unwrap_or(u16::MAX);
            self.check(draft, account, &mut problems, &mut warnings);
            match self.due(draft, account) {
                Ok(due) => deliveries.push(self.delivery(draft, account, DeliveryId { post: id, n }, due)),
                Err(error) => problems.push(Problem::When {
                    account: account.name.clone(),
                    error,
                }),
            }
        }
        if problems.is_empty() {
            Ok(TakenIn {
                post: self.post(draft, id, &accounts),
                deliveries,
                warnings,
            })
        } else {
            Err(one_of_each(problems))
        }
    }

    /// The hash by which a repeat under the same key is known; none when the accounts do not resolve.
    pub fn request_sha256(&self, draft: &Draft) -> Option<String> {
        let mut problems = Vec::new();
        let accounts = self.resolve(&draft.to, &mut problems);
        problems.is_empty().then(|| request_sha256(draft, &accounts))
    }

    /// The accounts that these labels and groups name, each once, in the order given.
    fn resolve(&self, to: &[String], problems: &mut Vec<Problem>) -> Vec<&Account> {
        let mut found: Vec<&Account> = Vec::new();
        for name in to {
            let named = self.named(name, problems);
            found.extend(named);
        }
        let mut seen = BTreeSet::new();
        found.retain(|account| seen.insert(account.id));
        if to.is_empty() {
            problems.push(Problem::NoTarget);
        }
        if found.len() > limits::DELIVERIES_MAX {
            let max = limits::DELIVERIES_MAX;
            problems.push(Problem::Limit(format!(
                "{} accounts are too many for one post: {max} at most",
                found.len()
            )));
        }
        found
    }

    fn named(&self, name: &str, problems: &mut Vec<Problem>) -> Vec<&Account> {
        if let Some(group) = name.strip_prefix('@') {
            let members = self.world.group(group);
            if members.is_empty() {
                problems.push(Problem::NoSuchGroup {
                    name: group.to_owned(),
                });
            }
            return members;
        }
        if let Some(account) = self.world.account_named(name) {
            return vec![account];
        }
        let known = self
            .world
            .accounts
            .values()
            .filter(|a| a.exists())
            .map(|a| a.name.clone())
            .collect();
        problems.push(Problem::NoSuchAccount {
            name: name.to_owned(),
            known,
        });
        Vec::new()
    }

    fn check(
        &self,
        draft: &Draft,
        account: &Account,
        problems: &mut Vec<Problem>,
        warnings: &mut Vec<(String, Finding)>,
    ) {
        if let AccountStatus::LoginNeeded { why, .. } = &account.status {
            let why = format!(
                "it needs a new login ({why}): soundpost account login {}",
                account.name
            );
            problems.push(Problem::AccountStopped {
                account: account.name.clone(),
                why,
            });
        }
        for finding in findings(self.adapters, account, draft.content.for_account(account)) {
            if finding.blocking {
                problems.push(Problem::Network {
                    account: account.name.clone(),
                    finding,
                });
            } else {
                warnings.push((account.name.clone(), finding));
            }
        }
    }

    fn due(&self, draft: &Draft, account: &Account) -> Result<Due, WhenError> {
        let zone = draft.zone.as_deref().unwrap_or(&account.zone);
        schedule::resolve(&draft.when, self.now, zone, self.zones)
    }

    fn delivery(&self, draft: &Draft, account: &Account, id: DeliveryId, due: Due) -> Delivery {
        let parts = draft.content.for_account(account);
        let category = draft.category.or(account.category).unwrap_or(Category::Promo);
        let adapter = self.adapters.get(&account.network);
        let stages = adapter.is_some_and(|a| a.needs_staging(parts));
        let share = Share::of(Some(&draft.when));
        let promised_at = self.quotas.expected(account.id, due.at, parts.len(), share);
        let ahead = due.at.checked_sub(limits::STAGE_AHEAD).unwrap_or(due.at);
        let mut delivery = Delivery::new(NewDelivery {
            id,
            account: account.id,
            network: account.network.clone(),
            campaign: draft.campaign.clone(),
            category,
            due,
            freshness_s: draft
                .freshness_s
                .unwrap_or_else(|| self.settings.freshness_of(category)),
            written_at: self.now,
            after: draft.after,
            stage_from: stages.then_some(ahead),
            send_keys: send_keys(parts.len(), self.now, self.entropy),
            draft: draft.draft,
        });
        delivery.promised_at = promised_at;
        delivery.meant_for = MeantFor::of(draft.audience.as_ref());
        delivery
    }

    fn post(&self, draft: &Draft, id: PostId, accounts: &[&Account]) -> Post {
        Post {
            id,
            created_at: self.now,
            created_by: self.by.clone(),
            client_key: draft.key.clone(),
            request_sha256: request_sha256(draft, accounts),
            category: draft.category.unwrap_or(Category::Promo),
            campaign: draft.campaign.clone(),
            language: draft.language.clone(),
            audience: draft.audience.clone(),
            revisions: vec![Revision {
                number: 1,
                at: self.now,
                by: self.by.clone(),
                content: draft.content.clone(),
            }],
        }
    }
}

/// How far apart the keys of a thread's parts are in time, so that a network which orders by key keeps their order.
const KEY_STEP: SignedDuration = SignedDuration::from_secs(2);

/// One send key for each of this many parts, in their order.
pub fn send_keys(parts: usize, now: Timestamp, entropy: &dyn Entropy) -> Vec<SendKey> {
    let at = |i: usize| {
        now.checked_add(KEY_STEP * i32::try_from(i).unwrap_or(i32::MAX))
            .unwrap_or(now)
    };
    (0..parts).map(|i| SendKey::new(at(i), entropy)).collect()
}

/// What a network has against these parts; an unknown network is a finding too.
pub fn findings(adapters: &AdapterTable, account: &Account, parts: &[Part]) -> Vec<Finding> {
    match adapters.get(&account.network) {
        Some(adapter) => adapter.check(parts, account),
        None => vec![Finding {
            part: 0,
            field: "network".to_owned(),
            blocking: true,
            message: format!(
                "this version does not know the network '{}'; it knows {}",
                account.network,
                adapters.names().join(", ")
            ),
        }],
    }
}

fn own_limits(draft: &Draft) -> Vec<Problem> {
    let audience = draft
        .audience
        .iter()
        .filter_map(|a| wrong_code(&a.countries, &a.regions));
    let mut problems: Vec<Problem> = audience.map(Problem::Limit).collect();
    let all = std::iter::once(&draft.content.parts).chain(draft.content.variants.values());
    for parts in all {
        if parts.is_empty()
            || parts
                .iter()
                .any(|p| p.text.trim().is_empty() && p.media.is_empty() && p.card.is_none())
        {
            problems.push(Problem::Limit(
                "the post is empty: give it a text, media or a link card".to_owned(),
            ));
        }
        if parts.len() > limits::PARTS_MAX {
            let n = parts.len();
            problems.push(Problem::Limit(format!(
                "{n} parts are too many: {} at most",
                limits::PARTS_MAX
            )));
        }
        if parts.iter().any(|p| p.text.len() > limits::TEXT_BYTES_MAX) {
            problems.push(Problem::Limit("a text is longer than 1 MiB".to_owned()));
        }
    }
    problems
}

/// Hash of all that was asked; a repeat with the same key must match it.
fn request_sha256(draft: &Draft, accounts: &[&Account]) -> String {
    let ids: Vec<String> = accounts.iter().map(|a| a.id.to_string()).collect();
    let text = serde_json::to_string(&(draft, ids)).unwrap_or_default();
    sha256_hex(text.as_bytes())
}

/// The same finding for many accounts is said once an account, but a wrong zone or time only once.
fn one_of_each(problems: Vec<Problem>) -> Vec<Problem> {
    let mut kept: Vec<Problem> = Vec::new();
    for problem in problems {
        let same = |other: &Problem| match (other, &problem) {
            (Problem::When { error: a, .. }, Problem::When { error: b, .. }) => a == b,
            (a, b) => a == b,
        };
        if !kept.iter().any(same) {
            kept.push(problem);
        }
    }
    kept
}

//! What the guard and the halts look at, held in memory and replaced as a whole when it changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::account::Account;
use crate::feed::{Feed, FeedRecord, FeedState};
use crate::guard::calendar::Calendar;
use crate::guard::index::Events;
use crate::halt::HaltOrder;
use crate::id::{AccountId, OrderId};
use crate::trends::TrendsList;

/// A snapshot of accounts, open orders, events and calendars.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// All accounts, removed ones too.
    pub accounts: BTreeMap<AccountId, Account>,
    /// The orders that no resume has lifted.
    pub halts: Vec<HaltOrder>,
    /// The orders that a resume has lifted since the store was opened. The switch's file may still have one for a
    /// moment: the journal is written first.
    pub lifted: BTreeSet<OrderId>,
    /// All events, ended ones too.
    pub events: Events,
    /// The sensitive days, by calendar name.
    pub calendars: BTreeMap<String, Arc<Calendar>>,
    /// The feeds that are watched, by name.
    pub feeds: BTreeMap<String, Feed>,
    /// How they are doing, by name; those that were never asked have none.
    pub feed_states: BTreeMap<String, FeedState>,
    /// The lists of hashtags that rise, by name.
    pub trends: BTreeMap<String, TrendsList>,
}

impl World {
    /// Takes in a feed as it was recorded: as what it is.
    pub fn set_feed(&mut self, record: &FeedRecord) {
        if let Some(list) = record.older_list() {
            return self.set_trends(list);
        }
        let feed = record.feed.clone();
        self.trends.remove(&feed.name);
        self.feeds.insert(feed.name.clone(), feed);
    }

    /// Takes in a list of hashtags. A name has one of both: the newer one.
    pub fn set_trends(&mut self, list: TrendsList) {
        self.feeds.remove(&list.name);
        self.feed_states.remove(&list.name);
        self.trends.insert(list.name.clone(), list);
    }

    /// What it holds besides orders, in words; none when it is empty. Posts have deliveries, and those have accounts, which
    /// stay when they are removed: a store without accounts has no posts.
    pub fn contents(&self) -> Option<String> {
        let counts = [
            (self.accounts.len(), "accounts"),
            (self.events.len(), "events"),
            (self.calendars.len(), "calendars"),
            (self.feeds.len(), "feeds"),
            (self.trends.len(), "trends"),
        ];
        let there = counts.iter().filter(|(count, _)| *count > 0);
        let there: Vec<String> = there.map(|(count, what)| format!("{count} {what}")).collect();
        (!there.is_empty()).then(|| there.join(", "))
    }

    /// The account with this label, unless it was removed.
    pub fn account_named(&self, name: &str) -> Option<&Account> {
        self.accounts.values().find(|a| a.exists() && a.name == name)
    }

    /// The accounts of this group (named without the `@`), in order of their labels.
    pub fn group(&self, name: &str) -> Vec<&Account> {
        let mut found: Vec<_> = self
            .accounts
            .values()
            .filter(|a| a.exists() && a.groups.iter().any(|g| g == name))
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }
}

//! Which deliveries there are, by state and due time: answers lists without reading every value. In memory only.

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::Timestamp;
use soundpost_core::delivery::{Delivery, StateName};
use soundpost_core::id::{AccountId, DeliveryId};
use soundpost_core::port::store::Query;

type Shelf = BTreeMap<(Timestamp, DeliveryId), AccountId>;

/// All deliveries by state, due time and name, with their accounts.
#[derive(Debug, Default)]
pub(crate) struct Index {
    shelves: BTreeMap<StateName, Shelf>,
}

impl Index {
    /// Replaces what was known of a delivery.
    pub(crate) fn set(&mut self, before: Option<&Delivery>, after: &Delivery) {
        if let Some(before) = before
            && let Some(shelf) = self.shelves.get_mut(&before.state_name())
        {
            shelf.remove(&(before.due.at, before.id));
        }
        let shelf = self.shelves.entry(after.state_name()).or_default();
        shelf.insert((after.due.at, after.id), after.account);
    }

    /// The deliveries that may be wanted, by due time. Receipts are not known here: see [`matches`].
    pub(crate) fn select(&self, query: &Query) -> Vec<DeliveryId> {
        let shelves = self
            .shelves
            .iter()
            .filter(|(s, _)| query.states.is_empty() || query.states.contains(s));
        let mut found = Vec::new();
        for (_, shelf) in shelves {
            let mut wanted = in_time(shelf, query).filter(|((_, id), account)| {
                query.account.is_none_or(|a| a == **account) && query.post.is_none_or(|p| p == id.post)
            });
            let most = if query.published_since.is_some() || query.limit == 0 {
                usize::MAX
            } else {
                query.limit
            };
            found.extend(wanted.by_ref().take(most).map(|(place, _)| *place));
        }
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// The account's deliveries that have not ended, by name.
    pub(crate) fn open_of(&self, account: AccountId) -> Vec<DeliveryId> {
        let open = self.shelves.iter().filter(|(state, _)| !state.is_end());
        let its = open
            .flat_map(|(_, shelf)| shelf)
            .filter(|(_, owner)| **owner == account);
        let mut ids: Vec<_> = its.map(|((_, id), _)| *id).collect();
        ids.sort_unstable();
        ids
    }
}

fn in_time<'a>(
    shelf: &'a Shelf,
    query: &Query,
) -> impl Iterator<Item = (&'a (Timestamp, DeliveryId), &'a AccountId)> + use<'a> {
    let least = DeliveryId::from_bytes([0; 18]);
    let from = query
        .due_from
        .map_or(Bound::Unbounded, |at| Bound::Included((at, least)));
    let until = query.due_until;
    shelf
        .range((from, Bound::Unbounded))
        .take_while(move |((at, _), _)| until.is_none_or(|until| *at < until))
}

/// True when the delivery is one that the query asks for.
pub(crate) fn matches(query: &Query, delivery: &Delivery) -> bool {
    (query.states.is_empty() || query.states.contains(&delivery.state_name()))
        && query.account.is_none_or(|account| account == delivery.account)
        && query.post.is_none_or(|post| post == delivery.id.post)
        && query.due_from.is_none_or(|at| delivery.due.at >= at)
        && query.due_until.is_none_or(|at| delivery.due.at < at)
        && query
            .published_since
            .is_none_or(|at| delivery.receipts.iter().any(|r| r.at >= at))
}

/// At most the limit of a query; 0 = all.
pub(crate) fn limit_of(query: &Query) -> usize {
    if query.limit == 0 { usize::MAX } else { query.limit }
}

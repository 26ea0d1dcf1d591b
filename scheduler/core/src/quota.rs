//! A known limit of writes an hour, a gap between two posts that somebody has set, and the honest answer to "when will it
//! really go?". It is asked wherever a delivery gets a time at which it goes, and what it answers is stored: lateness
//! counts from there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::account::Account;
use crate::delivery::{Delivery, RuleName, RuleSource, State};
use crate::environment::Environment;
use crate::guard::rules::limits::InForce;
use crate::id::{AccountId, DeliveryId};
use crate::port::store::{Query, StoreError};
use crate::schedule;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Which part of a limit a write may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// What automation may plan: a tenth, at least one, stays free for people.
    Planned,
    /// All of it: a person sends at this moment.
    ByHand,
}

impl Share {
    /// The share of a delivery that a person gives this time: `now` is by hand.
    pub fn of(when: Option<&str>) -> Share {
        match when.is_some_and(schedule::is_now) {
            true => Share::ByHand,
            false => Share::Planned,
        }
    }

    fn room(self, per_hour_max: u32) -> usize {
        let room = match (self, per_hour_max) {
            (Share::ByHand, max) | (Share::Planned, max @ (0 | 1)) => max,
            (Share::Planned, max) => max - max.div_ceil(10),
        };
        room as usize
    }
}

/// One account's limits: its writes of the last hour and those that are promised; and when its posts go, where there is to
/// be a gap between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    per_hour_max: u32,
    writes: Vec<Timestamp>,
    gap: SignedDuration,
    posts: Vec<Timestamp>,
}

impl Quota {
    /// A limit of so many writes in any hour, with the writes that are known.
    pub fn new(per_hour_max: u32, mut writes: Vec<Timestamp>) -> Quota {
        writes.sort_unstable();
        Quota {
            per_hour_max,
            writes,
            gap: SignedDuration::ZERO,
            posts: Vec::new(),
        }
    }

    /// The same with a gap around each of these posts.
    #[must_use]
    pub fn with_gap(self, gap: SignedDuration, mut posts: Vec<Timestamp>) -> Quota {
        posts.sort_unstable();
        Quota { gap, posts, ..self }
    }

    /// The earliest instant at or after this one at which so many more writes keep the account within its limit in
    /// every hour that they fall into, and no other post is closer than the gap. What a person sends at this moment needs
    /// no gap.
    pub fn expected(&self, at: Timestamp, more: usize, share: Share) -> Timestamp {
        let mut at = at;
        loop {
            let next = self.after_gap(self.in_hour(at, more, share), share);
            if next == at {
                return at;
            }
            at = next;
        }
    }

    fn after_gap(&self, at: Timestamp, share: Share) -> Timestamp {
        if share == Share::ByHand {
            return at;
        }
        self.posts.iter().fold(at, |at, post| {
            let is_close = at.duration_since(*post).abs() < self.gap;
            match is_close {
                true => post.checked_add(self.gap).unwrap_or(Timestamp::MAX),
                false => at,
            }
        })
    }

    fn in_hour(&self, at: Timestamp, more: usize, share: Share) -> Timestamp {
        let room = share.room(self.per_hour_max);
        if room == 0 {
            return at;
        }
        // So many writes within less than an hour leave no room beside them.
        let full = room - more.clamp(1, room) + 1;
        let mut at = at;
        for crowd in self.writes.windows(full) {
            let (Some(first), Some(last)) = (crowd.first(), crowd.last()) else {
                continue;
            };
            let is_crowd = last.duration_since(*first) < HOUR;
            let beside = at.duration_since(*first) < HOUR && last.duration_since(at) < HOUR;
            if is_crowd && beside {
                at = first.checked_add(HOUR).unwrap_or(Timestamp::MAX);
            }
        }
        at
    }

    fn take(&mut self, at: Timestamp, more: usize, share: Share) -> Timestamp {
        let at = self.expected(at, more, share);
        let place = self.writes.partition_point(|write| *write <= at);
        self.writes.splice(place..place, std::iter::repeat_n(at, more));
        let place = self.posts.partition_point(|post| *post <= at);
        self.posts.insert(place, at);
        at
    }
}

/// The limits of several accounts; an account without one may send at any time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quotas(BTreeMap<AccountId, Quota>);

impl Quotas {
    /// When so many more writes of this account are expected that are to go at this instant.
    pub fn expected(&self, account: AccountId, at: Timestamp, more: usize, share: Share) -> Timestamp {
        let quota = self.0.get(&account);
        quota.map_or(at, |quota| quota.expected(at, more, share))
    }

    /// The same, and they count from now on. None when the limit makes it no later.
    pub fn later(
        &mut self,
        account: AccountId,
        at: Timestamp,
        more: usize,
        share: Share,
    ) -> Option<Timestamp> {
        let expected = self.0.get_mut(&account)?.take(at, more, share);
        (expected > at).then_some(expected)
    }
}

impl FromIterator<(AccountId, Quota)> for Quotas {
    fn from_iter<T: IntoIterator<Item = (AccountId, Quota)>>(quotas: T) -> Quotas {
        Quotas(quotas.into_iter().collect())
    }
}

/// The limits of these accounts as they stand now, without these deliveries, which are about to get another time.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn quotas(
    env: &Environment,
    accounts: BTreeSet<AccountId>,
    without: &BTreeSet<DeliveryId>,
) -> Result<Quotas, StoreError> {
    let world = env.store.world();
    let mut quotas = BTreeMap::new();
    for id in accounts {
        let adapter = world.accounts.get(&id).and_then(|a| env.adapters.get(&a.network));
        let per_hour_max = adapter.map_or(0, |a| a.describe().capabilities.writes_per_hour_max);
        let gap = world.accounts.get(&id).and_then(|a| gap(env, a));
        if per_hour_max == 0 && gap.is_none() {
            continue;
        }
        let writes = match per_hour_max {
            0 => Vec::new(),
            _ => writes(env, id, without).await?,
        };
        let quota = Quota::new(per_hour_max, writes);
        quotas.insert(
            id,
            match gap {
                Some(gap) => quota.with_gap(gap, posts(env, id, gap, without)),
                None => quota,
            },
        );
    }
    Ok(Quotas(quotas))
}

/// The gap that somebody has set. The default is advice alone: what nobody has set moves no time that a person chose.
fn gap(env: &Environment, account: &Account) -> Option<SignedDuration> {
    let in_force = InForce::of(account, &env.settings.rules);
    let limit = in_force.limit(RuleName::Gap);
    let set = limit.filter(|limit| limit.source != RuleSource::Default)?;
    Some(SignedDuration::from_mins(i64::from(set.max)))
}

/// When the account's posts went or go, from a gap before now on.
fn posts(
    env: &Environment,
    account: AccountId,
    gap: SignedDuration,
    without: &BTreeSet<DeliveryId>,
) -> Vec<Timestamp> {
    let now = env.clock.now();
    let rhythm = env.store.rhythm(account);
    let public = rhythm.from(now.checked_sub(gap).unwrap_or(Timestamp::MIN));
    let public = public.filter(|beat| beat.is_public).map(|beat| beat.at);
    // What is overdue goes now.
    let waiting = rhythm.from(Timestamp::MIN).filter(|beat| !beat.is_public);
    let waiting = waiting
        .filter(|beat| !without.contains(&beat.id))
        .map(|beat| beat.at.max(now));
    public.chain(waiting).collect()
}

async fn writes(
    env: &Environment,
    account: AccountId,
    without: &BTreeSet<DeliveryId>,
) -> Result<Vec<Timestamp>, StoreError> {
    let now = env.clock.now();
    let recent = Query {
        account: Some(account),
        published_since: now.checked_sub(HOUR).ok(),
        ..Query::default()
    };
    let open = Query {
        account: Some(account),
        ..Query::open()
    };
    let mut known: BTreeMap<DeliveryId, Delivery> = BTreeMap::new();
    for query in [recent, open] {
        known.extend(env.store.list(&query).await?.into_iter().map(|d| (d.id, d)));
    }
    let done = known
        .values()
        .flat_map(|d| d.receipts.iter().map(|receipt| receipt.at));
    let to_come = known.values().filter(|d| !without.contains(&d.id));
    Ok(done.chain(to_come.flat_map(|d| to_come_of(d, now))).collect())
}

/// The writes of a delivery that may still come, or may just have been.
fn to_come_of(delivery: &Delivery, now: Timestamp) -> Vec<Timestamp> {
    let (at, count) = match delivery.state() {
        State::Attempting { fence } => (fence.at, delivery.parts_left()),
        State::Unknown { fence, .. } => (fence.at, 1),
        State::RetryAt { at, .. } => ((*at).max(delivery.goes_at()), delivery.parts_left()),
        state if state.name().waits() => (delivery.goes_at().max(now), delivery.parts_left()),
        _ => return Vec::new(),
    };
    vec![at; count]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn expected(due: i64, promised: &[i64], per_hour_max: u32, share: Share) -> i64 {
        let quota = Quota::new(per_hour_max, promised.iter().copied().map(at).collect());
        quota.expected(at(due), 1, share).as_second()
    }

    #[test]
    fn a_tenth_is_kept_for_people() {
        let planned: Vec<usize> = [0, 1, 2, 10, 11, 300]
            .map(|max| Share::Planned.room(max))
            .to_vec();
        assert_eq!(planned, [0, 1, 1, 9, 9, 270]);
        assert_eq!(Share::ByHand.room(300), 300);
        assert_eq!(
            (Share::of(Some(" NOW ")), Share::of(Some("+1h")), Share::of(None)),
            (Share::ByHand, Share::Planned, Share::Planned)
        );
    }

    #[test]
    fn without_a_limit_it_is_the_due_time() {
        assert_eq!(expected(10, &[10; 99], 0, Share::Planned), 10);
    }

    #[test]
    fn the_third_of_two_an_hour_waits_an_hour() {
        assert_eq!(expected(100, &[50, 100], 2, Share::ByHand), 3650);
        assert_eq!(expected(100, &[50], 2, Share::ByHand), 100);
    }

    #[test]
    fn a_full_hour_behind_a_full_hour_waits_two() {
        assert_eq!(expected(0, &[0, 0, 3600, 3600], 2, Share::ByHand), 7200);
    }

    #[test]
    fn an_hour_that_is_full_later_has_no_room_before_it() {
        assert_eq!(expected(100, &[2000, 3000], 2, Share::ByHand), 5600);
        assert_eq!(expected(100, &[3000, 4000], 2, Share::ByHand), 100);
    }

    #[test]
    fn a_gap_is_kept_to_all_posts_but_by_hand_and_an_hour_that_is_full_comes_on_top() {
        let spaced = |due: i64, share| {
            let posts = [0, 600, 2000].map(at).to_vec();
            let quota = Quota::new(0, Vec::new()).with_gap(SignedDuration::from_secs(600), posts);
            quota.expected(at(due), 1, share).as_second()
        };
        assert_eq!(spaced(100, Share::Planned), 1200);
        assert_eq!(spaced(1500, Share::Planned), 2600);
        assert_eq!(spaced(100, Share::ByHand), 100);
        let mut quota =
            Quota::new(2, vec![at(0), at(10)]).with_gap(SignedDuration::from_secs(600), vec![at(3600)]);
        assert_eq!(quota.take(at(20), 1, Share::Planned), at(4200));
        // One of two is for people: the hour of the one at 4200 is full.
        assert_eq!(quota.take(at(4000), 1, Share::Planned), at(7800));
    }

    #[test]
    fn a_thread_needs_room_for_all_its_parts() {
        let mut quota = Quota::new(4, vec![at(0)]);
        assert_eq!(quota.take(at(100), 3, Share::ByHand), at(100));
        assert_eq!(quota.take(at(100), 2, Share::ByHand), at(3700));
        assert_eq!(
            quota.expected(at(100), 9, Share::ByHand),
            at(7300),
            "more than fits: alone"
        );
    }
}

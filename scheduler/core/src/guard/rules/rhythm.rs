//! When an account speaks: its public posts of late, and those that are promised. Stores keep one for each account in
//! memory, so that counting needs no look at the receipts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::delivery::{Delivery, State};
use crate::id::DeliveryId;
use crate::post::Category;

/// So many public posts of an account are remembered, the newest.
pub const PUBLIC_MAX: usize = 500;

/// One post of an account; a thread is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// When it became public, or is expected to.
    pub at: Timestamp,
    /// Which one.
    pub id: DeliveryId,
    /// What it is for.
    pub category: Category,
    /// True when it is public, or may be.
    pub is_public: bool,
}

impl Beat {
    /// What a delivery is in the rhythm of its account; none when it neither is public nor goes by itself.
    pub fn of(delivery: &Delivery) -> Option<Beat> {
        let first = delivery.receipts.first().filter(|_| delivery.has_public_parts());
        let (at, is_public) = match (first, delivery.state()) {
            (Some(receipt), _) => (receipt.at, true),
            (None, State::Attempting { fence } | State::Unknown { fence, .. }) => (fence.at, true),
            (None, State::RetryAt { at, .. }) => ((*at).max(delivery.goes_at()), false),
            (None, state) if state.name().waits() => (delivery.goes_at(), false),
            (None, _) => return None,
        };
        Some(Beat {
            at,
            id: delivery.id,
            category: delivery.category,
            is_public,
        })
    }
}

/// All beats of one account, in order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rhythm {
    beats: BTreeMap<(Timestamp, DeliveryId), Beat>,
    places: BTreeMap<DeliveryId, Timestamp>,
    public: usize,
}

impl FromIterator<Beat> for Rhythm {
    fn from_iter<T: IntoIterator<Item = Beat>>(beats: T) -> Rhythm {
        let mut rhythm = Rhythm::default();
        for beat in beats {
            rhythm.put_in(beat);
        }
        rhythm
    }
}

impl Rhythm {
    /// Takes note of a delivery's new state.
    pub fn set(&mut self, delivery: &Delivery) {
        self.take_out(delivery.id);
        if let Some(beat) = Beat::of(delivery) {
            self.put_in(beat);
        }
    }

    /// True when there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        self.beats.is_empty()
    }

    /// The beats before an instant, the newest first.
    pub fn before(&self, at: Timestamp) -> impl Iterator<Item = &Beat> {
        self.beats.values().rev().skip_while(move |beat| beat.at >= at)
    }

    /// The beats from an instant on, in order.
    pub fn from(&self, at: Timestamp) -> impl Iterator<Item = &Beat> {
        let least = DeliveryId::from_bytes([0; 18]);
        self.beats.range((at, least)..).map(|(_, beat)| beat)
    }

    fn put_in(&mut self, beat: Beat) {
        self.places.insert(beat.id, beat.at);
        self.beats.insert((beat.at, beat.id), beat);
        if beat.is_public {
            self.public += 1;
            self.forget_the_oldest();
        }
    }

    fn take_out(&mut self, id: DeliveryId) {
        let Some(at) = self.places.remove(&id) else {
            return;
        };
        let beat = self.beats.remove(&(at, id));
        self.public -= usize::from(beat.is_some_and(|beat| beat.is_public));
    }

    fn forget_the_oldest(&mut self) {
        if self.public <= PUBLIC_MAX {
            return;
        }
        let oldest = self
            .beats
            .values()
            .find(|beat| beat.is_public)
            .map(|beat| beat.id);
        if let Some(id) = oldest {
            self.take_out(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id, PostId};

    fn beat(n: u128, second: i64, is_public: bool) -> Beat {
        Beat {
            at: Timestamp::from_second(second).unwrap(),
            id: DeliveryId {
                post: PostId(Id::from_u128(n)),
                n: 1,
            },
            category: Category::Info,
            is_public,
        }
    }

    fn seconds<'a>(beats: impl Iterator<Item = &'a Beat>) -> Vec<i64> {
        beats.map(|beat| beat.at.as_second()).collect()
    }

    #[test]
    fn it_is_read_in_both_directions_from_an_instant() {
        let rhythm: Rhythm = [30, 10, 20]
            .map(|s| beat(s as u128, s, true))
            .into_iter()
            .collect();
        let at = Timestamp::from_second(20).unwrap();
        assert_eq!(seconds(rhythm.before(at)), [10]);
        assert_eq!(seconds(rhythm.from(at)), [20, 30]);
    }

    #[test]
    fn only_the_newest_public_ones_are_remembered_and_all_that_wait() {
        let max = i64::try_from(PUBLIC_MAX).unwrap();
        let waiting = (0..3).map(|s| beat(s as u128, s, false));
        let public = (10..=10 + max).map(|s| beat(s as u128, s, true));
        let rhythm: Rhythm = waiting.chain(public).collect();
        let all = seconds(rhythm.from(Timestamp::MIN));
        assert_eq!((all.len(), &all[..4]), (PUBLIC_MAX + 3, [0, 1, 2, 11].as_slice()));
    }
}

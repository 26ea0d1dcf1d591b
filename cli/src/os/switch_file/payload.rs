//! The orders in the switch's file, and what happens when there are more than fit.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use soundpost_core::halt::{HaltOrder, Scope, SwitchState};
use soundpost_core::id::{Id, OrderId};

const CLOSED_MAX: usize = 64;
const REASON_BYTES_MAX: usize = 2000;
const WHO_BYTES_MAX: usize = 200;
/// Stands for all orders that even their ids were too many for.
const UNNAMED: OrderId = OrderId(Id::from_u128(0));

/// What one slot says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payload {
    /// The orders in force, oldest first.
    pub(super) orders: Vec<HaltOrder>,
    /// Orders in force of which only the id is left; they count as covering everything.
    #[serde(default)]
    pub(super) folded: Vec<OrderId>,
    /// Orders that were lifted last, oldest first.
    #[serde(default)]
    pub(super) closed: Vec<OrderId>,
}

impl Payload {
    /// A payload with this one order.
    pub(super) fn of(order: &HaltOrder) -> Payload {
        let mut payload = Payload::default();
        payload.add(order);
        payload
    }

    /// Puts an order in force. Giving it twice is giving it once. Its texts are cut to what leaves room for others.
    pub(super) fn add(&mut self, order: &HaltOrder) {
        self.closed.retain(|id| *id != order.id);
        if self.folded.contains(&order.id) || self.orders.iter().any(|known| known.id == order.id) {
            return;
        }
        let mut order = order.clone();
        cut(&mut order.reason, REASON_BYTES_MAX);
        cut(&mut order.who, WHO_BYTES_MAX);
        self.orders.push(order);
    }

    /// Takes orders out of force.
    pub(super) fn remove(&mut self, ids: &[OrderId]) {
        let known =
            |id: &&OrderId| self.folded.contains(id) || self.orders.iter().any(|order| order.id == **id);
        let lifted: Vec<OrderId> = ids.iter().filter(known).copied().collect();
        self.orders.retain(|order| !ids.contains(&order.id));
        self.folded.retain(|id| !ids.contains(id));
        self.closed.extend(lifted);
        let surplus = self.closed.len().saturating_sub(CLOSED_MAX);
        self.closed.drain(..surplus);
    }

    /// The same orders in less space, one step further with each `step` from 0; none when no step is left.
    ///
    /// Steps 1 and later widen all orders but the newest to everything, and are open only when that one is about
    /// everything already: nothing is silenced that was not, and nothing is released that was.
    pub(super) fn smaller(&self, step: u32) -> Option<Payload> {
        let mut less = self.clone();
        less.closed.clear();
        if step == 0 {
            return Some(less);
        }
        let newest = less
            .orders
            .pop()
            .filter(|order| order.scope == Scope::Everything)?;
        less.folded.extend(less.orders.drain(..).map(|order| order.id));
        less.orders.push(newest);
        match step {
            1 => Some(less),
            2 => {
                less.folded = vec![UNNAMED];
                Some(less)
            }
            _ => None,
        }
    }

    /// What this means to those who ask the switch.
    pub(super) fn state(&self) -> SwitchState {
        if self.orders.is_empty() && self.folded.is_empty() {
            return SwitchState::Running;
        }
        let folded = self.folded.iter().map(|id| widened(*id));
        SwitchState::Halted(folded.chain(self.orders.iter().cloned()).collect())
    }
}

/// A folded order as it counts now.
fn widened(id: OrderId) -> HaltOrder {
    let millis = i64::try_from(id.0.as_u128() >> 80).unwrap_or_default();
    HaltOrder {
        id,
        scope: Scope::Everything,
        reason: "an earlier order, widened to everything when the switch's file was full".to_owned(),
        who: "soundpost".to_owned(),
        at: Timestamp::from_millisecond(millis).unwrap_or_default(),
        review_at: None,
    }
}

fn cut(text: &mut String, bytes_max: usize) {
    if text.len() > bytes_max {
        let end = (0..=bytes_max)
            .rev()
            .find(|&at| text.is_char_boundary(at))
            .unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
}

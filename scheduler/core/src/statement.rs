//! The official statement: the one thing that a person may send through a pause (promise S9).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::frozen::sha256_hex;
use crate::id::{AccountId, DeliveryId, EventId, OrderId};

/// How long a confirmed statement may try to go out; after that it is held like everything else.
pub const STATEMENT_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// A person's confirmed order that a delivery goes out although it is paused: these bytes, this account, through
/// these orders, once. Whatever a person or the guard does to the delivery afterwards ends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Who confirmed it.
    pub by: String,
    /// Why it goes out through the pause.
    pub reason: String,
    /// When it was confirmed.
    pub at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Hash over text, media, cards, audience and account, as for an approval.
    pub content_sha256: String,
    /// The orders that were in force and shown. A later order stops it.
    pub through: BTreeSet<OrderId>,
}

impl Statement {
    /// The orders that this content may pass at this instant; none when it has expired or the content is another.
    pub fn passes(&self, content_sha256: &str, at: Timestamp) -> BTreeSet<OrderId> {
        if at < self.expires_at && self.content_sha256 == content_sha256 {
            return self.through.clone();
        }
        BTreeSet::new()
    }
}

/// The code that stands for all that is shown before a statement is confirmed: content, account, orders, and what the
/// guard holds against it, and the deliveries by which these very words were let through before. When any of them
/// changes, so does the code: it is good for one statement.
pub fn confirmation_code(
    content_sha256: &str,
    account: AccountId,
    through: &BTreeSet<OrderId>,
    events: &BTreeMap<EventId, String>,
    before: &[DeliveryId],
) -> String {
    let orders: Vec<String> = through.iter().map(OrderId::to_string).collect();
    let events: Vec<String> = events
        .iter()
        .map(|(id, digest)| format!("{id} {digest}"))
        .collect();
    let shown = format!(
        "{content_sha256}\n{account}\n{}\n{}",
        orders.join(" "),
        events.join("\n")
    );
    let before: String = before.iter().map(|id| format!("\n{id}")).collect();
    sha256_hex((shown + &before).as_bytes())[..8].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id, PostId};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn order(n: u128) -> OrderId {
        OrderId(Id::from_u128(n))
    }

    fn statement() -> Statement {
        Statement {
            by: "anna".to_owned(),
            reason: "we say what happened".to_owned(),
            at: at(0),
            expires_at: at(900),
            content_sha256: "these bytes".to_owned(),
            through: BTreeSet::from([order(1)]),
        }
    }

    #[test]
    fn it_passes_its_orders_until_it_expires() {
        assert_eq!(
            statement().passes("these bytes", at(899)),
            BTreeSet::from([order(1)])
        );
        assert_eq!(statement().passes("these bytes", at(900)), BTreeSet::new());
    }

    #[test]
    fn other_bytes_pass_nothing() {
        assert_eq!(statement().passes("other bytes", at(1)), BTreeSet::new());
    }

    #[test]
    fn the_code_changes_with_everything_that_was_shown() {
        let account = AccountId(Id::from_u128(1));
        let none = BTreeMap::new();
        let orders = BTreeSet::from([order(1)]);
        let code = confirmation_code("a", account, &orders, &none, &[]);
        let delivery = DeliveryId {
            post: PostId(Id::from_u128(3)),
            n: 1,
        };
        let event = BTreeMap::from([(EventId(Id::from_u128(7)), "v1".to_owned())]);
        let others = [
            confirmation_code("b", account, &orders, &none, &[]),
            confirmation_code("a", AccountId(Id::from_u128(2)), &orders, &none, &[]),
            confirmation_code("a", account, &BTreeSet::from([order(2)]), &none, &[]),
            confirmation_code("a", account, &orders, &event, &[]),
            confirmation_code("a", account, &orders, &none, &[delivery]),
        ];
        assert_eq!(code.len(), 8);
        assert!(!others.contains(&code), "{code} {others:?}");
    }
}

//! What taking in the content of another store means: all of it as one step, under an order that silences everything.

use soundpost_core::change::Change;
use soundpost_core::halt::HaltOrder;
use soundpost_core::import::Import;
use soundpost_core::port::store::StoreError;
use soundpost_core::world::World;

use crate::verbs::{Plan, moved};

/// The word in the journal for a delivery that came with an import.
const IMPORT: &str = "import";

/// The changes of an import. The orders come first: no reader of the journal ever sees its posts without them.
///
/// # Errors
/// `NotEmpty` when the store holds anything but orders.
pub(crate) fn import(import: &Import, world: &World) -> Result<Plan, StoreError> {
    if let Some(has) = world.contents() {
        return Err(StoreError::NotEmpty { has });
    }
    let known = |order: &&_| !is_known(world, order);
    let orders = std::iter::once(import.order()).chain(import.halts());
    let mut changes: Vec<Change> = orders
        .filter(known)
        .map(|order| Change::HaltOrdered { order: order.clone() })
        .collect();
    changes.extend(import.accounts().map(|account| Change::AccountSet {
        account: account.clone(),
    }));
    changes.extend(import.events().map(|event| Change::EventSet {
        event: event.clone(),
        was: None,
    }));
    changes.extend(import.calendars().map(|(name, text)| Change::CalendarSet {
        name: name.to_owned(),
        text: text.to_owned(),
    }));
    changes.extend(import.feeds().map(|feed| Change::FeedSet {
        feed: feed.clone().into(),
    }));
    changes.extend(
        import
            .trends_lists()
            .map(|list| Change::TrendsSet { list: list.clone() }),
    );
    changes.extend(
        import
            .posts()
            .map(|post| Change::PostAdded { post: post.clone() }),
    );
    changes.extend(
        import
            .deliveries()
            .map(|delivery| moved(IMPORT, delivery.clone())),
    );
    Ok(Plan {
        changes,
        ..Plan::default()
    })
}

fn is_known(world: &World, order: &HaltOrder) -> bool {
    world.halts.iter().any(|open| open.id == order.id)
}

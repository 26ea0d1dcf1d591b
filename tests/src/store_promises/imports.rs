//! Taking in the content of another store.

use soundpost_core::delivery::StateName;
use soundpost_core::halt::{Scope, SwitchState, halted};
use soundpost_core::id::{Id, OrderId};
use soundpost_core::import::Import;
use soundpost_core::port::store::{Query, StoreError, Write};

use super::Fresh;
use super::build::*;

/// Two accounts, a post under a key with one delivery that waits and one that is public, an event, a calendar, and an
/// order.
pub fn import() -> Import {
    let mut import = Import::new(order(90));
    for n in [1, 2] {
        import.account(account(n)).expect("a good account");
    }
    import
        .post(post(7, Some("monday"), "hello"))
        .expect("a good post");
    import
        .revision(post_id(7), revision(2, "better"))
        .expect("the next one");
    import.delivery(delivery(7, 1, 10)).expect("a good delivery");
    import.post(post(8, None, "out")).expect("a good post");
    import.delivery(public(8)).expect("a good delivery");
    import.event(event(3)).expect("a good event");
    import
        .calendar("days".to_owned(), CALENDAR.to_owned())
        .expect("a good calendar");
    let narrow = soundpost_core::halt::HaltOrder {
        scope: Scope::Network("outbox".to_owned()),
        ..order(91)
    };
    import.halt(narrow).expect("a good order");
    import
}

/// A delivery of this post that is public.
fn public(n: u128) -> soundpost_core::delivery::Delivery {
    let queued = delivery(n, 2, 10);
    let fenced = queued.after_move(fence(&queued), minute(1)).expect("it waits");
    let receipt = published(&fenced);
    fenced.after_move(receipt, minute(2)).expect("it is being sent")
}

fn write_of(import: Import) -> Write {
    Write::Import {
        import: Box::new(import),
    }
}

/// All of it is there at once, and everything is silenced in the same step.
pub async fn p1_an_import_is_one_step_and_is_halted(fresh: &Fresh) {
    let store = &*fresh.store;
    let before = fresh.epoch.now();
    write(store, write_of(import())).await;
    let world = store.world();
    assert_eq!(world.accounts.len(), 2);
    assert_eq!(world.events.len(), 1);
    assert_eq!(world.calendars["days"].text(), CALENDAR);
    assert_eq!(world.halts.len(), 2);
    assert!(world.halts.iter().any(|halt| halt.scope == Scope::Everything));
    assert!(fresh.epoch.now() > before);
    let posts = store.post(post_id(7)).await.expect("read").expect("it is there");
    assert_eq!(posts.revisions.len(), 2);
    let all = store.list(&Query::default()).await.expect("read");
    let states: Vec<_> = all
        .iter()
        .map(|d| (d.id.post, d.state_name(), d.receipts.len()))
        .collect();
    let wanted = [
        (post_id(7), StateName::Scheduled, 0),
        (post_id(8), StateName::Published, 1),
    ];
    assert_eq!(states, wanted);
}

/// A key that came with an import answers with the post that is there; other content under it is a conflict.
pub async fn d2_an_imported_key_gives_the_same_answer(fresh: &Fresh) {
    let store = &*fresh.store;
    write(store, write_of(import())).await;
    let seq = store.seq();
    let again = |text| Write::AddPost {
        post: Box::new(post(70, Some("monday"), text)),
        deliveries: vec![delivery(70, 1, 10)],
    };
    let repeat = write(store, again("hello")).await;
    assert!(repeat.repeated);
    assert_eq!(repeat.deliveries[0].id, first(7));
    assert_eq!(store.seq(), seq);
    let other = try_write(store, again("something else")).await;
    assert!(matches!(other, Err(StoreError::KeyConflict { .. })), "{other:?}");
}

/// A store that holds anything but orders refuses, and nothing of the import is there.
pub async fn p1_a_store_that_holds_something_takes_no_import(fresh: &Fresh) {
    let store = &*fresh.store;
    write(store, Write::OrderHalt { order: order(5) }).await;
    write(store, write_of(import())).await;
    let before = everything(store).await;
    let mut second = Import::new(order(92));
    second.account(account(44)).expect("a good account");
    let answer = try_write(store, write_of(second)).await;
    assert!(matches!(answer, Err(StoreError::NotEmpty { .. })), "{answer:?}");
    assert_same(&everything(store).await, &before);
}

/// What waits is halted by an order in the journal alone, whatever scope the order was made with.
pub async fn s1_nothing_of_an_import_goes_without_a_resume(fresh: &Fresh) {
    let store = &*fresh.store;
    let mut small = Import::new(soundpost_core::halt::HaltOrder {
        id: OrderId(Id::from_u128(93)),
        scope: Scope::Campaign("none".to_owned()),
        ..order(93)
    });
    small.account(account(1)).expect("a good account");
    small.post(post(7, None, "hello")).expect("a good post");
    small.delivery(delivery(7, 1, 0)).expect("a good delivery");
    write(store, write_of(small)).await;
    let claim = claim_due(store, 1).await;
    let cause = halted(
        &claim.delivery.subject(),
        &SwitchState::Running,
        &store.world().halts,
    );
    assert!(cause.is_some());
}

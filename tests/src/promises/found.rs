//! What a person finds at the network, after an answer was lost for good.

use soundpost_cli::app::error::{AppError, Kind};
use soundpost_cli::control::protocol::Ask;
use soundpost_core::delivery::{HoldReason, StateName};
use soundpost_core::id::DeliveryId;
use soundpost_fixtures::build::{self, NETWORK, post, thread};
use soundpost_fixtures::network::{FakeNetwork, Sending};

use super::crash::blind;
use crate::world::office::Office;

const URL: &str = "https://network.example/@shop/1234";

/// An office whose network took the first part, lost the answer, and cannot be asked.
async fn lost(ask: build::Ask) -> (Office, DeliveryId) {
    let network = FakeNetwork::with(NETWORK, blind);
    network.script([Sending::LoseAnswer]);
    let office = Office::on(network, 1).await;
    let id = office.post(ask).await;
    office.scene.run_minutes(1).await;
    assert_eq!(office.state(id).await, StateName::Unknown);
    (office, id)
}

async fn found(office: &Office, id: DeliveryId, url: &str) -> Result<(), AppError> {
    let (id, url) = (id.to_string(), url.to_owned());
    office.ask(Ask::Found { id, url }).await.map(|_| ())
}

/// What a person found is published, with its address, and is never sent again.
pub async fn what_a_person_found_is_published_and_not_sent_again() {
    let (office, id) = lost(post("hello")).await;
    found(&office, id, URL).await.expect("it is unknown");
    office.scene.run_minutes(60).await;
    let delivery = office.delivery(id).await;
    assert_eq!(delivery.state_name(), StateName::Published);
    assert_eq!(delivery.receipts[0].url.as_deref(), Some(URL));
    assert_eq!(office.network().publish_calls(), 1);
}

/// The rest of a thread waits for a person.
pub async fn the_rest_of_a_thread_that_was_found_waits() {
    let (office, id) = lost(thread(&["one", "two"])).await;
    found(&office, id, URL).await.expect("it is unknown");
    office.scene.run_minutes(60).await;
    let reasons = office.reasons(id).await;
    assert!(
        matches!(reasons[..], [HoldReason::BrokenThread { .. }]),
        "{reasons:?}"
    );
    assert_eq!(office.network().publish_calls(), 1);
}

/// Only what is unknown can be found, and only at an address.
pub async fn what_is_not_unknown_cannot_be_found() {
    let (office, id) = lost(post("hello")).await;
    let words = found(&office, id, "I saw it").await.expect_err("no address");
    assert_eq!(words.kind, Kind::BadInput);
    found(&office, id, URL).await.expect("it is unknown");
    let twice = found(&office, id, URL).await.expect_err("it is published");
    assert_eq!(twice.kind, Kind::Conflict);
}

/// Where the address does not tell the network's own name, nothing pretends to take it back.
pub async fn what_has_an_address_alone_is_not_taken_back() {
    let (office, id) = lost(post("hello")).await;
    found(&office, id, URL).await.expect("it is unknown");
    let ids = vec![id.to_string()];
    let why = "wrong".to_owned();
    let refused = office
        .ask(Ask::Retract {
            ids,
            why,
            preview: false,
        })
        .await
        .expect_err("no name");
    assert_eq!(refused.kind, Kind::Conflict);
    let told = refused.message.contains("do it there by hand") && refused.message.contains(URL);
    assert!(told, "{refused:?}");
    assert_eq!(office.state(id).await, StateName::Published);
}

//! S7 and S8 for lists of hashtags that are read at an address.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use soundpost_cli::control::protocol::{Ask, TrendsAdd, TrendsAsk};
use soundpost_core::delivery::{HoldReason, RuleName, StateName};
use soundpost_core::environment::Environment;
use soundpost_core::gate::WritePass;
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Phase, Transport, TransportError};
use soundpost_fixtures::build::post;
use soundpost_fixtures::network::FakeNetwork;
use soundpost_fixtures::world::Scene;

use crate::world::office::{Office, memory};

/// What Mastodon answers when this hashtag rises.
fn rising(tag: &str) -> String {
    format!(r#"[{{"name":"{tag}","url":"https://social.example/tags/{tag}","history":[]}}]"#)
}

/// A server with one page that a test changes; an empty one is an error.
#[derive(Default)]
struct Board(Mutex<String>);

impl Board {
    fn show(&self, page: &str) {
        page.clone_into(&mut self.0.lock().expect("no test panics here"));
    }
}

#[async_trait]
impl Transport for Board {
    async fn read(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        let body = self.0.lock().expect("no test panics here").clone();
        Ok(HttpResponse {
            status: if body.is_empty() { 500 } else { 200 },
            headers: BTreeMap::new(),
            body: body.into_bytes(),
        })
    }

    async fn write(&self, _: HttpRequest, _: WritePass) -> Result<HttpResponse, TransportError> {
        Err(TransportError {
            phase: Phase::NotSent,
            message: "nothing is written there".to_owned(),
        })
    }
}

/// An office that watches this board.
async fn watching(board: &Arc<Board>) -> Office {
    let scene = Scene::new(memory, FakeNetwork::new());
    let env = Arc::into_inner(scene.env).expect("nobody else has it yet");
    let office = Office::around(Scene {
        env: Arc::new(Environment {
            transport: Arc::clone(board) as Arc<dyn Transport>,
            ..env
        }),
        ..scene
    });
    office
        .scene
        .add_accounts([soundpost_fixtures::build::account(1)])
        .await;
    let add = TrendsAdd {
        name: "social".to_owned(),
        url: "https://social.example/api/v1/trends/tags".to_owned(),
        every_min: 15,
        allow_private: false,
    };
    let add = Ask::Trends(TrendsAsk::Add(add));
    office.ask(add).await.expect("it is watched");
    office
}

/// How many posts the lists hold that are due to be read now.
async fn newly_held(office: &Office) -> usize {
    let refreshed = office.app.refresh_due_trends().await.expect("they are asked for");
    refreshed.iter().map(|one| one.held.len()).sum()
}

/// A post waits for a person as soon as a watched list shows its hashtag, and from then on.
pub async fn s7_a_hashtag_that_a_watched_list_shows_waits() {
    let board = Arc::new(Board::default());
    let office = watching(&board).await;
    board.show(&rising("Pizza"));
    let first = office.post(post("Have some #pizza").at(30)).await;
    let second = office.post(post("Have some #pasta").at(40)).await;
    assert_eq!(newly_held(&office).await, 1, "the first reading");
    assert_eq!(office.state(second).await, StateName::Scheduled);
    board.show(&rising("pasta"));
    assert_eq!(newly_held(&office).await, 0, "it is not asked for again at once");
    office.scene.run_minutes(15).await;
    assert_eq!(newly_held(&office).await, 1, "the second reading");
    for id in [first, second] {
        let reasons = office.reasons(id).await;
        let rule =
            |reason: &HoldReason| matches!(reason, HoldReason::Rule(hold) if hold.rule == RuleName::Trend);
        assert!(reasons.len() == 1 && reasons.iter().all(rule), "{reasons:?}");
    }
    office.scene.run_minutes(60).await;
    assert_eq!(office.network().publish_calls(), 0, "nothing goes by itself");
}

/// A reading that fails leaves the list, which counts for six hours since it was read; `status` says since when and why.
pub async fn s8_a_watched_list_that_cannot_be_read_counts_on_and_is_reported() {
    let board = Arc::new(Board::default());
    let office = watching(&board).await;
    board.show(&rising("pizza"));
    assert_eq!(newly_held(&office).await, 0);
    office.scene.run_minutes(15).await;
    board.show("");
    assert_eq!(newly_held(&office).await, 0);
    let early = office.post(post("#pizza").at(6 * 60 - 1)).await;
    let late = office.post(post("#pizza").at(6 * 60 + 1)).await;
    let status = office.app.status().await.expect("it can be read");
    let watched = status.trends[0].watched.as_ref().expect("it is watched");
    assert!(
        watched
            .trouble
            .as_ref()
            .is_some_and(|why| why.contains("HTTP 500"))
    );
    assert!(watched.failing_since.is_some() && !status.trends[0].is_old);
    office.scene.run_minutes(6 * 60).await;
    assert_eq!(office.state(early).await, StateName::Held);
    assert_eq!(office.state(late).await, StateName::Published);
    assert!(office.app.status().await.expect("it can be read").trends[0].is_old);
}

//! One office: a scene of the fixtures, the service behind all commands, and anna who uses it.

use std::sync::Arc;

use soundpost_cli::app::App;
use soundpost_cli::app::error::AppError;
use soundpost_cli::control::protocol::{
    Answer, ApproveAsk, EventAsk, Moved, Paused, PlanView, PostAsk, Posted, ResumeAsk, Resumed,
};
use soundpost_core::delivery::{Delivery, HoldReason, State, StateName};
use soundpost_core::event::Severity;
use soundpost_core::gate::Epoch;
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::DeliveryId;
use soundpost_core::plan::Plan;
use soundpost_core::port::store::Store;
use soundpost_core::port::switch::Switch as _;
use soundpost_fixtures::build::{self, Ask};
use soundpost_fixtures::network::FakeNetwork;
use soundpost_fixtures::world::{Scene, store_id};
use soundpost_store::memory::MemoryStore;

/// Who does everything in the stories.
pub const ANNA: &str = "anna";

/// A scheduler in memory, and the service behind all commands.
pub struct Office {
    /// Clock, network, switch and lanes.
    pub scene: Scene,
    /// What every command asks.
    pub app: App,
}

/// A memory store, as the scenes want it.
pub fn memory(epoch: Arc<Epoch>) -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(store_id(), epoch))
}

impl Office {
    /// An office with these many accounts, `a1` and on, on this network.
    pub async fn on(network: Arc<FakeNetwork>, accounts: u128) -> Office {
        let office = Office::around(Scene::new(memory, network));
        office
            .scene
            .add_accounts((1..=accounts).map(build::account))
            .await;
        office
    }

    /// An office with these many accounts on a network that works.
    pub async fn new(accounts: u128) -> Office {
        Office::on(FakeNetwork::new(), accounts).await
    }

    /// An office around this scene.
    pub fn around(scene: Scene) -> Office {
        let app = App {
            env: Arc::clone(&scene.env),
            outside: vec!["the shop's own newsletter".to_owned()],
            zone: "UTC".to_owned(),
            is_daemon: true,
            feeds: Arc::default(),
            server_clocks: Arc::default(),
        };
        Office { scene, app }
    }

    /// The network.
    pub fn network(&self) -> &FakeNetwork {
        &self.scene.network
    }

    /// Queues a post.
    ///
    /// # Errors
    /// As the command says.
    pub async fn try_post(&self, ask: Ask, now: bool) -> Result<Posted, AppError> {
        let draft = ask.0;
        self.app.post(ANNA, PostAsk { draft, now }).await
    }

    /// Queues a post and names its deliveries.
    pub async fn post_all(&self, ask: Ask) -> Vec<DeliveryId> {
        let posted = self.try_post(ask, false).await.expect("it is queued");
        posted.deliveries.iter().map(|d| d.id).collect()
    }

    /// Queues a post for one account and names its delivery.
    pub async fn post(&self, ask: Ask) -> DeliveryId {
        self.post_all(ask).await[0]
    }

    /// Where a delivery stands.
    pub async fn state(&self, id: DeliveryId) -> StateName {
        self.delivery(id).await.state_name()
    }

    /// A delivery. When it is held, `why` must say what would let it go.
    pub async fn delivery(&self, id: DeliveryId) -> Delivery {
        let delivery = self.scene.delivery(id).await;
        if let State::Held { reasons, .. } = delivery.state() {
            let story = self.app.why(&id.to_string()).await.expect("it has a story");
            let said = &story.lets_go;
            assert!(said.len() > 1, "{reasons:?} end by nothing: {said:?}");
            assert!(said.iter().all(|line| !line.ends_with(": ")), "{said:?}");
        }
        delivery
    }

    /// Why a delivery is held; empty when it is not.
    pub async fn reasons(&self, id: DeliveryId) -> Vec<HoldReason> {
        match self.delivery(id).await.state() {
            State::Held { reasons, .. } => reasons.clone(),
            _ => Vec::new(),
        }
    }

    /// Pulls the kill switch: the file first, then the daemon's part.
    pub async fn pause(&self, scope: Scope) -> Paused {
        let n = u128::from(self.scene.env.store.seq()) + 1;
        self.pause_by(build::order(n, scope, self.scene.now())).await
    }

    /// Pulls the kill switch with this order.
    pub async fn pause_by(&self, order: HaltOrder) -> Paused {
        self.scene.switch.order(&order).expect("the switch is written");
        self.app.pause(order).await.expect("a pause never fails")
    }

    /// Silences everything.
    pub async fn pause_all(&self) -> Paused {
        self.pause(Scope::Everything).await
    }

    /// The plan of a resume.
    pub async fn plan(&self) -> PlanView {
        self.plan_of(&ResumeAsk::default()).await
    }

    /// The plan of a resume of these pauses.
    pub async fn plan_of(&self, ask: &ResumeAsk) -> PlanView {
        self.app.resume_plan(ask).await.expect("something is paused")
    }

    /// Carries out a plan.
    ///
    /// # Errors
    /// As the command says.
    pub async fn apply(&self, plan: &Plan) -> Result<Resumed, AppError> {
        self.app.resume_apply(ANNA, plan).await
    }

    /// Resumes with the plan's defaults.
    pub async fn resume(&self) -> Resumed {
        let plan = self.plan().await.plan;
        self.apply(&plan).await.expect("nothing changed since")
    }

    /// Flags an event.
    pub async fn flag(&self, ask: EventAsk) -> String {
        let changed = self.app.event_flag(ANNA, ask).await.expect("it is flagged");
        changed.event.id
    }

    /// Ends an event and names what goes again.
    pub async fn end(&self, event: &str) -> Vec<DeliveryId> {
        let changed = self.app.event_end(ANNA, event).await.expect("it is ended");
        changed.released.iter().map(|d| d.id).collect()
    }

    /// Approves a delivery.
    ///
    /// # Errors
    /// As the command says.
    pub async fn approve(&self, id: DeliveryId, why: &str) -> Result<Moved, AppError> {
        let ask = ApproveAsk {
            ids: vec![id.to_string()],
            why: why.to_owned(),
            ..ApproveAsk::default()
        };
        self.app.approve(ANNA, &ask).await
    }

    /// Tells of the answer to any question, for commands without a helper here.
    ///
    /// # Errors
    /// As the command says.
    pub async fn ask(&self, ask: soundpost_cli::control::protocol::Ask) -> Result<Answer, AppError> {
        self.app.answer(ANNA, ask).await
    }
}

/// An open event without words, for the whole world.
pub fn event(title: &str, severity: Severity) -> EventAsk {
    EventAsk {
        title: title.to_owned(),
        kind: Some("unknown".to_owned()),
        severity: Some(severity),
        as_typed: true,
        ..EventAsk::default()
    }
}

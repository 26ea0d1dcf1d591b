//! The kill switch under fire: two hundred posts on twenty accounts fall due at once on a slow network, sixteen lanes
//! send, and in the middle of it somebody pauses. Real clock, store on disk.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};
use soundpost_adapters::transport::{HttpOptions, HttpTransport};
use soundpost_cli::app::App;
use soundpost_cli::control::protocol::{Paused, PostAsk, ResumeAsk};
use soundpost_cli::daemon::lanes;
use soundpost_cli::os::clock::SystemClock;
use soundpost_core::account::Account;
use soundpost_core::actor::Actor;
use soundpost_core::adapter_table::AdapterTable;
use soundpost_core::delivery::{Delivery, HoldReason, State, StateName};
use soundpost_core::environment::{Environment, Settings};
use soundpost_core::frozen::Frozen;
use soundpost_core::gate::{Epoch, Gate, WritePass};
use soundpost_core::halt::{HaltCause, Scope};
use soundpost_core::pace::Pace;
use soundpost_core::plan::Choice;
use soundpost_core::port::adapter::{
    Accepted, Adapter, Capabilities, ComposeInput, Context, Description, Finding, NotSent, Outcome,
};
use soundpost_core::port::clock::Clock as _;
use soundpost_core::port::store::{Query, Request, Store as _, Write};
use soundpost_core::port::switch::Switch as _;
use soundpost_core::port::transport::{HttpRequest, Method, Phase, Transport};
use soundpost_core::post::Part;
use soundpost_fixtures::build::{self, NETWORK};
use soundpost_fixtures::entropy::SeededEntropy;
use soundpost_fixtures::network::capabilities;
use soundpost_fixtures::refusing::Refusing;
use soundpost_fixtures::switch::MemorySwitch;
use soundpost_fixtures::world::store_id;
use soundpost_store::sled::SledStore;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const ACCOUNTS: u128 = 20;
const POSTS_EACH: u128 = 10;
const ALL: usize = 200;
const LANES: usize = 16;
/// How long the network thinks about each write.
const SLOW: Duration = Duration::from_millis(30);
/// After how many writes somebody pauses.
const PAUSE_AFTER: usize = 40;
/// How long the silence is listened to.
const LISTEN: Duration = Duration::from_millis(500);
/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the network saw: when each write began, and how often each body came.
#[derive(Default)]
struct Seen {
    starts: Mutex<Vec<Instant>>,
    bodies: Mutex<BTreeMap<String, usize>>,
    now: AtomicUsize,
}

impl Seen {
    fn begin(&self) {
        self.starts.lock().unwrap().push(Instant::now());
        self.now.fetch_add(1, Ordering::SeqCst);
    }

    fn end(&self, body: String) {
        *self.bodies.lock().unwrap().entry(body).or_default() += 1;
        self.now.fetch_sub(1, Ordering::SeqCst);
    }

    fn starts(&self) -> usize {
        self.starts.lock().unwrap().len()
    }

    fn last_start(&self) -> Instant {
        *self.starts.lock().unwrap().last().unwrap()
    }

    fn under_way(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }

    fn each_once(&self) {
        let bodies = self.bodies.lock().unwrap();
        assert_eq!(bodies.len(), ALL);
        let twice: Vec<_> = bodies.iter().filter(|(_, count)| **count != 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}

/// How the adapter reaches its network.
enum Wire {
    /// In this process.
    Direct,
    /// By HTTP, through the product's own transport.
    Http(SocketAddr),
}

/// A network that takes its time.
struct Slow {
    seen: Arc<Seen>,
    wire: Wire,
    description: Description,
}

impl Slow {
    fn new(seen: &Arc<Seen>, wire: Wire) -> Arc<Slow> {
        let description = Description {
            network: NETWORK,
            about: "a slow network",
            server_hint: None,
            identity_hint: None,
            server_is_secret: false,
            session_facts: &[],
            credential_hint: None,
            settings: &[],
            capabilities: Capabilities { ..capabilities() },
        };
        Arc::new(Slow {
            seen: Arc::clone(seen),
            wire,
            description,
        })
    }

    async fn direct(&self, frozen: &Frozen, pass: WritePass) -> Outcome {
        if pass.admit().is_err() {
            return Outcome::NotSent(NotSent::Stopped);
        }
        self.seen.begin();
        SystemClock.sleep_until(SystemClock.now() + SLOW).await;
        self.seen.end(frozen.body.clone());
        accepted(frozen)
    }
}

fn accepted(frozen: &Frozen) -> Outcome {
    Outcome::Accepted(Box::new(Accepted {
        remote_id: format!("{:?}", frozen.send_key),
        ..Accepted::default()
    }))
}

async fn by_http(cx: &Context<'_>, at: SocketAddr, frozen: &Frozen, pass: WritePass) -> Outcome {
    let mut request = HttpRequest::new(Method::Post, format!("http://{at}/"))
        .body("text/plain", frozen.body.clone().into_bytes());
    request.allow_private = true;
    match cx.transport.write(request, pass).await {
        Ok(response) if response.status == 200 => accepted(frozen),
        Ok(response) => Outcome::Unknown {
            why: response.status.to_string(),
        },
        Err(error) => match error.phase {
            Phase::Stopped => Outcome::NotSent(NotSent::Stopped),
            Phase::NotSent => Outcome::NotSent(NotSent::Network(error.message)),
            Phase::MaybeSent => Outcome::Unknown { why: error.message },
        },
    }
}

#[async_trait]
impl Adapter for Slow {
    fn describe(&self) -> &Description {
        &self.description
    }

    fn check(&self, _: &[Part], _: &Account) -> Vec<Finding> {
        Vec::new()
    }

    fn compose(&self, input: &ComposeInput<'_>) -> Result<Frozen, String> {
        Ok(Frozen {
            part: input.part,
            body: format!("{} {}", input.delivery, input.parts[0].text),
            address: BTreeMap::new(),
            send_key: input.send_key,
            composed_at: input.now,
        })
    }

    async fn publish(&self, cx: &Context<'_>, frozen: &Frozen, pass: WritePass) -> Outcome {
        match &self.wire {
            Wire::Direct => self.direct(frozen, pass).await,
            Wire::Http(at) => by_http(cx, *at, frozen, pass).await,
        }
    }
}

/// A server on this machine that notes when the head of each request came, and answers slowly.
async fn serve(seen: Arc<Seen>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(requests(stream, Arc::clone(&seen)));
        }
    });
    at
}

async fn requests(mut stream: TcpStream, seen: Arc<Seen>) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let mut has_begun = false;
    while let Ok(count @ 1..) = stream.read(&mut chunk).await {
        bytes.extend_from_slice(&chunk[..count]);
        if !has_begun {
            seen.begin();
            has_begun = true;
        }
        let Some((body, rest)) = whole(&bytes) else {
            continue;
        };
        bytes = rest;
        SystemClock.sleep_until(SystemClock.now() + SLOW).await;
        seen.end(body);
        has_begun = false;
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

/// The body of the first request, once all of it is there, and what follows it.
fn whole(bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let head = text.find("\r\n\r\n")? + 4;
    let length = |line: &str| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length:")?
            .trim()
            .parse()
            .ok()
    };
    let length: usize = text[..head].lines().find_map(length)?;
    let end = head + length;
    (bytes.len() >= end).then(|| (text[head..end].to_owned(), bytes[end..].to_vec()))
}

/// The office under fire.
struct Office {
    app: App,
    switch: Arc<MemorySwitch>,
    store: Arc<SledStore>,
    _home: TempDir,
}

impl Office {
    fn new(adapter: Arc<Slow>) -> Office {
        let home = tempfile::tempdir().unwrap();
        let now = SystemClock.now();
        let anna = Actor::Person("anna".to_owned());
        soundpost_store::open::create(home.path(), store_id(), anna, now).unwrap();
        let epoch = Arc::new(Epoch::default());
        let (store, _) = soundpost_store::open::open(home.path(), Arc::clone(&epoch)).unwrap();
        let switch = Arc::new(MemorySwitch::default());
        let env = Environment {
            store: Arc::clone(&store) as _,
            adapters: AdapterTable::new([adapter as Arc<dyn Adapter>]),
            transport: Arc::new(HttpTransport::new(&HttpOptions::default()).unwrap()) as Arc<dyn Transport>,
            vault: Arc::new(Refusing),
            media: Arc::new(Refusing),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SeededEntropy::new(3)),
            gate: Gate::new(epoch, Arc::clone(&switch) as _),
            zones: TimeZoneDatabase::bundled(),
            pace: Pace::new(SignedDuration::ZERO),
            settings: Settings::default(),
        };
        let app = App {
            env: Arc::new(env),
            outside: Vec::new(),
            zone: "UTC".to_owned(),
            is_daemon: true,
            feeds: Arc::default(),
            server_clocks: Arc::default(),
        };
        Office {
            app,
            switch,
            store,
            _home: home,
        }
    }

    async fn fill(&self) {
        for n in 1..=ACCOUNTS {
            let write = Write::SetAccount {
                account: Box::new(build::account(n)),
                steps: Vec::new(),
            };
            let (by, at) = (Actor::Person("anna".to_owned()), self.app.now());
            let request = Request {
                by,
                at,
                reason: String::new(),
                write,
            };
            self.store.write(request).await.unwrap();
        }
        for n in 1..=POSTS_EACH {
            let draft = build::post(&format!("post {n}")).to("@all").0;
            let posted = self
                .app
                .post("anna", PostAsk { draft, now: false })
                .await
                .unwrap();
            assert_eq!(posted.deliveries.len(), 20);
        }
    }

    async fn all(&self) -> Vec<Delivery> {
        self.store.list(&Query::default()).await.unwrap()
    }

    async fn until(&self, what: &str, is: impl Fn(&[Delivery]) -> bool) -> Vec<Delivery> {
        let from = Instant::now();
        loop {
            let all = self.all().await;
            if is(&all) {
                return all;
            }
            assert!(from.elapsed() < PATIENCE, "{what}: {:?}", counts(&all));
            // polls: what the store has
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The switch first, then the daemon's part, as the command does it.
    async fn pause(&self) -> Paused {
        let order = build::order(1, Scope::Everything, self.app.now());
        self.switch.order(&order).unwrap();
        self.app.pause(order).await.unwrap()
    }
}

fn counts(all: &[Delivery]) -> BTreeMap<StateName, usize> {
    let mut counts = BTreeMap::new();
    for delivery in all {
        *counts.entry(delivery.state_name()).or_default() += 1;
    }
    counts
}

fn is_halted(delivery: &Delivery) -> bool {
    let State::Held { reasons, .. } = delivery.state() else {
        return false;
    };
    matches!(reasons.as_slice(), [HoldReason::Halt(HaltCause::Order(order))]
        if order.reason == "something terrible happened")
}

fn is_settled(delivery: &Delivery) -> bool {
    delivery.state_name() == StateName::Published || is_halted(delivery)
}

/// All that was under way is public by now, is reported as such, and nothing else is.
fn is_accounted_for(paused: &Paused, all: &[Delivery]) {
    assert!(paused.proven, "{:?}", paused.proof);
    let state = |id| all.iter().find(|d| d.id == id).unwrap().state_name();
    for write in &paused.under_way {
        let public = state(write.delivery.id) == StateName::Published;
        assert_eq!(write.became.contains("is public"), public, "{write:?}");
    }
    let reported: BTreeSet<_> = paused.under_way.iter().map(|write| write.delivery.id).collect();
    assert_eq!(reported.len(), paused.under_way.len());
    assert!(!reported.is_empty(), "the pause came in the middle");
}

async fn resume_all(office: &Office, seen: &Seen, left: usize) {
    let view = office.app.resume_plan(&ResumeAsk::default()).await.unwrap();
    assert_eq!(view.plan.items.len(), left);
    assert!(view.plan.items.iter().all(|item| item.choice == Choice::Send));
    let before = seen.starts();
    // A person lets them all go within a moment instead of one after another.
    let mut plan = view.plan;
    for item in &mut plan.items {
        item.choice = Choice::At("now".to_owned());
    }
    office.app.resume_apply("anna", &plan).await.unwrap();
    let all_public = |all: &[Delivery]| all.iter().all(|d| d.state_name() == StateName::Published);
    office.until("all are public in the end", all_public).await;
    assert_eq!(seen.starts() - before, left);
}

async fn under_fire(seen: Arc<Seen>, wire: Wire) {
    let office = Office::new(Slow::new(&seen, wire));
    office.fill().await;
    let (stop, stopping) = watch::channel(false);
    let lanes = lanes::spawn(&office.app.env, LANES, &stopping);
    let from = Instant::now();
    while seen.starts() < PAUSE_AFTER || seen.under_way() == 0 {
        assert!(from.elapsed() < PATIENCE, "the lanes send");
        // polls: how many writes have begun
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let paused = office.pause().await;
    let confirmed_at = Instant::now();
    assert_eq!(seen.under_way(), 0, "what was under way has ended");
    let started = seen.starts();
    let all = office
        .until("all others are held", |all| all.iter().all(is_settled))
        .await;
    let listening = Instant::now();
    while listening.elapsed() < LISTEN {
        assert_eq!(seen.starts(), started, "no write starts after the confirmation");
        // polls: that nothing begins
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(seen.last_start() < confirmed_at);
    is_accounted_for(&paused, &all);
    let held = all.iter().filter(|d| is_halted(d)).count();
    assert_eq!((all.len(), held), (ALL, ALL - started), "none is lost");
    assert!(held > ALL / 4, "the pause came in the middle, not at the end");
    resume_all(&office, &seen, held).await;
    seen.each_once();
    let _ = stop.send(true);
    lanes::join(lanes).await;
    let last: Timestamp = office
        .all()
        .await
        .iter()
        .flat_map(|d| &d.receipts)
        .map(|r| r.at)
        .max()
        .unwrap();
    assert!(last <= office.app.now());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_a_pause_under_fire_is_silent_at_once() {
    under_fire(Arc::default(), Wire::Direct).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_a_pause_under_fire_is_silent_at_once_over_http() {
    let seen = Arc::<Seen>::default();
    let at = serve(Arc::clone(&seen)).await;
    under_fire(seen, Wire::Http(at)).await;
}

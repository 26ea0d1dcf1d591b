//! What it costs to flag one event among 10,000 while 100,000 posts are queued, beside judging the whole queue by the
//! whole world; and to make that event milder, and to end it.
//!
//! `cargo bench -p soundpost-tests --bench flag`. It writes a store into the folder for temporary files. Read the
//! ratios; absolute figures are those of the machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use soundpost_cli::app::rejudge::{Cost, Effect, Span};
use soundpost_core::account::Account;
use soundpost_core::actor::Actor;
use soundpost_core::delivery::MeantFor;
use soundpost_core::event::{Event, Severity, Source, Stage};
use soundpost_core::id::{EventId, Id, PostId};
use soundpost_core::port::store::{Query, Request, Store, Write};
use soundpost_core::post::{Audience, Category, Content, Post, Revision};
use soundpost_fixtures::build::{self, BEGIN};
use soundpost_fixtures::network::FakeNetwork;
use soundpost_fixtures::world::{Scene, store_id};
use soundpost_store::open::{create, open};
use soundpost_tests::world::office::{ANNA, Office};
use soundpost_tests::world::unrelated;
use tokio::task::JoinSet;

const EVENTS: usize = 10_000;
const POSTS: u128 = 100_000;
const ACCOUNTS: u128 = 50;
/// The posts are spread evenly over so many days.
const DAYS: i64 = 365;
/// So many writes are on their way at once.
const WRITES_AT_ONCE: usize = 2_000;
/// Each change is measured so often; the fastest counts, since other work on the machine only ever slows one down.
const ROUNDS: u128 = 3;

/// Where the accounts are read, one after another.
const READ_IN: [&str; 10] = ["NO", "SE", "DE", "FR", "GB", "US", "PL", "ES", "IT", "JP"];
const TEXTS: [(Category, &str); 5] = [
    (
        Category::Promo,
        "Good morning! Our autumn sale starts today: twenty per cent off all strings, bows and cases.",
    ),
    (
        Category::Info,
        "Behind the scenes: how a bridge is carved, from the first cut to the last, in three photos.",
    ),
    (
        Category::Product,
        "New in the window: cases of linen, in three colours. See you in the shop on Saturday!",
    ),
    (
        Category::Info,
        "On Saturday the workshop is open from ten to four. Bring your instrument and we look at it.",
    ),
    (
        Category::Support,
        "Your parcel may take two days longer this week. Write to us if you need it sooner.",
    ),
];

fn account(n: u128) -> Account {
    let country = READ_IN[usize::try_from(n).expect("few") % READ_IN.len()];
    Account {
        audience: Audience {
            countries: vec![country.to_owned()],
            ..Audience::default()
        },
        language: Some("en".to_owned()),
        ..build::account(n)
    }
}

/// A post with its one delivery. One in ten has an audience of its own.
fn add_post(n: u128) -> Write {
    let (category, text) = TEXTS[usize::try_from(n).expect("few") % TEXTS.len()];
    let audience = n.is_multiple_of(10).then(|| Audience {
        countries: vec!["CH".to_owned()],
        ..Audience::default()
    });
    let after_s = i64::try_from(n * 1000 / POSTS).expect("few") * DAYS * 86_400 / 1000;
    let due_at = BEGIN + SignedDuration::from_secs(after_s + 60);
    let mut delivery = build::delivery(n, n % ACCOUNTS + 1, due_at);
    delivery.category = category;
    delivery.meant_for = MeantFor::of(audience.as_ref());
    let by = Actor::Person(ANNA.to_owned());
    let content = Content {
        parts: vec![build::part(&format!("{text} ({n})"))],
        ..Content::default()
    };
    let revision = Revision {
        number: 1,
        at: BEGIN,
        by: by.clone(),
        content,
    };
    Write::AddPost {
        post: Box::new(Post {
            id: PostId(Id::from_u128(n)),
            created_at: BEGIN,
            created_by: by,
            client_key: None,
            request_sha256: String::new(),
            category,
            campaign: None,
            language: Some("en".to_owned()),
            audience,
            revisions: vec![revision],
        }),
        deliveries: vec![delivery],
    }
}

async fn write_all(store: &Arc<dyn Store>, writes: impl Iterator<Item = Write>) {
    let mut under_way = JoinSet::new();
    for write in writes {
        if under_way.len() == WRITES_AT_ONCE {
            under_way.join_next().await;
        }
        let store = Arc::clone(store);
        under_way.spawn(async move {
            let request = Request {
                by: Actor::Person(ANNA.to_owned()),
                at: BEGIN,
                reason: String::new(),
                write,
            };
            store.write(request).await.expect("a good write");
        });
    }
    under_way.join_all().await;
}

async fn filled(home: &std::path::Path) -> Office {
    create(home, store_id(), Actor::Person(ANNA.to_owned()), BEGIN).expect("an empty folder");
    let of_disk = |epoch| open(home, epoch).expect("it was made").0 as Arc<dyn Store>;
    let office = Office::around(Scene::new(of_disk, FakeNetwork::new()));
    office.scene.add_accounts((1..=ACCOUNTS).map(account)).await;
    let store = &office.app.env.store;
    write_all(store, (1..=POSTS).map(add_post)).await;
    let events = (0..EVENTS).map(|n| Write::SetEvent {
        event: Box::new(unrelated::event(n)),
        steps: Vec::new(),
    });
    write_all(store, events).await;
    office
}

/// An event of an hour ago, which gets milder unless somebody confirms it.
fn flagged(n: u128, severity: Severity, country: &str, tag: &str) -> Event {
    Event {
        id: EventId(Id::from_u128(1_000_000 + n)),
        countries: vec![country.to_owned()],
        tags: vec![tag.to_owned()],
        severity,
        starts_at: BEGIN,
        source: Source::Person {
            name: ANNA.to_owned(),
        },
        flagged_at: BEGIN,
        decays_from: Some(BEGIN),
        stage: Stage::Open,
        ..build::critical(n, "Something happened")
    }
}

/// What a change costs, and then the whole queue by the same world, which moves nothing.
async fn measure(office: &Office, event: &Event) -> (Effect, Duration, Cost, Duration) {
    let by = Actor::Person(ANNA.to_owned());
    let started = Instant::now();
    let effect = office.app.set_event_by(&by, "", event).await.expect("it is set");
    let narrow = started.elapsed();
    let world = office.app.env.store.world();
    let started = Instant::now();
    let whole = office.app.change_world_by(&by, "", &world, Span::Whole, |steps| {
        assert!(steps.is_empty(), "the narrow pass left {} moves", steps.len());
        Write::Move { steps }
    });
    let whole = whole.await.expect("nothing moves");
    (effect, narrow, whole.cost, started.elapsed())
}

/// The fastest of some rounds, each with an event of its own that is ended afterwards.
async fn report(office: &Office, what: &str, first: u128, event: impl Fn(u128) -> (Option<Event>, Event)) {
    let mut best: Option<(Effect, Duration, Cost, Duration)> = None;
    for n in 0..ROUNDS {
        let (before, after) = event(first + n);
        let by = Actor::Person(ANNA.to_owned());
        if let Some(before) = before {
            office
                .app
                .set_event_by(&by, "", &before)
                .await
                .expect("it is set");
        }
        let measured = measure(office, &after).await;
        let ended = Event {
            ended_at: Some(BEGIN),
            ..after
        };
        office
            .app
            .set_event_by(&by, "", &ended)
            .await
            .expect("it is ended");
        best = Some(match best {
            Some(b) => (measured.0, b.1.min(measured.1), measured.2, b.3.min(measured.3)),
            None => measured,
        });
    }
    let (effect, narrow, whole_cost, whole) = best.expect("at least one round");
    println!(
        "{what:<44} held {:>5}, goes again {:>5}; compared {:>6}, judged {:>6} of {:>6} ({:.2} %); {:>6.0} ms beside {:>6.0} ms: {:.1} %",
        effect.held.len(),
        effect.released.len(),
        effect.cost.compared,
        effect.cost.judged,
        whole_cost.judged,
        100.0 * (effect.cost.compared + effect.cost.judged) as f64 / whole_cost.judged as f64,
        narrow.as_secs_f64() * 1e3,
        whole.as_secs_f64() * 1e3,
        100.0 * narrow.as_secs_f64() / whole.as_secs_f64(),
    );
}

async fn run(home: &std::path::Path) {
    let started = Instant::now();
    let office = filled(home).await;
    let waiting = office.app.env.store.list(&Query::waiting()).await;
    println!(
        "{} queued over {DAYS} days, {EVENTS} events, in {:.0} s",
        waiting.expect("it reads").len(),
        started.elapsed().as_secs_f64()
    );
    let ended = |event: Event| Event {
        ended_at: Some(BEGIN),
        ..event
    };
    let high = |n| flagged(n, Severity::High, "NO", "autumn sale");
    let watch = |n| flagged(n, Severity::Watch, "NO", "workshop");
    let worst = |n| flagged(n, Severity::Critical, "*", "storm");
    report(&office, "watch, one country", 10, |n| (None, watch(n))).await;
    report(&office, "high, one country", 20, |n| (None, high(n))).await;
    report(&office, "critical, everywhere", 30, |n| (None, worst(n))).await;
    report(&office, "high, one country: milder", 40, |n| {
        (
            Some(high(n)),
            Event {
                severity: Severity::Watch,
                ..high(n)
            },
        )
    })
    .await;
    report(&office, "high, one country: ended", 50, |n| {
        (Some(high(n)), ended(high(n)))
    })
    .await;
}

fn main() {
    let home = tempfile::tempdir().expect("a folder for temporary files");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run(home.path()));
}

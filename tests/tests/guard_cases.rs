//! Runs the guard over a file of labelled cases (see `docs/guard.md`) and prints what it gets right.
//!
//! The file is named by `SOUNDPOST_GUARD_CASES`, else it is `../shared/guard/dev.jsonl` beside the checkout; without
//! one the test says that it is skipped.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;

use soundpost_core::account::Account;
use soundpost_core::delivery::{Approval, Rule};
use soundpost_core::event::{Event, Severity, Source};
use soundpost_core::guard::index::Events;
use soundpost_core::guard::{Input, Verdict, approval, holds_back, judge, judge_event};
use soundpost_core::id::{EventId, Id};
use soundpost_core::post::{Audience, Category, Part};
use soundpost_core::world::World;
use soundpost_fixtures::build;

/// The share of the holds that must be found.
const RECALL_MIN: f64 = 0.95;
/// The number of posts held for nothing.
const FALSE_HOLDS_MAX: usize = 15;

#[derive(Deserialize, Clone)]
struct Labelled {
    id: String,
    lang: String,
    brand: String,
    post_text: String,
    hashtags: Vec<String>,
    category: Category,
    audience: Audience,
    publish_at: Timestamp,
    approved_after_flag: bool,
    event: LabelledEvent,
    expected: String,
    rule: Rule,
    touch: Vec<String>,
}

#[derive(Deserialize, Clone)]
struct LabelledEvent {
    id: String,
    title: String,
    tags: Vec<String>,
    countries: Vec<String>,
    regions: Vec<String>,
    places: Vec<String>,
    accounts: Vec<String>,
    severity: Severity,
    starts_at: Timestamp,
    ends_at: Option<Timestamp>,
}

impl LabelledEvent {
    /// The first tag of a labelled event is its kind.
    fn event(&self, id: EventId) -> Event {
        let this = self.clone();
        let mut tags = this.tags.into_iter();
        Event {
            id,
            title: this.title,
            kind: tags.next().unwrap_or_default(),
            summary: String::new(),
            tags: tags.collect(),
            places: this.places,
            entities: Vec::new(),
            countries: this.countries,
            regions: this.regions,
            accounts: this.accounts,
            severity: self.severity,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            review_at: None,
            source: Source::Person {
                name: "news desk".to_owned(),
            },
            flagged_at: self.starts_at,
            ended_at: None,
            stage: soundpost_core::event::Stage::default(),
            sources: Vec::new(),
            external_ids: Vec::new(),
            link: None,
            decided_by: None,
            told: None,
            decays_from: None,
        }
    }
}

#[derive(Default)]
struct Score {
    holds: usize,
    found: usize,
    false_holds: usize,
    allows: usize,
    other_rule: usize,
    unexplained: usize,
}

fn cases() -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/guard/dev.jsonl");
    let path = std::env::var("SOUNDPOST_GUARD_CASES").unwrap_or_else(|_| beside.to_owned());
    std::fs::read_to_string(path).ok()
}

/// The case as the guard sees it.
struct Seen {
    account: Account,
    parts: [Part; 1],
    event: Event,
    approval: Option<Approval>,
}

impl Seen {
    fn new(case: &Labelled, id: EventId) -> Seen {
        let mut text = case.post_text.clone();
        for tag in &case.hashtags {
            if !text.to_lowercase().contains(&format!("#{tag}")) {
                text.push_str(&format!(" #{tag}"));
            }
        }
        let parts = [Part {
            text,
            ..Part::default()
        }];
        let account = Account {
            name: case.brand.clone(),
            ..build::account(7)
        };
        let event = case.event.event(id);
        let approval = case.approved_after_flag.then(|| Approval {
            by: "kim".to_owned(),
            reason: "read it".to_owned(),
            at: case.publish_at,
            expires_at: Timestamp::MAX,
            content_sha256: approval::content_sha256(&parts, &case.audience, account.id),
            events: BTreeMap::from([(event.id, approval::event_digest(&event))]),
            sources: BTreeSet::new(),
        });
        Seen {
            account,
            parts,
            event,
            approval,
        }
    }

    fn input<'a>(&'a self, case: &'a Labelled) -> Input<'a> {
        Input {
            at: case.publish_at,
            account: &self.account,
            category: case.category,
            audience: &case.audience,
            language: Some(&case.lang),
            parts: &self.parts,
            approval: self.approval.as_ref(),
        }
    }
}

fn run(case: Labelled, score: &mut Score) {
    let seen = Seen::new(&case, EventId(Id::from_u128(1)));
    let (input, event, parts) = (seen.input(&case), &seen.event, &seen.parts);
    let (rule, touches) = judge_event(&input, event);
    let found: Vec<_> = touches
        .iter()
        .map(|t| format!("{}:{}={}", t.kind, t.word, t.found))
        .collect();
    let (wanted, held) = (case.expected == "hold", holds_back(rule));
    score.holds += usize::from(wanted);
    score.allows += usize::from(!wanted);
    score.found += usize::from(wanted && held);
    score.false_holds += usize::from(!wanted && held);
    score.other_rule += usize::from(rule != case.rule);
    let unexplained = wanted && !case.touch.is_empty() && touches.is_empty();
    score.unexplained += usize::from(unexplained);
    if rule != case.rule || unexplained {
        println!(
            "{}: {rule} instead of {} {:?} {found:?} | {}",
            case.id, case.rule, case.touch, parts[0].text
        );
    }
}

#[test]
fn the_labelled_cases_are_judged_well() {
    let Some(text) = cases() else {
        println!("skipped: no file of labelled cases");
        return;
    };
    let mut score = Score::default();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        run(serde_json::from_str(line).unwrap(), &mut score);
    }
    let recall = score.found as f64 / score.holds.max(1) as f64;
    let held = score.found + score.false_holds;
    let precision = score.found as f64 / held.max(1) as f64;
    println!(
        "recall {recall:.3} ({} of {}), precision {precision:.3}, false holds {} of {}, other rule {}, holds without the words {}",
        score.found, score.holds, score.false_holds, score.allows, score.other_rule, score.unexplained
    );
    assert!(recall >= RECALL_MIN);
    assert!(score.false_holds <= FALSE_HOLDS_MAX);
}

/// The ids of the events that hold a post, one by one.
fn holding_one_by_one(input: &Input<'_>, events: &Events) -> BTreeSet<EventId> {
    let holds = |e: &&Event| holds_back(judge_event(input, e).0);
    events.values().filter(holds).map(|e| e.id).collect()
}

#[test]
fn all_events_at_once_hold_what_they_hold_one_by_one() {
    let Some(text) = cases() else {
        println!("skipped: no file of labelled cases");
        return;
    };
    let read = |line: &str| serde_json::from_str::<Labelled>(line).unwrap();
    let cases: Vec<Labelled> = text.lines().filter(|l| !l.trim().is_empty()).map(read).collect();
    let mut ids: BTreeMap<&str, EventId> = BTreeMap::new();
    for case in &cases {
        let id = EventId(Id::from_u128(ids.len() as u128 + 1));
        ids.entry(&case.event.id).or_insert(id);
    }
    // Always open, everywhere, and for the topic alone: each event meets each text.
    let everywhere = |case: &Labelled| Event {
        countries: vec!["*".to_owned()],
        regions: Vec::new(),
        starts_at: Timestamp::MIN,
        ends_at: None,
        severity: Severity::Watch,
        ..case.event.event(ids[case.event.id.as_str()])
    };
    let world = World {
        events: cases.iter().map(everywhere).collect(),
        ..World::default()
    };
    let zones = jiff::tz::TimeZoneDatabase::none();
    for case in &cases {
        let seen = Seen::new(case, ids[case.event.id.as_str()]);
        let input = seen.input(case);
        let at_once = match judge(&input, &world, &zones) {
            Verdict::Allow { .. } => BTreeSet::new(),
            Verdict::Hold { events, .. } => events.into_iter().map(|e| e.event).collect(),
        };
        assert_eq!(at_once, holding_one_by_one(&input, &world.events), "{}", case.id);
    }
}

//! Runs the guard over a file of labelled cases (see `docs/guard.md`) and prints what it gets right.
//!
//! The file is named by `SOUNDPOST_GUARD_CASES`, else it is `../shared/guard/dev.jsonl` beside the checkout; without
//! one the test says that it is skipped.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use soundpost_core::account::Account;
use soundpost_core::delivery::{Approval, Rule};
use soundpost_core::event::{Event, Severity, Source};
use soundpost_core::guard::{Input, approval, holds_back, judge_event};
use soundpost_core::id::{EventId, Id};
use soundpost_core::post::{Audience, Category, Part};
use soundpost_fixtures::build;

/// The share of the holds that must be found.
const RECALL_MIN: f64 = 0.95;
/// The number of posts held for nothing.
const FALSE_HOLDS_MAX: usize = 15;

#[derive(Deserialize)]
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

#[derive(Deserialize)]
struct LabelledEvent {
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
    fn into_event(self) -> Event {
        let mut tags = self.tags.into_iter();
        Event {
            id: EventId(Id::from_u128(1)),
            title: self.title,
            kind: tags.next().unwrap_or_default(),
            summary: String::new(),
            tags: tags.collect(),
            places: self.places,
            entities: Vec::new(),
            countries: self.countries,
            regions: self.regions,
            accounts: self.accounts,
            severity: self.severity,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            review_at: None,
            source: Source::Person {
                name: "news desk".to_owned(),
            },
            flagged_at: self.starts_at,
            ended_at: None,
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

fn run(case: Labelled, score: &mut Score) {
    let mut text = case.post_text;
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
        name: case.brand,
        ..build::account(7)
    };
    let event = case.event.into_event();
    let approval = case.approved_after_flag.then(|| Approval {
        by: "kim".to_owned(),
        reason: "read it".to_owned(),
        at: case.publish_at,
        expires_at: Timestamp::MAX,
        content_sha256: approval::content_sha256(&parts, &case.audience, account.id),
        events: BTreeMap::from([(event.id, approval::event_digest(&event))]),
    });
    let input = Input {
        at: case.publish_at,
        account: &account,
        category: case.category,
        audience: &case.audience,
        language: Some(&case.lang),
        parts: &parts,
        approval: approval.as_ref(),
    };
    let (rule, touches) = judge_event(&input, &event);
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

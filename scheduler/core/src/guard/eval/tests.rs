//! A few cases of our own: what is read, what is judged, what is counted.

use super::score::{Evaluation, Grouping};
use super::*;

/// A storm in Norway, and a post that names waves.
const LINE: &str = r#"{"id":"storm-01","lang":"nb","network":"mastodon","brand":"kiosk","post_text":"Vi surfer på en bølge av tilbud",
    "hashtags":["salg"],"category":"promo","audience":{"countries":["NO"],"regions":[],"languages":["nb"]},
    "publish_at":"2026-11-22T10:00:00+01:00","approved_after_flag":false,"event":{"id":"storm","title":"Storm","summary":"",
    "tags":["storm","Ylva"],"countries":["NO"],"regions":[],"places":["Bergen"],"accounts":[],"severity":"watch",
    "starts_at":"2026-11-22T00:00:00+01:00","ends_at":null,"source":"news flag"},"expected":"hold","rule":"topic",
    "touch":["harm:bølge"],"hard":null,"reason":"waves"}"#;

fn case() -> Case {
    Case::read(LINE).unwrap()
}

#[test]
fn a_case_is_judged_on_its_own_event() {
    let judged = case().judge();
    assert_eq!(judged.rule, Rule::Topic);
    assert!(judged.touches.iter().any(|t| t.found == "bølge"), "{judged:?}");
    let mut elsewhere = case();
    elsewhere.audience.countries = vec!["PT".to_owned()];
    assert_eq!(elsewhere.judge().rule, Rule::NoAreaOverlap);
    let mut approved = case();
    approved.approved_after_flag = true;
    assert_eq!(approved.judge().rule, Rule::ApprovedByPerson);
    let mut late = case();
    late.event.ends_at = Some(late.publish_at - jiff::SignedDuration::from_secs(1));
    assert_eq!(late.judge().rule, Rule::OutOfWindow);
    let mut of_another = case();
    of_another.event.accounts = vec!["Ferje".to_owned()];
    assert_eq!(of_another.judge().rule, Rule::OtherAccount);
}

#[test]
fn hashtags_count_once_and_also_without_standing_in_the_text() {
    let mut case = case();
    case.text = "Alt til halv pris #SALG".to_owned();
    case.hashtags = vec!["salg".to_owned(), "ylva".to_owned()];
    assert_eq!(case.whole_text(), "Alt til halv pris #SALG #ylva");
    assert_eq!(case.judge().rule, Rule::Topic);
}

#[test]
fn languages_countries_and_kinds_never_seen_are_just_judged() {
    let mut case = case();
    case.language = Some("tlh-Qaak-x-none".to_owned());
    case.audience.countries = vec!["XX".to_owned()];
    case.event.countries = vec!["XX".to_owned()];
    case.event.tags = vec!["meteorite".to_owned()];
    assert_eq!(case.judge().rule, Rule::NoTopic);
    case.event.severity = Severity::Critical;
    assert_eq!(case.judge().rule, Rule::ScopeAll);
    case.event.tags.clear();
    case.event.countries.clear();
    assert_eq!(case.judge().rule, Rule::ScopeAll);
}

#[test]
fn what_may_be_left_out_may_also_be_null() {
    let short = r#"{"id":"a","lang":null,"post_text":"Hello","hashtags":null,"category":"info","audience":null,
        "publish_at":"2026-11-22T10:00:00Z","event":{"title":"Storm","severity":"high","starts_at":"2026-11-22T00:00:00Z"},
        "expected":"allow"}"#;
    assert_eq!(Case::read(short).unwrap().judge().rule, Rule::NoTopic);
}

#[test]
fn a_bad_line_says_what_and_where() {
    let column = |line: &str| Case::read(line).unwrap_err();
    assert!(
        column("{\"id\":\"a\"}").contains("missing field `post_text`"),
        "{}",
        column("{\"id\":\"a\"}")
    );
    let with = |from: &str, to: &str| column(&LINE.replace(from, to));
    assert!(with("\"promo\"", "\"sales\"").contains("unknown variant `sales`"));
    assert!(with("\"watch\"", "\"mild\"").contains("unknown variant `mild`"));
    assert!(with("2026-11-22T10", "2026-13-22T10").starts_with("column "));
    assert!(with("\"hold\"", "\"block\"").contains("unknown variant `block`"));
}

#[test]
fn what_is_counted_adds_up() {
    let mut evaluation = Evaluation::default();
    let mut missed = case();
    missed.id = "missed".to_owned();
    missed.text = "Ingenting".to_owned();
    missed.hard = Some("no word".to_owned());
    let mut held_for_nothing = case();
    held_for_nothing.id = "held for nothing".to_owned();
    held_for_nothing.expected = Expected::Allow;
    let mut allowed = missed.clone();
    allowed.expected = Expected::Allow;
    allowed.rule = Some("no_area_overlap".to_owned());
    for case in [case(), missed, held_for_nothing, allowed] {
        evaluation.add(case);
    }
    let all = evaluation.all;
    assert_eq!((all.found, all.missed, all.false_holds, all.let_go), (1, 1, 1, 1));
    assert_eq!(
        (all.recall(), all.precision(), all.false_hold_rate()),
        (0.5, 0.5, 0.5)
    );
    let wrong: Vec<&str> = evaluation.wrong.iter().map(|w| w.case.id.as_str()).collect();
    assert_eq!(wrong, ["missed", "held for nothing"]);
    assert_eq!(evaluation.other_rule, ["missed"]);
    let hard = evaluation.groups[&Grouping::Hardness]["hard"];
    assert_eq!((hard.cases(), hard.recall()), (2, 0.0));
}

#[test]
fn of_nothing_nothing_is_missed() {
    let none = score::Counts::default();
    assert_eq!(
        (none.recall(), none.precision(), none.false_hold_rate()),
        (1.0, 1.0, 0.0)
    );
}

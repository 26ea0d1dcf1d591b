//! `guard eval`: how well the guard judged, counted apart, and each case that is wrong with why.

use serde_json::{Value, json};
use soundpost_core::delivery::Touch;
use soundpost_core::guard::eval::Expected;
use soundpost_core::guard::eval::score::{Counts, Evaluation, Wrong};

use super::{escaped, heading, wrap};
use crate::output::{Screen, table};

/// One object on one line. It stands bare, so that programs that compare guards find its numbers at once.
pub fn json(evaluation: &Evaluation) -> String {
    let mut value = numbers(evaluation.all);
    let groups = evaluation.groups.iter().map(|(grouping, groups)| {
        let groups = groups
            .iter()
            .map(|(name, counts)| (name.clone(), numbers(*counts)));
        (grouping.name().to_owned(), Value::Object(groups.collect()))
    });
    value["by"] = Value::Object(groups.collect());
    value["wrong"] = evaluation.wrong.iter().map(|w| w.case.id.as_str()).collect();
    value["wrong_cases"] = evaluation.wrong.iter().map(wrong_json).collect();
    value["other_rule"] = evaluation.other_rule.iter().map(String::as_str).collect();
    value["unexplained"] = evaluation.unexplained.iter().map(String::as_str).collect();
    escaped(&value.to_string())
}

fn numbers(counts: Counts) -> Value {
    json!({
        "cases": counts.cases(), "holds": counts.holds(), "allows": counts.allows(),
        "found": counts.found, "missed": counts.missed, "false_holds": counts.false_holds,
        "recall": counts.recall(), "precision": counts.precision(), "false_hold_rate": counts.false_hold_rate(),
    })
}

fn wrong_json(wrong: &Wrong) -> Value {
    let case = &wrong.case;
    json!({
        "id": case.id, "error": error(wrong), "language": case.language, "category": case.category,
        "severity": case.event.severity, "event": case.event.title, "text": case.text,
        "rule": wrong.rule, "rule_expected": case.rule, "touches": wrong.touches, "touch_expected": case.touch,
        "reason": case.reason, "hard": case.hard,
    })
}

fn error(wrong: &Wrong) -> &'static str {
    match wrong.case.expected {
        Expected::Hold => "missed",
        Expected::Allow => "false_hold",
    }
}

/// The same for people.
pub fn screen(screen: &Screen, evaluation: &Evaluation) -> String {
    let mut out = summary(screen, evaluation);
    for (grouping, groups) in &evaluation.groups {
        out.push_str(&heading(screen, &format!("by {}", grouping.name())));
        let rows: Vec<Vec<String>> = groups.iter().map(|(name, counts)| row(name, *counts)).collect();
        out.push_str(&table(screen, &[grouping.name(), "found", "false holds"], &rows));
        out.push('\n');
    }
    let total = match evaluation.wrong.len() {
        0 => "no case is wrong".to_owned(),
        1 => "1 case is wrong".to_owned(),
        n => format!("{n} cases are wrong"),
    };
    out.push_str(&heading(screen, &total));
    for wrong in &evaluation.wrong {
        out.push_str(&explained(screen, wrong));
    }
    for (what, ids) in [
        (
            "right, by another rule than the label says",
            &evaluation.other_rule,
        ),
        (
            "rightly held, without the words that the label names",
            &evaluation.unexplained,
        ),
    ] {
        if !ids.is_empty() {
            out.push_str(&heading(screen, &format!("{what}: {}", ids.len())));
            out.push_str(&format!("  {}\n", wrap(screen, &ids.join(", "), 2)));
        }
    }
    out
}

fn summary(screen: &Screen, evaluation: &Evaluation) -> String {
    let all = evaluation.all;
    let lines = [
        format!("{} cases, each judged on its own event.", all.cases()),
        format!(
            "Recall {:.3}: {} are held.",
            all.recall(),
            of(all.found, all.holds())
        ),
        format!(
            "Precision {:.3}: of {} held, {} rightly.",
            all.precision(),
            all.found + all.false_holds,
            all.found
        ),
        format!(
            "False holds {:.3}: {} that may go are held.",
            all.false_hold_rate(),
            of(all.false_holds, all.allows())
        ),
    ];
    let lines = lines.iter().map(|line| format!("{}\n", wrap(screen, line, 0)));
    lines.collect()
}

fn of(part: usize, whole: usize) -> String {
    format!("{part} of {whole}")
}

fn row(name: &str, counts: Counts) -> Vec<String> {
    let share = |part, whole, share: f64| match whole {
        0 => "-".to_owned(),
        _ => format!("{} ({:.0} %)", of(part, whole), 100.0 * share),
    };
    vec![
        name.to_owned(),
        share(counts.found, counts.holds(), counts.recall()),
        share(counts.false_holds, counts.allows(), counts.false_hold_rate()),
    ]
}

/// What happened, what should have, and why.
fn explained(screen: &Screen, wrong: &Wrong) -> String {
    let case = &wrong.case;
    let word = match case.expected {
        Expected::Hold => screen.styles().red("missed"),
        Expected::Allow => screen.styles().yellow("held for nothing"),
    };
    let mut out = format!(
        "  - {word}: {}\n",
        wrap(screen, &case.id, 6 + word.to_string().len())
    );
    let detail = |text: &str| format!("    {}\n", wrap(screen, text, 4));
    out.push_str(&detail(&format!("\"{}\"", case.text)));
    let event = &case.event;
    out.push_str(&detail(&format!(
        "{}, {}: {}",
        case.category, event.severity, event.title
    )));
    let by = match &case.rule {
        Some(rule) if *rule != wrong.rule.to_string() => {
            format!("rule {}, and the label says {rule}", wrong.rule)
        }
        _ => format!("rule {}", wrong.rule),
    };
    out.push_str(&detail(&format!(
        "{by}; found {}; the label names {}",
        touches(&wrong.touches),
        listed(&case.touch)
    )));
    let why = [
        ("labelled so because", &case.reason),
        ("hard because", &case.hard),
    ];
    for (what, said) in why {
        if let Some(said) = said {
            out.push_str(&detail(&format!("{what}: {said}")));
        }
    }
    out
}

fn touches(touches: &[Touch]) -> String {
    let mut named: Vec<String> = Vec::new();
    for touch in touches {
        let name = format!("{}:{}", touch.kind, touch.found);
        if !named.contains(&name) {
            named.push(name);
        }
    }
    listed(&named)
}

fn listed(words: &[String]) -> String {
    match words {
        [] => "no words".to_owned(),
        words => words.join(", "),
    }
}

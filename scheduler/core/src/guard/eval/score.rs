//! What many judged cases come to: recall, precision, false holds, and every case that is wrong.

use std::collections::BTreeMap;

use super::{Case, Expected, Judged};
use crate::delivery::{Rule, Touch};

/// How many cases were judged, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Shall be held, and are.
    pub found: usize,
    /// Shall be held, and are not.
    pub missed: usize,
    /// Shall go, and are held.
    pub false_holds: usize,
    /// Shall go, and do.
    pub let_go: usize,
}

impl Counts {
    fn add(&mut self, expected: Expected, holds: bool) {
        let count = match (expected, holds) {
            (Expected::Hold, true) => &mut self.found,
            (Expected::Hold, false) => &mut self.missed,
            (Expected::Allow, true) => &mut self.false_holds,
            (Expected::Allow, false) => &mut self.let_go,
        };
        *count += 1;
    }

    /// All cases.
    pub fn cases(self) -> usize {
        self.holds() + self.allows()
    }

    /// The cases that shall be held.
    pub fn holds(self) -> usize {
        self.found + self.missed
    }

    /// The cases that shall go.
    pub fn allows(self) -> usize {
        self.false_holds + self.let_go
    }

    /// The share of what shall be held that is; 1 when there is none.
    pub fn recall(self) -> f64 {
        share(self.found, self.holds(), 1.0)
    }

    /// The share of what is held that shall be; 1 when nothing is held.
    pub fn precision(self) -> f64 {
        share(self.found, self.found + self.false_holds, 1.0)
    }

    /// The share of what shall go that is held; 0 when there is none.
    pub fn false_hold_rate(self) -> f64 {
        share(self.false_holds, self.allows(), 0.0)
    }
}

fn share(part: usize, whole: usize, of_nothing: f64) -> f64 {
    if whole == 0 {
        of_nothing
    } else {
        part as f64 / whole as f64
    }
}

/// By what cases are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grouping {
    /// The language of the post.
    Language,
    /// The severity of the event.
    Severity,
    /// The category of the post.
    Category,
    /// The rule that shall decide.
    Rule,
    /// Whether the case is marked as hard.
    Hardness,
}

impl Grouping {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Grouping; 5] = [
        Grouping::Language,
        Grouping::Severity,
        Grouping::Category,
        Grouping::Rule,
        Grouping::Hardness,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Grouping::Language => "language",
            Grouping::Severity => "severity",
            Grouping::Category => "category",
            Grouping::Rule => "rule",
            Grouping::Hardness => "hardness",
        }
    }

    fn of(self, case: &Case) -> String {
        let not_said = || "not said".to_owned();
        match self {
            Grouping::Language => case.language.clone().unwrap_or_else(not_said),
            Grouping::Severity => case.event.severity.to_string(),
            Grouping::Category => case.category.to_string(),
            Grouping::Rule => case.rule.clone().unwrap_or_else(not_said),
            Grouping::Hardness if case.hard.is_some() => "hard".to_owned(),
            Grouping::Hardness => "plain".to_owned(),
        }
    }
}

/// A case that the guard judged otherwise than its label says.
#[derive(Debug, Clone)]
pub struct Wrong {
    /// The case.
    pub case: Case,
    /// The rule that decided.
    pub rule: Rule,
    /// The words that were found to touch the event.
    pub touches: Vec<Touch>,
}

/// What many judged cases come to.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// All cases together.
    pub all: Counts,
    /// The same, counted apart.
    pub groups: BTreeMap<Grouping, BTreeMap<String, Counts>>,
    /// The cases with the wrong verdict, in their order.
    pub wrong: Vec<Wrong>,
    /// Ids of the cases with the right verdict by another rule than the label says.
    pub other_rule: Vec<String>,
    /// Ids of the cases that are rightly held, but none of the words that the label names were found.
    pub unexplained: Vec<String>,
}

impl Evaluation {
    /// Judges a case and counts it.
    pub fn add(&mut self, case: Case) {
        let Judged { rule, touches } = case.judge();
        let holds = super::holds_back(rule);
        self.all.add(case.expected, holds);
        for grouping in Grouping::ALL {
            let groups = self.groups.entry(grouping).or_default();
            groups
                .entry(grouping.of(&case))
                .or_default()
                .add(case.expected, holds);
        }
        if holds != (case.expected == Expected::Hold) {
            self.wrong.push(Wrong { case, rule, touches });
            return;
        }
        if holds && touches.is_empty() && !case.touch.is_empty() {
            self.unexplained.push(case.id.clone());
        }
        if case.rule.as_ref().is_some_and(|said| *said != rule.to_string()) {
            self.other_rule.push(case.id);
        }
    }
}

//! The state machine: its drawing, its table, and its words in the journal.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Debug;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use soundpost_core::actor::Actor;
use soundpost_core::change::{ENTRY_VERSION, Entry};
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::table::{MoveName, drawing, targets};
use soundpost_core::delivery::{Delivery, StateName};
use soundpost_core::schedule::{Adjusted, Due};
use soundpost_fixtures::build::{self, BEGIN, minute};
use soundpost_tests::world::samples::{
    a_move, all_moves, changes, events, fence, halt_causes, hold_reasons, receipt, states, three_parts,
    walked,
};

const FENCE_OPEN: &str = "```mermaid\n";
const FENCE_CLOSE: &str = "```";

fn page() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/state-machine.md")
}

/// The page before, in and after its drawing.
fn split(page: &str) -> (&str, &str, &str) {
    let (before, rest) = page
        .split_once(FENCE_OPEN)
        .expect("the page has a mermaid drawing");
    let (drawing, after) = rest.split_once(FENCE_CLOSE).expect("the drawing ends");
    (before, drawing, after)
}

#[test]
fn the_drawing_in_the_docs_is_the_table() {
    let path = page();
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, drawn, after) = split(&text);
    if drawn == drawing() {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        let new = format!("{before}{FENCE_OPEN}{}{FENCE_CLOSE}{after}", drawing());
        std::fs::write(&path, new).unwrap();
        return;
    }
    let wrong = |a: &str, b: &str| -> Vec<String> {
        let missing = a.lines().filter(|line| !b.lines().any(|other| other == *line));
        missing.map(str::to_owned).collect()
    };
    panic!(
        "docs/state-machine.md no longer draws the table of scheduler/core/src/delivery/table.rs.\n\
         only in the page: {:#?}\nonly in the table: {:#?}\n\
         Draw it anew with:  UPDATE_DOCS=1 cargo test -p soundpost-tests --test state_machine\n\
         and then describe what changed in the words below the drawing.",
        wrong(drawn, &drawing()),
        wrong(&drawing(), drawn),
    );
}

#[test]
fn the_docs_explain_every_state_and_move() {
    let text = std::fs::read_to_string(page()).unwrap();
    let (_, _, words) = split(&text);
    let explained = |name: &str| words.contains(&format!("| `{name}` |"));
    let states = StateName::ALL.into_iter().map(StateName::name);
    let moves = MoveName::ALL.into_iter().map(MoveName::name);
    let missing: Vec<&str> = states.chain(moves).filter(|name| !explained(name)).collect();
    assert!(
        missing.is_empty(),
        "docs/state-machine.md has no row for {missing:?}"
    );
}

#[test]
fn every_state_is_reached_by_legal_moves() {
    let all = walked();
    for state in StateName::ALL {
        assert!(
            all.iter().any(|d| d.state_name() == state),
            "{state} was never reached"
        );
    }
}

#[test]
fn a_move_does_what_the_table_says_and_nothing_else() {
    let mut made = 0;
    for delivery in walked() {
        let from = delivery.state_name();
        for name in MoveName::ALL {
            let allowed = targets(from, name);
            match delivery.after_move(a_move(name, &delivery), minute(1)) {
                Ok(next) => {
                    let to = next.state_name();
                    assert!(allowed.contains(&to), "{from} by {name:?} led to {to}");
                    assert_eq!(next.version, delivery.version + 1);
                    made += 1;
                }
                // A retraction of a part without receipt, an edit of what is partly public: its own facts forbid it.
                Err(error) if !allowed.is_empty() => assert!(!error.why.contains("docs/"), "{error}"),
                Err(error) => assert!(error.why.contains("docs/state-machine.md"), "{error}"),
            }
        }
    }
    assert!(made > 200, "{made}");
}

#[test]
fn every_arrow_of_the_table_is_taken_by_some_delivery() {
    let all = walked();
    for from in StateName::ALL {
        for name in MoveName::ALL {
            for to in targets(from, name) {
                let leads = |d: &&Delivery| {
                    let mut next = all_moves(name, d)
                        .into_iter()
                        .flat_map(|mv| d.after_move(mv, minute(1)));
                    d.state_name() == from && next.any(|n| n.state_name() == *to)
                };
                assert!(
                    all.iter().any(|d| leads(&d)),
                    "{from} by {name:?} never led to {to}"
                );
            }
        }
    }
}

#[test]
fn d7_published_is_only_written_with_a_receipt_of_every_part() {
    for delivery in walked() {
        let parts: Vec<u16> = delivery.receipts.iter().map(|r| r.part).collect();
        let in_order: Vec<u16> = (1..).take(parts.len()).collect();
        assert_eq!(parts, in_order);
        let all_public = parts.len() == usize::from(delivery.parts_total);
        match delivery.state_name() {
            StateName::Published => assert!(all_public, "{delivery:?}"),
            StateName::Gone => assert!(!parts.is_empty(), "{delivery:?}"),
            StateName::Cancelled => {}
            _ => assert!(!all_public, "{delivery:?}"),
        }
    }
}

#[test]
fn d7_a_receipt_of_another_part_is_refused() {
    let fenced = three_parts(false)
        .after_move(Move::Fence(fence(1)), BEGIN)
        .unwrap();
    for part in [0, 2, 3] {
        fenced
            .after_move(Move::PartPublished(receipt(part)), BEGIN)
            .unwrap_err();
    }
    three_parts(false)
        .after_move(Move::Fence(fence(2)), BEGIN)
        .unwrap_err();
}

fn reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    let back: T = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}\n{json}"));
    assert_eq!(*value, back, "{json}");
    let json_again = serde_json::to_string(&back).unwrap();
    assert_eq!(json, json_again);
}

#[test]
fn every_state_reason_and_cause_reads_back() {
    halt_causes().iter().for_each(reads_back);
    hold_reasons().iter().for_each(reads_back);
    let states = states();
    for name in StateName::ALL {
        assert!(
            states.iter().any(|state| state.name() == name),
            "{name} is not tried"
        );
    }
    states.iter().for_each(reads_back);
}

#[test]
fn every_delivery_on_its_way_reads_back() {
    walked().iter().for_each(reads_back);
}

#[test]
fn every_change_reads_back_inside_its_entry() {
    events().iter().for_each(reads_back);
    for change in changes() {
        reads_back(&change);
        reads_back(&Entry {
            v: ENTRY_VERSION,
            seq: 7,
            at: BEGIN,
            by: Actor::Person("anna".to_owned()),
            reason: "a test".to_owned(),
            change,
        });
    }
}

#[test]
fn a_due_time_reads_back_with_what_was_adjusted() {
    let due = build::due(BEGIN);
    let asked = due.wall;
    for adjusted in [
        Some(Adjusted::Gap { asked }),
        Some(Adjusted::Fold { later: minute(60) }),
        None,
    ] {
        reads_back(&Due {
            adjusted,
            ..due.clone()
        });
    }
}

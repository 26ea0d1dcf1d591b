//! Whatever the damage: nothing panics, and nothing goes out twice.

use std::fs;

use soundpost_tests::crash::dice::{Dice, rounds};
use soundpost_tests::doctor::damage::{at_random, files_below};
use soundpost_tests::doctor::patient::Patient;

use super::{calm, started};

/// How many things are damaged; `SOUNDPOST_CRASH_ROUNDS` says another number.
const ROUNDS: u64 = 8;

/// The ids of what is public, and when each was made public, by the outbox itself.
fn published(patient: &Patient) -> Vec<(String, std::time::SystemTime)> {
    let shop = patient.path("outbox/shop");
    let at =
        |name: &String| fs::metadata(shop.join(name).join("post.json")).and_then(|found| found.modified());
    let names = patient.bench.published("shop");
    names
        .into_iter()
        .map(|name| (name.clone(), at(&name).expect("it is finished")))
        .collect()
}

#[test]
fn d2_whatever_is_damaged_nothing_panics_and_nothing_goes_out_twice() {
    let patient = Patient::new();
    let mut dice = Dice::announced("doctor");
    let sent = published(&patient);
    assert_eq!(sent.len(), 2);
    for round in 0..rounds(ROUNDS) {
        patient.heal();
        // What is healed is written anew; so this is when it "was made public".
        let before = published(&patient);
        let files = files_below(&patient.bench.home(), &["outbox"]);
        let mut done = Vec::new();
        for _ in 0..=dice.below(2) {
            let path = &files[usize::try_from(dice.below(files.len() as u64)).expect("an index")];
            if path.exists() {
                done.push(at_random(&mut dice, path));
            }
        }
        let context = format!("round {round}: {}", done.join(", "));
        for line in ["doctor", "doctor --json", "status"] {
            calm(&context, line, &patient.run(line));
        }
        started(&context, &patient);
        assert_eq!(published(&patient), before, "{context}: something went out");
        calm(&context, "pause", &patient.run("pause drill"));
        calm(&context, "doctor --rebuild", &patient.run("doctor --rebuild"));
        started(&context, &patient);
        assert_eq!(
            published(&patient),
            before,
            "{context}: something went out after a rebuild"
        );
    }
}

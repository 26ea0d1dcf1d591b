//! What people see of the guard, with the real program.

use serde_json::Value;

use soundpost_tests::cli::bench::Bench;
use soundpost_tests::house::files::root;

#[test]
fn labelled_cases_are_measured_without_a_queue() {
    let bench = Bench::empty();
    let file = root().join("fixtures/guard/cases.jsonl");
    let file = file.to_str().unwrap();
    let screen = bench.run(&["guard", "eval", file]).well();
    assert!(
        screen.out.contains("Recall 1.000: 2 of 2 are held."),
        "{screen:?}"
    );
    let json = bench.run(&["guard", "eval", file, "--json"]).well().json();
    assert_eq!((&json["cases"], &json["recall"]), (&8.into(), &1.0.into()));
    assert_eq!(json["by"]["language"]["nb"]["cases"], 4);
    assert_eq!(json["wrong"], Value::Array(Vec::new()));
}

#[test]
fn a_wrong_case_is_named_with_why() {
    let bench = Bench::empty();
    let cases = std::fs::read_to_string(root().join("fixtures/guard/cases.jsonl")).unwrap();
    let turned = cases.replacen("\"expected\": \"hold\"", "\"expected\": \"allow\"", 1);
    bench.file("cases.jsonl", turned.as_bytes());
    let screen = bench.run(&["guard", "eval", "cases.jsonl"]).well();
    for said in [
        "held for nothing: storm-ylva-01",
        "found harm:bølge",
        "1 case is wrong",
    ] {
        assert!(screen.out.contains(said), "{said}: {}", screen.out);
    }
    let json = bench
        .run(&["guard", "eval", "cases.jsonl", "--json"])
        .well()
        .json();
    assert_eq!(json["wrong"], serde_json::json!(["storm-ylva-01"]));
    assert_eq!(json["wrong_cases"][0]["error"], "false_hold");
}

//! The rules that this workspace keeps about itself. A failure lists every place that breaks one.

use std::collections::BTreeSet;
use std::fs;

use soundpost_tests::house::code::{Mention, mentions};
use soundpost_tests::house::files::{SourceFile, files_for_git, root, rust_files};
use soundpost_tests::house::functions::functions;
use soundpost_tests::house::packages::{Reach, dependencies, external_packages, our_packages};

const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 500;

/// Fails with `rule` and the offenders, one a line, if there are any.
fn assert_none(rule: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "\n{rule}:\n  {}\n", offenders.join("\n  "));
}

fn manifest() -> String {
    fs::read_to_string(root().join("Cargo.toml")).expect("the workspace has a manifest")
}

/// The mentions in `files` that `breaks` points at, as `path:line: name`.
fn offences(files: &[SourceFile], breaks: impl Fn(&SourceFile, &Mention) -> bool) -> Vec<String> {
    let mut offenders = Vec::new();
    for file in files {
        match mentions(&file.text) {
            Ok(all) => offenders.extend(
                all.iter()
                    .filter(|mention| breaks(file, mention))
                    .map(|mention| format!("{}:{}: {}", file.path, mention.line, mention.path)),
            ),
            Err(error) => offenders.push(format!("{}: {error}", file.path)),
        }
    }
    offenders
}

// --- borders between packages ---

#[test]
fn packages_depend_only_on_what_lies_inward() {
    let ours = our_packages(&manifest());
    let allowed: [(&str, &[&str]); 4] = [
        ("soundpost-core", &[]),
        ("soundpost-store", &["soundpost-core"]),
        ("soundpost-adapters", &["soundpost-core"]),
        (
            "soundpost-cli",
            &["soundpost-core", "soundpost-store", "soundpost-adapters"],
        ),
    ];
    let mut offenders = Vec::new();
    for (package, allowed) in allowed {
        let found = dependencies(package, Reach::All);
        let beyond = found
            .iter()
            .filter(|name| ours.contains(*name) || name.starts_with("soundpost"));
        let beyond = beyond.filter(|name| !allowed.contains(&name.as_str()));
        offenders.extend(beyond.map(|name| format!("{package} -> {name}")));
    }
    assert_none("a package depends on one that lies further out", &offenders);
}

#[test]
fn the_core_needs_no_runtime_no_http_client_and_no_database() {
    let found = dependencies("soundpost-core", Reach::All);
    let banned = ["tokio", "reqwest", "hyper", "rustls", "sled", "rustix", "rand"];
    let offenders: Vec<String> = banned
        .iter()
        .filter(|name| found.contains(**name))
        .map(|name| format!("soundpost-core -> {name}"))
        .collect();
    assert_none(
        "the core depends, itself or through others, on what touches the outside",
        &offenders,
    );
}

#[test]
fn each_great_dependency_has_one_owner() {
    let owners = [
        ("sled", "soundpost-store"),
        ("reqwest", "soundpost-adapters"),
        ("tokio-cron-scheduler", "soundpost-cli"),
    ];
    let mut offenders = Vec::new();
    for package in our_packages(&manifest()) {
        let direct = dependencies(&package, Reach::Direct);
        let taken = owners
            .iter()
            .filter(|(name, owner)| direct.contains(*name) && *owner != package);
        offenders.extend(taken.map(|(name, owner)| format!("{package} -> {name}, which is {owner}'s")));
    }
    assert_none("a package depends on what only another may use", &offenders);
}

// --- what code may name where ---

#[test]
fn one_file_knows_the_http_client() {
    let files = rust_files();
    let others = files
        .iter()
        .filter(|file| !file.is_house_rule() && file.path != "adapters/src/transport.rs");
    let offenders: Vec<String> = others
        .filter(|file| file.text.contains("reqwest"))
        .map(|file| file.path.clone())
        .collect();
    assert_none(
        "only adapters/src/transport.rs may name reqwest, even in a comment",
        &offenders,
    );
}

#[test]
fn one_folder_knows_the_database() {
    let offenders = offences(&rust_files(), |file, mention| {
        let at_home =
            file.path.starts_with("scheduler/store/src/sled/") || file.path == "scheduler/store/src/sled.rs";
        !at_home && mention.path.trim_start_matches("::").starts_with("sled::")
    });
    assert_none(
        "only the files under scheduler/store/src/sled may name sled::",
        &offenders,
    );
}

#[test]
fn the_core_is_deterministic() {
    let files: Vec<SourceFile> = rust_files()
        .into_iter()
        .filter(|file| file.path.starts_with("scheduler/core/src/") && !file.is_test())
        .collect();
    let banned = [
        "HashMap",
        "HashSet",
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "std::env",
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
    ];
    let offenders = offences(&files, |_, mention| {
        !mention.in_test && banned.iter().any(|name| mention.names(name))
    });
    assert_none("the core keeps order and reads nothing from outside", &offenders);
}

#[test]
fn feeds_and_events_never_reach_what_makes_posts() {
    let makes_posts = |path: &str| {
        let core = ["intake", "post", "frozen", "stage", "statement", "receipt"];
        let is_core = core
            .iter()
            .any(|name| path == format!("scheduler/core/src/{name}.rs"));
        let is_network = path.starts_with("adapters/src/") && path != "adapters/src/feeds.rs";
        is_core || is_network || path == "cli/src/app/posting.rs" || path == "cli/src/command/posting.rs"
    };
    let banned = [
        "guard::feed",
        "guard::calendar",
        "event::Event",
        "feed::Feed",
        "trends::TrendsList",
        "feed_source",
    ];
    let offenders = offences(&rust_files(), |file, mention| {
        makes_posts(&file.path) && banned.iter().any(|name| mention.names(name))
    });
    assert_none(
        "what silences never suggests: no text of a feed, an event or a calendar may reach a post",
        &offenders,
    );
}

#[test]
fn nothing_is_silenced_skipped_or_left_for_later() {
    let offenders = offences(&rust_files(), |_, mention| {
        let attribute = mention.in_attribute && ["allow", "ignore"].contains(&mention.path.as_str());
        attribute || mention.is_macro && (mention.names("todo") || mention.names("unimplemented"))
    });
    assert_none(
        "#[allow], #[ignore], todo!() and unimplemented!() (use #[expect(.., reason)])",
        &offenders,
    );
}

#[test]
fn tests_wait_for_things_and_never_just_wait() {
    let offenders = offences(&rust_files(), |file, mention| {
        let sleeps = mention.names("thread::sleep") || mention.names("time::sleep");
        sleeps && (file.is_test() || mention.in_test) && !is_bounded_poll(&file.text, mention.line)
    });
    assert_none(
        "a test sleeps; a bounded poll says `// polls: what` on that line or before it",
        &offenders,
    );
}

/// Whether `line`, from 1, or the line before it says what is polled.
fn is_bounded_poll(text: &str, line: usize) -> bool {
    let near = text
        .lines()
        .skip(line.saturating_sub(2))
        .take(if line < 2 { 1 } else { 2 });
    near.filter_map(|line| line.split_once("// polls:"))
        .any(|(_, what)| !what.trim().is_empty())
}

// --- size ---

#[test]
fn functions_are_short() {
    let mut offenders = Vec::new();
    for file in rust_files() {
        match functions(&file.text) {
            Ok(all) => offenders.extend(
                all.iter()
                    .filter(|function| function.lines > FUNCTION_LINES_MAX)
                    .map(|found| {
                        format!(
                            "{}:{}: {} has {} lines",
                            file.path, found.line, found.name, found.lines
                        )
                    }),
            ),
            Err(error) => offenders.push(format!("{}: {error}", file.path)),
        }
    }
    assert_none("a function is longer than 70 lines", &offenders);
}

#[test]
fn files_are_short_or_say_why_not() {
    let mut offenders = Vec::new();
    for file in rust_files() {
        let lines = file.text.lines().count();
        let mut head = file
            .text
            .lines()
            .take(15)
            .filter_map(|line| line.split_once("// long file:"));
        let explained = head.any(|(_, reason)| !reason.trim().is_empty());
        if lines > FILE_LINES_MAX && !explained {
            offenders.push(format!("{} has {lines} lines", file.path));
        }
    }
    assert_none(
        "a file is longer than 500 lines and does not say `// long file: why` at its top",
        &offenders,
    );
}

// --- what lies beside the code ---

#[test]
fn every_dependency_is_explained_once() {
    let text =
        fs::read_to_string(root().join("docs/dependencies.md")).expect("docs/dependencies.md is there");
    let mut explained = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let name = cells.next().unwrap_or_default().trim_matches('`');
        if cells.next().is_some_and(|why| !why.is_empty()) {
            explained.push(name.to_owned());
        }
    }
    let wanted = external_packages(&manifest());
    let known: BTreeSet<String> = explained.iter().cloned().collect();
    let mut offenders: Vec<String> = wanted
        .difference(&known)
        .map(|name| format!("{name} is not explained"))
        .collect();
    offenders.extend(
        known
            .difference(&wanted)
            .map(|name| format!("{name} is not a dependency any more")),
    );
    if explained.len() != known.len() {
        offenders.push("a package has two lines".to_owned());
    }
    assert_none(
        "docs/dependencies.md has one line for each external package, with a reason",
        &offenders,
    );
}

#[test]
fn files_name_no_place_on_a_developers_machine_and_end_lines_one_way() {
    // In halves, so that this file does not offend.
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let mut offenders = Vec::new();
    for path in files_for_git() {
        let Ok(content) = fs::read(root().join(&path)) else {
            continue;
        };
        let is_text = !content.iter().take(8000).any(|byte| *byte == 0);
        for (at, line) in content.split(|byte| *byte == b'\n').enumerate() {
            if places.iter().any(|place| names_place(line, place)) {
                offenders.push(format!("{path}:{}: a path of one machine", at + 1));
            }
            if is_text && line.ends_with(b"\r") {
                offenders.push(format!("{path}:{}: a carriage return ends the line", at + 1));
            }
        }
    }
    assert_none("a file would not make sense on another machine", &offenders);
}

/// Whether `line` has `place` in it where a path begins.
fn names_place(line: &[u8], place: &str) -> bool {
    let mut hits = line
        .windows(place.len())
        .enumerate()
        .filter(|(_, part)| *part == place.as_bytes());
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.})$".contains(&byte);
    hits.any(|(at, _)| at == 0 || !inside(line[at - 1]))
}

/// The `file::test` in back quotes, with the lines they stand in.
fn named_tests(page: &str) -> Vec<(usize, String, String)> {
    let quoted = |(at, line): (usize, &str)| -> Vec<(usize, String)> {
        line.split('`')
            .skip(1)
            .step_by(2)
            .map(|word| (at + 1, word.to_owned()))
            .collect()
    };
    let words = page.lines().enumerate().flat_map(quoted);
    words
        .filter_map(|(at, word)| {
            let (file, test) = word.split_once(".rs::")?;
            Some((at, format!("{file}.rs"), test.to_owned()))
        })
        .collect()
}

#[test]
fn every_corner_names_tests_that_are_there() {
    let page = fs::read_to_string(root().join("docs/corners.md")).expect("docs/corners.md is there");
    let stories =
        fs::read_to_string(root().join("tests/tests/promises.rs")).expect("the list of stories is there");
    let named = named_tests(&page);
    assert!(named.len() > 60, "the page is read: {}", named.len());
    let is_there = |file: &str, test: &str| {
        let text = fs::read_to_string(root().join(file)).unwrap_or_default();
        let has = text.contains(&format!("fn {test}("));
        // A story is only run when it is listed.
        has && (!file.starts_with("tests/src/promises/") || stories.lines().any(|line| line.trim() == test))
    };
    let missing = named.iter().filter(|(_, file, test)| !is_there(file, test));
    let offenders: Vec<String> = missing
        .map(|(at, file, test)| format!("line {at}: {file}::{test}"))
        .collect();
    assert_none("docs/corners.md names a test that is not there", &offenders);
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| corner |"));
    let bare: Vec<String> = rows
        .filter(|row| !row.contains(".rs::"))
        .map(str::to_owned)
        .collect();
    assert_none("a row of docs/corners.md names no test", &bare);
}

// --- the rules see what they are meant to see ---

#[test]
fn names_are_found_in_groups_attributes_and_macros_but_not_in_text() {
    let text = r##"
        //! HashMap in a comment, #[allow(x)]
        use std::{collections::{BTreeMap, HashMap as H}, env};
        #[cfg_attr(unix, allow(dead_code))]
        fn f() { vec![::std::env::var("std::fs")]; a != todo; crate::todo!("x"); Vec::<u8>::new() }
        #[cfg(test)]
        mod tests { fn g() { Instant::now(); } }
        #[tokio::test(start_paused = true)]
        async fn i() { tokio::time::sleep(x).await; }
        #[cfg(not(test))]
        fn h() { SystemTime::now(); }
    "##;
    let all = mentions(text).unwrap();
    let one = |name: &str| {
        all.iter()
            .filter(|mention| mention.names(name))
            .collect::<Vec<_>>()
    };
    assert_eq!((one("HashMap").len(), one("HashMap")[0].line), (1, 3));
    assert_eq!(one("collections::HashMap").len(), 1);
    assert_eq!(
        one("std::env")
            .iter()
            .map(|mention| mention.line)
            .collect::<Vec<_>>(),
        [3, 5]
    );
    assert!(one("std::fs").is_empty());
    assert!(one("allow").iter().all(|mention| mention.in_attribute) && one("allow").len() == 1);
    assert_eq!(one("todo").iter().filter(|mention| mention.is_macro).count(), 1);
    assert!(one("time::sleep")[0].in_test);
    assert!(one("Instant::now")[0].in_test && !one("SystemTime::now")[0].in_test);
}

#[test]
fn functions_are_measured_from_signature_to_brace() {
    let text = "/// Doc.\n#[inline]\nfn a() {\n}\nimpl X { async fn b(\n) {\n fn c() {}\n} }\ntrait T { fn d(); fn e() {} }";
    let all = functions(text).unwrap();
    let sizes: Vec<(&str, usize, usize)> = all.iter().map(|f| (f.name.as_str(), f.line, f.lines)).collect();
    assert_eq!(sizes, [("a", 3, 2), ("b", 5, 4), ("c", 7, 1), ("e", 9, 1)]);
}

#[test]
fn a_poll_is_told_from_a_sleep_and_a_place_from_a_folder() {
    let text = "// polls: the port, 50 times\nsleep()\nsleep() // polls: it\nsleep() // polls:\nsleep()";
    assert_eq!(
        [2, 3, 4, 5].map(|line| is_bounded_poll(text, line)),
        [true, true, true, false]
    );
    let place = concat!("/wo", "rk/");
    assert!(names_place(format!("in {place}x").as_bytes(), place));
    assert!(!names_place(
        format!("docs{place}x and $HOME{place}").as_bytes(),
        place
    ));
}

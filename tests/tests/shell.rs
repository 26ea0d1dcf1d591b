//! Completions and man pages, by who reads them: bash, and the form of a page.

use std::process::Command;

use soundpost_tests::cli::bench::{Bench, Ran, ran};

/// What bash offers after these words, with the program's completions loaded.
fn offered(bench: &Bench, words: &[&str]) -> Ran {
    let script = bench.run(&["completions", "bash"]).well().out;
    bench.file("completions.bash", script.as_bytes());
    let ask = "source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
        _soundpost soundpost \"${COMP_WORDS[COMP_CWORD]}\" soundpost; echo \"${COMPREPLY[@]}\"";
    let file = bench.folder().join("completions.bash");
    ran(Command::new("bash")
        .args(["-c", ask, "bash"])
        .arg(file)
        .args(words))
    .well()
}

#[test]
fn bash_completes_commands_and_flags() {
    let bench = Bench::empty();
    assert_eq!(offered(&bench, &["soundpost", "pau"]).out.trim(), "pause");
    let flags = offered(&bench, &["soundpost", "pause", "--ca"]).out;
    assert_eq!(flags.trim(), "--campaign");
}

#[test]
fn every_shell_gets_a_script() {
    let bench = Bench::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = bench.run(&["completions", shell]).well().out;
        assert!(script.contains("retract"), "{shell}: {script}");
    }
}

#[test]
fn the_man_page_names_the_commands() {
    let page = Bench::empty().run(&["man"]).well().out;
    assert!(page.contains(".TH soundpost 1"), "{page}");
    assert!(page.contains("Stop all automation now"), "{page}");
}

#[test]
fn every_command_has_a_page() {
    let bench = Bench::empty();
    let folder = bench.folder().join("man");
    let _ = bench.run(&["man", "--all", &folder.display().to_string()]).well();
    let page = std::fs::read_to_string(folder.join("soundpost-pause.1")).expect("a page for pause");
    assert!(page.contains("campaign"), "{page}");
}

#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let bench = Bench::empty();
    bench.file("taken", b"a file");
    let taken = bench.folder().join("taken").display().to_string();
    let refused = bench.run(&["man", "--all", &taken]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains(&taken), "{refused:?}");
}

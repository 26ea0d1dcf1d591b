//! Moving a queue by the commands `export` and `import`: whose the file is, what stands in the way, and that a kill at any
//! moment leaves all or nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use serde_json::json;
use soundpost_tests::cli::bench::{Bench, poll, program, ran};
use soundpost_tests::cli::walk::far;
use soundpost_tests::moving::{content, gathered};

fn bench_with_posts() -> Bench {
    let bench = Bench::with_accounts();
    let now = ["post", "out already", "--to", "shop", "--now", "--key", "first"];
    let _ = bench.run(&now).well();
    let later = [
        "post",
        "still to come",
        "--to",
        "club",
        "--at",
        &far(),
        "--key",
        "second",
    ];
    let _ = bench.run(&later).well();
    bench
}

fn empty() -> Bench {
    let bench = Bench::empty();
    let _ = bench.run(&["init"]).well();
    bench
}

fn move_to(from: &Bench, to: &Bench) -> String {
    let file = to.folder().join("moved.jsonl").display().to_string();
    let _ = from.run(&["export", &file]).well();
    file
}

#[test]
fn a_file_is_for_its_owner_and_is_not_written_over() {
    let bench = bench_with_posts();
    let first = bench.json(&["export", "all.jsonl"]);
    assert_eq!(first["ok"]["exported"]["counts"]["deliveries"], 2, "{first}");
    let file = bench.folder().join("all.jsonl");
    let mode = fs::metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = fs::read(&file).expect("read");
    let again = bench.run(&["export", "all.jsonl"]);
    assert_eq!(again.code, 5, "{again:?}");
    assert_eq!(fs::read(&file).expect("read"), kept);
    let _ = bench.run(&["export", "all.jsonl", "--force"]).well();
    let names: Vec<_> = soundpost_tests::cli::bench::folders(bench.folder());
    assert!(!names.iter().any(|name| name.contains("draft")), "{names:?}");
    assert_eq!(Bench::empty().run(&["export", "x.jsonl"]).code, 4);
}

#[test]
fn standard_output_gets_the_export_alone() {
    let bench = bench_with_posts();
    let piped = bench.run(&["export", "-"]).well();
    assert!(gathered(piped.out.as_bytes()).is_ok(), "{}", piped.out);
    assert!(piped.err.contains("Exported to standard output"), "{}", piped.err);
}

#[test]
fn a_daemon_that_runs_or_hangs_is_no_hindrance() {
    let bench = bench_with_posts();
    let daemon = bench.daemon();
    let _ = bench.run(&["export", "running.jsonl"]).well();
    daemon.freeze();
    let _ = bench.run(&["export", "frozen.jsonl"]).well();
    daemon.thaw();
    let both =
        ["running.jsonl", "frozen.jsonl"].map(|f| fs::read_to_string(bench.folder().join(f)).expect("read"));
    assert_eq!(content(&both[0]), content(&both[1]));
}

#[test]
fn d2_a_moved_queue_sends_nothing_again_and_nothing_unasked() {
    let (old, new) = (bench_with_posts(), empty());
    let due = ["post", "due very soon", "--to", "shop", "--at", "+1s"];
    let _ = old.run(&due).well();
    let file = move_to(&old, &new);
    let imported = new.json(&["import", &file]);
    assert_eq!(imported["ok"]["imported"]["counts"]["receipts"], 1, "{imported}");
    let daemon = new.daemon();
    poll("the due post to be held", || {
        new.queue()
            .iter()
            .any(|d| d["excerpt"] == "due very soon" && d["state"] == "held")
    });
    assert!(new.published("shop").is_empty());
    let repeat = ["post", "out already", "--to", "shop", "--now", "--key", "first"];
    let repeat = new.json(&repeat);
    assert_eq!(repeat["ok"]["posted"]["repeated"], true, "{repeat}");
    assert!(new.published("shop").is_empty());
    let other = new.run(&["post", "else", "--to", "shop", "--at", &far(), "--key", "second"]);
    assert_eq!(other.code, 5, "{other:?}");
    let plan = new.json(&["resume"]);
    assert_eq!(
        plan["ok"]["plan"]["lines"].as_array().map(Vec::len),
        Some(1),
        "{plan}"
    );
    drop(daemon);
}

#[test]
fn a_queue_that_is_not_empty_or_in_use_takes_no_import() {
    let (old, new) = (bench_with_posts(), empty());
    let file = move_to(&old, &new);
    let dry = new.json(&["import", &file, "--dry-run"]);
    assert_eq!(dry["ok"]["imported"]["dry_run"], true, "{dry}");
    assert_eq!(new.json(&["status"])["ok"]["status"]["seq"], 1);
    let daemon = new.daemon();
    let used = new.run(&["import", &file]);
    assert_eq!(used.code, 5, "{used:?}");
    assert!(used.err.contains("stop the daemon"), "{used:?}");
    drop(daemon);
    let _ = new.run(&["import", &file]).well();
    for arguments in [&["import", &file][..], &["import", &file, "--dry-run"]] {
        let second = new.run(arguments);
        assert_eq!(second.code, 13, "{second:?}");
        assert!(second.err.contains("not empty"), "{second:?}");
    }
}

#[test]
fn a_wrong_file_changes_nothing() {
    let (old, new) = (bench_with_posts(), empty());
    let file = move_to(&old, &new);
    let text = fs::read_to_string(&file).expect("read");
    new.file("cut.jsonl", &text.as_bytes()[..text.len() - 10]);
    new.file("zeros", &[0; 4096]);
    fs::create_dir(new.folder().join("folder")).expect("a folder");
    for (name, says) in [
        ("cut.jsonl", "line"),
        ("zeros", "line 1"),
        ("folder", "not a file"),
        ("none", "cannot be read"),
    ] {
        let refused = new.run(&["import", name]);
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(refused.err.contains(says), "{refused:?}");
    }
    assert_eq!(new.json(&["status"])["ok"]["status"]["seq"], 1);
    assert!(!new.home().join("media").exists());
}

#[test]
fn an_import_that_is_killed_leaves_an_empty_queue_or_a_whole_one_that_is_paused() {
    let old = bench_with_posts();
    let mut film = vec![0; 2 * 1024 * 1024];
    film[..12].copy_from_slice(b"\0\0\0\x18ftypmp42");
    old.file("film.mp4", &film);
    let post = [
        "post",
        "a film",
        "--to",
        "shop",
        "--image",
        "film.mp4",
        "--alt",
        "a film",
        "--at",
        &far(),
    ];
    let _ = old.run(&post).well();
    let mut found = [0, 0];
    for round in 0..4_u32 {
        let new = empty();
        let file = move_to(&old, &new);
        let mut command = new.command(&program());
        let mut child = command
            .args(["import", &file])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        // Early in it, or when the film is unpacked.
        poll("the import to begin", || new.home().join("media").exists());
        if round % 2 == 1 {
            poll("the film to be there", || {
                fs::read_dir(new.home().join("media"))
                    .is_ok_and(|mut d| d.any(|f| f.is_ok_and(|f| f.file_name().len() == 64)))
            });
        }
        let _ = child.kill();
        let _ = child.wait();
        let status = new.json(&["status"]);
        let again = new.run(&["import", &file]);
        if again.code == 13 {
            found[1] += 1;
            assert_eq!(
                status["ok"]["status"]["halts"].as_array().map(Vec::len),
                Some(1),
                "{status}"
            );
            assert_eq!(new.queue().len(), 3);
        } else {
            found[0] += 1;
            assert_eq!(
                (again.code, &status["ok"]["status"]["seq"]),
                (0, &json!(1)),
                "{again:?}"
            );
        }
        let doctor = new.run(&["doctor"]);
        assert_eq!(doctor.code, 0, "{doctor:?}");
    }
    println!("killed before it was written: {}, after: {}", found[0], found[1]);
}

#[test]
fn no_secret_stands_in_an_export() {
    let bench = bench_with_posts();
    let secrets = [
        "app-password-4711",
        "whsec_c2VjcmV0LXNlY3JldA==",
        "session-token-0815",
        "hooks/private-path",
    ];
    bench.file("password", secrets[0].as_bytes());
    bench.file("signing", secrets[1].as_bytes());
    for name in ["password", "signing"] {
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(bench.folder().join(name), private).expect("set");
    }
    let news = [
        "account",
        "add",
        "bluesky",
        "news",
        "--as",
        "a.bsky.social",
        "--credential",
        "file:password",
        "--no-verify",
    ];
    let _ = bench.run(&news).well();
    let address = format!("https://example.com/{}", secrets[3]);
    let hook = [
        "account",
        "add",
        "webhook",
        "hook",
        "--server",
        &address,
        "--credential",
        "file:signing",
        "--no-verify",
    ];
    let _ = bench.run(&hook).well();
    let sessions = bench.home().join("secrets");
    fs::create_dir_all(&sessions).expect("a folder");
    for account in bench.json(&["account", "list"])["ok"]["accounts"]
        .as_array()
        .expect("a list")
    {
        let name = account["name"].as_str().expect("a name");
        fs::write(sessions.join(format!("{name}.json")), secrets[2]).expect("written");
    }
    for to in ["news", "hook"] {
        let _ = bench.run(&["post", "hello", "--to", to, "--at", &far()]).well();
    }
    let told = bench.run(&["export", "all.jsonl"]).well();
    let mut text = fs::read_to_string(bench.folder().join("all.jsonl")).expect("read");
    text.push_str(&told.out);
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} stands in the export");
    }
    let new = empty();
    let file = bench.folder().join("all.jsonl").display().to_string();
    let asked = new.run(&["import", &file]);
    assert_eq!(asked.code, 3, "{asked:?}");
    assert!(asked.err.contains("--server hook=ADDRESS"), "{asked:?}");
    let given = new
        .run(&["import", &file, "--server", &format!("hook={address}")])
        .well();
    assert!(!given.out.contains(secrets[3]), "{given:?}");
}

#[test]
fn a_cut_pipe_is_no_export() {
    let bench = bench_with_posts();
    let mut shell = bench.command("sh".as_ref());
    let line = "soundpost export - | head -c 100 > cut.jsonl; soundpost import cut.jsonl";
    let cut = ran(shell.args(["-c", line]));
    assert_ne!(cut.code, 0);
}

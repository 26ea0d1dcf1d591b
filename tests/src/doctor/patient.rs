//! A queue with some of everything, that can be damaged and put back as it was, in the same folder.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use soundpost_core::actor::Actor;
use soundpost_core::port::store::{Request, Store as _, StoreError, Write, Written};
use tokio::task::JoinSet;

use crate::cli::bench::{Bench, Ran};

/// A real GIF of one pixel.
const PICTURE: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// A queue with two published posts, three that wait, one of them with a picture, a large value, and nothing running.
#[derive(Debug)]
pub struct Patient {
    /// The program and its home.
    pub bench: Bench,
    healthy: Files,
}

/// What stands under each path: a folder (none) or a file's bytes, and its mode.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Files(BTreeMap<PathBuf, (Option<Vec<u8>>, u32)>);

impl Patient {
    /// A healthy one.
    ///
    /// # Panics
    /// When the program does not make it.
    #[must_use]
    pub fn new() -> Patient {
        let bench = Bench::empty();
        let _ = bench.run(&["init"]).well();
        let _ = bench
            .run(&["account", "add", "outbox", "shop", "--tz", "UTC"])
            .well();
        for text in ["one", "two"] {
            let _ = bench.run(&["post", text, "--to", "shop", "--now"]).well();
        }
        bench.file("dot.gif", PICTURE);
        let _ = bench
            .run(&[
                "post",
                "later",
                "--to",
                "shop",
                "--at",
                "tomorrow 9:00",
                "--image",
                "dot.gif",
                "--alt",
                "a dot",
            ])
            .well();
        let long = "many words ".repeat(900);
        bench.file("long.ics", calendar(&long).as_bytes());
        let _ = bench
            .run(&["calendar", "import", "long.ics", "--name", "long"])
            .well();
        for text in ["later still", "much later"] {
            let _ = bench
                .run(&["post", text, "--to", "shop", "--at", "tomorrow 10:00"])
                .well();
        }
        let healthy = Files::of(&bench.home());
        Patient { bench, healthy }
    }

    /// The same with a journal of three segments.
    ///
    /// # Panics
    /// When the store does not take it.
    #[must_use]
    pub fn long() -> Patient {
        let mut patient = Patient::new();
        patient.write_calendars(2_300);
        patient.healthy = Files::of(&patient.bench.home());
        patient
    }

    /// Writes a calendar of some thousand bytes this often, below the program.
    fn write_calendars(&self, times: u32) {
        let home = self.bench.home();
        let text = calendar(&"words ".repeat(1_200));
        self.write(
            |number| (number < times).then(|| (format!("c{}", number % 3), text.clone())),
            &home,
        );
    }

    /// Writes a calendar that cannot be read, as an older version of the program may have done.
    pub fn write_broken_calendar(&self) {
        let home = self.bench.home();
        self.write(
            |number| (number == 0).then(|| ("old".to_owned(), "no calendar".to_owned())),
            &home,
        );
    }

    fn write(&self, each: impl Fn(u32) -> Option<(String, String)>, home: &Path) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let (store, _) = soundpost_store::open::open(home, Arc::default()).expect("the store opens");
            let (mut number, mut under_way) = (0, JoinSet::new());
            while let Some((name, text)) = each(number) {
                let write = Write::SetCalendar {
                    name,
                    text,
                    steps: Vec::new(),
                };
                let request = Request {
                    by: Actor::Lane,
                    at: jiff::Timestamp::now(),
                    reason: String::new(),
                    write,
                };
                let store = Arc::clone(&store);
                under_way.spawn(async move { store.write(request).await });
                number += 1;
                // Several at once share a frame, and a sync.
                if number % 16 == 0 {
                    settle(&mut under_way).await;
                }
            }
            settle(&mut under_way).await;
            let closed = tokio::task::spawn_blocking(move || store.close());
            closed.await.expect("it closes");
        });
    }

    /// A path in the home.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.bench.home().join(name)
    }

    /// The one file of this folder that matters here: the first by name.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn first_of(&self, folder: &str) -> PathBuf {
        let items = fs::read_dir(self.path(folder)).expect("a folder is read");
        let mut paths: Vec<PathBuf> = items.flatten().map(|item| item.path()).collect();
        paths.sort();
        paths.into_iter().next().expect("a file")
    }

    /// Runs a command line as a person copies it.
    #[must_use]
    pub fn run(&self, line: &str) -> Ran {
        let words: Vec<&str> = line.split(' ').collect();
        self.bench.run(&words)
    }

    /// What `doctor` says: its exit code and its findings.
    ///
    /// # Panics
    /// When it panicked, or printed something else.
    #[must_use]
    pub fn findings(&self) -> (i32, Vec<Value>) {
        let ran = self.run("doctor --json");
        assert!(!ran.err.contains("panicked"), "{ran:?}");
        let findings = ran.json()["ok"]["doctor"].as_array().cloned();
        (ran.code, findings.unwrap_or_else(|| panic!("no list: {ran:?}")))
    }

    /// The codes of the findings of this severity.
    #[must_use]
    pub fn codes(&self, severity: &str) -> Vec<String> {
        let (_, findings) = self.findings();
        let of = findings.iter().filter(|finding| finding["severity"] == severity);
        of.map(|finding| finding["code"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Puts everything back as it was when it was healthy.
    pub fn heal(&self) {
        self.healthy.put_back(&self.bench.home());
    }

    /// The file or folder as it was when it was healthy, put back alone.
    pub fn heal_only(&self, path: &Path) {
        self.healthy.put_back_only(&self.bench.home(), path);
    }
}

impl Default for Patient {
    fn default() -> Patient {
        Patient::new()
    }
}

async fn settle(under_way: &mut JoinSet<Result<Written, StoreError>>) {
    while let Some(done) = under_way.join_next().await {
        let _ = done.expect("it ends").expect("it is written");
    }
}

fn calendar(words: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\nUID:1@t\r\nDTSTAMP:20260101T000000Z\r\n\
         DTSTART;VALUE=DATE:20200101\r\nSUMMARY:{words}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

impl Files {
    fn of(home: &Path) -> Files {
        let mut files = BTreeMap::new();
        gather(home, &mut files);
        Files(files)
    }

    fn put_back(&self, home: &Path) {
        for item in fs::read_dir(home).expect("the home is read").flatten() {
            let path = item.path();
            if item.file_type().is_ok_and(|kind| kind.is_dir()) {
                fs::remove_dir_all(path).expect("a folder goes");
            } else {
                fs::remove_file(path).expect("a file goes");
            }
        }
        for (path, (bytes, mode)) in &self.0 {
            put(path, bytes.as_deref(), *mode);
        }
    }

    fn put_back_only(&self, _home: &Path, only: &Path) {
        for (path, (bytes, mode)) in self.0.iter().filter(|(path, _)| path.starts_with(only)) {
            put(path, bytes.as_deref(), *mode);
        }
    }
}

fn put(path: &Path, bytes: Option<&[u8]>, mode: u32) {
    match bytes {
        None if path.is_dir() => {}
        None => fs::create_dir(path).expect("a folder is made"),
        Some(bytes) => fs::write(path, bytes).expect("a file is written"),
    }
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode is set");
}

fn gather(folder: &Path, files: &mut BTreeMap<PathBuf, (Option<Vec<u8>>, u32)>) {
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o7777;
    files.insert(folder.to_owned(), (None, mode(folder)));
    for item in fs::read_dir(folder).expect("a folder is read").flatten() {
        let path = item.path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            let bytes = fs::read(&path).expect("a file is read");
            files.insert(path.clone(), (Some(bytes), mode(&path)));
        }
    }
}

/// Links a path to nothing, as a disk that is not mounted does.
///
/// # Panics
/// When it cannot.
pub fn link_to_nothing(path: &Path) {
    symlink("/nowhere/at/all", path).expect("a link is made");
}

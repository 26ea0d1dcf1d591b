//! One bad night, from the evening before to the afternoon after: what a person types and sees.

use std::cell::RefCell;
use std::fs;

use jiff::SignedDuration;
use serde_json::Value;

use super::http::{Response, Server};
use super::office::{Daemon, Office};
use super::posts::{AFTER, EVENING, Kind, NIGHT, Planned, THREAD};
use super::transcript::Transcript;
use crate::cli::bench::Ran;

/// The secret of the webhook; base64 of nothing.
const SECRET: &str = "whsec_c291bmRwb3N0LXN0b3J5LXNlY3JldC0zMi1ieXRlcw==";

/// A night as it was told, and what can be asked about it afterwards.
pub struct Night {
    /// The office.
    pub office: Office,
    /// The website, which gets the thread.
    pub site: Server,
    /// What was typed and seen.
    pub transcript: RefCell<Transcript>,
}

/// An office with the four accounts, in the evening; nothing is queued.
///
/// # Panics
/// When a command fails.
#[must_use]
pub fn open_office(program: &str, columns: usize) -> Night {
    let office = Office::at(program, "2027-03-12T21:45[Europe/Oslo]", columns);
    office.configure("outside = [\"newsletter: Kari, 22 33 44 55\", \"adverts: the agency's night line\"]\n");
    for (name, zone, country) in [
        ("shop", "Europe/Oslo", "NO"),
        ("club", "Europe/Oslo", "NO"),
        ("label", "Europe/Berlin", "DE"),
    ] {
        let add = [
            "account",
            "add",
            "outbox",
            name,
            "--tz",
            zone,
            "--country",
            country,
        ];
        let _ = office.run(&add).well();
    }
    // The second part is told to come back in ten minutes; the pause is there before that.
    let site = Server::start(|number, _| match number {
        1 => Response {
            header: "retry-after: 600".to_owned(),
            ..Response::new(429, "{}")
        },
        _ => Response::new(200, "{}"),
    });
    let secret = office.folder().join("site-secret");
    crate::live::scene::write_secret(&secret, SECRET);
    let (url, credential) = (
        format!("{}/hook", site.url()),
        format!("file:{}", secret.display()),
    );
    let add = [
        "account",
        "add",
        "webhook",
        "site",
        "--server",
        &url,
        "--credential",
        &credential,
    ];
    let more = [
        "--set",
        "allow_private=true",
        "--tz",
        "Europe/Oslo",
        "--country",
        "NO",
    ];
    let _ = office.run(&[&add[..], &more].concat()).well();
    Night {
        office,
        site,
        transcript: RefCell::default(),
    }
}

impl Night {
    /// Queues all that was planned.
    ///
    /// # Panics
    /// When something is refused.
    pub fn plan(&self) {
        for planned in EVENING.iter().chain(&NIGHT).chain(&AFTER) {
            self.queue(planned);
        }
        let [one, two, three] = THREAD;
        let thread = [
            "post", one, "--part", two, "--part", three, "--to", "site", "--at", "23:38",
        ];
        let _ = self
            .office
            .run(&[&thread[..], &["--category", "info"]].concat())
            .well();
    }

    fn queue(&self, (account, at, category, kind, words): &Planned) {
        let mut line = vec!["post", words, "--to", account, "--at", at, "--category", category];
        if *kind == Kind::Evergreen {
            line.extend(["--fresh", "2880"]);
        }
        let _ = self.office.run(&line).well();
    }

    /// Types a command and keeps its screen.
    pub fn type_in(&self, arguments: &[&str], code: i32) -> Ran {
        self.transcript
            .borrow_mut()
            .type_in(&self.office, arguments, code)
    }

    fn say(&self, words: &str) {
        self.transcript.borrow_mut().say(words);
    }

    /// How many parts are public now, everywhere.
    #[must_use]
    pub fn public(&self) -> usize {
        self.outbox() + self.site.seen().len().saturating_sub(1)
    }

    /// The words of everything that is public, once for each time that it is.
    ///
    /// # Panics
    /// When the outbox or the website's post cannot be read.
    #[must_use]
    pub fn public_texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for account in ["shop", "club", "label"] {
            let outbox = self.office.home().join("outbox").join(account);
            for folder in self.office.published(account) {
                let text = fs::read_to_string(outbox.join(folder).join("text.txt"));
                texts.push(text.expect("a post in the outbox has a text").trim().to_owned());
            }
        }
        let seen = self.site.seen();
        // The second request was refused; it comes again with the same id.
        for request in seen.iter().enumerate().filter(|(number, _)| *number != 1) {
            let body: Value = serde_json::from_str(&request.1.body).expect("the body is JSON");
            texts.push(body["data"]["text"].as_str().expect("a text").to_owned());
        }
        texts
    }

    fn outbox(&self) -> usize {
        ["shop", "club", "label"]
            .iter()
            .map(|account| self.office.published(account).len())
            .sum()
    }

    /// The delivery whose text begins so, as `<post>.<n>`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn find(&self, words: &str) -> Value {
        let all = self.office.all();
        let found = all
            .iter()
            .find(|d| d["excerpt"].as_str().is_some_and(|e| e.starts_with(words)));
        found.unwrap_or_else(|| panic!("nothing says {words}")).clone()
    }

    /// The last characters of its id, as screens show them.
    ///
    /// # Panics
    /// When there is no such delivery.
    #[must_use]
    pub fn short(&self, words: &str) -> String {
        let id = self.find(words)["id"].as_str().expect("an id is text").to_owned();
        id[22..].to_owned()
    }

    /// 23:40: the news, the pause, and what a person looks at before sleeping.
    pub fn stop(&self, daemon: &Daemon<'_>) {
        self.say("Friday, 23:40. Shots have been fired in Oslo.");
        self.type_in(&["pause", "shooting in Oslo, look at everything first"], 0);
        daemon.pass(SignedDuration::from_mins(1));
        self.say("23:41. What is it that waits?");
        self.type_in(&["status"], 0);
        self.type_in(&["queue", "--limit", "8"], 0);
        daemon.pass(SignedDuration::from_mins(3));
        self.say("23:44. Say what happened; what would have hurt?");
        self.type_in(&["event", "flag", "Shooting in Oslo", "--severity", "high"], 0);
        let id = self.short("Shoot for the stars");
        self.type_in(&["why", &id], 0);
    }

    /// Midnight: the one thing that has to be said.
    pub fn say_it(&self) {
        self.say("Saturday, 00:05. One thing must be said.");
        let words = "All our concerts this weekend are cancelled. Our thoughts are with Oslo.";
        let post = [
            "post",
            words,
            "--to",
            "club",
            "--category",
            "condolence",
            "--now",
            "--through-pause",
        ];
        let post = [&post[..], &["--reason", "agreed with the board"]].concat();
        let shown = self.type_in(&post, 10);
        let code = shown.out.split_whitespace().last().unwrap_or_default().to_owned();
        self.type_in(&[&post[..], &["--confirm", &code]].concat(), 0);
    }

    /// 07:30: the plan, changed by hand and applied.
    pub fn come_back(&self) {
        self.say("Saturday, 07:30. Nothing went out. Now the plan.");
        self.type_in(&["status"], 0);
        self.type_in(&["resume"], 0);
        self.type_in(&["resume", "--save", "plan.txt"], 0);
        let file = self.office.folder().join("plan.txt");
        let plan = fs::read_to_string(&file).expect("it was saved");
        let edited = edited(&plan);
        fs::write(&file, &edited).expect("the folder can be written");
        self.say("Changed by hand, the other lines left as they were:");
        let changed: Vec<&str> = edited.lines().filter(|line| !plan.contains(line)).collect();
        let changed = self.office.filtered(&changed.join("\n"));
        self.transcript.borrow_mut().typed("diff", &changed);
        self.type_in(&["resume", "--apply", "plan.txt"], 0);
    }

    /// After the plan: how many posts are in the outbox at once, after 90 s, and after each further half minute.
    #[must_use]
    pub fn let_go(&self, daemon: &Daemon<'_>) -> Vec<usize> {
        let waits = [1, 90, 30, 30, 30, 30, 30, 30];
        let sent = waits.map(|seconds| {
            daemon.pass(SignedDuration::from_secs(seconds));
            self.outbox()
        });
        sent.to_vec()
    }

    /// The thread, and the end of the event.
    pub fn tidy_up(&self, daemon: &Daemon<'_>) {
        self.say("Saturday, 13:00. The thread is finished by hand; the event is over on Sunday.");
        let thread = self.short("How a string is made");
        self.type_in(&["why", &thread], 0);
        self.type_in(&["release", &thread, "--at", "now"], 0);
        daemon.pass(SignedDuration::from_secs(1));
        self.type_in(&["status"], 0);
    }
}

/// What the person decides; everything else stays as the plan proposes.
const DECIDED: [(&str, &str); 8] = [
    ("How to store a violin", "send"),
    ("Five pieces that every", "send"),
    ("Wie eine Schallplatte", "at \"sun 11:00\""),
    ("When to change strings", "at \"mon 9:30\""),
    ("Tuning with a drone", "drop"),
    ("Breakfast deal", "drop"),
    ("Come and see Oslo", "rewrite"),
    ("Oslo, it is party time", "drop"),
];

fn edited(plan: &str) -> String {
    let line = |line: &str| {
        let choice = DECIDED.iter().find(|(words, _)| line.contains(words));
        match (choice, line.split_once(" # ")) {
            (Some((_, word)), Some((before, about))) => {
                let number = before.rsplit(' ').next().unwrap_or_default();
                format!("{word} {number} # {about}\n")
            }
            _ => format!("{line}\n"),
        }
    };
    plan.lines().map(line).collect()
}

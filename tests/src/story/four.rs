//! The four posts that Soundpost was made for, one after another: what would have been typed, and what it answers. The
//! posts are told in other words, and the accounts have other names.

use std::cell::RefCell;

use super::office::Office;
use super::transcript::Transcript;

/// The greeting, sent by hand by somebody who had not heard.
pub const GREETING: &str = "Morning, shooters. It's Friday, hooray! Any plans for the weekend?";
/// The clothes shop's post.
pub const DRESS: &str = "#Aurora is trending, clearly because of our #Aurora dress. Shop it here";
/// The grocer's post.
pub const HAY: &str = "It's sleepy time, so we're off to hit the hay! Back at 8am";
/// What the restaurant's robot wrote.
pub const CHEESE: &str = "Gedenktag an die Reichspogromnacht: mehr zarter Käse zum knusprigen Hähnchen!";
/// What goes out in another country on the first day.
pub const ELSEWHERE: &str = "Heute neu auf der Karte: Kartoffelsalat nach Omas Art";

/// An office with four accounts, and what was told.
pub struct Stories {
    /// The office.
    pub office: Office,
    /// What was typed and seen.
    pub told: RefCell<Transcript>,
}

impl Stories {
    /// Adds the accounts, on the evening before the first day; nothing is queued.
    ///
    /// # Panics
    /// When an account is refused.
    #[must_use]
    pub fn open(program: &str, columns: usize) -> Stories {
        let office = Office::at(program, "2012-07-19T18:00[America/New_York]", columns);
        for (name, zone, countries) in [
            ("rifles", "America/New_York", &["US"][..]),
            ("dresses", "Europe/London", &["GB", "US"]),
            ("grocer", "Europe/London", &["GB", "IE"]),
            ("chicken", "Europe/Berlin", &["DE"]),
        ] {
            let mut add = vec!["account", "add", "outbox", name, "--tz", zone];
            add.extend(countries.iter().flat_map(|country| ["--country", country]));
            let _ = office.run(&add).well();
        }
        Stories {
            office,
            told: RefCell::default(),
        }
    }

    fn say(&self, words: &str) {
        self.told.borrow_mut().say(words);
    }

    fn type_in(&self, arguments: &[&str], code: i32) {
        self.told.borrow_mut().type_in(&self.office, arguments, code);
    }

    /// Queues a post and shows the screen.
    fn queue(&self, text: &str, to: &str, at: &str, category: &str) {
        self.type_in(&["post", text, "--to", to, "--at", at, "--category", category], 0);
    }

    fn why(&self, text: &str) {
        let all = self.office.all();
        let begins = |excerpt: &str| text.starts_with(excerpt.trim_end_matches('…'));
        let found = all.iter().find(|d| d["excerpt"].as_str().is_some_and(begins));
        let id = found.and_then(|d| d["id"].as_str());
        let id = id.unwrap_or_else(|| panic!("nothing says {text}"));
        self.type_in(&["why", &id[22..]], 0);
    }

    /// The texts that are public, by account.
    ///
    /// # Panics
    /// When the outbox cannot be read.
    #[must_use]
    pub fn public(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for account in ["rifles", "dresses", "grocer", "chicken"] {
            let outbox = self.office.home().join("outbox").join(account);
            for folder in self.office.published(account) {
                let text = std::fs::read_to_string(outbox.join(folder).join("text.txt"));
                texts.push(text.expect("a post in the outbox has a text").trim().to_owned());
            }
        }
        texts
    }

    /// July 2012: a greeting by hand, and a post that was queued, on the day of a shooting. Another country goes on.
    pub fn aurora(&self) {
        self.say("Thursday, 19 July 2012. Two posts are queued for Friday.");
        self.queue(DRESS, "dresses", "2012-07-20 16:40", "promo");
        self.queue(ELSEWHERE, "chicken", "2012-07-20 12:00", "info");
        let daemon = self.office.daemon();
        daemon.pass_to("2012-07-20T05:00[America/New_York]");
        self.say("Friday, 05:00 in New York. Somebody reads the news.");
        let news = "Gunman kills 12 at a cinema in Aurora, Colorado";
        self.type_in(&["event", "flag", news], 0);
        daemon.pass_to("2012-07-20T09:20[America/New_York]");
        self.say("09:20. Somebody else has not read it, and greets by hand.");
        let greets = [
            "post",
            GREETING,
            "--to",
            "rifles",
            "--category",
            "greeting",
            "--now",
        ];
        self.type_in(&greets, 6);
        daemon.pass_to("2012-07-20T14:00[America/New_York]");
        self.say("14:00. The dress was due at 11:40, and is not out. Why?");
        self.why(DRESS);
    }

    /// January 2013: a good-night greeting with a word that has two meanings.
    pub fn hay(&self) {
        self.say(
            "Tuesday, 15 January 2013. A good-night greeting is queued for Thursday; then the news comes.",
        );
        self.queue(HAY, "grocer", "thu 23:00", "greeting");
        let news = "Horse meat found in beef burgers in Ireland and the United Kingdom";
        self.type_in(
            &[
                "event",
                "flag",
                news,
                "--severity",
                "high",
                "--until",
                "2013-02-28 00:00",
            ],
            0,
        );
        self.why(HAY);
    }

    /// November 2022: a robot takes a day of mourning for an occasion.
    pub fn cheese(&self) {
        self.say("Monday, 7 November 2022. A robot queues what it found in a calendar.");
        self.type_in(&["calendar", "add", "de"], 0);
        self.queue(CHEESE, "chicken", "2022-11-09 13:00", "promo");
        let daemon = self.office.daemon();
        daemon.pass_to("2022-11-09T13:00[Europe/Berlin]");
        self.say("Wednesday, 9 November, 13:00. It was due now.");
        self.why(CHEESE);
    }
}

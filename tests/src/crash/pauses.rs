//! Rounds of killing the daemon, or the command, while a pause or a resume is handled.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use serde_json::Value;
use soundpost_core::port::store::Store as _;
use soundpost_store::open::look;

use super::dice::Dice;
use super::outbox::{self, audit};
use super::posters::Asked;
use super::program::{Daemon, Program, answer};
use super::victim::Victim;

/// What came of all rounds.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Rounds.
    pub rounds: u64,
    /// Rounds in which the daemon died while `pause` was handled.
    pub daemon_killed_in_pause: u64,
    /// Rounds in which the command died while it paused.
    pub command_killed_in_pause: u64,
    /// Resumes that were broken off.
    pub broken_resumes: u64,
    /// Of those between the journal and the switch's file.
    pub between_journal_and_file: u64,
    /// What went out while it was paused.
    pub went_out: Vec<String>,
    /// The longest time from a pause's start to its confirmation.
    pub longest_pause: Duration,
    /// What was there in the end.
    pub end: outbox::Figures,
}

struct Rounds {
    program: Program,
    dice: Dice,
    asked: Vec<Asked>,
    figures: Figures,
}

/// Pauses and resumes so many times, with a kill in each; then everything goes out.
pub async fn run(exe: &Path, rounds: u64, dice: Dice) -> Figures {
    let mut all = Rounds {
        program: Program::new(exe),
        dice,
        asked: Vec::new(),
        figures: Figures::default(),
    };
    for round in 0..rounds {
        all.figures.rounds += 1;
        all.round(round);
        if !all.figures.went_out.is_empty() {
            break;
        }
    }
    let daemon = all.program.start();
    all.finish_threads();
    let open = all.program.settle(Duration::from_secs(90));
    assert_eq!(daemon.stop(), Some(0), "the daemon ends well");
    all.figures.end = audit(&all.program, &all.asked).await;
    all.figures
        .end
        .wrong
        .extend(open.iter().map(|d| format!("still open: {d:?}")));
    all.figures
}

impl Rounds {
    fn round(&mut self, round: u64) {
        let daemon = self.program.start();
        for n in 0..3 {
            let at = if n == 2 { "+1s" } else { "now" };
            self.post(&format!("round-{round}-{n}"), at);
        }
        self.pause(daemon, round);
        let before = self.program.public();
        let daemon = self.program.start();
        self.silent(round);
        let after = self.program.public();
        self.figures
            .went_out
            .extend(after.difference(&before).map(|path| path.display().to_string()));
        self.resume(daemon, round);
    }

    fn post(&mut self, name: &str, at: &str) -> String {
        let mut asked = Asked::new(name, at, true, &mut self.dice);
        assert!(
            asked.ask(&self.program),
            "the daemon takes posts: {:?}",
            self.program.run(&asked.args)
        );
        let id = asked.post.clone().unwrap_or_default();
        self.asked.push(asked);
        id
    }

    /// Pauses until it is confirmed. The daemon is dead in the end.
    fn pause(&mut self, daemon: Daemon, round: u64) {
        let reason = format!("round {round}");
        let args = ["pause", reason.as_str()];
        let from = Instant::now();
        match self.dice.below(3) {
            0 => {
                let mut pause = self.program.begin(&args);
                pause.lives_for(self.dice.span_ms(0, 80));
                daemon.kill();
                self.figures.daemon_killed_in_pause += 1;
                confirmed(&mut pause);
            }
            1 => {
                let pause = self.program.begin(&args);
                pause.lives_for(self.dice.span_ms(0, 40));
                pause.kill();
                self.figures.command_killed_in_pause += 1;
                confirmed(&mut self.program.begin(&args));
                daemon.kill();
            }
            _ => {
                confirmed(&mut self.program.begin(&args));
                daemon.kill();
            }
        }
        self.figures.longest_pause = self.figures.longest_pause.max(from.elapsed());
    }

    /// The daemon that was started again is still paused: it looks at a post that is due, and holds it.
    fn silent(&mut self, round: u64) {
        let halts = self.program.run(&["status"]).answer["status"]["halts"].clone();
        assert!(
            halts.as_array().is_some_and(|all| !all.is_empty()),
            "still paused: {halts}"
        );
        let post = self.post(&format!("round-{round}-probe"), "now");
        let held = |(id, state): &(String, String)| id.starts_with(&post) && state == "held";
        let until = Instant::now() + Duration::from_secs(20);
        while !self.program.queue().iter().any(held) {
            assert!(
                Instant::now() < until,
                "a post is held while paused:\n{}",
                self.program.log()
            );
            std::thread::sleep(Duration::from_millis(20)); // polls: the lanes have looked at the post
        }
    }

    /// Resumes, with a kill in between, and repeats it until nothing is paused.
    fn resume(&mut self, daemon: Daemon, round: u64) {
        let mut daemon = Some(daemon);
        let mut said = Vec::new();
        for attempt in 0..20 {
            let alive = daemon.take().unwrap_or_else(|| self.program.start());
            let plan = self.program.run(&["resume"]);
            if plan.code == Some(5) && plan.complaint.contains("nothing is paused") {
                return self.send_now(alive);
            }
            assert_eq!(plan.code, Some(0), "a plan is shown: {plan:?}");
            let number = plan.answer["plan"]["number"].as_str().unwrap_or_default();
            let args = ["resume", "--apply", "--plan", number];
            if attempt > 0 {
                said.push(self.program.run(&args).complaint);
                daemon = Some(alive);
            } else if round.is_multiple_of(2) {
                self.resume_with_a_kill_anywhere(&args, alive);
            } else {
                self.resume_with_a_kill_between(&args, alive);
            }
        }
        panic!(
            "resume finishes when it is repeated: {said:#?}\n{}",
            self.program.log()
        );
    }

    fn resume_with_a_kill_anywhere(&mut self, args: &[&str], daemon: Daemon) {
        let mut resume = self.program.begin(args);
        resume.lives_for(self.dice.span_ms(0, 80));
        daemon.kill();
        resume.end();
        self.figures.broken_resumes += 1;
    }

    /// The daemon waits for the switch's lock when the journal has the end of the pause, and is killed there.
    fn resume_with_a_kill_between(&mut self, args: &[&str], daemon: Daemon) {
        let home = self.program.home();
        let lifted = || look(&home).map_or(0, |store| store.world().lifted.len());
        let before = lifted();
        let switch = std::fs::File::open(home.join("switch").join("switch")).expect("the switch is there");
        flock(&switch, FlockOperation::LockExclusive).expect("the switch is locked");
        let mut resume = self.program.begin(args);
        let until = Instant::now() + Duration::from_secs(4);
        while lifted() == before && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5)); // polls: the journal has the end of the pause
        }
        let between = lifted() > before;
        daemon.kill();
        drop(switch);
        resume.end();
        self.figures.broken_resumes += 1;
        self.figures.between_journal_and_file += u64::from(between && self.still_silent());
    }

    /// The switch's file still has the order, so nothing goes out although the journal has lifted it.
    fn still_silent(&mut self) -> bool {
        let before = self.program.public();
        let daemon = self.program.start();
        let halts = self.program.run(&["status"]).answer["status"]["halts"].clone();
        let paused = halts.as_array().is_some_and(|all| !all.is_empty());
        let ids: Vec<String> = self.program.queue().into_iter().map(|(id, _)| id).collect();
        if paused {
            self.at_now(&ids);
            self.program.queue();
        }
        let after = self.program.public();
        daemon.kill();
        if paused {
            let gone = after.difference(&before).map(|path| path.display().to_string());
            self.figures.went_out.extend(gone);
        }
        paused
    }

    /// Whether all of them were moved; they are not when one has begun meanwhile.
    fn at_now(&self, ids: &[String]) -> bool {
        if ids.is_empty() {
            return true;
        }
        let mut args = vec!["reschedule"];
        args.extend(ids.iter().map(String::as_str));
        args.extend(["--at", "now"]);
        self.program.run(&args).code == Some(0)
    }

    /// A thread that a pause stopped in its middle waits for a person, who lets the rest of it go.
    fn finish_threads(&self) {
        let queue = self.program.run(&["queue"]).answer;
        let all = queue["deliveries"].as_array().cloned().unwrap_or_default();
        let is_broken = |d: &&Value| d["state"] == "held" && d["public"] == 1;
        for id in all.iter().filter(is_broken).filter_map(|d| d["id"].as_str()) {
            let released = self.program.run(&["release", id]);
            assert_eq!(released.code, Some(0), "{released:?}");
        }
    }

    /// What the plan spread over the next minutes goes at once.
    fn send_now(&self, daemon: Daemon) {
        let halts = self.program.run(&["status"]).answer["status"]["halts"].clone();
        assert_eq!(
            halts.as_array().map(Vec::len),
            Some(0),
            "nothing is paused: {halts}"
        );
        let moved = (0..20).any(|_| {
            let open = self.program.queue();
            let waits = open.into_iter().filter(|(_, state)| state == "scheduled");
            self.at_now(&waits.map(|(id, _)| id).collect::<Vec<_>>())
        });
        assert!(moved, "what waits goes at once:\n{}", self.program.log());
        daemon.kill();
    }
}

/// Waits for the end of a `pause`: it must be proven.
fn confirmed(pause: &mut Victim) {
    let (code, lines) = pause.end();
    let said = lines
        .first()
        .map_or_else(Default::default, |line| answer(line.as_bytes()));
    assert_eq!(code, Some(0), "the pause is confirmed: {lines:?}");
    assert_eq!(said["paused"]["proven"], true, "{said}");
}

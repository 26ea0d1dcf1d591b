//! People who queue posts while the daemon is killed again and again.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::dice::Dice;
use super::program::{ACCOUNTS, Program, answer};

/// A post that was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The command.
    pub args: Vec<String>,
    /// Its parts; no two parts of all posts are alike.
    pub texts: Vec<String>,
    /// True when it has a client key, so that it may be repeated.
    pub keyed: bool,
    /// The post's id, once it was acknowledged.
    pub post: Option<String>,
}

impl Asked {
    /// A new one. `name` is unique.
    pub fn new(name: &str, at: &str, keyed: bool, dice: &mut Dice) -> Asked {
        let mut texts = vec![format!("{name} says hello")];
        if dice.percent(15) {
            texts.push(format!("{name} says more"));
        }
        let account = ACCOUNTS[usize::try_from(dice.below(4)).unwrap_or(0)];
        let mut args: Vec<String> = ["post", &texts[0], "--to", account, "--at", at]
            .map(str::to_owned)
            .to_vec();
        if let Some(more) = texts.get(1) {
            args.extend(["--part".to_owned(), more.clone()]);
        }
        if keyed {
            args.extend(["--key".to_owned(), name.to_owned()]);
        }
        Asked {
            args,
            texts,
            keyed,
            post: None,
        }
    }

    /// Asks; true when it is acknowledged.
    pub fn ask(&mut self, program: &Program) -> bool {
        let ended = program.run(&self.args);
        if ended.code == Some(0) {
            self.acknowledged(&ended.answer);
        }
        self.post.is_some()
    }

    fn acknowledged(&mut self, answer: &Value) {
        let post = answer["posted"]["post"]
            .as_str()
            .expect("the answer names the post");
        if let Some(before) = &self.post {
            assert_eq!(before, post, "one key, two posts");
        }
        self.post = Some(post.to_owned());
    }

    /// Asks and kills the command at some moment; it may have said its answer before.
    fn ask_and_kill(&mut self, program: &Program, dice: &mut Dice) {
        let mut command = program.begin(&self.args);
        command.lives_for(dice.span_ms(1, 60));
        let _ = command.process().kill();
        let (_, lines) = command.end();
        if let Some(line) = lines.first() {
            self.acknowledged(&answer(line.as_bytes()));
        }
    }
}

/// Queues posts until told to stop: most with a key, some without, some by a command that is killed and then repeated.
pub fn queue_until(program: &Program, name: &str, mut dice: Dice, stop: &AtomicBool) -> Vec<Asked> {
    let mut all = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let at = if dice.percent(70) { "now" } else { "+1s" };
        let keyed = dice.percent(75);
        let mut asked = Asked::new(&format!("{name}-{}", all.len()), at, keyed, &mut dice);
        if keyed && dice.percent(20) {
            asked.ask_and_kill(program, &mut dice);
        }
        asked.ask(program);
        all.push(asked);
    }
    all
}

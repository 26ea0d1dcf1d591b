//! Rounds of killing the daemon while people queue posts.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::dice::Dice;
use super::outbox::{Figures, audit};
use super::posters::{Asked, queue_until};
use super::program::Program;

/// How many people queue posts at once.
const POSTERS: usize = 3;
/// How many posts are asked for once more in the end.
const REPEATS: usize = 20;

/// Kills the daemon so many times; then lets everything settle and looks at it.
pub async fn run(exe: &Path, rounds: u64, mut dice: Dice) -> Figures {
    let program = Program::new(exe);
    let mut asked = killing(&program, rounds, &mut dice);
    let daemon = program.start();
    for one in asked.iter_mut().filter(|a| a.keyed && a.post.is_none()) {
        assert!(
            one.ask(&program),
            "a repeat with the key is taken: {:?}",
            program.run(&one.args)
        );
    }
    let doubled = repeat(&program, &asked);
    let open = program.settle(Duration::from_secs(90));
    assert_eq!(daemon.stop(), Some(0), "the daemon ends well");
    let mut figures = audit(&program, &asked).await;
    figures.doubled.extend(doubled);
    figures
        .wrong
        .extend(open.iter().map(|d| format!("still open: {d:?}")));
    if !figures.wrong.is_empty() {
        println!("{}", program.log());
    }
    figures
}

/// Everything that was asked for while the daemon was killed.
fn killing(program: &Program, rounds: u64, dice: &mut Dice) -> Vec<Asked> {
    let stop = AtomicBool::new(false);
    // A poster that panics ends its sender: the rounds need not go on.
    let (alive, ended) = channel::<()>();
    thread::scope(|scope| {
        let posters: Vec<_> = (0..POSTERS)
            .map(|n| {
                let (dice, stop, alive) = (dice.child(), &stop, alive.clone());
                scope.spawn(move || {
                    let asked = queue_until(program, &format!("poster-{n}"), dice, stop);
                    drop(alive);
                    asked
                })
            })
            .collect();
        drop(alive);
        for _ in 0..rounds {
            one_life(program, dice, &ended);
        }
        stop.store(true, Ordering::Relaxed);
        let asked = posters
            .into_iter()
            .map(|p| p.join().expect("a poster does not panic"));
        asked.flatten().collect()
    })
}

/// One life of the daemon: it is killed while it works or while it starts, and it may be missed for a while.
fn one_life(program: &Program, dice: &mut Dice, ended: &Receiver<()>) {
    let (daemon, span) = if dice.percent(20) {
        (program.launch(), dice.span_ms(1, 150))
    } else {
        (program.start(), dice.span_ms(100, 1200))
    };
    wait(ended, span);
    daemon.kill();
    if dice.percent(40) {
        wait(ended, dice.span_ms(1, 400));
    }
}

fn wait(ended: &Receiver<()>, span: Duration) {
    let waited = ended.recv_timeout(span);
    assert_eq!(waited, Err(RecvTimeoutError::Timeout), "the posters are at work");
}

/// Asks again for some that were acknowledged: the answer names the same posts, and nothing is added.
fn repeat(program: &Program, asked: &[Asked]) -> Vec<String> {
    let mut doubled = Vec::new();
    let keyed = asked.iter().filter(|a| a.keyed && a.post.is_some());
    for one in keyed.rev().take(REPEATS) {
        let again = program.run(&one.args);
        let posted = &again.answer["posted"];
        if posted["repeated"] != true || posted["post"].as_str() != one.post.as_deref() {
            doubled.push(format!("{:?} was repeated: {again:?}", one.args));
        }
    }
    doubled
}

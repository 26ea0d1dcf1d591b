//! Random choices from one printed seed.

use std::io::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A source of choices; the same seed makes the same ones.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Choices from this seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// Choices from `SOUNDPOST_CRASH_SEED`, else from the time; says which, for the test of this name.
    pub fn announced(test: &str) -> Dice {
        let given = number_from("SOUNDPOST_CRASH_SEED");
        let seed = given.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::from(since.subsec_nanos()) ^ (since.as_secs() << 20)
        });
        println!("{test}: SOUNDPOST_CRASH_SEED={seed}");
        Dice(seed)
    }

    /// The next number (splitmix64).
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit.max(1)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// A span between two, in milliseconds, in steps of microseconds.
    pub fn span_ms(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_micros(from * 1000 + self.below((to - from) * 1000))
    }

    /// Another source, so that threads do not share one.
    pub fn child(&mut self) -> Dice {
        Dice(self.roll())
    }
}

/// How many rounds to make.
pub fn rounds(default: u64) -> u64 {
    number_from("SOUNDPOST_CRASH_ROUNDS").unwrap_or(default)
}

/// Says the figures of a suite in one line on standard error, when somebody asked for rounds.
pub fn summarise(suite: &str, figures: &[(&str, usize)]) {
    if number_from("SOUNDPOST_CRASH_ROUNDS").is_none() {
        return;
    }
    let figures: Vec<String> = figures
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    // Not by a macro, whose output the test harness keeps to itself.
    let _ = writeln!(
        std::io::stderr(),
        "crash summary: {suite}: {}",
        figures.join(", ")
    );
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.trim().parse().ok()
}

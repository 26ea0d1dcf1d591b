//! One clock for many processes: a folder with a file that says what time it is. A test writes it; each process of
//! `soundpost-under-test` reads it, and writes which of its sleepers have seen it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use soundpost_core::port::clock::Clock;
use soundpost_core::port::entropy::Entropy;
use soundpost_fixtures::entropy::SeededEntropy;

/// Names the folder to `soundpost-under-test`.
pub const VARIABLE: &str = "SOUNDPOST_TEST_CLOCK";
/// The longest sleep, as the port promises.
const SLEEP_MAX_MS: u64 = 1000;
/// How often a sleeper looks whether somebody has moved the clock.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What the clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// How often the clock was moved before.
    pub turn: u64,
    /// The wall clock, in milliseconds since 1970.
    pub wall_ms: i64,
    /// The clock that never goes back, in milliseconds.
    pub monotonic_ms: u64,
}

impl Reading {
    /// The wall clock.
    ///
    /// # Panics
    /// When it is beyond the end of time.
    #[must_use]
    pub fn wall(self) -> Timestamp {
        Timestamp::from_millisecond(self.wall_ms).expect("a test stays in this age")
    }
}

/// Reads the clock in this folder.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn read(folder: &Path) -> Reading {
    let text = fs::read_to_string(folder.join("now")).expect("a test has set the clock");
    let mut numbers = text.split(' ');
    let mut next = || numbers.next().expect("a reading is three numbers");
    Reading {
        turn: next().parse().expect("a number"),
        wall_ms: next().parse().expect("a number"),
        monotonic_ms: next().parse().expect("a number"),
    }
}

/// Sets the clock; whoever reads sees the old reading or the new one.
///
/// # Panics
/// When the folder cannot be written.
pub fn write(folder: &Path, reading: Reading) {
    let Reading {
        turn,
        wall_ms,
        monotonic_ms,
    } = reading;
    replace(&folder.join("now"), &format!("{turn} {wall_ms} {monotonic_ms}"));
}

/// How many sleepers of a process have gone to sleep at this turn of the clock and are still asleep, and how often
/// any has.
#[must_use]
pub fn asleep(folder: &Path, pid: u32, turn: u64) -> (usize, usize) {
    let text = fs::read_to_string(sleepers_file(folder, pid)).unwrap_or_default();
    let numbers: Vec<usize> = text.split(' ').filter_map(|n| n.parse().ok()).collect();
    match numbers[..] {
        [seen, count, ever] if seen as u64 == turn => (count, ever),
        _ => (0, 0),
    }
}

/// Randomness that is the same in each run: the first process that draws has the first seed, and so on. A process
/// that draws nothing has none, so that looking changes nothing.
#[derive(Debug)]
pub struct FileEntropy {
    folder: PathBuf,
    drawn: OnceLock<SeededEntropy>,
}

impl FileEntropy {
    /// The randomness of this folder.
    #[must_use]
    pub fn at(folder: PathBuf) -> FileEntropy {
        FileEntropy {
            folder,
            drawn: OnceLock::new(),
        }
    }
}

impl Entropy for FileEntropy {
    fn u64(&self) -> u64 {
        let drawn = self.drawn.get_or_init(|| {
            let taken = (0..).find(|n| fs::create_dir(self.folder.join(format!("seed-{n}"))).is_ok());
            SeededEntropy::new(taken.expect("there are numbers enough"))
        });
        drawn.u64()
    }
}

fn sleepers_file(folder: &Path, pid: u32) -> PathBuf {
    folder.join(format!("asleep-{pid}"))
}

fn replace(file: &Path, text: &str) {
    let fresh = file.with_extension("new");
    fs::write(&fresh, text).expect("the folder of the clock can be written");
    fs::rename(&fresh, file).expect("the folder of the clock can be written");
}

/// The clock of a process under test.
#[derive(Debug)]
pub struct FileClock {
    folder: PathBuf,
    /// The turn that is counted, how many went to sleep at it and have not woken, and how often any did.
    sleepers: Mutex<(u64, usize, usize)>,
}

impl FileClock {
    /// The clock in this folder.
    #[must_use]
    pub fn at(folder: PathBuf) -> FileClock {
        FileClock {
            folder,
            sleepers: Mutex::default(),
        }
    }

    fn count(&self, turn: u64, falls_asleep: bool) {
        let mut sleepers = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
        if sleepers.0 > turn {
            return;
        }
        if sleepers.0 < turn {
            *sleepers = (turn, 0, 0);
        }
        if falls_asleep {
            sleepers.1 += 1;
            sleepers.2 += 1;
        } else {
            sleepers.1 = sleepers.1.saturating_sub(1);
        }
        let text = format!("{turn} {} {}", sleepers.1, sleepers.2);
        replace(&sleepers_file(&self.folder, std::process::id()), &text);
    }
}

/// Counts a sleeper, also when its sleep is given up.
struct Asleep<'a>(&'a FileClock, u64);

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.count(self.1, false);
    }
}

#[async_trait]
impl Clock for FileClock {
    fn now(&self) -> Timestamp {
        read(&self.folder).wall()
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(read(&self.folder).monotonic_ms)
    }

    async fn sleep_until(&self, at: Timestamp) {
        let began = read(&self.folder);
        if began.wall() >= at {
            return;
        }
        self.count(began.turn, true);
        let _asleep = Asleep(self, began.turn);
        loop {
            // polls: the file that says the time
            tokio::time::sleep(LOOK_EVERY).await;
            let now = read(&self.folder);
            if now.wall() >= at || now.monotonic_ms >= began.monotonic_ms + SLEEP_MAX_MS {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleep_ends_when_the_clock_is_moved_and_is_counted_until_then() {
        let folder = tempfile::tempdir().unwrap();
        let reading = |turn, wall_ms| Reading {
            turn,
            wall_ms,
            monotonic_ms: 5,
        };
        write(folder.path(), reading(1, 0));
        let clock = FileClock::at(folder.path().to_owned());
        let mut sleep = std::pin::pin!(clock.sleep_until(Timestamp::from_millisecond(9000).unwrap()));
        let first = std::future::poll_fn(|cx| std::task::Poll::Ready(sleep.as_mut().poll(cx).is_pending()));
        assert!(first.await);
        assert_eq!(asleep(folder.path(), std::process::id(), 1), (1, 1));
        write(folder.path(), reading(2, 9000));
        sleep.await;
        assert_eq!(asleep(folder.path(), std::process::id(), 1), (0, 1));
    }

    #[test]
    fn a_seed_is_given_once() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = [(); 2].map(|()| FileEntropy::at(folder.path().to_owned()));
        assert_ne!(one.u64(), two.u64());
    }
}

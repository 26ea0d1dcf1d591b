//! What the crash tests kill: the whole soundpost command, and, when `SOUNDPOST_CRASH_WRITER` says so, a process that
//! writes to a store.

use std::path::Path;
use std::process::ExitCode;

use soundpost_cli::entry;
use soundpost_cli::surroundings::Surroundings;
use soundpost_tests::crash::store_rounds::WRITER;
use soundpost_tests::crash::writer::write_until_killed;

#[tokio::main]
async fn main() -> ExitCode {
    let Ok(order) = std::env::var(WRITER) else {
        let code = entry::run(std::env::args_os(), Surroundings::system()).await;
        return ExitCode::from(code as u8);
    };
    let mut words = order.splitn(3, ' ');
    let mut number = || words.next().and_then(|word| word.parse().ok());
    let (Some(round), Some(seed)) = (number(), number()) else {
        eprintln!("{WRITER} is not 'ROUND SEED FOLDER'");
        return ExitCode::FAILURE;
    };
    write_until_killed(Path::new(words.next().unwrap_or_default()), round, seed).await;
    ExitCode::FAILURE
}

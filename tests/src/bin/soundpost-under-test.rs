//! The program, built from the library with a clock that a test drives and ids that are the same each time. The
//! shipped binary has no such hook.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use soundpost_cli::entry;
use soundpost_cli::surroundings::Surroundings;
use soundpost_tests::story::clock_file::{FileClock, FileEntropy, VARIABLE};

#[tokio::main]
async fn main() -> ExitCode {
    let folder = PathBuf::from(std::env::var_os(VARIABLE).expect("a test says where its clock is"));
    let surroundings = Surroundings::system().map(|system| Surroundings {
        entropy: Arc::new(FileEntropy::at(folder.clone())),
        clock: Arc::new(FileClock::at(folder)),
        ..system
    });
    let code = entry::run(std::env::args_os(), surroundings).await;
    ExitCode::from(code as u8)
}

//! The soundpost command.

use std::process::ExitCode;

use soundpost_cli::entry;
use soundpost_cli::surroundings::Surroundings;

#[tokio::main]
async fn main() -> ExitCode {
    let code = entry::run(std::env::args_os(), Surroundings::system()).await;
    ExitCode::from(code as u8)
}

//! The soundpost command.

use std::process::ExitCode;

use soundpost_cli::entry;
use soundpost_cli::surroundings::Surroundings;

fn main() -> ExitCode {
    let code = entry::run_alone(std::env::args_os().collect(), Surroundings::system());
    ExitCode::from(code as u8)
}

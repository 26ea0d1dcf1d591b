//! From the command line to an exit code. The shipped binary calls it with the system's surroundings, tests with
//! their own.

use std::borrow::Cow;
use std::ffi::OsString;

use clap::Parser;

use crate::app::error::AppError;
use crate::args::Cli;
use crate::command::{self, Ctx};
use crate::config::home_dir;
use crate::exit_code::ExitCode;
use crate::os::users::user_name;
use crate::output::{Screen, visible_lines};
use crate::render;
use crate::surroundings::Surroundings;

/// Runs one command line to its end.
pub async fn run(
    line: impl IntoIterator<Item = OsString>,
    surroundings: Result<Surroundings, AppError>,
) -> ExitCode {
    // What this process makes is for its owner alone; the switch's folder is opened to its group by name.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = match Cli::try_parse_from(line) {
        Ok(cli) => cli,
        Err(error) => {
            explain(&error);
            return if error.use_stderr() {
                ExitCode::Usage
            } else {
                ExitCode::Ok
            };
        }
    };
    let screen = Screen::detect(cli.json);
    let home = home_dir(cli.home.clone()).map_err(|error| AppError::bad_input(error.to_string()));
    let (home, surroundings) = match (home, surroundings) {
        (Ok(home), Ok(surroundings)) => (home, surroundings),
        (Err(error), _) | (_, Err(error)) => {
            use std::io::Write as _;
            let text = if screen.json {
                render::json_error(&error)
            } else {
                render::error(&screen, &error)
            };
            let _ = writeln!(anstream::stderr().lock(), "{}", text.trim_end());
            return error.exit_code();
        }
    };
    let ctx = Ctx {
        home,
        screen,
        who: user_name(),
        surroundings,
    };
    command::run(cli, &ctx).await
}

/// Help, or what is wrong with the line; what was typed comes out harmless.
fn explain(error: &clap::Error) {
    use std::io::Write as _;
    let text = error.render().to_string();
    if let Cow::Owned(harmless) = visible_lines(&text) {
        let _ = write!(anstream::stderr().lock(), "{harmless}");
    } else {
        let _ = error.print();
    }
}

//! From the command line to an exit code. The shipped binary calls it with the system's surroundings, tests with
//! their own.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::panic::PanicHookInfo;

use clap::Parser;
use tokio::runtime::Builder;

use crate::app::error::{AppError, Kind};
use crate::args::{Cli, Command};
use crate::command::{self, Ctx};
use crate::config::home_dir;
use crate::exit_code::ExitCode;
use crate::os::users::user_name;
use crate::output::{Screen, visible, visible_lines};
use crate::render;
use crate::surroundings::Surroundings;

/// More files than a runtime opens for itself.
const RUNTIME_FILES: usize = 8;

/// Runs one command line to its end, on a runtime of its own. A pause takes the smallest there is, and works without one.
pub fn run_alone(line: Vec<OsString>, surroundings: Result<Surroundings, AppError>) -> ExitCode {
    std::panic::set_hook(Box::new(say_fault));
    let stops = line.iter().any(|word| word == "pause" || word == "stop");
    let mut runtime = match stops {
        true => Builder::new_current_thread(),
        false => Builder::new_multi_thread(),
    };
    match enough_files().and_then(|()| runtime.enable_all().build()) {
        Ok(runtime) => runtime.block_on(run(line, surroundings)),
        Err(error) => without_runtime(line, surroundings, &error),
    }
}

/// A fault of the program, or of a library that reads the words of strangers; those may be in it.
fn say_fault(fault: &PanicHookInfo<'_>) {
    use std::io::Write as _;
    let place = fault.location().map(ToString::to_string).unwrap_or_default();
    let words = fault.payload_as_str().unwrap_or("no words");
    let _ = writeln!(anstream::stderr().lock(), "fault at {place}: {}", visible(words));
}

/// Whether the system still gives as many files as a runtime takes: without them, making one would panic.
fn enough_files() -> io::Result<()> {
    let files: io::Result<Vec<File>> = (0..RUNTIME_FILES).map(|_| File::open("/dev/null")).collect();
    files.map(drop)
}

/// Runs one command line to its end.
pub async fn run(
    line: impl IntoIterator<Item = OsString>,
    surroundings: Result<Surroundings, AppError>,
) -> ExitCode {
    match begin(line, surroundings) {
        Ok((cli, ctx)) => command::run(cli, &ctx).await,
        Err(code) => code,
    }
}

/// The system gives too little for a command to run: a pause is set all the same.
fn without_runtime(
    line: Vec<OsString>,
    surroundings: Result<Surroundings, AppError>,
    error: &io::Error,
) -> ExitCode {
    let (cli, ctx) = match begin(line, surroundings) {
        Ok(begun) => begun,
        Err(code) => return code,
    };
    let too_little = AppError::new(
        Kind::Store,
        format!("the system gives this command too little to work with: {error}"),
    );
    let done = match cli.command {
        Command::Pause(args) | Command::Stop(args) => {
            command::complain(&ctx, &too_little);
            command::pause::only_set(&ctx, args)
        }
        _ => Err(too_little),
    };
    done.unwrap_or_else(|error| {
        command::complain(&ctx, &error);
        error.exit_code()
    })
}

/// What was typed, and what the command works with; or how to end at once.
fn begin(
    line: impl IntoIterator<Item = OsString>,
    surroundings: Result<Surroundings, AppError>,
) -> Result<(Cli, Ctx), ExitCode> {
    // What this process makes is for its owner alone; the switch's folder is opened to its group by name.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = Cli::try_parse_from(line).map_err(|error| {
        explain(&error);
        match error.use_stderr() {
            true => ExitCode::Usage,
            false => ExitCode::Ok,
        }
    })?;
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
            return Err(error.exit_code());
        }
    };
    let ctx = Ctx {
        home,
        screen,
        who: user_name(),
        surroundings,
    };
    Ok((cli, ctx))
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

//! `completions` and `man`: what a shell and `man` want to know of the command line.

use std::path::Path;

use clap::CommandFactory as _;

use super::Ctx;
use crate::app::error::AppError;
use crate::args::{self, Cli};
use crate::exit_code::ExitCode;

const NAME: &str = "soundpost";

/// `completions`.
pub fn completions(ctx: &Ctx, args: &args::Completions) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
    ctx.say(&String::from_utf8_lossy(&script));
    ExitCode::Ok
}

/// `man`.
///
/// # Errors
/// [`AppError`] when the folder cannot be written.
pub fn man(ctx: &Ctx, args: &args::Man) -> Result<ExitCode, AppError> {
    match &args.all {
        Some(folder) => write_all(ctx, folder),
        None => print_main(ctx),
    }
}

fn print_main(ctx: &Ctx) -> Result<ExitCode, AppError> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(|error| AppError::bad_input(format!("the page cannot be made: {error}")))?;
    ctx.say(&String::from_utf8_lossy(&page));
    Ok(ExitCode::Ok)
}

fn write_all(ctx: &Ctx, folder: &Path) -> Result<ExitCode, AppError> {
    let cannot = |error| AppError::bad_input(format!("cannot write into '{}': {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(cannot)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(cannot)?;
    ctx.say(&format!("The pages are in {}", folder.display()));
    Ok(ExitCode::Ok)
}

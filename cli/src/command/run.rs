//! `run`: the daemon in the foreground.

use tracing_subscriber::EnvFilter;

use super::Ctx;
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::config::{Config, LogFormat};
use crate::daemon;
use crate::exit_code::ExitCode;

/// `run`.
///
/// # Errors
/// [`AppError`].
pub async fn run(ctx: &Ctx, args: args::Run) -> Result<ExitCode, AppError> {
    if let Some(why) = &ctx.surroundings.http_trouble {
        return Err(AppError::new(Kind::Network, why));
    }
    let config = Config::load(&ctx.home).map_err(|error| AppError::bad_input(error.to_string()))?;
    let format = match args.log.as_deref() {
        None => config.log,
        Some("json") => LogFormat::Json,
        Some("pretty") => LogFormat::Pretty,
        Some(other) => {
            return Err(AppError::bad_input(format!(
                "'{other}' is not a log form: pretty or json"
            )));
        }
    };
    log(format, config.log_level.name());
    daemon::run(&ctx.home, &ctx.surroundings).await?;
    Ok(ExitCode::Ok)
}

fn log(format: LogFormat, level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Whoever reads the log may have gone: that must not end what is being sent.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    // A second subscriber in one process (tests) is not an error.
    let _ = match format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Pretty => builder.with_ansi(false).try_init(),
    };
}

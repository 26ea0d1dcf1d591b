//! The commands: one file a group. Each turns what was typed into a question, and the answer into a screen.

pub mod accounts;
pub mod bulk;
pub mod calendars;
pub mod demo;
pub mod doctor;
pub mod events;
pub mod feeds;
pub mod guard;
pub mod guest;
pub mod init;
pub mod inspect;
pub mod log;
pub mod moving;
pub mod pause;
pub mod people;
pub mod posting;
pub mod reading;
pub mod resume;
pub mod run;
pub mod service;
pub mod shell;
pub mod statement;
pub mod trends;
pub mod words;

use std::io::Write as _;
use std::path::PathBuf;

use crate::app::error::AppError;
use crate::args::{Cli, Command};
use crate::control::client::{self, Asker};
use crate::control::protocol::{Answer, Ask};
use crate::exit_code::ExitCode;
use crate::os::role::{Role, role};
use crate::output::Screen;
use crate::render;
use crate::surroundings::Surroundings;

/// What every command works with.
pub struct Ctx {
    /// The folder with the queue.
    pub home: PathBuf,
    /// Where and how to print.
    pub screen: Screen,
    /// The login name of the person.
    pub who: String,
    /// Clock, randomness and HTTP.
    pub surroundings: Surroundings,
}

impl Ctx {
    /// Asks the daemon, or opens the store when nobody owns it.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn ask(&self, ask: Ask) -> Result<Answer, AppError> {
        self.ask_told(ask).await.map(|(answer, _)| answer)
    }

    /// The same, with how to end: well, or as the warning says under which the answer came.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn ask_told(&self, ask: Ask) -> Result<(Answer, ExitCode), AppError> {
        if let Role::Guest { owner } = role(&self.home) {
            let answer = guest::ask(self, owner, ask).await?;
            let is_silent = matches!(&answer, Answer::Status(status) if status.owner_silent);
            let code = if is_silent {
                ExitCode::NoAnswer
            } else {
                ExitCode::Ok
            };
            return Ok((answer, code));
        }
        let asker = Asker {
            home: &self.home,
            who: &self.who,
            surroundings: &self.surroundings,
        };
        let asked = client::ask(asker, ask).await?;
        let Some(warning) = &asked.warning else {
            return Ok((asked.answer, ExitCode::Ok));
        };
        complain(self, warning);
        Ok((asked.answer, warning.exit_code()))
    }

    /// Prints to standard output; a reader that went away is not an error.
    pub fn say(&self, text: &str) {
        let mut out = anstream::stdout().lock();
        let _ = out.write_all(text.as_bytes());
        if !text.ends_with('\n') {
            let _ = out.write_all(b"\n");
        }
        let _ = out.flush();
    }

    /// Prints an answer while its reader is there.
    ///
    /// # Errors
    /// When the reader went away.
    pub fn show_on(&self, answer: &Answer) -> std::io::Result<()> {
        let text = if self.screen.json {
            render::json(answer)
        } else {
            render::answer(&self.screen, answer)
        };
        let mut out = anstream::stdout().lock();
        writeln!(out, "{}", text.trim_end())?;
        out.flush()
    }

    /// Prints an answer: as JSON when that was asked for, else for people.
    pub fn show(&self, answer: &Answer) {
        if self.screen.json {
            self.say(&render::json(answer));
        } else {
            self.say(&render::answer(&self.screen, answer));
        }
    }
}

/// Runs one command to its end.
pub async fn run(cli: Cli, ctx: &Ctx) -> ExitCode {
    match dispatch(cli.command, ctx).await {
        Ok(code) => code,
        Err(error) => {
            complain(ctx, &error);
            error.exit_code()
        }
    }
}

/// Prints an error: one screen that says what, where and what to do.
pub fn complain(ctx: &Ctx, error: &AppError) {
    let text = if ctx.screen.json {
        render::json_error(error)
    } else {
        render::error(&ctx.screen, error)
    };
    let mut out = anstream::stderr().lock();
    let _ = writeln!(out, "{}", text.trim_end());
}

async fn dispatch(command: Command, ctx: &Ctx) -> Result<ExitCode, AppError> {
    guest::check(ctx, &command)?;
    match command {
        Command::Demo(args) => demo::demo(ctx, args).await,
        Command::Init(args) => init::init(ctx, &args),
        Command::Account(args) => accounts::account(ctx, args).await,
        Command::Post(args) => posting::post(ctx, args).await,
        Command::Check(args) => posting::check(ctx, args).await,
        Command::Queue(args) => inspect::queue(ctx, args).await,
        Command::Show(args) => inspect::show(ctx, args).await,
        Command::Why(args) => inspect::why(ctx, args).await,
        Command::Status => inspect::status(ctx).await,
        Command::Log(args) => log::log(ctx, args).await,
        Command::Hold(args) => people::hold(ctx, args).await,
        Command::Release(args) => people::release(ctx, args).await,
        Command::Approve(args) => people::approve(ctx, args).await,
        Command::Cancel(args) => people::cancel(ctx, args).await,
        Command::Reschedule(args) => people::reschedule(ctx, args).await,
        Command::Edit(args) => people::edit(ctx, args).await,
        Command::Rewrite(args) => people::rewrite(ctx, args).await,
        Command::Retry(args) => people::retry(ctx, args).await,
        Command::Found(args) => people::found(ctx, args).await,
        Command::Retract(args) => people::retract(ctx, args).await,
        Command::Recent(args) => reading::recent(ctx, args).await,
        Command::Receipts(args) => reading::receipts(ctx, args).await,
        Command::Today(args) => reading::today(ctx, args).await,
        Command::Rules(args) => inspect::rules(ctx, args).await,
        Command::Review(args) => reading::review(ctx, args).await,
        Command::Event(args) => events::event(ctx, args).await,
        Command::Calendar(args) => calendars::calendar(ctx, args).await,
        Command::Feed(args) => feeds::feed(ctx, args).await,
        Command::Trends(args) => trends::trends(ctx, args).await,
        Command::Guard(args) => guard::guard(ctx, args).await,
        Command::Pause(args) => pause::pause(ctx, args, false).await,
        Command::Stop(args) => pause::pause(ctx, args, true).await,
        Command::Resume(args) => resume::resume(ctx, args).await,
        Command::Run(args) => run::run(ctx, args).await,
        Command::Service(args) => service::service(ctx, &args),
        Command::Export(args) => moving::export(ctx, &args).await,
        Command::Import(args) => moving::import(ctx, &args).await,
        Command::Completions(args) => Ok(shell::completions(ctx, &args)),
        Command::Man(args) => shell::man(ctx, &args),
        Command::Doctor(args) => doctor::doctor(ctx, args).await,
    }
}

/// Asks, prints the answer, and ends well.
pub(crate) async fn ask_and_show(ctx: &Ctx, ask: Ask) -> Result<ExitCode, AppError> {
    let answer = ctx.ask(ask).await?;
    ctx.show(&answer);
    Ok(ExitCode::Ok)
}

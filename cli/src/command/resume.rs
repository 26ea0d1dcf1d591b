//! `resume`: shows the plan, lets a person change it, carries it out.

use std::fs::DirBuilder;
use std::io::{IsTerminal, Write as _};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use soundpost_core::id::OrderId;
use soundpost_core::plan::{Plan, number_in, orders_in};

use super::Ctx;
use crate::app::error::AppError;
use crate::args;
use crate::control::protocol::{Answer, Ask, PlanView, ResumeAsk};
use crate::exit_code::ExitCode;
use crate::os::role::{Role, role};
use crate::output::visible;
use crate::render;

/// `resume`.
///
/// # Errors
/// [`AppError`] when nothing is paused, the plan does not read, or the queue changed since it was made.
pub async fn resume(ctx: &Ctx, args: args::Resume) -> Result<ExitCode, AppError> {
    if args.edit {
        refuse_without_terminal()?;
    }
    let edited = match &args.apply {
        Some(Some(file)) => Some(read(file)?),
        Some(None) if args.plan.is_none() => {
            return Err(
                AppError::bad_input("which plan? --apply --plan NUMBER, or --apply FILE")
                    .help("soundpost resume shows the plan and its number"),
            );
        }
        _ => None,
    };
    let which = which(&args, edited.as_deref());
    let answer = ctx.ask(Ask::ResumePlan(which.clone())).await?;
    let Answer::Plan(view) = answer else {
        return Err(AppError::bad_input("the daemon gave an answer of another kind"));
    };
    match (edited, args.plan, args.save) {
        (Some(text), _, _) => apply(ctx, plan_of(&view, &text)?).await,
        (_, Some(number), _) => apply(ctx, the_same(view, &number)?).await,
        (_, _, Some(file)) => save(ctx, &view, &file),
        _ if args.edit => edit(ctx, &view).await,
        _ => {
            ctx.show(&Answer::Plan(view));
            Ok(ExitCode::Ok)
        }
    }
}

/// An editor that nobody sees would wait for ever.
///
/// # Errors
/// [`AppError`] that says how to edit the plan without one.
fn refuse_without_terminal() -> Result<(), AppError> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    let error = AppError::bad_input("--edit needs a terminal, and there is none: no editor was started");
    Err(error.help(
        "soundpost resume --save FILE   writes the plan; edit it, then:  soundpost resume --apply FILE",
    ))
}

/// Which pauses to end: as typed; else what the edited plan says that it ends.
fn which(args: &args::Resume, edited: Option<&str>) -> ResumeAsk {
    let typed = ResumeAsk {
        network: args.network.clone(),
        account: args.account.clone(),
        campaign: args.campaign.clone(),
        orders: args.order.clone(),
    };
    match edited {
        Some(text) if typed == ResumeAsk::default() => ResumeAsk {
            orders: orders_in(text),
            ..typed
        },
        _ => typed,
    }
}

async fn apply(ctx: &Ctx, plan: Plan) -> Result<ExitCode, AppError> {
    let answer = ctx.ask(Ask::ResumeApply { plan: Box::new(plan) }).await?;
    ctx.show(&answer);
    Ok(ExitCode::Ok)
}

fn the_same(view: PlanView, number: &str) -> Result<Plan, AppError> {
    if view.number == number {
        return Ok(view.plan);
    }
    Err(changed(number, &view.number))
}

/// Another plan: the queue changed, or it ends other pauses.
fn changed(then: &str, now: &str) -> AppError {
    let seq = |number: &str| number.split('-').next().unwrap_or_default().to_owned();
    if seq(then) != seq(now) {
        return AppError::conflict(format!(
            "the queue changed since that plan was made (it was at {}, it is at {})",
            visible(&seq(then)),
            seq(now)
        ))
        .help("soundpost resume shows the new plan");
    }
    AppError::conflict(format!(
        "plan {} ends other pauses than this one would, which is plan {now}",
        visible(then)
    ))
    .help("repeat what showed the plan, with its --network, --account, --campaign or --order; nothing was changed")
}

fn read(file: &Path) -> Result<String, AppError> {
    let text = std::fs::read_to_string(file);
    text.map_err(|e| AppError::bad_input(format!("cannot read '{}': {e}", file.display())))
}

fn plan_of(view: &PlanView, text: &str) -> Result<Plan, AppError> {
    match number_in(text) {
        Some(number) if number != view.number => return Err(changed(number, &view.number)),
        Some(_) => {}
        None => {
            return Err(AppError::bad_input(
                "the plan has no line 'plan NUMBER': write one with resume --save",
            ));
        }
    }
    view.plan.with_text(text).map_err(|error| {
        AppError::bad_input(format!("the plan does not read: {}", visible(&error.to_string())))
            .help("nothing was changed")
    })
}

fn save(ctx: &Ctx, view: &PlanView, file: &Path) -> Result<ExitCode, AppError> {
    std::fs::write(file, &view.text)
        .map_err(|e| AppError::bad_input(format!("cannot write '{}': {e}", file.display())))?;
    if ctx.screen.json {
        let number = view.number.parse::<u64>();
        let number = number.map_or_else(|_| view.number.clone().into(), serde_json::Value::from);
        let saved = serde_json::json!({ "file": file, "plan": number });
        ctx.say(&render::json_of("saved", &saved));
    } else {
        ctx.say(&format!(
            "The plan is in {0}\nEdit it, then:\n  soundpost resume --apply {0}",
            file.display()
        ));
    }
    Ok(ExitCode::Ok)
}

async fn edit(ctx: &Ctx, view: &PlanView) -> Result<ExitCode, AppError> {
    let file = plan_file(ctx)?;
    std::fs::write(&file, &view.text)
        .map_err(|e| AppError::bad_input(format!("cannot write '{}': {e}", file.display())))?;
    open_editor(&file)?;
    let plan = plan_of(view, &read(&file)?)?;
    let shown = PlanView {
        plan: plan.clone(),
        // What stands behind a number is the plan as it was proposed, not as it was edited.
        number: String::new(),
        ..view.clone()
    };
    ctx.show(&Answer::Plan(shown));
    if !confirmed() {
        ctx.say(&format!(
            "Nothing was changed. The plan stays as you wrote it; to apply it:\n  soundpost resume --apply {}",
            file.display()
        ));
        return Ok(ExitCode::Ok);
    }
    let code = apply(ctx, plan).await?;
    let _ = std::fs::remove_file(&file);
    Ok(code)
}

/// Where the plan lies while it is edited: in the home; for another user in a new folder of their own.
fn plan_file(ctx: &Ctx) -> Result<PathBuf, AppError> {
    let name = "resume-plan.txt";
    if role(&ctx.home) == Role::Owner {
        return Ok(ctx.home.join(name));
    }
    let folder = std::env::temp_dir().join(format!(
        "soundpost-{}",
        OrderId::new(ctx.surroundings.clock.now(), &*ctx.surroundings.entropy)
    ));
    let made = DirBuilder::new().mode(0o700).create(&folder);
    made.map_err(|e| AppError::bad_input(format!("cannot make '{}': {e}", folder.display())))?;
    Ok(folder.join(name))
}

fn open_editor(file: &Path) -> Result<(), AppError> {
    let editor = std::env::var("VISUAL")
        .or_else(|_| std::env::var("EDITOR"))
        .unwrap_or_else(|_| "vi".to_owned());
    let ended = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg("sh")
        .arg(file)
        .status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(AppError::bad_input(format!(
            "the editor '{editor}' ended with {status}"
        ))),
        Err(error) => Err(
            AppError::bad_input(format!("cannot start the editor '{editor}': {error}"))
                .help("set EDITOR, or use resume --save FILE and resume --apply FILE"),
        ),
    }
}

/// Asks on the terminal; without one the answer is no.
fn confirmed() -> bool {
    if !std::io::stdin().is_terminal() {
        return false;
    }
    let mut out = anstream::stdout().lock();
    let _ = write!(out, "Resume with this plan? Type yes: ");
    let _ = out.flush();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).is_ok() && line.trim() == "yes"
}

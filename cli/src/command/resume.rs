//! `resume`: shows the plan, lets a person change it, carries it out.

use std::io::{IsTerminal, Write as _};
use std::path::Path;
use std::process::Command;

use soundpost_core::plan::Plan;

use super::Ctx;
use crate::app::error::AppError;
use crate::args;
use crate::control::protocol::{Answer, Ask, PlanView};
use crate::exit_code::ExitCode;
use crate::render;

/// `resume`.
///
/// # Errors
/// [`AppError`] when nothing is paused, the plan does not read, or the queue changed since it was made.
pub async fn resume(ctx: &Ctx, args: args::Resume) -> Result<ExitCode, AppError> {
    let answer = ctx.ask(Ask::ResumePlan).await?;
    let Answer::Plan(view) = answer else {
        return Err(AppError::bad_input("the daemon gave an answer of another kind"));
    };
    match (args.apply, args.plan, args.save) {
        (Some(Some(file)), _, _) => apply(ctx, read_plan(&view, &file)?).await,
        (Some(None), None, _) => Err(AppError::bad_input(
            "which plan? --apply --plan NUMBER, or --apply FILE",
        )
        .help("soundpost resume shows the plan and its number")),
        (Some(None), Some(seq), _) => apply(ctx, the_same(view.plan, seq)?).await,
        (_, _, Some(file)) => save(ctx, &view, &file),
        _ if args.edit => edit(ctx, &view).await,
        _ => {
            ctx.show(&Answer::Plan(view));
            Ok(ExitCode::Ok)
        }
    }
}

async fn apply(ctx: &Ctx, plan: Plan) -> Result<ExitCode, AppError> {
    let answer = ctx.ask(Ask::ResumeApply { plan: Box::new(plan) }).await?;
    ctx.show(&answer);
    Ok(ExitCode::Ok)
}

fn the_same(plan: Plan, seq: u64) -> Result<Plan, AppError> {
    if plan.seq == seq {
        return Ok(plan);
    }
    Err(changed(seq, plan.seq))
}

fn changed(then: u64, now: u64) -> AppError {
    AppError::conflict(format!(
        "the queue changed since that plan was made (it was at {then}, it is at {now})"
    ))
    .help("soundpost resume shows the new plan")
}

fn read_plan(view: &PlanView, file: &Path) -> Result<Plan, AppError> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|e| AppError::bad_input(format!("cannot read '{}': {e}", file.display())))?;
    plan_of(view, &text)
}

fn plan_of(view: &PlanView, text: &str) -> Result<Plan, AppError> {
    let made_at = text
        .lines()
        .find_map(|l| l.strip_prefix("plan "))
        .and_then(|n| n.trim().parse::<u64>().ok());
    match made_at {
        Some(seq) if seq != view.plan.seq => return Err(changed(seq, view.plan.seq)),
        Some(_) => {}
        None => {
            return Err(AppError::bad_input(
                "the plan has no line 'plan NUMBER': write one with resume --save",
            ));
        }
    }
    view.plan.with_text(text).map_err(|error| {
        AppError::bad_input(format!("the plan does not read: {error}")).help("nothing was changed")
    })
}

fn save(ctx: &Ctx, view: &PlanView, file: &Path) -> Result<ExitCode, AppError> {
    std::fs::write(file, &view.text)
        .map_err(|e| AppError::bad_input(format!("cannot write '{}': {e}", file.display())))?;
    if ctx.screen.json {
        let saved = serde_json::json!({ "file": file, "plan": view.plan.seq });
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
    let file = ctx.home.join("resume-plan.txt");
    std::fs::write(&file, &view.text)
        .map_err(|e| AppError::bad_input(format!("cannot write '{}': {e}", file.display())))?;
    open_editor(&file)?;
    let plan = read_plan(view, &file)?;
    let shown = PlanView {
        plan: plan.clone(),
        ..view.clone()
    };
    ctx.show(&Answer::Plan(shown));
    if !confirmed() {
        ctx.say(&format!(
            "Nothing was changed. The plan stays in {}",
            file.display()
        ));
        return Ok(ExitCode::Ok);
    }
    let code = apply(ctx, plan).await?;
    let _ = std::fs::remove_file(&file);
    Ok(code)
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

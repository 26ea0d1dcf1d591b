//! What other users may do with a queue: pause it, ask whether it is paused, and, when they are of the group for that,
//! resume it. They reach the switch and the doors, and nothing else of the home.

use jiff::Timestamp;
use soundpost_core::halt::{HaltOrder, Scope, SwitchState};
use soundpost_core::id::OrderId;
use soundpost_core::port::switch::Switch;
use soundpost_core::schedule;
use tokio::time::{Instant, sleep, timeout};

use super::Ctx;
use super::pause::{PAUSE_ALL, PROOF_MAX, RETRY_EVERY, STOP_AFTER, bare, known_network, review_at};
use crate::app::error::{AppError, Kind};
use crate::args::{self, Command};
use crate::control::client::{NoAnswer, ask_at_door, lost, no_answer, other_version};
use crate::control::door::{Door, no_resume, not_yours};
use crate::control::protocol::{Answer, Ask, Paused, Reply, Status, scope_shown};
use crate::exit_code::ExitCode;
use crate::os::role::{Role, role};
use crate::os::switch_file::SwitchFile;
use crate::os::users::name_of_user;
use crate::os::zones;
use crate::render;

/// Refuses what only the owner of the queue may do.
///
/// # Errors
/// [`AppError`] for another user.
pub fn check(ctx: &Ctx, command: &Command) -> Result<(), AppError> {
    let Role::Guest { owner } = role(&ctx.home) else {
        return Ok(());
    };
    match command {
        Command::Demo(_) | Command::Init(_) | Command::Completions(_) | Command::Man(_) => Ok(()),
        Command::Pause(_) | Command::Stop(_) | Command::Status | Command::Resume(_) => Ok(()),
        _ => Err(not_yours(owner)),
    }
}

/// Asks the daemon at the door for this question.
///
/// # Errors
/// [`AppError`] when it is the owner's matter, or nobody answers.
pub async fn ask(ctx: &Ctx, owner: Option<u32>, ask: Ask) -> Result<Answer, AppError> {
    if matches!(ask, Ask::Status) {
        return status(ctx, owner).await;
    }
    let door = Door::of(&ask).ok_or_else(|| not_yours(owner))?;
    match ask_at_door(&door.place(&ctx.home), owner, &ctx.who, &ask).await {
        Ok(Reply::Answer(answer)) => Ok(*answer),
        Ok(Reply::Error(error)) => Err(error),
        Err(NoAnswer::Closed | NoAnswer::NotThere | NoAnswer::Stranger) => Err(no_resume(owner)),
        Err(NoAnswer::Hung) => Err(no_answer()),
        Err(NoAnswer::OtherVersion(hello)) => Err(other_version(&hello)),
        Err(NoAnswer::Lost | NoAnswer::Broken(_)) => Err(lost()),
    }
}

/// What the daemon tells other users; without one, what the switch's file says.
async fn status(ctx: &Ctx, owner: Option<u32>) -> Result<Answer, AppError> {
    let switch = SwitchFile::open(&ctx.home, None);
    if !switch.is_open_to_this_user() {
        return Err(not_allowed(owner, "see the status of"));
    }
    let asked = ask_at_door(&Door::Pause.place(&ctx.home), owner, &ctx.who, &Ask::Status).await;
    let owner_silent = matches!(asked, Err(NoAnswer::Hung));
    if let Ok(Reply::Answer(answer)) = asked {
        return Ok(*answer);
    }
    let (halts, switch_trouble) = match switch.read() {
        SwitchState::Running => (Vec::new(), None),
        SwitchState::Halted(orders) => (orders, None),
        SwitchState::Unreadable(why) => (Vec::new(), Some(why)),
    };
    Ok(Answer::Status(Status {
        halts_shown: halts.iter().map(|order| told(ctx, order)).collect(),
        halts,
        switch_trouble,
        owner_silent,
        ..Status::of_switch()
    }))
}

/// An instant in the zone of this machine; as it is where the zones cannot be read.
fn shown(ctx: &Ctx, at: Timestamp) -> String {
    let now = ctx.surroundings.clock.now();
    let zones = zones::database();
    zones.map_or_else(
        |_| at.to_string(),
        |zones| schedule::show_instant(at, &zones::system_zone_name(), &zones, now),
    )
}

fn told(ctx: &Ctx, order: &HaltOrder) -> String {
    let (scope, who, why) = (scope_shown(&order.scope), &order.who, &order.reason);
    let at = shown(ctx, order.at);
    format!("{scope}, ordered by {who} {at}: {why}")
}

/// `pause` and `stop` of another user: the switch first, then the daemon's word.
///
/// # Errors
/// [`AppError`] when this user may not pause, or the switch cannot be written.
pub async fn pause(
    ctx: &Ctx,
    owner: Option<u32>,
    args: args::Pause,
    kill: bool,
) -> Result<ExitCode, AppError> {
    let order = order(ctx, args)?;
    let trouble = set(ctx, owner, &order)?;
    if !ctx.screen.json {
        ctx.say(&render::set(&ctx.screen, &order.scope));
    }
    let patience = if kill { STOP_AFTER } else { PROOF_MAX };
    let said = timeout(patience, proof(ctx, owner, &order)).await;
    let mut paused = match said {
        Ok(Ok(paused)) => paused,
        Ok(Err(why)) => unproven(ctx, order, owner, &why),
        Err(_) => unproven(ctx, order, owner, "the daemon does not answer"),
    };
    paused.troubles.extend(trouble);
    if kill && !paused.proven {
        paused.troubles.push(format!(
            "stop cannot end the process that owns the queue: only {} and root can",
            named(owner)
        ));
    }
    let proven = paused.proven;
    ctx.show(&Answer::Paused(paused));
    Ok(if proven {
        ExitCode::Ok
    } else {
        ExitCode::NotProvenSilent
    })
}

fn named(owner: Option<u32>) -> String {
    owner.map_or_else(|| "its owner".to_owned(), name_of_user)
}

fn order(ctx: &Ctx, args: args::Pause) -> Result<HaltOrder, AppError> {
    let at = ctx.surroundings.clock.now();
    let scope = match (args.campaign, args.network, args.account) {
        (Some(campaign), _, _) => Scope::Campaign(campaign),
        (_, Some(network), _) => known_network(&network)?,
        (_, _, Some(_)) => {
            let error = "nothing was paused: only the owner of the queue can look up the name of an account";
            return Err(AppError::new(Kind::NotAllowed, error).help(PAUSE_ALL));
        }
        _ => Scope::Everything,
    };
    Ok(HaltOrder {
        id: OrderId::new(at, &*ctx.surroundings.entropy),
        scope,
        reason: args.reason,
        who: ctx.who.clone(),
        at,
        review_at: args
            .until
            .as_deref()
            .map(|until| review_at(until, at))
            .transpose()?,
    })
}

fn set(ctx: &Ctx, owner: Option<u32>, order: &HaltOrder) -> Result<Option<String>, AppError> {
    let switch = SwitchFile::open(&ctx.home, None);
    if !switch.is_open_to_this_user() {
        let error = not_allowed(owner, "pause");
        return Err(AppError {
            message: format!("the pause is NOT set: {}", error.message),
            ..error
        });
    }
    let Err(error) = switch.order(order) else {
        return Ok(None);
    };
    match switch.read() {
        SwitchState::Unreadable(why) if switch.is_lost() => {
            Ok(Some(format!("{error}. It counts as on all the same: {why}")))
        }
        _ => Err(AppError::new(Kind::Store, error.to_string())
            .help("the pause is NOT set. Try again, or tell the owner of the queue")),
    }
}

fn not_allowed(owner: Option<u32>, what: &str) -> AppError {
    let error = format!(
        "you may not {what} this queue: it belongs to {}, and you are not of the group that it is opened to",
        named(owner)
    );
    AppError::new(Kind::NotAllowed, error)
        .help("tell the owner, or become one of the group that switch_group in its config.toml names")
}

/// The daemon's word; what stands against it otherwise.
async fn proof(ctx: &Ctx, owner: Option<u32>, order: &HaltOrder) -> Result<Paused, String> {
    let ask = Ask::Pause(order.clone());
    let began = Instant::now();
    loop {
        match ask_at_door(&Door::Pause.place(&ctx.home), owner, &ctx.who, &ask).await {
            Ok(Reply::Answer(answer)) => {
                if let Answer::Paused(paused) = *answer {
                    return Ok(paused);
                }
            }
            Ok(Reply::Error(error)) => return Err(format!("the daemon refused: {error}")),
            Err(NoAnswer::Hung) => return Err("the daemon does not answer".to_owned()),
            Err(NoAnswer::NotThere) => return Err("no daemon answers".to_owned()),
            Err(NoAnswer::Closed) => return Err("the daemon's door is closed to you".to_owned()),
            Err(NoAnswer::Stranger) => {
                return Err("somebody else listens in the daemon's place, and is not believed".to_owned());
            }
            Err(NoAnswer::Broken(_) | NoAnswer::Lost | NoAnswer::OtherVersion(_)) => {}
        }
        if began.elapsed() > STOP_AFTER {
            return Err("the daemon hangs up".to_owned());
        }
        sleep(RETRY_EVERY).await;
    }
}

fn unproven(ctx: &Ctx, order: HaltOrder, owner: Option<u32>, why: &str) -> Paused {
    let mut paused = bare(order);
    paused.at_shown = shown(ctx, paused.order.at);
    paused.proof = vec![
        format!("the order stands in the switch, which is looked at before every write; but {why}"),
        "a write that had begun may still become public; which, only the owner can see".to_owned(),
        format!("to have it proven, ask {} to run:  soundpost pause", named(owner)),
    ];
    paused
}

//! The order of a pause, from what was typed. Everything is paused without a look at anything.

use jiff::Timestamp;
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::OrderId;
use soundpost_core::schedule;

use crate::app::error::{AppError, Kind};
use crate::args;
use crate::command::Ctx;
use crate::os::zones;
use crate::wire_up;

/// Said when a narrower pause cannot be made.
pub(in crate::command) const PAUSE_ALL: &str = "to stop everything at once:  soundpost pause";

/// The order. What narrows it down must be known.
pub(super) fn of(ctx: &Ctx, args: args::Pause) -> Result<HaltOrder, AppError> {
    let at = ctx.surroundings.clock.now();
    let scope = scope(ctx, &args)?;
    let review_at = args
        .until
        .as_deref()
        .map(|until| review_at(until, at))
        .transpose()?;
    Ok(HaltOrder {
        id: OrderId::new(at, &*ctx.surroundings.entropy),
        scope,
        reason: args.reason,
        who: ctx.who.clone(),
        at,
        review_at,
    })
}

/// # Errors
/// [`AppError`] when it does not read; then nothing was paused.
pub(in crate::command) fn review_at(until: &str, now: Timestamp) -> Result<Timestamp, AppError> {
    let zones = zones::database().map_err(|error| AppError::new(Kind::Store, error).help(PAUSE_ALL))?;
    let due = schedule::resolve(until, now, &zones::system_zone_name(), &zones);
    let due = due.map_err(|error| AppError::bad_input(format!("--until: {error}")).help(PAUSE_ALL))?;
    Ok(due.at)
}

/// What it silences. The name of an account is looked up in the journal, which also works when the owner hangs.
fn scope(ctx: &Ctx, args: &args::Pause) -> Result<Scope, AppError> {
    if let Some(campaign) = &args.campaign {
        return Ok(Scope::Campaign(campaign.clone()));
    }
    if let Some(network) = &args.network {
        return known_network(network);
    }
    let Some(name) = &args.account else {
        return Ok(Scope::Everything);
    };
    let app = wire_up::look(&ctx.home, &ctx.surroundings).map_err(|error| error.help(PAUSE_ALL))?;
    let world = app.env.store.world();
    if let Some(account) = world.account_named(name) {
        return Ok(Scope::Account(account.id));
    }
    let known = world.accounts.values().filter(|a| a.exists());
    let known: Vec<&str> = known.map(|a| a.name.as_str()).collect();
    Err(unknown("account", name, &known))
}

/// # Errors
/// [`AppError`] when there is no such network; then nothing was paused.
pub(in crate::command) fn known_network(network: &str) -> Result<Scope, AppError> {
    let known = wire_up::adapters();
    match known.get(network) {
        Some(_) => Ok(Scope::Network(network.to_owned())),
        None => Err(unknown("network", network, &known.names())),
    }
}

fn unknown(what: &str, name: &str, known: &[impl AsRef<str>]) -> AppError {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let known = known.join(", ");
    let error = format!("nothing was paused: there is no {what} '{name}'; there are: {known}");
    AppError::new(Kind::NotFound, error).help(PAUSE_ALL)
}

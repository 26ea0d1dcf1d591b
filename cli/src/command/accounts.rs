//! `account`.

use soundpost_core::account::CredentialRef;
use soundpost_core::address::Address;
use soundpost_core::guard::rules::limits::Limits;
use soundpost_core::post::Audience;

use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::args::{self, AccountCommand};
use crate::control::protocol::{AccountAsk, AccountRulesAsk, Ask};
use crate::exit_code::ExitCode;
use crate::{os, render, wire_up};

/// `account`.
///
/// # Errors
/// [`AppError`].
pub async fn account(ctx: &Ctx, command: AccountCommand) -> Result<ExitCode, AppError> {
    let ask = match command {
        AccountCommand::Add(args) => Ask::AccountAdd(Box::new(add(*args)?)),
        AccountCommand::List => Ask::AccountList,
        AccountCommand::Remove(args) => Ask::AccountRemove { name: args.name },
        AccountCommand::Login(args) => Ask::AccountLogin {
            name: args.name,
            server: args.server,
        },
        AccountCommand::Set(args) => Ask::AccountSet(Box::new(set(args)?)),
        AccountCommand::Networks => {
            let adapters = wire_up::adapters();
            ctx.say(&if ctx.screen.json {
                render::networks_json(&adapters)
            } else {
                render::networks(&ctx.screen, &adapters)
            });
            return Ok(ExitCode::Ok);
        }
    };
    ask_and_show(ctx, ask).await
}

fn add(args: args::AccountAdd) -> Result<AccountAsk, AppError> {
    let settings = args
        .settings
        .iter()
        .map(|text| key_value(text))
        .collect::<Result<Vec<_>, _>>()?;
    let upper = |codes: Vec<String>| codes.into_iter().map(|c| c.to_ascii_uppercase()).collect();
    Ok(AccountAsk {
        network: args.network,
        name: args.name,
        server: args.server.map(|s| Address::new(absolute(s.reveal()))),
        identity: args.identity,
        credential: credential(args.credential.as_deref())?,
        zone: args.tz.unwrap_or_else(os::zones::system_zone_name),
        audience: Audience {
            countries: upper(args.countries),
            regions: upper(args.regions),
            languages: Vec::new(),
        },
        language: args.language,
        category: args.category,
        groups: args
            .groups
            .into_iter()
            .map(|g| g.trim_start_matches('@').to_owned())
            .collect(),
        settings,
        verify: !args.no_verify,
    })
}

fn set(args: args::AccountSet) -> Result<AccountRulesAsk, AppError> {
    let ask = AccountRulesAsk {
        name: args.name,
        blackouts: args.blackouts,
        no_blackout: args.no_blackout,
        quiet: args.quiet,
        no_quiet: args.no_quiet,
        limits: Limits {
            sells_in_ten: args.sells_in_ten,
            humor_per_week: args.humor_per_week,
            posts_per_day: args.posts_per_day,
            gap_min: args.gap,
        },
        profile: args.profile,
        caps: args.caps,
        defaults: args.defaults,
    };
    if ask.changes_nothing() {
        let error = AppError::bad_input("what shall be set?");
        return Err(error.help("add --quiet, --blackout or another option: soundpost account set --help"));
    }
    Ok(ask)
}

/// A folder is kept as an absolute path: the daemon runs somewhere else.
fn absolute(server: &str) -> String {
    if server.contains("://") {
        return server.to_owned();
    }
    std::path::absolute(server).map_or_else(|_| server.to_owned(), |p| p.to_string_lossy().into_owned())
}

fn key_value(text: &str) -> Result<(String, String), AppError> {
    let pair = text.split_once('=');
    let (key, value) = pair.ok_or_else(|| AppError::bad_input(format!("'{text}' is not KEY=VALUE")))?;
    Ok((key.to_owned(), value.to_owned()))
}

fn credential(text: Option<&str>) -> Result<CredentialRef, AppError> {
    let Some(text) = text else {
        return Ok(CredentialRef::None);
    };
    if let Some(name) = text.strip_prefix("env:") {
        return Ok(CredentialRef::Env(name.to_owned()));
    }
    if let Some(path) = text.strip_prefix("file:") {
        return Ok(CredentialRef::File(absolute(path)));
    }
    // What was typed may be the secret itself: it is not repeated.
    Err(
        AppError::bad_input("a credential is given as env:NAME or file:PATH, never by itself")
            .help("put it into a file that only you may read (chmod 600), and pass file:PATH"),
    )
}

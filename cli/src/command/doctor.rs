//! `doctor`: looks at every part of the queue's folder, says what is wrong and what to do, and mends what it is told to
//! mend.

use std::path::Path;

use jiff::tz::TimeZone;
use soundpost_core::account::Account;
use soundpost_core::halt::{HaltOrder, Scope, SwitchState};
use soundpost_core::id::OrderId;
use soundpost_core::port::store::Store;
use soundpost_core::port::switch::Switch;
use soundpost_core::world::World;
use soundpost_store::owner::{LockError, OwnerLock, read_owner};

use super::Ctx;
use crate::app::accounts::in_the_open;
use crate::app::calendars::notes;
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::config::Config;
use crate::daemon::doors::closed_above;
use crate::exit_code::ExitCode;
use crate::os::switch_file::SwitchFile;
use crate::os::users::group_id;
use crate::os::vault::open_secrets;
use crate::output::visible;
use crate::{render, wire_up};

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    /// What is wrong and what to do; none when nothing is.
    trouble: Option<String>,
    /// What was seen.
    seen: String,
}

/// `doctor`.
///
/// # Errors
/// [`AppError`] when mending fails, or another process owns the queue while something is to be mended.
pub async fn doctor(ctx: &Ctx, args: args::Doctor) -> Result<ExitCode, AppError> {
    if args.adopt {
        return mend(ctx, "adopted", soundpost_store::open::adopt);
    }
    if args.rebuild {
        return mend(ctx, "rebuilt from the journal", |home| {
            soundpost_store::open::rebuild(home).map(|_| ())
        });
    }
    if args.restore_switch {
        return restore_switch(ctx);
    }
    let findings = look(ctx).await;
    let bad = findings.iter().any(|f| f.trouble.is_some());
    show(ctx, &findings);
    Ok(if bad { ExitCode::Store } else { ExitCode::Ok })
}

fn mend(
    ctx: &Ctx,
    what: &str,
    work: impl FnOnce(&Path) -> Result<(), soundpost_store::open::OpenError>,
) -> Result<ExitCode, AppError> {
    let _lock = lock(ctx)?;
    work(&ctx.home).map_err(|error| AppError::new(Kind::Store, error.to_string()))?;
    said(
        ctx,
        &format!(
            "The queue in {} was {what}. If it is paused, it stays paused.",
            ctx.home.display()
        ),
    );
    Ok(ExitCode::Ok)
}

fn lock(ctx: &Ctx) -> Result<OwnerLock, AppError> {
    OwnerLock::acquire(&ctx.home, Path::new("")).map_err(|error| match error {
        LockError::Owned(_) => {
            AppError::conflict(error.to_string()).help("stop the daemon first, then repeat")
        }
        LockError::Io { .. } => AppError::new(Kind::Store, error.to_string()),
    })
}

/// A switch that was lost comes back halted: who lost it cannot know what it said.
fn restore_switch(ctx: &Ctx) -> Result<ExitCode, AppError> {
    let _lock = lock(ctx)?;
    let store = soundpost_store::open::look(&ctx.home);
    let store = store.map_err(|error| AppError::new(Kind::Store, error.to_string()))?;
    let group = Config::load(&ctx.home).unwrap_or_default().switch_group;
    let at = ctx.surroundings.clock.now();
    let order = HaltOrder {
        id: OrderId::new(at, &*ctx.surroundings.entropy),
        scope: Scope::Everything,
        reason: "the kill switch was lost and has been restored".to_owned(),
        who: ctx.who.clone(),
        at,
        review_at: None,
    };
    SwitchFile::restore_as_halted(&ctx.home, store.id(), group.as_deref(), &order)
        .map_err(|error| AppError::new(Kind::Store, error.to_string()))?;
    said(
        ctx,
        "The kill switch is back, and on. To come back:  soundpost resume",
    );
    Ok(ExitCode::Ok)
}

async fn look(ctx: &Ctx) -> Vec<Finding> {
    let journal = soundpost_store::open::look(&ctx.home);
    let id = journal.as_ref().ok().map(Store::id);
    let seen = match &journal {
        Ok(store) => format!("reads to its end, {} entries", store.seq()),
        Err(_) => String::new(),
    };
    let trouble = journal.as_ref().err().map(ToString::to_string);
    let owner = read_owner(&ctx.home).ok().flatten();
    let mut findings = vec![
        config(&ctx.home),
        switch(&ctx.home, id),
        Finding {
            what: "journal",
            trouble,
            seen,
        },
        Finding {
            what: "owner",
            trouble: None,
            seen: owner
                .as_ref()
                .map_or_else(|| "nobody".to_owned(), |o| format!("process {}", o.pid)),
        },
    ];
    findings.push(secrets(&ctx.home, journal.as_ref().ok()));
    findings.extend(group(&ctx.home));
    let world = journal.as_ref().ok().map(Store::world);
    findings.extend(world.map(|world| calendars(ctx, &world)));
    if owner.is_none() {
        findings.push(queue(ctx).await);
    }
    findings
}

fn config(home: &Path) -> Finding {
    let trouble = Config::load(home).err().map(|error| error.to_string());
    Finding {
        what: "config.toml",
        trouble,
        seen: "understood".to_owned(),
    }
}

fn switch(home: &Path, store: Option<soundpost_core::id::StoreId>) -> Finding {
    let (trouble, seen) = match SwitchFile::open(home, store).read() {
        SwitchState::Running => (None, "off: posts may go".to_owned()),
        SwitchState::Halted(orders) => (None, format!("on: {} orders", orders.len())),
        SwitchState::Unreadable(why) => (
            Some(format!(
                "{why}; it counts as on. Mend it:  soundpost doctor --restore-switch"
            )),
            String::new(),
        ),
    };
    Finding {
        what: "kill switch",
        trouble,
        seen,
    }
}

/// Who may read the folder of secrets, and whether the journal holds an address that belongs into it.
fn secrets(home: &Path, journal: Option<&impl Store>) -> Finding {
    let adapters = wire_up::adapters();
    let world = journal.map(Store::world);
    let accounts = world.iter().flat_map(|world| world.accounts.values());
    let held = accounts.filter(|account| {
        let network = adapters.get(&account.network);
        account.exists() && network.is_some_and(|network| in_the_open(network.describe(), account))
    });
    let move_it = |account: &Account| {
        let name = visible(&account.name);
        format!("the journal holds the address of '{name}': soundpost account login {name} moves it here")
    };
    let mut wrong = open_secrets(home);
    wrong.extend(held.map(move_it));
    Finding {
        what: "secrets",
        trouble: (!wrong.is_empty()).then(|| wrong.join("; ")),
        seen: "closed to others".to_owned(),
    }
}

/// What somebody should know of the calendars. None of it is broken: it only wants a person some day.
fn calendars(ctx: &Ctx, world: &World) -> Finding {
    let today = TimeZone::UTC.to_datetime(ctx.surroundings.clock.now()).date();
    let told = world.calendars.values().flat_map(|calendar| {
        let name = visible(&calendar.name).into_owned();
        let notes = notes(calendar, today).into_iter();
        notes.map(move |note| format!("{name}: {note}"))
    });
    let told: Vec<String> = told.collect();
    let seen = match (world.calendars.len(), told.is_empty()) {
        (0, _) => {
            "none; soundpost calendar add --for-accounts puts those of your readers in force".to_owned()
        }
        (count, true) => format!("{count} in force, as this program has them"),
        (count, false) => format!("{count} in force; {}", told.join("; ")),
    };
    Finding {
        what: "sensitive days",
        trouble: None,
        seen,
    }
}

/// Whether the group that the configuration names can pause; nothing when none is named.
fn group(home: &Path) -> Option<Finding> {
    let name = Config::load(home).ok()?.switch_group?;
    let trouble = match group_id(&name) {
        Err(why) => Some(format!("the switch {why}")),
        Ok(number) if SwitchFile::open(home, None).group() != Some(number) => Some(format!(
            "config.toml names '{name}', and the switch is not open to it: the next 'soundpost run' opens it"
        )),
        Ok(_) => closed_above(home).map(|folder| {
            format!(
                "only some users may pass through {}: 'chmod o+x' lets the group through",
                folder.display()
            )
        }),
    };
    Some(Finding {
        what: "group that may pause",
        trouble,
        seen: visible(&name).into_owned(),
    })
}

/// sled and the store's identity, which only an owner can look at.
async fn queue(ctx: &Ctx) -> Finding {
    let what = "queue";
    let Ok(_lock) = lock(ctx) else {
        return Finding {
            what,
            trouble: None,
            seen: "another command has it just now".to_owned(),
        };
    };
    let opened = soundpost_store::open::open(&ctx.home, std::sync::Arc::default());
    let (store, report) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let trouble = format!("{error}. If it is sled's:  soundpost doctor --rebuild");
            return Finding {
                what,
                trouble: Some(trouble),
                seen: String::new(),
            };
        }
    };
    let closed = tokio::task::spawn_blocking(move || store.close()).await;
    let trouble = report.foreign.map(|why| {
        format!("{why}. If the other copy no longer sends:  soundpost doctor --adopt, then resume")
    });
    let lost = report.attempting.len();
    let cut = if report.journal.cut.is_some() {
        "; a torn tail was cut"
    } else {
        ""
    };
    let seen = format!("agrees with the journal{cut}; {lost} sends without an outcome");
    Finding {
        what,
        trouble: trouble.or(closed.err().map(|e| e.to_string())),
        seen,
    }
}

fn show(ctx: &Ctx, findings: &[Finding]) {
    if ctx.screen.json {
        let all: Vec<_> = findings
            .iter()
            .map(|f| serde_json::json!({ "what": f.what, "ok": f.trouble.is_none(), "seen": f.seen, "trouble": f.trouble }))
            .collect();
        return ctx.say(&render::json_of("doctor", &all.into()));
    }
    let styles = ctx.screen.styles();
    for finding in findings {
        let line = match &finding.trouble {
            None => format!("{}  {}: {}", styles.green("ok "), finding.what, finding.seen),
            Some(trouble) => format!("{}  {}: {trouble}", styles.red("bad"), finding.what),
        };
        ctx.say(&line);
    }
}

fn said(ctx: &Ctx, text: &str) {
    if ctx.screen.json {
        ctx.say(&render::json_of("said", &text.into()));
    } else {
        ctx.say(text);
    }
}

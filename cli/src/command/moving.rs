//! `export` and `import`: the whole queue as one file, and back into an empty one. No daemon is asked: an export reads
//! the journal beside it, an import needs the queue for itself.

use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal as _, Write as _};
use std::path::Path;

use soundpost_core::account::Account;
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::OrderId;
use soundpost_core::port::store::Write;
use soundpost_core::port::vault::Vault as _;

use super::Ctx;
use crate::app::App;
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::exit_code::ExitCode;
use crate::moving::export::{ExportError, Exported, Source, export as write_export};
use crate::moving::gather::{Circumstances, Gathered, gather};
use crate::moving::unpack::unpack;
use crate::os::durable::Draft;
use crate::os::media::MediaFolder;
use crate::os::vault::FileVault;
use crate::os::zones;
use crate::render::moving::{self as screens, AccountLine, Imported};
use crate::wire_up::{self, OpenError, Wired};
use soundpost_core::address::origin;

/// How much of a file is read at once.
const READ_BYTES: usize = 1024 * 1024;
/// Said after whatever was refused.
const UNCHANGED: &str = "nothing was changed";

/// `export`.
///
/// # Errors
/// [`AppError`] when there is no queue, it cannot be read, or the file is there or cannot be written.
pub async fn export(ctx: &Ctx, args: &args::Export) -> Result<ExitCode, AppError> {
    let to_file = args.file != Path::new("-");
    if to_file && !args.force && args.file.exists() {
        return Err(
            AppError::conflict(format!("{} is there already", args.file.display()))
                .help("another name, or --force to write over it"),
        );
    }
    if !to_file && std::io::stdout().is_terminal() {
        return Err(AppError::bad_input("an export is not for a screen").help("name a file, or redirect it"));
    }
    let app = wire_up::snapshot(&ctx.home, &ctx.surroundings)?;
    let mut exported = if to_file {
        export_to(ctx, &app, args).await?
    } else {
        let mut out = BufWriter::new(std::io::stdout());
        write(ctx, &app, args, &mut out).await?
    };
    exported.file = to_file.then(|| args.file.display().to_string());
    tell_exported(ctx, &app, &exported);
    let is_whole = !exported.missing.iter().any(|missing| missing.needed);
    Ok(if is_whole { ExitCode::Ok } else { ExitCode::Store })
}

async fn export_to(ctx: &Ctx, app: &App, args: &args::Export) -> Result<Exported, AppError> {
    let cannot = |error| AppError::bad_input(format!("{} cannot be written: {error}", args.file.display()));
    let Some(name) = args.file.file_name().and_then(|name| name.to_str()) else {
        return Err(AppError::bad_input(format!(
            "'{}' names no file",
            args.file.display()
        )));
    };
    let folder = args.file.parent().filter(|folder| *folder != Path::new(""));
    let mut draft = Draft::new(folder.unwrap_or(Path::new("."))).map_err(cannot)?;
    let mut out = BufWriter::with_capacity(READ_BYTES, draft.file());
    let exported = write(ctx, app, args, &mut out).await?;
    out.flush().map_err(cannot)?;
    drop(out);
    draft.publish(name).map_err(cannot)?;
    Ok(exported)
}

async fn write(
    ctx: &Ctx,
    app: &App,
    args: &args::Export,
    out: &mut (dyn std::io::Write + Send),
) -> Result<Exported, AppError> {
    let (orders, _) = app.orders();
    let source = Source {
        store: &*app.env.store,
        orders: &orders,
        media: &MediaFolder::open(&ctx.home),
        adapters: &app.env.adapters,
        with_addresses: args.with_addresses,
        made_at: app.now(),
        zones: zones::version(),
    };
    write_export(&source, out).await.map_err(|error| match error {
        ExportError::Store(error) => error.into(),
        ExportError::Io(_) => AppError::bad_input(error.to_string()),
        ExportError::Media(_) => AppError::new(Kind::Store, error.to_string()),
    })
}

/// Beside the file, not into it.
fn tell_exported(ctx: &Ctx, app: &App, exported: &Exported) {
    let text = if ctx.screen.json {
        screens::exported_json(exported)
    } else {
        screens::exported(
            &ctx.screen,
            exported,
            &app.teller(&app.zone).instant(exported.made_at),
        )
    };
    if exported.file.is_some() {
        ctx.say(&text);
    } else {
        let _ = writeln!(anstream::stderr().lock(), "{}", text.trim_end());
    }
}

/// `import`.
///
/// # Errors
/// [`AppError`] when the queue is not empty or not there, another process has it, or anything in the file is wrong. Then
/// nothing was changed.
pub async fn import(ctx: &Ctx, args: &args::Import) -> Result<ExitCode, AppError> {
    let app = wire_up::snapshot(&ctx.home, &ctx.surroundings)?;
    refuse_filled(&app)?;
    let mut file = open(&args.file)?;
    let here = Circumstances {
        order: order(ctx),
        adapters: &app.env.adapters,
        now: app.now(),
    };
    let gathered = gather(&mut file, here);
    let mut gathered = gathered
        .map_err(|error| AppError::bad_input(format!("{}, {error}", args.file.display())).help(UNCHANGED))?;
    set_servers(&mut gathered, &args.servers)?;
    let mut imported = imported(ctx, &app, args, &gathered);
    if !args.dry_run {
        imported.warning = take_in(ctx, &mut file, gathered).await?;
    }
    if ctx.screen.json {
        ctx.say(&screens::imported_json(&imported));
    } else {
        ctx.say(&screens::imported(&ctx.screen, &imported));
    }
    Ok(ExitCode::Ok)
}

fn refuse_filled(app: &App) -> Result<(), AppError> {
    match app.env.store.world().contents() {
        None => Ok(()),
        Some(has) => Err(not_empty(&has)),
    }
}

fn not_empty(has: &str) -> AppError {
    AppError::new(
        Kind::NotEmpty,
        format!("the queue is not empty (it has {has}): an import would mix two queues; {UNCHANGED}"),
    )
    .help("make an empty one and import there:  soundpost --home FOLDER init")
}

fn open(path: &Path) -> Result<BufReader<File>, AppError> {
    let shown = path.display();
    let cannot = |error| AppError::bad_input(format!("{shown} cannot be read: {error}")).help(UNCHANGED);
    // A pipe cannot be read twice, and would wait for ever.
    if !std::fs::metadata(path).map_err(cannot)?.is_file() {
        return Err(
            AppError::bad_input(format!("{shown} is not a file")).help("save the export into a file first")
        );
    }
    Ok(BufReader::with_capacity(
        READ_BYTES,
        File::open(path).map_err(cannot)?,
    ))
}

fn order(ctx: &Ctx) -> HaltOrder {
    let at = ctx.surroundings.clock.now();
    HaltOrder {
        id: OrderId::new(at, &*ctx.surroundings.entropy),
        scope: Scope::Everything,
        reason: String::new(),
        who: ctx.who.clone(),
        at,
        review_at: None,
    }
}

/// Puts in the addresses that the export left out.
fn set_servers(gathered: &mut Gathered, typed: &[String]) -> Result<(), AppError> {
    let mut withheld = std::mem::take(&mut gathered.withheld);
    for text in typed {
        let Some((name, address)) = text.split_once('=').filter(|(_, address)| !address.is_empty()) else {
            return Err(AppError::bad_input("an address is given as --server NAME=ADDRESS").help(UNCHANGED));
        };
        let account = gathered.import.accounts().find(|a| a.exists() && a.name == name);
        let Some(id) = account.map(|a| a.id).filter(|id| withheld.remove(id)) else {
            return Err(AppError::bad_input(format!(
                "--server {name}=...: the file withholds no address of an account '{name}'"
            ))
            .help(UNCHANGED));
        };
        gathered.import.set_server(id, address.to_owned());
    }
    let left = gathered
        .import
        .accounts()
        .filter(|a| a.exists() && withheld.contains(&a.id));
    let left: Vec<String> = left.map(|a| format!("--server {}=ADDRESS", a.name)).collect();
    if left.is_empty() {
        return Ok(());
    }
    let mut error =
        AppError::bad_input("the file withholds addresses, because who knows them may post there");
    error.details = left;
    Err(error.help("give each of them; or export again with --with-addresses"))
}

/// Media first, then all the rest in one step that also pauses.
async fn take_in(
    ctx: &Ctx,
    file: &mut BufReader<File>,
    gathered: Gathered,
) -> Result<Option<String>, AppError> {
    let wired = wire_up::open(&ctx.home, &ctx.surroundings, None).map_err(|error| match error {
        OpenError::Owned(owner) => AppError::conflict(format!("{owner} owns the queue"))
            .help("stop the daemon first, then repeat; nothing was changed"),
        OpenError::Other(error) => error,
    })?;
    let done = take_into(ctx, &wired, file, gathered).await;
    wired.close().await;
    done
}

async fn take_into(
    ctx: &Ctx,
    wired: &Wired,
    file: &mut BufReader<File>,
    gathered: Gathered,
) -> Result<Option<String>, AppError> {
    refuse_filled(&wired.app)?;
    unpack(file, &gathered.media, &MediaFolder::open(&ctx.home)).map_err(|error| {
        AppError::new(Kind::Store, error.to_string())
            .help("the queue is still empty: some files in its media folder at most; repeat the import")
    })?;
    let order = gathered.import.order().clone();
    let header = &gathered.header;
    let reason = format!("imported from queue {}, entry {}", header.store, header.seq);
    let import = Box::new(gathered.import);
    wired
        .app
        .write(&ctx.who, &reason, Write::Import { import })
        .await?;
    // The order is in the journal; in the switch too, it also holds when the journal cannot be read.
    let in_switch = wired.switch.order(&order);
    Ok(in_switch
        .err()
        .map(|error| format!("the pause stands in the journal, but {error}")))
}

fn imported(ctx: &Ctx, app: &App, args: &args::Import, gathered: &Gathered) -> Imported {
    let header = &gathered.header;
    let vault = FileVault::open(&ctx.home);
    let accounts = gathered.import.accounts().filter(|account| account.exists());
    let mut states: Vec<(String, usize)> = Vec::new();
    for delivery in gathered.import.deliveries() {
        let name = delivery.state_name().to_string();
        match states.iter_mut().find(|(state, _)| *state == name) {
            Some((_, count)) => *count += 1,
            None => states.push((name, 1)),
        }
    }
    Imported {
        file: args.file.display().to_string(),
        dry_run: args.dry_run,
        store: header.store.to_string(),
        seq: header.seq,
        made_at: header.made_at,
        made_at_shown: app.teller(&app.zone).instant(header.made_at),
        counts: header.counts.clone(),
        states,
        in_flight: gathered.in_flight.iter().map(ToString::to_string).collect(),
        missing: gathered.missing.clone(),
        accounts: accounts.map(|account| line(app, &vault, account)).collect(),
        other_zones: header.zones.clone().filter(|_| header.zones != zones::version()),
        paused: gathered.import.order().reason.clone(),
        warning: None,
    }
}

/// Where an account would send what: a person should look at it before anything is sent.
fn line(app: &App, vault: &FileVault, account: &Account) -> AccountLine {
    let adapter = app.env.adapters.get(&account.network);
    let is_secret = adapter.is_none_or(|a| a.describe().server_is_secret);
    let server = account.server.as_deref();
    let mut trouble = Vec::new();
    if adapter.is_none() {
        trouble.push(format!(
            "this version does not know the network '{}'",
            account.network
        ));
    }
    if app.env.zones.get(&account.zone).is_err() {
        trouble.push(format!(
            "this machine does not know the time zone '{}'",
            account.zone
        ));
    }
    trouble.extend(vault.credential(account).err());
    AccountLine {
        name: account.name.clone(),
        network: account.network.clone(),
        server: server.map(|server| {
            if is_secret {
                origin(server)
            } else {
                server.to_owned()
            }
        }),
        credential: account.credential.to_string(),
        trouble,
    }
}

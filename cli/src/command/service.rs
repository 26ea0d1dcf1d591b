//! `service`: the unit file by which systemd keeps the daemon running. `systemctl` is only run when it is asked for.

use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use soundpost_core::account::{Account, CredentialRef};
use soundpost_store::owner::read_owner;

use super::Ctx;
use crate::app::error::{AppError, Kind};
use crate::args::{self, ServiceCommand, ServicePlace};
use crate::config::Config;
use crate::exit_code::ExitCode;
use crate::os::durable::{Draft, sync_folder};
use crate::os::{systemd, users};
use crate::render::service::{self as screens, ServiceView};
use crate::service::{Origin, UNIT, Unit, origin, user_of};
use crate::wire_up;

/// Everybody may read a unit file, as usual.
const UNIT_MODE: u32 = 0o644;
const TEMPORARY: [&str; 2] = ["/tmp", "/var/tmp"];

/// `service`.
///
/// # Errors
/// [`AppError`] when there is no queue, a file of somebody else is in the way, or the folder cannot be written.
pub fn service(ctx: &Ctx, command: &ServiceCommand) -> Result<ExitCode, AppError> {
    match command {
        ServiceCommand::Install(args) if args.print => print(ctx, args),
        ServiceCommand::Install(args) => install(ctx, args),
        ServiceCommand::Uninstall(args) => uninstall(ctx, args),
        ServiceCommand::Show(args) => show(ctx, args),
    }
}

/// A unit file: where it is, and what stands there.
struct Place {
    system: bool,
    path: PathBuf,
    found: Option<String>,
}

impl Place {
    fn of(args: &ServicePlace) -> Result<Place, AppError> {
        if !cfg!(target_os = "linux") {
            return Err(AppError::bad_input(
                "services are made for systemd, which this system does not have",
            )
            .help("launchd is not supported yet; with --print you see what systemd would be told"));
        }
        let folder = if args.system {
            Some(systemd::system_units())
        } else {
            systemd::user_units()
        };
        let folder =
            folder.ok_or_else(|| AppError::bad_input("nothing says where your units are: set HOME"))?;
        let path = folder.join(UNIT);
        let found = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(cannot("read", &path, &error)),
        };
        Ok(Place {
            system: args.system,
            path,
            found,
        })
    }

    /// The link by which systemd starts it.
    fn link(&self) -> PathBuf {
        let wants = if self.system {
            "multi-user.target.wants"
        } else {
            "default.target.wants"
        };
        self.path.with_file_name(wants).join(UNIT)
    }

    fn is_enabled(&self) -> bool {
        fs::symlink_metadata(self.link()).is_ok()
    }

    fn refuse_edited(&self, force: bool) -> Result<(), AppError> {
        match &self.found {
            Some(text) if origin(text) == Origin::Edited && !force => {
                let what = format!("{} was written or edited by somebody else", self.path.display());
                Err(AppError::conflict(what).help(
                    "settings of yours belong beside it (systemctl edit soundpost); --force does it all the same",
                ))
            }
            _ => Ok(()),
        }
    }

    /// The words of `systemctl` for this manager.
    fn words<'a>(&self, words: &[&'a str]) -> Vec<&'a str> {
        let own = (!self.system).then_some("--user");
        own.into_iter().chain(words.iter().copied()).collect()
    }

    fn line(&self, words: &[&str]) -> String {
        format!("systemctl {}", self.words(words).join(" "))
    }

    fn view(&self, state: &str, did: &str) -> ServiceView {
        ServiceView {
            unit: self.path.display().to_string(),
            state: state.to_owned(),
            did: did.to_owned(),
            enabled: self.is_enabled(),
            ran: Vec::new(),
            notes: Vec::new(),
            next: Vec::new(),
        }
    }
}

fn print(ctx: &Ctx, args: &args::ServiceInstall) -> Result<ExitCode, AppError> {
    let (unit, notes) = unit(ctx, &args.place, None)?;
    let text = text(&unit)?;
    if ctx.screen.json {
        ctx.say(&screens::text_json(&text, &notes));
        return Ok(ExitCode::Ok);
    }
    ctx.say(&text);
    let mut err = anstream::stderr().lock();
    let _ = err.write_all(screens::notes(&ctx.screen, &notes).as_bytes());
    Ok(ExitCode::Ok)
}

fn install(ctx: &Ctx, args: &args::ServiceInstall) -> Result<ExitCode, AppError> {
    let place = Place::of(&args.place)?;
    let (unit, notes) = unit(ctx, &args.place, None)?;
    let text = text(&unit)?;
    let is_same = place.found.as_ref() == Some(&text);
    if !is_same {
        place.refuse_edited(args.force)?;
        write(&place.path, &text)?;
    }
    let mut view = place.view("current", if is_same { "unchanged" } else { "written" });
    view.notes = notes;
    let enable: [&[&str]; 3] = [&["daemon-reload"], &["enable", UNIT], &["restart", UNIT]];
    let done = args.enable && systemd::is_running();
    if done {
        view.ran = run(&place, &enable)?;
        view.enabled = place.is_enabled();
    } else {
        view.next = vec![
            place.line(&["daemon-reload"]),
            place.line(&["enable", "--now", UNIT]),
        ];
    }
    if !place.system {
        view.next.push("loginctl enable-linger".to_owned());
        view.notes
            .push("loginctl enable-linger: it also runs while you are not logged in".to_owned());
    }
    if args.enable && !done {
        view.notes
            .push("nothing was enabled: this system was not started by systemd".to_owned());
    }
    tell(ctx, &view);
    Ok(if args.enable && !done {
        ExitCode::NotFound
    } else {
        ExitCode::Ok
    })
}

fn uninstall(ctx: &Ctx, args: &args::ServiceUninstall) -> Result<ExitCode, AppError> {
    let place = Place::of(&args.place)?;
    place.refuse_edited(args.force)?;
    let mut ran = Vec::new();
    let can = systemd::is_running();
    if args.disable && can && place.found.is_some() {
        ran = run(&place, &[&["disable", "--now", UNIT]])?;
    }
    let was_there = remove(&place.link())? | remove(&place.path)?;
    if !ran.is_empty() {
        ran.extend(run(&place, &[&["daemon-reload"]])?);
    }
    let mut view = place.view("absent", if was_there { "removed" } else { "unchanged" });
    if was_there && ran.is_empty() {
        view.next = vec![place.line(&["stop", UNIT]), place.line(&["daemon-reload"])];
    }
    view.ran = ran;
    tell(ctx, &view);
    Ok(ExitCode::Ok)
}

fn show(ctx: &Ctx, args: &ServicePlace) -> Result<ExitCode, AppError> {
    let place = Place::of(args)?;
    let Some(found) = &place.found else {
        let mut view = place.view("absent", "");
        view.next = vec!["soundpost service install".to_owned()];
        tell(ctx, &view);
        return Ok(ExitCode::NotFound);
    };
    let state = match origin(found) {
        Origin::Edited => "edited",
        Origin::Ours => match unit(ctx, args, user_of(found)) {
            Ok((unit, _)) if text(&unit)? == *found => "current",
            _ => "outdated",
        },
    };
    let mut view = place.view(state, "");
    view.next = vec![place.line(&["status", UNIT])];
    if state == "outdated" {
        view.next.push("soundpost service install".to_owned());
    }
    tell(ctx, &view);
    Ok(ExitCode::Ok)
}

fn tell(ctx: &Ctx, view: &ServiceView) {
    if ctx.screen.json {
        ctx.say(&screens::json(view));
    } else {
        ctx.say(&screens::service(&ctx.screen, view));
    }
}

/// The unit for this queue, and what a person should know about it.
fn unit(ctx: &Ctx, place: &ServicePlace, user: Option<&str>) -> Result<(Unit, Vec<String>), AppError> {
    let app = wire_up::snapshot(&ctx.home, &ctx.surroundings)?;
    let config = Config::load(&ctx.home).map_err(|error| AppError::bad_input(error.to_string()))?;
    let user = service_user(ctx, place, user)?;
    let program = std::env::current_exe().and_then(fs::canonicalize);
    let program =
        program.map_err(|e| AppError::bad_input(format!("where this program is cannot be found: {e}")))?;
    let world = app.env.store.world();
    let accounts: Vec<&Account> = world.accounts.values().filter(|a| a.exists()).collect();
    let mut writable = outboxes(&ctx.home, &accounts);
    writable.extend(socket_folder(&ctx.home, user.is_some())?);
    let mut needed = vec![ctx.home.clone(), program.clone()];
    needed.extend(writable.iter().cloned());
    needed.extend(accounts.iter().filter_map(|account| match &account.credential {
        CredentialRef::File(path) => Some(PathBuf::from(path)),
        _ => None,
    }));
    let is_temporary = |path: &PathBuf| TEMPORARY.iter().any(|folder| path.starts_with(folder));
    let private_tmp = !needed.iter().any(is_temporary);
    let notes = notes(ctx, &program, &accounts);
    let unit = Unit {
        user,
        program,
        home: ctx.home.clone(),
        writable,
        private_tmp,
        send_s: config.publish_deadline_s,
    };
    Ok((unit, notes))
}

fn text(unit: &Unit) -> Result<String, AppError> {
    unit.text()
        .map_err(|error| AppError::bad_input(error.to_string()).help("give it a plainer name"))
}

/// A service of the system runs as the owner of the queue, who must be named: by `sudo` everything is root's.
fn service_user(ctx: &Ctx, place: &ServicePlace, known: Option<&str>) -> Result<Option<String>, AppError> {
    if !place.system {
        return Ok(None);
    }
    let Some(name) = place.user.as_deref().or(known) else {
        return Err(AppError::bad_input(
            "a service of the system needs --user NAME: who owns the queue",
        ));
    };
    let id = users::user_id(name);
    let id = id.ok_or_else(|| AppError::new(Kind::NotFound, format!("there is no user '{name}'")))?;
    let owner = fs::metadata(&ctx.home)
        .map_err(|error| cannot("look at", &ctx.home, &error))?
        .uid();
    if owner == id {
        return Ok(Some(name.to_owned()));
    }
    let what = format!("the queue in {} does not belong to '{name}'", ctx.home.display());
    Err(AppError::conflict(what).help("name the folder of the queue with --home, and its owner with --user"))
}

/// The folders of outbox accounts that are not in the home.
fn outboxes(home: &Path, accounts: &[&Account]) -> Vec<PathBuf> {
    let outbox = accounts.iter().filter(|account| account.network == "outbox");
    let folders = outbox
        .filter_map(|account| account.server.as_deref())
        .map(PathBuf::from);
    let mut outside: Vec<PathBuf> = folders
        .filter(|f| f.is_absolute() && !f.starts_with(home))
        .collect();
    outside.sort();
    outside.dedup();
    outside
}

/// Where the socket is when the home's path is too long for one. A service of the system would put it elsewhere than
/// commands look for it.
fn socket_folder(home: &Path, system: bool) -> Result<Option<PathBuf>, AppError> {
    let socket = wire_up::socket_path(home);
    if socket.starts_with(home) {
        return Ok(None);
    }
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    match socket
        .parent()
        .filter(|parent| !system && runtime.as_deref() == Some(*parent))
    {
        Some(folder) => Ok(Some(folder.to_owned())),
        None => Err(AppError::bad_input(format!(
            "the path of the queue is too long for a service to be reached there: {}",
            home.display()
        ))
        .help("move the queue to a folder with a shorter path")),
    }
}

fn notes(ctx: &Ctx, program: &Path, accounts: &[&Account]) -> Vec<String> {
    let mut notes = Vec::new();
    for account in accounts {
        if let CredentialRef::Env(name) = &account.credential {
            notes.push(format!(
                "account '{}' takes its credential from ${name}, which a service does not have: file:PATH is better, or \
                 set it for the service",
                account.name
            ));
        }
    }
    if program.components().any(|part| part.as_os_str() == "target") {
        notes.push(format!(
            "{} looks like a folder of builds: cargo install --path cli puts the program where it stays",
            program.display()
        ));
    }
    if let Ok(Some(owner)) = read_owner(&ctx.home) {
        notes.push(format!(
            "process {} runs the queue now: stop it before the service starts",
            owner.pid
        ));
    }
    notes
}

fn write(path: &Path, text: &str) -> Result<(), AppError> {
    let error = |error| cannot("write", path, &error);
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder).map_err(error)?;
    let mut draft = Draft::new(folder).map_err(error)?;
    draft.file().write_all(text.as_bytes()).map_err(error)?;
    draft
        .file()
        .set_permissions(Permissions::from_mode(UNIT_MODE))
        .map_err(error)?;
    draft.publish(UNIT).map_err(error)
}

/// True when it was there.
fn remove(path: &Path) -> Result<bool, AppError> {
    match fs::remove_file(path) {
        Ok(()) => {
            let folder = path.parent().unwrap_or(Path::new("/"));
            sync_folder(folder).map_err(|error| cannot("remove", path, &error))?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(cannot("remove", path, &error)),
    }
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> AppError {
    let said = AppError::bad_input(format!("cannot {what} {}: {error}", path.display()));
    if error.kind() == ErrorKind::PermissionDenied {
        return said.help("as an administrator (sudo), or look at it with --print");
    }
    said
}

/// Runs these in their order.
fn run(place: &Place, lines: &[&[&str]]) -> Result<Vec<String>, AppError> {
    let mut ran = Vec::new();
    for words in lines {
        systemd::systemctl(&place.words(words)).map_err(|why| {
            AppError::conflict(why).help(format!(
                "the unit file is {}; look:  {}",
                place.path.display(),
                place.line(&["status", UNIT])
            ))
        })?;
        ran.push(place.line(words));
    }
    Ok(ran)
}

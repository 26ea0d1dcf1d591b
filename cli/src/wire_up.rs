//! The one place that builds everything: store, adapters, gate, vault, media, clock.

use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use soundpost_adapters::server_clock::{ClockReader, ServerClocks};
use soundpost_adapters::wrap::deadline::Limits;
use soundpost_adapters::wrap::wrapped;
use soundpost_core::adapter_table::AdapterTable;
use soundpost_core::environment::{Environment, Settings};
use soundpost_core::gate::{Epoch, Gate};
use soundpost_core::halt::{HaltOrder, Scope, SwitchState};
use soundpost_core::id::{DeliveryId, OrderId};
use soundpost_core::pace::Pace;
use soundpost_core::port::store::Store;
use soundpost_core::port::switch::Switch;
use soundpost_core::post::Category;
use soundpost_store::mend;
use soundpost_store::open::{OpenReport, open_named};
use soundpost_store::owner::{LockError, OwnerLock, read_owner};
use soundpost_store::sled::SledStore;

use crate::app::App;
use crate::app::error::{AppError, Kind};
use crate::app::log::LogSurroundings;
use crate::config::Config;
use crate::control::protocol::DeliveryView;
use crate::os;
use crate::os::media::MediaFolder;
use crate::os::switch_file::SwitchFile;
use crate::os::vault::FileVault;
use crate::surroundings::Surroundings;

/// Who orders a halt when a store was copied or moved.
pub const IDENTITY: &str = "soundpost (store identity)";
/// Who orders a halt when the journal may have lost its newest entries.
pub const DOCTOR: &str = "soundpost (doctor)";
/// Why it does.
pub const DOUBTFUL: &str = "the journal may have lost its newest entries: what is queued may be public already. Look at \
                            the accounts, then resume";

/// A store that is open, with all around it.
pub struct Wired {
    /// The service behind all commands.
    pub app: App,
    /// The kill switch.
    pub switch: Arc<dyn Switch>,
    /// The configuration; all its defaults where it could not be read for a pause.
    pub config: Config,
    store: Arc<SledStore>,
    _lock: OwnerLock,
}

/// Why a store was not opened.
pub enum OpenError {
    /// Another process has it; which.
    Owned(String),
    /// Anything else.
    Other(AppError),
}

impl fmt::Debug for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Owned(owner) => write!(f, "Owned({owner})"),
            OpenError::Other(error) => write!(f, "Other({error})"),
        }
    }
}

impl From<AppError> for OpenError {
    fn from(error: AppError) -> OpenError {
        OpenError::Other(error)
    }
}

/// Where the daemon of this home listens.
pub fn socket_path(home: &Path) -> PathBuf {
    let own = home.join("control.sock");
    if own.as_os_str().as_bytes().len() <= os::local_socket::PATH_BYTES_MAX {
        return own;
    }
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let name = soundpost_core::frozen::sha256_hex(own.as_os_str().as_bytes());
    runtime.join(format!("soundpost-{}.sock", &name[..16]))
}

/// Where the owner of this home listens: as it said itself, for it may have another environment than this process.
pub fn owners_socket(home: &Path) -> PathBuf {
    let said = read_owner(home).ok().flatten().map(|owner| owner.socket);
    said.filter(|socket| !socket.as_os_str().is_empty())
        .unwrap_or_else(|| socket_path(home))
}

/// The adapters of this program, without wrappers; for listing them.
pub fn adapters() -> AdapterTable {
    AdapterTable::new(soundpost_adapters::all(Path::new("outbox")))
}

/// Opens the store in this home. `socket` is where this process will listen, if it will.
///
/// # Errors
/// [`OpenError`].
pub fn open(home: &Path, surroundings: &Surroundings, socket: Option<&Path>) -> Result<Wired, OpenError> {
    refuse_no_queue(home)?;
    let config = Config::load(home).map_err(|error| AppError::bad_input(error.to_string()))?;
    open_with(home, surroundings, socket, Some(config))
}

/// Opens the store for a pause, which needs no configuration: one that cannot be read counts as empty.
///
/// # Errors
/// [`OpenError`].
pub fn open_to_pause(home: &Path, surroundings: &Surroundings) -> Result<Wired, OpenError> {
    refuse_no_queue(home)?;
    open_with(home, surroundings, None, Config::load(home).ok())
}

fn open_with(
    home: &Path,
    surroundings: &Surroundings,
    socket: Option<&Path>,
    config: Option<Config>,
) -> Result<Wired, OpenError> {
    let is_read = config.is_some();
    let config = config.unwrap_or_default();
    let lock = take_lock(home, socket.unwrap_or(Path::new("")))?;
    let epoch = Arc::new(Epoch::default());
    let named = config.store_identity.as_deref();
    let (store, report) = open_store(home, surroundings, &epoch, named)?;
    let switch: Arc<dyn Switch> = Arc::new(SwitchFile::open(home, Some(store.id())));
    if let Some(cut) = &report.journal.cut {
        tracing::warn!(
            ?cut,
            "the journal ended in a torn frame, which was cut; nothing acknowledged was in it"
        );
    }
    // The name that a configuration gives the store is not known when it cannot be read.
    if let Some(why) = report.foreign.filter(|_| is_read) {
        start_halted(surroundings, &*switch, IDENTITY, foreign_words(&why))?;
    }
    if socket.is_some() {
        // Whoever is about to send trusts no index that says something else than the journal.
        store.check_against_journal().map_err(|error| unusable(&error))?;
    }
    let gate = Gate::new(epoch, Arc::clone(&switch));
    let port = Arc::clone(&store) as Arc<dyn Store>;
    let app = app(home, surroundings, &config, port, gate, socket.is_some())?;
    Ok(Wired {
        app,
        switch,
        config,
        store,
        _lock: lock,
    })
}

/// Opens the store itself. A sled that is missing, or whose files are broken, is made anew from the journal.
fn open_store(
    home: &Path,
    surroundings: &Surroundings,
    epoch: &Arc<Epoch>,
    named: Option<&str>,
) -> Result<(Arc<SledStore>, OpenReport), AppError> {
    if !home.join("sled").join("db").exists() {
        halt_if_doubtful(home, surroundings)?;
    }
    let open = || open_named(home, Arc::clone(epoch), named);
    open().or_else(|error| {
        if !error.is_broken_sled() {
            return Err(unusable(&error));
        }
        tracing::warn!(%error, "it is made anew from the journal");
        halt_if_doubtful(home, surroundings)?;
        mend::rebuild(home, surroundings.clock.now()).map_err(|error| unusable(&error))?;
        open().map_err(|error| unusable(&error))
    })
}

/// Before sled is made anew and the torn tail is cut: afterwards nothing tells any more.
fn halt_if_doubtful(home: &Path, surroundings: &Surroundings) -> Result<(), AppError> {
    if !mend::is_doubtful(home) {
        return Ok(());
    }
    let switch = SwitchFile::open(home, None);
    start_halted(surroundings, &switch, DOCTOR, DOUBTFUL.to_owned())
}

/// Looks at a store that another process owns, by its journal and its switch alone. Nothing can be changed this way.
///
/// # Errors
/// [`AppError`] when the journal cannot be read.
pub fn look(home: &Path, surroundings: &Surroundings) -> Result<App, AppError> {
    // Looking must work with a broken configuration too.
    let config = Config::load(home).unwrap_or_default();
    let store = soundpost_store::open::look(home);
    let store = store.map_err(|error| AppError::new(Kind::Store, error.to_string()))?;
    let switch: Arc<dyn Switch> = Arc::new(SwitchFile::open(home, Some(store.id())));
    let gate = Gate::new(Arc::default(), switch);
    app(home, surroundings, &config, Arc::new(store), gate, false)
}

/// What the log needs besides the journal. It must be there with a broken configuration too.
///
/// # Errors
/// [`AppError`] when there is no zone database.
pub fn log_surroundings(home: &Path) -> Result<LogSurroundings, AppError> {
    let config = Config::load(home).unwrap_or_default();
    Ok(LogSurroundings {
        adapters: adapters(),
        zones: os::zones::database().map_err(|error| AppError::new(Kind::Store, error))?,
        zone: config.default_zone.unwrap_or_else(os::zones::system_zone_name),
    })
}

fn refuse_no_queue(home: &Path) -> Result<(), AppError> {
    let shown = home.display();
    match std::fs::symlink_metadata(home.join("store.json")) {
        Ok(_) => Ok(()),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Err(no_queue(home))
        }
        Err(error) => Err(AppError::new(
            Kind::Store,
            format!("{shown} cannot be looked at: {error}"),
        )),
    }
}

/// The queue as its journal tells it at this moment, with a daemon or without one. Nothing can be changed this way, and it
/// knows no stories.
///
/// # Errors
/// [`AppError`] when there is no queue, or its journal cannot be read.
pub fn snapshot(home: &Path, surroundings: &Surroundings) -> Result<App, AppError> {
    refuse_no_queue(home)?;
    let config = Config::load(home).unwrap_or_default();
    let store = soundpost_store::open::snapshot(home);
    let store = store.map_err(|error| AppError::new(Kind::Store, error.to_string()))?;
    let switch: Arc<dyn Switch> = Arc::new(SwitchFile::open(home, Some(store.id())));
    let gate = Gate::new(Arc::default(), switch);
    app(home, surroundings, &config, Arc::new(store), gate, false)
}

fn no_queue(home: &Path) -> AppError {
    AppError::new(Kind::NotFound, format!("there is no queue in {}", home.display()))
        .help("make one:  soundpost init   (or name another folder with --home)")
}

fn app(
    home: &Path,
    surroundings: &Surroundings,
    config: &Config,
    store: Arc<dyn Store>,
    gate: Arc<Gate>,
    is_daemon: bool,
) -> Result<App, AppError> {
    let server_clocks = Arc::default();
    let env = environment(home, surroundings, config, store, gate, &server_clocks)?;
    let zone = config
        .default_zone
        .clone()
        .unwrap_or_else(os::zones::system_zone_name);
    Ok(App {
        env: Arc::new(env),
        outside: config.outside.clone(),
        zone,
        is_daemon,
        feeds: Arc::default(),
        server_clocks,
    })
}

fn take_lock(home: &Path, socket: &Path) -> Result<OwnerLock, OpenError> {
    OwnerLock::acquire(home, socket).map_err(|error| match error {
        LockError::Owned(owner) => OpenError::Owned(format!("process {} since {}", owner.pid, owner.since)),
        LockError::Io { .. } => AppError::new(Kind::Store, error.to_string()).into(),
    })
}

fn unusable(error: &dyn fmt::Display) -> AppError {
    AppError::new(Kind::Store, error.to_string())
        .help("nothing was sent and nothing was changed. What it means and what to do:  soundpost doctor")
}

fn foreign_words(why: &str) -> String {
    format!("{why}: if the other one no longer sends, soundpost doctor --adopt, then resume")
}

/// Orders everything to halt, unless the same one has ordered that already.
///
/// # Errors
/// [`AppError`] when the switch cannot be written.
pub fn start_halted(
    surroundings: &Surroundings,
    switch: &dyn Switch,
    who: &str,
    reason: String,
) -> Result<(), AppError> {
    match switch.read() {
        SwitchState::Halted(orders) if orders.iter().any(|o| o.who == who) => return Ok(()),
        _ => {}
    }
    let at = surroundings.clock.now();
    let order = HaltOrder {
        id: OrderId::new(at, &*surroundings.entropy),
        scope: Scope::Everything,
        reason,
        who: who.to_owned(),
        at,
        review_at: None,
    };
    switch
        .order(&order)
        .map_err(|error| AppError::new(Kind::Store, error.to_string()))
}

fn environment(
    home: &Path,
    surroundings: &Surroundings,
    config: &Config,
    store: Arc<dyn Store>,
    gate: Arc<Gate>,
    server_clocks: &Arc<ServerClocks>,
) -> Result<Environment, AppError> {
    let zones = os::zones::database().map_err(|error| AppError::new(Kind::Store, error))?;
    let limits = Limits {
        publish: config.publish_deadline(),
        ..Limits::default()
    };
    let adapters = soundpost_adapters::all(&home.join("outbox"));
    let adapters = adapters
        .into_iter()
        .map(|adapter| wrapped(adapter, limits.clone()));
    let freshness_s = Category::ALL
        .into_iter()
        .map(|c| (c, config.freshness.seconds(c)))
        .collect();
    let transport = ClockReader::new(
        Arc::clone(&surroundings.transport),
        Arc::clone(&surroundings.clock),
        Arc::clone(server_clocks),
    );
    let gap = SignedDuration::try_from(config.backlog_gap()).unwrap_or(SignedDuration::from_secs(15));
    Ok(Environment {
        store,
        adapters: AdapterTable::new(adapters),
        transport: Arc::new(transport),
        vault: Arc::new(FileVault::open(home)),
        media: Arc::new(MediaFolder::open(home)),
        clock: Arc::clone(&surroundings.clock),
        entropy: Arc::clone(&surroundings.entropy),
        gate,
        zones,
        pace: Pace::new(gap),
        settings: Settings {
            freshness_s,
            rules: config.rule_settings(),
            ..Settings::default()
        },
    })
}

impl Wired {
    /// Closes the store; all that was acknowledged is durable.
    pub async fn close(self) {
        let Wired {
            app, store, _lock, ..
        } = self;
        drop(app);
        let closed = tokio::task::spawn_blocking(move || {
            store.close();
            drop(store);
        });
        let _ = closed.await;
    }
}

/// Sends these deliveries and nothing else, in this process, and says what became of them.
///
/// # Errors
/// [`OpenError`] when the store cannot be opened or written.
pub async fn send_only(
    home: &Path,
    surroundings: &Surroundings,
    ids: &[DeliveryId],
) -> Result<Vec<DeliveryView>, OpenError> {
    let wired = open(home, surroundings, None)?;
    let sent = send_each(&wired.app, ids).await;
    let views = wired.app.deliveries(ids).await;
    wired.close().await;
    sent?;
    Ok(views?)
}

async fn send_each(app: &App, ids: &[DeliveryId]) -> Result<(), AppError> {
    for id in ids {
        if let Some(claim) = app.env.store.claim_one(*id).await? {
            soundpost_core::dispatch::send(&app.env, claim).await?;
        }
    }
    Ok(())
}

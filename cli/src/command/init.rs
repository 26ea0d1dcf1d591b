//! `init`: a new, empty queue.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use soundpost_core::actor::Actor;
use soundpost_core::halt::SwitchState;
use soundpost_core::id::StoreId;
use soundpost_core::port::switch::Switch;
use soundpost_store::open::is_unmade;
use soundpost_store::owner::OwnerLock;

use super::Ctx;
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::config::{self, Config, prepare_home};
use crate::exit_code::ExitCode;
use crate::os::switch_file::SwitchFile;
use crate::os::users::user_name;
use crate::render;
use crate::surroundings::Surroundings;

/// What to do where something of a queue is left.
const REMAINS_HELP: &str =
    "if its journal is whole:  soundpost doctor --adopt   (or another folder: soundpost --home FOLDER init)";

/// `init`.
///
/// # Errors
/// [`AppError`] when there is a queue already, or the folder cannot be written.
pub fn init(ctx: &Ctx, args: &args::Init) -> Result<ExitCode, AppError> {
    let config = Config::load(&ctx.home).map_err(|error| AppError::bad_input(error.to_string()))?;
    let group = args.group.as_ref().or(config.switch_group.as_ref());
    let store = create(&ctx.home, &ctx.surroundings, group.map(String::as_str))?;
    let untold = group.filter(|group| config.switch_group.as_ref() != Some(group));
    if let Some(group) = untold {
        remember_group(ctx, group);
    }
    if ctx.screen.json {
        let made = serde_json::json!({ "store": store.to_string(), "home": ctx.home });
        ctx.say(&render::json_of("made", &made));
    } else {
        ctx.say(&format!(
            "A new, empty queue in {}\nNext, see the networks and add an account:\n  soundpost account networks\n  \
             soundpost account add NETWORK NAME\nThen put the sensitive days of its readers in force:\n  \
             soundpost calendar add --for-accounts",
            ctx.home.display()
        ));
    }
    Ok(ExitCode::Ok)
}

/// Writes the group into a new `config.toml`; who has written one is told what belongs into it.
fn remember_group(ctx: &Ctx, group: &str) {
    let line = format!("switch_group = {}\n", toml::Value::from(group));
    let path = config::path_in(&ctx.home);
    let made = File::create_new(&path).and_then(|mut file| file.write_all(line.as_bytes()));
    if made.is_err() && !ctx.screen.json {
        ctx.say(&format!("Put this into {}:  {line}", path.display()));
    }
}

/// Makes an empty queue with its kill switch in this folder. What an `init` that was broken off left there is replaced.
///
/// # Errors
/// [`AppError`] when there is a queue already, or the folder cannot be written.
pub fn create(home: &Path, surroundings: &Surroundings, group: Option<&str>) -> Result<StoreId, AppError> {
    if home.join("store.json").exists() {
        return Err(
            AppError::conflict(format!("there is a queue in {}", home.display()))
                .help("it is used as it is; another one: soundpost --home FOLDER init"),
        );
    }
    let cannot = |why: String| {
        AppError::new(
            Kind::Store,
            format!("cannot make a queue in {}: {why}", home.display()),
        )
    };
    let config = Config::load(home).map_err(|error| AppError::bad_input(error.to_string()))?;
    prepare_home(home).map_err(|error| cannot(error.to_string()))?;
    // Alone: two at once would replace each other's switch.
    let _lock = OwnerLock::acquire(home, Path::new("")).map_err(|error| cannot(error.to_string()))?;
    refuse_remains(home).map_err(|why| cannot(why).help(REMAINS_HELP))?;
    let id = StoreId::new(surroundings.clock.now(), &*surroundings.entropy);
    // The switch first: a store without one counts as paused.
    make_switch(home, id, group).map_err(&cannot)?;
    let by = Actor::Person(user_name());
    let named = config.store_identity.as_deref();
    soundpost_store::open::create_named(home, id, by, surroundings.clock.now(), named)
        .map_err(|error| cannot(error.to_string()))?;
    Ok(id)
}

/// Only where no post was ever kept may a switch be replaced.
fn refuse_remains(home: &Path) -> Result<(), String> {
    match is_unmade(home) {
        Ok(true) => Ok(()),
        Ok(false) => Err("it holds what is left of a queue".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Makes the switch, in the place of one that an `init` left when it was broken off; orders in force there stay in
/// force.
fn make_switch(home: &Path, id: StoreId, group: Option<&str>) -> Result<(), String> {
    let old = SwitchFile::open(home, None);
    let orders = match old.read() {
        SwitchState::Halted(orders) => orders,
        SwitchState::Running | SwitchState::Unreadable(_) => Vec::new(),
    };
    match std::fs::remove_file(old.path()) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(format!("{} cannot be replaced: {error}", old.path().display()));
        }
        _ => {}
    }
    let new = SwitchFile::create(home, id, group).map_err(|error| error.to_string())?;
    for order in &orders {
        new.order(order).map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use soundpost_core::halt::{HaltOrder, Scope};
    use soundpost_core::id::{Id, OrderId};

    use super::*;

    const OLD: StoreId = StoreId(Id::from_u128(1));

    fn order() -> HaltOrder {
        HaltOrder {
            id: OrderId(Id::from_u128(2)),
            scope: Scope::Everything,
            reason: "wait".to_owned(),
            who: "anna".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            review_at: None,
        }
    }

    fn made(home: &Path) -> StoreId {
        let id = create(home, &Surroundings::system().unwrap(), None).unwrap();
        assert_eq!(SwitchFile::open(home, None).store_id(), Some(id));
        let (store, _) = soundpost_store::open::open(home, std::sync::Arc::default()).unwrap();
        store.close();
        id
    }

    #[test]
    fn an_init_that_was_broken_off_is_done_again() {
        let folder = tempfile::tempdir().unwrap();
        SwitchFile::create(folder.path(), OLD, None).unwrap();
        let id = made(folder.path());
        let switch = SwitchFile::open(folder.path(), Some(id));
        assert_eq!(switch.read(), SwitchState::Running);
    }

    #[test]
    fn a_switch_that_was_made_only_in_part_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("switch")).unwrap();
        std::fs::write(folder.path().join("switch/switch"), [0; 9]).unwrap();
        made(folder.path());
    }

    #[test]
    fn a_pause_outlives_the_switch_that_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let old = SwitchFile::create(folder.path(), OLD, None).unwrap();
        old.order(&order()).unwrap();
        let id = made(folder.path());
        let switch = SwitchFile::open(folder.path(), Some(id));
        assert_eq!(switch.read(), SwitchState::Halted(vec![order()]));
    }

    #[test]
    fn what_is_left_of_a_queue_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        let id = made(home);
        std::fs::remove_file(home.join("store.json")).unwrap();
        let again = || create(home, &Surroundings::system().unwrap(), None).unwrap_err();
        assert!(again().help.unwrap().contains("doctor --adopt"));
        std::fs::remove_dir_all(home.join("journal")).unwrap();
        assert!(again().message.contains("left of a queue"));
        assert_eq!(SwitchFile::open(home, None).store_id(), Some(id));
    }
}

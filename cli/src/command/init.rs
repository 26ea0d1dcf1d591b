//! `init`: a new, empty queue.

use std::path::Path;

use soundpost_core::actor::Actor;
use soundpost_core::id::StoreId;

use super::Ctx;
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::config::prepare_home;
use crate::exit_code::ExitCode;
use crate::os::switch_file::SwitchFile;
use crate::os::users::user_name;
use crate::render;
use crate::surroundings::Surroundings;

/// `init`.
///
/// # Errors
/// [`AppError`] when there is a queue already, or the folder cannot be written.
pub fn init(ctx: &Ctx, args: &args::Init) -> Result<ExitCode, AppError> {
    let store = create(&ctx.home, &ctx.surroundings, args.group.as_deref())?;
    if ctx.screen.json {
        let made = serde_json::json!({ "store": store.to_string(), "home": ctx.home });
        ctx.say(&render::json_of("made", &made));
    } else {
        ctx.say(&format!(
            "A new, empty queue in {}\nNext, see the networks and add an account:\n  soundpost account networks\n  \
             soundpost account add NETWORK NAME",
            ctx.home.display()
        ));
    }
    Ok(ExitCode::Ok)
}

/// Makes an empty queue with its kill switch in this folder.
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
    prepare_home(home).map_err(|error| cannot(error.to_string()))?;
    let id = StoreId::new(surroundings.clock.now(), &*surroundings.entropy);
    // The switch first: a store without one counts as paused.
    SwitchFile::create(home, id, group).map_err(|error| cannot(error.to_string()))?;
    let by = Actor::Person(user_name());
    soundpost_store::open::create(home, id, by, surroundings.clock.now())
        .map_err(|error| cannot(error.to_string()))?;
    Ok(id)
}

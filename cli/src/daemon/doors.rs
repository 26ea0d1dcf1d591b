//! The doors for other users: opened at the start of the daemon, as the configuration says. What cannot be opened is
//! logged, and keeps nobody from running the queue.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tracing::{error, info, warn};

use crate::config::{Config, prepare_home};
use crate::control::door::Door;
use crate::control::server::ControlSocket;
use crate::os::switch_file::SwitchFile;
use crate::os::users::group_id;

/// Opens the doors that the configuration and the switch's folder name.
pub fn open(home: &Path) -> Vec<ControlSocket> {
    let config = Config::load(home).unwrap_or_default();
    let pause = pause_group(home, config.switch_group.as_deref());
    let resume = config
        .resume_group
        .as_deref()
        .and_then(|group| resume_group(home, group));
    let wanted = [(Door::Pause, pause), (Door::Resume, resume)];
    let wanted: Vec<(Door, u32)> = wanted
        .into_iter()
        .filter_map(|(door, group)| Some((door, group?)))
        .collect();
    if !wanted.is_empty() {
        let_through(home);
    }
    wanted
        .into_iter()
        .filter_map(|(door, group)| bind(home, door, group))
        .collect()
}

fn bind(home: &Path, door: Door, group: u32) -> Option<ControlSocket> {
    let place = door.place(home);
    match ControlSocket::bind_for_group(home, door, group) {
        Ok(socket) => {
            info!(place = %place.display(), group, "a door for a group is open");
            Some(socket)
        }
        Err(error) => {
            error!(place = %place.display(), group, %error, "a door for a group cannot be opened: its members get no answer");
            None
        }
    }
}

/// The group that may pause. A switch that was made before the group was named is opened to it now.
fn pause_group(home: &Path, named: Option<&str>) -> Option<u32> {
    let switch = SwitchFile::open(home, None);
    let Some(group) = named else {
        return switch.group();
    };
    match switch.share(group) {
        Ok(number) => Some(number),
        Err(error) => {
            error!(%group, %error, "the group of switch_group cannot pause");
            None
        }
    }
}

/// The group that may resume, with its folder: members may pass through it, and write nothing there.
fn resume_group(home: &Path, group: &str) -> Option<u32> {
    let folder = home.join("resume");
    let made = group_id(group).and_then(|number| {
        own_folder(&folder, number).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(number)
    });
    match made {
        Ok(number) => Some(number),
        Err(why) => {
            error!(%group, %why, "the group of resume_group cannot resume");
            None
        }
    }
}

fn own_folder(folder: &Path, group: u32) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    chown(folder, None, Some(group))?;
    fs::set_permissions(folder, Permissions::from_mode(0o710))
}

/// Members must get through the home; what is above it is the owner's matter.
fn let_through(home: &Path) {
    if let Err(error) = prepare_home(home) {
        warn!(%error, "members of the group may not get to their door");
    }
    if let Some(closed) = closed_above(home) {
        warn!(folder = %closed.display(), "only some users may pass through this folder: members of the group may not get to their door");
    }
}

/// The first folder above the home that not everybody may pass through.
pub fn closed_above(home: &Path) -> Option<PathBuf> {
    let mut above: Vec<&Path> = home.ancestors().skip(1).collect();
    above.reverse();
    let closed = |folder: &&Path| fs::metadata(folder).is_ok_and(|found| found.mode() & 0o001 == 0);
    above.into_iter().find(closed).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_others_may_not_pass_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
        assert_eq!(
            closed_above(&folder.path().join("home")),
            Some(folder.path().to_owned())
        );
    }
}

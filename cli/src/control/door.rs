//! The ways into the daemon: one for the owner, one for the group that may pause, one for the group that may resume.

use std::path::{Path, PathBuf};

use super::protocol::Ask;
use crate::app::error::{AppError, Kind};
use crate::os::users::name_of_user;

/// A way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// For the owner and root: everything.
    Own,
    /// In the switch's folder, for the group that may pause: `pause` and `status`.
    Pause,
    /// In a folder of its own, for the group that may resume: also `resume`.
    Resume,
}

impl Door {
    /// Where the door for other users is; the owner's is [`crate::wire_up::socket_path`].
    pub fn place(self, home: &Path) -> PathBuf {
        match self {
            Door::Own => crate::wire_up::socket_path(home),
            Door::Pause => home.join("switch").join("pause.sock"),
            Door::Resume => home.join("resume").join("resume.sock"),
        }
    }

    /// The door at which another user asks this; none when it is the owner's matter.
    pub fn of(ask: &Ask) -> Option<Door> {
        match ask {
            Ask::Pause(_) | Ask::Status => Some(Door::Pause),
            Ask::ResumePlan(_) | Ask::ResumeApply { .. } => Some(Door::Resume),
            _ => None,
        }
    }

    /// True when this may be asked here.
    pub fn takes(self, ask: &Ask) -> bool {
        match (self, Door::of(ask)) {
            (Door::Own, _) => true,
            (Door::Pause, of) => of == Some(Door::Pause),
            (Door::Resume, of) => of.is_some(),
        }
    }

    /// The longest question that is read here, in bytes.
    pub fn question_bytes_max(self) -> u64 {
        match self {
            Door::Own => 16 * 1024 * 1024,
            Door::Pause => 64 * 1024,
            // A plan comes back line by line.
            Door::Resume => 4 * 1024 * 1024,
        }
    }
}

/// What another user is told who asks for what is the owner's matter.
pub fn not_yours(owner: Option<u32>) -> AppError {
    let owner = owner.map_or_else(|| "another user".to_owned(), name_of_user);
    let error = format!("this queue belongs to {owner}; you may at most pause it and ask for its status");
    AppError::new(Kind::NotAllowed, error).help(
        "soundpost pause, soundpost status; everything else: ask the owner, or another queue with --home",
    )
}

/// What another user is told who may not resume.
pub fn no_resume(owner: Option<u32>) -> AppError {
    let owner = owner.map_or_else(|| "its owner".to_owned(), name_of_user);
    let error = format!(
        "you may not resume this queue: {owner} may, and the group that resume_group in its config.toml names, while the daemon runs"
    );
    AppError::new(Kind::NotAllowed, error).help("nothing was changed; ask them to run:  soundpost resume")
}

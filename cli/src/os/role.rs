//! Whose queue it is: its owner may do everything, other users what the owner has opened to them.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What this process's user is to a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Its owner, or root, or nobody's guest because there is no queue.
    Owner,
    /// Another user.
    Guest {
        /// The owner's number; none when even that may not be seen.
        owner: Option<u32>,
    },
}

/// What this process's user is to the queue in this home.
pub fn role(home: &Path) -> Role {
    let own = rustix::process::geteuid().as_raw();
    let found = fs::metadata(home.join("store.json")).or_else(|error| match error.kind() {
        ErrorKind::NotFound => fs::metadata(home),
        _ => Err(error),
    });
    match found {
        _ if own == 0 => Role::Owner,
        Ok(found) if found.uid() != own => Role::Guest {
            owner: Some(found.uid()),
        },
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Role::Guest { owner: None },
        _ => Role::Owner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_made_a_home_owns_it_and_where_there_is_none_nobody_is_a_guest() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(role(home.path()), Role::Owner);
        assert_eq!(role(&home.path().join("none")), Role::Owner);
    }
}

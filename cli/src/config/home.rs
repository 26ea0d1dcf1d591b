//! The home: the one folder that holds all that Soundpost keeps.

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Others may pass through to the switch's folder, and see nothing.
const HOME_MODE: u32 = 0o711;

/// Why there is no home.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HomeError {
    /// Nothing says where it could be.
    #[error("nothing says where to keep data: give --home, or set SOUNDPOST_HOME")]
    Nowhere,
    /// The folder cannot be made or its mode not be set.
    #[error("the home {path} cannot be made: {source}")]
    Io {
        /// The folder.
        path: PathBuf,
        /// The answer of the system.
        source: io::Error,
    },
}

/// The home: as given, else `$SOUNDPOST_HOME`, else `soundpost` in the XDG data folder. It need not be there yet.
///
/// # Errors
/// When nothing is given and the user has no home folder.
pub fn home_dir(explicit: Option<PathBuf>) -> Result<PathBuf, HomeError> {
    chosen(explicit, |name| env::var_os(name))
}

fn chosen(explicit: Option<PathBuf>, env: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, HomeError> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let xdg = || set("XDG_DATA_HOME").filter(|path| path.is_absolute());
    let user = || set("HOME").map(|home| home.join(".local/share"));
    let path = explicit
        .or_else(|| set("SOUNDPOST_HOME"))
        .or_else(|| xdg().or_else(user).map(|data| data.join("soundpost")))
        .ok_or(HomeError::Nowhere)?;
    std::path::absolute(&path).map_err(|source| HomeError::Io { path, source })
}

/// Makes the home with mode 0711; the folders above it as the system does by default.
///
/// # Errors
/// As the system says.
pub fn prepare_home(home: &Path) -> Result<(), HomeError> {
    let made = fs::create_dir_all(home.parent().unwrap_or(home))
        .and_then(|()| DirBuilder::new().recursive(true).mode(HOME_MODE).create(home))
        .and_then(|()| fs::set_permissions(home, Permissions::from_mode(HOME_MODE)));
    made.map_err(|source| HomeError::Io {
        path: home.to_path_buf(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)], explicit: Option<&str>) -> Option<String> {
        let env = |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.into())
        };
        chosen(explicit.map(PathBuf::from), env)
            .ok()
            .map(|path| path.display().to_string())
    }

    #[test]
    fn the_option_comes_before_the_variable_and_that_before_the_data_folder() {
        let all = [("SOUNDPOST_HOME", "/a"), ("XDG_DATA_HOME", "/b"), ("HOME", "/c")];
        assert_eq!(with(&all, Some("/x")).as_deref(), Some("/x"));
        assert_eq!(with(&all, None).as_deref(), Some("/a"));
        assert_eq!(with(&all[1..], None).as_deref(), Some("/b/soundpost"));
        assert_eq!(
            with(&all[2..], None).as_deref(),
            Some("/c/.local/share/soundpost")
        );
        assert_eq!(with(&[("HOME", ""), ("XDG_DATA_HOME", "relative")], None), None);
    }

    #[test]
    fn a_relative_home_is_made_absolute_and_the_folder_lets_others_pass() {
        assert!(Path::new(&with(&[], Some("x")).unwrap()).is_absolute());
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("a/b");
        prepare_home(&home).unwrap();
        prepare_home(&home).unwrap();
        assert_eq!(fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o711);
    }
}

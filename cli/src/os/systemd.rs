//! systemd: telling it how the daemon is, where its unit files are, and running `systemctl` when a person asks for that.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use sd_notify::NotifyState;

/// Tells systemd that the daemon answers. Without systemd it does nothing.
pub fn ready() {
    tell(NotifyState::Ready);
}

/// Tells systemd that the daemon was told to end, and finishes what it sends.
pub fn stopping() {
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd cannot be told how the daemon is");
    }
}

/// The folder of this user's own units: in `$XDG_CONFIG_HOME`, else in `~/.config`. None when the user has no home.
pub fn user_units() -> Option<PathBuf> {
    let set = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let config = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let config = config.or_else(|| set("HOME").map(|home| home.join(".config")))?;
    Some(config.join("systemd/user"))
}

/// The folder of the units that the administrator makes.
pub fn system_units() -> PathBuf {
    PathBuf::from("/etc/systemd/system")
}

/// True when this system was started by systemd.
pub fn is_running() -> bool {
    Path::new("/run/systemd/system").is_dir()
}

/// Runs `systemctl` with these words.
///
/// # Errors
/// What it said, when it cannot be run or does not end well.
pub fn systemctl(words: &[&str]) -> Result<(), String> {
    let line = format!("systemctl {}", words.join(" "));
    let ran = Command::new("systemctl").args(words).output();
    let ran = ran.map_err(|error| format!("{line} cannot be run: {error}"))?;
    if ran.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    Err(format!("{line} did not end well: {}", said.trim()))
}

//! The unit file by which systemd keeps the daemon running. Pure: what it says, and whether a file is one of ours.

use std::path::{Path, PathBuf};

use soundpost_core::frozen::sha256_hex;

use crate::exit_code::ExitCode;

/// The name of the unit.
pub const UNIT: &str = "soundpost.service";
/// How a daemon may end so that a person must look before it is started again.
pub const NOT_AGAIN: [ExitCode; 5] = [
    ExitCode::Usage,
    ExitCode::BadInput,
    ExitCode::NotFound,
    ExitCode::Conflict,
    ExitCode::Store,
];
/// How long the daemon may need to end, beyond the longest send.
const STOP_EXTRA_S: u32 = 30;

const FIRST_LINE: &str = "# Made by: soundpost service install";
const SEAL: &str = "# A change of yours is noticed by this sum and kept: ";

/// What a unit is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The user that a unit of the system runs as; none = a unit of this user's own.
    pub user: Option<String>,
    /// The program, by its full path.
    pub program: PathBuf,
    /// The folder with the queue.
    pub home: PathBuf,
    /// What else the daemon must be able to write.
    pub writable: Vec<PathBuf>,
    /// False when something that it needs is in a temporary folder.
    pub private_tmp: bool,
    /// How long one send may take, in seconds.
    pub send_s: u32,
}

/// A path cannot stand in a unit file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{}' cannot stand in a unit file: it is not text, or has control characters", .0.display())]
pub struct Unwritable(pub PathBuf);

/// What a unit file is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// We made it, and nobody changed it since.
    Ours,
    /// Somebody else made it, or changed it.
    Edited,
}

impl Unit {
    /// The whole file.
    ///
    /// # Errors
    /// [`Unwritable`] names the path.
    pub fn text(&self) -> Result<String, Unwritable> {
        let body = self.body()?;
        Ok(format!(
            "{FIRST_LINE}\n{SEAL}{}\n{body}",
            sha256_hex(body.as_bytes())
        ))
    }

    fn body(&self) -> Result<String, Unwritable> {
        let network = match self.user {
            Some(_) => "Wants=network-online.target\nAfter=network-online.target\n",
            None => "",
        };
        let user = self
            .user
            .as_ref()
            .map_or_else(String::new, |user| format!("User={user}\n"));
        let wanted_by = match self.user {
            Some(_) => "multi-user.target",
            None => "default.target",
        };
        let not_again = NOT_AGAIN.map(|code| code.number().to_string()).join(" ");
        Ok(format!(
            "[Unit]\n\
             Description=Soundpost, the post scheduler that knows when to be silent\n\
             {network}\
             StartLimitIntervalSec=300\n\
             StartLimitBurst=5\n\
             \n\
             [Service]\n\
             Type=notify\n\
             {user}\
             ExecStart={program} run --log json\n\
             Environment={home}\n\
             # After a fault it starts again, and looks at the network before it repeats a send. Not where a person must\n\
             # look first: a wrong command line or configuration, no queue, another owner, a damaged store.\n\
             Restart=on-failure\n\
             RestartSec=5\n\
             RestartPreventExitStatus={not_again}\n\
             # It finishes what it is sending.\n\
             TimeoutStopSec={stop_s}\n\
             UMask=0077\n\
             NoNewPrivileges=true\n\
             ProtectSystem=strict\n\
             {writable}\
             PrivateTmp={private_tmp}\n\
             LockPersonality=true\n\
             RestrictRealtime=true\n\
             SystemCallArchitectures=native\n\
             \n\
             [Install]\n\
             WantedBy={wanted_by}\n",
            program = quoted(&self.program, true, "")?,
            home = quoted(&self.home, false, "SOUNDPOST_HOME=")?,
            stop_s = self.send_s.saturating_add(STOP_EXTRA_S),
            writable = self.writable_lines()?,
            private_tmp = self.private_tmp,
        ))
    }

    fn writable_lines(&self) -> Result<String, Unwritable> {
        let mut lines = format!("ReadWritePaths={}\n", quoted(&self.home, false, "")?);
        for path in &self.writable {
            // It may be made later.
            lines.push_str(&format!("ReadWritePaths={}\n", quoted(path, false, "-")?));
        }
        Ok(lines)
    }
}

/// What this file is to us.
pub fn origin(text: &str) -> Origin {
    let ours = || {
        let rest = text
            .strip_prefix(FIRST_LINE)?
            .strip_prefix('\n')?
            .strip_prefix(SEAL)?;
        let (sum, body) = rest.split_once('\n')?;
        (sha256_hex(body.as_bytes()) == sum).then_some(())
    };
    match ours() {
        Some(()) => Origin::Ours,
        None => Origin::Edited,
    }
}

/// The user that a unit of the system names.
pub fn user_of(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| line.strip_prefix("User="))
        .filter(|user| !user.is_empty())
}

/// A path between quotes, so that systemd reads it as it is.
fn quoted(path: &Path, in_command: bool, before: &str) -> Result<String, Unwritable> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    let text = text.ok_or_else(|| Unwritable(path.to_owned()))?;
    let mut out = format!("\"{before}");
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '%' => out.push_str("%%"),
            '$' if in_command => out.push_str("$$"),
            c => out.push(c),
        }
    }
    out.push('"');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit() -> Unit {
        Unit {
            user: None,
            program: "/opt/soundpost".into(),
            home: "/srv/queue".into(),
            writable: Vec::new(),
            private_tmp: true,
            send_s: 30,
        }
    }

    #[test]
    fn a_file_of_ours_is_known_until_somebody_changes_it() {
        let text = unit().text().unwrap();
        assert_eq!(origin(&text), Origin::Ours);
        for changed in [
            text.replace("RestartSec=5", "RestartSec=6"),
            format!("{text}# mine\n"),
            text.replace(FIRST_LINE, "# mine"),
            String::new(),
        ] {
            assert_eq!(origin(&changed), Origin::Edited, "{changed}");
        }
    }

    #[test]
    fn every_path_is_read_as_it_is() {
        let strange = Unit {
            program: "/a b/$x/100%/\"q\"/soundpost".into(),
            home: "/a b/$x/100%/\"q\"".into(),
            writable: vec!["/out box".into()],
            ..unit()
        };
        let text = strange.text().unwrap();
        for line in [
            r#"ExecStart="/a b/$$x/100%%/\"q\"/soundpost" run --log json"#,
            r#"Environment="SOUNDPOST_HOME=/a b/$x/100%%/\"q\"""#,
            r#"ReadWritePaths="-/out box""#,
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }

    #[test]
    fn a_path_that_would_begin_another_line_is_refused() {
        let evil = Unit {
            home: "/srv\nExecStartPre=/bin/evil".into(),
            ..unit()
        };
        assert!(evil.text().is_err());
    }

    #[test]
    fn it_is_not_started_again_where_a_person_must_look() {
        let text = unit().text().unwrap();
        assert!(text.contains("RestartPreventExitStatus=2 3 4 5 9\n"), "{text}");
    }

    #[test]
    fn a_unit_of_the_system_names_its_user() {
        let system = Unit {
            user: Some("posts".to_owned()),
            ..unit()
        };
        assert_eq!(user_of(&system.text().unwrap()), Some("posts"));
        assert_eq!(user_of(&unit().text().unwrap()), None);
    }
}

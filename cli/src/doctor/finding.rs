//! One thing that was found, and what it means.

use std::path::Path;

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Worth knowing; nothing to do.
    Note,
    /// Somebody should look.
    Warning,
    /// Something is lost, contradicts itself, or keeps the program from working.
    Damage,
}

impl Severity {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Ok => "ok",
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Damage => "damage",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A short name that never changes.
    pub code: &'static str,
    /// What was looked at.
    pub what: &'static str,
    /// What was found, a sentence without a full stop.
    pub found: String,
    /// The file or folder, and the byte where that helps.
    pub place: Option<String>,
    /// What it means for what was promised.
    pub means: Option<String>,
    /// What to do, a command or a sentence each.
    pub next: Vec<String>,
}

impl Finding {
    fn new(severity: Severity, code: &'static str, what: &'static str, found: impl Into<String>) -> Finding {
        Finding {
            severity,
            code,
            what,
            found: found.into(),
            place: None,
            means: None,
            next: Vec::new(),
        }
    }

    /// It is as it should be.
    pub(super) fn ok(what: &'static str, found: impl Into<String>) -> Finding {
        Finding::new(Severity::Ok, "ok", what, found)
    }

    /// It is worth knowing.
    pub(super) fn note(code: &'static str, what: &'static str, found: impl Into<String>) -> Finding {
        Finding::new(Severity::Note, code, what, found)
    }

    /// Somebody should look.
    pub(super) fn warning(code: &'static str, what: &'static str, found: impl Into<String>) -> Finding {
        Finding::new(Severity::Warning, code, what, found)
    }

    /// It is damage.
    pub(super) fn damage(code: &'static str, what: &'static str, found: impl Into<String>) -> Finding {
        Finding::new(Severity::Damage, code, what, found)
    }

    /// The same, with the file or folder.
    #[must_use]
    pub(super) fn at(mut self, path: &Path) -> Finding {
        self.place = Some(path.display().to_string());
        self
    }

    /// The same, with the byte in that file.
    #[must_use]
    pub(super) fn at_byte(mut self, path: &Path, byte: u64) -> Finding {
        self.place = Some(format!("{}, byte {byte}", path.display()));
        self
    }

    /// The same, with what it means.
    #[must_use]
    pub(super) fn means(mut self, means: impl Into<String>) -> Finding {
        self.means = Some(means.into());
        self
    }

    /// The same, with one more thing to do.
    #[must_use]
    pub(super) fn next(mut self, next: impl Into<String>) -> Finding {
        self.next.push(next.into());
        self
    }
}

/// A size for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        1_048_576..1_073_741_824 => format!("{} MiB", bytes / 1_048_576),
        _ => format!("{} GiB", bytes / 1_073_741_824),
    }
}

/// A number of things.
pub(super) fn count_of(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The good news of a part about which there is nothing else to say.
pub(super) fn or_ok(findings: Vec<Finding>, good: Finding) -> Vec<Finding> {
    let quiet = findings
        .iter()
        .all(|finding| finding.severity < Severity::Warning);
    if quiet {
        findings.into_iter().chain([good]).collect()
    } else {
        findings
    }
}

//! How the command ends. Scripts rely on these numbers: they never change their meaning.

use std::process;

/// How the command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// Done; for `pause`: silence is proven.
    Ok = 0,
    /// A fault of the program.
    Bug = 1,
    /// The command line was not understood; `clap` ends with the same number.
    Usage = 2,
    /// A post, time, zone, file or calendar was not accepted. Nothing was changed.
    BadInput = 3,
    /// What was named is not there.
    NotFound = 4,
    /// It contradicts what is there. Nothing was changed.
    Conflict = 5,
    /// It was queued, and is held.
    Held = 6,
    /// The pause is ordered, and silence is not proven.
    NotProvenSilent = 7,
    /// The daemon does not answer.
    NoAnswer = 8,
    /// The store is damaged or cannot be written.
    Store = 9,
    /// Refused because of the kill switch.
    Paused = 10,
    /// A network or a login refused.
    Network = 11,
    /// It is another user's queue. Nothing was changed.
    NotAllowed = 12,
    /// An import needs an empty queue. Nothing was changed.
    NotEmpty = 13,
}

/// One code, for the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The code.
    pub code: ExitCode,
    /// Its short name.
    pub name: &'static str,
    /// What it means to a script.
    pub meaning: &'static str,
}

impl ExitCode {
    /// All codes, by number.
    pub const ALL: [ExitCode; 14] = [
        ExitCode::Ok,
        ExitCode::Bug,
        ExitCode::Usage,
        ExitCode::BadInput,
        ExitCode::NotFound,
        ExitCode::Conflict,
        ExitCode::Held,
        ExitCode::NotProvenSilent,
        ExitCode::NoAnswer,
        ExitCode::Store,
        ExitCode::Paused,
        ExitCode::Network,
        ExitCode::NotAllowed,
        ExitCode::NotEmpty,
    ];

    /// The number.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The short name, as in the documentation and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            ExitCode::Ok => "ok",
            ExitCode::Bug => "bug",
            ExitCode::Usage => "usage",
            ExitCode::BadInput => "bad_input",
            ExitCode::NotFound => "not_found",
            ExitCode::Conflict => "conflict",
            ExitCode::Held => "held",
            ExitCode::NotProvenSilent => "not_proven_silent",
            ExitCode::NoAnswer => "no_answer",
            ExitCode::Store => "store",
            ExitCode::Paused => "paused",
            ExitCode::Network => "network",
            ExitCode::NotAllowed => "not_allowed",
            ExitCode::NotEmpty => "not_empty",
        }
    }

    /// What it means to a script.
    pub const fn meaning(self) -> &'static str {
        match self {
            ExitCode::Ok => "done; for pause and stop: the silence is proven",
            ExitCode::Bug => "a fault of the program: please report it",
            ExitCode::Usage => "the command line was not understood",
            ExitCode::BadInput => {
                "a post, time, zone, file or calendar was not accepted; nothing was changed"
            }
            ExitCode::NotFound => "what was named is not there",
            ExitCode::Conflict => {
                "a key used again with other content, something changed meanwhile, or a move that its state does \
                 not allow; nothing was changed"
            }
            ExitCode::Held => "it was queued, and is held: the output says why",
            ExitCode::NotProvenSilent => {
                "the pause is ordered, but something may still go out: the output says what"
            }
            ExitCode::NoAnswer => "the daemon does not answer",
            ExitCode::Store => "the store is damaged or cannot be written",
            ExitCode::Paused => "refused because the kill switch is on",
            ExitCode::NotAllowed => {
                "it is another user's queue, who has not opened that to you; nothing was changed"
            }
            ExitCode::Network => "a network could not be reached, refused, or wants a new login",
            ExitCode::NotEmpty => "an import needs an empty queue, and this one is not; nothing was changed",
        }
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> process::ExitCode {
        process::ExitCode::from(code.number())
    }
}

/// All codes with their meanings, by number.
pub fn table() -> [Meaning; 14] {
    ExitCode::ALL.map(|code| Meaning {
        code,
        name: code.name(),
        meaning: code.meaning(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_never_change() {
        let numbers: Vec<(u8, &str)> = table().iter().map(|row| (row.code.number(), row.name)).collect();
        let promised = [
            (0, "ok"),
            (1, "bug"),
            (2, "usage"),
            (3, "bad_input"),
            (4, "not_found"),
            (5, "conflict"),
            (6, "held"),
            (7, "not_proven_silent"),
            (8, "no_answer"),
            (9, "store"),
            (10, "paused"),
            (11, "network"),
            (12, "not_allowed"),
            (13, "not_empty"),
        ];
        assert_eq!(numbers, promised);
    }
}

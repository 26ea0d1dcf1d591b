//! What a command answers when it cannot do what was asked: what, where, and what to do.

use serde::{Deserialize, Serialize};
use soundpost_core::port::store::StoreError;

use crate::exit_code::ExitCode;

/// Which kind of error; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something in the question is wrong.
    BadInput,
    /// There is no such thing.
    NotFound,
    /// It was changed meanwhile, used before, or the state does not allow it.
    Conflict,
    /// It is paused.
    Paused,
    /// The network or the login.
    Network,
    /// The store.
    Store,
    /// The daemon does not answer.
    NoAnswer,
    /// It is another user's queue.
    NotAllowed,
    /// An import needs an empty queue.
    NotEmpty,
}

/// What a command answers when it cannot do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// Which kind.
    pub kind: Kind,
    /// What is wrong, in one sentence.
    pub message: String,
    /// All findings, when there are several.
    pub details: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl AppError {
    /// An error of this kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> AppError {
        AppError {
            kind,
            message: message.into(),
            details: Vec::new(),
            help: None,
        }
    }

    /// Something in the question is wrong.
    pub fn bad_input(message: impl Into<String>) -> AppError {
        AppError::new(Kind::BadInput, message)
    }

    /// The state does not allow it.
    pub fn conflict(message: impl Into<String>) -> AppError {
        AppError::new(Kind::Conflict, message)
    }

    /// The same, with what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> AppError {
        self.help = Some(help.into());
        self
    }

    /// The exit code of its kind.
    pub fn exit_code(&self) -> ExitCode {
        match self.kind {
            Kind::BadInput => ExitCode::BadInput,
            Kind::NotFound => ExitCode::NotFound,
            Kind::Conflict => ExitCode::Conflict,
            Kind::Paused => ExitCode::Paused,
            Kind::Network => ExitCode::Network,
            Kind::Store => ExitCode::Store,
            Kind::NoAnswer => ExitCode::NoAnswer,
            Kind::NotAllowed => ExitCode::NotAllowed,
            Kind::NotEmpty => ExitCode::NotEmpty,
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> AppError {
        let kind = match &error {
            StoreError::NotFound { .. } => Kind::NotFound,
            StoreError::NotEmpty { .. } => Kind::NotEmpty,
            StoreError::Io(_) | StoreError::Damaged(_) | StoreError::Closed => Kind::Store,
            _ => Kind::Conflict,
        };
        AppError::new(kind, error.to_string())
    }
}

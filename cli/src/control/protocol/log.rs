//! The question and the answers of `log`. No daemon is asked: the command reads the journal itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which entries of the log. What is not named does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogAsk {
    /// Not before this, as typed.
    pub since: Option<String>,
    /// Not after this, as typed.
    pub until: Option<String>,
    /// Only this account, by its label.
    pub account: Option<String>,
    /// Only what is about this post, delivery, pause or event, by the ending of its id.
    pub id: Option<String>,
    /// Only what this person or duty did.
    pub actor: Option<String>,
    /// Only this kind of change, or this move.
    pub kind: Option<String>,
    /// The newest so many; 0 = all.
    pub limit: usize,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its number in the journal.
    pub seq: u64,
    /// When, as RFC 3339.
    pub at: String,
    /// When, for people.
    pub at_shown: String,
    /// Who.
    pub by: String,
    /// `person`, `lane` or `duty`.
    pub actor: String,
    /// Why, as it was typed; may be empty.
    pub reason: String,
    /// The kind of change.
    pub kind: String,
    /// The name of the move, of a delivery that moved.
    pub by_move: Option<String>,
    /// What it is about: the id of a delivery, post, account, pause, event or store, or a calendar's name.
    pub id: String,
    /// The account's label, where one is concerned.
    pub account: Option<String>,
    /// What happened, in plain words.
    pub what: Vec<String>,
    /// The change with all its fields, as the journal has it, but for secrets.
    pub change: Value,
}

/// The answer to `log`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogView {
    /// The entries, newest last.
    pub entries: Vec<LogEntry>,
    /// How many earlier ones there are; none = some, which nobody counted.
    pub more: Option<u64>,
    /// True when the question named something.
    pub narrowed: bool,
    /// Pauses that stand in the switch's file alone, oldest first: the journal has no entry of them.
    #[serde(default)]
    pub only_in_switch: Vec<SwitchOrder>,
}

/// A pause that the journal does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchOrder {
    /// Its id.
    pub id: String,
    /// When it was given, as RFC 3339.
    pub at: String,
    /// Who gave it, as the file says.
    pub by: String,
    /// What it silences, when, by whom and why, for people.
    pub what: String,
}

/// The answer to `log --head`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadView {
    /// The queue.
    pub store: String,
    /// The number of the newest entry.
    pub seq: u64,
    /// The hash of the newest frame, in which all before it is contained.
    pub hash: String,
    /// Both as `log --verify` takes them.
    pub head: String,
}

/// The answer to `log --verify`, when all is as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedView {
    /// The queue.
    pub store: String,
    /// The number of the oldest entry.
    pub first_seq: u64,
    /// The number of the newest entry.
    pub seq: u64,
    /// The head of the log as it is now.
    pub head: String,
    /// The head that it was compared with, and that is part of it.
    pub compared: Option<String>,
}

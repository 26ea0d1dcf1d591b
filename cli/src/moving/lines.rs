//! Reads an export line by line. Whatever is in the file, the answer is a line or an error that names one.

use std::io::{BufRead, Read as _};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::format::{FORMAT, Header, LINE_BYTES_MAX, Line, VERSION};
use crate::os::media::hex;

/// What is wrong with a file, and in which line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct LineError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    pub what: String,
}

/// The lines of an export that are read one after another.
pub struct Lines<R> {
    file: R,
    /// How many were read.
    number: u64,
    /// Where the next one begins, in bytes.
    offset: u64,
    hash: Sha256,
    is_over: bool,
    raw: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The lines of this file, from its beginning.
    pub fn new(file: R) -> Lines<R> {
        Lines {
            file,
            number: 0,
            offset: 0,
            hash: Sha256::new(),
            is_over: false,
            raw: Vec::new(),
        }
    }

    /// The first line, which says what the file is.
    ///
    /// # Errors
    /// [`LineError`] when it is something else, or of a newer version.
    pub fn header(&mut self) -> Result<Header, LineError> {
        let Some(value) = self.value()? else {
            return Err(self.error("the file is empty"));
        };
        let head = value.get("export");
        if head.and_then(|h| h.get("format")).and_then(Value::as_str) != Some(FORMAT) {
            return Err(self.error(
                "this is no export of soundpost: the first line of one begins with {\"export\":{\"format\":\"soundpost export\"",
            ));
        }
        let version = head.and_then(|h| h.get("version")).and_then(Value::as_u64);
        match version {
            Some(version) if (1..=u64::from(VERSION)).contains(&version) => {}
            Some(version) => {
                return Err(self.error(format!(
                    "the export has version {version}, and this program reads 1 to {VERSION}: use a newer program"
                )));
            }
            None => return Err(self.error("the first line says no version")),
        }
        match self.typed(value)? {
            Line::Export(header) => Ok(header),
            _ => Err(self.error("the first line is something else")),
        }
    }

    /// The next line with its length in bytes; none after the last one, which is checked.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn next_line(&mut self) -> Result<Option<Line>, LineError> {
        if self.is_over {
            return Ok(None);
        }
        let before = (self.number, self.hash.clone());
        let Some(value) = self.value()? else {
            return Err(self.error(format!(
                "the file ends after {} lines without its last one: it was cut off. Copy it again",
                self.number
            )));
        };
        match self.typed(value)? {
            Line::Export(_) => Err(self.error("a second beginning")),
            Line::End { lines, sha256 } => {
                self.check_end(lines, &sha256, before)?;
                Ok(None)
            }
            line => Ok(Some(line)),
        }
    }

    fn check_end(&mut self, lines: u64, sha256: &str, before: (u64, Sha256)) -> Result<(), LineError> {
        let (number, hash) = before;
        if lines != number {
            return Err(self.error(format!("{number} lines stand before it, and there were {lines}")));
        }
        if hex(&hash.finalize()) != sha256 {
            return Err(
                self.error("the lines before it are not those that were written: the file was changed")
            );
        }
        self.is_over = true;
        if self.raw_line()? {
            return Err(self.error("something follows the last line"));
        }
        Ok(())
    }

    /// The number of the line that was read last.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Where the next line begins, in bytes.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes the line has that was read last.
    pub fn length(&self) -> u64 {
        self.raw.len() as u64
    }

    /// An error in the line that was read last.
    pub fn error(&self, what: impl Into<String>) -> LineError {
        LineError {
            line: self.number.max(1),
            what: what.into(),
        }
    }

    /// Reads one line of bounded length; false at the end of the file.
    fn raw_line(&mut self) -> Result<bool, LineError> {
        self.raw.clear();
        let limit = LINE_BYTES_MAX as u64 + 1;
        let read = self.file.by_ref().take(limit).read_until(b'\n', &mut self.raw);
        if let Err(error) = read {
            return Err(LineError {
                line: self.number + 1,
                what: format!("it cannot be read: {error}"),
            });
        }
        if self.raw.is_empty() {
            return Ok(false);
        }
        self.number += 1;
        self.offset += self.raw.len() as u64;
        if self.raw.len() > LINE_BYTES_MAX {
            let most = LINE_BYTES_MAX >> 20;
            return Err(self.error(format!("it is longer than {most} MiB")));
        }
        Ok(true)
    }

    fn value(&mut self) -> Result<Option<Value>, LineError> {
        if !self.raw_line()? {
            return Ok(None);
        }
        self.hash.update(&self.raw);
        let text = std::str::from_utf8(&self.raw)
            .map_err(|error| self.error(format!("byte {} is not UTF-8 text", error.valid_up_to() + 1)))?;
        if !text.ends_with('\n') {
            return Err(self.error("it does not end: the file was cut off. Copy it again"));
        }
        let value = serde_json::from_str(text);
        value.map(Some).map_err(|error| self.error(not_json(&error)))
    }

    /// The line as what it says it is. A field that this version does not know is an error: leaving it out could mean
    /// to send what should not be sent.
    fn typed(&self, value: Value) -> Result<Line, LineError> {
        let line = Line::deserialize_from(&value).map_err(|error| self.error(error.to_string()))?;
        let known = serde_json::to_value(&line).map_err(|error| self.error(error.to_string()))?;
        match unknown_field(&value, &known) {
            Some(path) => Err(self.error(format!(
                "this version does not know the field '{}'",
                path.join(".")
            ))),
            None => Ok(line),
        }
    }
}

impl Line {
    fn deserialize_from(value: &Value) -> serde_json::Result<Line> {
        serde::Deserialize::deserialize(value)
    }
}

/// The parser's words without its own line number, which would be 1 for every line.
fn not_json(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let what = said.split(" at line ").next().unwrap_or_default();
    format!(
        "it is not JSON that can be read: {what} at column {}",
        error.column()
    )
}

/// The path of a field that stands in the file and is not known; null is nothing.
fn unknown_field(found: &Value, known: &Value) -> Option<Vec<String>> {
    match (found, known) {
        (Value::Object(found), Value::Object(known)) => found.iter().find_map(|(name, value)| {
            let below = match known.get(name) {
                None if value.is_null() => None,
                None => Some(Vec::new()),
                Some(known) => unknown_field(value, known),
            };
            below.map(|path| std::iter::once(name.clone()).chain(path).collect())
        }),
        (Value::Array(found), Value::Array(known)) => {
            let pairs = found.iter().zip(known);
            pairs.enumerate().find_map(|(at, (found, known))| {
                let below = unknown_field(found, known);
                below.map(|path| std::iter::once(at.to_string()).chain(path).collect())
            })
        }
        _ => None,
    }
}

//! A command's side: asks the daemon, and opens the store itself only when nobody owns it.

use std::io;
use std::path::Path;
use std::time::Duration;

use soundpost_core::halt::SwitchState;
use soundpost_core::port::switch::Switch;
use soundpost_store::owner::read_owner;
use soundpost_store::room;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::protocol::{Answer, Ask, Hello, PROTOCOL, Question, Reply};
use crate::app::error::{AppError, Kind};
use crate::os::local_socket::Address;
use crate::os::switch_file::SwitchFile;
use crate::surroundings::Surroundings;
use crate::wire_up;

/// How long a daemon may take to say hello before it counts as hung.
pub const HELLO_MAX: Duration = Duration::from_secs(5);
/// How long an answer may take. Some wait for a network.
const ANSWER_MAX: Duration = Duration::from_secs(120);
/// How often a store that another command holds is tried again.
const RETRY_EVERY: Duration = Duration::from_millis(50);

/// Why the daemon gave no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// Nobody listens.
    NotThere,
    /// Somebody listens and says nothing.
    Hung,
    /// The line broke before the question was sent.
    Broken(io::Error),
    /// The line broke after the question was sent: it may have been done.
    Lost,
    /// This user may not connect.
    Closed,
    /// Somebody listens who is neither the owner of the queue nor root.
    Stranger,
    /// It speaks another version.
    OtherVersion(Hello),
}

/// Asks the daemon.
///
/// # Errors
/// [`NoAnswer`].
pub async fn ask_daemon(socket: &Path, who: &str, ask: &Ask) -> Result<Reply, NoAnswer> {
    let stream = connected(socket).await?;
    converse(stream, who, ask).await
}

/// Asks whoever listens at a door for other users. Only the owner of the queue and root are believed: in a folder that a
/// whole group may write, anybody of it could listen.
///
/// # Errors
/// [`NoAnswer`].
pub async fn ask_at_door(socket: &Path, owner: Option<u32>, who: &str, ask: &Ask) -> Result<Reply, NoAnswer> {
    let address = Address::of(socket).map_err(|_| NoAnswer::NotThere)?;
    let stream = connected(address.path()).await?;
    let listener = stream.peer_cred().map_err(NoAnswer::Broken)?.uid();
    if !is_believed(listener, owner) {
        return Err(NoAnswer::Stranger);
    }
    converse(stream, who, ask).await
}

fn is_believed(listener: u32, owner: Option<u32>) -> bool {
    listener == 0 || Some(listener) == owner
}

async fn connected(socket: &Path) -> Result<UnixStream, NoAnswer> {
    let connected = timeout(HELLO_MAX, UnixStream::connect(socket))
        .await
        .map_err(|_| NoAnswer::Hung)?;
    connected.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => NoAnswer::NotThere,
        io::ErrorKind::PermissionDenied => NoAnswer::Closed,
        _ => NoAnswer::Broken(error),
    })
}

async fn converse(stream: UnixStream, who: &str, ask: &Ask) -> Result<Reply, NoAnswer> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let first = timeout(HELLO_MAX, lines.next_line())
        .await
        .map_err(|_| NoAnswer::Hung)?;
    let hello: Hello = parse(first)?;
    if hello.protocol != PROTOCOL && !matches!(ask, Ask::Pause(_) | Ask::Status) {
        return Err(NoAnswer::OtherVersion(hello));
    }
    let own = Hello {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        store: String::new(),
    };
    let question = Question {
        who: who.to_owned(),
        ask: ask.clone(),
    };
    let mut text = line(&own)?;
    text.extend(line(&question)?);
    writing.write_all(&text).await.map_err(NoAnswer::Broken)?;
    let answer = timeout(ANSWER_MAX, lines.next_line())
        .await
        .map_err(|_| NoAnswer::Hung)?;
    parse(answer).map_err(|_| NoAnswer::Lost)
}

fn line<T: serde::Serialize>(message: &T) -> Result<Vec<u8>, NoAnswer> {
    let mut text = serde_json::to_vec(message).map_err(|e| NoAnswer::Broken(io::Error::other(e)))?;
    text.push(b'\n');
    Ok(text)
}

fn parse<T: serde::de::DeserializeOwned>(line: io::Result<Option<String>>) -> Result<T, NoAnswer> {
    let line = line.map_err(NoAnswer::Broken)?;
    let line = line.ok_or_else(|| NoAnswer::Broken(io::ErrorKind::UnexpectedEof.into()))?;
    serde_json::from_str(&line).map_err(|e| NoAnswer::Broken(io::Error::other(e)))
}

/// Whom a question is about, and who asks it.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// The folder with the queue.
    pub home: &'a Path,
    /// The login name of the person.
    pub who: &'a str,
    /// Clock, randomness and HTTP, when this process must answer itself.
    pub surroundings: &'a Surroundings,
}

/// An answer, and what a person should know about how it came.
pub struct Asked {
    /// The answer.
    pub answer: Answer,
    /// Set when it comes from the journal alone: the owner says nothing, or the queue cannot be opened.
    pub warning: Option<AppError>,
}

/// Asks whoever owns the store: the daemon, or this process when nobody does.
///
/// # Errors
/// [`AppError`]; its kind is `NoAnswer` when a daemon owns the store and does not answer.
pub async fn ask(asker: Asker<'_>, ask: Ask) -> Result<Asked, AppError> {
    let deadline = tokio::time::Instant::now() + HELLO_MAX;
    let said = |answer| Asked {
        answer,
        warning: None,
    };
    loop {
        let socket = wire_up::owners_socket(asker.home);
        match ask_daemon(&socket, asker.who, &ask).await {
            Ok(Reply::Answer(answer)) => return Ok(said(*answer)),
            Ok(Reply::Error(error)) => return Err(error),
            Err(NoAnswer::Hung) => return look(asker, ask, no_answer()).await,
            Err(NoAnswer::OtherVersion(hello)) => return Err(other_version(&hello)),
            Err(NoAnswer::Lost) if !ask.may_repeat() => return Err(lost()),
            Err(
                NoAnswer::Broken(_)
                | NoAnswer::NotThere
                | NoAnswer::Lost
                | NoAnswer::Closed
                | NoAnswer::Stranger,
            ) => {}
        }
        match wire_up::open(asker.home, asker.surroundings, None) {
            Ok(wired) => return answer_here(wired, asker.who, ask).await.map(said),
            // Another command has it for a moment, or a daemon is starting.
            Err(wire_up::OpenError::Owned(_)) if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(RETRY_EVERY).await;
            }
            Err(wire_up::OpenError::Owned(_)) => return look(asker, ask, no_answer()).await,
            Err(wire_up::OpenError::Other(error)) => return look(asker, ask, error).await,
        }
    }
}

/// Neither the owner nor this process can answer from the queue itself, and `why` says why. `status` and `why` are
/// answered from the journal; nothing else is.
async fn look(asker: Asker<'_>, ask: Ask, why: AppError) -> Result<Asked, AppError> {
    if !matches!(ask, Ask::Status | Ask::Why { .. }) {
        return Err(why);
    }
    let app = match wire_up::look(asker.home, asker.surroundings) {
        Ok(app) => app,
        Err(_) if !matches!(ask, Ask::Status) => return Err(why),
        Err(_) => return Err(with_switch(asker.home, why)),
    };
    let mut answer = app.answer(asker.who, ask).await?;
    if let Answer::Status(status) = &mut answer {
        status.low_on_room = room::too_little(asker.home);
        status.owner_silent = !matches!(read_owner(asker.home), Ok(None));
    }
    Ok(Asked {
        answer,
        warning: Some(why),
    })
}

/// The error of a `status`, with what can be said of the switch all the same.
fn with_switch(home: &Path, mut error: AppError) -> AppError {
    let switch = SwitchFile::open(home, None);
    let said = match switch.read() {
        _ if error.kind == Kind::NotFound && switch.is_lost() => return error,
        SwitchState::Running => "the kill switch's file names no order".to_owned(),
        SwitchState::Halted(orders) => match orders.last() {
            Some(order) => format!("the kill switch is on, by {}: {}", order.who, order.reason),
            None => "the kill switch is on".to_owned(),
        },
        SwitchState::Unreadable(why) if switch.is_lost() => format!("the kill switch counts as on: {why}"),
        SwitchState::Unreadable(why) => format!("the kill switch cannot be seen: {why}"),
    };
    error.details.push(said);
    error
}

async fn answer_here(wired: wire_up::Wired, who: &str, ask: Ask) -> Result<Answer, AppError> {
    // Whoever holds the lock knows that nobody sends: a fence without an outcome is a lost answer.
    let rescued = soundpost_core::duty::rescue::rescue(&wired.app.env).await;
    let answer = match rescued {
        Ok(_) => wired.app.answer(who, ask).await,
        Err(error) => Err(error.into()),
    };
    wired.close().await;
    answer
}

/// The daemon ended while it worked on the question.
pub(crate) fn lost() -> AppError {
    AppError::new(
        Kind::NoAnswer,
        "the daemon ended before it answered: it may have been done, or not",
    )
    .help("look before you repeat it:  soundpost queue --state all")
}

/// The daemon does not answer.
pub fn no_answer() -> AppError {
    AppError::new(Kind::NoAnswer, "the daemon owns the queue and does not answer")
        .help("to silence it:  soundpost stop   (pauses, and kills it if it stays silent)")
}

/// The daemon is of another version.
pub(crate) fn other_version(hello: &Hello) -> AppError {
    let (theirs, ours) = (&hello.version, env!("CARGO_PKG_VERSION"));
    AppError::new(
        Kind::NoAnswer,
        format!("the daemon is version {theirs}, this command is {ours}"),
    )
    .help("restart the daemon; 'pause' and 'status' work all the same")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_and_root_are_believed() {
        assert!(is_believed(1000, Some(1000)) && is_believed(0, Some(1000)));
        assert!(!is_believed(1001, Some(1000)) && !is_believed(1001, None));
    }
}

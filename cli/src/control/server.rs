//! The daemon's side: accepts commands on local sockets, one task each.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tracing::{debug, warn};

use super::door::Door;
use super::guests::{self, Callers};
use super::protocol::{Hello, PROTOCOL, Question, Reply};
use crate::app::App;
use crate::app::error::AppError;
use crate::os::local_socket::bind_for_group;

/// How long it waits after a caller could not be accepted: most often files have run out, and that takes time to pass.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A listening socket; its file goes when it is dropped.
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
    door: Door,
    callers: Callers,
}

impl ControlSocket {
    /// Listens at this path; a socket that a dead daemon left is replaced. The owner lock must be held.
    ///
    /// # Errors
    /// When the path cannot be bound.
    pub fn bind(path: &Path) -> io::Result<ControlSocket> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(ControlSocket {
            listener,
            path: path.to_owned(),
            door: Door::Own,
            callers: Callers::default(),
        })
    }

    /// Listens at a door for the members of a group. The owner lock must be held.
    ///
    /// # Errors
    /// When the path cannot be bound or given to the group.
    pub fn bind_for_group(home: &Path, door: Door, group: u32) -> io::Result<ControlSocket> {
        let path = door.place(home);
        let listener = UnixListener::from_std(bind_for_group(home, &path, group)?)?;
        Ok(ControlSocket {
            listener,
            path,
            door,
            callers: Callers::default(),
        })
    }

    /// Serves until told to stop.
    pub async fn serve(self, app: App, mut stopping: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return,
                stream = self.next_caller() => {
                    self.serve_one(stream, app.clone());
                }
            }
        }
    }

    fn serve_one(&self, stream: UnixStream, app: App) {
        let door = self.door;
        if door == Door::Own {
            tokio::spawn(async move { went_away(talk(stream, app).await) });
            return;
        }
        let Ok(peer) = stream.peer_cred() else {
            return;
        };
        // Nobody waits for a place: whoever asks for too many gets no answer, and the others theirs.
        if let Some(place) = self.callers.admit(peer.uid()) {
            tokio::spawn(async move {
                went_away(guests::talk(stream, &app, door, peer.uid()).await);
                drop(place);
            });
        }
    }

    /// The next caller. After an error it waits a little, so that a lasting one does not keep a processor busy.
    async fn next_caller(&self) -> UnixStream {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => return stream,
                Err(error) => warn!(%error, "cannot accept on the control socket"),
            }
            tokio::time::sleep(ACCEPT_PAUSE).await;
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn went_away(talked: io::Result<()>) {
    if let Err(error) = talked {
        debug!(%error, "a command went away");
    }
}

async fn talk(stream: UnixStream, app: App) -> io::Result<()> {
    if !is_same_user(&stream)? {
        return Ok(());
    }
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading.take(Door::Own.question_bytes_max())).lines();
    let hello = Hello {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        store: app.env.store.id().to_string(),
    };
    send(&mut writing, &hello).await?;
    let Some(_their_hello) = lines.next_line().await? else {
        return Ok(());
    };
    while let Some(line) = lines.next_line().await? {
        let reply = match serde_json::from_str::<Question>(&line) {
            Ok(question) => reply(&app, question).await,
            Err(error) => Reply::Error(
                AppError::bad_input(format!("the daemon does not understand this command: {error}"))
                    .help("the command and the daemon are of different versions: restart the daemon"),
            ),
        };
        send(&mut writing, &reply).await?;
    }
    Ok(())
}

async fn reply(app: &App, question: Question) -> Reply {
    match app.answer(&question.who, question.ask).await {
        Ok(answer) => Reply::Answer(Box::new(answer)),
        Err(error) => Reply::Error(error),
    }
}

/// Writes one line.
///
/// # Errors
/// When the caller has gone away.
pub(super) async fn send<T: serde::Serialize>(
    writing: &mut (impl AsyncWriteExt + Unpin),
    message: &T,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(message).map_err(io::Error::other)?;
    line.push(b'\n');
    writing.write_all(&line).await
}

/// The socket is for the store's owner, and for root.
fn is_same_user(stream: &UnixStream) -> io::Result<bool> {
    let peer = stream.peer_cred()?.uid();
    Ok(peer == 0 || peer == rustix::process::getuid().as_raw())
}

//! A daemon that dies after it has written and before its answer arrives: the command must not do it twice.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use soundpost_cli::wire_up::socket_path;
use soundpost_core::change::Change;
use soundpost_core::port::store::Store as _;
use soundpost_store::open::look;

use super::program::{ACCOUNTS, Ended, Program};

/// What a command came to whose first answer was lost.
#[derive(Debug, Clone)]
pub struct Lost {
    /// How the command ended.
    pub ended: Ended,
    /// How many posts there are.
    pub posts: usize,
}

/// A post without a key, for the first account.
pub const POST: [&str; 6] = ["post", "only once", "--to", ACCOUNTS[0], "--at", "+1h"];

/// Runs a command whose daemon is killed after it answered, with the answer kept back.
pub async fn run(exe: &Path, args: &[&str]) -> Lost {
    let program = Program::new(exe);
    let daemon = program.start();
    let socket = socket_path(&program.home());
    let hidden = socket.with_extension("hidden");
    std::fs::rename(&socket, &hidden).expect("the socket is moved");
    let between = UnixListener::bind(&socket).expect("a listener in its place");
    let ended = std::thread::scope(|scope| {
        let command = scope.spawn(|| program.run(args));
        carry(&between, &hidden).expect("the daemon answers");
        daemon.kill();
        drop(between);
        std::fs::remove_file(&socket).expect("the listener's file goes");
        command.join().expect("the command ends")
    });
    let store = look(&program.home()).expect("the journal is read");
    let entries = store
        .entries(0, usize::MAX, None)
        .await
        .expect("the journal is read");
    let added = entries
        .iter()
        .filter(|entry| matches!(entry.change, Change::PostAdded { .. }));
    Lost {
        ended,
        posts: added.count(),
    }
}

/// Carries one conversation up to the answer, which is dropped with the connection.
fn carry(between: &UnixListener, hidden: &Path) -> io::Result<()> {
    let (mut client, _) = between.accept()?;
    let mut daemon = UnixStream::connect(hidden)?;
    let mut from_daemon = BufReader::new(daemon.try_clone()?);
    let mut from_client = BufReader::new(client.try_clone()?);
    let mut line = String::new();
    from_daemon.read_line(&mut line)?;
    client.write_all(line.as_bytes())?;
    for _ in 0..2 {
        line.clear();
        from_client.read_line(&mut line)?;
        daemon.write_all(line.as_bytes())?;
    }
    from_daemon.read_line(&mut line).map(|_| ())
}

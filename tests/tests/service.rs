//! The unit file by which systemd keeps the daemon running, and what the daemon tells systemd.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use soundpost_tests::cli::bench::{Bench, program, ran};

/// How long the daemon may take to tell something.
const TOLD_MAX: Duration = Duration::from_secs(30);

fn unit_of(bench: &Bench) -> PathBuf {
    bench.folder().join(".config/systemd/user/soundpost.service")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it is there")
}

#[test]
fn it_is_written_once_and_names_program_and_queue() {
    let bench = Bench::with_accounts();
    assert_eq!(bench.run(&["service", "show"]).code, 4);
    let first = bench.json(&["service", "install"]);
    assert_eq!(first["ok"]["service"]["did"], "written", "{first}");
    let text = read(&unit_of(&bench));
    for words in [
        format!("ExecStart=\"{}\" run", program().display()),
        format!("SOUNDPOST_HOME={}\"", bench.home().display()),
        format!("ReadWritePaths=\"{}\"", bench.home().display()),
    ] {
        assert!(text.contains(&words), "{words}\n{text}");
    }
    let again = bench.json(&["service", "install"]);
    assert_eq!(again["ok"]["service"]["did"], "unchanged", "{again}");
    assert_eq!(
        bench.json(&["service", "show"])["ok"]["service"]["state"],
        "current"
    );
    assert_eq!(bench.run(&["service", "install", "--print"]).well().out, text);
}

#[test]
fn what_somebody_edited_stays() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["service", "install"]).well();
    let mine = read(&unit_of(&bench)).replace("RestartSec=5", "RestartSec=50");
    fs::write(unit_of(&bench), &mine).expect("written");
    assert_eq!(
        bench.json(&["service", "show"])["ok"]["service"]["state"],
        "edited"
    );
    for refused in [["service", "install"], ["service", "uninstall"]] {
        let refused = bench.run(&refused);
        assert_eq!(refused.code, 5, "{refused:?}");
        assert_eq!(read(&unit_of(&bench)), mine);
    }
    let _ = bench.run(&["service", "install", "--force"]).well();
    assert_ne!(read(&unit_of(&bench)), mine);
}

#[test]
fn it_follows_the_queue_and_what_it_must_write() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["service", "install"]).well();
    let outbox = bench.folder().join("an outbox");
    let folder = outbox.display().to_string();
    let _ = bench
        .run(&["account", "add", "outbox", "far", "--server", &folder])
        .well();
    assert_eq!(
        bench.json(&["service", "show"])["ok"]["service"]["state"],
        "outdated"
    );
    let _ = bench.run(&["service", "install"]).well();
    let text = read(&unit_of(&bench));
    assert!(text.contains(&format!("ReadWritePaths=\"-{folder}\"")), "{text}");
    // Tests live in a temporary folder, which a private one would hide.
    assert_eq!(
        text.contains("PrivateTmp=false"),
        bench.home().starts_with("/tmp")
    );
}

#[test]
fn it_is_removed_with_its_link() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["service", "install"]).well();
    let wants = unit_of(&bench).with_file_name("default.target.wants");
    fs::create_dir(&wants).expect("a folder");
    symlink(unit_of(&bench), wants.join("soundpost.service")).expect("a link");
    assert_eq!(bench.json(&["service", "show"])["ok"]["service"]["enabled"], true);
    let removed = bench.json(&["service", "uninstall"]);
    assert_eq!(removed["ok"]["service"]["did"], "removed", "{removed}");
    assert!(!unit_of(&bench).exists());
    assert!(fs::symlink_metadata(wants.join("soundpost.service")).is_err());
    assert_eq!(
        bench.json(&["service", "uninstall"])["ok"]["service"]["did"],
        "unchanged"
    );
}

#[test]
fn without_a_queue_or_a_user_nothing_is_written() {
    let none = Bench::empty();
    assert_eq!(none.run(&["service", "install"]).code, 4);
    let bench = Bench::with_accounts();
    assert_eq!(bench.run(&["service", "install", "--system"]).code, 3);
    assert_eq!(bench.run(&["service", "install", "--user", "anna"]).code, 2);
    let nobody = bench.run(&[
        "service",
        "install",
        "--system",
        "--user",
        "no-such-user",
        "--print",
    ]);
    assert_eq!(nobody.code, 4, "{nobody:?}");
    assert!(!unit_of(&none).exists() && !unit_of(&bench).exists());
}

#[test]
fn enabling_without_systemd_is_said() {
    if Path::new("/run/systemd/system").exists() {
        println!("skipped: this system runs systemd, and a test does not touch that");
        return;
    }
    let bench = Bench::with_accounts();
    let enabled = bench.run(&["service", "install", "--enable"]);
    assert_eq!(enabled.code, 4, "{enabled:?}");
    assert!(enabled.out.contains("nothing was enabled"), "{enabled:?}");
    assert!(unit_of(&bench).exists());
}

#[test]
fn systemd_takes_it_also_with_strange_paths() {
    if Command::new("systemd-analyze")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        println!("skipped: systemd-analyze is not here (Debian: apt-get install systemd)");
        return;
    }
    let bench = Bench::empty();
    let me = ran(Command::new("id").arg("-un")).out;
    let home = bench
        .folder()
        .join("a 100% $queue \"here\"")
        .display()
        .to_string();
    let _ = bench.run(&["--home", &home, "init"]).well();
    let units = [&[][..], &["--system", "--user", me.trim()]];
    for more in units {
        let line = [&["--home", &home, "service", "install", "--print"][..], more].concat();
        let text = bench.run(&line).well().out;
        bench.file("soundpost.service", text.as_bytes());
        let verified = ran(bench
            .command("systemd-analyze".as_ref())
            .args(["verify", "./soundpost.service"]));
        let about = verified
            .err
            .lines()
            .filter(|line| line.contains("soundpost.service"));
        let about: Vec<&str> = about.collect();
        assert!(verified.code == 0 && about.is_empty(), "{verified:?}\n{text}");
    }
}

#[test]
fn the_daemon_tells_when_it_answers_and_when_it_ends() {
    let bench = Bench::with_accounts();
    let path = bench.folder().join("notify.sock");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(TOLD_MAX)).expect("a deadline");
    let told = || {
        let mut buffer = [0; 256];
        let read = socket.recv(&mut buffer).expect("it tells something in time");
        String::from_utf8_lossy(&buffer[..read]).into_owned()
    };
    let mut command = bench.command(&program());
    let mut daemon = command
        .arg("run")
        .env("NOTIFY_SOCKET", &path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    assert!(told().contains("READY=1"));
    assert_eq!(bench.json(&["status"])["ok"]["status"]["daemon"], true);
    let pid = i32::try_from(daemon.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    rustix::process::kill_process(pid.expect("a process"), rustix::process::Signal::TERM).expect("it runs");
    assert!(told().contains("STOPPING=1"));
    assert_eq!(daemon.wait().expect("it ends").code(), Some(0));
}

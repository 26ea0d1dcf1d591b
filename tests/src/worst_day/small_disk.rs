//! A small disk in memory that a test fills up.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A file system in memory, taken away when dropped.
#[derive(Debug)]
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one at this folder; none where that is not allowed.
    #[must_use]
    pub fn mount(at: &Path, kib: u32) -> Option<SmallDisk> {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &format!("size={kib}k,mode=755"), "tmpfs"])
            .arg(at)
            .stderr(Stdio::null());
        let done = mount.status().is_ok_and(|status| status.success());
        if !done {
            println!("skipped: a small disk cannot be mounted here; it needs root");
        }
        done.then(|| SmallDisk(at.to_path_buf()))
    }

    /// Mounts this folder over itself, not to be written; none where that is not allowed.
    #[must_use]
    pub fn read_only(at: &Path) -> Option<SmallDisk> {
        let mount = |options: &str| {
            let mut mount = Command::new("mount");
            mount.args(["-o", options]).arg(at).arg(at).stderr(Stdio::null());
            mount.status().is_ok_and(|status| status.success())
        };
        if !mount("bind") {
            println!("skipped: a folder cannot be mounted read-only here; it needs root");
            return None;
        }
        let disk = SmallDisk(at.to_path_buf());
        mount("remount,ro,bind").then_some(disk)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Fills it to the last byte.
    ///
    /// # Panics
    /// When it is not full then.
    pub fn fill(&self) {
        let mut filler = File::options()
            .create(true)
            .append(true)
            .open(self.filler())
            .expect("a name is left");
        for block in [64 * 1024, 512] {
            while filler.write_all(&vec![1; block]).is_ok() {}
        }
        let more = fs::write(self.0.join("more"), [1; 4096]);
        let _ = fs::remove_file(self.0.join("more"));
        assert!(more.is_err(), "the disk is not full");
    }

    /// Makes room again.
    ///
    /// # Panics
    /// When it was not filled.
    pub fn make_room(&self) {
        fs::remove_file(self.filler()).expect("the disk was filled");
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

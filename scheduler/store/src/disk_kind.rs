//! Refuses folders on network file systems, whose locks and syncs promise too little.

use std::io;
use std::path::Path;

/// The name of the network file system on which this folder is, if it is on one.
///
/// # Errors
/// As the system says.
#[cfg(target_os = "linux")]
pub(crate) fn network_kind(path: &Path) -> io::Result<Option<String>> {
    // By their magic numbers, as in linux/magic.h; only the low half is meaningful.
    const NETWORKS: &[(u32, &str)] = &[
        (0x6969, "NFS"),
        (0x517B, "SMB"),
        (0xFF53_4D42, "CIFS"),
        (0xFE53_4D42, "SMB2"),
        (0x5346_414F, "AFS"),
        (0x00C3_6400, "Ceph"),
    ];
    const FUSE: u32 = 0x6573_5546;
    let number = rustix::fs::statfs(path)?.f_type;
    let low = u32::try_from(i128::from(number) & 0xFFFF_FFFF).unwrap_or(0);
    if low == FUSE {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo")?;
        return Ok(fuse_network(&mounts, &path.canonicalize()?));
    }
    Ok(NETWORKS
        .iter()
        .find(|(magic, _)| *magic == low)
        .map(|(_, name)| (*name).to_owned()))
}

/// The name of the network file system on which this folder is; elsewhere than on Linux it is not known.
///
/// # Errors
/// None here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn network_kind(_path: &Path) -> io::Result<Option<String>> {
    Ok(None)
}

/// Not every FUSE file system is remote: only those are refused that are known to be.
#[cfg(target_os = "linux")]
fn fuse_network(mountinfo: &str, path: &Path) -> Option<String> {
    const REMOTE: &[&str] = &[
        "sshfs",
        "rclone",
        "s3fs",
        "davfs",
        "gcsfuse",
        "curlftpfs",
        "glusterfs",
    ];
    let mounts = mountinfo.lines().filter_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let point = Path::new(before.split(' ').nth(4)?);
        path.starts_with(point)
            .then_some((point, after.split(' ').next()?))
    });
    let (_, kind) = mounts.max_by_key(|(point, _)| point.as_os_str().len())?;
    let name = kind.strip_prefix("fuse.")?;
    REMOTE.contains(&name).then(|| name.to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_folder_is_not_on_a_network() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(network_kind(dir.path()).unwrap(), None);
    }

    #[test]
    fn the_innermost_mount_decides() {
        let mounts = "1 0 0:1 / / rw - ext4 /dev/a rw\n2 1 0:2 / /home/me/far rw - fuse.sshfs far: rw\n\
                      3 1 0:3 / /home/me/near rw - fuse.ntfs-3g /dev/b rw\n";
        assert_eq!(
            fuse_network(mounts, Path::new("/home/me/far/posts")),
            Some("sshfs".to_owned())
        );
        assert_eq!(fuse_network(mounts, Path::new("/home/me/near")), None);
        assert_eq!(fuse_network(mounts, Path::new("/home/me")), None);
    }
}

//! How much room the disk of a store has left.

use std::path::Path;

/// With less than this the next segment of the journal cannot be made.
const ROOM_BYTES_MIN: u64 = crate::journal::SEGMENT_BYTES;

/// What to say when the disk with this folder has too little room to go on for long; none when it has enough, or does
/// not tell.
#[must_use]
pub fn too_little(folder: &Path) -> Option<String> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    let left_bytes = disk.f_bavail.saturating_mul(disk.f_frsize);
    (left_bytes < ROOM_BYTES_MIN).then(|| match left_bytes / 1024 {
        0 => "the disk with the queue is full".to_owned(),
        left => format!("the disk with the queue is almost full: {left} KiB are left"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_is_not_there_says_nothing() {
        assert_eq!(too_little(Path::new("/not/there")), None);
    }
}

//! Puts the pictures and films of a file that was found good into the media folder. They are there before the posts
//! that need them; when it is broken off, they are files that nothing names, and the next try finds them.

use std::io::{self, BufRead, Seek, SeekFrom, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::format::Line;
use super::gather::Place;
use crate::os::media::{MediaError, MediaFolder};

/// Unpacks all of them.
///
/// # Errors
/// [`MediaError`] when the file cannot be read any more, has changed, or the folder cannot be written.
pub fn unpack(
    file: &mut (impl BufRead + Seek),
    media: &[Place],
    folder: &MediaFolder,
) -> Result<(), MediaError> {
    for place in media {
        if folder.check(&place.sha256).is_ok() {
            continue;
        }
        folder.keep(&place.sha256, |out| copy(file, place, out))?;
    }
    Ok(())
}

fn copy(file: &mut (impl BufRead + Seek), place: &Place, out: &mut dyn Write) -> io::Result<()> {
    file.seek(SeekFrom::Start(place.offset))?;
    let (mut left, mut line) = (place.bytes, String::new());
    while left > 0 {
        line.clear();
        file.read_line(&mut line)?;
        let Ok(Line::Bytes(text)) = serde_json::from_str(&line) else {
            return Err(io::Error::other("the export changed while it was read"));
        };
        let chunk = STANDARD.decode(&text).map_err(io::Error::other)?;
        out.write_all(&chunk)?;
        left = left.saturating_sub(chunk.len() as u64);
        if chunk.is_empty() {
            return Err(io::Error::other("the export changed while it was read"));
        }
    }
    Ok(())
}

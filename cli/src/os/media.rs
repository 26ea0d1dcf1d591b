//! Pictures and films, put aside under the hash of their bytes when a post is queued: what the person does with
//! their own file later changes nothing.

use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use imagesize::ImageType;
use sha2::{Digest, Sha256};
use soundpost_core::import::is_sha256;
use soundpost_core::port::media::MediaSource;
use soundpost_core::post::Media;

use super::durable::{self, Draft};

/// The largest file that is taken, in bytes.
pub const MEDIA_BYTES_MAX: u64 = 300 * 1024 * 1024;

const HEAD_BYTES: usize = 64;
const COPY_BYTES: usize = 256 * 1024;
const ACCEPTED: &str = "png, jpeg, gif, webp and mp4 are accepted";

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// There is no such file.
    #[error("{0} is not there: check the path")]
    Missing(PathBuf),
    /// It is a folder, a pipe or a device.
    #[error("{0} is not a file: name one picture or film")]
    NotAFile(PathBuf),
    /// Its first bytes are of no known type.
    #[error("{0} is no picture or film that can be posted: {ACCEPTED}, whatever the name says")]
    UnknownType(PathBuf),
    /// It begins as a picture, but its size in pixels cannot be found.
    #[error("{0} is damaged: open it in a picture program and save it again")]
    Damaged(PathBuf),
    /// It is larger than [`MEDIA_BYTES_MAX`].
    #[error("{path} has {} MB, more than the {} MB that are accepted: make it smaller", .bytes / 1_048_576, MEDIA_BYTES_MAX / 1_048_576)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size, as far as it was read.
        bytes: u64,
    },
    /// It is kept under a hash that its bytes do not have.
    #[error("{0} is damaged: its bytes no longer have that hash")]
    OtherBytes(PathBuf),
    /// The file cannot be read, or its copy not be written.
    #[error("{path} cannot be {action}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, such as `read`.
        action: &'static str,
        /// The answer of the system.
        source: io::Error,
    },
}

/// The folder `media/` in a home.
#[derive(Debug, Clone)]
pub struct MediaFolder {
    folder: PathBuf,
}

impl MediaFolder {
    /// The media of this home. The folder is made when the first file is put.
    pub fn open(home: &Path) -> MediaFolder {
        MediaFolder {
            folder: home.join("media"),
        }
    }

    /// Copies a file into the folder, durably, and describes it. The same bytes are kept once.
    ///
    /// # Errors
    /// Each kind of [`MediaError`]; then nothing was kept.
    pub fn put(&self, path: &Path, alt: &str) -> Result<Media, MediaError> {
        let mut file = open_file(path)?;
        let kind = kind_of(&mut file).map_err(failed(path, "read"))?;
        let mime = kind.ok_or_else(|| MediaError::UnknownType(path.to_path_buf()))?;
        let (sha256, size_bytes) = self.copy(&mut file, path)?;
        let pixels = if mime.starts_with("image/") {
            Some(pixels(file, path)?)
        } else {
            None
        };
        let file_name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(Media {
            sha256,
            file_name,
            mime: mime.to_owned(),
            size_bytes,
            alt: alt.to_owned(),
            pixels,
        })
    }

    /// The file with the bytes of this hash, and how many it has. Whether they are still the same is not looked at.
    ///
    /// # Errors
    /// [`MediaError`] when it is not there or cannot be read.
    pub fn open_file(&self, sha256: &str) -> Result<(File, u64), MediaError> {
        let path = self.folder.join(sha256);
        if !is_sha256(sha256) {
            return Err(MediaError::OtherBytes(path));
        }
        let file = open_file(&path)?;
        let bytes = file.metadata().map_err(failed(&path, "read"))?.len();
        Ok((file, bytes))
    }

    /// How many bytes the file with this hash has; all of them are read.
    ///
    /// # Errors
    /// [`MediaError`] when it is not there, cannot be read, or has other bytes.
    pub fn check(&self, sha256: &str) -> Result<u64, MediaError> {
        let path = self.folder.join(sha256);
        let (mut file, bytes) = self.open_file(sha256)?;
        if hash_of(&mut file).map_err(failed(&path, "read"))? == sha256 {
            Ok(bytes)
        } else {
            Err(MediaError::OtherBytes(path))
        }
    }

    /// Keeps bytes whose hash is known, durably; `fill` writes them. With another hash they are not kept.
    ///
    /// # Errors
    /// [`MediaError`] when they cannot be written, or `fill` fails, or they are others.
    pub fn keep(
        &self,
        sha256: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), MediaError> {
        let kept = |error| failed(&self.folder, "written")(error);
        durable::private_folder(&self.folder).map_err(kept)?;
        let mut draft = Draft::new(&self.folder).map_err(kept)?;
        fill(draft.file()).map_err(kept)?;
        draft.file().rewind().map_err(kept)?;
        if hash_of(draft.file()).map_err(kept)? != sha256 {
            return Err(MediaError::OtherBytes(self.folder.join(sha256)));
        }
        draft.publish(sha256).map_err(kept)
    }

    /// Copies all bytes and returns their hash and number.
    fn copy(&self, file: &mut File, path: &Path) -> Result<(String, u64), MediaError> {
        let kept = |error| failed(&self.folder, "written")(error);
        durable::private_folder(&self.folder).map_err(kept)?;
        let mut draft = Draft::new(&self.folder).map_err(kept)?;
        file.rewind().map_err(failed(path, "read"))?;
        let (mut hash, mut bytes, mut chunk) = (Sha256::new(), 0, vec![0; COPY_BYTES]);
        loop {
            let read = file.read(&mut chunk).map_err(failed(path, "read"))?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            if bytes > MEDIA_BYTES_MAX {
                return Err(MediaError::TooLarge {
                    path: path.to_path_buf(),
                    bytes,
                });
            }
            hash.update(&chunk[..read]);
            draft.file().write_all(&chunk[..read]).map_err(kept)?;
        }
        let sha256 = hex(&hash.finalize());
        // Also over a file of that name: it may be damaged, and this one is not.
        draft.publish(&sha256).map_err(kept)?;
        Ok((sha256, bytes))
    }
}

impl MediaSource for MediaFolder {
    fn read(&self, sha256: &str) -> Result<Vec<u8>, String> {
        if !is_sha256(sha256) {
            return Err(format!("'{sha256}' is not the hash of a media file"));
        }
        let path = self.folder.join(sha256);
        let bytes = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        if hex(&Sha256::digest(&bytes)) != sha256 {
            return Err(format!(
                "{} is damaged: its bytes no longer have that hash",
                path.display()
            ));
        }
        Ok(bytes)
    }
}

/// The hash of all that is left to read.
fn hash_of(file: &mut File) -> io::Result<String> {
    let (mut hash, mut chunk) = (Sha256::new(), vec![0; COPY_BYTES]);
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&chunk[..read]),
        }
    }
}

fn failed(path: &Path, action: &'static str) -> impl Fn(io::Error) -> MediaError {
    let path = path.to_path_buf();
    move |source| MediaError::Io {
        path: path.clone(),
        action,
        source,
    }
}

fn open_file(path: &Path) -> Result<File, MediaError> {
    let found = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => MediaError::Missing(path.to_path_buf()),
        _ => failed(path, "read")(error),
    })?;
    if !found.is_file() {
        return Err(MediaError::NotAFile(path.to_path_buf()));
    }
    if found.len() > MEDIA_BYTES_MAX {
        return Err(MediaError::TooLarge {
            path: path.to_path_buf(),
            bytes: found.len(),
        });
    }
    File::open(path).map_err(failed(path, "read"))
}

/// The media type by the first bytes; the name of the file is not asked.
fn kind_of(file: &mut File) -> io::Result<Option<&'static str>> {
    let mut head = Vec::new();
    file.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(match imagesize::image_type(&head) {
        Ok(ImageType::Png) => Some("image/png"),
        Ok(ImageType::Jpeg) => Some("image/jpeg"),
        Ok(ImageType::Gif) => Some("image/gif"),
        Ok(ImageType::Webp) => Some("image/webp"),
        _ => is_mp4(&head).then_some("video/mp4"),
    })
}

/// An ISO base media file that is a film in MP4: not `QuickTime`, sound alone, or a still picture.
fn is_mp4(head: &[u8]) -> bool {
    let others = [
        *b"qt  ", *b"M4A ", *b"M4B ", *b"heic", *b"heix", *b"hevc", *b"mif1", *b"msf1", *b"avif", *b"avis",
        *b"crx ",
    ];
    let brand = head.get(8..12);
    head.get(4..8) == Some(b"ftyp") && brand.is_some_and(|brand| !others.iter().any(|other| other == brand))
}

fn pixels(mut file: File, path: &Path) -> Result<(u32, u32), MediaError> {
    file.rewind().map_err(failed(path, "read"))?;
    let damaged = || MediaError::Damaged(path.to_path_buf());
    let size = imagesize::reader_size(BufReader::new(file)).map_err(|_| damaged())?;
    let side = |pixels: usize| u32::try_from(pixels).ok().filter(|&pixels| pixels > 0);
    side(size.width).zip(side(size.height)).ok_or_else(damaged)
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;

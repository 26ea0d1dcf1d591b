//! What is taken, what is refused, and that nothing else stays behind.

use tempfile::{TempDir, tempdir};

use super::*;

const GIF: &[u8] = b"GIF89a\x03\x00\x02\x00\x00\x00\x00;";

/// The signature and the header of a PNG of 640 by 480 pixels.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
    bytes.extend_from_slice(&[0, 0, 2, 128, 0, 0, 1, 224, 8, 2, 0, 0, 0]);
    bytes
}

fn home_with(name: &str, content: &[u8]) -> (TempDir, PathBuf, MediaFolder) {
    let home = tempdir().unwrap();
    let path = home.path().join(name);
    fs::write(&path, content).unwrap();
    let media = MediaFolder::open(home.path());
    (home, path, media)
}

fn kept(home: &TempDir) -> usize {
    fs::read_dir(home.path().join("media")).map_or(0, Iterator::count)
}

#[test]
fn a_picture_is_kept_once_under_its_hash_and_reads_back() {
    let (home, path, media) = home_with("shop front.txt", &png());
    let first = media.put(&path, "Our shop").unwrap();
    assert_eq!(first.mime, "image/png");
    assert_eq!((first.pixels, first.size_bytes), (Some((640, 480)), 29));
    assert_eq!(
        (first.file_name.as_str(), first.alt.as_str()),
        ("shop front.txt", "Our shop")
    );
    assert_eq!(media.put(&path, "Our shop").unwrap(), first);
    assert_eq!(kept(&home), 1);
    assert_eq!(media.read(&first.sha256).unwrap(), png());
}

#[test]
fn types_are_told_by_the_bytes() {
    let (_home, path, media) = home_with("a", GIF);
    let gif = media.put(&path, "").unwrap();
    assert_eq!((gif.mime.as_str(), gif.pixels), ("image/gif", Some((3, 2))));
    fs::write(&path, b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom").unwrap();
    let film = media.put(&path, "").unwrap();
    assert_eq!((film.mime.as_str(), film.pixels), ("video/mp4", None));
}

#[test]
fn what_cannot_be_posted_is_refused_with_a_remedy_and_not_kept() {
    let (home, path, media) = home_with("a.png", b"<html>");
    let refusal = |path: &Path| media.put(path, "").unwrap_err().to_string();
    assert!(refusal(&path).contains("png, jpeg, gif, webp and mp4 are accepted"));
    for other in [
        &b"\x00\x00\x00\x18ftypqt  \x00\x00\x00\x00"[..],
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
        b"",
    ] {
        fs::write(&path, other).unwrap();
        assert!(
            matches!(media.put(&path, ""), Err(MediaError::UnknownType(_))),
            "{other:?}"
        );
    }
    assert!(refusal(home.path()).contains("is not a file"));
    assert!(refusal(&home.path().join("none.png")).contains("none.png is not there: check the path"));
    assert_eq!(kept(&home), 0);
}

#[test]
fn a_picture_cut_off_in_its_header_is_damaged() {
    let (_home, path, media) = home_with("a.png", &png()[..18]);
    assert!(matches!(media.put(&path, ""), Err(MediaError::Damaged(_))));
}

#[test]
fn a_file_over_the_limit_is_refused_before_it_is_copied() {
    let (home, path, media) = home_with("a.png", &png());
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(MEDIA_BYTES_MAX + 1)
        .unwrap();
    let why = media.put(&path, "").unwrap_err().to_string();
    assert!(why.contains("has 300 MB, more than the 300 MB"), "{why}");
    assert_eq!(kept(&home), 0);
}

#[test]
fn bytes_that_changed_or_are_gone_are_not_handed_out() {
    let (home, path, media) = home_with("a.png", &png());
    let put = media.put(&path, "").unwrap();
    let at = home.path().join("media").join(&put.sha256);
    fs::write(&at, GIF).unwrap();
    assert!(media.read(&put.sha256).unwrap_err().contains("is damaged"));
    assert_eq!(media.put(&path, "").unwrap(), put);
    assert_eq!(media.read(&put.sha256).unwrap(), png());
    fs::remove_file(&at).unwrap();
    assert!(media.read(&put.sha256).unwrap_err().contains("cannot be read"));
    assert!(
        media
            .read("../config.toml")
            .unwrap_err()
            .contains("is not the hash")
    );
}

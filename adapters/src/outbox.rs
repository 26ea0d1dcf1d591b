//! A folder on this machine: each post becomes a folder of its own. It is the dry run, a place for programs of
//! your own to pick posts up from, and the adapter to copy for a new network.
//!
//! | limit | value | where it is from |
//! |---|---|---|
//! | text | 100,000 graphemes | ours: a folder would take more |
//! | pictures and films | 100 in a part, 100 MB each | ours |
//! | parts | 100 | ours |
//!
//! What lies in `<folder>/<delivery>-<part>/`: `text.txt`, `post.json` (all that is known of the part), and the
//! media as `01-<name>`. The folder is written beside its place, synced, and then renamed into it: the rename is
//! the visible write, and a folder that is there was published. A post that is taken back moves to `retracted/`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use soundpost_core::account::Account;
use soundpost_core::frozen::Frozen;
use soundpost_core::gate::WritePass;
use soundpost_core::port::adapter::{
    Accepted, AccountError, Adapter, Capabilities, ComposeInput, Context, Dedupe, Description, Finding,
    Identity, LookUp, LookUpPower, NotSent, Outcome, Retracted, TextUnit,
};
use soundpost_core::post::{LinkCard, Media, Part};
use soundpost_core::receipt::Receipt;

use crate::kit::check;
use crate::kit::reply::visible;

const NETWORK: &str = "outbox";
const RETRACTED: &str = "retracted";
const FILE_NAME_CHARS_MAX: usize = 60;

fn capabilities() -> Capabilities {
    Capabilities {
        text_max: 100_000,
        text_unit: TextUnit::Graphemes,
        parts_max: 100,
        images_max: 100,
        image_bytes_max: 100_000_000,
        image_types: [
            "image/png",
            "image/jpeg",
            "image/gif",
            "image/webp",
            "image/avif",
            "video/mp4",
        ]
        .map(str::to_owned)
        .to_vec(),
        alt_max: 100_000,
        link_card: true,
        dedupe: Dedupe::ByKey { honoured_s: u32::MAX },
        look_up: LookUpPower::ProvesAbsence,
        retract: true,
        whoami: true,
        ..Capabilities::default()
    }
}

/// Posts become folders.
#[derive(Debug)]
pub struct Outbox {
    root: PathBuf,
    description: Description,
}

impl Outbox {
    /// Accounts that name no folder of their own write to a folder with the account's name below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Outbox {
        Outbox {
            root: root.into(),
            description: Description {
                network: NETWORK,
                about: "a folder on this machine; each post becomes a folder in it",
                server_hint: Some("the folder, as a whole path, such as /var/spool/posts; else one is made"),
                server_is_secret: false,
                session_facts: &[],
                identity_hint: None,
                credential_hint: None,
                settings: &[],
                capabilities: capabilities(),
            },
        }
    }

    fn folder(&self, account: &Account) -> Result<PathBuf, String> {
        let Some(server) = &account.server else {
            return Ok(self.root.join(safe_name(&account.name)));
        };
        let folder = PathBuf::from(server);
        if folder.is_absolute() {
            Ok(folder)
        } else {
            Err(format!(
                "the folder of an outbox is a whole path; '{server}' does not begin with /"
            ))
        }
    }
}

#[async_trait]
impl Adapter for Outbox {
    fn describe(&self) -> &Description {
        &self.description
    }

    fn check(&self, parts: &[Part], account: &Account) -> Vec<Finding> {
        let mut findings = check::parts(parts, "an outbox", &self.description.capabilities);
        findings.extend(
            self.folder(account)
                .err()
                .map(|why| check::blocking(0, "account", why)),
        );
        findings
    }

    fn compose(&self, input: &ComposeInput<'_>) -> Result<Frozen, String> {
        let part = check::part(input)?;
        let folder = self.folder(input.account)?;
        let name = format!("{}-{}", safe_name(&input.delivery), input.part);
        let sheet = Sheet {
            delivery: input.delivery.clone(),
            part: input.part,
            parts: input.parts.len(),
            network: NETWORK.to_owned(),
            account: input.account.name.clone(),
            language: input.language.map(str::to_owned),
            composed_at: input.now,
            text: part.text.clone(),
            media: part
                .media
                .iter()
                .enumerate()
                .map(|(i, media)| Attached::new(i, media))
                .collect(),
            card: part.card.clone(),
        };
        let folder = folder
            .to_str()
            .ok_or("the name of the outbox folder is not UTF-8")?;
        Ok(Frozen {
            part: input.part,
            body: serde_json::to_string(&sheet).map_err(|error| error.to_string())?,
            address: BTreeMap::from([
                ("folder".to_owned(), folder.to_owned()),
                ("name".to_owned(), name),
            ]),
            send_key: input.send_key,
            composed_at: input.now,
        })
    }

    /// Nothing in here waits, so no deadline can cut it between the gate and the rename.
    async fn publish(&self, cx: &Context<'_>, frozen: &Frozen, pass: WritePass) -> Outcome {
        let (place, sheet) = match read_frozen(frozen) {
            Ok(read) => read,
            Err(why) => return Outcome::Refused { why, field: None },
        };
        match place.hash_there() {
            Ok(None) => {}
            Ok(Some(hash)) if hash == frozen.body_sha256() => {
                return Outcome::Accepted(Box::new(place.proof()));
            }
            Ok(Some(_)) => {
                return Outcome::Refused {
                    why: place.taken(),
                    field: None,
                };
            }
            Err(error) => return Outcome::NotSent(NotSent::Network(place.cannot("look into", &error))),
        }
        let media = match read_media(cx, &sheet) {
            Ok(media) => media,
            Err(why) => {
                return Outcome::Refused {
                    why,
                    field: Some("media".to_owned()),
                };
            }
        };
        if let Err(error) = place.prepare(frozen, &sheet, &media) {
            place.clean_up();
            return Outcome::NotSent(NotSent::Network(place.cannot("write to", &error)));
        }
        if pass.admit().is_err() {
            place.clean_up();
            return Outcome::NotSent(NotSent::Stopped);
        }
        match place.show() {
            Ok(()) => Outcome::Accepted(Box::new(place.proof())),
            Err(error) => Outcome::Unknown {
                why: place.cannot("finish writing to", &error),
            },
        }
    }

    async fn look_up(&self, _cx: &Context<'_>, frozen: &Frozen, _first_fenced_at: Timestamp) -> LookUp {
        let place = match Place::of(frozen) {
            Ok(place) => place,
            Err(why) => return LookUp::CannotTell(why),
        };
        match place.hash_there() {
            Ok(Some(hash)) if hash == frozen.body_sha256() => LookUp::Found(Box::new(place.proof())),
            Ok(Some(_)) => LookUp::CannotTell(place.taken()),
            Ok(None) => LookUp::NotThere,
            Err(error) => LookUp::CannotTell(place.cannot("look into", &error)),
        }
    }

    async fn retract(&self, cx: &Context<'_>, receipt: &Receipt) -> Retracted {
        let folder = match receipt.anchors.get("folder") {
            Some(folder) => Ok(PathBuf::from(folder)),
            None => self.folder(cx.account),
        };
        let place = folder.and_then(|folder| Place::new(&folder, &receipt.remote_id));
        match place {
            Err(why) => Retracted::Refused(why),
            Ok(place) => match place.hide() {
                Ok(()) => Retracted::Gone,
                Err(error) => Retracted::Later(place.cannot("take a post back from", &error)),
            },
        }
    }

    async fn whoami(&self, cx: &Context<'_>) -> Result<Identity, AccountError> {
        let folder = self.folder(cx.account).map_err(AccountError::LoginNeeded)?;
        let probe = folder.join(format!(".trial-{:016x}", cx.entropy.u64()));
        fs::create_dir_all(&folder)
            .and_then(|()| File::create_new(&probe))
            .and_then(|_| fs::remove_file(&probe))
            .map_err(|error| {
                AccountError::LoginNeeded(format!("cannot write to {}: {error}", folder.display()))
            })?;
        let name = folder.display().to_string();
        Ok(Identity {
            id: name.clone(),
            name,
        })
    }
}

/// What `post.json` says, and what is frozen.
#[derive(Debug, Serialize, Deserialize)]
struct Sheet {
    delivery: String,
    part: u16,
    parts: usize,
    network: String,
    account: String,
    language: Option<String>,
    composed_at: Timestamp,
    text: String,
    media: Vec<Attached>,
    card: Option<LinkCard>,
}

/// One picture or film of a part.
#[derive(Debug, Serialize, Deserialize)]
struct Attached {
    file: String,
    sha256: String,
    mime: String,
    alt: String,
}

impl Attached {
    fn new(index: usize, media: &Media) -> Attached {
        Attached {
            file: format!("{:02}-{}", index + 1, safe_name(&media.file_name)),
            sha256: media.sha256.clone(),
            mime: media.mime.clone(),
            alt: media.alt.clone(),
        }
    }
}

fn read_frozen(frozen: &Frozen) -> Result<(Place, Sheet), String> {
    let sheet = serde_json::from_str(&frozen.body)
        .map_err(|error| format!("the frozen part cannot be read: {error}"))?;
    Ok((Place::of(frozen)?, sheet))
}

fn read_media(cx: &Context<'_>, sheet: &Sheet) -> Result<Vec<Vec<u8>>, String> {
    sheet
        .media
        .iter()
        .map(|media| cx.media.read(&media.sha256))
        .collect()
}

/// Where one part is kept.
#[derive(Debug)]
struct Place {
    folder: PathBuf,
    name: String,
}

impl Place {
    fn new(folder: &Path, name: &str) -> Result<Place, String> {
        if !folder.is_absolute() || name != safe_name(name) {
            return Err(format!(
                "'{}' is not the name of a post in an outbox",
                visible(name)
            ));
        }
        Ok(Place {
            folder: folder.to_owned(),
            name: name.to_owned(),
        })
    }

    fn of(frozen: &Frozen) -> Result<Place, String> {
        let fact = |name: &str| {
            frozen
                .address
                .get(name)
                .ok_or_else(|| format!("the frozen part does not say its {name}"))
        };
        Place::new(Path::new(fact("folder")?), fact("name")?)
    }

    fn target(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    fn draft(&self) -> PathBuf {
        self.folder.join(format!(".writing-{}", self.name))
    }

    /// The hash of what is there; empty when what is there was not written by an outbox.
    fn hash_there(&self) -> io::Result<Option<String>> {
        if !self.target().try_exists()? {
            return Ok(None);
        }
        let sheet = match fs::read(self.target().join("post.json")) {
            Ok(bytes) => serde_json::from_slice::<Value>(&bytes).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Value::Null,
            Err(error) => return Err(error),
        };
        Ok(Some(sheet["body_sha256"].as_str().unwrap_or_default().to_owned()))
    }

    /// Writes and syncs everything beside its place.
    fn prepare(&self, frozen: &Frozen, sheet: &Sheet, media: &[Vec<u8>]) -> io::Result<()> {
        if !self.folder.try_exists()? {
            fs::create_dir_all(&self.folder)?;
            self.folder.parent().map_or(Ok(()), sync_folder)?;
        }
        self.clean_up();
        let draft = self.draft();
        fs::create_dir(&draft)?;
        let mut shown = serde_json::to_value(sheet)?;
        shown["body_sha256"] = frozen.body_sha256().into();
        write_synced(&draft.join("post.json"), &serde_json::to_vec_pretty(&shown)?)?;
        write_synced(&draft.join("text.txt"), sheet.text.as_bytes())?;
        for (attached, bytes) in sheet.media.iter().zip(media) {
            write_synced(&draft.join(&attached.file), bytes)?;
        }
        sync_folder(&draft)
    }

    /// The visible write.
    fn show(&self) -> io::Result<()> {
        fs::rename(self.draft(), self.target())?;
        sync_folder(&self.folder)
    }

    fn hide(&self) -> io::Result<()> {
        if !self.target().try_exists()? {
            return Ok(());
        }
        let cellar = self.folder.join(RETRACTED);
        fs::create_dir_all(&cellar)?;
        let mut hidden = cellar.join(&self.name);
        for copy in 2.. {
            if !hidden.try_exists()? {
                break;
            }
            hidden = cellar.join(format!("{}.{copy}", self.name));
        }
        fs::rename(self.target(), hidden)?;
        sync_folder(&cellar)?;
        sync_folder(&self.folder)
    }

    /// What is left of a draft helps nobody and harms nobody: an error changes nothing.
    fn clean_up(&self) {
        let _ = fs::remove_dir_all(self.draft());
    }

    fn proof(&self) -> Accepted {
        let folder = self.folder.to_string_lossy().into_owned();
        Accepted {
            remote_id: self.name.clone(),
            url: url::Url::from_directory_path(self.target())
                .ok()
                .map(String::from),
            server_time: None,
            anchors: BTreeMap::from([("folder".to_owned(), folder)]),
        }
    }

    fn cannot(&self, what: &str, error: &io::Error) -> String {
        format!("cannot {what} the outbox {}: {error}", self.folder.display())
    }

    fn taken(&self) -> String {
        format!("something else is already at {}", self.target().display())
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A name that stays in its folder: letters, digits, `.`, `-` and `_`, not hidden, and not longer than file
/// systems take. Of a long name the end is kept, for it says what kind of file it is.
fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cut = last.chars().count().saturating_sub(FILE_NAME_CHARS_MAX);
    let safe: String = last
        .chars()
        .skip(cut)
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    match safe.trim_start_matches('.') {
        "" => "file".to_owned(),
        kept => kept.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_leave_their_folder() {
        let long = format!("{}.png", "é".repeat(300));
        let kept = safe_name(&long);
        assert!(kept.len() <= 200 && kept.ends_with(".png"), "{kept}");
        for (name, safe) in [
            ("photo 1.png", "photo_1.png"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("..", "file"),
            (".", "file"),
            ("", "file"),
            (".bashrc", "bashrc"),
            ("a\0b\n.png", "a_b_.png"),
            ("猫.png", "猫.png"),
        ] {
            assert_eq!(safe_name(name), safe);
            assert_eq!(safe_name(safe), safe, "a safe name stays as it is");
        }
    }

    #[test]
    fn a_place_outside_the_folder_is_refused() {
        for name in ["../x-1", "", ".", "a/b", ".hidden"] {
            assert!(Place::new(Path::new("/tmp"), name).is_err(), "{name}");
        }
        assert!(Place::new(Path::new("relative"), "x-1").is_err());
    }
}

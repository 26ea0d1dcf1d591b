//! Writes a store that stands still, with its media, as the lines of an export.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use soundpost_core::account::Account;
use soundpost_core::adapter_table::AdapterTable;
use soundpost_core::delivery::Delivery;
use soundpost_core::halt::HaltOrder;
use soundpost_core::id::PostId;
use soundpost_core::import::{media_of, media_of_revision};
use soundpost_core::port::store::{Query, Store, StoreError};
use soundpost_core::post::{Media, Post};

use super::format::{CHUNK_BYTES, Counts, FORMAT, Header, Line, VERSION};
use crate::os::media::{MediaError, MediaFolder};

/// Where an export comes from.
pub struct Source<'a> {
    /// The store. Nobody may write to it meanwhile.
    pub store: &'a dyn Store,
    /// The orders in force, of the journal and of the switch.
    pub orders: &'a [HaltOrder],
    /// The pictures and films.
    pub media: &'a MediaFolder,
    /// The networks, which know whether an address is a secret.
    pub adapters: &'a AdapterTable,
    /// True when a person wants the addresses too that are secrets.
    pub with_addresses: bool,
    /// Now.
    pub made_at: Timestamp,
    /// The version of the time zone database.
    pub zones: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Exported {
    /// The file; none = standard output.
    pub file: Option<String>,
    /// Which queue.
    pub store: String,
    /// The newest entry of the journal that it includes.
    pub seq: u64,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it holds.
    pub counts: Counts,
    /// The accounts whose address was left out.
    pub withheld: Vec<String>,
    /// Pictures and films that are not in it.
    pub missing: Vec<Missing>,
}

/// A picture or film that is not there, or damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// SHA-256 of the bytes that it had.
    pub sha256: String,
    /// The name that it had on the person's disk.
    pub file_name: String,
    /// What is wrong.
    pub why: String,
    /// True when something that is not at its end needs it.
    pub needed: bool,
}

/// Why an export was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("the export cannot be written: {0}")]
    Io(#[from] io::Error),
    /// A picture or film cannot be read any more, or changed while it was read.
    #[error(transparent)]
    Media(#[from] MediaError),
}

/// Writes all of it.
///
/// # Errors
/// [`ExportError`]; then what was written is no whole export.
pub async fn export(source: &Source<'_>, out: &mut (dyn Write + Send)) -> Result<Exported, ExportError> {
    let plan = Plan::of(source).await?;
    let header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        store: source.store.id(),
        seq: source.store.seq(),
        made_at: source.made_at,
        zones: source.zones.clone(),
        counts: plan.counts.clone(),
    };
    let mut sheet = Sheet::new(out);
    sheet.line(&Line::Export(header))?;
    let withheld = write_world(source, &mut sheet)?;
    write_posts(source, &plan, &mut sheet).await?;
    for sha256 in plan.media.keys() {
        sheet.media(source.media, sha256)?;
    }
    for missing in &plan.missing {
        let sha256 = missing.sha256.clone();
        sheet.line(&Line::MediaMissing { sha256 })?;
    }
    sheet.end()?;
    Ok(Exported {
        file: None,
        store: source.store.id().to_string(),
        seq: source.store.seq(),
        made_at: source.made_at,
        counts: plan.counts,
        withheld,
        missing: plan.missing,
    })
}

/// What will be written: known before the first line, which counts it.
#[derive(Default)]
struct Plan {
    counts: Counts,
    posts: BTreeSet<PostId>,
    /// By hash: what it is, and whether something that is not at its end needs it.
    media: BTreeMap<String, (Media, bool)>,
    missing: Vec<Missing>,
}

impl Plan {
    async fn of(source: &Source<'_>) -> Result<Plan, ExportError> {
        let world = source.store.world();
        let mut plan = Plan::default();
        plan.counts.accounts = world.accounts.len() as u64;
        plan.counts.events = world.events.len() as u64;
        plan.counts.calendars = world.calendars.len() as u64;
        plan.counts.feeds = world.feeds.len() as u64;
        plan.counts.trends = world.trends.len() as u64;
        plan.counts.halts = source.orders.len() as u64;
        let mut open = BTreeSet::new();
        for account in world.accounts.values() {
            for delivery in of_account(source.store, account).await? {
                plan.counts.delivery(&delivery);
                plan.posts.insert(delivery.id.post);
                if !delivery.state_name().is_end() {
                    open.insert((delivery.id.post, delivery.revision));
                }
            }
        }
        for id in &plan.posts {
            let post = post(source.store, *id).await?;
            plan.counts.post(&post);
            note_media(&mut plan.media, &post, &open);
        }
        plan.look_at_media(source.media);
        Ok(plan)
    }

    /// Media that are not what they were are left out, and told.
    fn look_at_media(&mut self, folder: &MediaFolder) {
        let all = std::mem::take(&mut self.media);
        for (sha256, (media, needed)) in all {
            match folder.check(&sha256) {
                Ok(bytes) => {
                    self.counts.media += 1;
                    self.counts.media_bytes += bytes;
                    self.media.insert(sha256, (media, needed));
                }
                Err(error) => self.missing.push(Missing {
                    sha256,
                    file_name: media.file_name,
                    why: error.to_string(),
                    needed,
                }),
            }
        }
    }
}

fn note_media(all: &mut BTreeMap<String, (Media, bool)>, post: &Post, open: &BTreeSet<(PostId, u32)>) {
    for media in media_of(post) {
        all.entry(media.sha256.clone())
            .or_insert_with(|| (media.clone(), false));
    }
    let needed = post
        .revisions
        .iter()
        .filter(|r| open.contains(&(post.id, r.number)));
    for media in needed.flat_map(media_of_revision) {
        if let Some((_, needed)) = all.get_mut(&media.sha256) {
            *needed = true;
        }
    }
}

/// Account by account, so that never all deliveries are copied at once.
async fn of_account(store: &dyn Store, account: &Account) -> Result<Vec<Delivery>, StoreError> {
    let query = Query {
        account: Some(account.id),
        ..Query::default()
    };
    store.list(&query).await
}

async fn post(store: &dyn Store, id: PostId) -> Result<Post, StoreError> {
    let post = store.post(id).await?;
    post.ok_or_else(|| StoreError::Damaged(format!("post {id} has deliveries and is not there")))
}

/// Accounts, events, calendars, feeds, trends and orders. Says whose address was left out.
fn write_world(source: &Source<'_>, sheet: &mut Sheet<'_>) -> Result<Vec<String>, ExportError> {
    let world = source.store.world();
    let mut withheld = Vec::new();
    for account in world.accounts.values() {
        let adapter = source.adapters.get(&account.network);
        // Of a network that this program does not know, nobody can say that it is harmless.
        let is_secret = adapter.is_none_or(|a| a.describe().server_is_secret);
        let keep = source.with_addresses || !is_secret || account.server.is_none();
        let mut shown = account.clone();
        shown.server = shown.server.filter(|_| keep);
        sheet.line(&Line::Account(Box::new(shown)))?;
        if !keep {
            let account_id = account.id;
            sheet.line(&Line::AddressWithheld { account: account_id })?;
            withheld.push(account.name.clone());
        }
    }
    for event in world.events.values() {
        sheet.line(&Line::Event(Box::new(event.clone())))?;
    }
    for (name, calendar) in &world.calendars {
        sheet.line(&Line::Calendar {
            name: name.clone(),
            text: calendar.text().to_owned(),
        })?;
    }
    for feed in world.feeds.values() {
        sheet.line(&Line::Feed(Box::new(feed.clone().into())))?;
    }
    for list in world.trends.values() {
        sheet.line(&Line::Trends(Box::new(list.clone())))?;
    }
    for order in source.orders {
        sheet.line(&Line::Halt(order.clone()))?;
    }
    Ok(withheld)
}

async fn write_posts(source: &Source<'_>, plan: &Plan, sheet: &mut Sheet<'_>) -> Result<(), ExportError> {
    for id in &plan.posts {
        let mut post = post(source.store, *id).await?;
        let later = post.revisions.split_off(post.revisions.len().min(1));
        sheet.line(&Line::Post(Box::new(post)))?;
        for revision in later {
            let revision = Box::new(revision);
            sheet.line(&Line::Revision { post: *id, revision })?;
        }
    }
    for account in source.store.world().accounts.values() {
        for delivery in of_account(source.store, account).await? {
            sheet.line(&Line::Delivery(Box::new(delivery)))?;
        }
    }
    Ok(())
}

/// Lines that are written, counted and hashed.
struct Sheet<'a> {
    out: &'a mut (dyn Write + Send),
    lines: u64,
    hash: Sha256,
}

impl Sheet<'_> {
    fn new(out: &mut (dyn Write + Send)) -> Sheet<'_> {
        Sheet {
            out,
            lines: 0,
            hash: Sha256::new(),
        }
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.hash.update(&text);
        self.lines += 1;
        self.out.write_all(&text)
    }

    /// The bytes of a picture or film, some at a time.
    fn media(&mut self, folder: &MediaFolder, sha256: &str) -> Result<(), ExportError> {
        let (file, bytes) = folder.open_file(sha256)?;
        let sha256 = sha256.to_owned();
        self.line(&Line::Media {
            sha256: sha256.clone(),
            bytes,
        })?;
        let mut hash = Sha256::new();
        let mut left = file.take(bytes);
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        loop {
            chunk.clear();
            let read = left.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut chunk)?;
            if read == 0 {
                break;
            }
            hash.update(&chunk);
            self.line(&Line::Bytes(STANDARD.encode(&chunk)))?;
        }
        if crate::os::media::hex(&hash.finalize()) == sha256 {
            Ok(())
        } else {
            Err(ExportError::Io(io::Error::other(format!(
                "the picture or film {sha256} changed while it was read"
            ))))
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let sha256 = crate::os::media::hex(&self.hash.clone().finalize());
        let lines = self.lines;
        self.line(&Line::End { lines, sha256 })?;
        self.out.flush()
    }
}

//! Files beside the journal: pictures and films that posts name, and what lies there that nothing names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use soundpost_core::port::media::MediaSource as _;
use soundpost_core::port::store::{Query, Store as _};
use soundpost_core::post::{Content, Post};
use soundpost_store::examine::SledFound;

use super::Patient;
use super::finding::{Finding, count_of, or_ok, size};
use crate::os::media::MediaFolder;
use crate::output::visible;

const MEDIA: &str = "media";
const LARGE: &str = "large values";
/// How many files of one kind are named.
const NAMED_MAX: usize = 20;

pub(super) async fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let named = named_media(patient).await;
    let folder = patient.path("media");
    let media = MediaFolder::open(patient.home);
    let mut findings = Vec::new();
    for (sha256, use_of) in &named {
        if let Err(why) = media.read(sha256) {
            findings.push(bad(&folder.join(sha256), use_of, &why));
        }
    }
    findings.truncate(NAMED_MAX);
    let good = Finding::ok(MEDIA, format!("{} files that posts name are whole", named.len()));
    let mut findings = or_ok(findings, good);
    let is_named = |name: &str| named.contains_key(name);
    // A journal that ends early does not name all that is needed.
    if patient.journal.survey.fault.is_none() {
        findings.extend(unneeded(MEDIA, "media_orphans", &folder, is_named));
    }
    findings.extend(unneeded_values(patient));
    findings
}

/// For what a file is needed.
#[derive(Default)]
struct UseOf {
    file_name: String,
    /// Posts that still go out with it, by the ending of their id.
    waiting: BTreeSet<String>,
}

async fn named_media(patient: &Patient<'_>) -> BTreeMap<String, UseOf> {
    let store = &patient.journal.store;
    let mut named: BTreeMap<String, UseOf> = BTreeMap::new();
    let deliveries = store.list(&Query::default()).await.unwrap_or_default();
    for delivery in deliveries {
        let Ok(Some(post)) = store.post(delivery.id.post).await else {
            continue;
        };
        for (revision, content) in revisions(&post) {
            let goes_out = revision == delivery.revision && !delivery.state_name().is_end();
            for media in media_of(content) {
                let use_of = named.entry(media.sha256.clone()).or_default();
                use_of.file_name.clone_from(&media.file_name);
                if goes_out {
                    use_of.waiting.insert(post.id.to_string());
                }
            }
        }
    }
    named
}

fn revisions(post: &Post) -> impl Iterator<Item = (u32, &Content)> {
    post.revisions
        .iter()
        .map(|revision| (revision.number, &revision.content))
}

fn media_of(content: &Content) -> impl Iterator<Item = &soundpost_core::post::Media> {
    let variants = content.variants.values().flatten();
    content.parts.iter().chain(variants).flat_map(|part| &part.media)
}

fn bad(path: &Path, use_of: &UseOf, why: &str) -> Finding {
    let is_there = path.exists();
    let code = match (is_there, why.contains("is damaged")) {
        (false, _) => "media_missing",
        (true, true) => "media_changed",
        (true, false) => "media_unreadable",
    };
    let how = match code {
        "media_missing" => "is missing",
        "media_changed" => "was changed: its bytes no longer have that hash",
        _ => "cannot be read",
    };
    let found = format!("'{}' {how}", visible(&use_of.file_name));
    if use_of.waiting.is_empty() {
        return Finding::note(code, MEDIA, found)
            .at(path)
            .means("only posts that have ended name it");
    }
    let posts: Vec<&str> = use_of.waiting.iter().map(String::as_str).collect();
    Finding::damage(code, MEDIA, found)
        .at(path)
        .means(format!(
            "what waits with it will fail and not go out: {}",
            posts.join(", ")
        ))
        .next("put that file back: its name is the SHA-256 of its bytes")
        .next(format!(
            "or queue it anew with the picture, and:  soundpost cancel {}",
            posts.join(" ")
        ))
}

/// Files that nothing names, in one line.
fn unneeded(
    what: &'static str,
    code: &'static str,
    folder: &Path,
    is_named: impl Fn(&str) -> bool,
) -> Option<Finding> {
    let items = fs::read_dir(folder).into_iter().flatten().flatten();
    let spare: Vec<PathBuf> = items
        .map(|item| item.path())
        .filter(|path| !is_named(&path.file_name().unwrap_or_default().to_string_lossy()))
        .collect();
    if spare.is_empty() {
        return None;
    }
    let bytes: u64 = spare
        .iter()
        .filter_map(|path| fs::metadata(path).ok())
        .map(|found| found.len())
        .sum();
    let is_draft = |path: &&PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(".draft-") || name.ends_with(".part")
    };
    let drafts = spare.iter().filter(is_draft).count();
    let drafts = if drafts > 0 {
        format!(", {drafts} of them never finished")
    } else {
        String::new()
    };
    let found = format!(
        "{} that nothing names ({}){drafts}",
        count_of(spare.len(), "file", "files"),
        size(bytes)
    );
    Some(
        Finding::note(code, what, found)
            .at(folder)
            .means("nothing reads them"),
    )
}

/// Only where both the journal and sled can be asked is it known what nothing names.
fn unneeded_values(patient: &Patient<'_>) -> Option<Finding> {
    let Some(SledFound::Opens { named_bodies, .. }) = &patient.sled else {
        return None;
    };
    if patient.journal.survey.fault.is_some() {
        return None;
    }
    let in_sled: BTreeSet<&str> = named_bodies.iter().map(String::as_str).collect();
    let is_named = |name: &str| patient.journal.named_bodies.contains_key(name) || in_sled.contains(name);
    unneeded(LARGE, "value_orphans", &patient.path("bodies"), is_named)
}

//! Whether everything that was asked for went out, once, with a receipt for each folder and a folder for each receipt.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;
use soundpost_core::change::Change;
use soundpost_core::delivery::{Delivery, State, StateName};
use soundpost_core::id::DeliveryId;
use soundpost_core::port::store::{Query, Store as _};
use soundpost_store::open::look;

use super::posters::Asked;
use super::program::Program;

/// What came of all rounds.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Posts that were acknowledged.
    pub acknowledged: usize,
    /// Of those without a key.
    pub without_key: usize,
    /// Posts that were asked for and never acknowledged.
    pub unanswered: usize,
    /// Folders in the outboxes.
    pub folders: usize,
    /// Fences that a crash left without an outcome.
    pub rescued: usize,
    /// Of those that a look-up found.
    pub found_by_look_up: usize,
    /// Of those that were proven absent and sent again.
    pub sent_again: usize,
    /// Acknowledged, and not public.
    pub missing: Vec<String>,
    /// Public more than once, or never asked for.
    pub doubled: Vec<String>,
    /// Receipts and folders that do not match, and states that should not be.
    pub wrong: Vec<String>,
}

/// Looks at everything, by the journal and the outboxes alone.
pub async fn audit(program: &Program, asked: &[Asked]) -> Figures {
    let mut figures = Figures::default();
    let store = look(&program.home()).expect("the journal is read");
    let deliveries = store.list(&Query::default()).await.expect("the list is read");
    let folders = folders(program);
    figures.folders = folders.len();
    compare_texts(asked, &folders, &mut figures);
    let mut receipted = BTreeSet::new();
    for delivery in &deliveries {
        receipted.extend(compare_receipts(delivery, &folders, &mut figures));
    }
    let alone = folders.keys().filter(|path| !receipted.contains(*path));
    figures
        .wrong
        .extend(alone.map(|path| format!("no receipt for {}", path.display())));
    let posts: BTreeSet<String> = deliveries.iter().map(|d| d.id.post.to_string()).collect();
    let lost = asked
        .iter()
        .filter_map(|a| a.post.as_ref())
        .filter(|post| !posts.contains(*post));
    figures.missing.extend(lost.map(|post| format!("post {post}")));
    let entries = store
        .entries(0, usize::MAX, None)
        .await
        .expect("the journal is read");
    follow_fences(entries.iter().map(|entry| &entry.change), &mut figures);
    figures
}

fn folders(program: &Program) -> BTreeMap<PathBuf, Value> {
    let read = |path: &PathBuf| {
        let sheet = std::fs::read(path.join("post.json")).expect("a public folder is whole");
        serde_json::from_slice(&sheet).expect("its sheet is JSON")
    };
    program
        .public()
        .into_iter()
        .map(|path| (path.clone(), read(&path)))
        .collect()
}

/// Each text of an acknowledged post is public once; one that got no answer at most once.
fn compare_texts(asked: &[Asked], folders: &BTreeMap<PathBuf, Value>, figures: &mut Figures) {
    let mut public: BTreeMap<&str, usize> = BTreeMap::new();
    for sheet in folders.values() {
        *public
            .entry(sheet["text"].as_str().unwrap_or_default())
            .or_default() += 1;
    }
    for one in asked {
        match &one.post {
            Some(_) => figures.acknowledged += 1,
            None => figures.unanswered += 1,
        }
        figures.without_key += usize::from(one.post.is_some() && !one.keyed);
        for text in &one.texts {
            let count = public.remove(text.as_str()).unwrap_or(0);
            if count == 0 && one.post.is_some() {
                figures.missing.push(format!("'{text}' of {:?}", one.post));
            }
            if count > 1 {
                figures
                    .doubled
                    .push(format!("'{text}' is public {count} times, keyed: {}", one.keyed));
            }
        }
    }
    figures
        .doubled
        .extend(public.keys().map(|text| format!("nobody asked for '{text}'")));
}

/// The delivery is published with a receipt for each part, of the bytes that lie in the folder.
fn compare_receipts(
    delivery: &Delivery,
    folders: &BTreeMap<PathBuf, Value>,
    figures: &mut Figures,
) -> Vec<PathBuf> {
    let id = delivery.id;
    let parts = delivery.receipts.len();
    if delivery.state_name() != StateName::Published || parts != usize::from(delivery.parts_total) {
        let what = format!("{id} is {:?} with {parts} receipts", delivery.state());
        figures.wrong.push(what);
    }
    let mut paths = Vec::new();
    for receipt in &delivery.receipts {
        let folder = receipt
            .anchors
            .get("folder")
            .map(PathBuf::from)
            .unwrap_or_default();
        let path = folder.join(&receipt.remote_id);
        let sheet = folders.get(&path);
        let same = sheet.is_some_and(|s| {
            s["body_sha256"] == receipt.body_sha256.as_str()
                && s["delivery"] == id.to_string().as_str()
                && s["part"] == receipt.part
        });
        if !same {
            figures.wrong.push(format!(
                "part {} of {id} is not what lies in {}",
                receipt.part,
                path.display()
            ));
        }
        figures.found_by_look_up += usize::from(receipt.found_by_look_up);
        paths.push(path);
    }
    paths
}

/// A part is fenced again only after it was surely not sent.
fn follow_fences<'a>(changes: impl Iterator<Item = &'a Change>, figures: &mut Figures) {
    let mut open: BTreeMap<(DeliveryId, u16), bool> = BTreeMap::new();
    for change in changes {
        let Change::Moved { by, delivery } = change else {
            continue;
        };
        let place = (delivery.id, delivery.next_part());
        match delivery.state() {
            State::Attempting { .. } => {
                let twice = open.insert(place, false).is_some();
                let what = twice.then(|| format!("part {} of {} was fenced twice", place.1, place.0));
                figures.doubled.extend(what);
            }
            State::Unknown { .. } if by == "lose_track" => {
                figures.rescued += 1;
                open.insert(place, true);
            }
            State::RetryAt { .. } => {
                let was_unknown = open.remove(&place).unwrap_or(false);
                figures.sent_again += usize::from(was_unknown);
            }
            _ => {}
        }
    }
}

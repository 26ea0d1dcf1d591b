//! What is prepared at the server before the visible write: the account's permanent name, the names of those who
//! are mentioned, uploaded pictures, and link cards. Uploads that no post refers to are dropped by the server.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use soundpost_core::frozen::Staging;
use soundpost_core::port::adapter::{Context, StageError};
use soundpost_core::post::{LinkCard, Media, Part};

use super::SESSION_MARGIN;
use super::facets::{self, Feature};
use super::session::{Call, Client, Trouble};
use crate::kit::{card, reply};

/// How long the server keeps an upload that no post refers to, with a wide margin.
pub(super) const STAGING_S: u32 = 3600;

const THUMB_BYTES_MAX: usize = 1_000_000;

/// What was prepared at the server.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Staged {
    pub(super) did: String,
    pub(super) handle: String,
    /// DIDs by handle.
    pub(super) mentions: BTreeMap<String, String>,
    /// The server's word for each picture, by the hash of its bytes.
    pub(super) blobs: BTreeMap<String, Value>,
    /// Finished cards, by URL.
    pub(super) cards: BTreeMap<String, Value>,
}

/// A staging in the making.
pub(super) struct Stage<'a> {
    cx: &'a Context<'a>,
    client: Client<'a>,
    staged: Staged,
    asked: BTreeSet<String>,
    warnings: Vec<String>,
}

impl<'a> Stage<'a> {
    pub(super) async fn open(cx: &'a Context<'a>) -> Result<Stage<'a>, StageError> {
        let client = Client::open(cx, SESSION_MARGIN).await.map_err(unstaged)?;
        let staged = Staged {
            did: client.did().to_owned(),
            handle: client.handle().to_owned(),
            ..Staged::default()
        };
        Ok(Stage {
            cx,
            client,
            staged,
            asked: BTreeSet::new(),
            warnings: Vec::new(),
        })
    }

    pub(super) async fn mentions(&mut self, part: &Part) -> Result<(), StageError> {
        for span in facets::find(&part.text) {
            let Feature::Mention(handle) = span.feature else {
                continue;
            };
            if !self.asked.insert(handle.clone()) {
                continue;
            }
            let call = Call::query("com.atproto.identity.resolveHandle", &[("handle", &handle)]);
            match self.client.ask(&call).await {
                Ok(answer) => {
                    let did = answer["did"].as_str().map(str::to_owned);
                    self.staged.mentions.extend(did.map(|did| (handle, did)));
                }
                Err(Trouble::Refused { why, .. }) => {
                    self.warnings.push(format!("@{handle} stays plain text: {why}"));
                }
                Err(trouble) => return Err(unstaged(trouble)),
            }
        }
        Ok(())
    }

    pub(super) async fn picture(&mut self, media: &Media) -> Result<(), StageError> {
        if !self.staged.blobs.contains_key(&media.sha256) {
            let bytes = self.cx.media.read(&media.sha256).map_err(StageError::MediaGone)?;
            let blob = self.upload(&media.mime, bytes).await.map_err(unstaged)?;
            self.staged.blobs.insert(media.sha256.clone(), blob);
        }
        Ok(())
    }

    async fn upload(&mut self, mime: &str, bytes: Vec<u8>) -> Result<Value, Trouble> {
        let answer = self
            .client
            .ask(&Call::upload("com.atproto.repo.uploadBlob", mime, bytes))
            .await?;
        match &answer["blob"] {
            Value::Null => Err(Trouble::Network(
                "the server's answer to the upload has no blob".to_owned(),
            )),
            blob => Ok(blob.clone()),
        }
    }

    /// A card with a title is taken as it is; one without is fetched, and may come to nothing.
    pub(super) async fn card(&mut self, card: &LinkCard) -> Result<(), StageError> {
        let mut external = json!({ "uri": card.url, "title": card.title, "description": card.description });
        if card.title.trim().is_empty() {
            let fetched = card::fetch(
                self.cx.transport,
                &card.url,
                self.client.allow_private(),
                THUMB_BYTES_MAX,
            )
            .await;
            let page = match fetched {
                Ok(page) => page,
                Err(why) => {
                    self.warnings.push(format!(
                        "no link card for {}: {}",
                        reply::visible(&card.url),
                        reply::visible(&why)
                    ));
                    return Ok(());
                }
            };
            external["title"] = page.title.into();
            if card.description.trim().is_empty() {
                external["description"] = page.description.into();
            }
            if let Some(picture) = page.picture {
                match self.upload(&picture.mime, picture.bytes).await {
                    Ok(blob) => external["thumb"] = blob,
                    Err(Trouble::Refused { why, .. }) => {
                        self.warnings.push(format!("the link card has no picture: {why}"))
                    }
                    Err(trouble) => return Err(unstaged(trouble)),
                }
            }
        }
        self.staged.cards.insert(card.url.clone(), external);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Staging, StageError> {
        let at = self.cx.clock.now();
        let data =
            serde_json::to_value(&self.staged).map_err(|error| StageError::Refused(error.to_string()))?;
        Ok(Staging {
            data,
            at,
            expires_at: at.checked_add(SignedDuration::from_secs(STAGING_S.into())).ok(),
            warnings: self.warnings,
        })
    }
}

fn unstaged(trouble: Trouble) -> StageError {
    match trouble {
        Trouble::Network(why) => StageError::Later { at: None, why },
        Trouble::Later { at, why } => StageError::Later { at, why },
        Trouble::Token(why) | Trouble::Login(why) => StageError::LoginNeeded(why),
        Trouble::Refused { why, .. } => StageError::Refused(why),
    }
}
